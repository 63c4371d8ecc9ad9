"""What the screen shows of a camera, so that a shopper can aim: a small grey picture and what was found in it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np

from hardware.code import Box, Corners
from hardware.opencv import Grey, cv2
from hardware.shot import Shot
from hardware.sightings import Sightings

_COLUMNS: Final = 480
_BUSY_S: Final = 1 / 12
_RESTING_S: Final = 1.0
"""Nothing moves: the picture would be the same."""
_SHOWN_S: Final = 0.4
_QUALITY: Final = 80


@dataclass(frozen=True, slots=True)
class Found:
    corners: Corners
    counted: bool
    """Scanned; else only seen."""


@dataclass(frozen=True, slots=True)
class CameraPicture:
    grey: Grey | None
    """At most 480 columns; None while the camera is away."""
    zone: Box
    found: tuple[Found, ...] = ()

    def jpeg(self) -> bytes:
        """For a screen; empty while the camera is away. 0.4 ms."""
        if self.grey is None:
            return b""
        return cv2.imencode(".jpg", self.grey, (cv2.IMWRITE_JPEG_QUALITY, _QUALITY))[1].tobytes()


OnPicture: TypeAlias = Callable[[CameraPicture], None]


class Preview:
    """Bound to the thread that looks."""

    def __init__(self, show: OnPicture, zone: Box) -> None:
        self._show = show
        self._zone = zone
        self._shown_at = float("-inf")
        self._found: tuple[Found, ...] = ()

    def offer(self, shot: Shot | None, sightings: Sightings, at: float, *, busy: bool) -> None:
        """Show this picture if it is time for one, at once if it is the one that counted."""
        found = tuple(Found(code.corners, counted) for code, counted in sightings.in_view(at, _SHOWN_S))
        is_counted = {it.counted for it in found} > {it.counted for it in self._found}
        if at - self._shown_at < (_BUSY_S if busy or found or self._found else _RESTING_S) and not is_counted:
            return
        grey = None if shot is None else shot.reduced(_COLUMNS)
        if grey is None:
            return
        self._shown_at, self._found = at, found
        self._show(CameraPicture(_small(grey), self._zone, found))

    def away(self) -> None:
        self._shown_at, self._found = float("-inf"), ()
        self._show(CameraPicture(None, self._zone))


def _small(grey: Grey) -> Grey:
    rows, columns = grey.shape
    if columns <= _COLUMNS:
        return grey
    size = (_COLUMNS, max(1, round(rows * _COLUMNS / columns)))
    return np.asarray(cv2.resize(grey, size, interpolation=cv2.INTER_AREA), np.uint8)
