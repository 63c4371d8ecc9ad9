"""One run of a camera over a film, as a process of its own: `python -m bench.camera_run idle|read|screen FILM ...`."""

from __future__ import annotations

import json
import sys
import threading
import time
from pathlib import Path
from typing import Final

from bench.figure import percentile
from hardware.camera import CameraScanner
from hardware.pictures import Pause, Pictures, VideoPictures
from hardware.scan import Scan

_WARM_S: Final = 3.0
_IDLE_S: Final = 8.0
_SCREEN_S: Final = 14.0
_TICK_MS: Final = 16


class _TimedFilm(VideoPictures):
    """Notes when each frame was there."""

    def __init__(self, path: Path, pause: Pause) -> None:
        super().__init__(path, "camera", pause)
        self.frames: list[float] = []
        self.ended = threading.Event()

    def advance(self) -> None:
        super().advance()
        self.frames.append(time.monotonic())

    def close(self) -> None:
        super().close()
        self.ended.set()


class _TimedCamera(CameraScanner):
    """A camera that shows a film, otherwise as on any lane."""

    film: _TimedFilm

    def _load(self, pause: Pause) -> Pictures:
        super()._load(pause)
        self.film = _TimedFilm(Path(str(self._source)), pause)
        return self.film


def idle(film: Path) -> dict[str, object]:
    """Percent of one core, once it has seen that the mat is empty. With a screen that listens."""
    camera = CameraScanner("camera", film, on_picture=lambda _: None)
    camera.start(lambda _: None, lambda _: None)
    time.sleep(_WARM_S)
    used, began = time.process_time(), time.monotonic()
    time.sleep(_IDLE_S)
    percent = 100 * (time.process_time() - used) / (time.monotonic() - began)
    camera.close()
    return {"cpu_percent": percent}


def read(film: Path, first: list[int]) -> dict[str, object]:
    """Milliseconds from the first frame of each item to the callback."""
    called: dict[str, float] = {}

    def scanned(scan: Scan) -> None:
        called.setdefault(scan.text, time.monotonic())

    camera = _TimedCamera("camera", film, on_picture=lambda _: None)
    camera.start(scanned, lambda _: None)
    while not hasattr(camera, "film"):
        time.sleep(0.01)
    camera.film.ended.wait()
    camera.close()
    starts = [camera.film.frames[frame] for frame in first]
    took = [
        (at - start) * 1000
        for start, end in zip(starts, [*starts[1:], float("inf")], strict=True)
        for at in called.values()
        if start <= at < end
    ]
    return {"items": len(took), "p50_ms": percentile(took, 50), "p95_ms": percentile(took, 95), "all_ms": took}


def screen(config: Path) -> dict[str, object]:
    """How long each frame of the lane's screen took, asked for sixty times a second."""
    from PySide6.QtCore import QTimer  # noqa: PLC0415 - the other runs have no screen
    from PySide6.QtGui import QGuiApplication  # noqa: PLC0415

    from kiosk.app import FirstFrame, LaneApp  # noqa: PLC0415
    from kiosk.config import load_config  # noqa: PLC0415

    application = QGuiApplication([])
    lane = LaneApp(load_config(config))
    window = lane.open_window(application)
    first = FirstFrame(window, lane.start_scanners)
    asked: list[float] = []
    frames: list[float] = []

    def ask() -> None:
        if not asked:
            asked.append(time.perf_counter())
            window.update()

    def swapped() -> None:
        if asked:
            frames.append((time.perf_counter() - asked.pop()) * 1000)

    timer = QTimer(interval=_TICK_MS)
    timer.timeout.connect(ask)
    window.frameSwapped.connect(swapped)
    QTimer.singleShot(round(_WARM_S * 1000), timer.start)
    QTimer.singleShot(round((_WARM_S + _SCREEN_S) * 1000), application.quit)
    application.exec()
    first.deleteLater()
    lane.close()
    return {"frame_ms": frames}


def main() -> int:
    """Print the run's figures as JSON."""
    what, film, *rest = sys.argv[1:]
    if what == "idle":
        figures = idle(Path(film))
    elif what == "read":
        figures = read(Path(film), [int(frame) for frame in rest])
    else:
        figures = screen(Path(rest[0]))
    print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
