"""One picture as its source gave it, decoded only as far as somebody wants to see it."""

import zlib
from typing import Final

import numpy as np
from numpy.typing import NDArray

from hardware.opencv import Grey, cv2, luminance

_GLANCE_COLUMNS: Final = 160
_THINNED_COLUMNS: Final = 640
_REDUCED: Final = (
    (8, cv2.IMREAD_REDUCED_GRAYSCALE_8),
    (4, cv2.IMREAD_REDUCED_GRAYSCALE_4),
    (2, cv2.IMREAD_REDUCED_GRAYSCALE_2),
)


class Shot:
    """Frames come as MJPEG in one row of bytes, as YUYV, NV12, grey or colour; see `luminance`.

    Measured at 1280x720: whole MJPEG 1.4 to 2.7 ms, an eighth of it 0.7 to 1.5; YUYV 0.4 against 0.06.
    """

    def __init__(self, frame: NDArray[np.uint8], fourcc: str = "") -> None:
        self._frame = frame
        self._fourcc = fourcc
        self._grey: Grey | None = None
        self._is_jpeg = frame.ndim == 2 and 1 in frame.shape  # noqa: PLR2004 - rows and columns

    @property
    def compressed_size(self) -> int:
        """Bytes of an MJPEG picture, 0 for others: it changes when the picture does, and costs nothing to see."""
        return self._frame.size if self._is_jpeg else 0

    def grey(self) -> Grey | None:
        """The whole picture; None if it is broken."""
        if self._grey is None:
            self._grey = luminance(self._frame, self._fourcc)
        return self._grey

    def glance(self) -> Grey | None:
        """The picture small, for as little as it can be had; None if it is broken."""
        if self._grey is None and self._is_jpeg:
            return self.reduced(_GLANCE_COLUMNS)
        if self._grey is None and self._frame.ndim > 2:  # noqa: PLR2004 - colour
            return luminance(_thinned(self._frame), self._fourcc)
        grey = self.grey()
        return None if grey is None else _thinned(grey)

    def reduced(self, columns: int) -> Grey | None:
        """The picture small, but not under so many columns if it has them."""
        if self._grey is None and self._is_jpeg:
            for times, how in _REDUCED:
                small = cv2.imdecode(self._frame.reshape(-1), how)
                if small is None:
                    return None
                if small.shape[1] >= columns or times == _REDUCED[-1][0]:
                    return np.asarray(small, np.uint8)
        grey = self.grey()
        if grey is None:
            return None
        step = max(1, grey.shape[1] // columns)
        return np.ascontiguousarray(grey[::step, ::step])

    def fingerprint(self) -> int:
        """The same for two pictures only if they are the same in every byte looked at; a sensor's noise never is."""
        frame = self._frame if self._is_jpeg else np.ascontiguousarray(self._frame[::4, ::4])
        return zlib.crc32(frame.data)


def _thinned(frame: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Fewer pixels, yet enough for the mean of a cell of the scene to be free of noise."""
    step = max(1, frame.shape[1] // _THINNED_COLUMNS)
    return np.ascontiguousarray(frame[::step, ::step])
