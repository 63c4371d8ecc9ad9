"""Scales that go on sending lines such as `ST,GS,+  0.842kg` by themselves.

Facts from the manuals of A&D (AD-4329 11.1.1, 'standard format' of GX and EK), CAS (CI-600D 10-1 and 10-3: 22 and 18
bytes) and Excell (AM4): a header `ST` at rest, `US` not at rest, `OL` out of range; a second one for gross, net
or tare; CAS adds two bytes, of which the second is a row of lamps; then sign, figures with their point, unit, CR LF.
"""

import re
import threading
import time
from typing import Final

from hardware.scale import Load
from hardware.scale_serial import Answer, BadFrame, WrongUnit
from hardware.serial_port import SerialPort

_LINE: Final = re.compile(
    rb"(?P<head>ST|US|OL),(?P<kinds>(?:[^,]{2},){0,2}) *(?P<sign>[+-]?)"
    rb"(?P<figures>[0-9 .E+]*?) *(?P<unit>[A-Za-z]{0,3})\r?\n",
    re.DOTALL,
)
_FIGURES: Final = re.compile(rb"([0-9]{1,6})(?:\.([0-9]{0,4}))?")
_WEIGHTS: Final = frozenset({b"GS", b"G ", b"NT", b"N ", b"OK", b"HI", b"LO", b"--"})
_DECIMALS: Final = {b"kg": 3, b"g": 0}
_LAMPS: Final = 0x80
_HOLD: Final = 0x10

_LONGEST: Final = 64
_HEAR_S: Final = 0.4
_SLICE_S: Final = 0.05


class LineDialect:
    """Of several lines that came together only the newest is read."""

    name = "lines"
    pause_s = 0.0

    def __init__(self) -> None:
        self._rest = b""

    def hear(self, port: SerialPort, stop: threading.Event) -> bytes:
        until = time.monotonic() + _HEAR_S
        while not stop.is_set() and time.monotonic() < until:
            self._rest += port.read(_SLICE_S)
            whole, end, rest = self._rest.rpartition(b"\n")
            if end:
                self._rest = rest
                return whole.rpartition(b"\n")[2] + end
            if len(self._rest) > _LONGEST:
                noise, self._rest = self._rest, b""
                return noise
        return b""

    def read(self, heard: bytes) -> Answer:
        return read_line(heard)


def read_line(heard: bytes) -> Answer:
    """The weight of a line. Raises BadFrame or WrongUnit."""
    line = _LINE.fullmatch(heard)
    if line is None:
        raise BadFrame(f"{heard[:_LONGEST]!r} is no line of a weight")
    held = _is_held(line["kinds"])
    negative = line["sign"] == b"-"
    if line["head"] == b"OL":
        return Answer(Load.UNDER if negative else Load.OVER)
    if held:
        return Answer(Load.MOVING)  # what the scale shows is not what lies on it now
    grams = _grams(line["figures"].strip(), line["unit"].lower())
    return Answer(Load.WEIGHED, -grams if negative else grams, at_rest=line["head"] == b"ST")


def _is_held(kinds: bytes) -> bool:
    """Whether the second of CAS's two bytes says so. Raises BadFrame for what is no weight, such as a tare."""
    held = False
    for place in range(0, len(kinds), 3):
        kind = kinds[place : place + 2]
        if kind[1] & _LAMPS:
            held = bool(kind[1] & _HOLD)
        elif kind not in _WEIGHTS:
            raise BadFrame(f"{kind!r} is no weight")
    return held


def _grams(figures: bytes, unit: bytes) -> int:
    """Whole grams, what is finer left off: nobody pays for a part of a gram."""
    read = _FIGURES.fullmatch(figures)
    if read is None:
        raise BadFrame(f"{figures!r} is no figure")
    if unit not in _DECIMALS:
        raise WrongUnit(f"weighs in {unit.decode() or 'no unit'}")
    whole, part = read[1].decode(), (read[2] or b"").decode()
    decimals = _DECIMALS[unit]
    return int(whole + part.ljust(decimals, "0")[:decimals])
