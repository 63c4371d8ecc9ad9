"""The receipt says what was sold, adds up, and keeps its columns in every language, as text and as a picture."""

import re
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest
from PySide6.QtGui import QImage

from kiosk.adapters.receipt_image import columns_on, receipt_png
from kiosk.services.payment_record import NO_WAY
from kiosk.services.receipt import WIDTH, ReceiptHeader, columns, receipt_text
from kiosk.services.texts import Texts
from offline_cache.price_list.writer import Meta
from retail.pricing import PricedBasket, price_basket
from retail.product import PriceKind, Unit
from retail.promotions.body import reference
from retail.promotions.campaign import Campaign, Kind, Shopper, Taking, Terms
from retail.sale import Attempt, AttemptState, Line, Sale, SaleStatus

TEXTS = Texts.load()
LANGUAGES = ("en", "zh-CN", "zh-TW")


def names(english: str, simplified: str, traditional: str) -> dict[str, str]:
    return {"en": english, "zh-CN": simplified, "zh-TW": traditional}


OFFER = Campaign("milk2", Terms(Kind.N_FOR_X, quantity=2, price=2200), names("Milk week", "鲜奶周", "鮮奶週"))
CAMPAIGNS = {reference(OFFER): OFFER}
LINES = (
    Line(
        1,
        "6900000000018",
        "milk",
        names("Farm milk 1 L", "农场牛奶 1L", "農場牛奶 1 公升"),
        quantity=2,
        unit_minor=1280,
        tax_rate_bp=900,
        takings=(Taking(reference(OFFER)),),
    ),
    Line(
        2,
        "4131",
        "fuji",
        names("Fuji apples", "红富士苹果", "富士蘋果"),
        Unit.KG,
        grams=842,
        unit_minor=1190,
        tax_rate_bp=900,
    ),
    Line(3, "6901234567892", problem="unknown"),
    Line(
        4,
        "6900000000025",
        "wine",
        names(
            "Plum wine of the late harvest, matured in clay, 750 ml",
            "晚收青梅酒 陶坛陈酿 750毫升 礼盒装 送礼自用皆宜",
            "晚收青梅酒",
        ),
        unit_minor=3800,
        list_minor=4200,
        price_kind=PriceKind.SPECIAL,
        tax_rate_bp=1300,
        min_age=18,
    ),
    Line(
        5,
        "2100120012345",
        "shrimp",
        names("White shrimp", "南美白虾", "白蝦"),
        Unit.KG,
        grams=315,
        unit_minor=6990,
        label_minor=2205,
        tax_rate_bp=900,
    ),
)
SALE = Sale(
    "0f3c2d",
    "demo",
    "3",
    "CNY",
    "2026-03-04T06:00:00Z",
    LINES,
    5,
    (Attempt("key-1", "wallet", "simulated", 0, AttemptState.APPROVED, reference="SIM00C0FFEE42"),),
    SaleStatus.COMPLETED,
    completed_at="2026-03-04T16:05:09+00:00",
    completion={"receipt_number": "3-0F3C2D"},
    campaigns=CAMPAIGNS,
)
HEADER = ReceiptHeader("Lantern Market", "12 Harbour Road\nPudong, Shanghai", "91310000MA1K", "", "Asia/Shanghai")
PRICED = price_basket(LINES, CAMPAIGNS)


def receipt(language: str = "en", sale: Sale = SALE, priced: PricedBasket = PRICED, width: int = WIDTH) -> str:
    return receipt_text(sale, priced, HEADER, TEXTS, language, width)


def test_the_english_receipt_reads_like_this():
    assert (
        receipt()
        == """\
              Lantern Market
             12 Harbour Road
             Pudong, Shanghai
           Tax no. 91310000MA1K
------------------------------------------
Receipt no.                       3-0F3C2D
Date                      2026-03-05 00:05
Till                                     3
------------------------------------------
Farm milk 1 L
  2 × ¥12.80                        ¥25.60
  Milk week: any 2 for ¥22.00       −¥3.60
Fuji apples
  0.842 kg × ¥11.90/kg              ¥10.02
Plum wine of the late harvest,
matured in clay, 750 ml             ¥42.00
  Special price                     −¥4.00
White shrimp
  0.315 kg                          ¥22.05
==========================================
TOTAL                               ¥92.07
5 items
You saved                            ¥7.60
Paid by               WeChat Pay or Alipay
Reference                         ****EE42
------------------------------------------
Tax             Incl. tax     Tax included
13%                ¥38.00            ¥4.37
9%                 ¥54.07            ¥4.46
------------------------------------------
         Thank you. See you soon!"""
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [32, 42, 48])
def test_no_line_is_wider_than_the_paper(language, width):
    assert max(columns(line) for line in receipt(language, width=width).splitlines()) <= width


@pytest.mark.parametrize("language", LANGUAGES)
def test_amounts_stand_in_one_column_on_the_right(language):
    lines = [line for line in receipt(language).splitlines() if re.search(r"¥[\d.]+$", line)]
    assert len(lines) > 9
    assert {columns(line) for line in lines} == {WIDTH}


@pytest.mark.parametrize("language", LANGUAGES)
def test_its_amounts_add_up_to_its_total(language):
    goods = receipt(language).split("-" * WIDTH)[2].split("=" * WIDTH)
    amounts = [
        (-1 if match[1] else 1) * int(match[2].replace(".", ""))
        for match in re.finditer(r"(−?)¥([\d.]+)$", goods[0], re.MULTILINE)
    ]
    assert sum(amounts) == PRICED.total_minor
    assert f"{PRICED.total_minor / 100:.2f}" in goods[1].splitlines()[1]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("width", [32, 42])
def test_two_spaces_part_the_columns_of_the_tax(language, width):
    tax = receipt(language, width=width).split("-" * width)[-2].strip("\n").splitlines()
    assert [len(re.split(r" {2,}", line)) for line in tax] == [3] * len(tax)


def test_what_was_not_sold_is_not_on_it():
    assert "6901234567892" not in receipt()


def test_only_the_end_of_the_reference_is_shown():
    assert "C0FFEE" not in receipt()


def test_a_cut_runs_between_chinese_characters_and_loses_none():
    shown = receipt("zh-CN").replace("\n", "").replace(" ", "")
    assert "晚收青梅酒陶坛陈酿750毫升礼盒装送礼自用皆宜" in shown


def test_nothing_saved_is_not_mentioned():
    milk = (replace(LINES[0], quantity=1),)
    assert "saved" not in receipt(sale=replace(SALE, lines=milk), priced=price_basket(milk))


COUPON = Campaign(
    "five", Terms(Kind.BASKET, amount_from=5_000, off=500), coupon="SGC-5OFF50", everything=True, points=12
)
MEMBER = Campaign("member-price", Terms(Kind.SPECIAL_PRICE), clubs=("member",))


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", ("Member price ¥9.90 per kg", "Spend ¥50.00, save ¥5.00", "Coupon SGC-5OFF50", "Points earned")),
        ("zh-CN", ("会员价每公斤9.9元", "满50元减5元", "优惠券 SGC-5OFF50", "本次积分")),
        ("zh-TW", ("會員價每公斤9.9元", "滿50元減5元", "優惠券 SGC-5OFF50", "本次點數")),
    ],
)
def test_each_discount_stands_under_its_goods_and_coupons_and_points_at_the_end(language, said):
    campaigns = {reference(one): one for one in (OFFER, COUPON, MEMBER)}
    apples = replace(LINES[1], takings=(Taking(reference(MEMBER), price=990),))
    sale = replace(SALE, lines=(LINES[0], apples, *LINES[2:]), campaigns=campaigns)
    shopper = Shopper(clubs=frozenset({"member"}), coupons=("SGC-5OFF50",))
    priced = price_basket(sale.lines, campaigns, shopper)
    shown = [line.strip() for line in receipt(language, sale, priced).splitlines()]
    apples_at = next(place for place, line in enumerate(shown) if line.startswith("0.842 kg"))
    assert shown[apples_at + 1].startswith(said[0])
    goods, totals = shown[: shown.index("=" * WIDTH)], shown[shown.index("=" * WIDTH) :]
    assert [line.split()[-1] for line in goods if line.startswith(said[1])] == ["−¥5.00"]  # once, before the total
    assert said[2] in totals
    assert f"{said[3]}12".replace(" ", "") in {line.replace(" ", "") for line in totals}


def test_the_header_comes_with_the_price_list_in_the_shoppers_language():
    meta = Meta(
        store="demo",
        revision=1,
        currency="CNY",
        published_at=datetime(2026, 3, 4, tzinfo=UTC),
        time_zone="Asia/Shanghai",
        names=names("Lantern Market", "灯笼超市", "燈籠超市"),
        receipt={"header": {"zh-CN": "港湾路12号", "en": "12 Harbour Road"}, "tax_id": {"": "9131"}},
    )
    assert ReceiptHeader.of(meta, "zh-CN") == ReceiptHeader("灯笼超市", "港湾路12号", "9131", "", "Asia/Shanghai")
    assert ReceiptHeader.of(meta, "en").address == "12 Harbour Road"


def test_a_list_without_a_header_still_names_the_store():
    meta = Meta("S-7", 1, "CNY", datetime(2026, 3, 4, tzinfo=UTC))
    assert ReceiptHeader.of(meta, "en").shop == "S-7"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("dots", [576, 512, 384])
def test_the_picture_has_the_papers_width_and_ink_on_every_line_but_none_in_its_margins(qapp, language, dots):
    text = receipt(language, width=columns_on(dots))
    image = QImage.fromData(receipt_png(text, dots=dots))
    margin = dots // 24
    assert image.width() == dots
    assert image.height() > 20 * len(text.splitlines()) * dots // 576
    assert _dark(image, range(dots)) > 0
    assert _dark(image, range(margin - 2)) == _dark(image, range(dots - margin + 2, dots)) == 0


def test_narrow_paper_has_fewer_columns_and_never_more_than_the_widest():
    assert [columns_on(dots) for dots in (384, 512, 576, 832)] == [32, 42, 42, 42]


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_copy_says_so_in_white_on_black_above_everything_else(qapp, language):
    word = TEXTS.text(language, "receipt.copy")
    plain, copy = (QImage.fromData(receipt_png(receipt(language), mark=mark)) for mark in ("", word))
    more = copy.height() - plain.height()
    assert more > 30
    assert copy.copy(0, more, 576, plain.height()).convertToFormat(plain.format()) == plain
    assert _dark(copy.copy(0, 24, 576, more - 24), range(30, 546)) > 15_000


def test_the_picture_carries_its_number_and_its_text(qapp):
    image = QImage.fromData(receipt_png(receipt("zh-CN"), title="3-ABC", mark="补打"))
    assert image.text("Title") == "3-ABC"
    assert image.text("Description") == "补打\n" + receipt("zh-CN")


def _dark(image: QImage, xs: range) -> int:
    rows = np.frombuffer(image.convertToFormat(QImage.Format.Format_Grayscale8).constBits(), np.uint8)
    return int((rows.reshape(image.height(), -1)[:, xs.start : xs.stop] < 128).sum())


@pytest.mark.parametrize("width", [32, 42])
def test_a_serial_number_stands_below_its_goods_and_fits_the_paper(width):
    phone = replace(LINES[0], quantity=1, serial="A1" * 20, gtin="06900000000018")
    lines = receipt(sale=replace(SALE, lines=(phone,)), priced=price_basket((phone,)), width=width).splitlines()
    place = next(number for number, line in enumerate(lines) if line.startswith("  S/N A1A1"))
    assert "Farm milk 1 L" in lines[place - 1]
    assert "A1" * 20 in "".join(line.strip() for line in lines[place : place + 2])
    assert max(map(columns, lines)) <= width


def test_a_sale_that_came_to_nothing_was_paid_by_no_way():
    free = replace(SALE, attempts=(Attempt("key-1", NO_WAY, "", 0, AttemptState.APPROVED),))
    assert "Paid by" not in receipt(sale=free)
