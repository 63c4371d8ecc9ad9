"""Key codes to characters as a US keyboard means them, which is what scanners emulate.

A lane with a French or Chinese layout turns a scanner's digits into other signs; the code of the key
does not change with the layout. Codes: Linux `input-event-codes.h`; X11's are 8 higher.
"""

from typing import Final

X11_OFFSET: Final = 8
TERMINATORS: Final = frozenset({15, 28, 96})
"""Tab, Enter, Enter of the keypad."""
SHIFTS: Final = frozenset({42, 54})
CONTROLS: Final = frozenset({29, 97})
ALTS: Final = frozenset({56, 100})
METAS: Final = frozenset({125, 126})
CAPS_LOCK: Final = 58
GROUP_SEPARATOR: Final = 66
"""F8: what scanners that write control characters as function keys send for GS1's separator."""

_ROWS: Final = (
    # first code, plain, with Shift
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
    (86, "\\", "|"),  # the key that only keyboards with 102 keys have
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
    118: "-",
    121: ",",
    179: "(",
    180: ")",
}
_PLAIN: Final = {first + i: c for first, row, _ in _ROWS for i, c in enumerate(row)} | _KEYPAD
_SHIFTED: Final = {first + i: c for first, _, row in _ROWS for i, c in enumerate(row)} | _KEYPAD
_CONTROL_SIGNS: Final = {
    3: "\0",
    4: "\x1b",
    5: "\x1c",
    6: "\x1d",
    7: "\x1e",
    8: "\x1f",
    12: "\x1f",
    26: "\x1b",
    27: "\x1d",
    43: "\x1c",
    53: "\x1f",
    86: "\x1c",
}
"""Ctrl with a key that is no letter, as terminals have it: among them GS1's and ISO 15434's separators."""
_CONTROL: Final = _CONTROL_SIGNS | {code: chr(ord(c) & 0x1F) for code, c in _PLAIN.items() if c.isalpha()}


def character(evdev_code: int, shift: bool, *, control: bool = False, caps: bool = False) -> str | None:
    """None for a key that types nothing. With Ctrl: the control character that a terminal takes it for."""
    if control:
        return _CONTROL.get(evdev_code)
    plain = _PLAIN.get(evdev_code)
    inverted = caps and plain is not None and plain.isalpha()
    return _SHIFTED.get(evdev_code) if shift != inverted else plain


def keypad_digit(evdev_code: int) -> str:
    """The digit of a keypad's key, whatever Num Lock says; empty for any other key."""
    found = _KEYPAD.get(evdev_code, "")
    return found if found.isdigit() else ""


def alt_character(digits: str) -> str:
    """What Windows types for a number given on the keypad with Alt held; empty for a number that it does not know.

    With a nought before it the number is of code page 1252, without it of 437; four digits and more are of GBK, as
    scanners for the Chinese market send them.
    """
    number = int(digits) if digits else 0
    if not 0 < number <= 0xFFFF:  # noqa: PLR2004 - two bytes
        return ""
    if number < 0x80:  # noqa: PLR2004 - ASCII
        return chr(number)
    single = "cp1252" if digits.startswith("0") else "cp437"
    try:
        return number.to_bytes(2, "big").decode("gbk") if number > 0xFF else bytes([number]).decode(single)  # noqa: PLR2004
    except UnicodeDecodeError:
        return ""
