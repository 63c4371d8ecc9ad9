"""Real days of real shops: every code answers the file's own price, and a large day is read quickly."""

import csv
import gzip
from decimal import Decimal
from pathlib import Path

import pytest

from hub.imports import FeedStoreNeeded
from tests.hub.imports.lists import price_minor, take
from tests.shared_data import shared_file


def rows_of(path: Path) -> list[dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_every_code_of_a_store_has_the_price_of_its_row():
    path = shared_file("prices", "il_prices_2026-08-10.csv.gz")
    wanted = {row["ברקוד"]: row for row in rows_of(path) if row["מזהה חנות"] == "103"}
    items, opened = take(path, "il", feed_store="7290700100008:103")
    for item in items:
        (code,) = item.codes
        assert Decimal(price_minor(item)) / 100 == Decimal(wanted[code]["מחיר (₪)"])
        assert item.product.unit.value == ("kg" if wanted[code]["שקיל"] == "1" else "piece")
    report = opened.report
    assert (report.read, report.taken, report.skipped) == (75_202, 8_532, 66_668)
    assert [(reason, tally.count) for reason, tally in report.refusals.items()] == [("price_zero", 2)]
    assert report.seconds < 15  # 30 s is the promise for the whole import; about 2 s when the machine is free


def test_every_croatian_code_has_its_price_or_special_price():
    path = shared_file("prices", "hr_konzum_0530-2025-07-03.csv.gz")
    wanted = {row["Barcode"]: row["SpecialPrice"] or row["Price"] for row in rows_of(path)}
    items, opened = take(path, "konzum")
    assert {code: Decimal(price_minor(item)) / 100 for item in items for code in item.codes} == {
        code: Decimal(price) for code, price in wanted.items() if code and code != "80629580"
    }
    assert opened.report.refusals["price_too_fine"].examples == [
        {"row": 9637, "code": "80629580", "text": "its price '4.589' is finer than 2 decimals of EUR"}
    ]
    assert opened.report.refusals["no_code"].count == 176


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (None, "holds 5 stores; name one with --feed-store CHAIN:STORE: 7290058140886:39 רמי לוי"),
        ("7290055700007:055", "holds no store 7290055700007:055; of that chain only 7290055700007:464"),
    ],
)
def test_a_day_in_which_a_chains_file_comes_from_another_store_is_not_taken_for_it(wish, sentence):
    with pytest.raises(FeedStoreNeeded, match=sentence):
        take(shared_file("prices", "il_prices_2026-08-22.csv.gz"), "il", feed_store=wish)
