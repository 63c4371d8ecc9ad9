"""Recalls in a price list: of all of a product, of lots, of single items; and lists from before there were any."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from offline_cache.price_list.check import check_list
from offline_cache.price_list.delta import apply_delta, build_delta
from offline_cache.price_list.errors import PriceListFormat
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import Meta, PriceListWriter, PriceRow, RecallRow
from offline_cache.soundness import check_list_pages
from retail.product import Product
from retail.recall import Recall

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
OLD = Path(__file__).with_name("price-list-2.sql")


def write(path: Path, *rows: RecallRow, revision: int = 1) -> Path:
    with PriceListWriter(path, Meta("s", revision, "CNY", NOON, state=f"{revision:032x}")) as writer:
        writer.add_product(Product("tea", {"en": "Tea"}), codes={"1": 1}, prices=[PriceRow("list", 450)])
        for row in rows:
            writer.add_recall(row)
    return path


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[PriceList]:
    over = int(NOON.timestamp())
    path = write(
        tmp_path / "price-list.sqlite",
        RecallRow("tea", Recall("metal", lot="L1")),
        RecallRow("tea", Recall("broken seal", serial="s7")),
        RecallRow("soup", Recall("")),
        RecallRow("milk", Recall("sour"), over),
    )
    price_list = PriceList(path)
    yield price_list
    price_list.close()


@pytest.mark.parametrize(
    ("goods", "why"),
    [
        (("tea", "L1", ""), "metal"),
        (("tea", "l1", "s9"), "metal"),
        (("tea", "L2", "S7"), "broken seal"),
        (("tea", "L2", "s8"), None),
        (("tea", "", ""), None),
        (("soup", "", ""), ""),
        (("soup", "L9", "s7"), ""),
        (("bread", "L1", "s7"), None),
    ],
)
def test_goods_are_stopped_by_lot_by_serial_number_or_altogether(shop, goods, why):
    assert shop.recall(*goods) == why


def test_a_recall_that_has_an_end_is_over_on_time(shop):
    assert shop.recall("milk", "", "", NOON - timedelta(seconds=1)) == "sour"
    assert shop.recall("milk", "", "", NOON) is None
    assert [one.mark for one in shop.recalls("tea", NOON)] == ["serial s7", "lot L1"]


def test_a_delta_brings_recalls_and_takes_them_away(tmp_path):
    before = write(tmp_path / "1", RecallRow("tea", Recall("metal", lot="L1")), RecallRow("soup", Recall("")))
    after = write(tmp_path / "2", RecallRow("tea", Recall("glass", lot="L1")), RecallRow("jam", Recall("")), revision=2)
    size = build_delta(before, after, tmp_path / "delta", touched=[])
    apply_delta(tmp_path / "delta", before, private=False)
    price_list = PriceList(before)
    whys = [price_list.recall(sku, "L1", "") for sku in ("tea", "soup", "jam")]
    price_list.close()
    assert whys == ["glass", None, ""]
    assert (size.changed, size.gone) == (2, 1)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "price-list.sqlite"
    db = sqlite3.connect(path)
    db.executescript(OLD.read_text("utf-8"))
    db.close()
    return path


def test_a_lane_sells_from_a_list_of_the_release_before_until_it_has_a_new_one(old):
    price_list = PriceList(old)
    found = price_list.find("6901234567892", NOON - timedelta(days=1))
    recalls = price_list.recalls("tea")
    price_list.close()
    check_list_pages(old)
    assert found is not None
    assert (found.price.unit_minor, recalls) == (450, ())


def test_what_is_fetched_must_be_of_this_version(old):
    with pytest.raises(PriceListFormat, match="has format 2, this program reads 5"):
        check_list(old)
