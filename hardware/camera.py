"""Reads codes from a camera, a video or still pictures: one thread takes pictures, one looks at them.

OpenCV and zbar are loaded on the device's own thread, and only once a camera is started: a lane without
one pays neither their 50 MB nor their time, and a lane whose libzbar0 is missing still sells.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from hardware.device_thread import DeviceThread, Retry
from hardware.errors import DeviceMissing
from hardware.reports import Reports
from hardware.sightings import Sightings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from hardware.opencv import Grey
    from hardware.pictures import Pictures
    from hardware.scan import OnFault, OnScan
    from hardware.sightings import Code
    from hardware.watcher import Watcher

RETAIL: Final = frozenset({"EAN13", "EAN8", "UPCA", "UPCE", "CODE128", "ITF", "DATABAR", "QR"})
"""What a shop's camera looks for; every other kind only adds chances to read a wrong one."""


@dataclass(frozen=True, slots=True)
class CameraTiming:
    looks_per_s: float = 15.0
    quiet_s: float = 0.6
    """A code must be out of the picture so long before it counts again."""
    rest_s: float = 1.0
    """How often a picture that does not change is looked at again."""
    shown_s: float = 0.8
    """For a folder of stills: how long each is shown."""
    empty_s: float = 0.8
    """For a folder of stills: how long nothing is shown between them; more than `quiet_s`."""


class CameraScanner:
    """`source`: a camera's number or path under /dev, a video file, or a folder of still pictures."""

    def __init__(
        self,
        name: str,
        source: int | str | Path,
        *,
        symbologies: Iterable[str] = RETAIL,
        columns: int = 1280,
        timing: CameraTiming | None = None,
        retry: Retry | None = None,
    ) -> None:
        self._name = name
        self._source = source
        self._symbologies = frozenset(symbologies)
        self._columns = columns
        self._timing = timing or CameraTiming()
        self._retry = retry or Retry()
        self._newest = _Newest()
        self._pictures: Pictures | None = None
        self._reports: Reports | None = None
        self._threads: tuple[DeviceThread, ...] = ()

    @property
    def name(self) -> str:
        return self._name

    def start(self, on_scan: OnScan, on_fault: OnFault) -> None:
        self._reports = Reports(self._name, on_scan, on_fault)
        self._threads = (
            DeviceThread(f"{self._name} takes pictures", self._take, self._reports, self._retry),
            DeviceThread(f"{self._name} looks", self._look, self._reports, self._retry),
        )
        for thread in self._threads:
            thread.start()

    def close(self) -> None:
        if self._reports is not None:
            self._reports.close()
        for thread in self._threads:
            thread.stop.set()
        self._newest.close()
        for thread in self._threads:
            thread.join()

    def _take(self, stop: threading.Event, opened: Callable[[], None]) -> None:
        pictures = self._pictures = self._pictures or self._load(stop)
        try:
            pictures.open()
            opened()
            while not stop.is_set():
                pictures.advance()
                if self._newest.wanted:
                    self._newest.put(pictures.current(), time.monotonic())
        finally:
            pictures.close()

    def _load(self, stop: threading.Event) -> Pictures:
        try:
            import hardware.zbar  # noqa: F401, PLC0415 - fails here, before the camera is opened
            from hardware.pictures import Hold, pictures_from  # noqa: PLC0415 - see the module's head
        except ImportError as exc:
            raise DeviceMissing(f"a library that cameras need is missing: {exc}", device=self._name) from exc
        hold = Hold(self._timing.shown_s, self._timing.empty_s)
        return pictures_from(self._source, self._name, pause=stop.wait, columns=self._columns, hold=hold)

    def _look(self, stop: threading.Event, opened: Callable[[], None]) -> None:
        watcher: Watcher | None = None
        try:
            while (newest := self._newest.take()) is not None:
                picture, at = newest
                watcher = watcher or self._watcher()
                for code in watcher.look(picture, at):
                    self._tell(code, at)
                if picture is not None:
                    opened()
                stop.wait(max(0.0, at + 1 / self._timing.looks_per_s - time.monotonic()))
        finally:
            if watcher is not None:
                watcher.close()

    def _watcher(self) -> Watcher:
        # Pictures come, so these libraries are there.
        from hardware.picture_reader import PictureReader  # noqa: PLC0415 - see the module's head
        from hardware.watcher import Watcher  # noqa: PLC0415

        reader = PictureReader(self._symbologies, columns=self._columns)
        return Watcher(reader, Sightings(quiet_s=self._timing.quiet_s), rest_s=self._timing.rest_s)

    def _tell(self, code: Code, at: float) -> None:
        if self._reports is not None:
            self._reports.scan(code.text, code.symbology, at)


class _Newest:
    """Hands one picture over when it is asked for, so that none is decoded in vain."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._wanted = False
        self._closed = False
        self._item: tuple[Grey | None, float] | None = None

    @property
    def wanted(self) -> bool:
        return self._wanted

    def put(self, picture: Grey | None, at: float) -> None:
        with self._changed:
            self._item = (picture, at)
            self._wanted = False
            self._changed.notify()

    def take(self) -> tuple[Grey | None, float] | None:
        """Wait for the next picture; None after `close`."""
        with self._changed:
            self._wanted = True
            self._changed.wait_for(lambda: self._closed or self._item is not None)
            item, self._item = self._item, None
            return None if self._closed else item

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify_all()
