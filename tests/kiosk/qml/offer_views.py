"""Snapshots of a lane with offers: hints, coupons, discounts on a line, long names, what a way of paying saves."""

from dataclasses import replace

from kiosk.services.lane_view import CouponView, HintView, Notice, PayBlock, SavingView, Screen
from retail.promotions.campaign import Campaign, Hours, Kind, Terms, When
from retail.promotions.goods import Hint
from tests.kiosk.qml.pay_views import BASE, DONE, LINES, MILK_WEEK, WAYS_MANY, names
from tests.kiosk.qml.shop_views import SHOP

LONG = names(
    "灯笼超市十周年店庆全场乳品面包饮料联合大促",
    "燈籠超市十週年店慶全場乳品麵包飲料聯合大促銷",
    "Lantern Market's tenth birthday: dairy, bread and drinks together",
)
HAPPY_HOUR = Campaign(
    "happy",
    Terms(Kind.PERCENT, percent_bp=1500),
    names("欢乐时光", "歡樂時光", "Happy hour"),
    When(weekdays=(0, 1, 2, 3, 4), hours=(Hours(16 * 60, 18 * 60),)),
    layer=1,
)
BIRTHDAY = Campaign(
    "birthday",
    Terms(Kind.BASKET, amount_from=10_000, off=2_000),
    LONG,
    clubs=("member",),
    per_member=1,
    everything=True,
)
MEMBER = Campaign("member-price", Terms(Kind.SPECIAL_PRICE), clubs=("member",))
COUPON = Campaign("five", Terms(Kind.BASKET, amount_from=5_000, off=500), coupon="SGC-5OFF50", everything=True)
SECOND = Campaign("second", Terms(Kind.NTH_ITEM, quantity=2, percent_bp=5_000))
SET = Campaign("set", Terms(Kind.MIX_AND_MATCH, counts=(1, 1), price=2_000), per_receipt=2)
CARD = Campaign("card", Terms(Kind.PERCENT, percent_bp=500), ways=("alipay",), everything=True)
ONE_SAVING = replace(LINES[2], lowest_minor=1520)
MANY_SAVINGS = replace(
    LINES[2],
    number=6,
    net_minor=880,
    lowest_minor=1520,
    offers=(
        SavingView(SECOND, 320),
        SavingView(HAPPY_HOUR, 180),
        SavingView(MEMBER, 60, 990),
        SavingView(SET, 40),
    ),
)
BY_WEIGHT = replace(LINES[1], net_minor=862, offers=(SavingView(MEMBER, 140, 1020),))
HINTS = (
    HintView(Hint(SECOND, 740, pieces=1, skus=("A",)), LINES[2].names),
    HintView(Hint(COUPON, 500, amount_minor=1_350)),
)
LONG_HINT = HintView(Hint(BIRTHDAY, 2_000, amount_minor=1_350), LINES[2].names)
SET_HINT = HintView(Hint(SET, 480, pieces=1, group=1, skus=("A",)), LONG)
OFF_ALL = (SavingView(replace(BIRTHDAY, id="big", names={}), 2_000), SavingView(COUPON, 500))
COUPONS = (CouponView("SGC-5OFF50", COUPON, 500), CouponView("SGC-2026-SPRING-0004711", None))
SAVING = replace(
    SHOP,
    lines=(ONE_SAVING, BY_WEIGHT, LINES[0]),
    hints=HINTS,
    coupons=COUPONS,
    basket_offers=OFF_ALL,
    points=24,
    change_serial=1,
)
LONG_NAMED = replace(LINES[0], names=LONG, offers=(SavingView(replace(MILK_WEEK, names=LONG), 360),))
USED_UP = replace(
    BASE, basket_offers=OFF_ALL, lines=(ONE_SAVING, MANY_SAVINGS, BY_WEIGHT, LONG_NAMED, LINES[3]), screen=Screen.PAY
)

SHOP_VIEWS = {
    "offers": SAVING,
    "offers-many": replace(SAVING, lines=(MANY_SAVINGS, LONG_NAMED), hints=(LONG_HINT, SET_HINT), coupons=()),
    "offers-coupon-first": replace(
        SHOP,
        lines=(),
        coupons=(CouponView("SGC-5OFF50", COUPON),),
        total_minor=0,
        saved_minor=0,
        pieces=0,
        pay_block=PayBlock.EMPTY,
        notice=Notice("coupon_waits", 91, good=True),
    ),
}
PAY_VIEWS = {
    "pay-offers": replace(
        USED_UP, ways=WAYS_MANY, way_hints=(Hint(CARD, 499, way="alipay"), Hint(CARD, 499, way="card"))
    ),
    "done-points": replace(BASE, screen=Screen.DONE, done=replace(DONE, points=24)),
}
VIEWS = {**SHOP_VIEWS, **PAY_VIEWS}
