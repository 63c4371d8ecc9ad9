from pathlib import Path
from typing import Any

import pytest

from hub.catalogue import CatalogueItem
from hub.imports import FeedStoreNeeded, Import, ImportRefused, open_import
from offline_cache.price_list.writer import PriceRow
from retail.product import Unit
from tests.hub.imports.lists import IL_HEADER, KONZUM_HEADER, il_row, konzum_row, price_minor, take, write_csv


def il(tmp_path: Path, *rows: list[str], **options: Any) -> tuple[list[CatalogueItem], Import]:
    return take(write_csv(tmp_path / "il.csv", IL_HEADER, *rows), "il", **options)


def konzum(tmp_path: Path, *rows: list[str], **options: Any) -> tuple[list[CatalogueItem], Import]:
    return take(write_csv(tmp_path / "hr.csv.gz", KONZUM_HEADER, *rows, encoding="utf-8"), "konzum", **options)


def test_an_il_row_becomes_a_product_with_name_price_code_and_tax(tmp_path):
    (item,), opened = il(tmp_path, il_row("7290000551678", "12.9", name='  ניילון  30ס"מ '))
    assert item.product.names == {"he": 'ניילון 30ס"מ'}
    assert item.codes == {"7290000551678": 1}
    assert item.prices == (PriceRow("list", 1290),)
    assert (item.product.sku, item.product.unit, item.product.tax_rate_bp) == ("7290000551678", Unit.PIECE, 1800)
    assert (opened.currency, opened.report.feed_store, opened.report.taken) == ("ILS", "729:1", 1)
    assert opened.bytes_read == opened.bytes_total > 0


def test_a_weighed_item_is_priced_by_the_kilogram_even_where_its_unit_says_a_piece(tmp_path):
    items, opened = il(
        tmp_path,
        il_row("5208106003047", "99.9", weighed="1", unit="קילוגרם"),
        il_row("7290008545181", "89.9", weighed="1", unit="יחידות"),
        il_row("7290008545327", "5", weighed="0", unit="קילוגרם"),
    )
    assert [item.product.unit for item in items] == [Unit.KG, Unit.KG, Unit.PIECE]
    assert [price_minor(item) for item in items] == [9990, 8990, 500]
    assert opened.report.warnings["unit_unclear"].count == 1


def test_what_no_discount_is_for_says_so(tmp_path):
    items, _ = il(tmp_path, il_row("1"), il_row("2", discount="0"), il_row("3", discount=""))
    assert [item.product.discountable for item in items] == [True, False, True]


def test_a_weighed_item_with_a_short_number_is_found_by_name_and_number(tmp_path):
    (tomato,), _ = il(tmp_path, il_row("100", "2.9", name="עגבניה", weighed="1", unit='ק"ג'))
    assert tomato.product.loose
    assert tomato.product.plu == "100"
    assert tomato.terms == ("עגבניה", "100")


def test_a_file_of_several_stores_needs_to_be_told_which(tmp_path):
    rows = [il_row("1"), il_row("2", store="004"), il_row("3", store="004")]
    with pytest.raises(FeedStoreNeeded, match=r"holds 2 stores; .*729:004 רשת א \(2 rows\), 729:1 רשת א \(1 rows\)"):
        il(tmp_path, *rows)
    refused = open_import(tmp_path / "il.csv", format="il")
    with pytest.raises(FeedStoreNeeded):
        list(refused)
    assert (refused.report.read, refused.report.taken) == (3, 0)
    items, opened = il(tmp_path, *rows, feed_store="729:004")
    assert [item.product.sku for item in items] == ["2", "3"]
    assert (opened.report.read, opened.report.taken, opened.report.skipped) == (3, 2, 1)
    assert len(il(tmp_path, *rows, feed_store="729:4")[0]) == 2  # leading zeros are no part of a number


def test_a_chain_that_changes_its_name_in_the_file_is_still_one_store(tmp_path):
    renamed = il_row("2")
    renamed[0] = "another name"
    items, opened = il(tmp_path, il_row("1"), renamed, il_row("3"))
    assert len(items) == opened.report.taken == 3
    assert opened.report.skipped == 0


def test_a_wish_that_fits_two_spellings_of_a_store_is_not_guessed(tmp_path):
    with pytest.raises(FeedStoreNeeded, match="fits several stores: 729:004, 729:4"):
        il(tmp_path, il_row("1", store="4"), il_row("2", store="004"), feed_store="729:4")


def test_a_row_that_does_not_say_its_store_is_refused_alone(tmp_path):
    items, opened = il(tmp_path, il_row("1"), il_row("2", store=""))
    assert len(items) == 1
    assert list(opened.report.refusals) == ["no_store"]


def test_a_weighed_flag_that_is_neither_yes_nor_no_sells_by_the_piece_and_warns(tmp_path):
    (item,), opened = il(tmp_path, il_row(weighed="?"))
    assert item.product.unit is Unit.PIECE
    assert "weighed_unclear" in opened.report.warnings


def test_an_unknown_unit_of_konzum_sells_by_the_piece_and_warns(tmp_path):
    (item,), opened = konzum(tmp_path, konzum_row(unit="par"))
    assert item.product.unit is Unit.PIECE
    assert "unit_unclear" in opened.report.warnings


def test_a_code_of_several_that_another_product_has_is_left_out(tmp_path):
    items, opened = konzum(
        tmp_path,
        konzum_row("3850334043641", "1", product="1"),
        konzum_row("3850334043641,96385074", "2", product="2"),
        konzum_row("3850334043641,96385074", "3", product="3"),
    )
    assert [set(item.codes) for item in items] == [{"3850334043641"}, {"96385074"}]
    assert list(opened.report.warnings) == ["conflicting_code"]
    assert list(opened.report.refusals) == ["conflicting_price"]


def test_an_import_that_is_given_up_closes_its_file(tmp_path):
    opened = open_import(write_csv(tmp_path / "il.csv", IL_HEADER, il_row("1"), il_row("2")), format="il")
    next(opened)
    opened.close()
    opened.close()
    assert list(opened) == []


def test_another_store_of_the_chain_is_not_taken_for_the_one_asked_for(tmp_path):
    with pytest.raises(FeedStoreNeeded, match=r"holds no store 729:055; of that chain only 729:464"):
        il(tmp_path, il_row(store="464"), feed_store="729:055")


def test_a_store_without_a_colon_is_explained(tmp_path):
    with pytest.raises(FeedStoreNeeded, match="not of the form CHAIN:STORE"):
        il(tmp_path, il_row(), feed_store="055")


def test_columns_may_stand_in_any_order_and_others_among_them(tmp_path):
    path = write_csv(tmp_path / "il.csv", ["new", *reversed(IL_HEADER)], ["x", *reversed(il_row(price="3.5"))])
    (item,), _ = take(path, "il")
    assert price_minor(item) == 350


@pytest.mark.parametrize(("form", "encoding", "name"), [("il", "cp1255", "חלב"), ("konzum", "cp1250", "Čaj žuti")])
def test_a_list_in_the_old_encoding_of_its_country_is_read_with_a_warning(tmp_path, form, encoding, name):
    header, row = (IL_HEADER, il_row(name=name)) if form == "il" else (KONZUM_HEADER, konzum_row(name=name))
    (item,), opened = take(write_csv(tmp_path / "old.csv", header, row, encoding=encoding), form)
    assert name in item.product.names.values()
    assert encoding in opened.report.warnings["other_encoding"].examples[0]["text"]


def test_a_special_price_alone_is_what_the_product_costs_and_invents_no_saving(tmp_path):
    (item,), _ = konzum(tmp_path, konzum_row(price="", special="1.19"))
    assert item.prices == (PriceRow("special", 119),)


def test_list_and_special_price_are_both_kept(tmp_path):
    (item,), _ = konzum(tmp_path, konzum_row(price="1.59", special="1.19"))
    assert item.prices == (PriceRow("list", 159), PriceRow("special", 119))


@pytest.mark.parametrize(("special", "warned"), [("1.59", "special_not_lower"), ("x", "special_ignored"), ("0", None)])
def test_a_special_price_that_is_none_leaves_the_list_price(tmp_path, special, warned):
    (item,), opened = konzum(tmp_path, konzum_row(price="1.59", special=special))
    assert item.prices == (PriceRow("list", 159),)
    assert list(opened.report.warnings) == ([warned] if warned else [])


def test_a_konzum_product_keeps_its_id_unit_and_category(tmp_path):
    (item,), _ = konzum(tmp_path, konzum_row(unit="kg", product="90670453"))
    assert (item.product.sku, item.product.unit, item.product.category) == ("90670453", Unit.KG, "HRANA")


def test_a_product_may_have_several_codes_in_one_cell_or_in_several_rows(tmp_path):
    items, opened = konzum(
        tmp_path,
        konzum_row("3850334043641,96385074", product="1"),
        konzum_row("4006381333931", product="1"),
    )
    assert [set(item.codes) for item in items] == [{"3850334043641", "96385074"}, {"4006381333931"}]
    assert [item.product.sku for item in items] == ["1", "4006381333931"]
    assert opened.report.warnings["id_again"].count == 1


def test_a_row_that_repeats_another_is_taken_once_and_warned_of(tmp_path):
    items, opened = il(tmp_path, il_row(), il_row())
    assert len(items) == 1
    assert (opened.report.taken, opened.report.warnings["duplicate_row"].count) == (2, 1)


def test_of_two_prices_for_one_code_the_later_is_refused_and_the_row_of_the_first_named(tmp_path):
    items, opened = il(tmp_path, il_row(price="4.9"), il_row(price="5.1"))
    assert [price_minor(item) for item in items] == [490]
    assert opened.report.refusals["conflicting_price"].examples == [
        {
            "row": 3,
            "code": "7290000551678",
            "text": "code 7290000551678 stands in row 2 with another price or unit, which is kept",
        }
    ]


def test_one_product_written_as_twelve_and_as_thirteen_digits_answers_each_as_written(tmp_path):
    items, opened = il(tmp_path, il_row("012345678905", "1"), il_row("0012345678905", "2"))
    assert [price_minor(item) for item in items] == [100, 200]
    assert opened.report.warnings["same_gtin_other_price"].count == 1


def test_a_product_without_a_name_shows_its_code(tmp_path):
    (item,), opened = il(tmp_path, il_row(name="  "))
    assert item.product.name("en") == "7290000551678"
    assert "empty_name" in opened.report.warnings


def test_a_list_in_another_currency_than_the_stores_is_refused(tmp_path):
    with pytest.raises(ImportRefused, match="prices are in EUR, the store's in CNY"):
        konzum(tmp_path, konzum_row(), currency="CNY")


def test_the_report_counts_every_row_and_shows_the_first_three_examples(tmp_path):
    rows = [il_row(str(code), "0") for code in range(100, 105)]
    _, opened = il(tmp_path, il_row(), il_row("12", "5"), il_row("", "5"), *rows)
    report = opened.report.as_dict()
    assert (report["rows_read"], report["rows_taken"], report["rows_warned"], report["rows_refused"]) == (8, 2, 1, 6)
    first = report["reasons"][0]
    assert (first["kind"], first["reason"], first["count"], len(first["examples"])) == ("refused", "price_zero", 5, 3)
    assert first["examples"][0] == {"row": 5, "code": "100", "text": "its price is zero ('0')"}
    assert "5  refused: price zero" in opened.report.as_text()
