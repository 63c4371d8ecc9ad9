"""One road for all codes: what a scan means, and that a scan is never more than data."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retail.gtin import check_digit
from retail.product import Unit
from retail.router import (
    BadgeScan,
    BasketScan,
    CouponScan,
    GuideScan,
    MemberScan,
    ProductScan,
    RefusedScan,
    Resolution,
    ScanRules,
    WalletScan,
    Why,
    resolve,
    warm_up,
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


def refused(text: str, lookup: MemoryList = SHOP, *, paying: bool = False, currency: str = "CNY") -> RefusedScan:
    found = resolve(text, at=NOW, lookup=lookup, paying=paying, currency=currency)
    assert isinstance(found, RefusedScan)
    return found


def sold(text: str, lookup: MemoryList = SHOP, *, symbology: str = "", gs1: bool | None = None) -> ProductScan:
    found = resolve(text, at=NOW, lookup=lookup, symbology=symbology, gs1=gs1)
    assert isinstance(found, ProductScan)
    return found


def test_coupons_guides_and_baskets_are_no_goods() -> None:
    assert scan("SGC-AUTUMN") == CouponScan("SGC-AUTUMN")
    assert scan("SGG-77") == GuideScan("SGG-77")
    assert scan("SGP-abc") == BasketScan("SGP-abc")
    assert scan(label("991234567890")) == CouponScan(label("991234567890"))
    assert scan("(255)9521234543213000001") == CouponScan("9521234543213000001")


def test_a_code_of_the_range_for_coupons_that_the_list_sells_is_goods() -> None:
    code = label("991234567890")
    assert sold(code, MemoryList(listing(code))).listing.code == code
    for text in (f"0{code}", f"{code[0]} {code[1:7]} {code[7:]}", f"(01)0{code}(10)A"):
        assert sold(text, MemoryList(listing(code))).listing.product.sku == code


def test_a_shop_may_mark_its_codes_with_digits() -> None:
    rules = ScanRules(badge_prefix="2900")
    found = resolve("2900123", at=NOW, lookup=MemoryList(listing("2900123")), rules=rules)
    assert isinstance(found, BadgeScan)


@pytest.mark.parametrize(
    ("text", "symbology", "listed"),
    [
        ("04252614", "", "042100005264"),
        ("04252614", "UPCE", "0042100005264"),
        ("425261", "UPCE", "042100005264"),
        ("042100005264", "", "04252614"),
        ("12345670", "UPCE", "123456000070"),
        ("12345670", "EAN8", "12345670"),
        ("10181040009", "", "010181040009"),
        ("010181040009", "", "10181040009"),
        ("0-306-40615-2", "", "9780306406157"),
        ("977123456700312", "", "9771234567003"),
        ("977123456700312", "", "977123456700312"),
        ("9771234567003 12", "", "977123456700312"),
        ("(01)09521234543213", "", "9521234543213"),
        ("(01)09521234543214", "", "9521234543214"),
        ("]E04006381333931|]e010A", "", "4006381333931"),
    ],
)
def test_goods_are_found_under_all_ways_to_write_their_code(text: str, symbology: str, listed: str) -> None:
    assert sold(text, MemoryList(listing(listed)), symbology=symbology).listing.product.sku == listed


def test_a_symbol_that_is_told_decides_between_two_products_of_one_number() -> None:
    shop = MemoryList(listing("12345670"), listing("123456000070"))
    assert sold("12345670", shop).listing.product.sku == "12345670"
    assert sold("12345670", shop, symbology="EAN8").listing.product.sku == "12345670"
    assert sold("12345670", shop, symbology="UPCE").listing.product.sku == "123456000070"
    shop = MemoryList(listing("123456000070"))
    assert isinstance(resolve("12345670", at=NOW, lookup=shop, symbology="EAN8"), RefusedScan)


def test_an_issue_that_the_list_has_comes_before_its_magazine() -> None:
    shop = MemoryList(listing("9771234567003"), listing("977123456700312"))
    assert sold("977123456700312", shop).listing.product.sku == "977123456700312"


def test_an_item_with_a_serial_number_is_told_from_others_of_its_kind() -> None:
    found = sold("]d2010952123454321310LOT7\x1d21A-1")
    assert (found.gtin, found.serial, found.lot) == ("09521234543213", "A-1", "LOT7")


@pytest.mark.parametrize(
    ("text", "lot"),
    [
        ("010952123454321310LOT21S1", ""),
        ("010952123454321310LOT3012", ""),
        ("010952123454321310LOT3103000500", ""),
        ("010952123454321310LOT1", "LOT1"),
        ("]C1010952123454321310LOT21S1", "LOT21S1"),
        ("010952123454321310LOT21S1\x1d17301231", "LOT21S1"),
        ("(01)09521234543213(10)LOT21S1", "LOT21S1"),
    ],
)
def test_a_lot_that_may_hold_a_serial_number_is_not_known(text: str, lot: str) -> None:
    found = sold(text)
    assert found.lot == lot
    assert ("separator_lost" in found.warnings) is not bool(lot)


@pytest.mark.parametrize(
    ("recall", "text", "stopped"),
    [
        (("9521234543213", ""), "9521234543213", True),
        (("9521234543213", ""), "(01)09521234543213(10)A", True),
        (("9521234543213", "A"), "(01)09521234543213(10)A", True),
        (("9521234543213", "A"), "(01)09521234543213(10)B", False),
        (("9521234543213", "A"), "9521234543213", False),
        (("9521234543213", ""), "9 521234 543213", True),
        (("C1", ""), label("210123401000"), True),
        (("C1", ""), label("210123400000"), True),
        (("C1", ""), "C1", True),
    ],
)
def test_goods_that_were_called_back_are_stopped_with_the_shops_reason(
    recall: tuple[str, str], text: str, stopped: bool
) -> None:
    shop = MemoryList(MILK, CHEESE, templates=("21{item:5}{price:5}{check}",), recalls={recall: "glass"})
    found = resolve(text, at=NOW, lookup=shop)
    assert isinstance(found, RefusedScan) is stopped
    if isinstance(found, RefusedScan):
        assert (found.why, found.reason) == (Why.RECALLED, "glass")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("(01)09521234543213(16)261121", Why.EXPIRED),
        ("(01)09521234543213(7003)2611211200", Why.EXPIRED),
        ("(01)09521234543213(7003)2611221159", Why.EXPIRED),
        ("(01)09521234543213(10)A(10)B", Why.CONTRADICTORY),
        ("(01)09521234543213(17)260231", Why.CONTRADICTORY),
        ("(01)09521234543213(37)5", Why.CONTRADICTORY),
        ("(02)09521234543213", Why.CONTRADICTORY),
        ("(02)09521234543213(37)100", Why.CONTRADICTORY),
        ("(02)09521234543213(37)0", Why.CONTRADICTORY),
        ("(8006)095212345432130102", Why.NOT_FOR_SALE),
        ("https://x/01/09521234543213?17=soon", Why.CONTRADICTORY),
        ("https://id.gs1.org/AN2yxDhfaiaw", Why.COMPRESSED_LINK),
        ("(00)106141412345678908", Why.NOT_FOR_SALE),
        ("(01)12312312312333", Why.UNKNOWN),
    ],
)
def test_what_a_code_says_of_goods_may_forbid_to_sell_them(text: str, why: Why) -> None:
    assert refused(text).why is why


@pytest.mark.parametrize("minute", ["2611221200", "2611222400", "2611231159"])
def test_goods_are_sold_until_the_minute_that_they_name(minute: str) -> None:
    assert sold(f"(01)09521234543213(7003){minute}").listing.code == "09521234543213"


@pytest.mark.parametrize("paying", [True, False])
@pytest.mark.parametrize("number", ["3012345678902", "1012345678904", "4191234567899"])
@pytest.mark.parametrize("issue", ["12345", "10014", "10016"])
def test_a_magazine_with_its_issue_is_neither_a_payment_nor_a_pallet(number: str, issue: str, *, paying: bool) -> None:
    shop = MemoryList(listing(number))
    found = resolve(number + issue, at=NOW, lookup=shop, paying=paying, symbology="EAN13")
    assert isinstance(found, ProductScan)


def test_goods_past_their_best_are_sold_and_it_is_told() -> None:
    assert sold("(01)09521234543213(15)261121").warnings == ("past_best_before",)


HAM = listing("99521234543216", 5000)
SALMON = listing("99521234543216", 5000, unit=Unit.KG)


def test_goods_of_variable_measure_need_their_measure() -> None:
    assert refused("(01)99521234543216", MemoryList(HAM)).why is Why.NEEDS_WEIGHT
    assert sold("(01)99521234543216(3922)1990", MemoryList(HAM)).label_minor == 1990
    assert sold("(01)99521234543216(30)3", MemoryList(HAM)).listing.pieces == 3
    assert refused("(01)99521234543216(17)301231", MemoryList(SALMON)).why is Why.NEEDS_WEIGHT
    by_weight = sold("(01)99521234543216(3103)000250", MemoryList(SALMON))
    assert (by_weight.grams, by_weight.label_minor) == (250, None)
    by_price = sold("(01)99521234543216(3922)1250", MemoryList(SALMON))
    assert (by_price.grams, by_price.label_minor) == (250, 1250)
    both = sold("(01)99521234543216(3103)000251(3922)1250", MemoryList(SALMON))
    assert (both.grams, both.label_minor) == (251, 1250)


def test_a_price_in_the_code_of_ordinary_goods_is_not_the_lists_price() -> None:
    assert sold("(01)09521234543213(3922)0001").label_minor is None


@pytest.mark.parametrize(("currency", "why"), [("EUR", None), ("CNY", Why.OTHER_CURRENCY)])
def test_a_price_in_another_currency_is_refused(currency: str, why: Why | None) -> None:
    text = "(01)99521234543216(3103)000250(3932)9781250"
    found = resolve(text, at=NOW, lookup=MemoryList(SALMON), currency=currency)
    assert (found.why if isinstance(found, RefusedScan) else None) is why


def test_weighed_goods_found_under_another_way_to_write_their_code_need_a_weight() -> None:
    shop = MemoryList(listing("9780306406157", unit=Unit.KG))
    assert refused("0-306-40615-2", shop).why is Why.NEEDS_WEIGHT


def test_what_is_shown_of_a_label_has_no_control_characters() -> None:
    found = resolve(f"010{label('219999901000')}\x1d", at=NOW, lookup=SHOP, gs1=True)
    assert isinstance(found, RefusedScan)
    assert found.code.isprintable()


def test_a_label_tells_pieces() -> None:
    shop = MemoryList(EGGS, CHEESE, templates=("23{item:5}{count:5}{check}",))
    assert sold(label("230077700012"), shop).listing.pieces == 12
    assert refused(label("230077700000"), shop).why is Why.LABEL_UNKNOWN  # no scale could help
    assert refused(label("230077700100"), shop).why is Why.CONTRADICTORY
    assert refused(label("230123400012"), shop).why is Why.NEEDS_WEIGHT


def test_an_amount_of_zero_on_a_label_makes_no_goods_free() -> None:
    shop = MemoryList(EGGS, CHEESE, templates=("26{item:5}{price:5}{weight:5}{check}",))
    by_weight = sold(label("26012340000000500"), shop)
    assert (by_weight.grams, by_weight.label_minor) == (500, None)
    by_price = sold(label("26012340100000000"), shop)
    assert (by_price.grams, by_price.label_minor) == (125, 1000)
    assert refused(label("26012340000000000"), shop).why is Why.NEEDS_WEIGHT
    assert refused(label("26007770000000500"), shop).why is Why.LABEL_UNKNOWN


def test_an_amount_of_zero_in_a_gs1_code_makes_no_goods_free() -> None:
    shop = MemoryList(listing("99521234543216", 8000, unit=Unit.KG))
    by_weight = sold("01995212345432163103000500" + "39220000", shop, gs1=True)
    assert (by_weight.grams, by_weight.label_minor) == (500, None)
    by_price = sold("01995212345432163103000000" + "39221000", shop, gs1=True)
    assert (by_price.grams, by_price.label_minor) == (125, 1000)


@pytest.mark.parametrize("amount", ["3100999999", "3920999999999999999", "3103000500" + "392015" + "9" * 13])
def test_an_amount_that_nobody_could_carry_or_pay_is_no_amount(amount: str) -> None:
    shop = MemoryList(listing("99521234543216", 8000, unit=Unit.KG))
    assert refused(f"0199521234543216{amount}", shop).why is Why.CONTRADICTORY


def test_a_weight_that_a_price_does_not_tell_is_none() -> None:
    shop = MemoryList(listing("C1", 1, unit=Unit.KG, plu="1234"), templates=("26{item:5}{price:5}{check}",))
    found = sold(label("260123499999"), shop)
    assert (found.grams, found.label_minor) == (None, 99999)


def test_of_two_templates_that_fit_the_one_whose_item_is_listed_counts() -> None:
    shop = MemoryList(CHEESE, templates=("2{any:1}{item:6}{price:4}{check}", "21{item:5}{price:5}{check}"))
    assert sold(label("210123401000"), shop).label_minor == 1000


def test_a_label_with_a_wrong_inner_check_digit_is_stopped_unless_the_list_has_it_so() -> None:
    code = label("201234582875")
    assert refused(code, MemoryList(templates=("gb",))).why is Why.LABEL_DAMAGED
    assert sold(code, MemoryList(listing(code), templates=("gb",))).listing.code == code


def test_the_very_code_comes_before_a_label_that_looks_alike() -> None:
    tea = listing("2101234010006")
    shop = MemoryList(tea, CHEESE, templates=("21{item:5}{price:5}{check}",))
    assert sold("2101234010006", shop).listing.product == tea.product
    beef = listing("2101234010006", unit=Unit.KG)
    shop = MemoryList(beef, CHEESE, templates=("21{item:5}{price:5}{check}",))
    assert refused("2101234010006", shop).listing == beef


def test_weighed_goods_that_the_list_has_under_a_whole_label_are_sold_by_it() -> None:
    whole = listing("2101234010006", 8000, unit=Unit.KG, plu="1234")
    found = sold("2101234010006", MemoryList(whole, templates=("21{item:5}{price:5}{check}",)))
    assert (found.label_minor, found.grams) == (1000, 125)


NOODLES = listing("N1", 1780, unit=Unit.KG, plu="12")
COUNTER = MemoryList(NOODLES, templates=("cn-18",))
WEIGHED = label("26000120150000842")


def test_a_scale_label_of_known_goods_is_goods_before_it_is_too_early_a_payment() -> None:
    found = sold(WEIGHED, COUNTER)
    assert (found.label_minor, found.grams) == (1500, 842)


def test_on_the_pay_screen_a_scale_label_is_neither_sent_off_as_a_payment_nor_sold() -> None:
    found = refused(WEIGHED, COUNTER, paying=True)
    assert found.why is Why.LABEL_OR_WALLET
    assert WEIGHED not in repr(found)


def test_on_the_pay_screen_a_payment_code_is_no_label_of_goods_that_nobody_sells() -> None:
    assert scan(label("26999990150000842"), paying=True) == WalletScan(label("26999990150000842"), "alipay")
    found = resolve(label("26999990150000842"), at=NOW, lookup=COUNTER, paying=True)
    assert isinstance(found, WalletScan)


def test_a_product_of_that_very_code_is_goods_even_on_the_pay_screen() -> None:
    shop = MemoryList(listing("130000000000000001"))
    assert isinstance(resolve("130000000000000001", at=NOW, lookup=shop, paying=True), ProductScan)


def test_a_payment_code_that_came_too_early_is_not_repeated() -> None:
    assert "0000001" not in repr(scan("130000000000000001"))


def test_the_first_gs1_code_finds_its_tables_loaded() -> None:
    warm_up()
    assert sold("]C10109521234543213").listing.product == MILK.product


@given(st.text(max_size=200) | st.from_regex(r"[\]^(]?[0-9A-Za-z\x1d()^/:.-]{0,60}", fullmatch=True), st.booleans())
def test_no_text_whatever_breaks_the_router(text: str, paying: bool) -> None:
    found = scan(text, paying=paying)
    assert found == scan(text, paying=paying)
    if isinstance(found, RefusedScan):
        assert found.code.isprintable()
        assert len(found.code) <= 40
