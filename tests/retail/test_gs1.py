"""GS1 elements: read whole or not at all, and never with a value that the code does not hold."""

from datetime import date

import pytest

from retail.gs1 import day, faults, is_element, is_identifier, read_bracketed, read_elements
from retail.gs1_goods import Gs1Goods, gs1_goods
from retail.gs1_rules import contradictions, lacking

TODAY = date(2026, 11, 22)
MILK = "0109521234543213"


def goods(text: str, currency: str = "CNY") -> Gs1Goods:
    pairs = read_bracketed(text)
    assert pairs is not None
    return gs1_goods(pairs, today=TODAY, currency=currency)


def test_elements_are_parted_by_their_length_or_by_a_separator() -> None:
    found = read_elements(f"{MILK}1730123110AB-1\x1d21XYZ")
    assert found == (("01", "09521234543213"), ("17", "301231"), ("10", "AB-1"), ("21", "XYZ"))


@pytest.mark.parametrize("text", [f"{MILK}\x1d10AB", f"{MILK}10AB\x1d", f"{MILK}\x1d\x1d10AB\x1d\x1d"])
def test_a_separator_may_stand_where_none_is_needed(text: str) -> None:
    assert read_elements(text) == (("01", "09521234543213"), ("10", "AB"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\x1d",
        "01",
        MILK[:-1],
        MILK + "5",
        MILK + "10",
        f"{MILK}891",
        "10ABCDEFGHIJKLMNOPQRSTU",
        "10ABCDEFGHIJKLMNOPQRST17301231",  # the longest lot, and no separator behind it
        "xy",
        MILK + "10é",
        "00" * 500,
        MILK * 33,
    ],
)
def test_a_text_that_is_not_elements_to_its_end_is_none(text: str) -> None:
    assert read_elements(text) is None


def test_elements_as_people_read_them_may_hold_brackets() -> None:
    assert read_bracketed(r"(10)12345\(11)991225") == (("10", "12345(11)991225"),)


def test_spaces_between_elements_are_for_the_eye() -> None:
    assert read_bracketed("(01) 09521234543213 (10) A1") == (("01", "09521234543213"), ("10", "A1"))


@pytest.mark.parametrize("text", ["(", "()1", "(10)", "(01)1", "12(10)A", "(1A)5", "(999)5", "(10)A" * 33, ""])
def test_brackets_that_hold_no_element_are_none(text: str) -> None:
    assert read_bracketed(text) is None


def test_an_identifier_has_a_form_of_its_own() -> None:
    assert is_identifier("01")
    assert not is_identifier("89")
    assert not is_identifier("010")
    assert is_element("10", "A" * 20)
    assert not is_element("10", "A" * 21)
    assert not is_element("10", "")


@pytest.mark.parametrize(
    ("identifier", "value"),
    [
        ("01", "09521234543214"),
        ("00", "106141412345678909"),
        ("8003", "19521234543213"),
        ("17", "301301"),
        ("17", "300231"),
        ("7007", "300101300231"),
        ("3932", "0001250"),
    ],
)
def test_a_value_of_the_right_form_may_still_be_impossible(identifier: str, value: str) -> None:
    assert faults(((identifier, value),)) == (identifier,)


@pytest.mark.parametrize(
    ("identifier", "value"), [("7007", "300101"), ("3932", "1561250"), ("10", "A"), ("17", "300100")]
)
def test_a_value_that_can_be_has_no_fault(identifier: str, value: str) -> None:
    assert faults(((identifier, value),)) == ()


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("261122", date(2026, 11, 22)),
        ("260200", date(2026, 2, 28)),
        ("280200", date(2028, 2, 29)),
        ("760101", date(2076, 1, 1)),
        ("770101", date(1977, 1, 1)),
        ("260001", None),
        ("260230", None),
    ],
)
def test_a_day_has_no_century_and_may_be_the_last_of_its_month(value: str, found: date | None) -> None:
    assert day(value, TODAY) == found


def test_late_in_a_century_a_year_may_lie_in_the_next() -> None:
    assert day("050101", date(2080, 1, 1)) == date(2105, 1, 1)
    assert day("000101", date.min) is None
    assert day("200101", date.max) is None


@pytest.mark.parametrize(
    "text",
    [
        "(10)A(10)B",
        "(01)09521234543213(02)09521234543213",
        "(01)09521234543213(37)1",
        "(3102)000100(3103)000100",
        "(3922)100(3932)156100",
        "(21)A(235)B",
    ],
)
def test_a_code_that_says_two_things_contradicts_itself(text: str) -> None:
    pairs = read_bracketed(text)
    assert pairs is not None
    assert list(contradictions(pairs))
    assert not gs1_goods(pairs, today=TODAY, currency="CNY").sound


@pytest.mark.parametrize(
    "text", ["(10)A(10)A", "(01)09521234543213(3103)000100(3922)100", "(01)09521234543213(10)A(21)B"]
)
def test_a_code_may_say_the_same_twice_or_much_at_once(text: str) -> None:
    pairs = read_bracketed(text)
    assert pairs is not None
    assert not list(contradictions(pairs))


@pytest.mark.parametrize(
    "text", ["(10)A", "(02)09521234543213", "(01)09521234543213(3922)100", "(8003)01234567890128(8030)A", "(21)A"]
)
def test_an_element_without_its_partner_is_told(text: str) -> None:
    pairs = read_bracketed(text)
    assert pairs is not None
    assert list(lacking(pairs))
    assert "incomplete" in goods(text).warnings


@pytest.mark.parametrize(
    ("text", "grams"),
    [
        ("(3103)000842", 842),
        ("(3100)000002", 2000),
        ("(3105)000006", 0),
        ("(3104)000006", 1),
        ("(3202)000100", 454),
        ("(3560)000001", 31),
    ],
)
def test_a_weight_is_in_grams_whatever_its_unit(text: str, grams: int) -> None:
    assert goods("(01)99521234543216" + text).weight_g == grams


@pytest.mark.parametrize(
    ("text", "currency", "price"),
    [
        ("(3922)1250", "CNY", (1250, "CNY")),
        ("(3920)12", "CNY", (1200, "CNY")),
        ("(3923)12500", "CNY", (1250, "CNY")),
        ("(3920)1250", "JPY", (1250, "JPY")),
        ("(3932)9781250", "CNY", (1250, "EUR")),
        ("(3930)3921250", "CNY", (1250, "JPY")),
        ("(3923)12345", "CNY", (None, "")),
        ("(30)4", "CNY", (None, "")),
    ],
)
def test_a_price_is_exact_in_its_own_currency(text: str, currency: str, price: tuple[int | None, str]) -> None:
    found = goods("(01)99521234543216" + text, currency)
    assert (found.price_minor, found.currency) == price
    assert ("price_too_fine" in found.warnings) == (text == "(3923)12345")


def test_what_identifies_the_very_item_is_read() -> None:
    found = goods("(01)09521234543213(10)LOT(21)SER(15)261130(16)261129(17)261201(3952)000999(30)3")
    assert (found.gtin, found.lot, found.serial, found.quantity) == ("09521234543213", "LOT", "SER", 3)
    assert (found.best_before, found.sell_by, found.expiry) == (
        date(2026, 11, 30),
        date(2026, 11, 29),
        date(2026, 12, 1),
    )
    assert (found.unit_price_minor, found.warnings, found.sound) == (999, (), True)


def test_a_third_partys_serial_is_a_serial_too() -> None:
    assert goods("(01)09521234543213(235)TPX").serial == "TPX"


def test_of_two_expiry_days_the_earlier_counts() -> None:
    assert goods("(01)09521234543213(17)301231(7003)3001012359").expiry == date(2030, 1, 1)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("(01)09521234543213(17)261121", "past_expiry"),
        ("(01)09521234543213(15)261121", "past_best_before"),
        ("(01)09521234543213(16)261121", "past_sell_by"),
        ("(01)09521234543214", "check_digit"),
        ("(01)09521234543213(17)260231", "invalid_element"),
        ("(01)09521234543213(410)9521234543214", "other_element"),
        ("(8006)095212345432130102", "part_of_item"),
        ("(8006)095212345432130302", "invalid_element"),
    ],
)
def test_what_is_wrong_with_goods_is_told(text: str, warning: str) -> None:
    assert goods(text).warnings == (warning,)


def test_a_price_of_a_unit_without_a_point_is_in_minor_units() -> None:
    assert goods("(01)09521234543213(8005)001990").unit_price_minor == 1990


def test_a_last_day_is_not_past() -> None:
    assert goods("(01)09521234543213(15)261122(16)261122(17)261122").warnings == ()


def test_a_wrong_check_digit_is_no_gtin_but_a_number_to_look_up() -> None:
    found = goods("(01)09521234543214")
    assert (found.gtin, found.key, found.sound) == (None, "09521234543214", True)


def test_the_whole_item_is_one_piece_of_one() -> None:
    assert goods("(8006)095212345432130101").warnings == ()
