"""A window that fills the screen is not closed by a shortcut, and does not hold up the end of the lane."""

import logging

import pytest
from PySide6.QtGui import QGuiApplication, QWindow

from kiosk.adapters.stays_open import StaysOpen


def test_only_the_end_of_the_lane_closes_its_window(qapp: QGuiApplication, caplog: pytest.LogCaptureFixture) -> None:
    window = QWindow()
    guard = StaysOpen(window)
    window.installEventFilter(guard)
    window.show()
    with caplog.at_level(logging.WARNING):
        assert not window.close()
    assert window.isVisible()
    assert "it stays" in caplog.text
    guard.let_go()
    assert window.close()
    assert not window.isVisible()
    window.deleteLater()
