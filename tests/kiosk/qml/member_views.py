"""Snapshots of a lane in a shop with members: who joins, who is recognised, what a sale brought its shopper."""

from dataclasses import replace

from kiosk.services.lane_view import HintView, LaneView, Screen
from kiosk.services.member_view import (
    AskView,
    ClubView,
    JoinView,
    MemberView,
    OwnCouponView,
    PhoneView,
    RewardsView,
    RewardView,
)
from retail.promotions.campaign import Campaign, Kind, Terms
from retail.promotions.goods import Hint
from tests.kiosk.qml.offer_views import COUPONS, HINTS, MEMBER
from tests.kiosk.qml.pay_views import BASE, DONE, LINES, WAYS, WAYS_MANY, names
from tests.kiosk.qml.shop_views import SHOP

MARKET = names("灯笼会", "燈籠會", "Lantern Club")
TEA = names("云叶茶", "雲葉茶", "Cloud Leaf Tea")
OVEN = names("老炉面包", "老爐麵包", "Old Oven Bakery")
TERMS = names(
    "我们保存您在本店的购物记录，用于会员价、积分和优惠券。入会免费，"
    "您可以随时在会员页面退会，我们将在 30 天内删除您的资料。",
    "我們會保存您在本店的購物紀錄，用於會員價、點數和優惠券。入會免費，"
    "您可以隨時在會員頁面退出，我們將於 30 天內刪除您的資料。",
    "We keep a record of what you buy here, to give you member prices, points and coupons. Membership is free. You can "
    "leave at any time on your member page; we then delete your data within 30 days.",
)
NEWS = names(
    "我们可以向您发送优惠和活动通知，每月最多四条。您可以随时取消。",
    "我們可以向您傳送優惠與活動通知，每月最多四則。您可以隨時取消。",
    "We may send you offers and news, at most four a month. You can withdraw this at any time.",
)
PROFILE = names(
    "我们可以分析您的购物记录，为您挑选合适的优惠。不作其他自动决定。",
    "我們可以分析您的購物紀錄，為您挑選合適的優惠，不作其他自動化決定。",
    "We may look at what you buy to choose offers that suit you. No other decision is made by it.",
)
SHARE = names(
    "我们可以把您的会员编号和您购买的该品牌商品告知该品牌。",
    "我們可以將您的會員編號和您購買的該品牌商品告知該品牌。",
    "We may tell the brand your member number and which of its goods you bought.",
)


def club(club_id: str, called: dict[str, str], saving: int, *further: tuple[str, dict[str, str]]) -> ClubView:
    asks = [AskView(club_id, "membership", "1", TERMS, required=True)]
    return ClubView(club_id, called, (*asks, *(AskView(club_id, what, "1", text) for what, text in further)), saving)


OWN = club("member", MARKET, 320, ("marketing", NEWS), ("profiling", PROFILE))
BRAND = club("cloud-leaf", TEA, 180, ("marketing", NEWS), ("sharing", SHARE))
OTHER = club("old-oven", OVEN, 0, ("sharing", SHARE))
ONE = JoinView((OWN,), 320, by_wallet=True, by_phone=True)
MALL = JoinView((OWN, BRAND), 500, by_wallet=True, by_phone=True)
THREE = JoinView((OWN, BRAND, OTHER), 500, by_wallet=True, by_phone=True)
BRANDS = JoinView((BRAND,), 180, by_wallet=False, by_phone=False)
BY_NUMBER = JoinView((OWN,), 0, by_wallet=False, by_phone=True)

SOME_POINTS = {"points": 96, "balance": 1_204}
KNOWN = MemberView("code", (MARKET, TEA), "138····5678", 320, 96, 1_204)
WAITING = MemberView("card", (MARKET,), "", 320, 96, waiting=True)
JOINING = MemberView("wallet", (MARKET, TEA), "", 500, 96, joining=True)
FIVE_OFF = Campaign("own-5", Terms(Kind.BASKET, amount_from=5_000, off=500), coupon="OWN-5", everything=True)
TEN = Campaign("own-10", Terms(Kind.PERCENT, percent_bp=1_000), names("茶叶", "茶葉", "Tea"), coupon="OWN-10")
OWN_COUPONS = (
    OwnCouponView("OWN-5", FIVE_OFF, "2026-04-30T15:59:59+00:00"),
    OwnCouponView("OWN-10", TEN, waiting=True),
)

MEMBERS = replace(BASE, screen=Screen.PAY, has_membership=True)
OFFERED = replace(MEMBERS, join=ONE)
WAYS_JOINING = (WAYS_MANY[0], *(replace(way, amount_minor=9_982) for way in WAYS_MANY[1:]))
CLUB_HINT = HintView(Hint(MEMBER, 310, club="member"))
BASKET = replace(SHOP, lines=LINES[:3], has_membership=True, hints=(CLUB_HINT, HINTS[0]), change_serial=1)

COUPON = RewardView("coupon", "SGC-A1", FIVE_OFF)
GIFT = RewardView("welcome", "SGC-B2", TEN)
PACKET = RewardView("red_packet", "SGC-C3", FIVE_OFF, 288)
EXTRA = RewardView("points", points=50)
PAGE = "https://shop.example/me/3f0c81d29be74a60aa12"
READY = RewardsView("ready", member=True, points=96, balance=1_300, page=PAGE)
ALL = replace(
    READY, joined=(MARKET, TEA), rewards=(GIFT, PACKET, COUPON, EXTRA), parking="offered", parking_minutes=120
)


def done(rewards: RewardsView, **changed: object) -> LaneView:
    return replace(
        BASE,
        screen=Screen.DONE,
        has_membership=True,
        done=replace(DONE, points=rewards.points, rewards=rewards, **changed),  # type: ignore[arg-type]
    )


def phone(step: str, *, joining: bool = True, **told: object) -> PhoneView:
    return PhoneView(step, joining, **told)  # type: ignore[arg-type]


SHOP_VIEWS = {
    "basket-member-saving": BASKET,
    "basket-member-asks": replace(BASKET, hints=()),
    "basket-member-known": replace(BASKET, hints=(), member=KNOWN),
    "basket-phone": replace(BASKET, phone=phone("number", joining=False)),
    "basket-phone-offline": replace(BASKET, phone=phone("number", joining=False, problem="offline")),
    "basket-member-full": replace(
        BASKET, coupons=COUPONS, points=24, idle_warning_s=0, needs_age=18, pay_block=BASE.pay_block
    ),
}
PAY_VIEWS = {
    "join": OFFERED,
    "join-mall": replace(OFFERED, join=MALL),
    "join-three": replace(OFFERED, join=THREE, ways=WAYS_MANY),
    "join-declined": replace(OFFERED, join=MALL, ways=(*WAYS_MANY, WAYS[0]), decline="wrong_code"),
    "join-phone": replace(OFFERED, join=BY_NUMBER),
    "join-sheet": OFFERED,
    "join-sheet-mall": replace(OFFERED, join=THREE),
    "joining": replace(MEMBERS, member=JOINING, ways=WAYS_JOINING),
    "member": replace(MEMBERS, member=KNOWN),
    "member-waiting": replace(MEMBERS, member=WAITING),
    "member-coupons": replace(MEMBERS, member=KNOWN, own_coupons=OWN_COUPONS, ways=WAYS_MANY),
    "member-coupon": replace(MEMBERS, member=KNOWN, own_coupons=OWN_COUPONS[:1]),
    "member-brands": replace(
        MEMBERS, member=KNOWN, join=replace(BRANDS, by_wallet=True), own_coupons=OWN_COUPONS, ways=WAYS_MANY
    ),
    "member-refused": MEMBERS,
    "phone-number": replace(OFFERED, phone=phone("number")),
    "phone-code": replace(OFFERED, phone=phone("code", shown="138····5678", again_in_s=42)),
    "phone-wrong": replace(OFFERED, phone=phone("code", shown="138····5678", problem="wrong_code")),
    "phone-checking": replace(OFFERED, phone=phone("checking", shown="138····5678")),
    "phone-offline": replace(OFFERED, phone=phone("number", problem="offline")),
    "phone-many": replace(OFFERED, phone=phone("number", problem="too_many")),
    "done-all": done(ALL),
    "done-all-code": done(ALL, receipt="code", receipt_url="https://shop.example/r/0f3c2da1b2"),
    "done-points-only": done(replace(READY, page="")),
    "done-waiting": done(RewardsView("waiting", member=True, points=96)),
    "done-waiting-all": done(RewardsView("waiting", member=True)),
    "done-offline": done(RewardsView("offline", member=True, points=96)),
    "done-stranger": done(RewardsView("ready", rewards=(COUPON,), parking="offered", parking_minutes=90)),
    "done-parking-asking": done(replace(ALL, rewards=(), parking="asking")),
    "done-parking-granted": done(replace(ALL, rewards=(), parking="granted")),
    "done-parking-refused": done(replace(ALL, rewards=(), parking="refused")),
    "done-parking-offline": done(replace(ALL, rewards=(), parking="offline")),
    "plate": done(ALL),
    "plate-letters": done(ALL),
    "ticket": done(ALL),
}
SHEETS = {
    "join-sheet": "joining",
    "join-sheet-mall": "joining",
    "plate": "plate",
    "plate-letters": "plate",
    "ticket": "ticket",
}
TYPED = {"plate-letters": "沪A12B", "ticket": "0047110815"}
VIEWS = {**SHOP_VIEWS, **PAY_VIEWS}
