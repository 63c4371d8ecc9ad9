"""From the pay screen on: every screen whole in each shape and language, every touch asks for what it says."""

from dataclasses import replace
from urllib.parse import unquote

import pytest
from PySide6.QtCore import QPointF, QRectF

from kiosk.services.lane_view import Notice
from payments.gateway import Presents
from tests.kiosk.qml.lane_window import SHAPES, is_text, lane_window
from tests.kiosk.qml.offer_views import PAY_VIEWS
from tests.kiosk.qml.pay_views import CASE, CODE, DONE, WAYS, paying
from tests.kiosk.qml.pay_views import VIEWS as OTHER_VIEWS

VIEWS = {**OTHER_VIEWS, **PAY_VIEWS}
LANGUAGES = ("en", "zh-CN", "zh-TW")
TOUCHED = [
    "way-wallet",
    "way-card",
    "backToBasket",
    "cancelPayment",
    "cancelUnknown",
    "way-wechat",
    "way-alipay",
    "receiptPrint",
    "receiptCode",
    "receiptNone",
    "finishButton",
    "cancelHelp",
    "closeHelp",
    "closeStaff",
    "staffAct-approve_age",
    "staffAct-set_aside",
    "staffAct-close_lane",
]


@pytest.fixture(scope="module", params=SHAPES)
def lane(request, qapp):
    with lane_window(request.param) as window:
        yield window


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", VIEWS)
def test_every_text_is_whole_and_inside_the_window(lane, name, language):
    lane.show(VIEWS[name], language)
    frame = QRectF(0, 0, lane.window.width(), lane.window.height())
    for item in filter(is_text, lane.items()):
        text = item.property("text")
        place = item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))
        inside = frame.adjusted(-1, -1, 1, 1).contains(place)
        assert inside or _is_clipped(item), (name, language, text, place)
        assert not item.property("truncated"), (name, language, text)
    assert lane.warnings == []


def _is_clipped(item) -> bool:
    while item is not None:
        if item.clip():
            return True
        item = item.parentItem()
    return False


@pytest.mark.parametrize("name", VIEWS)
def test_whatever_is_touched_is_large_enough_for_a_thumb(lane, name):
    lane.show(VIEWS[name])
    for touched in filter(None, map(lane.find, TOUCHED)):
        assert min(touched.width(), touched.height()) >= 76, touched.objectName()


@pytest.mark.parametrize("name", VIEWS)
def test_nothing_touched_lies_over_anything_else_touched(lane, name):
    lane.show(VIEWS[name])
    found = [item for item in map(lane.find, TOUCHED) if item is not None]
    places = [item.mapRectToScene(QRectF(0, 0, item.width(), item.height())) for item in found]
    overlapping = [(a, b) for a in range(len(places)) for b in range(a) if places[a].intersects(places[b])]
    assert overlapping == []


def test_the_pay_screen_says_what_is_to_be_paid_and_what_was_saved(lane):
    lane.show(VIEWS["pay"])
    assert (lane.text("payTotal"), lane.text("paySaved")) == ("99.82", "You save ¥5.60")


def test_a_touch_on_the_card_begins_and_one_on_the_wallet_does_not(lane):
    lane.show(VIEWS["pay"])
    assert lane.tap("way-card") == [("choose_way", "card")]
    assert lane.tap("way-wallet") == [("touched",)]
    assert lane.tap("backToBasket") == [("back_to_basket",)]


def test_a_way_that_is_closed_cannot_be_touched_and_says_why(lane):
    lane.show(VIEWS["pay-declined"])
    assert lane.tap("way-wallet") == []
    assert any(item.property("text") == "Not available just now: no connection" for item in lane.items())


def test_without_any_way_the_shopper_is_told_who_helps(lane):
    lane.show(VIEWS["pay-no-way"])
    assert "Our staff will gladly help" in lane.text("noWayText")
    assert lane.find("backToBasket") is not None


def test_a_decline_says_first_that_nothing_was_charged(lane):
    lane.show(VIEWS["pay-declined"])
    assert lane.text("declineText").startswith("Nothing was charged. The bank or wallet says")
    lane.show(VIEWS["pay"])
    assert lane.text("declineText") == ""


@pytest.mark.parametrize(
    ("presents", "words"),
    [
        (Presents.SHOPPER_CODE, "Please look at your phone"),
        (Presents.TERMINAL, "Please follow the terminal"),
        (Presents.KIOSK_CODE, "Please scan the code with your phone"),
    ],
)
def test_while_paying_one_sign_says_what_to_do(lane, presents, words):
    shown = "weixin://x" if presents is Presents.KIOSK_CODE else ""
    lane.show(replace(VIEWS["paying"], payment=replace(paying(presents), show=shown, left_s=9)))
    assert lane.text("payingText") == words
    assert lane.text("payingAmount") == "99.82"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_code_to_be_scanned_is_large_and_gone_with_the_payment(lane, language):
    lane.show(VIEWS["paying-scan"], language)
    image = lane.find("payCode")
    assert min(image.width(), image.height()) >= 560
    assert image.property("implicitWidth") >= 400  # drawn, and a whole number of pixels a module
    assert unquote(image.property("source").toString()).endswith(CODE)
    lane.show(VIEWS["paying-ending"], language)
    assert lane.find("payCode") is None


@pytest.mark.parametrize(
    ("view", "words"),
    [
        ("unknown", "We are asking the bank"),
        ("unknown-wechat", "We are asking WeChat"),
        ("unknown-alipay-code", "We are asking Alipay"),
    ],
)
def test_whoever_is_asked_is_named_and_nobody_is_told_to_try_again(lane, view, words):
    lane.show(VIEWS[view])
    assert (lane.text("unknownTitle"), lane.text("unknownText")) == (words, "Please do not pay again.")
    stop = lane.find("cancelUnknown")
    assert (stop is not None) == (view == "unknown-alipay-code")
    if stop is not None:
        assert lane.tap("cancelUnknown") == [("cancel_payment",)]


@pytest.mark.parametrize("view", ["pay-many-ways", "pay-many-ways-declined", "pay-declined-resting"])
def test_all_ways_are_in_sight_also_below_a_refusal(lane, view):
    for language in LANGUAGES:
        lane.show(VIEWS[view], language)
        for item in (item for item in lane.items() if item.objectName().startswith("way-")):
            place = item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))
            assert place.bottom() <= lane.window.height(), (language, item.objectName(), place)
            assert item.height() >= 96


def test_staff_see_the_case_that_the_shopper_waits_for_and_what_may_be_done(lane):
    lane.show(VIEWS["staff-unknown"])
    assert lane.text(f"caseSum-{CASE.key}") == "WeChat Pay ¥99.82"
    assert CASE.key[:8] in lane.text(f"caseOrder-{CASE.key}")
    assert lane.text(f"caseTrouble-{CASE.key}") == "No answer. Check the network."
    assert lane.tap("staffAct-set_aside") == [("staff_act", "set_aside")]


def test_a_payment_can_be_cancelled_only_where_it_may_be(lane):
    lane.show(VIEWS["paying"])
    assert lane.find("cancelPayment") is None
    lane.show(VIEWS["paying-card"])
    assert lane.tap("cancelPayment") == [("cancel_payment",)]


def test_waiting_is_honest(lane):
    lane.show(VIEWS["paying"])
    assert lane.text("usualText") == "Usually takes about 5 seconds"
    lane.show(VIEWS["paying-card"])
    assert lane.text("usualText").startswith("This is taking longer than usual")


def test_in_doubt_there_is_nothing_to_touch_that_could_take_money_twice(lane):
    lane.show(VIEWS["unknown"])
    assert lane.text("unknownText") == "Please do not pay again."
    assert lane.text("unknownClock") == "1:15"
    assert lane.text("unknownReference") == "Reference for staff: 3f0c 81d2 9be7 4a60"
    before = list(lane.asked.acts)
    for place in range(10, 100, 6):
        lane.tap_at(lane.window.width() // 2, lane.window.height() * place // 100)
    assert lane.asked.acts == before


def test_done_shows_total_saving_and_the_receipts_choices(lane):
    lane.show(VIEWS["done"])
    assert (lane.text("doneTotal"), lane.text("doneSaved")) == ("99.82", "You saved ¥5.60")
    assert lane.tap("receiptPrint") == [("choose_receipt", "print")]
    assert lane.tap("receiptCode") == [("choose_receipt", "code")]
    assert lane.tap("receiptNone") == [("choose_receipt", "none")]
    assert lane.tap("finishButton") == [("finish",)]


def test_a_lane_without_paper_offers_none(lane):
    lane.show(replace(VIEWS["done"], done=replace(DONE, can_print=False)))
    assert lane.find("receiptPrint") is None
    assert lane.find("receiptCode") is not None


def test_without_paper_the_phone_comes_first_and_the_reason_is_said(lane):
    lane.show(VIEWS["done-no-paper"])
    assert lane.text("receiptText") == "The printer has no paper. Take your receipt along on your phone."
    print_it, code = lane.find("receiptPrint"), lane.find("receiptCode")
    assert code.mapToScene(QPointF()).x() < print_it.mapToScene(QPointF()).x()
    assert (code.property("weak"), print_it.property("weak")) == (False, True)
    assert lane.tap("receiptPrint") == [("choose_receipt", "print")]
    lane.show(VIEWS["done-print-waits"])
    assert lane.text("receiptText").startswith("Your receipt comes out as soon as")


def test_the_done_screen_says_what_the_printer_does(lane):
    lane.show(VIEWS["done-print"])
    assert lane.text("receiptText") == "Your receipt is being printed."
    lane.show(VIEWS["done-printed"])
    assert lane.text("receiptText") == "Please take your receipt."


def test_staff_see_the_printer_and_can_print_again(lane):
    lane.show(VIEWS["staff-printer"])
    assert (
        lane.text("staffFact-printer") == "Out of paper. Put a new roll in. 2 receipts wait. 1 receipt was not printed."
    )
    assert lane.tap("staffAct-reprint") == [("staff_act", "reprint")]


def test_the_receipts_code_is_there_once_asked_for(lane):
    lane.show(VIEWS["done"])
    assert lane.find("receiptQr") is None
    lane.show(VIEWS["done-code"])
    code = lane.find("receiptQr")
    assert code.property("source").toString() == "image://qr/https%3A%2F%2Fshop.example%2Fr%2F0f3c2da1b2"
    assert min(code.width(), code.height()) > 200


def test_help_can_be_sent_away_or_put_aside_and_taken_up_again(lane):
    lane.show(VIEWS["pay"])
    lane.show(VIEWS["help"])
    assert lane.text("helpText") == "Help is on its way"
    assert lane.tap("cancelHelp") == [("cancel_help",)]
    lane.tap("closeHelp")
    assert lane.find("helpText") is None
    lane.tap("helpPill")
    assert lane.find("helpText") is not None


def test_a_scan_puts_the_help_card_aside_so_that_its_line_is_seen(lane):
    lane.show(VIEWS["pay"])
    lane.show(VIEWS["help"])
    lane.show(replace(VIEWS["help"], notice=Notice("added", 900, {"name": "Milk"}, good=True)))
    assert lane.find("helpText") is None
    assert lane.find("helpPill") is not None


def test_the_staff_panel_leaves_the_basket_in_sight_and_passes_acts_on(lane):
    lane.show(VIEWS["staff"])
    assert lane.text("staffWho") == "Signed in: Chen Wei"
    assert lane.text("staffSeconds") == "21"
    assert lane.tap("staffAct-approve_age") == [("staff_act", "approve_age")]
    assert lane.tap("closeStaff") == [("close_staff",)]
    panel = lane.find("closeStaff").parentItem()
    covered = panel.width() * panel.height() / (lane.window.width() * lane.window.height())
    assert covered <= 0.55


def test_without_staff_there_is_no_panel(lane):
    lane.show(VIEWS["pay"])
    assert lane.find("closeStaff") is None


def test_out_of_service_is_kind_to_shoppers_and_precise_for_staff(lane):
    lane.show(VIEWS["out-of-service"])
    assert lane.text("restTitle") == "Sorry, this till is taking a break"
    assert lane.text("faultText").startswith("The disk is full")


def test_an_old_list_says_of_when_it_is(lane):
    lane.show(VIEWS["list-too-old"])
    assert lane.text("listTime").startswith("Prices as of 2026-03-04 14:05")


def test_a_language_switch_changes_the_words_at_once(lane):
    for language, words in (("en", "This till is closed"), ("zh-CN", "本机暂停服务"), ("zh-TW", "本機暫停服務")):
        lane.show(VIEWS["closed"], language)
        assert lane.text("restTitle") == words


def test_many_lines_can_be_scrolled_and_never_hide_the_total(lane):
    lane.show(replace(VIEWS["pay-declined"], ways=WAYS))
    total = lane.find("payTotal")
    assert total.mapToScene(QPointF(0, total.height())).y() < lane.window.height()


def test_the_staff_panel_says_what_is_wrong_beside_the_acts(lane):
    lane.show(VIEWS["staff-troubles"])
    assert lane.text("staffFact-hub") == "Away. This till sells on by itself."
    assert lane.text("staffFact-clock").startswith("Ahead by over 1 y.")
    assert lane.find("staffAct-cancel_basket") is not None
    lane.show(VIEWS["staff"])
    assert (lane.text("staffFact-hub"), lane.text("staffFact-trouble")) == ("Connected", "")
