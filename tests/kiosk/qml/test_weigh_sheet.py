"""The sheet of the scale, clicked through in both shapes and all languages."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QObject, QPointF
from PySide6.QtTest import QTest

from kiosk.services.lane_view import Notice
from tests.kiosk.qml.lane_window import PATIENCE_MS, SHAPES, is_text, lane_window
from tests.kiosk.qml.shop_views import SHOP
from tests.kiosk.qml.weigh_views import VIEWS, weighing

LEAST_TARGET = 96


@pytest.fixture(scope="module", params=SHAPES)
def lane(request, qapp):
    with lane_window(request.param) as window:
        window.show(SHOP)
        for _ in range(PATIENCE_MS // 10):
            if window.window.findChild(QObject, "weighTake") is not None:
                break
            QTest.qWait(10)
        yield window


def test_a_certain_weight_is_taken_by_one_touch(lane):
    lane.show(VIEWS["weigh-ready"])
    assert (lane.text("weighFigures"), lane.text("weighPrice"), lane.text("weighUnitPrice")) == (
        "0.842",
        "10.02",
        "¥11.90/kg",
    )
    assert lane.tap("weighTake") == [("take_weight", "APPLE", 842, 1190)]


@pytest.mark.parametrize("name", [name for name in VIEWS if name not in {"weigh-ready", "weigh-tare", "weigh-dear"}])
def test_nothing_is_taken_while_the_weight_is_not_certain(lane, name):
    lane.show(VIEWS[name])
    taken = lane.tap("weighTake")
    assert taken == ([("call_help",)] if name == "weigh-lost" else [])


def test_what_was_left_can_be_said_to_be_new(lane):
    lane.show(VIEWS["weigh-left"])
    assert lane.tap("weighOther") == [("weigh_all_new",)]


def test_from_a_lost_scale_one_touch_leads_back(lane):
    lane.show(VIEWS["weigh-lost"])
    assert lane.tap("weighOther") == [("stop_weighing",)]


def test_the_cross_ends_it_and_help_and_languages_stay_within_reach(lane):
    lane.show(VIEWS["weigh-empty"])
    assert lane.tap("closeSheet") == [("stop_weighing",)]
    assert lane.tap("helpButton") == [("call_help",)]
    assert lane.tap("language-zh-TW") == [("set_language", "zh-TW")]


def test_the_sheet_goes_when_the_weighing_is_over(lane):
    lane.show(VIEWS["weigh-ready"])
    lane.show(replace(VIEWS["weigh-ready"], weighing=None))
    assert lane.find("weighTake") is None
    assert lane.find("payButton") is not None


def test_picked_goods_open_the_scale_from_the_pictures(lane):
    lane.show(replace(SHOP, has_scale=True))
    lane.model.openSheet("loose")
    lane.window.grabWindow()
    assert lane.tap("good-APPLE") == [("add_loose", "APPLE", 1)]
    assert lane.model.sheet == ""


def test_a_word_is_read_over_the_sheet(lane):
    lane.show(replace(VIEWS["weigh-ready"], notice=Notice("weigh_again", 901)))
    assert lane.text("noticeText")
    assert lane.find("weighTake") is not None


@pytest.mark.parametrize("language", ["en", "zh-CN", "zh-TW"])
@pytest.mark.parametrize("name", VIEWS)
def test_nothing_is_cut_off_and_every_touch_has_room(lane, name, language):
    lane.show(VIEWS[name], language)
    for item in lane.items():
        if is_text(item) and item.objectName().startswith("weigh"):
            assert not item.property("truncated"), f"{item.objectName()} is cut off: {item.property('text')}"
            right = item.mapToScene(QPointF(item.width(), 0)).x()
            assert right <= lane.window.width()
        if item.objectName() in {"weighTake", "weighOther", "closeSheet"}:
            assert min(item.width(), item.height()) >= LEAST_TARGET
    assert lane.warnings == []


def test_figures_do_not_move_as_they_change(lane):
    places = []
    for grams in (111, 888, 740):
        lane.show(weighing("ready", grams, 1002))
        item = lane.find("weighFigures")
        places.append((item.mapToScene(QPointF(0, 0)).x(), item.width()))
    assert len(set(places)) == 1
