"""Cuts a bar-like region out of a picture, deskewed: bars upright, the code to be read from left to right."""

from dataclasses import dataclass
from math import cos, sin
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hardware.decoding.locator import Region
from hardware.decoding.reading import Pixels
from hardware.opencv import Grey, cv2

QUIET: Final = 0.13
"""Of the width, on either side: decoders want ten modules of an EAN's 95 light."""
_EDGE: Final = 4.0
_WIDEST: Final = 1200
_COARSE: Final = 1.7
"""Warping that steps over more pixels would skip thin bars: a copy half as large is taken instead."""


@dataclass(frozen=True, slots=True)
class Cutout:
    grey: Grey
    region: Region
    back: NDArray[np.float64]
    """2 by 3: from pixels of the cut-out to pixels of the picture."""

    # In plain numbers: for four points numpy takes ten times as long.
    def in_picture(self, points: Pixels) -> Pixels:
        (a, b, left), (c, d, top) = self.back.tolist()
        return tuple((a * x + b * y + left, c * x + d * y + top) for x, y in points)

    def from_picture(self, points: Pixels) -> Pixels:
        (a, b, left), (c, d, top) = self.back.tolist()
        size = a * d - b * c
        off = [(x - left, y - top) for x, y in points]
        return tuple(((d * x - b * y) / size, (a * y - c * x) / size) for x, y in off)


class Cutter:
    """Of one picture."""

    def __init__(self, grey: Grey) -> None:
        self._levels = [grey]

    def cut(self, region: Region, *, least: int, scale: float = 1.0, rows: int) -> Cutout:
        """`scale` times as wide as in the picture or as `least`, whichever is more; the bars at most `rows` long."""
        wide = region.width * (1 + 2 * QUIET) + 2 * _EDGE
        columns = int(min(max(wide, least) * scale, _WIDEST))
        x = wide / columns
        y = max(region.height / rows, x)
        lines = max(8, round(region.height / y))
        back = _back(region, x, y, (columns, lines))
        level = 0
        while x / (1 << level) > _COARSE:
            level += 1
        there = back.copy()
        there /= 1 << level
        grey = cv2.warpAffine(
            self._level(level),
            there,
            (columns, lines),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_REPLICATE,
        )
        return Cutout(np.asarray(grey, np.uint8), region, back)

    def _level(self, level: int) -> Grey:
        while len(self._levels) <= level:
            half = cv2.resize(self._levels[-1], None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA)
            self._levels.append(np.asarray(half, np.uint8))
        return self._levels[level]


def _back(region: Region, x: float, y: float, size: tuple[int, int]) -> NDArray[np.float64]:
    a, b, c, d = cos(region.angle) * x, -sin(region.angle) * y, sin(region.angle) * x, cos(region.angle) * y
    left, top = region.column - (a * size[0] + b * size[1]) / 2, region.row - (c * size[0] + d * size[1]) / 2
    return np.array([[a, b, left], [c, d, top]])
