r"""A scanner on a Unix socket: each line of text that arrives is a scan.

For the demo's counter window and for test rigs. A line is UTF-8 and ends with a line feed: the code's
text, or a symbology's name, a tab, and the text. Control characters in the text (GS1's `\x1d`) stay.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final

from hardware.aim_ids import Identified, identify
from hardware.device_thread import DeviceThread, Retry
from hardware.line_socket import LineServer, check_socket
from hardware.reports import Reports
from hardware.scan import SYMBOLOGIES, OnFault, OnScan

_LOOK_AROUND_S: Final = 1.0
"""How often a quiet scanner looks whether somebody took its socket file away."""


class SocketScanner:
    """Any number of clients; what one of them sends wrong ends only that client."""

    def __init__(self, name: str, path: Path | str, *, retry: Retry | None = None) -> None:
        self._name = name
        self._path = Path(path)
        self._retry = retry or Retry()
        self._reports: Reports | None = None
        self._thread: DeviceThread | None = None
        self._lines: LineServer | None = None

    @property
    def name(self) -> str:
        return self._name

    def start(self, on_scan: OnScan, on_fault: OnFault) -> None:
        self._reports = Reports(self._name, on_scan, on_fault)
        self._lines = LineServer(self._name, self._path, self._tell)
        self._thread = DeviceThread(f"{self._name} socket", self._serve, self._reports, self._retry)
        self._thread.start()

    def check(self) -> str:
        check_socket(self._name, self._path)
        return f"can listen at {self._path}"

    def close(self) -> None:
        if self._reports is None or self._thread is None or self._lines is None:
            return
        self._reports.close()
        self._thread.stop.set()
        self._lines.wake()
        self._thread.join()
        self._lines.close()

    def _serve(self, stop: threading.Event, opened: Callable[[], None]) -> None:
        if self._lines is not None:
            self._lines.serve(stop, opened, turn=lambda: _LOOK_AROUND_S)

    def _tell(self, line: str) -> None:
        symbology, tab, text = line.partition("\t")
        found = Identified(text, symbology) if tab and symbology in SYMBOLOGIES else identify(line)
        if found.text and self._reports is not None:
            self._reports.scan(found.text, found.symbology, gs1=found.gs1)
