"""Membership on the screens: joining is one touch and refusing none, texts are whole, paying is never in the way."""

from dataclasses import replace
from urllib.parse import unquote

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtQuick import QQuickItem

from kiosk.services.member_view import RewardsView
from tests.kiosk.qml.lane_window import SHAPES, LaneWindow, is_text, lane_window
from tests.kiosk.qml.member_views import (
    ALL,
    BASKET,
    COUPON,
    MALL,
    OFFERED,
    PAGE,
    READY,
    SHEETS,
    TYPED,
    VIEWS,
    done,
    phone,
)

CHINESE = {"portrait": "zh-CN", "landscape": "zh-TW"}  # as wide as each other; English is the longest
IN_CHINESE = {
    "basket-member-saving",
    "join",
    "join-three",
    "joining",
    "member-coupons",
    "join-sheet-mall",
    "phone-code",
    "done-all",
    "plate",
}
TOUCHED = [
    "way-wallet",
    "way-card",
    "way-wechat",
    "way-alipay",
    "backToBasket",
    "joinYes",
    "joinOwn",
    "joinNo",
    "joinRead",
    "joinNumber",
    "memberLeave",
    "memberNumber",
    "ownCoupon-OWN-5",
    "memberCard",
    "payButton",
    "parkPlate",
    "parkTicket",
    "receiptPrint",
    "finishButton",
]
ON_SHEETS = [
    "closeSheet",
    "joinTicked",
    "joinPhone",
    "joinRefuse",
    "consent-member marketing",
    "key-5",
    "phoneEnter",
    "phoneAgain",
    "plate-A",
    "plateTurn",
    "plateErase",
    "plateEnter",
    "ticketEnter",
]


@pytest.fixture(scope="module", params=SHAPES)
def lane(request, qapp):
    with lane_window(request.param) as window:
        yield window


def show(lane: LaneWindow, name: str, language: str = "en") -> None:
    lane.model.closeSheet()
    lane.show(VIEWS[name], language)
    if name in SHEETS:
        lane.model.openSheet(SHEETS[name])
        for key in TYPED.get(name, ""):
            lane.model.typed(key)
        lane.window.grabWindow()


def place(item: QQuickItem) -> QRectF:
    return item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_is_whole_with_every_way_in_sight_and_room_for_thumbs(lane, name):
    shape = "portrait" if lane.window.height() > lane.window.width() else "landscape"
    for language in (CHINESE[shape], "en") if name in IN_CHINESE else ("en",):
        show(lane, name, language)
        texts_are_whole(lane, (name, language))
        ways_are_in_sight(lane, (name, language))
    touches_are_apart(lane, ON_SHEETS if name in SHEETS or VIEWS[name].phone is not None else TOUCHED)
    assert lane.warnings == []


def texts_are_whole(lane: LaneWindow, where: object) -> None:
    frame = QRectF(0, 0, lane.window.width(), lane.window.height()).adjusted(-1, -1, 1, 1)
    for item in filter(is_text, lane.items()):
        text = item.property("text")
        assert frame.contains(place(item)) or is_clipped(item), (where, text, place(item))
        assert not item.property("truncated"), (where, text)


def is_clipped(item: QQuickItem | None) -> bool:
    while item is not None:
        if item.clip():
            return True
        item = item.parentItem()
    return False


def ways_are_in_sight(lane: LaneWindow, where: object) -> None:
    """However much is offered: every way to pay, and the total."""
    names = {"way-wallet", "way-card", "way-wechat", "way-alipay", "payTotal"}
    for item in (item for item in lane.items() if item.objectName() in names):
        assert place(item).bottom() <= lane.window.height(), (where, item.objectName())


def touches_are_apart(lane: LaneWindow, names: list[str]) -> None:
    """Large enough for a thumb, and over nothing else that is touched."""
    found = [item for item in map(lane.find, names) if item is not None]
    small = [item.objectName() for item in found if min(item.width(), item.height()) < 76]
    places = [place(item).adjusted(1, 1, -1, -1) for item in found]
    over = [(at, below) for at in range(len(places)) for below in range(at) if places[at].intersects(places[below])]
    assert (small, over) == ([], [])


def test_joining_costs_one_touch_and_its_refusal_is_as_large(lane):
    show(lane, "join")
    assert lane.text("joinTitle") == "Join with this payment and save ¥3.20"
    yes, no = lane.find("joinYes"), lane.find("joinNo")
    assert (yes.width(), yes.height()) == (no.width(), no.height())
    assert lane.tap("joinYes") == [("join", ("member",), ())]
    assert lane.tap("joinNo") == [("refuse_joining",)]


def test_ignoring_the_offer_leaves_paying_as_it_was(lane):
    show(lane, "join")
    assert lane.tap("way-card") == [("choose_way", "card")]
    assert lane.tap("way-wallet") == [("touched",)]


def test_in_a_mall_there_are_three_answers_of_one_size(lane):
    show(lane, "join-mall")
    answers = [lane.find(name) for name in ("joinYes", "joinOwn", "joinNo")]
    assert len({(item.width(), item.height()) for item in answers}) == 1
    assert lane.tap("joinYes") == [("join", ("member", "cloud-leaf"), ())]
    assert lane.tap("joinOwn") == [("join", ("member",), ())]
    assert "Lantern Club · Cloud Leaf Tea" in lane.text("joinTerms")


def test_the_sheet_has_the_full_text_of_each_consent_and_nothing_is_ticked(lane):
    show(lane, "join-sheet-mall")
    for club in MALL.clubs[:1]:
        for ask in club.asks[:1]:
            assert lane.text(f"consent-{ask.club} {ask.purpose}-text") == ask.texts["en"]
    rows = [
        item for item in lane.items() if item.objectName().startswith("consent-") and "-text" not in item.objectName()
    ]
    assert rows
    assert not any(item.property("ticked") for item in rows)
    assert lane.tap("joinTicked") == []  # nothing was agreed to


def test_what_is_ticked_in_the_sheet_is_what_is_joined(lane):
    show(lane, "join-sheet-mall")
    lane.tap("consent-member membership")
    lane.window.grabWindow()
    lane.tap("consent-member marketing")
    lane.window.grabWindow()
    assert lane.tap("joinTicked") == [("join", ("member",), (("member", "marketing"),))]


def test_no_way_to_pay_is_pushed_off_by_the_offer_after_a_refusal(lane):
    show(lane, "join-declined")
    assert lane.find("joinYes") is None
    assert lane.find("way-wallet") is not None


def test_a_way_that_joining_does_not_count_for_says_what_it_asks(lane):
    show(lane, "joining")
    assert lane.text("way-card-without") == "¥99.82 this way: joining does not count here"
    assert lane.text("way-wechat-without") == ""
    assert lane.tap("memberLeave") == [("refuse_joining",)]


def test_a_member_is_greeted_by_a_masked_name_with_the_saving_and_own_coupons(lane):
    show(lane, "member-coupons")
    assert lane.text("memberTitle") == "Member 138****5678"
    assert lane.text("memberDetail") == "Cloud Leaf Tea · 96 points for this purchase · 1204 points so far"
    assert lane.tap("ownCoupon-OWN-5") == [("use_coupon", "OWN-5")]
    assert lane.tap("ownCoupon-OWN-10") == []  # it is being reserved
    assert lane.tap("memberLeave") == [("forget_member",)]


def test_while_the_hub_is_silent_the_price_counts_and_the_rest_is_promised_for_later(lane):
    show(lane, "member-waiting")
    assert lane.text("memberTitle") == "Member prices count"
    assert lane.text("memberDetail") == "96 points for this purchase · Points and coupons follow by themselves"


def test_who_refused_is_not_asked_again_and_may_still_show_a_code(lane):
    show(lane, "member-refused")
    assert lane.find("joinYes") is None
    assert lane.tap("memberNumber") == [("open_phone", (), ())]


def test_the_basket_says_what_members_save_and_takes_a_number(lane):
    show(lane, "basket-member-saving")
    assert lane.text("memberCardLead") == "Members save ¥3.10"
    assert not any("Members save" in lane_text for lane_text in _hints(lane))
    assert lane.tap("memberCard") == [("open_phone", (), ())]
    show(lane, "basket-member-known")
    assert lane.text("memberCardLead") == "Member 138****5678"
    assert lane.tap("memberCard") == []


def _hints(lane: LaneWindow) -> list[str]:
    return [str(item.property("text")) for item in lane.items() if item.objectName() == "hintLead"]


def test_without_a_programme_nothing_speaks_of_members(lane):
    for view in (replace(BASKET, has_membership=False, hints=()), replace(OFFERED, has_membership=False, join=None)):
        lane.show(view)
        assert not any(lane.find(name) for name in ("memberCard", "memberNumber", "joinYes"))


def test_a_number_is_typed_sent_and_proved_by_its_code(lane):
    show(lane, "phone-number")
    for key in "13800138000":
        lane.tap(f"key-{key}")
    assert lane.text("phoneText") == "138 0013 8000"
    assert ("enter_phone", "13800138000") in lane.tap("phoneEnter")
    lane.show(replace(OFFERED, phone=phone("code", shown="138····8000", again_in_s=0)))
    assert lane.text("phoneText") == "Code from the message"
    for key in "482913":
        lane.tap(f"key-{key}")
    assert lane.tap("phoneEnter") == [("enter_phone_code", "482913")]
    assert lane.tap("phoneAgain") == [("enter_phone", "13800138000")]
    assert lane.tap("closeSheet") == [("close_phone",)]


def test_checking_a_number_can_be_left_at_any_time(lane):
    show(lane, "phone-checking")
    assert lane.text("phoneWord").startswith("You need not wait")
    assert lane.tap("phoneEnter") == []
    assert lane.tap("closeSheet") == [("close_phone",)]


def test_the_last_screen_hands_over_what_the_sale_brought(lane):
    show(lane, "done-all")
    titles = {str(item.property("text")) for item in lane.items() if item.objectName() == "rewardTitle"}
    assert {"Welcome to Lantern Club · Cloud Leaf Tea", "+96 points", "Red packet: ¥2.88"} <= titles
    assert lane.text("parkingTitle") == "2 hours of free parking"
    assert unquote(lane.find("pageQr").property("source").toString()).endswith(PAGE)
    assert lane.find("finishButton") is not None


def test_a_coupon_of_somebody_who_is_no_member_shows_its_code(lane):
    show(lane, "done-stranger")
    assert lane.find("rewardQr").property("source").toString() == "image://qr/SGC-A1"
    lane.show(done(replace(READY, rewards=(COUPON,))))
    assert lane.find("rewardQr") is None


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("waiting", "Being credited. You need not wait."),
        ("offline", "Credited as soon as the connection is back. You need not wait."),
    ],
)
def test_points_that_are_not_credited_yet_are_not_said_to_be(lane, state, words):
    lane.show(done(RewardsView(state, member=True, points=96)))
    assert (lane.text("rewardTitle"), lane.text("rewardText")) == ("+96 points", words)


def test_a_plate_is_typed_with_its_province_first(lane):
    show(lane, "done-all")
    lane.tap("parkPlate")
    lane.window.grabWindow()
    for key in "沪A12345":
        lane.tap(f"plate-{key}")
        lane.window.grabWindow()
    assert lane.text("plateText") == "沪A12345"
    assert lane.tap("plateEnter")[-1] == ("park", "plate", "沪A12345")
    assert lane.find("plateText") is None


def test_a_tickets_number_is_typed_on_the_pad(lane):
    show(lane, "done-all")
    lane.tap("parkTicket")
    lane.window.grabWindow()
    for key in "4711":
        lane.tap(f"key-{key}")
    assert lane.tap("ticketEnter")[-1] == ("park", "ticket", "4711")


@pytest.mark.parametrize(
    ("state", "asks", "words"),
    [
        ("asking", False, "Telling the car park. You need not wait."),
        ("granted", False, "Credited to your car. Have a safe trip."),
        ("refused", True, "The car park does not know this car. Please check and try again."),
        ("offline", False, "The car park cannot be reached. Show your receipt at its desk."),
    ],
)
def test_what_became_of_the_parking_is_said_and_can_be_mended(lane, state, asks, words):
    lane.show(done(replace(ALL, rewards=(), parking=state)))
    assert lane.text("parkingText") == words
    assert (lane.find("parkPlate") is not None) == asks
