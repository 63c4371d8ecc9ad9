"""A video file, picture by picture, each with its moment."""

from pathlib import Path
from typing import Final

import numpy as np

from hardware.errors import DeviceMissing, DeviceRefused
from hardware.opencv import cv2
from hardware.shot import Shot

_FPS: Final = 30.0
_MOST_FPS: Final = 1000.0
_PLANES: Final = frozenset({"I420", "NV12", "Y800"})
"""Pixel formats that begin with the luminance: no colour need be computed."""
_JPEG: Final = b"\xff\xd8"


class Film:
    """Bound to one thread at a time."""

    def __init__(self, path: Path, name: str) -> None:
        """Raises DeviceMissing or DeviceRefused."""
        if not path.is_file():
            raise DeviceMissing(f"there is no video {path}", device=name)
        self._capture = _opened(path)
        if not self._capture.isOpened():
            self._capture.release()
            raise DeviceRefused(f"{path} is not a video that can be read", device=name)
        fps = self._capture.get(cv2.CAP_PROP_FPS)
        self.frame_s = 1 / fps if 0 < fps <= _MOST_FPS else 1 / _FPS
        self._number = -1
        self._at = -self.frame_s
        self._as_stored()

    @property
    def size(self) -> tuple[int, int]:
        """Columns and rows."""
        capture = self._capture
        return int(capture.get(cv2.CAP_PROP_FRAME_WIDTH)), int(capture.get(cv2.CAP_PROP_FRAME_HEIGHT))

    @property
    def number(self) -> int:
        """Of the picture now, from 0."""
        return self._number

    @property
    def at(self) -> float:
        """Seconds from the beginning."""
        return self._at

    def advance(self) -> bool:
        """Go to the next picture; False at the end."""
        if not self._capture.grab():
            return False
        self._number += 1
        stamp = self._capture.get(cv2.CAP_PROP_POS_MSEC) / 1000
        # Some files tell no times, or the same one for all.
        self._at = stamp if stamp > self._at else self._at + self.frame_s
        return True

    def shot(self) -> Shot | None:
        """The picture now; None if it is broken."""
        whole, frame = self._capture.retrieve()
        return Shot(np.asarray(frame, np.uint8)) if whole and frame is not None and frame.size else None

    def close(self) -> None:
        self._capture.release()

    def _as_stored(self) -> None:
        """Take luminance alone where the file holds it apart: half of the time."""
        number = int(self._capture.get(cv2.CAP_PROP_CODEC_PIXEL_FORMAT)) & 0xFFFFFFFF  # -1 where FFmpeg cannot tell
        pixels = number.to_bytes(4, "little").decode("latin-1")
        if pixels in _PLANES:
            self._capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)


def _opened(path: Path) -> cv2.VideoCapture:
    """MJPEG is taken undecoded, as from a camera: a picture that nobody looks at then costs nothing."""
    # One thread: FFmpeg's frame threads cost memory, and a camera has none.
    one_thread = (cv2.CAP_PROP_N_THREADS, 1)
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, one_thread)
    fourcc = int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little", signed=False) if capture.isOpened() else b""
    if fourcc == b"MJPG" and _gives_jpeg(path):
        capture.set(cv2.CAP_PROP_FORMAT, -1)
    return capture


def _gives_jpeg(path: Path) -> bool:
    trial = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG, (cv2.CAP_PROP_FORMAT, -1))
    whole, frame = trial.read()
    trial.release()
    return whole and frame is not None and frame.reshape(-1)[:2].tobytes() == _JPEG
