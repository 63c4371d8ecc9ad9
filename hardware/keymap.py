"""Key codes to characters as a US keyboard means them, which is what scanners emulate.

A lane with a French or Chinese layout turns a scanner's digits into other signs; the code of the key
does not change with the layout. Codes: Linux `input-event-codes.h`; X11's are 8 higher.
"""

from typing import Final

X11_OFFSET: Final = 8
TERMINATORS: Final = frozenset({15, 28, 96})
"""Tab, Enter, Enter of the keypad."""

_ROWS: Final = (
    # first code, plain, with Shift
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
)
_KEYPAD: Final = {
    55: "*",
    71: "7",
    72: "8",
    73: "9",
    74: "-",
    75: "4",
    76: "5",
    77: "6",
    78: "+",
    79: "1",
    80: "2",
    81: "3",
    82: "0",
    83: ".",
    98: "/",
    117: "=",
}
_PLAIN: Final = {first + i: c for first, row, _ in _ROWS for i, c in enumerate(row)} | _KEYPAD
_SHIFTED: Final = {first + i: c for first, _, row in _ROWS for i, c in enumerate(row)} | _KEYPAD
_CONTROL: Final = {43: "\x1c", 27: "\x1d", 7: "\x1e", 12: "\x1f"}
"""The separators of GS1 and ISO 15434: Ctrl with backslash, right bracket, 6, minus."""


def character(evdev_code: int, shift: bool, *, control: bool = False) -> str | None:
    """None for a key that types nothing, and for any other key held with Ctrl."""
    if control:
        return _CONTROL.get(evdev_code)
    return (_SHIFTED if shift else _PLAIN).get(evdev_code)
