"""Whether an Interleaved 2 of 5 was read whole: paper beside both its ends, and no more bars between them than it has.

The symbology has no check digit of its own, and its start and stop look like any digits' bars: a line that leaves a
code early, or begins beside a finger, reads as a shorter one, in every decoder alike. ISO/IEC 16390 asks for ten light
modules on either side; beside a part there are bars, or what hides them.
"""

from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from hardware.decoding.reading import Pixels
from hardware.opencv import Grey, cv2

_Samples: TypeAlias = NDArray[np.float32]
_Places: TypeAlias = NDArray[np.float64]

_MODULES_A_DIGIT: Final = 8.0
"""Five elements of which two are 2.5 modules wide; start and stop take 8.5 more."""
_MODULES_AROUND: Final = 8.5
_FROM: Final = 1.5
_TO: Final = 6.0
_LEAST_HEIGHT: Final = 8.0
"""Modules: a line of one pixel says nothing of where the bars above and below it end."""
_MIDDLE: Final = 0.6
"""Of the bars' length: at their ends a turned code is cut askew."""
_ROWS: Final = 9
_CLEAR_ROWS: Final = 0.7
_DIMMER: Final = 0.35
"""Of the contrast between bars and paper: shadow and glare stay under it, a bar of one module reaches 0.4 in blur."""
_MORE_BARS: Final = 1.15


def is_whole(grey: Grey, corners: Pixels, digits: int) -> bool:
    """`corners` as column and row in pixels, from the first bar's outer edge to the last one's."""
    starts, ends = _lines(corners, digits)
    module = (ends - starts) / _modules(digits)
    inside = _along(grey, starts, ends, steps=6 * int(_modules(digits)))
    dark, light = np.percentile(inside, 10), np.percentile(inside, 85)
    if np.median([_bars(row, float(dark + light) / 2) for row in inside]) > _MORE_BARS * (2.5 * digits + 4) + 1:
        return False
    least = light - _DIMMER * (light - dark)
    before = _along(grey, starts - _TO * module, starts - _FROM * module)
    after = _along(grey, ends + _FROM * module, ends + _TO * module)
    clear = (before.min(axis=1) >= least) & (after.min(axis=1) >= least)
    return float(clear.mean()) >= _CLEAR_ROWS


def _modules(digits: int) -> float:
    return digits * _MODULES_A_DIGIT + _MODULES_AROUND


def _lines(corners: Pixels, digits: int) -> tuple[_Places, _Places]:
    """Where lines across the code start and end."""
    top_left, top_right, bottom_right, bottom_left = np.asarray(corners, np.float64)
    across = (top_right + bottom_right - top_left - bottom_left) / 2
    least = np.array([-across[1], across[0]]) / _modules(digits) * _LEAST_HEIGHT
    left, right = (bottom_left - top_left) * _MIDDLE, (bottom_right - top_right) * _MIDDLE
    if min(np.hypot(*left), np.hypot(*right)) < np.hypot(*least):
        left = right = least
    down = np.linspace(-0.5, 0.5, _ROWS)[:, None]
    return (top_left + bottom_left) / 2 + down * left, (top_right + bottom_right) / 2 + down * right


def _bars(row: _Samples, middle: float) -> int:
    dark = row < middle
    return int(dark[0]) + int(np.count_nonzero(dark[1:] & ~dark[:-1]))


def _along(grey: Grey, starts: _Places, ends: _Places, steps: int = 24) -> _Samples:
    """The picture along each line; beyond its edge it goes on."""
    along = np.linspace(0, 1, steps)[None, :, None]
    places = (starts[:, None] + along * (ends - starts)[:, None]).astype(np.float32)
    picked = cv2.remap(grey, places[..., 0], places[..., 1], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(picked, np.float32)
