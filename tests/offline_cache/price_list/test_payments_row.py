"""The payment policy is one more row of table meta: older lists do without, older lanes leave it alone."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from offline_cache.price_list.check import check_list
from offline_cache.price_list.delta import apply_delta, build_delta
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import Meta, PriceListWriter, PriceRow
from retail.product import Product

SAID = {"pay_at_till": False}
OLD = Meta("s", 1, "CNY", datetime(2026, 3, 1, 12, 0, tzinfo=UTC), state="1" * 32)
NEW = replace(OLD, revision=2, state="2" * 32, payments=SAID)


def write(path: Path, meta: Meta, row: str | None = None) -> Path:
    """A list; with `row` under that name where the policy stands, as a hub of another age writes it."""
    with PriceListWriter(path, meta) as writer:
        writer.add_product(Product("tea", {"en": "Tea"}), codes={"42": 1}, prices=[PriceRow("list", 450)], number=1)
    if row is not None:
        with closing(sqlite3.connect(path)) as db:
            db.execute("DELETE FROM meta WHERE key = 'payments'")
            db.executemany("INSERT INTO meta VALUES (?, '{}')", [(row,)] if row else [])
            db.commit()
    return path


def payments(path: Path) -> Any:
    with closing(PriceList(path)) as prices:
        return prices.meta.payments


def test_the_policy_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert payments(write(tmp_path / "new", NEW)) == SAID


def test_a_list_of_an_older_hub_says_nothing_of_payments(tmp_path: Path) -> None:
    assert payments(write(tmp_path / "old", OLD, row="")) == {}


@pytest.mark.parametrize("private", [True, False])
def test_a_list_from_before_policies_takes_the_delta_that_brings_one_and_the_one_that_takes_it_away(
    tmp_path: Path, private: bool
) -> None:
    old, new = write(tmp_path / "old", OLD, row=""), write(tmp_path / "new", NEW)
    back = write(tmp_path / "back", replace(OLD, revision=3, state="3" * 32), row="")
    lane = Path(shutil.copy(old, tmp_path / "lane"))
    for base, fresh, said in ((old, new, SAID), (new, back, {})):
        step = tmp_path / f"step-{fresh.name}"
        build_delta(base, fresh, step, touched=set())
        apply_delta(step, lane, private=private)
        check_list(lane)
        assert payments(lane) == said


def test_what_a_later_hub_adds_is_left_alone_as_this_row_was_by_earlier_lanes(tmp_path: Path) -> None:
    path = write(tmp_path / "later", OLD, row="weather")
    check_list(path)
    assert payments(path) == {}
