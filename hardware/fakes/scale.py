"""A scale without a device: it shows what a script puts on it."""

import contextlib
import queue
from dataclasses import dataclass
from threading import Thread, current_thread
from typing import Final

from hardware.errors import HardwareError
from hardware.reports import WeightReports
from hardware.scale import Load, OnFault, OnWeight

_AGAIN_S: Final = 0.1
"""A scale goes on telling what lies on it."""


@dataclass(frozen=True, slots=True)
class _Shown:
    grams: int
    load: Load
    stable: bool


@dataclass(frozen=True, slots=True)
class _Closed:
    pass


class FakeScale:
    """What is put on it before `start` waits for it; it tells nothing until there is something to tell."""

    def __init__(self, name: str = "fake-scale", *, again_s: float = _AGAIN_S) -> None:
        self._name = name
        self._again_s = again_s
        self._script: queue.SimpleQueue[_Shown | HardwareError | _Closed] = queue.SimpleQueue()
        self._reports: WeightReports | None = None
        self._thread: Thread | None = None
        self._fault: HardwareError | None = None

    @property
    def name(self) -> str:
        return self._name

    def put(self, grams: int, *, stable: bool = True) -> None:
        """A failed scale works again with it."""
        self._script.put(_Shown(grams, Load.WEIGHED, stable))

    def say(self, load: Load) -> None:
        """Something without a figure: too much, less than nothing, in motion."""
        self._script.put(_Shown(0, load, stable=False))

    def fail(self, error: HardwareError) -> None:
        self._fault = error
        self._script.put(error)

    def start(self, on_weight: OnWeight, on_fault: OnFault) -> None:
        self._reports = WeightReports(self._name, on_weight, on_fault)
        self._thread = Thread(target=self._play, args=(self._reports,), name=self._name, daemon=True)
        self._thread.start()

    def check(self) -> str:
        if self._fault is not None:
            raise self._fault
        return "a simulated scale: nothing is weighed"

    def close(self) -> None:
        if self._reports is None or self._thread is None:
            return
        self._reports.close()
        self._script.put(_Closed())
        if self._thread is not current_thread():
            self._thread.join()

    def _play(self, reports: WeightReports) -> None:
        shown: _Shown | HardwareError | _Closed | None = None
        while not isinstance(shown, _Closed):
            with contextlib.suppress(queue.Empty):
                shown = self._script.get(timeout=None if shown is None else self._again_s)
            if isinstance(shown, _Shown):
                reports.weight(shown.grams, shown.load, stable=shown.stable)
            elif isinstance(shown, HardwareError):
                reports.fault(shown)
