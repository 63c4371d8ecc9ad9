"""Tells a picture that the hand's motion has blurred from one that may be read."""

from typing import Final

import numpy as np

from hardware.opencv import Grey, cv2

_CELLS: Final = (40, 22)
_ROWS: Final = 4
_LEAST_ROWS: Final = 32
_BLURRED: Final = 0.5
"""Against the sharpest picture of the same motion."""
_FORGETS: Final = 0.9


class Focus:
    """Never passes over two pictures in a row: a code that is held badly must be tried, too."""

    def __init__(self) -> None:
        self._sharpest = 0.0
        self._passed_over = False
        self._moves = False

    def moves(self) -> None:
        """The next picture shows something else than the one before."""
        self._moves = True

    def is_worth_a_search(self, grey: Grey) -> bool:
        """Whether it is as sharp as others lately, or shows something that does not move."""
        sharp = sharpness(grey)
        self._sharpest = max(sharp, self._sharpest * _FORGETS)
        is_blurred = self._moves and not self._passed_over and sharp < _BLURRED * self._sharpest
        self._passed_over, self._moves = is_blurred, False
        return not is_blurred


def sharpness(grey: Grey) -> float:
    """How much the cell with most lines changes from one pixel to the next, either way; 0.4 ms at 1280x720."""
    if min(grey.shape) < _LEAST_ROWS:
        return 0.0
    across = cv2.absdiff(grey[::_ROWS, 1:], grey[::_ROWS, :-1])
    down = cv2.absdiff(np.ascontiguousarray(grey[1::_ROWS, ::2]), np.ascontiguousarray(grey[:-1:_ROWS, ::2]))
    cells = [cv2.resize(part, _CELLS, interpolation=cv2.INTER_AREA).max() for part in (across, down)]
    return float(np.max(cells))
