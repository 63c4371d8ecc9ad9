"""The camera's picture on idle and basket: there to aim by, over nothing that must be read or touched."""

import re

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtQuick import QQuickItem
from PySide6.QtTest import QTest

from hardware.aim import MIDDLE
from hardware.camera_picture import CameraPicture, Found
from hardware.code import Box
from tests.kiosk.qml.lane_window import PATIENCE_MS, SHAPES, LaneWindow, is_text, lane_window
from tests.kiosk.qml.shop_views import VIEWS
from tests.kiosk.viewmodels.shown import as_qml

LANGUAGES = ("en", "zh-CN", "zh-TW")
SCREENS = ("idle", "three", "age")
TWO = tuple(Found(Box(left, 0.4, left + 0.2, 0.6).corners, counted=False) for left in (0.2, 0.6))
PICTURES = {
    "picture": CameraPicture(np.full((270, 480), 200, np.uint8), MIDDLE),
    "several": CameraPicture(np.full((270, 480), 200, np.uint8), MIDDLE, TWO),
    "away": CameraPicture(None, MIDDLE),
}
MUST_BE_SEEN = re.compile(r"line-\d+-.+|total.*|payButton|cancelButton|.+Button|language-.+|savedText|blockText")


@pytest.fixture(scope="module", params=SHAPES)
def lane(request, qapp):
    with lane_window(request.param) as window:
        window.model.expect_camera(mirrored=True)
        yield window


def show(lane: LaneWindow, screen: str, language: str, state: str) -> QQuickItem:
    lane.model.take_picture(PICTURES[state])
    lane.show(VIEWS[screen], language)
    for _ in range(PATIENCE_MS // 10):
        lane.window.grabWindow()
        view = lane.find("cameraView")
        if view is not None and as_qml(lane.model.camera).property("away") == (state == "away"):
            return view
        QTest.qWait(10)
    raise AssertionError("the camera is not shown")


def place_of(item: QQuickItem) -> QRectF:
    return item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", PICTURES)
@pytest.mark.parametrize("screen", SCREENS)
def test_it_covers_nothing_and_its_words_fit(lane, screen, language, state):
    view = show(lane, screen, language, state)
    place = place_of(view)
    assert QRectF(0, 0, lane.window.width(), lane.window.height()).contains(place)
    assert place.height() >= 140
    for item in lane.items():
        if MUST_BE_SEEN.fullmatch(item.objectName()):
            common = place.intersected(place_of(item))
            assert min(common.width(), common.height()) <= 1, item.objectName()
    for item in filter(is_text, _below(view)):
        assert place.contains(place_of(item)), item.property("text")
        assert not item.property("truncated"), item.property("text")
        assert item.property("paintedHeight") <= item.height() + 1.5
    assert lane.warnings == []


def test_it_says_when_several_codes_wait_and_when_it_is_away(lane):
    show(lane, "three", "en", "several")
    assert lane.text("cameraSeveral") == "Several codes: aim at one"
    show(lane, "three", "en", "away")
    assert lane.text("cameraAway") == "Camera not connected. Please ask our staff."
    show(lane, "three", "en", "picture")
    assert (lane.text("cameraSeveral"), lane.text("cameraAway")) == ("", "")


def test_the_picture_itself_is_drawn(lane):
    view = show(lane, "three", "en", "picture")
    middle = place_of(view).center().toPoint()
    for _ in range(PATIENCE_MS // 10):
        if abs(lane.window.grabWindow().pixelColor(middle).red() - 200) < 10:
            return
        QTest.qWait(10)
    raise AssertionError("the picture is not drawn")


@pytest.mark.parametrize("shape", SHAPES)
def test_a_lane_without_a_camera_shows_none(qapp, shape):
    with lane_window(shape) as window:
        for screen in ("idle", "three"):
            window.show(VIEWS[screen])
            assert window.find("cameraView") is None


def _below(item: QQuickItem) -> list[QQuickItem]:
    found, waiting = [], [item]
    while waiting:
        one = waiting.pop()
        if one.isVisible() and one.opacity() > 0:
            found.append(one)
            waiting += one.childItems()
    return found
