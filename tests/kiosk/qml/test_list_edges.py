"""What the renderer really draws at the list's edges: items that are cut off must leave no ink outside it."""

from dataclasses import replace

import pytest
from PySide6.QtCore import QPointF
from PySide6.QtTest import QTest

from tests.kiosk.qml.lane_window import SHAPES, lane_window
from tests.kiosk.qml.shop_views import VIEWS


@pytest.fixture(scope="module", params=SHAPES)
def lane(request, qapp):
    with lane_window(request.param) as window:
        yield window


@pytest.mark.parametrize("shown", range(1, 60, 7))
def test_a_row_cut_off_by_the_list_leaves_nothing_below_it(lane, shown):
    lane.show(replace(VIEWS["sixty"], changed_line=shown, change_serial=1000 + shown))
    QTest.qWait(20)
    picture = lane.window.grabWindow()
    button = lane.find("looseButton")
    assert button is not None
    bottom = round(button.mapToScene(QPointF(0, button.height())).y())
    right = lane.find("bagButton")
    assert right is not None
    edge = round(right.mapToScene(QPointF(right.width(), 0)).x())
    inks = {picture.pixelColor(x, bottom + 8).name() for x in range(45, edge)}
    assert inks == {"#f6f7f9"}
