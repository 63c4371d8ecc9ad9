"""Which of the codes in a picture the shopper means: the one in the aiming zone."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Protocol

from hardware.code import Box, Code

MIDDLE: Final = Box(0.15, 0.12, 0.85, 0.88)
"""Generous: who holds one pack before the camera need not aim; a sheet of codes does not fit in."""


class InView(Protocol):
    """A code that was seen in the last few looks."""

    @property
    def code(self) -> Code: ...
    @property
    def is_numbered(self) -> bool: ...
    @property
    def counted(self) -> bool: ...
    @property
    def passed_over(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Aimed:
    code: InView
    at_once: bool
    """False: only after it was the aimed one for a while."""


def aimed(in_view: Iterable[InView], zone: Box) -> Aimed | None:
    """The one code of a picture that may count now, if it has not; None while that cannot be told.

    In the zone it is the one nearest to its middle, article numbers before anything else: the link to a maker's
    website beside a pack's number is not what is bought. What came later is not held up by what has counted; what
    was there when another counted was not meant, and must be aimed at for a while. With nothing in the zone, a code
    all alone may count after a while; of several none may.
    """
    codes = tuple(in_view)
    inside = sorted((code for code in codes if _holds(zone, code)), key=lambda code: _rank(code, zone))
    fresh = [code for code in inside if not code.counted and not code.passed_over]
    if fresh:
        return Aimed(fresh[0], at_once=True)
    if inside:
        return Aimed(inside[0], at_once=False)
    waiting = [code for code in codes if not code.counted]
    return Aimed(waiting[0], at_once=False) if len(waiting) == 1 and not waiting[0].passed_over else None


def _holds(zone: Box, code: InView) -> bool:
    column, row = middle(code.code)
    return zone.left <= column <= zone.right and zone.top <= row <= zone.bottom


def _rank(code: InView, zone: Box) -> tuple[bool, float]:
    column, row = middle(code.code)
    across, down = column - (zone.left + zone.right) / 2, row - (zone.top + zone.bottom) / 2
    return not code.is_numbered, across * across + down * down


def middle(code: Code) -> tuple[float, float]:
    """Where the middle of a code is, from 0 to 1."""
    columns, rows = zip(*code.corners, strict=True)
    return sum(columns) / 4, sum(rows) / 4
