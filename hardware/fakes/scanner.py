"""A scanner without a device: what is shown to it is scanned."""

import queue
from dataclasses import dataclass
from threading import Thread, current_thread
from typing import Final

from hardware.errors import HardwareError
from hardware.reports import Reports
from hardware.scan import OnFault, OnScan


@dataclass(frozen=True, slots=True)
class _Shown:
    text: str
    symbology: str
    gs1: bool | None


@dataclass(frozen=True, slots=True)
class _Recovered:
    pass


@dataclass(frozen=True, slots=True)
class _Closed:
    pass


_CLOSED: Final = _Closed()


class FakeScanner:
    """What is shown before `start` waits for it; what is shown after `close` is not seen."""

    def __init__(self, name: str = "fake-scanner") -> None:
        self._name = name
        self._script: queue.SimpleQueue[_Shown | HardwareError | _Recovered | _Closed] = queue.SimpleQueue()
        self._reports: Reports | None = None
        self._thread: Thread | None = None

    @property
    def name(self) -> str:
        return self._name

    def show(self, text: str, symbology: str = "EAN13", gs1: bool | None = None) -> None:
        self._script.put(_Shown(text, symbology, gs1))

    def fail(self, error: HardwareError) -> None:
        self._script.put(error)

    def recover(self) -> None:
        self._script.put(_Recovered())

    def start(self, on_scan: OnScan, on_fault: OnFault) -> None:
        self._reports = Reports(self._name, on_scan, on_fault)
        self._thread = Thread(target=self._play, args=(self._reports,), name=self._name, daemon=True)
        self._thread.start()

    def check(self) -> str:
        return "plays what it is shown"

    def close(self) -> None:
        if self._reports is None or self._thread is None:
            return
        self._reports.close()
        self._script.put(_CLOSED)
        if self._thread is not current_thread():
            self._thread.join()

    def _play(self, reports: Reports) -> None:
        while not isinstance(step := self._script.get(), _Closed):
            match step:
                case _Shown(text, symbology, gs1):
                    reports.scan(text, symbology, gs1=gs1)
                case _Recovered():
                    reports.working()
                case HardwareError():
                    reports.fault(step)
