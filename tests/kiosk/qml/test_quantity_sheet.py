"""A line's quantity typed at once, and the way back from goods looked at closely."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject
from PySide6.QtTest import QTest

from tests.kiosk.qml.lane_window import PATIENCE_MS, SHAPES, lane_window
from tests.kiosk.qml.shop_views import SHOP, VIEWS


@pytest.fixture(scope="module", params=SHAPES)
def lane(request, qapp):
    with lane_window(request.param) as window:
        window.show(SHOP)
        for _ in range(PATIENCE_MS // 10):
            if window.window.findChild(QObject, "quantitySet") is not None:
                break
            QTest.qWait(10)
        yield window


@pytest.fixture
def basket(lane):
    lane.model.closeSheet()
    lane.show(VIEWS["three"])
    lane.tap("line-1-quantity")
    lane.window.grabWindow()
    return lane


def test_a_touch_on_the_number_asks_how_many_and_sets_it(basket):
    assert basket.model.sheet == "quantity"
    assert basket.text("editedQuantity") == "How many?"
    for key in "24":
        basket.tap(f"key-{key}")
    assert basket.text("editedQuantity") == "24"
    assert basket.tap("quantitySet") == [("set_quantity", 1, 24)]
    assert basket.model.sheet == ""


def test_nothing_and_nought_are_no_quantity(basket):
    assert basket.tap("quantitySet") == []
    basket.tap("key-0")
    assert basket.tap("quantitySet") == []


def test_a_third_digit_is_one_too_many(basket):
    for key in "123":
        basket.tap(f"key-{key}")
    assert basket.text("editedQuantity") == "12"


def test_help_and_languages_stay_within_reach_of_a_sheet(basket):
    assert basket.tap("helpButton") == [("call_help",)]
    assert basket.tap("language-zh-TW") == [("set_language", "zh-TW")]


def test_a_line_that_is_gone_cannot_be_changed(basket):
    view = VIEWS["three"]
    basket.show(replace(view, lines=view.lines[1:]))
    basket.tap("key-5")
    assert basket.tap("quantitySet") == []


def test_from_goods_looked_at_closely_one_step_leads_back_to_all(lane):
    lane.model.closeSheet()
    lane.show(SHOP)
    lane.model.openSheet("loose")
    lane.window.grabWindow()
    lane.tap("good-LEMON")
    lane.window.grabWindow()
    lane.tap("backSheet")
    lane.window.grabWindow()
    assert lane.find("good-LEMON") is not None
    assert lane.model.sheet == "loose"
    lane.tap("closeSheet")
    assert lane.model.sheet == ""
