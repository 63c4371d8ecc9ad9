"""Tells cheaply whether a picture shows something else than the one before, and whether it shows anything."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from hardware.opencv import Grey, cv2

_CELLS: Final = (80, 45)
_LEVELS: Final = 8
"""Averaged over a cell of 16 by 16, a camera's noise stays under 2 levels, a lamp's flicker under 5."""
_DARK: Final = 50


class Scene:
    def __init__(self) -> None:
        self._now: NDArray[np.int16] | None = None
        self._before: NDArray[np.int16] | None = None
        self._empty: NDArray[np.int16] | None = None

    def is_new(self, picture: Grey | None) -> bool:
        """True for the first picture, and each that differs from the last one for which it was True."""
        self._now = None if picture is None else self._cells(picture)
        differs = not _are_alike(self._now, self._before)
        if differs:
            self._before = self._now
        return differs

    @property
    def is_dark(self) -> bool:
        return self._now is not None and bool(self._now.mean() < _DARK)

    def is_empty_now(self) -> None:
        """What the last picture showed is what is there when nobody holds anything up."""
        self._empty = self._now

    @property
    def is_held(self) -> bool:
        """Whether something is known to be there that was not when it was empty."""
        return self._now is not None and self._empty is not None and not _are_alike(self._now, self._empty)

    @staticmethod
    def _cells(picture: Grey) -> NDArray[np.int16]:
        return cv2.resize(picture, _CELLS, interpolation=cv2.INTER_AREA).astype(np.int16)


def _are_alike(one: NDArray[np.int16] | None, other: NDArray[np.int16] | None) -> bool:
    if one is None or other is None:
        return one is other
    return bool(np.abs(one - other).max() <= _LEVELS)
