"""Measures what a shopper feels: scan to shown line, the longest block of the screen's thread, memory."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtQuick import QQuickWindow

from kiosk.services.lane_view import LaneView

_BEAT_MS: Final = 5


class Heartbeat(QObject):
    """A timer on the Qt thread; what it is late by is how long the thread was blocked."""

    def __init__(self) -> None:
        super().__init__()
        self.max_block_ms = 0.0
        self._last = time.perf_counter()
        self._timer = QTimer(self, interval=_BEAT_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def start(self) -> None:
        """Begin to count."""
        self._last = time.perf_counter()
        self._timer.start()

    def stop(self) -> None:
        """Count no more."""
        self._timer.stop()

    @Slot()
    def _beat(self) -> None:
        now = time.perf_counter()
        self.max_block_ms = max(self.max_block_ms, (now - self._last) * 1000 - _BEAT_MS)
        self._last = now


class ScanWatch(QObject):
    """Times each scan from its last character to the frame that shows the answer."""

    def __init__(self, window: QQuickWindow) -> None:
        super().__init__()
        self.shown: list[tuple[str, float]] = []
        self._open: tuple[str, float] | None = None
        self._answered = False
        self._serial = 0
        window.frameSwapped.connect(self._frame)

    def scanned(self, text: str, at: float) -> None:
        """A scan left its device; `at` is monotonic seconds. Called on any thread."""
        self._open, self._answered = (text, at), False

    @Slot(object)
    def published(self, view: LaneView) -> None:
        """The till answered: the next frame shows it. Connect after the view-model's own slot."""
        if view.change_serial != self._serial:
            self._serial = view.change_serial
            self._answered = self._open is not None

    @Slot()
    def _frame(self) -> None:
        if self._open is not None and self._answered:
            text, at = self._open
            self.shown.append((text, (time.monotonic() - at) * 1000))
            self._open = None


def resident_mb() -> float:
    """Resident memory of this process in MB (Linux)."""
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
