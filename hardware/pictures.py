"""Where grey pictures come from: a camera, a video file that plays like one, or a folder of stills."""

import logging
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing, DeviceRefused
from hardware.opencv import Grey, cv2, luminance, still

log = logging.getLogger(__name__)

Pause: TypeAlias = Callable[[float], object]
"""Waits so many seconds, or less when the device is being closed."""

_FRAME_S: Final = 1 / 30
_VIDEO_SUFFIXES: Final = frozenset({".mp4", ".avi", ".mkv", ".mov", ".webm", ".m4v", ".mjpeg", ".mjpg"})
_STILL_SUFFIXES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp"})


class Pictures(Protocol):
    """Called by one thread."""

    def open(self) -> None:
        """Raises DeviceMissing, DeviceBusy or DeviceRefused."""

    def advance(self) -> None:
        """Wait for the next picture and leave the one before. Raises DeviceLost."""

    def current(self) -> Grey | None:
        """The picture now; None when there is nothing to see. Costs time only when called."""

    def close(self) -> None:
        """Idempotent and silent."""


@dataclass(frozen=True, slots=True)
class Hold:
    """How long a still picture is shown, and nothing after it: both at least so many looks, too,
    so that a loaded machine misses none.
    """

    shown_s: float = 0.8
    empty_s: float = 0.8
    looks: int = 7


def pictures_from(source: int | str | Path, name: str, *, pause: Pause, columns: int, hold: Hold) -> Pictures:
    """What `source` means is told by its name, as the thing itself may not be there yet."""
    if isinstance(source, int) or str(source).isdecimal():
        return CameraPictures(f"/dev/video{source}", name, columns=columns)
    path = Path(source)
    if path.is_relative_to("/dev"):
        return CameraPictures(str(path), name, columns=columns)
    if path.suffix.lower() in _VIDEO_SUFFIXES or path.is_file():
        return VideoPictures(path, name, pause)
    return StillPictures(path, name, pause, hold)


class CameraPictures:
    """A V4L2 camera. Frames in between are dropped undecoded, so `current` is never old."""

    def __init__(self, device: str, name: str, *, columns: int, backend: int = cv2.CAP_V4L2) -> None:
        self._device = device
        self._name = name
        self._columns = columns
        self._backend = backend
        self._capture: cv2.VideoCapture | None = None
        self._fourcc = ""

    def open(self) -> None:
        if not Path(self._device).exists():
            raise DeviceMissing(f"there is no camera at {self._device}", device=self._name)
        if not os.access(self._device, os.R_OK | os.W_OK):
            message = f"no permission for {self._device}: its user must be in the group video"
            raise DeviceRefused(message, device=self._name)
        capture = cv2.VideoCapture(self._device, self._backend)
        if not capture.isOpened():
            capture.release()
            message = f"{self._device} does not open: another program holds it, or it is no camera"
            raise DeviceBusy(message, device=self._name)
        # MJPEG gives 30 frames a second at this size over USB 2, where YUYV gives 10.
        capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
        capture.set(cv2.CAP_PROP_FRAME_WIDTH, self._columns)
        capture.set(cv2.CAP_PROP_FRAME_HEIGHT, self._columns * 9 // 16)
        capture.set(cv2.CAP_PROP_CONVERT_RGB, 0)
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 2)
        self._fourcc = int(capture.get(cv2.CAP_PROP_FOURCC)).to_bytes(4, "little").decode("latin-1")
        self._capture = capture

    def advance(self) -> None:
        if self._capture is None or not self._capture.grab():
            raise DeviceLost(f"{self._device} gives no more pictures", device=self._name)

    def current(self) -> Grey | None:
        return _retrieved(self._capture, self._fourcc)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None


class VideoPictures:
    """Plays once, at the speed it was taken with; then there is nothing to see."""

    def __init__(self, path: Path, name: str, pause: Pause) -> None:
        self._path = path
        self._name = name
        self._pause = pause
        self._capture: cv2.VideoCapture | None = None
        self._frame_s = _FRAME_S
        self._due = 0.0

    def open(self) -> None:
        if not self._path.is_file():
            raise DeviceMissing(f"there is no video {self._path}", device=self._name)
        # One thread: FFmpeg's frame threads cost memory, and a camera has none.
        capture = cv2.VideoCapture(str(self._path), cv2.CAP_FFMPEG, (cv2.CAP_PROP_N_THREADS, 1))
        if not capture.isOpened():
            capture.release()
            raise DeviceRefused(f"{self._path} is not a video that can be read", device=self._name)
        self._capture = capture
        self._frame_s = 1 / (capture.get(cv2.CAP_PROP_FPS) or 1 / _FRAME_S)
        self._due = time.monotonic()

    def advance(self) -> None:
        self._due = max(self._due + self._frame_s, time.monotonic() - self._frame_s)
        self._pause(max(0.0, self._due - time.monotonic()))
        if self._capture is not None and not self._capture.grab():
            self.close()

    def current(self) -> Grey | None:
        return _retrieved(self._capture)

    def close(self) -> None:
        if self._capture is not None:
            self._capture.release()
            self._capture = None


class StillPictures:
    """Shows the pictures of a folder by name, each once, with nothing in between; those put there later
    follow. To show one that is half written would be a pity: write it elsewhere and rename it.
    """

    def __init__(self, folder: Path, name: str, pause: Pause, hold: Hold) -> None:
        self._folder = folder
        self._name = name
        self._pause = pause
        self._hold = hold
        self._shown: set[tuple[str, int]] = set()
        self._picture: Grey | None = None
        self._since = 0.0
        self._looks = 0

    def open(self) -> None:
        if not self._folder.is_dir():
            raise DeviceMissing(f"there is no folder of pictures {self._folder}", device=self._name)
        self._show(None)

    def advance(self) -> None:
        self._pause(_FRAME_S)
        if not self._folder.is_dir():
            raise DeviceLost(f"the folder of pictures {self._folder} is gone", device=self._name)
        least_s = self._hold.empty_s if self._picture is None else self._hold.shown_s
        if time.monotonic() - self._since < least_s or self._looks < self._hold.looks:
            return
        if self._picture is not None:
            self._show(None)
        elif (path := self._next()) is not None:
            self._show(picture := still(str(path)))
            if picture is None:
                log.warning("%s: %s is not a picture that can be read", self._name, path)

    def current(self) -> Grey | None:
        self._looks += 1
        return self._picture

    def close(self) -> None:
        self._picture = None

    def _show(self, picture: Grey | None) -> None:
        self._picture = picture
        self._since = time.monotonic()
        self._looks = 0

    def _next(self) -> Path | None:
        try:
            for path in sorted(self._folder.iterdir()):
                key = path.name, path.stat().st_mtime_ns
                if path.suffix.lower() in _STILL_SUFFIXES and key not in self._shown:
                    self._shown.add(key)
                    return path
        except OSError:
            # Gone while we looked: the next advance says so.
            return None
        return None


def _retrieved(capture: cv2.VideoCapture | None, fourcc: str = "") -> Grey | None:
    if capture is None:
        return None
    whole, frame = capture.retrieve()
    return luminance(frame, fourcc) if whole else None  # type: ignore[arg-type]
