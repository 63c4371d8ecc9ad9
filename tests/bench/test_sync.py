"""The sync bench runs, each part of it on a handful of products; what its figures are is no test's business."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench import sync_apply, sync_beside, sync_first, sync_memory, sync_month
from bench.__main__ import BENCHES, LONG
from bench.figure import Figure
from bench.published import Published, publish

PRODUCTS = 400


@pytest.fixture
def published(tmp_path: Path) -> Published:
    place = tmp_path / "list"
    place.mkdir()
    return publish(place, PRODUCTS, steps=2, changed=PRODUCTS // 20)


def all_measured(figures: list[Figure], *names: str) -> None:
    assert tuple(figure.name for figure in figures) == names
    assert all(figure.value > 0 for figure in figures)


def test_a_snapshot_and_a_delta_are_applied_beside_the_bare_thing(published: Published, tmp_path: Path) -> None:
    figures = sync_apply.measure_snapshot(tmp_path, published, rounds=1)
    all_measured(figures, "snapshot", "snapshot, again")
    assert all(figure.ratio for figure in figures)
    (delta,) = sync_apply.measure_delta(tmp_path, published)
    all_measured([delta], "delta")
    assert bool(delta.ratio) == (shutil.which("sqlite3") is not None)


def test_look_ups_go_on_while_deltas_are_applied(published: Published, tmp_path: Path) -> None:
    all_measured(sync_beside.measure_lookups(tmp_path, published, calm_s=0.1), "look-up beside")
    all_measured(sync_beside.measure_sizes(tmp_path, published), "look-up")


def test_a_lane_scans_while_deltas_are_applied(published: Published, tmp_path: Path) -> None:
    all_measured(sync_beside.measure_frames(tmp_path, published, scans=2), "frame beside", "scan beside")


def test_a_month_is_caught_up_with(tmp_path: Path) -> None:
    all_measured(sync_month.measure(tmp_path / "month", products=100, days=2), "month", "month, wire")


def test_a_first_sync_is_measured_where_there_is_no_npm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATH", "")
    all_measured(sync_first.measure(tmp_path, products=50), "first sync", "wire")
    assert "PouchDB is not measured" in capsys.readouterr().out


def test_memory_is_measured(tmp_path: Path) -> None:
    figures = sync_memory.measure(tmp_path, products=50)
    assert len(figures) == 6
    assert all(figure.value > 0 for figure in figures)


def test_what_takes_minutes_runs_only_when_asked_for() -> None:
    assert set(LONG) < set(BENCHES)
