"""A code that was found in a picture, and where."""

from dataclasses import dataclass
from typing import TypeAlias

Point: TypeAlias = tuple[float, float]
"""Column and row in a picture, both from 0 to 1."""
Corners: TypeAlias = tuple[Point, Point, Point, Point]
"""Clockwise, from the code's own top left: a code upside down begins at the bottom right."""

_MARGIN = 0.02


@dataclass(frozen=True, slots=True)
class Box:
    """An upright place in the picture; all from 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def around(cls, corners: Corners) -> "Box":
        """The smallest upright box that holds the corners."""
        columns, rows = zip(*corners, strict=True)
        return cls(min(columns), min(rows), max(columns), max(rows))

    @property
    def corners(self) -> Corners:
        return (self.left, self.top), (self.right, self.top), (self.right, self.bottom), (self.left, self.bottom)

    def meets(self, other: "Box") -> bool:
        """Whether the two touch, or nearly so."""
        return (
            self.left - _MARGIN <= other.right
            and other.left - _MARGIN <= self.right
            and self.top - _MARGIN <= other.bottom
            and other.top - _MARGIN <= self.bottom
        )


@dataclass(frozen=True, slots=True)
class Code:
    """What one look at one picture read. `gs1`: whether it says that it holds GS1 elements, None: it cannot say.

    `sure`: two decoders, or two cut-outs, agreed on it in this very look, and none read anything else there.
    """

    text: str
    symbology: str
    corners: Corners
    gs1: bool | None = None
    sure: bool = False

    @property
    def box(self) -> Box:
        return Box.around(self.corners)
