"""The bench runs; what its figures are is no test's business, as machines differ."""

import json
import shutil
from pathlib import Path

import pytest

from bench import drain, feed, fleet, journal, lookup, manifests, member_wait, payment, price, pricing, router
from bench.__main__ import BENCHES, main
from bench.figure import Figure, percentile


def test_small_benches_measure_something(tmp_path: Path) -> None:
    figures = [
        *lookup.measure(tmp_path, products=40, lookups=10, rounds=1),
        *pricing.measure(tmp_path, baskets=1, rounds=1),
        *journal.measure(tmp_path, appends=2, rounds=1),
        *feed.measure(tmp_path, rows=20, rounds=1),
    ]
    assert [figure.name for figure in figures] == ["lookup", "lookup", "pricing", "journal", "import"]
    assert all(figure.value > 0 and figure.ratio for figure in figures)


def test_baskets_are_priced_in_a_shop_full_of_campaigns(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(
        price, "among_campaigns", lambda folder: lookup.among_campaigns(folder, products=40, campaigns=9, lookups=5)
    )
    figures = list(price.measure(tmp_path, full=2, large=1, tangled=1, real=2, days=[("21", "אושר עד", "C")]))
    assert {figure.name for figure in figures} == {"price", "lookup"}
    assert [figure.floor for figure in figures if figure.floor] == [5, 20, 2, 200]


def test_hostile_texts_are_answered(tmp_path: Path) -> None:
    figures = router.measure(tmp_path, texts=300, products=40, rounds=1)
    assert [figure.name for figure in figures if figure.value > 0][:3] == ["router p50", "router p99", "router worst"]
    assert figures[-1].ratio


def test_a_small_day_drains(tmp_path: Path) -> None:
    rate, *appends = drain.measure(tmp_path, events=300, calm_s=0.2)
    assert (rate.floor, len(appends)) == (0.18, 2)
    assert all(figure.value > 0 and figure.ratio for figure in (rate, *appends))


def test_a_few_payments_are_taken_by_each_gateway(tmp_path: Path) -> None:
    figures = list(payment.measure(tmp_path, payments=2, gateways=payment.GATEWAYS[:3]))
    assert [figure.name.split()[1] for figure in figures[::4]] == ["simulated", "wechat", "alipay"]
    assert all(figure.value > 0 for figure in figures)


def test_a_small_fleet_is_served(tmp_path: Path) -> None:
    figures = fleet.measure(tmp_path, lanes=20, poll_s=0.3)
    assert [figure.name for figure in figures[:6]] == [figure.name for figure in figures[6:]]
    assert {figure.name: figure.verdict for figure in figures}["fleet failed"] == "ok"
    assert all(figure.value > 0 for figure in figures if figure.name != "fleet failed")


def test_manifests_are_asked_for_by_wrk(tmp_path: Path) -> None:
    if shutil.which("wrk") is None:
        pytest.skip("wrk is missing: apt-get install wrk")
    cost, rate = manifests.measure(tmp_path, seconds=1, rounds=1)
    assert cost.ratio is not None
    assert cost.verdict in {"ok", "over"}
    assert rate.value > 0


def test_without_wrk_the_bench_says_so_and_goes_on(tmp_path: Path, monkeypatch, capsys) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert manifests.measure(tmp_path) == []
    assert "wrk is missing" in capsys.readouterr().err


def test_a_figure_over_its_floor_says_so() -> None:
    assert Figure("scan", "", 50.0, "ms", floor=50).verdict == "over"
    assert Figure("scan", "", 49.9, "ms", floor=50).verdict == "ok"
    assert Figure("scan", "", 10.0, "ms", bare=4.0).ratio == 2.5


def test_a_percentile_is_one_of_the_values() -> None:
    values = [float(number) for number in range(1, 101)]
    assert (percentile(values, 50), percentile(values, 95), percentile([7.0], 95)) == (50.0, 95.0, 7.0)


def test_a_table_is_printed_and_json_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    quick = {"pricing": lambda folder: pricing.measure(folder, baskets=1, rounds=1)}
    monkeypatch.setattr("bench.__main__.BENCHES", quick)
    assert main(["--json", str(tmp_path / "figures.json")]) == 0
    assert "| pricing | price 60 lines, 10 offers |" in capsys.readouterr().out
    (figure,) = json.loads((tmp_path / "figures.json").read_text(encoding="utf-8"))["figures"]
    assert figure["name"] == "pricing"
    assert main(["--json", str(tmp_path)]) == 2


def test_an_unknown_bench_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["speed"])
    assert ended.value.code == 2
    assert "lookup" in capsys.readouterr().err
    assert set(BENCHES) >= {"lookup", "scan", "start", "memory"}


def test_a_member_waits_for_no_hub(tmp_path: Path) -> None:
    figures = {f"{figure.name}, {figure.what}": figure for figure in member_wait.measure(tmp_path, visits=2)}
    assert len(figures) == 10
    assert all(figure.value >= 0 for figure in figures.values())
