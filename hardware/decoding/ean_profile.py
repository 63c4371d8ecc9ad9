"""Holds what a decoder read of an EAN or UPC against the picture itself.

Decoders measure a few edges; a blurred 1 looks like a 7 to them, a 2 like an 8, and one such pair in ten keeps the
check digit right. Here the bars of the text are drawn with the blur of the picture and laid over it, and so is every
other code with a right check digit: on the photographs that told all misreads from what was right.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from math import ceil
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hardware.decoding.ean_bars import DIGIT, LAYOUTS, SETS, Layout, check_sum, expanded, parts
from hardware.opencv import Grey, cv2

_Floats: TypeAlias = NDArray[np.float32]

_SAMPLES: Final = 4
"""Of one module."""
_QUIET: Final = 5
_FINE: Final = 8
_BESIDE: Final = 3
_CLOSE: Final = np.arange(-_SAMPLES, (DIGIT + 1) * _SAMPLES)
_WIDE: Final = np.arange(-9 * _SAMPLES, (DIGIT + 9) * _SAMPLES)
"""A digit with one module on either side, and with nine to tell light from dark."""
_BLURS: Final = (0.3, 0.6, 0.9, 1.3)
"""Standard deviations in modules: from sharp to the most that anything can be read through."""
_LEVELLING: Final = 15
"""Modules over which light and shade are levelled out."""
_BANDS: Final = 3
_LEAST_LIKENESS: Final = 0.75


@dataclass(frozen=True, slots=True)
class _Search:
    """Supposed places, in modules from the one that is known, and every which sample is looked at."""

    first: _Floats
    last: _Floats
    bend: _Floats
    every: int


def _search(step: float, reach: int, bends: tuple[float, ...] = (0.0,), *, every: int) -> _Search:
    off = np.arange(-reach, reach + 1) * step
    first, last, bend = (axis.ravel().astype(np.float32) for axis in np.meshgrid(off, off, np.array(bends)))
    return _Search(first, last, bend, every)


_QUICK: Final = (_search(0.7, 4, every=2), _search(0.25, 2, (-0.7, 0.0, 0.7), every=2))
_NEAR: Final = (_search(0.3, 2, (-0.8, 0.0, 0.8), every=2), _search(0.12, 2, (-0.3, 0.0, 0.3), every=1))
_FAR: Final = (_search(0.7, 4, every=2), *_NEAR)


@dataclass(frozen=True, slots=True)
class Judgement:
    """`likeness`: correlation of the text's bars and the picture, 1 at best. `lead`: by what factor the next best code
    fits worse; under 1, another one fits better.
    """

    likeness: float
    lead: float


def judge(grey: Grey, ends: tuple[float, float], symbology: str, text: str) -> Judgement:
    """`grey`: bars upright. `ends`: columns of the first and last bar, as far as the decoder knows them."""
    layout, bars = LAYOUTS[symbology], _bars(symbology, text)
    fits = list(_fits(bars, [_profile(band) for band in np.array_split(grey, _BANDS)], ends))
    return _judgement(layout, bars, symbology, text, fits)


def glance(grey: Grey, ends: tuple[float, float], symbology: str, text: str) -> Judgement:
    """As `judge`, in a tenth of the time, where the ends are known well and which way about the code lies.

    Only the line in the middle is looked at, where it was read: the bars may slant.
    """
    layout, bars = LAYOUTS[symbology], _bars(symbology, text)
    middle = _profile(grey[len(grey) // 2 - 1 : len(grey) // 2 + 1])
    fit = bars.laid_over(middle, _Place(*ends, 0.0), _QUICK)
    return _judgement(layout, bars, symbology, text, [fit])


def _judgement(layout: Layout, bars: "_Bars", symbology: str, text: str, fits: list["_Fit"]) -> Judgement:
    likeness = max(fit.likeness for fit in fits)
    if likeness <= _LEAST_LIKENESS:
        return Judgement(likeness, 0.0)
    good = [_errors(bars, layout, fit.lines, fit.blur) for fit in fits if fit.likeness > _LEAST_LIKENESS]
    lead, digits = parts(symbology, text)
    own, other = _best(layout, np.sum(good, axis=0), symbology, lead, digits)
    return Judgement(likeness, other / max(own, 1e-9))


@dataclass(frozen=True, slots=True)
class _Place:
    """Columns of both ends, and by how many columns the middle is off."""

    first: float
    last: float
    bend: float


@dataclass(frozen=True, slots=True)
class _Fit:
    place: _Place
    blur: float
    likeness: float
    lines: _Floats
    """The picture at each sample of the bars, its contrast 1."""


def _fits(bars: "_Bars", bands: list[_Floats], ends: tuple[float, float]) -> Iterator[_Fit]:
    """One for each band, the middle one first: once the bars are found in one, the others lie near."""
    first, last = ends
    ways = [_Place(first, last, 0.0), _Place(last, first, 0.0)]
    for band in sorted(range(len(bands)), key=lambda band: abs(band - len(bands) // 2)):
        searches = _FAR if len(ways) > 1 else _NEAR
        fit = max((bars.laid_over(bands[band], way, searches) for way in ways), key=lambda found: found.likeness)
        if fit.likeness > _LEAST_LIKENESS:
            ways = [fit.place]
        yield fit


@lru_cache(maxsize=64)
def _bars(symbology: str, text: str) -> "_Bars":
    """A camera sees the same code again and again."""
    lead, digits = parts(symbology, text)
    layout = LAYOUTS[symbology]
    return _Bars(layout.modules(layout.leads[lead], digits))


class _Bars:
    def __init__(self, modules: str) -> None:
        self.modules = modules
        self.drawn = np.array([_drawn("0" * _QUIET + modules + "0" * _QUIET, blur) for blur in _BLURS])
        self._normals: dict[int, _Floats] = {}
        at = (np.arange(self.drawn.shape[1], dtype=np.float32) + 0.5) / _SAMPLES - _QUIET
        self._part = at / len(modules)
        self._bow = 4 * self._part * (1 - self._part)

    def beside(self, start: int) -> tuple[str, str]:
        """A few modules before the digit that starts there, and behind it."""
        return self.modules[start - _BESIDE : start], self.modules[start + DIGIT : start + DIGIT + _BESIDE]

    def laid_over(self, profile: _Floats, place: _Place, searches: Iterable[_Search]) -> _Fit:
        blur, likeness = 0, -1.0
        module = abs(place.last - place.first) / len(self.modules)
        for search in searches:
            first = place.first + module * search.first
            last = place.last + module * search.last
            bend = place.bend + module * search.bend
            seen = self._sampled(profile, first, last, bend, search.every)
            alike = _normal(_levelled(seen, search.every)) @ self._normal(search.every).T
            index, blur = divmod(int(alike.argmax()), len(_BLURS))
            place = _Place(float(first[index]), float(last[index]), float(bend[index]))
            likeness = float(alike[index, blur])
        first, last, bend = (np.array([end], np.float32) for end in (place.first, place.last, place.bend))
        lines = self._sampled(profile, first, last, bend, 1)[0]
        return _Fit(place, _BLURS[blur], likeness, (lines - lines.mean()) / (lines.std() + 1e-6))

    def _normal(self, every: int) -> _Floats:
        if every not in self._normals:
            self._normals[every] = _normal(_levelled(self.drawn[:, ::every], every))
        return self._normals[every]

    def _sampled(self, profile: _Floats, first: _Floats, last: _Floats, bend: _Floats, every: int) -> _Floats:
        """The picture's line at each sample of the bars, for each supposed place of them."""
        part, bow = self._part[::every], self._bow[::every]
        columns = first[:, None] + (last - first)[:, None] * part + bend[:, None] * bow
        places = np.clip(columns * _FINE, 0, profile.size - 1).astype(np.int32)
        return np.asarray(profile.take(places), np.float32)


def _profile(band: Grey) -> _Floats:
    """The average of its rows, with so many points for each pixel, on straight lines between them."""
    line = cv2.reduce(band, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    return np.asarray(cv2.resize(line, (line.size * _FINE, 1), interpolation=cv2.INTER_LINEAR), np.float32).ravel()


def _errors(bars: _Bars, layout: Layout, seen: _Floats, blur: float) -> _Floats:
    """Digit by set by digit's value: squared difference to the picture, in units of its contrast."""
    own = bars.drawn[_BLURS.index(blur)]
    starts = (np.array(layout.starts()) + _QUIET) * _SAMPLES
    wide = np.clip(starts[:, None] + _WIDE, 0, seen.size - 1)
    gain = np.maximum(seen[wide].std(1) / (own[wide].std(1) + 1e-6), 1e-3)
    level = seen[wide].mean(1) - gain * own[wide].mean(1)
    levelled = (seen[starts[:, None] + _CLOSE] - level[:, None]) / gain[:, None]
    drawn = np.array([_patterns(*bars.beside(start), blur) for start in layout.starts()])
    return np.asarray(((drawn - levelled[:, None, None]) ** 2).sum(-1), np.float32)


def _best(layout: Layout, errors: _Floats, symbology: str, lead: str, digits: str) -> tuple[float, float]:
    """Sum of errors of this text, and the least of any other that is valid."""
    own = float(sum(errors[place, index, int(digits[place])] for place, index in enumerate(_sets(layout, lead))))
    if symbology == "UPCE":
        return own, _upce_sum(layout, errors, lead, digits)
    return own, _ean_sum(layout, errors, lead, digits)


def _sets(layout: Layout, lead: str) -> list[int]:
    return ["ABC".index(name) for name in layout.leads[lead]]


def _upce_sum(layout: Layout, errors: _Floats, lead: str, digits: str) -> float:
    """The least sum of errors of another valid code, of the three likeliest values of each digit."""
    least = np.inf
    for other in layout.leads:
        sets = _sets(layout, other)
        likely = [np.argsort(errors[place, index])[:3] for place, index in enumerate(sets)]
        values = np.stack(np.meshgrid(*likely, indexing="ij"), -1).reshape(-1, layout.digits)
        sums = np.asarray(errors[np.arange(layout.digits), sets, values]).sum(1)
        for index in np.argsort(sums):
            if sums[index] >= least:
                break
            text = "".join(map(str, values[index]))
            if (other, text) != (lead, digits) and check_sum(expanded(other[0] + text + other[1])) == 0:
                least = float(sums[index])
    return float(least)


def _ean_sum(layout: Layout, errors: _Floats, lead: str, digits: str) -> float:
    """The least sum of errors of another code with a right check digit.

    Digit by digit, for each first digit and each remainder of the weighted sum so far: the least error of what differs
    from the text already, and that of the text itself.
    """
    leads = list(layout.leads)
    costs = errors[np.arange(layout.digits), [_sets(layout, name) for name in leads]]
    differs = np.full((len(leads), 10), np.inf, np.float32)
    same = differs.copy()
    for row, name in enumerate(leads):
        (same if name == lead else differs)[row, int(name or "0")] = 0.0
    values = np.arange(10)
    for place, digit in enumerate(map(int, digits)):
        weight = 3 if (layout.digits - 1 - place) % 2 else 1
        before = (values[None, :] - weight * values[:, None]) % 10
        cost = costs[:, place, :, None]
        apart = same[:, before] + cost
        same = apart[:, digit].copy()
        apart[:, digit] = np.inf
        differs = np.minimum((differs[:, before] + cost).min(1), apart.min(1))
    return float(differs[:, 0].min())


@lru_cache(maxsize=len(_BLURS))
def _basis(blur: float) -> tuple[_Floats, _Floats]:
    """What each of thirteen modules, if dark, adds to the samples around a digit; and set by digit, its own bars."""
    reach = DIGIT + 2 * _BESIDE
    alone = ["0" * place + "1" + "0" * (reach - 1 - place) for place in range(reach)]
    cut = slice((_BESIDE - 1) * _SAMPLES, -(_BESIDE - 1) * _SAMPLES)
    basis = np.array([_drawn(modules, blur)[cut] for modules in alone], np.float32)
    bits = np.array([[[float(bit) for bit in bars] for bars in patterns] for patterns in SETS.values()], np.float32)
    return basis, bits @ basis[_BESIDE:-_BESIDE]


def _patterns(before: str, after: str, blur: float) -> _Floats:
    """Set by digit: its bars between its neighbours, with one module of these on either side."""
    basis, bars = _basis(blur)
    beside = np.array([float(bit) for bit in before + after], np.float32)
    return np.asarray(bars + beside @ np.concatenate([basis[:_BESIDE], basis[-_BESIDE:]]), np.float32)


def _drawn(modules: str, blur: float) -> _Floats:
    """Light is 0, dark is -1; what is beside goes on as it is."""
    sharp = np.repeat(np.frombuffer(modules.encode(), np.uint8).astype(np.float32)[None], _SAMPLES, axis=1)
    sharp = ord("0") - sharp
    width = 2 * ceil(3 * blur * _SAMPLES) + 1
    blurred = cv2.GaussianBlur(sharp, (width, 1), blur * _SAMPLES, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred[0], np.float32)


def _levelled(lines: _Floats, every: int) -> _Floats:
    width = _LEVELLING * _SAMPLES // every | 1
    return lines - np.asarray(cv2.blur(lines, (width, 1), borderType=cv2.BORDER_REPLICATE), np.float32)


def _normal(lines: _Floats) -> _Floats:
    lines = lines - lines.mean(-1, keepdims=True)
    return np.asarray(lines / (np.sqrt((lines * lines).sum(-1, keepdims=True)) + 1e-6), np.float32)
