"""The way from a device's thread to those who listen: one call at a time, and none can stop the device."""

import logging
import threading
import time
from collections.abc import Callable

from hardware.errors import HardwareError
from hardware.scale import Load, OnWeight, Weight
from hardware.scan import OnFault, OnScan, Scan

log = logging.getLogger(__name__)


class Outages:
    """Any thread of the device may call it. Each outage is told once, and so is its end."""

    def __init__(self, device: str, on_fault: OnFault) -> None:
        self._device = device
        self._on_fault = on_fault
        self._fault_code: str | None = None
        self._closed = False
        # Re-entrant: a callback may close the scanner that called it.
        self._lock = threading.RLock()

    def fault(self, error: HardwareError) -> None:
        with self._lock:
            if error.code == self._fault_code:
                return
            log.warning("%s", error)
            self._fault_code = error.code
            self._tell_fault(error)

    def working(self) -> None:
        with self._lock:
            if self._fault_code is None:
                return
            log.info("%s: works again", self._device)
            self._fault_code = None
            self._tell_fault(None)

    def close(self) -> None:
        """Nothing new is told after this. Takes no lock: a listener may be waiting for the closer."""
        self._closed = True

    def _tell_fault(self, error: HardwareError | None) -> None:
        if self._closed:
            return
        try:
            self._on_fault(error)
        except Exception:
            log.exception("%s: whoever took the fault failed", self._device)

    def _tell(self, what: str, call: Callable[[], None]) -> None:
        with self._lock:
            if self._closed:
                return
            try:
                call()
            except Exception:
                log.exception("%s: whoever took the %s failed", self._device, what)


class Reports(Outages):
    """Of a scanner."""

    def __init__(self, device: str, on_scan: OnScan, on_fault: OnFault) -> None:
        super().__init__(device, on_fault)
        self._on_scan = on_scan

    def scan(self, text: str, symbology: str, at: float | None = None, gs1: bool | None = None) -> None:
        scan = Scan(text, symbology, self._device, time.monotonic() if at is None else at, gs1)
        self._tell("scan", lambda: self._on_scan(scan))


class WeightReports(Outages):
    """Of a scale. A reading is itself the sign that the scale works."""

    def __init__(self, device: str, on_weight: OnWeight, on_fault: OnFault) -> None:
        super().__init__(device, on_fault)
        self._on_weight = on_weight

    def weight(self, grams: int, load: Load, *, stable: bool) -> None:
        weight = Weight(grams, stable, time.monotonic(), load)
        self.working()
        self._tell("weight", lambda: self._on_weight(weight))
