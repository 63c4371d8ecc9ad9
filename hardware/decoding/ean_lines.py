"""Draws the bars of an EAN or UPC as a blurred camera would see them, and lays them over a line of the picture."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hardware.decoding.ean_bars import DIGIT, SETS, Layout
from hardware.opencv import Grey, cv2

Floats: TypeAlias = NDArray[np.float32]

_SAMPLES: Final = 4
"""Of one module."""
_QUIET: Final = 5
_FINE: Final = 8
_BESIDE: Final = 3
_AROUND: Final = np.r_[-_BESIDE:0, DIGIT : DIGIT + _BESIDE]
_CLOSE: Final = np.arange(-_SAMPLES, (DIGIT + 1) * _SAMPLES)
_WIDE: Final = np.arange(-9 * _SAMPLES, (DIGIT + 9) * _SAMPLES)
"""A digit with one module on either side, and with nine to tell light from dark."""
BLURS: Final = (0.3, 0.6, 0.9, 1.3)
"""Standard deviations in modules: from sharp to the most that anything can be read through."""
_LEVELLING: Final = 15
"""Modules over which light and shade are levelled out."""


@dataclass(frozen=True, slots=True)
class Place:
    """Columns of both ends, and by how many columns the middle is off."""

    first: float
    last: float
    bend: float


@dataclass(frozen=True, slots=True)
class Fit:
    place: Place
    blur: float
    likeness: float
    lines: Floats
    """The picture at each sample of the bars, its contrast 1."""


@dataclass(frozen=True, slots=True)
class Search:
    """Supposed places, in modules from the one that is known, and every which sample is looked at."""

    first: Floats
    last: Floats
    bend: Floats
    every: int


def search(step: float, reach: int, bends: tuple[float, ...] = (0.0,), *, every: int) -> Search:
    off = np.arange(-reach, reach + 1) * step
    first, last, bend = (axis.ravel().astype(np.float32) for axis in np.meshgrid(off, off, np.array(bends)))
    return Search(first, last, bend, every)


class Bars:
    def __init__(self, modules: str, shades: Floats | None = None) -> None:
        """`shades`: how dark each module is, from 0 to 1, where that is not known for certain."""
        self.modules = modules
        dark = _dark(modules) if shades is None else shades
        padded = np.pad(dark, _QUIET)
        self.drawn = np.array([_blurred(padded, blur) for blur in BLURS])
        self._normals: dict[int, Floats] = {}
        at = (np.arange(self.drawn.shape[1], dtype=np.float32) + 0.5) / _SAMPLES - _QUIET
        part = at / len(modules)
        # Times first end, length and bend: the point of the line that belongs to each sample.
        self._points = np.stack([np.ones_like(part), part, 4 * part * (1 - part)]) * np.float32(_FINE)

    def beside(self, starts: NDArray[np.intp]) -> Floats:
        """A few modules before each of the digits that start there, and behind it."""
        return np.asarray(_dark(self.modules)[starts[:, None] + _AROUND], np.float32)

    def laid_over(self, profile: Floats, place: Place, searches: Iterable[Search]) -> Fit:
        blur, likeness = 0, -1.0
        module = abs(place.last - place.first) / len(self.modules)
        for search in searches:
            first = place.first + module * search.first
            last = place.last + module * search.last
            bend = place.bend + module * search.bend
            alike = self._alike(self._sampled(profile, first, last, bend, search.every), search.every)
            index, blur = divmod(int(alike.argmax()), len(BLURS))
            place = Place(float(first[index]), float(last[index]), float(bend[index]))
            likeness = float(alike[index, blur])
        first, last, bend = (np.array([end], np.float32) for end in (place.first, place.last, place.bend))
        lines = self._sampled(profile, first, last, bend, 1)[0]
        return Fit(place, BLURS[blur], likeness, (lines - lines.mean()) / (lines.std() + 1e-6))

    def places(self, profile: Floats, place: Place, search: Search, most: int) -> list[Place]:
        """The likeliest that differ by more than a module."""
        module = abs(place.last - place.first) / len(self.modules)
        first, last = place.first + module * search.first, place.last + module * search.last
        seen = self._sampled(profile, first, last, module * search.bend, search.every)
        alike = self._alike(seen, search.every).max(1)
        found: list[Place] = []
        for index in np.argsort(-alike):
            here = Place(float(first[index]), float(last[index]), 0.0)
            if all(abs(here.first - one.first) + abs(here.last - one.last) > module for one in found):
                found.append(here)
            if len(found) == most:
                break
        return found

    def _alike(self, seen: Floats, every: int) -> Floats:
        """Correlation of each line with the bars in each blur, whose sum is zero: so the line's own need not be."""
        lines = _levelled(seen, every)
        squares = np.einsum("ij,ij->i", lines, lines) - lines.sum(1) ** 2 / np.float32(lines.shape[1])
        own = np.sqrt(np.maximum(squares, 0.0)) + np.float32(1e-6)
        return np.asarray(lines @ self._normal(every).T / own[:, None], np.float32)

    def _normal(self, every: int) -> Floats:
        if every not in self._normals:
            self._normals[every] = _normal(_levelled(self.drawn[:, ::every], every))
        return self._normals[every]

    def _sampled(self, profile: Floats, first: Floats, last: Floats, bend: Floats, every: int) -> Floats:
        """The picture's line at each sample of the bars, for each supposed place of them."""
        places = np.stack([first, last - first, bend], axis=1) @ self._points[:, ::every]
        return np.asarray(profile.take(places.astype(np.intp), mode="clip"), np.float32)


def profile_of(band: Grey) -> Floats:
    """The average of its rows, with so many points for each pixel, on straight lines between them."""
    line = cv2.reduce(band, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    return np.asarray(cv2.resize(line, (line.size * _FINE, 1), interpolation=cv2.INTER_LINEAR), np.float32).ravel()


def digit_errors(bars: Bars, layout: Layout, seen: Floats, blur: float) -> Floats:
    """Digit by set by digit's value: squared difference to the picture, in units of its contrast."""
    digits = np.array(layout.starts())
    starts = (digits + _QUIET) * _SAMPLES
    wide = np.clip(starts[:, None] + _WIDE, 0, seen.size - 1)
    (middle, swing), (own_middle, own_swing) = _swing(seen[wide]), _swing(bars.drawn[BLURS.index(blur)][wide])
    gain = np.maximum(swing / (own_swing + 1e-6), 1e-3)
    level = middle - gain * own_middle
    levelled = (seen[starts[:, None] + _CLOSE] - level[:, None]) / gain[:, None]
    beside, drawn = _basis(blur)
    off = drawn - (levelled - bars.beside(digits) @ beside)[:, None, None]
    return np.asarray(np.einsum("ijkl,ijkl->ijk", off, off), np.float32)


def _swing(lines: Floats) -> tuple[Floats, Floats]:
    """Mean and standard deviation of each line; numpy's own two take 1.7 times as long for so few."""
    middle = lines.mean(1)
    off = lines - middle[:, None]
    return middle, np.sqrt(np.einsum("ij,ij->i", off, off) / np.float32(lines.shape[1]))


@lru_cache(maxsize=len(BLURS))
def _basis(blur: float) -> tuple[Floats, Floats]:
    """What each of six modules beside a digit, if dark, adds to the samples around it; and set by digit, its bars."""
    reach = DIGIT + 2 * _BESIDE
    alone = ["0" * place + "1" + "0" * (reach - 1 - place) for place in range(reach)]
    cut = slice((_BESIDE - 1) * _SAMPLES, -(_BESIDE - 1) * _SAMPLES)
    basis = np.array([_blurred(_dark(modules), blur)[cut] for modules in alone], np.float32)
    bits = np.array([[[float(bit) for bit in bars] for bars in patterns] for patterns in SETS.values()], np.float32)
    beside = np.concatenate([basis[:_BESIDE], basis[-_BESIDE:]])
    return beside, np.ascontiguousarray(bits @ basis[_BESIDE:-_BESIDE], np.float32)


def _dark(modules: str) -> Floats:
    return np.frombuffer(modules.encode(), np.uint8).astype(np.float32) - ord("0")


def _blurred(dark: Floats, blur: float) -> Floats:
    """Light is 0, dark is -1; what is beside goes on as it is."""
    sharp = -np.repeat(dark[None], _SAMPLES, axis=1)
    width = 2 * ceil(3 * blur * _SAMPLES) + 1
    blurred = cv2.GaussianBlur(sharp, (width, 1), blur * _SAMPLES, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred[0], np.float32)


def _levelled(lines: Floats, every: int) -> Floats:
    width = _LEVELLING * _SAMPLES // every | 1
    return lines - np.asarray(cv2.blur(lines, (width, 1), borderType=cv2.BORDER_REPLICATE), np.float32)


def _normal(lines: Floats) -> Floats:
    lines = lines - lines.mean(-1, keepdims=True)
    return np.asarray(lines / (np.sqrt((lines * lines).sum(-1, keepdims=True)) + 1e-6), np.float32)
