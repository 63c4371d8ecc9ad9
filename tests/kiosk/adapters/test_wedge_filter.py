"""Keys of the lane's window: a scanner's become one scan, a person's go to the search, none to a control."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from hardware.wedge import WedgeDecoder
from kiosk.adapters.wedge_filter import WedgeFilter

FRENCH = "&é\"'(-è_çà"  # what the number row types on a French keyboard


class Desk:
    """A window with the filter on it."""

    def __init__(self) -> None:
        self.scans: list[str] = []
        self.typed: list[str] = []
        self.window = QWindow()
        self.filter = WedgeFilter(
            WedgeDecoder(),
            scanned=lambda scan: self.scans.append(scan.text),
            typed=self.typed.append,
            parent=self.window,
        )
        self.window.installEventFilter(self.filter)

    def press(self, key: Qt.Key, text: str = "", scan_code: int = 0) -> None:
        modifiers = Qt.KeyboardModifier.NoModifier
        event = QKeyEvent(QEvent.Type.KeyPress, key, modifiers, scan_code, 0, 0, text)
        QGuiApplication.sendEvent(self.window, event)


@pytest.fixture
def desk(qapp: QGuiApplication) -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.window.deleteLater()


@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab])
def test_fast_keys_with_any_end_are_one_scan(desk: Desk, end: Qt.Key) -> None:
    for character in "9521234543213":
        QTest.keyClick(desk.window, character)  # type: ignore[call-overload] # the stubs lack the character
    desk.press(end)
    assert (desk.scans, desk.typed) == (["9521234543213"], [])


def test_a_scanner_without_an_end_is_understood_by_its_silence(desk: Desk, qtbot: QtBot) -> None:
    for character in "9521234543213":
        QTest.keyClick(desk.window, character)  # type: ignore[call-overload] # the stubs lack the character
    qtbot.waitUntil(lambda: desk.scans == ["9521234543213"])


def test_digits_are_read_by_place_whatever_the_keyboards_layout(desk: Desk) -> None:
    for digit in "1234567890":
        place = 11 if digit == "0" else int(digit) + 1  # evdev: KEY_1 is 2, KEY_0 is 11
        desk.press(Qt.Key.Key_unknown, FRENCH["1234567890".index(digit)], scan_code=place + 8)
    desk.press(Qt.Key.Key_Return)
    assert desk.scans == ["1234567890"]


def test_a_persons_key_goes_to_the_search(desk: Desk, qtbot: QtBot) -> None:
    desk.press(Qt.Key.Key_A, "a")
    qtbot.waitUntil(lambda: desk.typed == ["a"])
    desk.press(Qt.Key.Key_Backspace, "\b")
    qtbot.waitUntil(lambda: desk.typed == ["a", "\b"])
    assert desk.scans == []


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Escape, Qt.Key.Key_F4, Qt.Key.Key_Shift])
def test_no_key_reaches_the_window(desk: Desk, key: Qt.Key) -> None:
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier)
    assert desk.filter.eventFilter(desk.window, event)
