"""What a key event of the window means: a sign, the end of a code, or nothing at all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from hardware.keymap import X11_OFFSET, alt_character, character, keypad_digit

_TERMINATORS: Final = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Backtab})
_SUFFIXES: Final = frozenset(
    {
        Qt.Key.Key_Escape,
        Qt.Key.Key_Up,
        Qt.Key.Key_Down,
        Qt.Key.Key_Left,
        Qt.Key.Key_Right,
        Qt.Key.Key_Home,
        Qt.Key.Key_End,
        Qt.Key.Key_PageUp,
        Qt.Key.Key_PageDown,
        Qt.Key.Key_Insert,
        Qt.Key.Key_Delete,
        *(Qt.Key(Qt.Key.Key_F1.value + number) for number in range(35)),
    }
)
"""What else scanners can be set to send behind a code."""
_ALTS: Final = frozenset({Qt.Key.Key_Alt, Qt.Key.Key_AltGr})
_ENDS: Final = frozenset("\r\n\t")
_SEPARATORS: Final = frozenset("\x1c\x1d\x1e\x1f")
_LONGEST_NUMBER: Final = 6
DEAD: Final = "\ufffd"
"""What the layout makes of an accent that waits for its letter: no scanner that is set to the layout types one."""


@dataclass(frozen=True, slots=True)
class Sign:
    by_place: str
    """On a US keyboard, which scanners pretend to be, whatever layout the lane has."""
    by_layout: str = ""
    is_backspace: bool = False


@dataclass(frozen=True, slots=True)
class Ends:
    is_terminator: bool
    """Enter or Tab; any other such key is a person's unless a scan came just before it."""


Stroke: TypeAlias = Sign | Ends | None


class Strokes:
    """Shortcuts mean nothing here, and do not cut the code that they come in the middle of."""

    def __init__(self) -> None:
        self._number = ""

    def press(self, event: QKeyEvent) -> Stroke:
        modifiers = event.modifiers()
        if Qt.Key(event.key()) in _ALTS:
            self._number = ""
        elif modifiers & Qt.KeyboardModifier.AltModifier:
            self._number = (self._number + keypad_digit(_place(event)))[:_LONGEST_NUMBER]
        elif modifiers & Qt.KeyboardModifier.ControlModifier:
            return _with_control(event)
        elif not modifiers & Qt.KeyboardModifier.MetaModifier:
            return _plain(event)
        return None

    def release(self, event: QKeyEvent) -> Sign | None:
        """A number that was typed with Alt held becomes its character."""
        if Qt.Key(event.key()) not in _ALTS:
            return None
        number, self._number = self._number, ""
        sign = alt_character(number)
        return Sign(sign, sign) if sign else None


def _plain(event: QKeyEvent) -> Stroke:
    key = Qt.Key(event.key())
    if key in _TERMINATORS:
        return Ends(is_terminator=True)
    if key == Qt.Key.Key_F8:
        return Sign("\x1d")
    digit = keypad_digit(_place(event))  # without Num Lock the layout calls it End, Down, ...
    if digit:
        return Sign(digit, digit)
    return Ends(is_terminator=False) if key in _SUFFIXES else _sign(event)


def _with_control(event: QKeyEvent) -> Stroke:
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    sign = character(_place(event), shift, control=True) or ""
    if sign in _ENDS and sign:
        return Ends(is_terminator=True)
    return Sign(sign, sign) if sign in _SEPARATORS and sign else None


def _sign(event: QKeyEvent) -> Sign | None:
    shift = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
    by_layout = event.text()
    if not by_layout.isprintable() and by_layout not in _SEPARATORS:
        backspace = Qt.Key(event.key()) == Qt.Key.Key_Backspace
        return Sign("\b", is_backspace=True) if backspace else None
    by_place = character(_place(event), shift) or by_layout
    return Sign(by_place, by_layout or DEAD) if by_place else None


def _place(event: QKeyEvent) -> int:
    """The kernel's code of the key: X11 and Wayland number keys eight above; 0 where it is not known."""
    return max(0, event.nativeScanCode() - X11_OFFSET)
