import random
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from hub.catalogue import CatalogueItem
from hub.imports import Import, ImportRefused, MappingError
from offline_cache.price_list.writer import PriceRow
from retail.product import Unit
from tests.hub.imports.lists import price_minor, take, write_csv

FULL = """
currency = "EUR"
language = "de"
time_zone = "Europe/Berlin"
[file]
encoding = "cp1252"
delimiter = ";"
decimal_sign = ","
thousands_sign = "."
skip_rows = 2
date_format = "%d.%m.%Y"
[columns]
code = ["EAN", "EAN 2"]
sku = "Artikel"
name = "Bezeichnung"
names = { en = "English" }
price = "VK"
special_price = "Aktion"
special_from = "von"
special_until = "bis"
unit = "ME"
tax = "MwSt"
category = "Gruppe"
plu = "PLU"
min_age = "ab"
loose = "lose"
tare_grams = "Tara"
discountable = "Rabatt"
brand = "Marke"
[units]
kg = ["KG"]
piece = "ST"
[defaults]
tax = 19
[rows]
ignore_codes = ["PFAND.*"]
"""
FULL_HEADER = [
    "EAN", "EAN 2", "Artikel", "Bezeichnung", "English", "VK", "Aktion", "von", "bis", "ME", "MwSt", "Gruppe", "PLU",
    "ab", "lose", "Tara", "Rabatt", "Marke",
]  # fmt: skip


def mapping(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "mapping.toml"
    path.write_text(text, encoding="utf-8")
    return path


def full_row(**changes: str) -> list[str]:
    values = dict.fromkeys(FULL_HEADER, "") | {
        "EAN": "4006381333931", "Artikel": "A1", "Bezeichnung": "Käse", "VK": "1.234,50", "ME": "st"
    }  # fmt: skip
    return list((values | changes).values())


def full(tmp_path: Path, *rows: list[str]) -> tuple[list[CatalogueItem], Import]:
    path = write_csv(tmp_path / "list.csv", ["Preisliste"], [""], FULL_HEADER, *rows, encoding="cp1252", delimiter=";")
    return take(path, "csv", mapping=mapping(tmp_path, FULL))


def test_a_mapping_says_what_every_column_means(tmp_path):
    row = full_row(**{
        "EAN 2": "96385074", "English": "Cheese", "Aktion": "999,00", "von": "01.03.2026", "bis": "31.03.2026",
        "ME": "kg", "MwSt": "7 %", "Gruppe": "milk", "PLU": "4011", "ab": "16", "lose": "1", "Tara": "5",
        "Rabatt": "no", "Marke": "north",
    })  # fmt: skip
    (item,), opened = full(tmp_path, row)
    product = item.product
    assert item.codes == {"4006381333931": 1, "96385074": 1}
    assert product.names == {"en": "Cheese", "de": "Käse"}
    assert (product.sku, product.unit, product.tax_rate_bp) == ("A1", Unit.KG, 700)
    assert (product.category, product.plu, product.min_age) == ("milk", "4011", 16)
    assert (product.loose, product.tare_grams, product.discountable, product.brand) == (True, 5, False, "north")
    begins = int(datetime(2026, 2, 28, 23, tzinfo=UTC).timestamp())
    ends = int(datetime(2026, 3, 31, 22, tzinfo=UTC).timestamp())  # summer time began meanwhile
    assert item.prices == (PriceRow("list", 123450), PriceRow("special", 99900, begins, ends))
    assert opened.currency == "EUR"


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"ME": "100g"}, "unknown_unit"),
        ({"ME": "Kiste"}, "unknown_unit"),
        ({"EAN": "PFAND 1"}, "ignored_code"),
        ({"MwSt": "viel"}, "bad_tax"),
        ({"MwSt": "190"}, "bad_tax"),
        ({"ab": "18+"}, "bad_min_age"),
        ({"von": "2026/03/01", "Aktion": "1"}, "bad_date"),
        ({"VK": "1.5"}, "price_not_a_number"),
        ({"EAN": ""}, "no_code"),
    ],
)
def test_a_value_that_the_mapping_does_not_allow_refuses_its_row(tmp_path, changes, reason):
    items, opened = full(tmp_path, full_row(), full_row(**{"EAN": "96385074"} | changes))
    assert len(items) == 1
    assert list(opened.report.refusals) == [reason]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("curency = 'EUR'", "'curency' is no key of a mapping file; did you mean 'currency'"),
        ("[columns]\nprise = 'VK'", "'columns.prise' is no key of a mapping file; did you mean 'price'"),
        ("decimal_sign = ','", r"'decimal_sign' .* belongs into the section \[file\]"),
        ("[colums]\ncode = 'x'", "did you mean 'columns'"),
        ("currency = 'Euro'", "currency: "),
        ("time_zone = 'Berlin'", "time_zone: is no time zone"),
        ("[file]\nencoding = 'utf-9'", "file.encoding: is no encoding"),
        ("[file]\ndecimal_sign = ','\nthousands_sign = ','", "are the same"),
        ("[rows]\nignore_codes = ['(']", "no regular expression"),
        ("[defaults]\ntax = 'x'", "defaults"),
        ("[file", "is not TOML"),
        ("[columns]\ncode = 'EAN'\nprice = 'Preis'", "has no column 'EAN', which the mapping names"),
        ("[columns]\nname = 'code'", "no column of its header is known as the code"),
    ],
)
def test_a_bad_mapping_is_refused_with_its_key_and_the_nearest_right_one(tmp_path, text, sentence):
    path = write_csv(tmp_path / "list.csv", ["code", "price"], ["4006381333931", "1"])
    with pytest.raises(ImportRefused, match=sentence):
        take(path, "csv", mapping=mapping(tmp_path, text))


def test_a_mapping_that_is_not_there_or_not_utf8_is_named(tmp_path):
    path = write_csv(tmp_path / "list.csv", ["code", "price"], ["4006381333931", "1"])
    with pytest.raises(MappingError, match="no such mapping file"):
        take(path, "csv", mapping=tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"language = '\xe9'")
    with pytest.raises(MappingError, match="is not UTF-8"):
        take(path, "csv", mapping=tmp_path / "latin.toml")
    with pytest.raises(MappingError, match="goes with --format csv"):
        take(path, "il", mapping=tmp_path / "none.toml")


@pytest.mark.parametrize(
    "header",
    [["Barcode", "Product Name", "Price"], ["gtin", "name", "retail_price"], ["EAN-13", "Description", "UnitPrice"],
     ["条码", "品名", "售价"]],
)  # fmt: skip
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_headers_that_speak_for_themselves_need_no_mapping(tmp_path, header, delimiter):
    path = write_csv(tmp_path / "list.csv", header, ["4006381333931", "Pen", "1.50"], delimiter=delimiter)
    (item,), opened = take(path, "csv", currency="EUR")
    assert (price_minor(item), item.product.names, opened.currency) == (150, {"en": "Pen"}, "EUR")


def test_the_lists_own_currency_column_is_believed_and_a_stray_row_refused(tmp_path):
    path = write_csv(tmp_path / "list.csv", ["code", "price", "currency"], ["1", "150", "JPY"], ["2", "1", "USD"])
    (item,), opened = take(path, "csv")
    assert (price_minor(item), opened.currency) == (150, "JPY")
    assert list(opened.report.refusals) == ["other_currency"]


def test_a_currency_that_nobody_named_is_assumed_aloud(tmp_path):
    _, opened = take(write_csv(tmp_path / "list.csv", ["code", "price"], ["1", "150"]), "csv")
    assert opened.currency == "CNY"
    assert opened.report.warnings["currency_assumed"].count == 1


def test_names_in_several_languages_are_known_by_their_column(tmp_path):
    path = write_csv(tmp_path / "list.csv", ["codes", "name_en", "name_zh_CN", "price"], ["1 2*6", "Tea", "茶", "3"])
    (item,), _ = take(path, "csv", currency="CNY")
    assert item.product.names == {"en": "Tea", "zh-CN": "茶"}
    assert item.codes == {"1": 1, "2": 6}


def test_unit_words_without_a_mapping_are_never_taken_for_another_weight(tmp_path):
    rows = [["1", "1", "kg"], ["2", "1", "100 g"], ["3", "1", "bottle"], ["4", "1", "lb"], ["5", "1", ""]]
    items, opened = take(write_csv(tmp_path / "list.csv", ["code", "price", "unit"], *rows), "csv")
    assert [(item.product.sku, item.product.unit) for item in items] == [
        ("1", Unit.KG), ("3", Unit.PIECE), ("5", Unit.PIECE)
    ]  # fmt: skip
    assert opened.report.refusals["unknown_unit"].count == 2


def test_a_list_of_several_stores_needs_columns_that_say_so(tmp_path):
    path = write_csv(tmp_path / "list.csv", ["code", "price", "shop"], ["1", "1", "north"], ["2", "2", "south"])
    with pytest.raises(ImportRefused, match="--feed-store is for lists of several stores"):
        take(path, "csv", feed_store=":south")
    text = "[columns]\ncode = 'code'\nprice = 'price'\nstore = 'shop'"
    (item,), _ = take(path, "csv", feed_store=":south", mapping=mapping(tmp_path, text))
    assert item.product.sku == "2"


def test_a_utf16_list_as_spreadsheets_save_it_is_read(tmp_path):
    path = write_csv(
        tmp_path / "list.txt", ["code", "name", "price"], ["1", "茶", "3"], encoding="utf-16", delimiter="\t"
    )
    (item,), _ = take(path, "csv")
    assert item.product.names == {"en": "茶"}


def workbook(path: Path, rows: list[list[Any]], title: str = "Prices", **formats: str) -> None:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    sheet.title = title
    for row in rows:
        sheet.append(row)
    for cell, number_format in formats.items():
        sheet[cell].number_format = number_format
    book.save(path)


def test_a_workbooks_numbers_come_out_as_they_are_shown(tmp_path):
    path = tmp_path / "prices.bin"  # told by its first bytes
    rows: list[list[Any]] = [
        ["code", "name", "price", "special price", "special until", "tax rate"],
        [4006381333931, "Pen", 19.99, 0.1 + 0.2, date(2026, 3, 31), 0.07],
        ["0123456789012", "Ink", 5, None, None, None],
        [12345678905, "Nib", "2.50", None, None, "19%"],
        [96385074, "Cap", 0.001, None, None, None],
        [None, None, None],
        [96385075.5, "Odd", 1, None, None, None],
    ]
    workbook(path, rows, F2="0%", A4="000000000000")
    items, opened = take(path, "csv", currency="EUR")
    pen, ink, nib, odd = items
    assert (pen.codes, pen.product.tax_rate_bp) == ({"4006381333931": 1}, 700)
    ends = int(datetime(2026, 4, 1, tzinfo=UTC).timestamp())
    assert pen.prices == (PriceRow("list", 1999), PriceRow("special", 30, None, ends))
    assert (ink.codes, price_minor(ink)) == ({"0123456789012": 1}, 500)
    assert (nib.codes, nib.product.tax_rate_bp) == ({"012345678905": 1}, 1900)
    assert odd.codes == {"96385075.5": 1}
    assert list(opened.report.refusals) == ["price_too_fine"]
    assert opened.report.refusals["price_too_fine"].examples[0]["row"] == 5
    assert opened.report.read == 5


def test_the_sheet_is_named_in_the_mapping_and_an_unknown_one_refused(tmp_path):
    path = tmp_path / "list.xlsx"
    workbook(path, [["title"], [], ["Code", "Preis"], ["1", 1.5]], title="März")
    text = (
        "currency = 'EUR'\n[file]\nsheet = '{}'\nskip_rows = 2\ndecimal_sign = ','\n"
        "[columns]\ncode = 'Code'\nprice = 'Preis'"
    )
    (item,), opened = take(path, "csv", mapping=mapping(tmp_path, text.format("März")))
    assert price_minor(item) == 150
    assert opened.bytes_read == opened.bytes_total
    with pytest.raises(ImportRefused, match="has no sheet 'April'; it has 'März'"):
        take(path, "csv", mapping=mapping(tmp_path, text.format("April")))


def test_a_workbook_that_misstates_its_size_is_read_to_its_end(tmp_path):
    whole, lying = tmp_path / "whole.xlsx", tmp_path / "lying.xlsx"
    workbook(whole, [["code", "price"], ["1", 1], ["2", 2]])
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(lying, "w") as target:
        for name in source.namelist():
            target.writestr(name, source.read(name).replace(b'<dimension ref="A1:B3"', b'<dimension ref="A1"'))
    assert len(take(lying, "csv")[0]) == 2


def test_an_empty_or_damaged_workbook_is_refused(tmp_path):
    path = tmp_path / "list.xlsx"
    workbook(path, [])
    with pytest.raises(ImportRefused, match="is empty; name another one"):
        take(path, "csv")
    workbook(path, [["code", "price"], *[[str(number), 1] for number in range(500)]])
    whole = path.read_bytes()
    path.write_bytes(whole[:-300])
    with pytest.raises(ImportRefused, match=r"no sound \.xlsx workbook"):
        take(path, "csv")


@pytest.mark.parametrize("seed", range(60))
def test_damage_anywhere_in_a_workbook_ends_in_a_sentence_or_not_at_all(tmp_path, seed):
    path, chance = tmp_path / "list.xlsx", random.Random(seed)  # noqa: S311 - repeatable damage
    workbook(path, [["code", "price"], *[[str(number), 1] for number in range(50)]])
    content = bytearray(path.read_bytes())
    for _ in range(1 + seed % 4):
        place = chance.randrange(len(content))
        content[place : place + chance.randrange(30)] = chance.randbytes(chance.randrange(30))
    path.write_bytes(content)
    try:
        items, _ = take(path, "csv")
    except ImportRefused as refused:
        assert str(refused).startswith(f"{path}: ")  # noqa: PT017 - either end is right
    else:
        assert len(items) <= 50
