"""Reads codes from a camera, a video or still pictures: one thread takes pictures, one looks at them.

OpenCV and the decoders are loaded on the device's own thread, and only once a camera is started: a lane without
one pays neither their 50 MB nor their time, and a lane whose libzbar0 is missing still sells.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hardware.aim import MIDDLE
from hardware.camera_controls import CameraLight
from hardware.camera_place import CameraPlace
from hardware.camera_source import is_video
from hardware.device_thread import DeviceThread, Retry
from hardware.errors import DeviceBusy, DeviceLost, DeviceMissing
from hardware.newest import Gone, Newest
from hardware.reports import Reports
from hardware.scan import RETAIL
from hardware.sightings import Patience

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from hardware.camera_picture import OnPicture
    from hardware.code import Box, Code
    from hardware.lookout import Lookout
    from hardware.pictures import Pause, Pictures
    from hardware.scan import OnFault, OnScan

_SILENT_S: Final = 8.0
"""OpenCV gives up a silent camera after two seconds; a driver may hang for ever."""


@dataclass(frozen=True, slots=True)
class CameraTiming:
    glances_per_s: float = 10.0
    """At MJPEG pictures while nothing moves, and at once when their size changes; at others always."""
    rest_s: float = 2.0
    """How often a picture that does not change is searched again."""
    patience: Patience = field(default_factory=Patience)
    """When a code counts, and when it counts again."""
    shown_s: float = 0.8
    """For a folder of stills: how long each is shown."""
    empty_s: float = 0.8
    """For a folder of stills: how long nothing is shown between them; more than `patience.quiet_s`."""


class CameraScanner:
    """`source`: a camera's number, path under /dev or part of its name; as a Path, a video file or a folder of
    still pictures. `camera_source` tells one from the other.

    Several codes in one picture: the one in the `zone` counts, see hardware/aim.py. `on_picture` gets at most
    twelve pictures a second, on the device's thread.
    """

    def __init__(
        self,
        name: str,
        source: int | str | Path,
        *,
        symbologies: Iterable[str] = (),
        zone: Box = MIDDLE,
        light: CameraLight | None = None,
        on_picture: OnPicture | None = None,
        columns: int = 1280,
        timing: CameraTiming | None = None,
        retry: Retry | None = None,
    ) -> None:
        self._name = name
        self._source = source
        self._symbologies = frozenset(symbologies) or RETAIL
        self._zone = zone
        self._light = light or CameraLight()
        self._on_picture = on_picture
        self._columns = columns
        self._timing = timing or CameraTiming()
        self._retry = retry or Retry()
        self._newest = Newest()
        self._wants_light = False
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

    def check(self) -> str:
        """What was found: its name, size, format and pictures a second."""
        pictures = self._load(threading.Event().wait)
        try:
            found = pictures.open()
            pictures.advance()
        except DeviceLost as exc:
            message = f"it opens and gives no picture: end the other program that holds it ({exc})"
            raise DeviceBusy(message, device=self._name) from exc
        finally:
            pictures.close()
        return found

    def close(self) -> None:
        if self._reports is not None:
            self._reports.close()
        for thread in self._threads:
            thread.stop.set()
        self._newest.close()
        for thread in self._threads:
            thread.join()

    def _take(self, stop: threading.Event, opened: Callable[[], None]) -> None:
        pictures = self._pictures = self._pictures or self._load(stop.wait)
        try:
            pictures.open()
            pictures.advance()
            opened()
            while not stop.is_set():
                if self._newest.wanted or not pictures.waits:
                    self._newest.put(pictures.current(), time.monotonic())
                pictures.light(on=self._wants_light)
                pictures.advance()
        finally:
            pictures.close()
            self._newest.lose()

    def _load(self, pause: Pause) -> Pictures:
        try:
            import hardware.lookout  # noqa: F401, PLC0415 - fails here, before the camera is opened
            from hardware.camera_device import CameraPictures  # noqa: PLC0415 - see the module's head
            from hardware.pictures import Hold, StillPictures, VideoPictures  # noqa: PLC0415
        except ImportError as exc:
            raise DeviceMissing(f"a library that cameras need is missing: {exc}", device=self._name) from exc
        if not isinstance(self._source, Path):
            place = CameraPlace(self._source, self._name)
            return CameraPictures(place, self._name, columns=self._columns, light=self._light)
        if is_video(self._source):
            return VideoPictures(self._source, self._name, pause)
        return StillPictures(self._source, self._name, pause, Hold(self._timing.shown_s, self._timing.empty_s))

    def _look(self, stop: threading.Event, opened: Callable[[], None]) -> None:
        lookout: Lookout | None = None
        try:
            while (taken := self._newest.take(_SILENT_S)) is not Gone.CLOSED and not stop.is_set():
                if isinstance(taken, Gone):
                    self._is_away(taken, lookout)
                    continue
                lookout = lookout or self._lookout()
                lookout.look(*taken)
                self._wants_light = lookout.wants_light(taken[1])
                if self._newest.is_live:
                    opened()
        finally:
            if lookout is not None:
                lookout.close()

    def _lookout(self) -> Lookout:
        # Pictures come, so these libraries are there.
        from hardware.lookout import Lookout, Sight  # noqa: PLC0415 - see the module's head
        from hardware.watcher import Pace  # noqa: PLC0415

        pace = Pace(self._timing.glances_per_s, self._timing.rest_s)
        sight = Sight(self._symbologies, self._zone, pace, self._timing.patience)
        return Lookout(sight, self._tell, self._on_picture)

    def _is_away(self, gone: Gone, lookout: Lookout | None) -> None:
        if lookout is not None:
            lookout.away()
        if gone is Gone.SILENT and self._reports is not None:
            message = f"no picture for {_SILENT_S:.0f} s: plug the camera in anew, then restart the lane"
            self._reports.fault(DeviceLost(message, device=self._name))

    def _tell(self, code: Code, at: float) -> None:
        if self._reports is not None:
            self._reports.scan(code.text, code.symbology, at, code.gs1)
