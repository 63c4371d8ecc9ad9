"""One road for all codes: what a scan means, and that a scan is never more than data."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.gtin import check_digit
from retail.product import Unit
from retail.router import (
    BadgeScan,
    MemberScan,
    ProductScan,
    RefusedScan,
    Resolution,
    WalletScan,
    Why,
    resolve,
)
from tests.retail.lists import MemoryList, listing

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
MILK = listing("9521234543213")
SHORT = listing("6")
ODD = listing("7290003444009")  # a real code with a wrong check digit
CHEESE = listing("C1", 8000, unit=Unit.KG, plu="1234")
FISH = listing("2145739000001", 1379, unit=Unit.KG)
EGGS = listing("E1", 1500, plu="777")
SHOP = MemoryList(
    MILK,
    SHORT,
    ODD,
    CHEESE,
    FISH,
    EGGS,
    templates=("21{item:5}{price:5}{check}", "22{item:5}{weight:5}{check}"),
)


def scan(text: str, *, paying: bool = False) -> Resolution:
    return resolve(text, at=NOW, lookup=SHOP, paying=paying)


def label(body: str) -> str:
    return body + check_digit(body)


@pytest.mark.parametrize("text", ["9521234543213", "09521234543213", " 9521234543213\r\n", "]E09521234543213"])
def test_a_product_is_found_however_the_scanner_writes_its_code(text: str) -> None:
    found = scan(text)
    assert isinstance(found, ProductScan)
    assert found.listing.product == MILK.product


@pytest.mark.parametrize("known", [SHORT, ODD])
def test_the_raw_code_comes_first_even_where_no_standard_allows_it(known: object) -> None:
    found = scan(known.code)  # type: ignore[attr-defined]
    assert isinstance(found, ProductScan)


def test_a_price_label_carries_its_price_and_implies_a_weight() -> None:
    found = scan(label("210123401000"))
    assert isinstance(found, ProductScan)
    assert (found.label_minor, found.grams) == (1000, 125)


def test_a_weight_label_carries_its_weight() -> None:
    found = scan(label("220123400842"))
    assert isinstance(found, ProductScan)
    assert (found.label_minor, found.grams) == (None, 842)


def test_an_item_listed_under_its_zeroed_label_is_found_and_priced_by_the_label() -> None:
    found = scan(label("214573901379"))
    assert isinstance(found, ProductScan)
    assert (found.listing.product.sku, found.label_minor) == ("2145739000001", 1379)


def test_weighed_goods_without_a_weight_are_not_sold_by_the_piece() -> None:
    found = scan("2145739000001")
    assert isinstance(found, RefusedScan)
    assert found.why is Why.NEEDS_WEIGHT


def test_a_weight_label_of_goods_sold_by_the_piece_is_refused() -> None:
    found = scan(label("220077700842"))
    assert isinstance(found, RefusedScan)
    assert found.why is Why.LABEL_UNKNOWN


def test_a_label_of_an_unknown_item_says_so() -> None:
    found = scan(label("219999901000"))
    assert isinstance(found, RefusedScan)
    assert found.why is Why.LABEL_UNKNOWN


def test_a_gs1_message_finds_its_product() -> None:
    found = scan("]C1010952123454321317301231")
    assert isinstance(found, ProductScan)
    assert found.listing.product == MILK.product


def test_goods_past_their_last_day_are_refused_and_on_their_last_day_are_sold() -> None:
    assert isinstance(scan("010952123454321317261122"), ProductScan)
    late = scan("010952123454321317261121")
    assert isinstance(late, RefusedScan)
    assert late.why is Why.EXPIRED


def test_a_digital_link_of_any_domain_is_a_product() -> None:
    found = scan("https://shop.example/01/09521234543213?17=301231")
    assert isinstance(found, ProductScan)


def test_any_other_address_is_data_and_never_opened() -> None:
    found = scan("https://example.com/win-a-phone")
    assert isinstance(found, RefusedScan)
    assert found.why is Why.URL


@pytest.mark.parametrize(("code", "brand"), [("130000000000000001", "wechat"), ("280000000000000000", "alipay")])
def test_a_wallet_code_counts_only_while_paying(code: str, brand: str) -> None:
    paying = scan(code, paying=True)
    assert isinstance(paying, WalletScan)
    assert paying.brand == brand
    early = scan(code)
    assert isinstance(early, RefusedScan)
    assert early.why is Why.WALLET_TOO_EARLY


def test_secrets_do_not_show_in_logs() -> None:
    assert "130000000000000001" not in repr(scan("130000000000000001", paying=True))
    assert "4711" not in repr(scan("SGB-4711"))
    assert "0001" not in repr(scan("SGM-0001"))


def test_staff_and_member_codes_are_known_by_their_prefix() -> None:
    assert isinstance(scan("SGB-4711"), BadgeScan)
    assert isinstance(scan("SGM-0001"), MemberScan)


def test_what_is_shown_of_a_strange_code_has_no_control_characters() -> None:
    found = scan("abc\x1b[2J\x07" + "x" * 500)
    assert isinstance(found, RefusedScan)
    assert found.code.isprintable()
    assert len(found.code) <= 40


@given(st.text(max_size=200), st.booleans())
def test_no_text_whatever_breaks_the_router(text: str, paying: bool) -> None:
    assert scan(text, paying=paying) is not None
