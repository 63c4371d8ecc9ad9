"""Where pictures come from: a camera, a video file that plays like one, or a folder of stills."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from hardware.errors import DeviceLost, DeviceMissing
from hardware.film import Film
from hardware.opencv import still
from hardware.shot import Shot

log = logging.getLogger(__name__)

Pause: TypeAlias = Callable[[float], object]
"""Waits so many seconds, or less when the device is being closed."""

_FRAME_S: Final = 1 / 30
_STILL_SUFFIXES: Final = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp"})


class Pictures(Protocol):
    """Called by one thread."""

    @property
    def waits(self) -> bool:
        """Whether a picture stays until it was looked at; else the newest replaces it."""

    def open(self) -> str:
        """What was found, in a few words. Raises DeviceMissing, DeviceBusy or DeviceRefused."""

    def advance(self) -> None:
        """Wait for the next picture and leave the one before. Raises DeviceLost."""

    def current(self) -> Shot | None:
        """The picture now; None when there is nothing to see."""

    def light(self, *, on: bool) -> None:
        """The torch, where there is one and it is ours to switch."""

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


class VideoPictures:
    """Plays once, at the speed it was taken with; then there is nothing to see."""

    waits = False

    def __init__(self, path: Path, name: str, pause: Pause) -> None:
        self._path = path
        self._name = name
        self._pause = pause
        self._film: Film | None = None
        self._due = 0.0

    def open(self) -> str:
        self._film = Film(self._path, self._name)
        self._due = time.monotonic()
        columns, rows = self._film.size
        return f"video {self._path.name}, {columns}x{rows}, {1 / self._film.frame_s:.0f} pictures a second"

    def advance(self) -> None:
        frame_s = _FRAME_S if self._film is None else self._film.frame_s
        self._due = max(self._due + frame_s, time.monotonic() - frame_s)
        self._pause(max(0.0, self._due - time.monotonic()))
        if self._film is not None and not self._film.advance():
            self.close()

    def current(self) -> Shot | None:
        return None if self._film is None else self._film.shot()

    def light(self, *, on: bool) -> None:
        """A video has none."""

    def close(self) -> None:
        if self._film is not None:
            self._film.close()
            self._film = None


class StillPictures:
    """Shows the pictures of a folder by name, each once, with nothing in between; those put there later
    follow. To show one that is half written would be a pity: write it elsewhere and rename it.
    """

    waits = True

    def __init__(self, folder: Path, name: str, pause: Pause, hold: Hold) -> None:
        self._folder = folder
        self._name = name
        self._pause = pause
        self._hold = hold
        self._shown: set[tuple[str, int]] = set()
        self._picture: Shot | None = None
        self._since = 0.0
        self._looks = 0

    def open(self) -> str:
        if not self._folder.is_dir():
            raise DeviceMissing(f"there is no folder of pictures {self._folder}", device=self._name)
        self._show(None)
        return f"folder of pictures {self._folder}"

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
            picture = still(str(path))
            if picture is None:
                log.warning("%s: %s is not a picture that can be read", self._name, path)
            self._show(None if picture is None else Shot(picture))

    def current(self) -> Shot | None:
        self._looks += 1
        return self._picture

    def light(self, *, on: bool) -> None:
        """A folder has none."""

    def close(self) -> None:
        self._picture = None

    def _show(self, picture: Shot | None) -> None:
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
