"""Prices of Hong Kong's chains: one chain of the price watch as a list, in three languages."""

import gzip
import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hub.imports import FeedStoreNeeded, ImportRefused, MappingError, open_import
from tests.hub.imports.lists import price_minor, take
from tests.shared_data import shared_file


def entry(
    code: str, price: Any, *, chain: str = "WELLCOME", brand: str = "Garden", name: str = "Cake"
) -> dict[str, Any]:
    return {
        "code": code,
        "brand": {"en": brand, "zh-Hant": "嘉頓", "zh-Hans": "嘉顿"},
        "name": {"en": name, "zh-Hant": "蛋糕", "zh-Hans": "蛋糕"},
        "cat1Name": {"en": "Bakery", "zh-Hant": "麵包", "zh-Hans": "面包"},
        "prices": [{"supermarketCode": chain, "price": price}],
        "offers": [],
    }


def written(tmp_path: Path, content: Any) -> Path:
    path = tmp_path / "watch.json"
    path.write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    return path


def test_a_product_has_its_number_as_code_and_names_in_three_languages(tmp_path):
    (item,), opened = take(written(tmp_path, [entry("P000000190", "10.50")]), "hk")
    product = item.product
    assert (product.sku, item.codes, price_minor(item)) == ("P000000190", {"P000000190": 1}, 1050)
    assert product.names == {"en": "Garden Cake", "zh-TW": "嘉頓 蛋糕", "zh-CN": "嘉顿 蛋糕"}
    assert (product.category, product.tax_rate_bp, product.unit.value) == ("Bakery", 0, "piece")
    assert (opened.currency, opened.time_zone, opened.report.feed_store) == ("HKD", "Asia/Hong_Kong", "WELLCOME")


def test_a_brand_that_the_name_begins_with_is_not_said_twice(tmp_path):
    (item,), _ = take(written(tmp_path, [entry("P1", "1", name="GARDEN cake")]), "hk")
    assert item.product.names["en"] == "GARDEN cake"


def test_one_chain_is_taken_and_the_others_are_skipped(tmp_path):
    path = written(tmp_path, [entry("P1", "1.00"), entry("P2", "2.00", chain="AEON")])
    (item,), opened = take(path, "hk", feed_store="aeon")
    assert (item.product.sku, opened.report.skipped, opened.report.feed_store) == ("P2", 1, "AEON")
    with pytest.raises(
        FeedStoreNeeded, match=r"holds 2 stores; name one with --feed-store CHAIN: WELLCOME \(1 rows\), AEON"
    ):
        take(path, "hk")
    with pytest.raises(FeedStoreNeeded, match="holds no store JASONS"):
        take(path, "hk", feed_store="JASONS")
    with pytest.raises(FeedStoreNeeded, match="is not of the form CHAIN"):
        take(path, "hk", feed_store="WELLCOME:1")


def test_a_row_that_is_amiss_is_refused_by_itself(tmp_path):
    rows = [entry("P1", "1.00"), entry("P2", "0"), entry("", "1.00"), entry("P3", None), entry("P4", 12.5), "rubbish"]
    items, opened = take(written(tmp_path, rows), "hk")
    assert [item.product.sku for item in items] == ["P1", "P4"]
    assert {reason: [one["row"] for one in tally.examples] for reason, tally in opened.report.refusals.items()} == {
        "price_zero": [2], "no_code": [3], "price_empty": [4]
    }  # fmt: skip


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b'{"error": "not found"}', "is no list of products"),
        (b"[]", "is no list of products"),
        (b'[{"a": 1}]', "no entry has a code and prices"),
        (b'[{"code": "P1"', "is not JSON, or not all of it"),
        (gzip.compress(b'[{"code": "P1"}]', mtime=0)[:-6], "cannot be read .*fetch it again"),
        (b"\x1f\x8brubbish", "cannot be read"),
        (b"code,price\n1,2\n", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
    ],
)
def test_a_file_that_is_none_ends_in_a_sentence(tmp_path, content, sentence):
    path = tmp_path / "watch.json"
    path.write_bytes(content)
    with pytest.raises(ImportRefused, match=sentence) as refused:
        take(path, "hk")
    assert str(refused.value).startswith(f"{path}: ")
    assert "\n" not in str(refused.value)


def test_another_currency_or_a_mapping_file_is_refused(tmp_path):
    path = written(tmp_path, [entry("P1", "1.00")])
    with pytest.raises(ImportRefused, match="its prices are in HKD, the store's in CNY"):
        open_import(path, format="hk", currency="CNY")
    with pytest.raises(MappingError):
        open_import(path, format="hk", mapping=tmp_path / "map.toml")


def test_every_price_of_a_real_chain_and_day_is_taken():
    path = shared_file("promotions", "hk_pricewatch_2026-05-21.json.gz")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        products = json.load(file)
    wanted = {
        str(one["code"]): Decimal(price["price"])
        for one in products
        for price in one["prices"]
        if price["supermarketCode"] == "PARKNSHOP"
    }
    items, opened = take(path, "hk", feed_store="PARKNSHOP")
    assert {item.product.sku: Decimal(price_minor(item)) / 100 for item in items} == wanted
    assert (opened.report.taken, opened.report.refusals) == (len(wanted), {})
    assert Counter(len(item.product.names) for item in items) == {3: len(wanted)}
