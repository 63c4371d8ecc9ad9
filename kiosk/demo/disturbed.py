"""A lane under way while something else goes on beside it: what its look-ups and frames take, phase by phase.

`python -m kiosk.demo.disturbed --config FILE --codes FILE`: prints "ready" when all screens are loaded, takes the name
of a phase from each line of its input, and at the end of the input prints a JSON object with the figures of each.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, QSocketNotifier, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtQuick import QQuickWindow

from kiosk.app import FirstFrame, LaneApp
from kiosk.config import load_config
from kiosk.demo.probe import Heartbeat

_LOOK_UP_MS: Final = 10
_SCAN_MS: Final = 500
_LINES: Final = 20  # then the shopper gives up, and the next one comes
_SETTLE_MS: Final = 2000


@dataclass(slots=True)
class Phase:
    """What was measured while one thing went on; milliseconds."""

    look_ups: list[float] = field(default_factory=list)
    frames: list[float] = field(default_factory=list)
    block_ms: float = 0.0
    revision: int = 0

    def figures(self) -> dict[str, Any]:
        """For JSON. A frame's figure is the time since the one before, with the window drawn again and again."""
        return {
            **_figures("look_up", self.look_ups),
            **_figures("frame", self.frames),
            "max_block_ms": round(self.block_ms, 2),
            "revision": self.revision,
        }


class Disturbed(QObject):
    """Looks codes up on the till's thread, scans now and then, and draws all the time."""

    def __init__(self, lane: LaneApp, window: QQuickWindow, codes: list[str]) -> None:
        super().__init__()
        self.phases: dict[str, Phase] = {}
        self._lane = lane
        self._window = window
        self._codes = itertools.cycle(codes)
        self._scans = itertools.count(1)
        self._phase = Phase()
        self._heart = Heartbeat()
        self._drawn = 0.0
        self._look_up = QTimer(self, interval=_LOOK_UP_MS, timerType=Qt.TimerType.PreciseTimer)
        self._look_up.timeout.connect(self._ask)
        self._scan = QTimer(self, interval=_SCAN_MS)
        self._scan.timeout.connect(self._shop)
        window.frameSwapped.connect(self._frame)

    def begin(self, name: str) -> None:
        """The phase before ends here, and this one begins."""
        self.end()
        self._phase = self.phases[name] = Phase()
        self._heart = Heartbeat()
        self._heart.start()
        self._drawn = 0.0
        self._look_up.start()
        self._scan.start()
        self._ask()  # at once, so that the shortest phase has a figure
        self._window.update()

    def end(self) -> None:
        """Measure no more."""
        self._heart.stop()
        self._phase.block_ms = self._heart.max_block_ms
        self._look_up.stop()
        self._scan.stop()

    @Slot()
    def _ask(self) -> None:
        phase, code = self._phase, next(self._codes)

        def ask() -> None:
            prices, now = self._lane.prices.current(), datetime.now(UTC)
            began = time.perf_counter()
            found = prices.find(code, now)
            phase.look_ups.append((time.perf_counter() - began) * 1000)
            assert found is not None, code  # noqa: S101 - a figure of look-ups that find nothing is none
            phase.revision = prices.meta.revision

        self._lane.till_worker.post(ask)

    @Slot()
    def _shop(self) -> None:
        if next(self._scans) % _LINES == 0:
            self._lane.actions.cancel_basket()
        else:
            self._lane.actions.scan(next(self._codes))

    @Slot()
    def _frame(self) -> None:
        now = time.perf_counter()
        if self._drawn and self._look_up.isActive():
            self._phase.frames.append((now - self._drawn) * 1000)
        self._drawn = now
        if self._look_up.isActive():
            self._window.update()


class Orders(QObject):
    """Phases by name from the standard input, until it ends."""

    def __init__(self, disturbed: Disturbed) -> None:
        super().__init__()
        self._disturbed = disturbed
        self._begun = b""
        self._input = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read, self)
        self._input.activated.connect(self._read)

    @Slot()
    def _read(self) -> None:
        content = os.read(sys.stdin.fileno(), 4096)
        if not content:
            self._input.setEnabled(False)
            self._disturbed.end()
            QGuiApplication.quit()
            return
        *lines, self._begun = (self._begun + content).split(b"\n")
        for line in filter(None, lines):
            self._disturbed.begin(line.decode())


def main(argv: list[str] | None = None) -> int:
    """Exit status 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--config", type=Path, required=True, help="the lane's file")
    parser.add_argument("--codes", type=Path, required=True, help="codes of its list, one a line")
    arguments = parser.parse_args(argv)
    application = QGuiApplication([])
    lane = LaneApp(load_config(arguments.config))
    window = lane.open_window(application)
    first = FirstFrame(window, lane.start_scanners)
    disturbed = Disturbed(lane, window, arguments.codes.read_text(encoding="ascii").split())
    orders = Orders(disturbed)
    QTimer.singleShot(_SETTLE_MS, _ready)
    application.exec()
    orders.deleteLater()
    first.deleteLater()
    lane.close()
    sys.stdout.write(json.dumps({name: phase.figures() for name, phase in disturbed.phases.items()}) + "\n")
    return 0


def _ready() -> None:
    sys.stdout.write("ready\n")
    sys.stdout.flush()


def _figures(what: str, values: list[float]) -> dict[str, Any]:
    ordered = sorted(values)
    if not ordered:
        return {f"{what}s": 0}
    median, late = ordered[len(ordered) // 2], ordered[min(len(ordered) - 1, len(ordered) * 99 // 100)]
    return {
        f"{what}s": len(ordered),
        f"{what}_p50_ms": round(median, 3),
        f"{what}_p99_ms": round(late, 3),
        f"{what}_max_ms": round(ordered[-1], 3),
    }


if __name__ == "__main__":
    sys.exit(main())
