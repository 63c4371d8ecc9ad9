"""The one place that imports OpenCV. Take cv2 from here, in modules that only a camera needs."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final, TypeAlias

# Nothing here needs a matrix product; each of its threads takes memory (7 MB on two cores, measured).
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np
from numpy.typing import NDArray

__all__ = ["Grey", "cv2", "luminance", "scaled", "still"]

Grey: TypeAlias = NDArray[np.uint8]
"""A picture's luminance, rows by columns."""

_YUYV_CHANNELS: Final = 2
_NV12_ROWS: Final = 1.5
_CHROMA_AFTER_LUMA: Final = frozenset({"NV12", "NV21", "YU12", "YV12"})


@contextmanager
def _environment_for_opencv() -> Iterator[None]:
    """OpenCV 5.0.0 brings its own Qt and points Qt at it, which hides fonts and plug-ins from ours."""
    names = ("QT_QPA_PLATFORM_PLUGIN_PATH", "QT_QPA_FONTDIR")
    before = {name: os.environ.get(name) for name in names}
    # Seconds that a silent camera may hang in `grab`: the default of 10 would delay closing.
    os.environ.setdefault("OPENCV_VIDEOIO_V4L_SELECT_TIMEOUT", "2")
    # A broken video is our fault to report; FFmpeg's own words on stderr help nobody.
    os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


with _environment_for_opencv():
    import cv2

# The screen needs the other core; our pictures are small.
cv2.setNumThreads(1)
# A camera that is not there is tried again and again: once in our log is enough.
cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)


def luminance(frame: NDArray[np.uint8], fourcc: str = "") -> Grey | None:
    """The grey picture in whatever a camera or a file delivers; None if it is broken.

    Colour is never computed where the camera gives it apart: MJPEG in one row of bytes, YUYV in two
    channels, NV12 and its kin with the colour below the luminance.
    """
    if frame.size == 0:
        return None
    if frame.ndim == _YUYV_CHANNELS:
        if frame.shape[0] == 1 or frame.shape[1] == 1:
            return _decoded(frame.reshape(-1))
        rows = int(frame.shape[0] / _NV12_ROWS) if fourcc in _CHROMA_AFTER_LUMA else frame.shape[0]
        return frame[:rows]
    if frame.shape[2] == _YUYV_CHANNELS:
        return np.ascontiguousarray(frame[:, :, 0])
    if frame.shape[2] == 1:
        return frame[:, :, 0]
    return np.asarray(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), np.uint8)


def still(path: str) -> Grey | None:
    """The picture in a file, or None if it is not one."""
    picture = cv2.imread(path, cv2.IMREAD_GRAYSCALE)
    return None if picture is None else np.asarray(picture, np.uint8)


def scaled(grey: Grey, width: int) -> Grey:
    """The same picture so many columns wide."""
    rows, columns = grey.shape
    if width == columns:
        return grey
    size = (width, max(1, round(rows * width / columns)))
    how = cv2.INTER_AREA if width < columns else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(grey, size, interpolation=how), np.uint8)


def _decoded(jpeg: NDArray[np.uint8]) -> Grey | None:
    picture = cv2.imdecode(jpeg, cv2.IMREAD_GRAYSCALE)
    return None if picture is None else np.asarray(picture, np.uint8)
