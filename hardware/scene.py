"""Tells cheaply whether a picture shows something else than the one before."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from hardware.opencv import Grey, cv2

_CELLS: Final = (80, 45)
_LEVELS: Final = 8
"""Averaged over a cell of 16 by 16, a camera's noise stays under 2 levels, a lamp's flicker under 5."""


class Scene:
    def __init__(self) -> None:
        self._before: NDArray[np.int16] | None = None

    def is_new(self, picture: Grey | None) -> bool:
        """True for the first picture, and each that differs from the last one for which it was True."""
        cells = None if picture is None else self._cells(picture)
        if cells is None or self._before is None:
            differs = (cells is None) != (self._before is None)
        else:
            differs = bool(np.abs(cells - self._before).max() > _LEVELS)
        if differs:
            self._before = cells
        return differs

    @staticmethod
    def _cells(picture: Grey) -> NDArray[np.int16]:
        return cv2.resize(picture, _CELLS, interpolation=cv2.INTER_AREA).astype(np.int16)
