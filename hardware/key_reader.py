r"""Presses and releases of a scanner's keys to the characters that it means, whatever the lane's layout.

Knows three ways in which scanners type what has no key: Ctrl with a key (GS1's separator is Ctrl and `]`), a number on
the keypad with Alt held (`Alt` 0 2 9 is `\x1d`; in this mode they type every character so), and F8. Pure.
"""

from typing import Final

from hardware import keymap

_LONGEST_NUMBER: Final = 6
_ENTER: Final = "\r"
_TAB: Final = 15
_SHORTCUTS: Final = frozenset("\x03\x04")
"""Ctrl and C or D end a code on a serial line only: here a scanner that types shortcuts must not cut a code in two."""
_HELD: Final = keymap.SHIFTS | keymap.CONTROLS | keymap.ALTS | keymap.METAS


class KeyReader:
    """Of one device: its modifiers are its own, a Shift held on another keyboard is none of its business."""

    def __init__(self) -> None:
        self._down: set[int] = set()
        self._caps = False
        self._caps_to_end = False
        self._number = ""

    def press(self, code: int) -> str:
        """The character, carriage return or tab for a key that ends a code, or nothing."""
        if code in _HELD:
            self._down.add(code)
            return ""
        if code == keymap.CAPS_LOCK:
            self._caps = not self._caps and not self._caps_to_end
            self._caps_to_end = False
            return ""
        if code in keymap.TERMINATORS:
            return "\t" if code == _TAB else _ENTER
        if self._down & keymap.METAS:
            return ""
        if self._down & keymap.ALTS:
            self._number = (self._number + keymap.keypad_digit(code))[:_LONGEST_NUMBER]
            return ""
        return self._character(code)

    def release(self, code: int) -> str:
        """A number typed with Alt becomes its character when Alt is let go."""
        self._down.discard(code)
        if code not in keymap.ALTS or self._down & keymap.ALTS:
            return ""
        number, self._number = self._number, ""
        return keymap.alt_character(number)

    def code_ended(self) -> None:
        """A Caps Lock that was left on must not turn the letters of the next code; some scanners press it a second time
        behind the Enter, and that does not turn them either."""
        self._caps, self._caps_to_end = False, self._caps

    def reset(self) -> None:
        """Keys were missed: nothing is known to be held."""
        self.__init__()  # type: ignore[misc] # the same as new

    def _character(self, code: int) -> str:
        if code == keymap.GROUP_SEPARATOR:
            return "\x1d"
        held = self._down
        self._caps_to_end = self._caps_to_end and bool(held & keymap.CONTROLS)  # Ctrl and J may end the same code
        found = keymap.character(
            code, bool(held & keymap.SHIFTS), control=bool(held & keymap.CONTROLS), caps=self._caps
        )
        return "" if found is None or found in _SHORTCUTS else found
