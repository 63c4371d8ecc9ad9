"""A scale on a serial line, whatever it speaks: opened again by itself, never a figure that is not certain."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from hardware.device_thread import DeviceThread, Retry
from hardware.errors import DeviceRefused, DeviceTimeout
from hardware.reports import WeightReports
from hardware.scale import Load, OnFault, OnWeight
from hardware.serial_port import SerialPort, SerialSettings

_SILENT_S: Final = 2.0
_BAD_IN_A_ROW: Final = 5
_WORDS: Final = {
    Load.MOVING: "it is in motion",
    Load.OVER: "too much lies on it",
    Load.UNDER: "it is under zero",
    Load.UNREADY: "it has no zero: empty it and switch it on again",
}


class BadFrame(ValueError):
    """No answer of this protocol: noise, or another protocol."""


class WrongUnit(ValueError):
    """A figure in a unit that is not the kilogram's: to take pounds for kilograms would be 2.2 times too much."""


@dataclass(frozen=True, slots=True)
class Answer:
    """`grams` is nought where `load` is not WEIGHED; `at_rest` is what the scale itself says."""

    load: Load
    grams: int = 0
    at_rest: bool = True


class Dialect(Protocol):
    """What is said on the line. One for each life of it, as it may keep what has come so far."""

    @property
    def name(self) -> str: ...

    @property
    def pause_s(self) -> float:
        """How long to wait between two times of hearing."""

    def hear(self, port: SerialPort, stop: threading.Event) -> bytes:
        """What came for one answer, within less than a second; b"" if nothing came. Raises DeviceLost."""

    def read(self, heard: bytes) -> Answer:
        """Raises BadFrame or WrongUnit."""


class SerialScale:
    """A figure is stable once two answers in a row agree: neither protocol has a check sum.

    A tare that was set on the scale itself is in the figure already, and is left there.
    """

    def __init__(
        self, name: str, settings: SerialSettings, dialect: Callable[[], Dialect], *, retry: Retry | None = None
    ) -> None:
        self._name = name
        self._settings = settings
        self._dialect = dialect
        self._retry = retry or Retry()
        self._reports: WeightReports | None = None
        self._thread: DeviceThread | None = None

    @property
    def name(self) -> str:
        return self._name

    def start(self, on_weight: OnWeight, on_fault: OnFault) -> None:
        self._reports = WeightReports(self._name, on_weight, on_fault)
        self._thread = DeviceThread(f"{self._name} scale", self._serve, self._reports, self._retry)
        self._thread.start()

    def check(self) -> str:
        with SerialPort(self._name, self._settings) as port:
            answer = next(self._answers(port, threading.Event()))
        said = _WORDS.get(answer.load, f"{answer.grams} g")
        return f"answers on {self._settings}: {said}"

    def close(self) -> None:
        if self._reports is None or self._thread is None:
            return
        self._reports.close()
        self._thread.stop.set()
        self._thread.join()

    def _serve(self, stop: threading.Event, opened: Callable[[], None]) -> None:
        last: Answer | None = None
        with SerialPort(self._name, self._settings) as port:
            for answer in self._answers(port, stop):
                if last is None:
                    opened()  # an open port says nothing of a scale at its other end
                if self._reports is not None:
                    stable = answer.load is Load.WEIGHED and answer.at_rest and answer == last
                    self._reports.weight(answer.grams, answer.load, stable=stable)
                last = answer

    def _answers(self, port: SerialPort, stop: threading.Event) -> Iterator[Answer]:
        """The scale's answers until `stop`. Raises DeviceTimeout, DeviceRefused or DeviceLost."""
        dialect = self._dialect()
        heard_at, bad = time.monotonic(), 0
        while not stop.is_set():
            heard = dialect.hear(port, stop)
            try:
                answer = dialect.read(heard) if heard else None
            except WrongUnit as exc:
                raise DeviceRefused(f"{exc}; set it to kilograms", device=self._name) from exc
            except BadFrame as exc:
                bad += 1
                if bad >= _BAD_IN_A_ROW:
                    raise self._foreign(dialect, exc) from exc
                answer = None
            if answer is not None:
                yield answer
                heard_at, bad = time.monotonic(), 0
            elif not heard and time.monotonic() - heard_at > _SILENT_S and not stop.is_set():
                said = f"says nothing on {self._settings}; is it on, its cable in, its protocol {dialect.name}?"
                raise DeviceTimeout(said, device=self._name)
            stop.wait(dialect.pause_s)

    def _foreign(self, dialect: Dialect, exc: BadFrame) -> DeviceRefused:
        said = f"does not speak the protocol {dialect.name} on {self._settings} ({exc})"
        return DeviceRefused(f"{said}; check baud rate, parity and protocol", device=self._name)
