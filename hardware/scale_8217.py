"""Mettler Toledo's 8217 protocol of checkout scales.

Facts from Mettler Toledo, DIVA Service Manual 72191202 (05/2012), 6.1.4 '8217': the host sends `W`; the scale answers
STX `WW.WWW` CR in kilograms, STX `0WW.WW` CR in pounds, either with an `N` behind the figures if a tare is set on the
scale; or STX `?` status CR while it has no weight to give. There is no check sum: parity is all that guards a figure.
"""

import re
import threading
import time
from enum import IntFlag
from typing import Final

from hardware.scale import Load
from hardware.scale_serial import Answer, BadFrame, WrongUnit
from hardware.serial_port import SerialPort

REQUEST: Final = b"W"
END: Final = b"\r"
LONGEST: Final = 16
"""More bytes than any answer has, a character of noise or two included."""
_ANSWER_S: Final = 0.4
"""An answer is 8 characters, 9 ms at 9600 baud; a scale that measures ten times a second may be 150 ms in giving it."""
_SLICE_S: Final = 0.05

_WEIGHT: Final = re.compile(rb" *([0-9]{1,3})\.([0-9]{2,3})N?")
_KILOGRAM_DECIMALS: Final = 3


class Status(IntFlag):
    """The status byte without its parity bit."""

    IN_MOTION = 0x01
    OVER_CAPACITY = 0x02
    UNDER_ZERO = 0x04
    OUTSIDE_ZERO = 0x08  # too far from zero to be set to it
    CENTRE_OF_ZERO = 0x10
    NET = 0x20
    ALWAYS = 0x40


class Dialect8217:
    """Asks every `pause_s`."""

    name = "8217"

    def __init__(self, *, pause_s: float = 0.2) -> None:
        self.pause_s = pause_s

    def hear(self, port: SerialPort, stop: threading.Event) -> bytes:
        port.forget()
        port.write(REQUEST)
        heard, until = b"", time.monotonic() + _ANSWER_S
        while not stop.is_set() and len(heard) < LONGEST and time.monotonic() < until:
            heard += port.read(_SLICE_S)
            whole, end, _ = heard.partition(END)
            if end:
                return whole + end
        return heard

    def read(self, heard: bytes) -> Answer:
        return read_answer(heard)


def read_answer(heard: bytes) -> Answer:
    """The answer in what came over the line, up to its CR. Raises BadFrame or WrongUnit."""
    start = heard.rfind(b"\x02")
    if start < 0 or not heard.endswith(END):
        raise BadFrame(f"{heard[:LONGEST]!r} is no whole answer")
    body = heard[start + 1 : -1]
    if body[:1] == b"?" and len(body) == len(b"?s"):
        return Answer(_load(Status(body[1])))
    figures = _WEIGHT.fullmatch(body)
    if figures is None:
        raise BadFrame(f"{body[:LONGEST]!r} is no weight")
    kilograms, part = figures.groups()
    if len(part) != _KILOGRAM_DECIMALS:
        raise WrongUnit("is set to pounds")
    return Answer(Load.WEIGHED, int(kilograms + part))


def _load(status: Status) -> Load:
    if not status & Status.ALWAYS or status > 2 * Status.ALWAYS - 1:
        raise BadFrame(f"{status:#04x} is no status")
    if status & Status.OVER_CAPACITY and status & Status.UNDER_ZERO:
        raise BadFrame(f"{status:#04x} is more than it can weigh and less than nothing at once")
    if status & Status.OVER_CAPACITY:
        return Load.OVER
    if status & Status.IN_MOTION:  # before UNDER: goods that are lifted swing the scale under zero for a moment
        return Load.MOVING
    if status & Status.UNDER_ZERO:
        return Load.UNDER
    # At rest, within its range, and yet no figure: it found no zero when it was switched on.
    return Load.UNREADY if status & Status.OUTSIDE_ZERO else Load.MOVING
