"""What a text is, before anybody looks into a price list."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.gtin import check_digit
from retail.labels import LabelTemplate
from retail.reading import Kind, Reading, read
from retail.scan_rules import ScanRules

TODAY = date(2026, 11, 22)
SCALE = (LabelTemplate.parse("cn-18"), LabelTemplate.parse("21{item:5}{price:5}{check}"), LabelTemplate.parse("gb"))


def what(text: str, *, symbology: str = "", gs1: bool | None = None, paying: bool = False) -> Reading:
    return read(text, today=TODAY, symbology=symbology, gs1=gs1, templates=SCALE, paying=paying)


def label(body: str) -> str:
    return body + check_digit(body)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("9521234543213", Kind.PRODUCT),
        ("7290003444009", Kind.PRODUCT),
        ("6", Kind.PRODUCT),
        ("0-306-40615-2", Kind.PRODUCT),
        ("0109521234543213", Kind.PRODUCT),
        ("^010952123454321310A^21B", Kind.PRODUCT),
        ("(01)09521234543213(10)A", Kind.PRODUCT),
        ("\x1d0109521234543213", Kind.PRODUCT),
        ("10A\x1d0109521234543213", Kind.PRODUCT),
        ("https://id.gs1.org/01/09521234543213", Kind.PRODUCT),
        (label("210123401000"), Kind.LABEL),
        (label("26000120150000842"), Kind.LABEL),
        (label("991234567890"), Kind.COUPON),
        (label("981234567890"), Kind.COUPON),
        (label("51234500007"), Kind.COUPON),
        ("8110106141416543213150110000310123196000", Kind.COUPON),
        ("(255)9521234543213000001", Kind.COUPON),
        ("SGC-SUMMER", Kind.COUPON),
        ("SGM-1", Kind.MEMBER),
        ("SGG-1", Kind.GUIDE),
        ("SGB-1", Kind.BADGE),
        ("SGP-1", Kind.BASKET),
        ("130000000000000001", Kind.WALLET),
        ("280000000000000000", Kind.WALLET),
        ("https://example.com/", Kind.LINK),
        ("https://id.gs1.org/AN2yxDhfaiaw", Kind.LINK),
        ("javascript:alert(1)", Kind.LINK),
        ("WIFI:S:shop;;", Kind.LINK),
        ("www.example.com", Kind.LINK),
        ("https://id.gs1.org/414/9520123456788", Kind.LOGISTIC),
        ("00106141412345678908", Kind.LOGISTIC),
        ("376130321109103420", Kind.LOGISTIC),
        ("99A\x1d98B", Kind.LOGISTIC),
        ("", Kind.UNKNOWN),
        ("hello world", Kind.UNKNOWN),
        ("8.50E+11", Kind.UNKNOWN),
        ("(99)", Kind.UNKNOWN),
        ("^89A", Kind.UNKNOWN),
        ("\x1b[2J", Kind.UNKNOWN),
        ("SGC-\x1b[2J", Kind.UNKNOWN),
        ("SGC-" + "1" * 70, Kind.UNKNOWN),
        ("SGB-" + "1" * 2000, Kind.BADGE),
        ("SGB-4711\x01", Kind.BADGE),
        ("SGM-4711\x01", Kind.MEMBER),
    ],
)
def test_every_kind_has_its_form(text: str, kind: Kind) -> None:
    assert what(text).kind is kind


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("7290003444009", "check_digit"),
        (label("298806011234"), "in_store"),
        ("130000000000000001", "not_paying"),
        ("https://id.gs1.org/AN2yxDhfaiaw", "compressed_link"),
        ("https://x/01/09521234543213/", "link_form"),
        ("\x1d89A", "gs1_unreadable"),
        ("]e0110797797172", "gs1_unreadable"),
        ("(01)09521234543213(10)" + "A" * 21, "gs1_unreadable"),
        ("^010952123454321310" + "A" * 21, "gs1_unreadable"),
        ("\x1d0109521234543214", "check_digit"),
        ("a\x00b", "not_printable"),
        ("9" * 2000, "too_long"),
        ("https://x/" + "9" * 2000, "too_long"),
        (label("201234582875"), "label_check"),
    ],
)
def test_what_is_odd_is_told(text: str, warning: str) -> None:
    assert warning in what(text).warnings


def test_a_payment_code_counts_on_the_pay_screen_before_any_label() -> None:
    code = label("26000120150000842")
    assert what(code, paying=True).kind is Kind.WALLET
    assert what(code, paying=True).warnings == ("label_or_wallet",)
    assert what(code[:-1] + str((int(code[-1]) + 1) % 10), paying=True).warnings == ()


def test_a_symbol_that_holds_gs1_elements_is_no_payment_code() -> None:
    assert what("00106141412345678908", gs1=True, paying=True).kind is Kind.LOGISTIC
    assert what("130000000000000001", gs1=True, paying=True).kind is Kind.UNKNOWN


@pytest.mark.parametrize(
    ("text", "symbology", "gs1"),
    [
        ("]C10109521234543213", "", None),
        ("]e00109521234543213", "", None),
        ("]d20109521234543213", "", None),
        ("]J10109521234543213", "", None),
        ("]Q30109521234543213", "", None),
        ("]E09521234543213", "", None),
        ("]Q1https://id.gs1.org/01/09521234543213", "", None),
        ("0109521234543213", "DATABAR", True),
        ("09521234543213", "DATABAR", True),
        ("9521234543213", "UNKNOWN", None),
        ("]X09521234543213", "", None),
    ],
)
def test_a_product_is_the_same_in_every_symbol(text: str, symbology: str, gs1: bool | None) -> None:
    found = what(text, symbology=symbology, gs1=gs1)
    assert (found.kind, found.gtin) == ((Kind.UNKNOWN, None) if text[1] == "X" else (Kind.PRODUCT, "09521234543213"))


def test_the_second_part_of_a_composite_belongs_to_the_product() -> None:
    found = what("]E09521234543213|]e01726112210A")
    assert (found.gtin, found.lot, found.expiry) == ("09521234543213", "A", TODAY)


def test_a_composite_that_cannot_be_read_leaves_the_product() -> None:
    found = what("]E09521234543213|]e0junk")
    assert (found.gtin, found.elements) == ("09521234543213", {})


def test_a_scales_label_may_be_a_databar() -> None:
    found = what("010" + label("210123401000"), gs1=True)
    assert (found.kind, found.item, found.price_minor, found.currency) == (Kind.LABEL, "01234", 1000, "CNY")


def test_an_in_store_number_in_a_databar_may_be_none_of_our_labels() -> None:
    found = what("010" + label("290123401000"), gs1=True)
    assert (found.kind, found.warnings) == (Kind.PRODUCT, ("in_store",))


def test_a_label_that_says_more_than_a_label_can_is_a_product() -> None:
    assert what("010" + label("210123401000") + "10A", gs1=True).kind is Kind.PRODUCT


@pytest.mark.parametrize(("text", "kind"), [("]C110ABC", Kind.LOGISTIC), ("]C010ABC", Kind.UNKNOWN)])
def test_the_symbol_says_whether_it_holds_gs1_elements(text: str, kind: Kind) -> None:
    assert what(text).kind is kind


@pytest.mark.parametrize("text", ["0109521234543214", "1726112299ABCDEFGH", "00106141412345678909"])
def test_digits_that_only_might_be_gs1_elements_are_not(text: str) -> None:
    assert what(text).elements == {}


def test_a_shop_may_have_other_prefixes() -> None:
    rules = ScanRules(badge_prefix="STAFF:")
    assert read("STAFF:1", today=TODAY, rules=rules).kind is Kind.BADGE
    assert read("SGB-1", today=TODAY, rules=rules).kind is Kind.UNKNOWN


@pytest.mark.parametrize(
    ("text", "secret"), [("SGB-1", True), ("SGM-1", True), ("130000000000000001", True), ("6", False)]
)
def test_codes_of_people_and_of_their_money_are_secret(text: str, secret: bool) -> None:
    assert what(text).secret is secret


@given(st.text() | st.from_regex(r"[\]^(]?[0-9A-Za-z\x1d()^/:.-]{0,60}", fullmatch=True), st.booleans(), st.booleans())
def test_a_text_is_always_the_same_thing(text: str, paying: bool, gs1: bool) -> None:
    found = what(text, paying=paying, gs1=gs1)
    assert found == what(text, paying=paying, gs1=gs1)
    assert found.gtin is None or (len(found.gtin) == 14 and found.gtin[-1] == check_digit(found.gtin[:-1]))
    for value in (found.gtin, found.serial, found.lot, found.item, found.domain, found.issue):
        assert value is None or value.isprintable()
