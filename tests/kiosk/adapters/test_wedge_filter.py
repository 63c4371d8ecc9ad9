"""Keys of the lane's window: a scanner's become one scan, a person's go to the search, none to a control."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent, QWindow
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from hardware.keymap import X11_OFFSET, character
from hardware.scan import Scan
from hardware.wedge import WedgeDecoder
from kiosk.adapters.wedge_filter import WedgeFilter

Modifier = Qt.KeyboardModifier
PLACES = {character(code, shift): (code, shift) for code in range(83, 1, -1) for shift in (True, False)}
FRENCH = "&é\"'(-è_çà"  # what the number row types on a French keyboard


class Desk:
    """A window with the filter on it."""

    def __init__(self, decoder: WedgeDecoder | None) -> None:
        self.scans: list[str] = []
        self.whole: list[Scan] = []
        self.typed: list[str] = []
        self.window = QWindow()
        self.filter = WedgeFilter(
            decoder,
            group_separator="~",
            scanned=self.scanned,
            typed=self.typed.append,
            parent=self.window,
        )
        self.window.installEventFilter(self.filter)

    def scanned(self, scan: Scan) -> None:
        self.scans.append(scan.text)
        self.whole.append(scan)

    def press(self, key: Qt.Key, text: str = "", scan_code: int = 0, modifiers: Modifier = Modifier.NoModifier) -> None:
        self.send(QEvent.Type.KeyPress, key, text, scan_code, modifiers)

    def release(self, key: Qt.Key) -> None:
        self.send(QEvent.Type.KeyRelease, key, "", 0, Modifier.NoModifier)

    def send(self, kind: QEvent.Type, key: Qt.Key, text: str, scan_code: int, modifiers: Modifier) -> None:
        QGuiApplication.sendEvent(self.window, QKeyEvent(kind, key, modifiers, scan_code, 0, 0, text))

    def type(self, text: str, modifiers: Modifier = Modifier.NoModifier) -> None:
        """As a US scanner: by the keys' places, which X11 numbers eight above the kernel."""
        for sign in text:
            code, shift = PLACES[sign]
            held = modifiers | (Modifier.ShiftModifier if shift else Modifier.NoModifier)
            self.press(Qt.Key.Key_unknown, sign, code + X11_OFFSET, held)


@pytest.fixture
def desk(qapp: QGuiApplication) -> Iterator[Desk]:
    desk = Desk(WedgeDecoder())
    yield desk
    desk.window.deleteLater()


@pytest.fixture
def typing_desk(qapp: QGuiApplication) -> Iterator[Desk]:
    """Of a lane whose scanners are no keyboards."""
    desk = Desk(None)
    yield desk
    desk.window.deleteLater()


def test_scans_are_read_when_the_window_systems_clock_begins_anew(desk: Desk, qtbot: QtBot) -> None:
    """X11 counts milliseconds in 32 bits: after 49.7 days they begin at nought."""
    codes = ["9521234543213", "6901234567892"]
    for number, (first, code) in enumerate(zip(((1 << 32) - 100, 10), codes, strict=True), start=1):
        for place, sign in enumerate(code):
            event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, Modifier.NoModifier, 0, 0, 0, sign)
            event.setTimestamp(first + 2 * place)
            QGuiApplication.sendEvent(desk.window, event)
            qtbot.wait(2)  # as a scanner does: the screen may look in between
        qtbot.waitUntil(lambda many=number: len(desk.scans) == many)  # type: ignore[misc] # the default's type
    assert (desk.scans, desk.typed) == (codes, [])


@pytest.mark.parametrize("end", [Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab])
def test_fast_keys_with_any_end_are_one_scan(desk: Desk, end: Qt.Key) -> None:
    for sign in "9521234543213":
        QTest.keyClick(desk.window, sign)  # type: ignore[call-overload] # the stubs lack the character
    desk.press(end)
    assert (desk.scans, desk.typed) == (["9521234543213"], [])


def test_a_scanner_without_an_end_is_understood_by_its_silence(desk: Desk, qtbot: QtBot) -> None:
    for sign in "9521234543213":
        QTest.keyClick(desk.window, sign)  # type: ignore[call-overload] # the stubs lack the character
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


def test_a_persons_key_is_what_the_lanes_layout_says(desk: Desk, qtbot: QtBot) -> None:
    desk.press(Qt.Key.Key_A, "a", 16 + X11_OFFSET)  # the place of a US keyboard's q
    qtbot.waitUntil(lambda: desk.typed == ["a"])


@pytest.mark.parametrize(
    "end",
    [
        (Qt.Key.Key_F12, "", 0, Modifier.NoModifier),
        (Qt.Key.Key_Down, "", 108 + X11_OFFSET, Modifier.NoModifier),
        (Qt.Key.Key_Escape, "\x1b", 1 + X11_OFFSET, Modifier.NoModifier),
        (Qt.Key.Key_M, "\r", 50 + X11_OFFSET, Modifier.ControlModifier),
        (Qt.Key.Key_I, "\t", 23 + X11_OFFSET, Modifier.ControlModifier),
        (Qt.Key.Key_Backtab, "", 15 + X11_OFFSET, Modifier.ShiftModifier),
    ],
)
def test_codes_back_to_back_with_an_unusual_end_are_each_a_scan(desk: Desk, end) -> None:
    for code in ("6901234567892", "4006381333931"):
        desk.type(code)
        desk.press(*end)
    assert (desk.scans, desk.typed) == (["6901234567892", "4006381333931"], [])


def test_shortcuts_reach_nothing_and_do_not_cut_the_code_they_come_in(desk: Desk) -> None:
    desk.type("690123")
    for modifiers in (Modifier.ControlModifier, Modifier.AltModifier, Modifier.MetaModifier):
        desk.press(Qt.Key.Key_F4, "", 62 + X11_OFFSET, modifiers)
        desk.press(Qt.Key.Key_C, "\x03", 46 + X11_OFFSET, modifiers)
        desk.press(Qt.Key.Key_Return, "\r", 28 + X11_OFFSET, Modifier.AltModifier)
        desk.press(Qt.Key.Key_Print, "", 99 + X11_OFFSET)
        desk.press(Qt.Key.Key_VolumeUp, "", 115 + X11_OFFSET)
    desk.type("4567892")
    desk.press(Qt.Key.Key_Return)
    assert (desk.scans, desk.typed) == (["6901234567892"], [])


@pytest.mark.parametrize("way", ["control", "alt", "F8", "substitute"])
def test_a_gs1_message_arrives_however_its_separator_is_typed(desk: Desk, way: str) -> None:
    desk.type("]C1010690123456789210AB")
    if way == "control":
        desk.press(Qt.Key.Key_BracketRight, "\x1d", 27 + X11_OFFSET, Modifier.ControlModifier)
    elif way == "alt":
        desk.press(Qt.Key.Key_Alt)
        for digit in (82, 80, 73):  # 0, 2, 9 of the keypad
            desk.press(Qt.Key.Key_unknown, "", digit + X11_OFFSET, Modifier.AltModifier)
        desk.release(Qt.Key.Key_Alt)
    elif way == "F8":
        desk.press(Qt.Key.Key_F8, "", 66 + X11_OFFSET)
    else:
        desk.type("~")
    desk.type("21X")
    desk.press(Qt.Key.Key_Return)
    (scan,) = desk.whole
    assert (scan.text, scan.symbology, scan.gs1) == ("010690123456789210AB\x1d21X", "CODE128", True)


def test_a_digit_typed_again_at_once_is_no_key_held_down(desk: Desk) -> None:
    """Qt on X11 says so of one that comes within some 10 ms."""
    for again, sign in enumerate("6900000000000"):
        key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_0, Modifier.NoModifier, 0, 0, 0, sign, again > 2)
        key.setTimestamp(1000 + again)
        QGuiApplication.sendEvent(desk.window, key)
    desk.press(Qt.Key.Key_Return)
    assert (desk.scans, desk.typed) == (["6900000000000"], [])


def test_the_keypad_gives_digits_without_num_lock_too(desk: Desk) -> None:
    for place, key in ((77, Qt.Key.Key_Right), (73, Qt.Key.Key_PageUp), (82, Qt.Key.Key_Insert), (79, Qt.Key.Key_End)):
        desk.press(key, "", place + X11_OFFSET, Modifier.KeypadModifier)
    desk.press(Qt.Key.Key_Enter)
    assert desk.scans == ["6901"]


def test_a_scanner_set_to_the_lanes_layout_is_understood(desk: Desk) -> None:
    for digit in "690123":
        place = PLACES[digit][0] + X11_OFFSET  # on a French keyboard, digits are typed with Shift
        desk.press(Qt.Key.Key_unknown, digit, place, Modifier.ShiftModifier)
    desk.press(Qt.Key.Key_Return)
    assert desk.scans == ["690123"]


def test_without_a_keyboard_scanner_no_keys_are_a_scan(typing_desk: Desk) -> None:
    typing_desk.type("6901234567892")
    typing_desk.press(Qt.Key.Key_Return)
    typing_desk.press(Qt.Key.Key_Backspace, "\b")
    assert (typing_desk.scans, "".join(typing_desk.typed)) == ([], "6901234567892\b")
    assert typing_desk.filter.eventFilter(
        typing_desk.window, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Escape, Modifier.NoModifier)
    )
