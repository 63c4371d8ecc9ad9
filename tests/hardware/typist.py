"""A scanner's hands, for tests: a text as the kernel's key events, in each of the ways in which scanners type."""

import time
from collections.abc import Iterable, Iterator

from hardware.evdev_scanner import EV_KEY, EV_SYN, EVENT, PRESSED, RELEASED, SYN_DROPPED, SYN_REPORT
from hardware.keymap import character

SHIFT, CTRL, ALT, SUPER, CAPS, ENTER, TAB, F8, ESCAPE = 42, 29, 56, 125, 58, 28, 15, 66, 1
KEYPAD = {"0": 82, "1": 79, "2": 80, "3": 81, "4": 75, "5": 76, "6": 77, "7": 71, "8": 72, "9": 73}

_KEYS = {character(code, shift): (code, shift) for code in range(84) for shift in (True, False)}
_CONTROLS = {character(code, shift=False, control=True): code for code in (*range(16, 51), 27, 43, 7, 12)}

Key = tuple[int, int]
"""Code and value."""


def press(*codes: int) -> list[Key]:
    """All held together, the last one first let go."""
    return [(code, PRESSED) for code in codes] + [(code, RELEASED) for code in reversed(codes)]


def typed(text: str) -> list[Key]:
    """On a US keyboard; control characters with Ctrl."""
    return [key for sign in text for key in _sign(sign)]


def with_alt(numbers: Iterable[int]) -> list[Key]:
    """Each character as its number on the keypad, with Alt held."""
    return [key for number in numbers for key in [(ALT, PRESSED), *_keypad(f"{number:03}"), (ALT, RELEASED)]]


def events(keys: list[Key], at: float | None = None, *, step_s: float = 0.0) -> bytes:
    """Each key in a frame of its own, `step_s` apart; none: as fast as a code can be put into the buffer."""
    start = time.monotonic() if at is None else at
    return b"".join(
        event(EV_KEY, code, value, start + index * step_s) + event(EV_SYN, SYN_REPORT, 0, start + index * step_s)
        for index, (code, value) in enumerate(keys)
    )


def one_frame(keys: list[Key], at: float | None = None) -> bytes:
    """All in one frame, as a scanner whose reports hold several keys."""
    start = time.monotonic() if at is None else at
    return b"".join(event(EV_KEY, *key, start) for key in keys) + event(EV_SYN, SYN_REPORT, 0, start)


def dropped(keys: list[Key]) -> bytes:
    """The kernel's buffer ran over: what it still gives is not to be believed."""
    return event(EV_SYN, SYN_DROPPED, 0, time.monotonic()) + one_frame(keys)


def event(kind: int, code: int, value: int, at: float) -> bytes:
    return EVENT.pack(int(at), int(at % 1 * 1_000_000), kind, code, value)


def _sign(sign: str) -> Iterator[Key]:
    if sign in _KEYS:
        code, shift = _KEYS[sign]
        yield from press(SHIFT, code) if shift else press(code)
    else:
        yield from press(CTRL, _CONTROLS[sign])


def _keypad(digits: str) -> list[Key]:
    return [key for digit in digits for key in press(KEYPAD[digit])]
