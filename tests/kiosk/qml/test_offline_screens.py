"""While a line is away: shopper and attendant see how one can pay, and the till's code is read off the screen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QGuiApplication, QImage

from hardware.picture_reader import PictureReader
from kiosk.services.lane_view import Notice
from kiosk.services.texts import Texts
from kiosk.viewmodels.staff import StaffViewModel
from tests.kiosk.qml.lane_window import SHAPES, LaneWindow, is_text, lane_window
from tests.kiosk.qml.offline_views import VIEWS
from tests.kiosk.qml.pay_views import BASE
from tests.kiosk.viewmodels.shown import rows as shown_rows

# English is the longest; the others where they have words of their own.
SHOWN = [
    *((name, "en") for name in VIEWS),
    *((name, "zh-CN") for name in ("idle-pay-at-till", "pay-at-till-three", "to-till")),
    *((name, "zh-TW") for name in ("idle-cards-only", "to-till-number", "no-way")),
]
TOUCHED = ("payAtTill", "way-wallet", "way-card", "backToBasket", "toTillDone", "startButton", "helpButton")


@pytest.fixture(scope="module", params=SHAPES)
def lane(request: pytest.FixtureRequest, qapp: QGuiApplication) -> Iterator[LaneWindow]:
    with lane_window(request.param) as window:
        yield window


@pytest.mark.parametrize(("name", "language"), SHOWN)
def test_every_text_is_whole_inside_the_window_and_under_no_other(lane: LaneWindow, name: str, language: str) -> None:
    lane.show(VIEWS[name], language)
    frame = QRectF(-1, -1, lane.window.width() + 2, lane.window.height() + 2)
    places = []
    for item in filter(is_text, lane.items()):
        text = item.property("text")
        place = item.mapRectToScene(QRectF(0, 0, item.width(), item.height()))
        if place.isEmpty():  # not laid out yet: what is loaded last may still come
            continue
        assert frame.contains(place) or name.startswith("pay"), (text, place)
        assert not item.property("truncated"), text
        places.append((text, place))
    if name.startswith("to-till"):
        assert [(a, b) for a, one in places for b, other in places if a < b and one.intersects(other)] == []
    assert lane.warnings == []


@pytest.mark.parametrize("name", VIEWS)
def test_whatever_is_touched_is_large_enough_and_covered_by_nothing(lane: LaneWindow, name: str) -> None:
    lane.show(VIEWS[name])
    found = [item for item in map(lane.find, TOUCHED) if item is not None]
    places = [item.mapRectToScene(QRectF(0, 0, item.width(), item.height())) for item in found]
    assert all(min(place.width(), place.height()) >= 76 for place in places)
    assert [(a, b) for a in range(len(places)) for b in range(a) if places[a].intersects(places[b])] == []


def test_the_idle_screen_says_the_rung_before_anybody_scans(lane: LaneWindow) -> None:
    lane.show(VIEWS["idle-cards-only"])
    assert lane.text("rungText") == "Cards only just now"
    lane.show(VIEWS["idle-pay-at-till"], "zh-CN")
    assert lane.text("rungText") == "请到人工收银台付款"
    lane.show(replace(BASE, screen=VIEWS["idle-cards-only"].screen))
    assert lane.find("rungBand") is None


def test_where_no_way_is_left_the_till_is_the_one_act(lane: LaneWindow) -> None:
    lane.show(VIEWS["pay-at-till"])
    assert lane.tap("payAtTill") == [("pay_at_till",)]
    assert lane.tap("way-card") == []
    assert lane.find("noWayText") is None
    lane.show(VIEWS["pay-closed"])
    assert (lane.find("payAtTill"), lane.text("noWayText") != "") == (None, True)


def test_the_shopper_leaves_with_a_touch(lane: LaneWindow) -> None:
    lane.show(VIEWS["to-till"])
    assert (lane.text("handedNumber"), lane.text("handedTotal")) == ("3-0417", "99.82")
    assert lane.tap("toTillDone") == [("finish",)]


@pytest.mark.parametrize("name", ["to-till", "to-till-large", "to-till-number"])
def test_our_own_reader_reads_the_code_off_the_screen(lane: LaneWindow, name: str) -> None:
    lane.show(VIEWS[name])
    shot = lane.window.grabWindow().convertToFormat(QImage.Format.Format_Grayscale8)
    grey = np.frombuffer(bytes(shot.constBits()), np.uint8).reshape(shot.height(), shot.bytesPerLine())
    handed = VIEWS[name].handed
    assert handed is not None
    assert [code.text for code in PictureReader(["QR"]).read(grey[:, : shot.width()].copy())] == [handed.code]


def test_a_basket_that_was_taken_over_says_from_where(lane: LaneWindow) -> None:
    notice = Notice("basket_fetched", 901, {"n": "3", "lane": "lane-2"}, good=True)
    lane.show(replace(BASE, notice=notice))
    assert lane.model.value("noticeText") == "3 items taken over from Till 2, at today's prices here."


def test_an_attendant_sees_what_waits_for_the_bank_and_what_it_refused() -> None:
    model = StaffViewModel(Texts.load())
    model.show(replace(VIEWS["staff-offline"], language="en"))
    facts: Any = model.facts
    rows = {str(row["fact"]): str(row["value"]) for row in shown_rows(facts)}
    assert rows["payments"] == "Cards only just now · 7 stored without the bank, ¥612.40, the oldest for 3 h 4 min"
    assert rows["debts"].startswith("2 stored payments, ¥139.50.")
