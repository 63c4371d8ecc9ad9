"""Every preset reads its labels, and no other."""

import json
from decimal import Decimal

import pytest

from retail.gtin import check_digit
from retail.label_presets import LABEL_PRESETS
from retail.labels import LabelReading, LabelTemplate, LabelTemplateError
from tests.shared_data import shared_file


def read(preset: str, body: str) -> LabelReading:
    found = LabelTemplate.parse(preset).read(body + check_digit(body))
    assert found is not None
    return found


@pytest.mark.parametrize("preset", sorted(LABEL_PRESETS))
def test_the_layouts_of_a_preset_do_not_overlap(preset: str) -> None:
    forms = LabelTemplate.parse(preset).forms
    assert len({(form.length, form.prefix) for form in forms}) == len(forms)


@pytest.mark.parametrize(
    ("preset", "body", "item", "amounts"),
    [
        ("cn-13-price", "220012301500", "00123", (1500, None, None)),
        ("cn-13-weight", "220012300842", "00123", (None, 842, None)),
        ("cn-13-item6-price", "200012301500", "000123", (1500, None, None)),
        ("cn-13-item6-weight", "200012300842", "000123", (None, 842, None)),
        ("cn-18", "26000120150000842", "00012", (1500, 842, None)),
        ("cn-18-weight-price", "26000120084201500", "00012", (1500, 842, None)),
        ("us", "21234512875"[:6] + "9" + "2875", "12345", (2875, None, None)),
        ("gb", "2012345" + "9" + "2875", "12345", (2875, None, None)),
        ("de", "251111" + "9" + "00012", "1111", (None, None, 12)),
        ("se", "218806011234", "880601", (12340, None, None)),
        ("no", "228806011234", "880601", (123400, None, None)),
        ("dk", "261234001505", "1234", (None, 1505, None)),
        ("baltics", "251111111234", "111111", (None, 123400, None)),
    ],
)
def test_a_label_of_each_kind(preset: str, body: str, item: str, amounts: tuple[int | None, ...]) -> None:
    found = read(preset, body)
    assert (found.item, (found.price_minor, found.grams, found.count)) == (item, amounts)
    assert (found.template, found.sound) == (preset, True)


def test_a_wrong_inner_check_digit_leaves_no_amount() -> None:
    found = read("gb", "201234582875")
    assert (found.sound, found.price_minor, found.item) == (False, None, "12345")


@pytest.mark.parametrize(
    ("template", "code"),
    [
        ("se", "02388060112344"),  # as GTIN-14
        ("us", "0212345928758"),  # a UPC as EAN-13
        ("us", "00212345928758"),
        ("02{item:5}{price:5}{check}", "212345001504"),  # an EAN-13 of 0 as UPC
    ],
)
def test_zeros_that_a_scanner_puts_before_or_leaves_out_do_not_matter(template: str, code: str) -> None:
    code = code[:-1] + check_digit(code[:-1])
    assert LabelTemplate.parse(template).read(code) is not None


@pytest.mark.parametrize("code", ["12388060112344", "2388060112345", "238806011234", "2988060112344", "x388060112344"])
def test_other_codes_are_no_label(code: str) -> None:
    assert LabelTemplate.parse("se").read(code) is None


def test_the_base_of_a_label_has_its_inner_check_digit_zeroed_too() -> None:
    assert read("gb", "201112291234").base_code == "2011122000005"  # as biip has it


def test_units_are_part_of_a_template() -> None:
    found = LabelTemplate.parse("29{item:4}{weight:3:5g}{price:3:10}").read("291234040015")
    assert found is not None
    assert (found.grams, found.price_minor) == (200, 150)


@pytest.mark.parametrize(
    ("pattern", "word"),
    [
        ("cn-19", "no such preset"),
        ("21{item:5}{weight:4:10}", "units"),
        ("21{item:5}{price:4:10g}", "units"),
        ("21{item:5:10}{price:4}", "units"),
        ("21{item:5}{price:4:0}", "units"),
        ("21{item:5}{price_check}{price:6}", "price_check"),
        ("21{item:5}{price_check}{weight:5}", "price_check"),
        ("21{item:5}{price:5}{price_check}{price_check}", "twice"),
        ("21{item:0}{price:5}", "needs"),
    ],
)
def test_a_template_that_cannot_work_says_why(pattern: str, word: str) -> None:
    with pytest.raises(LabelTemplateError, match=word):
        LabelTemplate.parse(pattern)


def test_national_labels_are_read_as_biip_reads_them() -> None:
    rows = json.loads(shared_file("vectors", "vectors_rcn_by_country.json").read_text("utf-8"))["rows"]
    for row in rows:
        found = LabelTemplate.parse(row["region"]).read(row["value"])
        grams = None if row["weight_kg"] is None else int(Decimal(row["weight_kg"]) * 1000)
        price = None if row["price"] is None else int(Decimal(row["price"]) * 100)
        amounts = (None, None, None) if found is None else (found.grams, found.price_minor, found.count)
        assert amounts == (grams, price, row["count"]), row
