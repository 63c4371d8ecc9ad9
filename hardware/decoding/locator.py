"""Finds what looks like bars in a picture, with place, size and the direction to read in, before any decoder runs.

A pooled structure tensor: where the gradients of many pixels point one way, there are bars (or a fence: decoders tell).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import atan2, ceil, cos, hypot, sin, sqrt
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hardware.opencv import Grey, cv2

_Cells: TypeAlias = NDArray[np.float32]

COLUMNS: Final = 640
"""Longer side of the copy that is searched: bars of one pixel at 1280 columns still leave a trace in it."""
_CELL: Final = 4
_STRIPE: Final = 64
_LEAST_ENERGY: Final = 60.0
"""Squared levels a pixel: a camera's noise stays under 20, bars of 12 levels reach it."""
_LEAST_COHERENCE: Final = 0.55
_LEAST_CELLS: Final = 14
_LEAST_WIDTH: Final = 40.0
_SECTORS: Final = 8
"""Directions are sorted into so many sectors of 22 degrees; bars may fill two that touch."""
_PAIRS: Final = np.array([np.isin(np.arange(256), (one, (one + 1) % _SECTORS)) for one in range(_SECTORS)], np.uint8)
"""By sector: which cells are in it or in the next."""
_LEAST_SLIMNESS: Final = 0.4
_COVERED: Final = 0.7
_TURNED: Final = 0.5
_CLOSE: Final = np.ones((3, 3), np.uint8)


@dataclass(frozen=True, slots=True)
class Region:
    """A turned box in pixels: `width` along the direction in which the code is read, at `angle` radians to the rows."""

    column: float
    row: float
    width: float
    height: float
    angle: float
    strength: float


class Locator:
    """Bound to one thread: it keeps its buffers."""

    def __init__(self) -> None:
        self.texture: tuple[slice, slice] | None = None
        """Rows and columns in which edges of all directions lie, as in a QR code; None if in none."""
        self._shape = (0, 0)
        self._stripe: _Cells = np.empty((0, 0), np.float32)
        self._pooled: tuple[_Cells, ...] = ()

    def regions(self, grey: Grey, columns: int = COLUMNS, *, most: int = 6) -> tuple[Region, ...]:
        """The strongest first; a barcode is seldom missed, much else is found too."""
        shrink = min(1.0, columns / max(grey.shape))
        small = grey if shrink == 1.0 else cv2.resize(grey, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
        self.texture = None
        if min(small.shape) < 3 * _CELL:
            return ()
        along, across, energy = self._tensor(np.asarray(small, np.uint8))
        lively = energy > _LEAST_ENERGY
        if int(np.count_nonzero(lively)) < _LEAST_CELLS:
            return ()
        straight = along * along + across * across > (_LEAST_COHERENCE * energy) ** 2
        self.texture = _window(lively & ~straight, _CELL / shrink)
        found = sorted(_found(along, across, energy, lively & straight, most), key=lambda region: -region.strength)
        return tuple(_scaled(region, 1 / shrink) for region in _apart(found))

    def _tensor(self, small: Grey) -> tuple[_Cells, _Cells, _Cells]:
        """Stripe by stripe, so that all of it stays in the processor's cache: a third of the time, measured."""
        rows, columns = small.shape[0] // _CELL * _CELL, small.shape[1]
        if self._shape != small.shape:
            self._shape = small.shape
            self._stripe = np.empty((_STRIPE, columns), np.float32)
            self._pooled = tuple(np.empty((rows // _CELL, columns // _CELL), np.float32) for _ in range(3))
        for top in range(0, rows, _STRIPE):
            self._pool(small, top, min(top + _STRIPE, rows))
        xx, yy, xy = (np.asarray(cv2.boxFilter(pooled, -1, (3, 3)), np.float32) for pooled in self._pooled)
        return xx - yy, xy + xy, xx + yy

    def _pool(self, small: Grey, top: int, bottom: int) -> None:
        first = max(0, top - 1)  # the rows that the filter looks at beside its own
        window = small[first : bottom + 1]
        kept = np.s_[top - first : bottom - first]
        across = cv2.Sobel(window, cv2.CV_32F, 1, 0, ksize=3, scale=0.25)[kept]
        down = cv2.Sobel(window, cv2.CV_32F, 0, 1, ksize=3, scale=0.25)[kept]
        product = self._stripe[: bottom - top]
        for pooled, one, other in zip(self._pooled, (across, down, across), (across, down, down), strict=True):
            cv2.multiply(one, other, dst=product)
            cells = pooled[top // _CELL : bottom // _CELL]
            cv2.resize(product, (cells.shape[1], cells.shape[0]), dst=cells, interpolation=cv2.INTER_AREA)


def _scaled(region: Region, by: float) -> Region:
    return Region(
        region.column * by, region.row * by, region.width * by, region.height * by, region.angle, region.strength
    )


def _window(cells: NDArray[np.bool_], size: float) -> tuple[slice, slice] | None:
    """The pixels around all of these cells that are not alone."""
    mask = cv2.morphologyEx(cells.astype(np.uint8), cv2.MORPH_OPEN, _CLOSE)
    left, top, width, height = cv2.boundingRect(mask)
    if not width:
        return None
    first_row, first_column = max(0, round((top - 3) * size)), max(0, round((left - 3) * size))
    return slice(first_row, round((top + height + 3) * size)), slice(first_column, round((left + width + 3) * size))


def _found(along: _Cells, across: _Cells, energy: _Cells, bars: NDArray[np.bool_], most: int) -> Iterator[Region]:
    if int(np.count_nonzero(bars)) < _LEAST_CELLS:
        return
    sector = (cv2.phase(along, across) * (_SECTORS / (2 * np.pi))).astype(np.uint8) % _SECTORS
    sector[~bars] = _SECTORS
    for component in _largest(sector, most):
        window = component.window
        labels = component.labels[window]
        inside = np.asarray(cv2.inRange(labels, component.label, component.label), np.uint8)
        angle = 0.5 * atan2(cv2.mean(across[window], inside)[0], cv2.mean(along[window], inside)[0])
        region = _region(inside, window, angle, component.area * sqrt(cv2.mean(energy[window], inside)[0]))
        if region.width >= _LEAST_WIDTH and region.width > _LEAST_SLIMNESS * region.height:
            yield region


@dataclass(frozen=True, slots=True)
class _Component:
    labels: NDArray[np.int32]
    label: int
    window: tuple[slice, slice]
    area: int

    def covers(self, other: "_Component") -> bool:
        """Most of the other's window: the same bars, seen with the directions next to theirs."""
        rows = min(self.window[0].stop, other.window[0].stop) - max(self.window[0].start, other.window[0].start)
        columns = min(self.window[1].stop, other.window[1].stop) - max(self.window[1].start, other.window[1].start)
        size = (other.window[0].stop - other.window[0].start) * (other.window[1].stop - other.window[1].start)
        return bool(min(rows, columns) > 0 and rows * columns > _COVERED * size)


def _largest(sector: NDArray[np.uint8], most: int) -> list[_Component]:
    kept: list[_Component] = []
    for component in sorted(_components(sector, most), key=lambda component: -component.area):
        if not any(other.covers(component) for other in kept):
            kept.append(component)
        if len(kept) == most:
            break
    return kept


def _components(sector: NDArray[np.uint8], most: int) -> Iterator[_Component]:
    present = np.bincount(sector.ravel(), minlength=_SECTORS + 1)
    for index in range(_SECTORS):
        after = (index + 1) % _SECTORS
        if present[index] + present[after] < _LEAST_CELLS or not present[index]:
            continue
        mask = cv2.LUT(sector, _PAIRS[index])
        mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _CLOSE)
        _, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
        areas = stats[1:, cv2.CC_STAT_AREA]
        for label in np.argsort(areas)[: -1 - most : -1] + 1:
            left, top, width, height, area = stats[label].tolist()
            if area >= _LEAST_CELLS and max(width, height) * _CELL >= 0.7 * _LEAST_WIDTH:
                yield _Component(
                    np.asarray(labels, np.int32), int(label), np.s_[top : top + height, left : left + width], area
                )


def _region(inside: NDArray[np.uint8], window: tuple[slice, slice], angle: float, strength: float) -> Region:
    """Turns the component's cells upright and takes its extent from the sums of their columns and rows."""
    rows, columns = inside.shape
    c, s, x, y = cos(angle), sin(angle), columns / 2, rows / 2
    span = ceil(hypot(rows, columns)) + 2
    half = span / 2
    there = np.array([[c, s, half - (c * x + s * y)], [-s, c, half - (c * y - s * x)]])
    upright = np.asarray(cv2.warpAffine(inside, there, (span, span), flags=cv2.INTER_LINEAR), np.uint8)
    left, right = _ends(_sums(upright, 0), 0.01)
    top, bottom = _ends(_sums(upright, 1), 0.04)
    along, down = (left + right) / 2 - half, (top + bottom) / 2 - half
    return Region(
        (c * along - s * down + x + window[1].start) * _CELL,
        (s * along + c * down + y + window[0].start) * _CELL,
        (right - left) * _CELL,
        (bottom - top) * _CELL,
        angle,
        strength,
    )


def _sums(cells: NDArray[np.uint8], axis: int) -> _Cells:
    return np.asarray(cv2.reduce(cells, axis, cv2.REDUCE_SUM, dtype=cv2.CV_32F), np.float32).ravel()


def _ends(sums: _Cells, spare: float) -> tuple[float, float]:
    """Where the sums begin and end, but for so small a part of them at either end."""
    total = np.cumsum(sums)
    low, high = total.searchsorted(spare * total[-1]), total.searchsorted((1 - spare) * total[-1])
    return float(low), float(high + 1)


def _apart(found: list[Region]) -> Iterator[Region]:
    kept: list[Region] = []
    for region in found:
        if all(not _same(region, other) for other in kept):
            kept.append(region)
            yield region


def _same(one: Region, other: Region) -> bool:
    reach = 0.5 * min(one.height, other.height, one.width, other.width)
    turned = abs((one.angle - other.angle + np.pi / 2) % np.pi - np.pi / 2)
    return bool(turned < _TURNED) and abs(one.column - other.column) < reach and abs(one.row - other.row) < reach
