"""Takes what a scanner reports, for tests to wait on."""

import queue
import threading

from hardware.errors import HardwareError
from hardware.scan import Scan, Scanner

PATIENCE_S = 20.0
"""Nothing is that slow; it only bounds how long a broken scanner holds up the run."""


class Listener:
    def __init__(self, patience_s: float = PATIENCE_S) -> None:
        self._patience_s = patience_s
        self.scans: queue.Queue[Scan] = queue.Queue()
        self.faults: queue.Queue[HardwareError | None] = queue.Queue()
        self.threads: set[threading.Thread] = set()

    def listen(self, scanner: Scanner) -> None:
        scanner.start(self.on_scan, self.on_fault)

    def on_scan(self, scan: Scan) -> None:
        self.threads.add(threading.current_thread())
        self.scans.put(scan)

    def on_fault(self, fault: HardwareError | None) -> None:
        self.threads.add(threading.current_thread())
        self.faults.put(fault)

    def scan(self) -> Scan:
        return self.scans.get(timeout=self._patience_s)

    def fault(self) -> HardwareError | None:
        return self.faults.get(timeout=self._patience_s)
