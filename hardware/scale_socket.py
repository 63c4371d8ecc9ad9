"""A simulated scale that other programs put goods on, by lines on a Unix socket.

For the demo's counter window and for test rigs. A line is the weight in grams (`842`), or what a scale says without a
figure (`moving`, `over`, `under`, `unready`), or `lost`, after which it is gone until the next line.
"""

import re
import time
from pathlib import Path
from typing import Final

from hardware.device_thread import Retry
from hardware.errors import DeviceLost
from hardware.line_socket import LineServer, check_socket
from hardware.reports import WeightReports
from hardware.scale import Load, OnFault, OnWeight

_EVERY_S: Final = 0.1
_SETTLES_S: Final = 0.6
_GRAMS: Final = re.compile(r"-?[0-9]{1,6}")


class SocketScale:
    """Starts empty. A new weight takes a moment to settle, as on a real scale, whose pan swings."""

    def __init__(
        self, name: str, path: Path | str, *, settles_s: float = _SETTLES_S, retry: Retry | None = None
    ) -> None:
        self._name = name
        self._path = Path(path)
        self._settles_s = settles_s
        self._lines = LineServer(name, self._path, heard=self._hear, turn=self._tell, retry=retry)
        self._reports: WeightReports | None = None
        self._from_grams = self._grams = 0
        self._put_at = -settles_s
        self._load: Load | None = Load.WEIGHED

    @property
    def name(self) -> str:
        return self._name

    def start(self, on_weight: OnWeight, on_fault: OnFault) -> None:
        self._reports = WeightReports(self._name, on_weight, on_fault)
        self._lines.start(self._reports)

    def check(self) -> str:
        check_socket(self._name, self._path)
        return f"a simulated scale: can listen at {self._path}"

    def close(self) -> None:
        self._lines.close()

    def _hear(self, line: str) -> None:
        """A line that says nothing to a scale is passed over: whoever sends it sees that nothing happens."""
        word = line.strip()
        if _GRAMS.fullmatch(word):
            self._from_grams, self._grams, self._put_at = self._grams, int(word), time.monotonic()
            self._load = Load.WEIGHED
        elif word == "lost":
            self._load = None
        elif word in set(Load) - {Load.WEIGHED}:
            self._load = Load(word)

    def _tell(self) -> float:
        if self._reports is None:
            return _EVERY_S
        if self._load is None:
            self._reports.fault(DeviceLost("was taken away by the demo", device=self._name))
        elif self._load is not Load.WEIGHED:
            self._reports.weight(0, self._load, stable=False)
        else:
            stable = time.monotonic() - self._put_at >= self._settles_s
            grams = self._grams if stable else (self._from_grams + self._grams) // 2
            self._reports.weight(grams, Load.WEIGHED, stable=stable)
        return _EVERY_S
