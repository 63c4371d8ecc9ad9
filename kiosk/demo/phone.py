"""The shopper's phone in the demo: e-member codes that the hub makes when they are shown, and messages that arrive."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QProcess, QTimer, Signal

_LOOK_MS: Final = 500
_MESSAGES: Final = "messages.jsonl"  # where the hub's simulated sender writes


class DemoPhone(QObject):
    """Lives beside the counter, with the hub's data folder in reach."""

    made = Signal(str)  # an e-member code, with the shop's prefix
    failed = Signal(str)
    arrived = Signal(str)  # the text of a message

    def __init__(self, hub_data: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._data = hub_data
        self._read = self._size()  # what was sent before the demo began is nobody's any more
        self._process: QProcess | None = None
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def make_code(self) -> None:
        """Have the hub make a code; one at a time."""
        if self._process is not None:
            return
        process = self._process = QProcess(self)
        process.finished.connect(self._made)
        process.start(sys.executable, ["-m", "hub", "--data", str(self._data), "demo-member"])

    def _made(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        code = process.readAllStandardOutput().toStdString().strip()
        if code:
            self.made.emit(code)
        else:
            self.failed.emit(process.readAllStandardError().toStdString().strip())
        process.deleteLater()

    def look(self) -> None:
        """Whether a message has arrived since."""
        if self._size() <= self._read:
            return
        with (self._data / _MESSAGES).open("rb") as file:
            file.seek(self._read)
            new = file.read()
        whole = new.rpartition(b"\n")[0]
        if whole:
            self._read += len(whole) + 1
            self.arrived.emit(str(json.loads(whole.splitlines()[-1])["text"]))

    def _size(self) -> int:
        try:
            return (self._data / _MESSAGES).stat().st_size
        except OSError:
            return 0
