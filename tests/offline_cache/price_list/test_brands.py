"""Goods of brands and the shop's programme in the list, and lists from before there were any."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from offline_cache.price_list.check import check_list
from offline_cache.price_list.delta import apply_delta, build_delta
from offline_cache.price_list.dump import dump
from offline_cache.price_list.errors import PriceListFormat
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import Meta, PriceListWriter, PriceRow
from retail.product import Product

OLD = Path(__file__).with_name("price-list-4.sql")
NOON = datetime(2026, 3, 1, 11, 0, tzinfo=UTC)
PROGRAMME = {"club": {"id": "member", "names": {"en": "Mall"}, "asks": []}, "brands": []}
META = Meta("s", 1, "CNY", NOON, state="1" * 32, membership=PROGRAMME)


def write(path: Path, brand: str, meta: Meta = META) -> Path:
    with PriceListWriter(path, meta) as writer:
        for number, (sku, whose) in enumerate({"tea": brand, "rice": ""}.items(), 1):
            product = Product(sku, {"en": sku}, plu=str(number), brand=whose)
            writer.add_product(product, codes={sku: 1}, prices=[PriceRow("list", 450)], number=number)
    return path


def brand_of(path: Path, code: str = "tea") -> str:
    with closing(PriceList(path)) as prices:
        found = prices.find(code, NOON)
        assert found is not None
        return found.product.brand


def test_goods_say_whose_they_are_however_they_are_looked_up(tmp_path: Path) -> None:
    with closing(PriceList(write(tmp_path / "list", "north"))) as prices:
        found = [prices.find("tea", NOON), prices.find_sku("tea", NOON), prices.find_item("1", NOON)]
        assert [one.product.brand for one in found if one] == ["north"] * 3
        assert prices.meta.membership == PROGRAMME
    assert brand_of(tmp_path / "list", "rice") == ""


def test_a_delta_brings_a_brand_and_takes_it_away(tmp_path: Path) -> None:
    lane = write(tmp_path / "1", "north")
    for revision, brand in ((2, "south"), (3, "")):
        meta = replace(META, revision=revision, state=str(revision) * 32, membership={})
        fresh = write(tmp_path / str(revision), brand, meta)
        build_delta(lane, fresh, tmp_path / "step", touched={1})
        apply_delta(tmp_path / "step", lane, private=False)
        assert brand_of(lane) == brand
    with closing(PriceList(lane)) as prices:
        assert prices.meta.membership == {}


def test_a_dump_names_the_brand_where_there_is_one(tmp_path: Path) -> None:
    with closing(PriceList(write(tmp_path / "list", "north"))) as prices:
        assert [(one["sku"], one.get("brand")) for one in dump(prices, NOON)] == [("rice", None), ("tea", "north")]


@pytest.fixture
def old(tmp_path: Path) -> Path:
    path = tmp_path / "price-list.sqlite"
    with closing(sqlite3.connect(path)) as db:
        db.executescript(OLD.read_text("utf-8"))
    return path


def test_a_lane_sells_from_a_list_of_format_4_without_brands_or_members(old: Path) -> None:
    with closing(PriceList(old)) as prices:
        found = prices.find("6901234567892", NOON)
        assert found is not None
        assert (found.product.brand, found.product.discountable, found.price.lowest_minor) == ("", True, 390)
        assert [one.id for one in found.campaigns] == ["3for10", "member-price"]
        assert prices.meta.membership == {}
        assert [one.mark for one in prices.recalls("tea")] == ["lot L1"]
        assert [one.product.sku for one in prices.loose_goods(NOON)] == ["apples"]
        assert [(one["sku"], one["discountable"]) for one in dump(prices, NOON)] == [
            ("apples", True),
            ("bag", False),
            ("tea", True),
        ]
    with pytest.raises(PriceListFormat, match="has format 4, this program reads 5"):
        check_list(old)
