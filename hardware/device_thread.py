"""A device's own thread: opens, serves, and opens again after each failure until it is closed."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from hardware.errors import HardwareError
from hardware.reports import Outages

log = logging.getLogger(__name__)

_JOIN_S = 5.0
"""A driver hung in the kernel must not hang the lane's shutdown; its thread is a daemon."""


@dataclass(frozen=True, slots=True)
class Retry:
    first_s: float = 0.5
    longest_s: float = 10.0

    def after(self, failures: int) -> float:
        """Seconds to wait after so many failures in a row: doubled each time, up to the longest."""
        return min(self.first_s * 2.0 ** min(failures - 1, 30), self.longest_s)


class Session(Protocol):
    """One life of the device: open it, call `opened`, serve until `stop` is set, close it."""

    def __call__(self, stop: threading.Event, opened: Callable[[], None], /) -> None:
        """Raises HardwareError when it cannot be opened or is lost."""


class DeviceThread:
    def __init__(self, name: str, session: Session, reports: Outages, retry: Retry) -> None:
        self.stop = threading.Event()
        self._name = name
        self._session = session
        self._reports = reports
        self._retry = retry
        self._failures = 0
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def join(self) -> None:
        """After `stop` was set; silent, also when called on the thread itself."""
        if self._thread is threading.current_thread() or self._thread.ident is None:
            return
        self._thread.join(_JOIN_S)
        if self._thread.is_alive():
            log.error("%s: did not end within %s s, left behind", self._name, _JOIN_S)

    def _run(self) -> None:
        while not self.stop.is_set():
            try:
                self._session(self.stop, self._opened)
            except HardwareError as error:
                self._reports.fault(error)
            except Exception as error:
                log.exception("%s: the driver failed", self._name)
                self._reports.fault(HardwareError(f"the driver failed: {error!r}", device=self._name))
            else:
                continue
            self._failures += 1
            self.stop.wait(self._retry.after(self._failures))

    def _opened(self) -> None:
        self._failures = 0
        self._reports.working()
