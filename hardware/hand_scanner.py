"""What hand scanners of every kind share: a thread that opens, reads, cuts into codes, and opens again."""

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final, Protocol

from hardware.aim_ids import identify
from hardware.code_frames import Framing
from hardware.device_thread import DeviceThread, Retry
from hardware.errors import DeviceLost, DeviceMissing
from hardware.reports import Reports
from hardware.scan import OnFault, OnScan

RETRY: Final = Retry(first_s=0.25, longest_s=2.0)
"""To look for a device costs the listing of a folder: a scanner that is plugged in again works at once."""


@dataclass(frozen=True, slots=True)
class Reading:
    text: str
    at: float
    identifier: str = ""
    """The AIM identifier, where the device gives it apart from the text."""


class Line(Protocol):
    """An open scanner. All calls on one thread; any of them raises DeviceLost when it is gone."""

    @property
    def found(self) -> str:
        """Which device it is, in a few words."""

    @property
    def filenos(self) -> tuple[int, ...]:
        """What to wait on."""

    @property
    def deadline(self) -> float | None:
        """Monotonic seconds at which `silent` wants to be called."""

    def read(self, fileno: int) -> tuple[Reading, ...]: ...

    def silent(self, at: float) -> tuple[Reading, ...]: ...

    def missed(self, at: float) -> None:
        """What comes next is the rest of a code."""

    def close(self) -> None:
        """Idempotent and silent."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What every kind can be told."""

    framing: Framing = field(default_factory=Framing)
    group_separator: str = ""
    """What this scanner sends for GS1's separator, if not the separator itself."""
    retry: Retry = RETRY
    settle_s: float = 0.03
    """Scanners type a key in 1 to 10 ms: what comes within this at the opening is the rest of a code."""


class HandScanner:
    """A Scanner over any Line; what it reads twice is told twice, as people scan an article for each piece."""

    def __init__(self, name: str, open_line: Callable[[], Line], settings: Settings) -> None:
        """`open_line` raises DeviceMissing, DeviceBusy or DeviceRefused."""
        self._name = name
        self._open_line = open_line
        self._settings = settings
        self._worked = False
        self._reports: Reports | None = None
        self._thread: DeviceThread | None = None
        self._wake: tuple[socket.socket, socket.socket] | None = None

    @property
    def name(self) -> str:
        return self._name

    def start(self, on_scan: OnScan, on_fault: OnFault) -> None:
        self._reports = Reports(self._name, on_scan, on_fault)
        self._wake = socket.socketpair()
        self._thread = DeviceThread(f"{self._name} scanner", self._serve, self._reports, self._settings.retry)
        self._thread.start()

    def check(self) -> str:
        with contextlib.closing(self._open_line()) as line:
            return line.found

    def close(self) -> None:
        if self._reports is None or self._thread is None or self._wake is None:
            return
        self._reports.close()
        self._thread.stop.set()
        self._wake[0].close()
        self._thread.join()
        self._wake[1].close()

    def _serve(self, stop: threading.Event, opened: Callable[[], None]) -> None:
        with contextlib.closing(self._open_again()) as line, selectors.DefaultSelector() as selector:
            for fileno in line.filenos:
                selector.register(fileno, selectors.EVENT_READ, line)
            if self._wake is not None:
                selector.register(self._wake[1], selectors.EVENT_READ)
            if self._settings.settle_s > 0 and selector.select(self._settings.settle_s):
                line.missed(time.monotonic())
            opened()
            while not stop.is_set():
                self._turn(line, selector)

    def _turn(self, line: Line, selector: selectors.BaseSelector) -> None:
        # A wait that ends late, on a busy machine, ends without a look: what came meanwhile shows at the second.
        ready = selector.select(_wait_s(line.deadline)) or selector.select(0.0)
        for key, _ in ready:
            if key.data is line:
                self._tell(line.read(key.fd))
        if not ready:  # what is waiting to be read comes before any silence
            self._tell(line.silent(time.monotonic()))

    def _tell(self, readings: tuple[Reading, ...]) -> None:
        for reading in readings:
            found = identify(
                reading.text, identifier=reading.identifier, group_separator=self._settings.group_separator
            )
            if self._reports is not None and found.text:
                self._reports.scan(found.text, found.symbology, reading.at, found.gs1)

    def _open_again(self) -> Line:
        """A device that was there and is not found again is still the same outage, told once."""
        try:
            line = self._open_line()
        except DeviceMissing as exc:
            if self._worked:
                raise DeviceLost(str(exc).removeprefix(f"{self._name}: "), device=self._name) from exc
            raise
        self._worked = True
        return line


def _wait_s(deadline: float | None) -> float | None:
    """A little longer than the deadline, or it would be looked at too early."""
    return None if deadline is None else max(0.0, deadline - time.monotonic()) + 0.001
