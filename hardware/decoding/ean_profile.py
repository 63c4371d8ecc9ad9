"""Holds what a decoder read of an EAN or UPC against the picture itself: would these bars look like that?

Decoders measure a few edges; a blurred 1 looks like a 7 to them, a 2 like an 8, and one such pair in ten keeps the
check digit right. Here the bars of the text are drawn with the blur of the picture and laid over it, and so is every
other code with a right check digit. On the photographs the ratio told all misreads from what was right.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
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
_BLURS: Final = (0.3, 0.6, 0.9, 1.3)
"""Standard deviations in modules: from sharp to the most that anything can be read through."""
_LEVELLING: Final = 15
"""Modules over which light and shade are levelled out."""
_BANDS: Final = 3
_LEAST_LIKENESS: Final = 0.75
_SEARCH: Final = ((0.7, 4, (0.0,)), (0.3, 2, (-0.8, 0.0, 0.8)), (0.12, 2, (-0.3, 0.0, 0.3)))
"""Step in modules, steps to either side, bends in modules."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """`likeness`: correlation of the text's bars and the picture, 1 at best. `lead`: by what factor the next best code
    fits worse; under 1, another one fits better.
    """

    likeness: float
    lead: float


def judge(grey: Grey, ends: tuple[float, float], symbology: str, text: str) -> Judgement:
    """`grey`: bars upright. `ends`: columns of the first and last bar, as far as the decoder knows them."""
    layout = LAYOUTS[symbology]
    lead, digits = parts(symbology, text)
    bars = _Bars(layout.modules(layout.leads[lead], digits))
    rows = np.array_split(grey, _BANDS)
    start: _Place | None = None
    fits = []
    for band in rows:
        profile = cv2.reduce(band, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
        tries = [start] if start else [_Place(*ends, 0.0), _Place(*reversed(ends), 0.0)]
        fit = max((bars.laid_over(profile, place) for place in tries), key=lambda found: found.likeness)
        fits.append((fit, profile))
        if fit.likeness > _LEAST_LIKENESS:
            start = fit.place
    good = [(fit, profile) for fit, profile in fits if fit.likeness > _LEAST_LIKENESS]
    if not good:
        return Judgement(max(fit.likeness for fit, _ in fits), 0.0)
    errors = sum(_errors(bars, layout, fit, profile) for fit, profile in good)
    own, other = _best(layout, errors, symbology, lead, digits)
    return Judgement(max(fit.likeness for fit, _ in good), other / max(own, 1e-9))


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


class _Bars:
    def __init__(self, modules: str) -> None:
        self.modules = modules
        drawn = np.array([_drawn("0" * _QUIET + modules + "0" * _QUIET, blur) for blur in _BLURS])
        self._drawn = _normal(_levelled(drawn))
        at = (np.arange((len(modules) + 2 * _QUIET) * _SAMPLES, dtype=np.float32) + 0.5) / _SAMPLES - _QUIET
        self._part = at / len(modules)
        self._bow = 4 * self._part * (1 - self._part)

    def sampled(self, profile: _Floats, first: _Floats, last: _Floats, bend: _Floats) -> _Floats:
        """The picture's line at each sample of the bars, for each supposed place of them."""
        columns = first[:, None] + (last - first)[:, None] * self._part + bend[:, None] * self._bow
        places = np.clip(columns * _FINE, 0, profile.size * _FINE - 1).astype(np.int32)
        return np.asarray(_fine(profile).take(places), np.float32)

    def laid_over(self, profile: _Floats, place: _Place) -> _Fit:
        best = _Fit(place, _BLURS[0], -1.0)
        module = abs(place.last - place.first) / len(self.modules)
        for step, reach, bends in _SEARCH:
            off = np.arange(-reach, reach + 1) * step * module
            grid = np.meshgrid(
                best.place.first + off, best.place.last + off, best.place.bend + np.array(bends) * module
            )
            first, last, bend = (axis.ravel().astype(np.float32) for axis in grid)
            likeness = _normal(_levelled(self.sampled(profile, first, last, bend))) @ self._drawn.T
            index, blur = np.unravel_index(int(likeness.argmax()), likeness.shape)
            place = _Place(float(first[index]), float(last[index]), float(bend[index]))
            best = _Fit(place, _BLURS[blur], float(likeness[index, blur]))
        return best


def _fine(profile: _Floats) -> _Floats:
    """So many points for each pixel, on straight lines between them."""
    return cv2.resize(profile, (profile.size * _FINE, 1), interpolation=cv2.INTER_LINEAR).ravel()


def _errors(bars: _Bars, layout: Layout, fit: _Fit, profile: _Floats) -> _Floats:
    """Digit by set by digit's value: squared difference to the picture, in units of its contrast."""
    ends = (np.array([end], np.float32) for end in (fit.place.first, fit.place.last, fit.place.bend))
    seen = bars.sampled(profile, *ends)[0]
    own = _drawn("0" * _QUIET + bars.modules + "0" * _QUIET, fit.blur)
    out = np.empty((layout.digits, len(SETS), 10))
    for place, start in enumerate(layout.starts()):
        left, right = (start - 1 + _QUIET) * _SAMPLES, (start + DIGIT + 1 + _QUIET) * _SAMPLES
        wide = slice(max(0, left - 8 * _SAMPLES), right + 8 * _SAMPLES)
        gain = max(abs(float(np.std(seen[wide]) / (np.std(own[wide]) + 1e-6))), 1.0)
        level = float(seen[wide].mean() - gain * own[wide].mean())
        levelled = (seen[left:right] - level) / gain
        before, after = bars.modules[start - 3 : start], bars.modules[start + DIGIT : start + DIGIT + 3]
        for index, patterns in enumerate(SETS.values()):
            drawn = _digits(patterns, before, after, fit.blur)
            out[place, index] = ((drawn - levelled) ** 2).sum(1)
    return out


def _best(layout: Layout, errors: _Floats, symbology: str, lead: str, digits: str) -> tuple[float, float]:
    """Sum of errors of this text, and the least of any other that is valid."""
    if symbology == "UPCE":
        sums = dict(_upce_sums(layout, errors))
    else:
        return _ean_sums(layout, errors, lead, digits)
    own = _sum(layout, errors, lead, digits)
    return own, min(total for key, total in sums.items() if key != (lead, digits))


def _sum(layout: Layout, errors: _Floats, lead: str, digits: str) -> float:
    sets = ["ABC".index(name) for name in layout.leads[lead]]
    return float(
        sum(errors[place, index, int(digit)] for place, (index, digit) in enumerate(zip(sets, digits, strict=True)))
    )


def _upce_sums(layout: Layout, errors: _Floats) -> Iterator[tuple[tuple[str, str], float]]:
    """The three likeliest values of each digit, in all combinations."""
    for lead, names in layout.leads.items():
        sets = ["ABC".index(name) for name in names]
        likely = [np.argsort(errors[place, index])[:3] for place, index in enumerate(sets)]
        for values in product(*likely):
            digits = "".join(map(str, values))
            if check_sum(expanded(lead[0] + digits + lead[1])) == 0:
                yield (lead, digits), float(sum(errors[p, sets[p], value] for p, value in enumerate(values)))


def _ean_sums(layout: Layout, errors: _Floats, lead: str, digits: str) -> tuple[float, float]:
    """By remainder of the weighted sum of digits so far: the least error, apart for texts that differ already."""
    length = layout.digits
    values = np.arange(10)
    least_other = np.inf
    own = _sum(layout, errors, lead, digits)
    for head, names in layout.leads.items():
        differs = np.full(10, np.inf)
        same = np.full(10, np.inf)
        (same if head == lead else differs)[int(head or "0")] = 0.0
        for place, name in enumerate(names):
            weight = 3 if (length - 1 - place) % 2 else 1
            cost = errors[place, "ABC".index(name)]
            source = (values[None, :] - weight * values[:, None]) % 10
            onward = differs[source] + cost[:, None]
            apart = same[source] + cost[:, None]
            kept = apart[int(digits[place])].copy()
            apart[int(digits[place])] = np.inf
            differs = np.minimum(onward.min(0), apart.min(0))
            same = kept if head == lead else same
        least_other = min(least_other, float(differs[0]))
    return own, least_other


@lru_cache(maxsize=1024)
def _digits(patterns: tuple[str, ...], before: str, after: str, blur: float) -> _Floats:
    """Each of the patterns between its neighbours, with one module of these on either side."""
    drawn = np.array([_drawn(before + pattern + after, blur) for pattern in patterns])
    return drawn[:, 2 * _SAMPLES : -2 * _SAMPLES]


def _drawn(modules: str, blur: float) -> _Floats:
    """Light is 0, dark is -1; what is beside goes on as it is."""
    sharp = np.repeat(-np.array([[float(module) for module in modules]], np.float32), _SAMPLES, axis=1)
    width = 2 * ceil(3 * blur * _SAMPLES) + 1
    blurred = cv2.GaussianBlur(sharp, (width, 1), blur * _SAMPLES, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(blurred[0], np.float32)


def _levelled(lines: _Floats) -> _Floats:
    return lines - cv2.blur(lines, (_LEVELLING * _SAMPLES | 1, 1), borderType=cv2.BORDER_REPLICATE)


def _normal(lines: _Floats) -> _Floats:
    lines = lines - lines.mean(-1, keepdims=True)
    return lines / (np.sqrt((lines * lines).sum(-1, keepdims=True)) + 1e-6)
