"""Every row of the collection of bad rows: taken as it should be, or refused with the reason."""

import csv
import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from hub.imports import ImportRefused
from retail.product import Unit
from tests.hub.imports.lists import price_minor, take
from tests.shared_data import SHARED, needs_shared_data

ODD_ROWS = SHARED / "prices" / "odd_rows.jsonl"

# What a row of each kind comes to: None is taken without a remark about its code, a word the warning it is taken with.
TAKEN = {
    "barcode: GTIN-12 with stripped leading zeros (check ok)": "leading_zeros_lost",
    "empty manufacturer": None,
    "quote inside name": None,
    "double space in name": None,
    "barcode: UPC-A RCN (2: variable measure)": "restricted_code",
    "weighed item (price per kg)": None,
    "quantity is 0": None,
    "barcode: 13 digits bad check": "wrong_check_digit",
    "unit price is 0": None,
    "barcode: coupon (98x/99)": "coupon_code",
    'country is a word "unknown" / not ISO': None,
    "barcode: 8 digits bad check": "wrong_check_digit",
    "barcode: 12 digits bad check": "wrong_check_digit",
    "negative pack quantity": None,
    "barcode: ISSN": "periodical_code",
    "barcode: 9-11 digits, check fails (internal or damaged)": "odd_length",
    "HR price empty because special price is set": None,
    "HR restricted circulation number": "restricted_code",
    "HR GTIN-14 at shelf": "case_code",
}
REFUSED = {"HR empty barcode": "no_code"}

UCI_MAPPING = """
currency = "GBP"
[columns]
code = "StockCode"
name = "Description"
price = "UnitPrice"
[rows]
ignore_codes = ["POST", "D", "[cC]2", "DOT", "[mM]", "BANK CHARGES", "S", "AMAZONFEE", "gift_.*", "PADS", "B", "CRUK"]
"""


def odd_rows(source: str) -> list[dict[str, Any]]:
    if not ODD_ROWS.exists():
        return []
    rows = [json.loads(line) for line in ODD_ROWS.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if source in row["source"]]


def ids(rows: list[dict[str, Any]]) -> list[str]:
    return [f"{number}-{row['why'][:24]}" for number, row in enumerate(rows)]


def write(path: Path, row: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, row)
        writer.writeheader()
        writer.writerow(row)
    return path


IL = odd_rows("israeli_prices")
PROMOTIONS = odd_rows("israeli_promos")
KONZUM = odd_rows("hr-konzum")
UCI = odd_rows("uk-uci")
OFF = odd_rows("off-sample")


@needs_shared_data
def test_no_odd_row_is_left_out():
    assert len(IL) + len(PROMOTIONS) + len(KONZUM) + len(UCI) + len(OFF) == 256
    assert {row["why"] for row in IL + KONZUM} == set(TAKEN) | set(REFUSED)


@pytest.mark.parametrize("odd", IL, ids=ids(IL))
def test_an_odd_israeli_row_is_taken_as_it_should_be(tmp_path, odd):
    row = odd["row"]
    (item,), opened = take(write(tmp_path / "il.csv", row), "il")
    assert list(item.codes) == [row["ברקוד"]]
    assert Decimal(price_minor(item)) / 100 == Decimal(row["מחיר (₪)"])
    assert item.product.unit is (Unit.KG if row["שקיל"] == "1" else Unit.PIECE)
    assert item.product.names == {"he": " ".join(row["שם מוצר"].split())}
    wanted = TAKEN[odd["why"]]
    assert wanted is None or wanted in opened.report.warnings


@pytest.mark.parametrize("odd", PROMOTIONS, ids=ids(PROMOTIONS))
def test_a_promotion_is_never_taken_for_a_price(tmp_path, odd):
    with pytest.raises(ImportRefused, match="is a list of promotions"):
        take(write(tmp_path / "il.csv", odd["row"]), "il")


@pytest.mark.parametrize("odd", KONZUM, ids=ids(KONZUM))
def test_an_odd_croatian_row_is_taken_as_it_should_be_or_refused(tmp_path, odd):
    row = odd["row"]
    path = write(tmp_path / "hr.csv", row)
    if odd["why"] in REFUSED:
        with pytest.raises(ImportRefused, match=f"refused as {REFUSED[odd['why']]}"):
            take(path, "konzum")
        return
    (item,), opened = take(path, "konzum")
    assert list(item.codes) == [row["Barcode"]]
    assert Decimal(price_minor(item)) / 100 == Decimal(row["SpecialPrice"] or row["Price"])
    assert item.product.unit is (Unit.KG if row["Unit"] == "kg" else Unit.PIECE)
    assert item.product.sku == row["ProductId"]
    # A GTIN-14 that begins with 0 is an ordinary EAN, written longer.
    wanted = None if row["Barcode"].startswith("0") else TAKEN[odd["why"]]
    assert wanted is None or wanted in opened.report.warnings


@pytest.mark.parametrize("odd", OFF, ids=ids(OFF))
def test_a_code_that_a_spreadsheet_has_rounded_is_refused_with_its_story(tmp_path, odd):
    with pytest.raises(ImportRefused, match="a spreadsheet has turned 1 of its 1 barcodes into rounded numbers"):
        take(write(tmp_path / "off.csv", odd["row"]), "csv")


@pytest.mark.parametrize("odd", UCI, ids=ids(UCI))
def test_an_odd_row_of_a_wholesaler_is_taken_or_refused_by_a_mapping(tmp_path, odd):
    row, why = odd["row"], odd["why"]
    (tmp_path / "uci.toml").write_text(UCI_MAPPING)
    path, price = write(tmp_path / "uci.csv", row), Decimal(row["UnitPrice"])
    ignored = row["StockCode"] in {
        "POST",
        "D",
        "C2",
        "DOT",
        "M",
        "m",
        "BANK CHARGES",
        "S",
        "AMAZONFEE",
        "PADS",
        "B",
        "CRUK",
    }
    if ignored or row["StockCode"].startswith("gift_"):
        reason = "ignored_code"
    elif price == 0:
        reason = "price_zero"
    else:
        reason = ""
    if reason:
        with pytest.raises(ImportRefused, match=f"refused as {reason}"):
            take(path, "csv", mapping=tmp_path / "uci.toml")
        return
    (item,), opened = take(path, "csv", mapping=tmp_path / "uci.toml")
    assert list(item.codes) == [row["StockCode"]]
    assert Decimal(price_minor(item)) / 100 == price
    assert ("empty_name" in opened.report.warnings) is (not row["Description"]), why


@needs_shared_data
@pytest.mark.parametrize(("code", "reason"), [("B", "price_negative"), ("PADS", "price_too_fine")])
def test_without_the_mappings_exceptions_the_price_itself_refuses_the_row(tmp_path, code, reason):
    row = next(odd["row"] for odd in reversed(UCI) if odd["row"]["StockCode"] == code)
    with pytest.raises(ImportRefused, match=f"refused as {reason}"):
        take(write(tmp_path / "uci.csv", row), "csv", currency="GBP")


@needs_shared_data
def test_all_odd_israeli_rows_together_are_counted_to_the_last(tmp_path):
    path = tmp_path / "il.csv.gz"
    with gzip.open(path, "wt", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, IL[0]["row"])
        writer.writeheader()
        writer.writerows(odd["row"] for odd in IL)
    items, opened = take(path, "il", feed_store="7290027600007:413")
    report = opened.report
    assert report.read == len(IL) == report.taken + report.refused + report.skipped
    assert len({code for item in items for code in item.codes}) == len(items)
