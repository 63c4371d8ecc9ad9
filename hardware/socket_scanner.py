r"""A scanner on a Unix socket: each line of text that arrives is a scan.

For the demo's counter window and for test rigs. A line is UTF-8 and ends with a line feed: the code's
text, or a symbology's name, a tab, and the text. Control characters in the text (GS1's `\x1d`) stay.
"""

from pathlib import Path
from typing import Final

from hardware.aim_ids import Identified, identify
from hardware.device_thread import Retry
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
        self._lines = LineServer(name, self._path, heard=self._tell, turn=lambda: _LOOK_AROUND_S, retry=retry)
        self._reports: Reports | None = None

    @property
    def name(self) -> str:
        return self._name

    def start(self, on_scan: OnScan, on_fault: OnFault) -> None:
        self._reports = Reports(self._name, on_scan, on_fault)
        self._lines.start(self._reports)

    def check(self) -> str:
        check_socket(self._name, self._path)
        return f"can listen at {self._path}"

    def close(self) -> None:
        self._lines.close()

    def _tell(self, line: str) -> None:
        symbology, tab, text = line.partition("\t")
        found = Identified(text, symbology) if tab and symbology in SYMBOLOGIES else identify(line)
        if found.text and self._reports is not None:
            self._reports.scan(found.text, found.symbology, gs1=found.gs1)
