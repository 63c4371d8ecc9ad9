"""The refund sheet, clicked through in both shapes and all languages."""

from dataclasses import replace

import pytest
from PySide6.QtTest import QTest

from kiosk.services.refund_view import RefundStage
from kiosk.services.texts import Texts
from tests.kiosk.qml.lane_window import PATIENCE_MS, SHAPES, lane_window
from tests.kiosk.qml.refund_views import CHOOSE, EMPTY, VIEWS, refunding
from tests.kiosk.qml.shop_views import SHOP


@pytest.fixture(scope="module", params=SHAPES)
def lane(request, qapp):
    with lane_window(request.param) as window:
        window.show(VIEWS["refund-ask"])
        for _ in range(PATIENCE_MS // 10):  # it is made ready bit by bit, after the first frame
            if all(window.find(f"refundKey-{sign}") is not None for sign in "0123456789ABCDEF"):
                break
            QTest.qWait(10)
        window.show(VIEWS["refund-ask"])  # drawn once more, now that every key has its place
        yield window


def test_a_receipt_is_named_by_the_end_of_its_number(lane):
    lane.show(VIEWS["refund-ask"])
    assert lane.tap("refundFind") == []
    for sign in "AB12CD34EF7":
        lane.tap(f"refundKey-{sign}")
    lane.tap("refundErase")
    lane.tap("refundKey-0")
    assert lane.text("refundTyped") == "AB12CD34E0"
    assert lane.tap("refundFind") == [("refund", "find", "AB12CD34E0", 0)]
    lane.show(SHOP)
    lane.show(VIEWS["refund-ask"])
    assert lane.model.refund.typed == ""


def test_lines_reason_and_sum_are_chosen_and_confirmed_by_touch(lane):
    lane.show(VIEWS["refund-choose"])
    assert (lane.text("refundChosen-1"), lane.text("refundSum")) == ("2", "84.76")
    assert lane.tap("refundMore-1") == [("refund", "part", "1", 3)]
    assert lane.tap("refundLess-1") == [("refund", "part", "1", 1)]
    assert lane.tap("refundTake-2") == [("refund", "part", "2", 0)]
    assert lane.tap("refundWhy-price") == [("refund", "why", "price", 0)]
    assert lane.tap("refundWhole") == [("refund", "whole", "", 0)]
    assert lane.tap("refundConfirm") == [("refund", "confirm", "", 0)]
    assert lane.tap("closeSheet") == [("refund", "close", "", 0)]


def test_nothing_is_confirmed_before_goods_and_reason_are_chosen(lane):
    lane.show(refunding(EMPTY))
    assert lane.tap("refundConfirm") == []
    assert lane.tap("refundLess-1") == []


@pytest.mark.parametrize(
    ("name", "button", "act"),
    [
        ("refund-given", "refundSecond", "print"),
        ("refund-given", "refundNext", "close"),
        ("refund-unanswered", "refundSecond", "ask"),
        ("refund-unanswered", "refundNext", "close"),
        ("refund-not-known", "refundNext", "again"),
    ],
)
def test_each_end_has_its_next_step(lane, name, button, act):
    lane.show(VIEWS[name])
    assert lane.tap(button) == [("refund", act, "", 0)]


@pytest.mark.parametrize("language", ["en", "zh-CN", "zh-TW"])
def test_what_became_of_the_money_is_said(lane, language):
    lane.show(VIEWS["refund-unanswered"], language)
    assert "9F2C11AB07" in lane.text("refundAdvice")
    lane.show(VIEWS["refund-given"], language)
    assert "84.76" in lane.text("refundHeadline")
    assert Texts.load().text(language, "way.wechat") in lane.text("refundAdvice")


def test_while_it_is_on_its_way_there_is_nothing_to_touch(lane):
    lane.show(refunding(replace(CHOOSE, stage=RefundStage.WORKING)))
    assert lane.find("refundNext") is None
    assert lane.find("refundConfirm") is None
