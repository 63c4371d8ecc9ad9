"""A bare QML window, as a process of its own: the least that any Qt program here starts, takes and answers with.

`python -m bench.bare N`: shows a text, changes it N times on a burst of keys, prints what that took as JSON.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtQml import QQmlApplicationEngine
from PySide6.QtQuick import QQuickWindow

_QML = b"""
import QtQuick
Window {
    width: 1080; height: 1920; visible: true
    property alias text: shown.text
    Text { id: shown; anchors.centerIn: parent; font.pixelSize: 48; text: "0" }
}
"""
_CODE = "2000000000008"
_SETTLE_MS = 300


class Bare(QObject):
    """The window; each Return changes its text, and the frame that shows it is timed."""

    def __init__(self, window: QQuickWindow, changes: int) -> None:
        super().__init__()
        self._window, self._changes = window, changes
        self._at: float | None = None
        self.first_frame_ms: float | None = None
        self.shown_ms: list[float] = []
        window.frameSwapped.connect(self._frame)
        window.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Return is the end of a code, as a scanner sends it."""
        if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_Return:  # type: ignore[attr-defined]
            self._at = time.monotonic()
            self._window.setProperty("text", str(len(self.shown_ms) + 1))
        return False

    @Slot()
    def _frame(self) -> None:
        if self.first_frame_ms is None:
            self.first_frame_ms = _age_ms()
            QTimer.singleShot(_SETTLE_MS, self._scan)
        elif self._at is not None:
            self.shown_ms.append((time.monotonic() - self._at) * 1000)
            self._at = None
            QTimer.singleShot(_SETTLE_MS // 10, self._scan)

    @Slot()
    def _scan(self) -> None:
        if len(self.shown_ms) == self._changes:
            QGuiApplication.quit()
            return
        from PySide6.QtTest import QTest  # noqa: PLC0415 - not part of a bare window's start

        for character in _CODE:
            QTest.keyClick(self._window, character)  # type: ignore[call-overload] # the stubs lack the character
        QTest.keyClick(self._window, Qt.Key.Key_Return)


def _age_ms() -> float:
    """As kiosk.app.process_age_s, which cannot be imported here without the kiosk."""
    ticks = int(Path("/proc/self/stat").read_text(encoding="ascii").rpartition(")")[2].split()[19])
    return (time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK")) * 1000


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def main() -> None:
    """Run the window to the end of its changes."""
    application = QGuiApplication([])
    engine = QQmlApplicationEngine()
    engine.loadData(_QML)
    window = engine.rootObjects()[0]
    assert isinstance(window, QQuickWindow)
    bare = Bare(window, int(sys.argv[1]))
    application.exec()
    figures = {"first_frame_ms": bare.first_frame_ms, "rss_mb": _resident_mb(), "shown_ms": bare.shown_ms}
    print(json.dumps(figures))
    window.close()


if __name__ == "__main__":
    main()
