"""What a number says by itself: its GTIN if it surely has one, and under what else a list may know it."""

import pytest

from retail.product_code import LONGEST_NUMBER, ProductCode, read_product_code


def read(code: str, symbology: str = "") -> ProductCode:
    found = read_product_code(code, symbology)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("code", "gtin"),
    [
        ("5901234123457", "05901234123457"),
        ("05901234123457", "05901234123457"),
        ("036000291452", "00036000291452"),
        ("96385074", "00000096385074"),
        ("04252614", "00042100005264"),  # no EAN-8: a UPC-E
        ("12345670", "00000012345670"),  # both: an EAN-8
        ("4252614", "00042100005264"),  # a UPC-E that lost its zero
        ("10181040009", "00010181040009"),  # a UPC that lost its zero
        ("1234572", "00000001234572"),
        ("0306406152", "09780306406157"),  # ISBN of a book from before 2007
        ("978-3-16-148410-0", "09783161484100"),
        ("0 36000 29145 2", "00036000291452"),
    ],
)
def test_the_gtin_is_known_by_form_and_check_digit(code: str, gtin: str) -> None:
    assert read(code).gtin == gtin


@pytest.mark.parametrize("code", ["6", "425261", "1234567", "7290003444009", "123456789", "123456789012345", "13" * 12])
def test_any_other_number_is_the_shops_own(code: str) -> None:
    found = read(code)
    assert (found.gtin, found.ways) == (None, (code,))


@pytest.mark.parametrize(
    ("code", "warning"),
    [("7290003444009", "check_digit"), ("10181040009", "leading_zeros"), ("4252614", "leading_zeros")],
)
def test_what_is_odd_about_a_code_is_told(code: str, warning: str) -> None:
    assert read(code).warnings == (warning,)


@pytest.mark.parametrize(
    ("code", "symbology", "gtin"),
    [
        ("425261", "UPCE", "00042100005264"),  # without number system and check digit
        ("0425261", "UPCE", "00042100005264"),  # without check digit
        ("4252614", "UPCE", "00042100005264"),  # without number system
        ("12345670", "UPCE", "00123456000070"),
        ("042100005264", "UPCE", "00042100005264"),  # the scanner expanded it
        ("12345670", "EAN8", "00000012345670"),
        ("5901234123457", "EAN13", "05901234123457"),
        ("036000291452", "UPCA", "00036000291452"),
    ],
)
def test_a_device_that_tells_the_symbol_is_believed(code: str, symbology: str, gtin: str) -> None:
    assert read(code, symbology).gtin == gtin


@pytest.mark.parametrize(
    ("code", "symbology", "warning"),
    [
        ("04252614", "EAN8", "check_digit"),
        ("98765432", "UPCE", "check_digit"),
        ("1234567", "EAN8", "not_of_its_symbol"),
        ("12345678901234", "EAN13", "not_of_its_symbol"),
        ("036000291452", "EAN13", "not_of_its_symbol"),  # reads as a UPC-A all the same
    ],
)
def test_a_number_that_its_symbol_cannot_hold_is_told(code: str, symbology: str, warning: str) -> None:
    assert read(code, symbology).warnings == (warning,)


@pytest.mark.parametrize(
    ("code", "symbology", "base", "issue"),
    [
        ("977123456700312", "", "9771234567003", "12"),
        ("9771234567003 12", "", "9771234567003", "12"),
        ("978030640615751299", "", "9780306406157", "51299"),
        ("491000000000812345", "", "4910000000008", "12345"),
        ("590123412345712", "EAN13", "5901234123457", "12"),
        ("03600029145212", "UPCA", "036000291452", "12"),
        ("03600029145212345", "", "036000291452", "12345"),
        ("0425261412", "UPCE", "042100005264", "12"),
    ],
)
def test_an_issue_is_looked_up_first_and_then_its_magazine(code: str, symbology: str, base: str, issue: str) -> None:
    found = read(code, symbology)
    assert (found.issue, found.ways[0]) == (issue, code)
    assert base in found.ways


@pytest.mark.parametrize("code", ["590123412345712", "977123456700412", "157035381410375177"])
def test_digits_of_unknown_symbols_are_no_add_on_of_just_any_product(code: str) -> None:
    assert read(code).issue == ""


def test_a_upc_is_looked_for_in_its_short_form_too() -> None:
    assert read("042100005264").ways == ("042100005264", "04252614")
    assert read("425261", "UPCE").ways == ("042100005264", "04252614", "425261")


@pytest.mark.parametrize("text", ["", "hello world", "8.50E+11", "5901234123457 1", "1-2", "٥٩٠١٢٣٤١٢٣٤٥٧"])
def test_other_texts_are_no_number(text: str) -> None:
    assert read_product_code(text) is None


def test_endless_digits_are_no_number() -> None:
    assert read_product_code("1" * (LONGEST_NUMBER + 1)) is None
