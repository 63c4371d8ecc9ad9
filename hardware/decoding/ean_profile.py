"""Holds what a decoder read of an EAN or UPC against the picture itself.

Decoders measure a few edges; a blurred 1 looks like a 7 to them, a 2 like an 8, and one such pair in ten keeps the
check digit right. Here the bars of the text are drawn with the blur of the picture and laid over it, and so is every
other code with a right check digit: on the photographs that told all misreads from what was right.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hardware.decoding.ean_bars import LAYOUTS, SETS, Layout, check_sum, expanded, parts
from hardware.decoding.ean_lines import Bars, Fit, Floats, Place, digit_errors, profile_of, search
from hardware.opencv import Grey

_BANDS: Final = 3
_LEAST_LIKENESS: Final = 0.75
_QUICK: Final = (search(0.7, 4, every=2), search(0.25, 2, (-0.7, 0.0, 0.7), every=2))
NEAR: Final = (search(0.3, 2, (-0.8, 0.0, 0.8), every=2), search(0.12, 2, (-0.3, 0.0, 0.3), every=1))
_BEFORE: Final = (np.arange(10)[None, :] - np.arange(10)[:, None]) % 10
"""Remainder of one part of the digits by that of all: what is left for the other part."""
_FAR: Final = (search(0.7, 4, every=2), *NEAR)


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
    fits = list(_fits(bars, [profile_of(band) for band in np.array_split(grey, _BANDS)], ends))
    return judgement(layout, bars, symbology, text, fits)


def glance(grey: Grey, ends: tuple[float, float], symbology: str, text: str) -> Judgement:
    """As `judge`, in a tenth of the time, where the ends are known well and which way about the code lies.

    Only the line in the middle is looked at, where it was read: the bars may slant.
    """
    layout, bars = LAYOUTS[symbology], _bars(symbology, text)
    middle = profile_of(grey[len(grey) // 2 - 1 : len(grey) // 2 + 1])
    fit = bars.laid_over(middle, Place(*ends, 0.0), _QUICK)
    return judgement(layout, bars, symbology, text, [fit])


def judgement(layout: Layout, bars: Bars, symbology: str, text: str, fits: list[Fit]) -> Judgement:
    likeness = max(fit.likeness for fit in fits)
    if likeness <= _LEAST_LIKENESS:
        return Judgement(likeness, 0.0)
    good = [digit_errors(bars, layout, fit.lines, fit.blur) for fit in fits if fit.likeness > _LEAST_LIKENESS]
    lead, digits = parts(symbology, text)
    own, other = _best(layout, np.sum(good, axis=0), symbology, lead, digits)
    return Judgement(likeness, other / max(own, 1e-9))


def _fits(bars: Bars, bands: list[Floats], ends: tuple[float, float]) -> Iterator[Fit]:
    """One for each band, the middle one first: once the bars are found in one, the others lie near."""
    first, last = ends
    ways = [Place(first, last, 0.0), Place(last, first, 0.0)]
    for band in sorted(range(len(bands)), key=lambda band: abs(band - len(bands) // 2)):
        searches = _FAR if len(ways) > 1 else NEAR
        fit = max((bars.laid_over(bands[band], way, searches) for way in ways), key=lambda found: found.likeness)
        if fit.likeness > _LEAST_LIKENESS:
            ways = [fit.place]
        yield fit


@lru_cache(maxsize=64)
def _bars(symbology: str, text: str) -> Bars:
    """A camera sees the same code again and again."""
    lead, digits = parts(symbology, text)
    layout = LAYOUTS[symbology]
    return Bars(layout.modules(layout.leads[lead], digits))


def _best(layout: Layout, errors: Floats, symbology: str, lead: str, digits: str) -> tuple[float, float]:
    """Sum of errors of this text, and the least of any other that is valid."""
    own = float(sum(errors[place, index, int(digits[place])] for place, index in enumerate(sets_of(layout, lead))))
    if symbology == "UPCE":
        return own, _upce_sum(layout, errors, lead, digits)
    return own, _ean_sum(layout, errors, lead, digits)


def sets_of(layout: Layout, lead: str) -> list[int]:
    return ["ABC".index(name) for name in layout.leads[lead]]


def _upce_sum(layout: Layout, errors: Floats, lead: str, digits: str) -> float:
    """The least sum of errors of another valid code, of the three likeliest values of each digit."""
    least = np.inf
    for other in layout.leads:
        sets = sets_of(layout, other)
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


def _ean_sum(layout: Layout, errors: Floats, lead: str, digits: str) -> float:
    """The least sum of errors of another code with a right check digit.

    For each first digit and each remainder of the weighted sum of some of its digits, the least error: of any digits,
    of any but those of the text, of the text itself. Neighbours are put together, as in a tournament: a third of the
    time that digit by digit takes.
    """
    ways, leads = _ways(layout), list(layout.leads)
    costs = errors.reshape(-1).take(ways)
    row, own = leads.index(lead), np.full((2, layout.digits, 10), np.inf, np.float32)
    remainders = [int(digit) * weight % 10 for digit, weight in zip(digits, _weights(layout.digits), strict=True)]
    places = np.arange(layout.digits)
    own[0], own[1, places, remainders] = costs[row], costs[row, places, remainders]
    own[0, places, remainders] = np.inf
    sums = np.concatenate([costs, own]).transpose(2, 0, 1)
    while sums.shape[2] > 1:
        even = sums.shape[2] // 2 * 2
        paired = _together(sums[..., 0:even:2], sums[..., 1:even:2], row)
        sums = paired if even == sums.shape[2] else np.concatenate([paired, sums[..., even:]], axis=2)
    least = [sums[-int(name or "0") % 10, -2 if name == lead else index, 0] for index, name in enumerate(leads)]
    return float(min(least))


def _together(left: Floats, right: Floats, row: int) -> Floats:
    """Remainder by: each first digit, what differs from the text, the text; by places."""
    others = [*range(left.shape[1] - 2)]
    one, other = left[:, [*others, -2, -1, -1]], right[:, [*others, row, -2, -1]]
    sums = np.asarray((one[:, None] + other[_BEFORE]).min(0), np.float32)
    np.minimum(sums[:, -3], sums[:, -2], out=sums[:, -2])
    sums[:, -3] = sums[:, -2]
    sums[:, -2] = sums[:, -1]
    return sums[:, :-1]


@lru_cache(maxsize=2)
def _ways(layout: Layout) -> NDArray[np.intp]:
    """First digit by place by remainder: where among the errors that of the digit lies that, weighted, leaves it."""
    digits = np.array([np.argsort(np.arange(10) * weight % 10) for weight in _weights(layout.digits)])
    sets = np.array([sets_of(layout, lead) for lead in layout.leads])
    return np.asarray(((np.arange(layout.digits) * len(SETS) + sets) * 10)[..., None] + digits, np.intp)


def _weights(digits: int) -> list[int]:
    return [3 if (digits - 1 - place) % 2 else 1 for place in range(digits)]
