"""Offers in words on the lane: what each saved, what was the lowest price, hints, coupons, points, in each language."""

from dataclasses import replace

import pytest

from kiosk.services.lane_view import CouponView
from kiosk.services.texts import Texts
from kiosk.viewmodels.basket import BasketViewModel
from kiosk.viewmodels.done import DoneViewModel
from kiosk.viewmodels.paying import PayViewModel
from tests.kiosk.qml.offer_views import HAPPY_HOUR, MANY_SAVINGS, PAY_VIEWS, SHOP_VIEWS
from tests.kiosk.qml.pay_views import LINES
from tests.kiosk.viewmodels.shown import changes, rows

pytestmark = pytest.mark.usefixtures("qapp")
TEXTS = Texts.load()


@pytest.fixture
def basket() -> BasketViewModel:
    return BasketViewModel(TEXTS)


def test_a_special_price_is_compared_with_the_lowest_of_thirty_days(basket: BasketViewModel) -> None:
    basket.show(SHOP_VIEWS["offers"])
    assert [row["lowest"] for row in rows(basket.lines)] == ["Lowest price of the last 30 days: ¥15.20", "", ""]
    weighed = replace(LINES[1], special_saving_minor=84, lowest_minor=1090)
    basket.show(replace(SHOP_VIEWS["offers"], lines=(weighed,)))
    assert rows(basket.lines)[0]["lowest"] == "Lowest price of the last 30 days: ¥10.90/kg"


def test_no_saving_needs_no_comparison(basket: BasketViewModel) -> None:
    basket.show(replace(SHOP_VIEWS["offers"], lines=(replace(LINES[0], lowest_minor=1280),)))
    assert rows(basket.lines)[0]["lowest"] == ""


def test_more_discounts_than_can_be_read_are_summed_at_the_end(basket: BasketViewModel) -> None:
    basket.show(SHOP_VIEWS["offers-many"])
    assert rows(basket.lines)[0]["savings"] == [
        {"text": "Special price", "amount": "−¥2.00"},
        {"text": "2nd item half price", "amount": "−¥3.20"},
        {"text": "3 more offers", "amount": "−¥2.80"},
    ]
    few = replace(MANY_SAVINGS, offers=MANY_SAVINGS.offers[1:3])
    basket.show(replace(SHOP_VIEWS["offers"], lines=(few,), language="zh-TW"))
    assert [one["text"] for one in rows(basket.lines)[0]["savings"]] == [  # type: ignore[attr-defined] # a list
        "特價",
        "歡樂時光：85折",
        "會員價9.9元",
    ]


@pytest.mark.parametrize(
    ("language", "lead", "about"),
    [
        ("en", "Add 1 more and save ¥7.40", "Rye bread, sliced, 450 g · 2nd item half price"),
        ("zh-CN", "再买1件，可省7.4元", "黑麦全麦吐司面包 切片装 450克 · 第二件半价"),
        ("zh-TW", "再買1件，可省7.4元", "黑麥全麥吐司麵包 切片裝 450 公克 · 第二件半價"),
    ],
)
def test_a_hint_says_what_to_do_and_which_goods_it_is_about(
    basket: BasketViewModel, language: str, lead: str, about: str
) -> None:
    basket.show(replace(SHOP_VIEWS["offers"], language=language))
    first, second = rows(basket.hints)
    assert (first["lead"], first["about"]) == (lead, about)
    assert second["lead"] != first["lead"]


def test_a_coupon_says_what_it_saves_or_what_it_waits_for(basket: BasketViewModel) -> None:
    basket.show(SHOP_VIEWS["offers"])
    assert [(row["code"], row["text"], row["amount"], row["used"]) for row in rows(basket.coupons)] == [
        ("", "Spend ¥100.00, save ¥20.00", "−¥20.00", True),  # needs no coupon, and nobody takes it back
        ("SGC-5OFF50", "Spend ¥50.00, save ¥5.00", "−¥5.00", True),
        ("SGC-2026-SPRING-0004711", "Nothing in your basket goes with it yet", "", False),
    ]
    basket.show(SHOP_VIEWS["offers-coupon-first"])
    assert [row["text"] for row in rows(basket.coupons)] == ["Spend ¥50.00, save ¥5.00 (with coupon)"]


def test_a_coupon_for_single_goods_saves_at_those_goods(basket: BasketViewModel) -> None:
    own = CouponView("X", replace(HAPPY_HOUR, coupon="X"), 180)
    basket.show(replace(SHOP_VIEWS["offers"], coupons=(own,), basket_offers=()))
    assert [(row["text"], row["amount"], row["used"]) for row in rows(basket.coupons)] == [
        ("Happy hour: 15% off", "", True)
    ]


def test_a_coupon_that_was_just_shown_is_what_to_look_at_until_something_else_changes(basket: BasketViewModel) -> None:
    shown = SHOP_VIEWS["offers"]
    steps = [
        (replace(shown, coupons=(), change_serial=1), False),
        (replace(shown, change_serial=2), True),
        (replace(shown, change_serial=2, points=1), True),
        (replace(shown, change_serial=3), False),
    ]
    for view, came in steps:
        basket.show(view)
        assert basket.property("couponCame") is came


def test_the_same_offers_again_say_nothing(basket: BasketViewModel) -> None:
    basket.show(SHOP_VIEWS["offers"])
    with changes(basket) as said:
        basket.show(SHOP_VIEWS["offers"])
    assert said == []


@pytest.mark.parametrize(("points", "words"), [(0, ""), (1, "+1 point"), (24, "+24 points")])
def test_points_are_said_where_there_are_some(basket: BasketViewModel, points: int, words: str) -> None:
    basket.show(replace(SHOP_VIEWS["offers"], points=points))
    assert basket.property("pointsText") == words


def test_the_last_screen_says_which_points_were_earned() -> None:
    done = DoneViewModel(TEXTS)
    done.show(PAY_VIEWS["done-points"])
    assert done.property("pointsText") == "This purchase brought you 24 points"


def test_a_way_that_saves_says_so_and_no_other_does() -> None:
    pay = PayViewModel(TEXTS)
    pay.show(PAY_VIEWS["pay-offers"])
    assert [row["saving"] for row in rows(pay.ways)] == [
        "",
        "Pay with Alipay and save ¥4.99",
        "Pay with card and save ¥4.99",
    ]
    shut = tuple(replace(way, available=False, why="offline") for way in PAY_VIEWS["pay-offers"].ways)
    pay.show(replace(PAY_VIEWS["pay-offers"], ways=shut))
    assert {row["saving"] for row in rows(pay.ways)} == {""}


def test_a_bill_folds_what_would_push_its_lines_away() -> None:
    pay = PayViewModel(TEXTS)
    pay.show(PAY_VIEWS["pay-offers"])
    found = rows(pay.savings)
    assert [row["name"] for row in found] == [
        "Spend ¥100.00, save ¥20.00",
        "Spend ¥50.00, save ¥5.00",
        "Special price",
        "6 more offers",
    ]
