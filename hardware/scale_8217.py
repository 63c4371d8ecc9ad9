"""A checkout scale on a serial line that speaks Mettler Toledo's 8217 protocol."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Final

from hardware.device_thread import DeviceThread, Retry
from hardware.errors import DeviceRefused, DeviceTimeout
from hardware.reports import WeightReports
from hardware.scale import Load, OnFault, OnWeight
from hardware.scale_8217_frames import END, LONGEST, REQUEST, Answer, BadFrame, WrongUnit, read_answer
from hardware.serial_port import SerialPort, SerialSettings

_ANSWER_S: Final = 0.4
"""An answer is 8 characters, 9 ms at 9600 baud; a scale that measures ten times a second may be 150 ms in giving it."""
_SLICE_S: Final = 0.05
_SILENT_S: Final = 2.0
_BAD_IN_A_ROW: Final = 5
_WORDS: Final = {
    Load.MOVING: "it is in motion",
    Load.OVER: "too much lies on it",
    Load.UNDER: "it is under zero",
    Load.UNREADY: "it has no zero: empty it and switch it on again",
}


class Scale8217:
    """Asks for the weight every `poll_s`. A figure is stable once two answers in a row agree, as there is no check sum.

    A tare that was set on the scale itself is in the figure already, and is left there.
    """

    def __init__(self, name: str, settings: SerialSettings, *, poll_s: float = 0.2, retry: Retry | None = None) -> None:
        self._name = name
        self._settings = settings
        self._poll_s = poll_s
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
                    stable = answer.load is Load.WEIGHED and answer == last
                    self._reports.weight(answer.grams, answer.load, stable=stable)
                last = answer

    def _answers(self, port: SerialPort, stop: threading.Event) -> Iterator[Answer]:
        """The scale's answers until `stop`. Raises DeviceTimeout, DeviceRefused or DeviceLost."""
        heard_at, bad = time.monotonic(), 0
        while not stop.is_set():
            heard = _ask(port, stop)
            try:
                answer = read_answer(heard) if heard else None
            except WrongUnit as exc:
                raise DeviceRefused("is set to pounds; set it to kilograms", device=self._name) from exc
            except BadFrame as exc:
                bad += 1
                if bad >= _BAD_IN_A_ROW:
                    raise self._foreign(exc) from exc
                answer = None
            if answer is not None:
                yield answer
                heard_at, bad = time.monotonic(), 0
            elif not heard and time.monotonic() - heard_at > _SILENT_S and not stop.is_set():
                said = f"says nothing on {self._settings}; is it on, its cable in, its protocol 8217?"
                raise DeviceTimeout(said, device=self._name)
            stop.wait(self._poll_s)

    def _foreign(self, exc: BadFrame) -> DeviceRefused:
        said = f"does not speak the 8217 protocol on {self._settings} ({exc}); check baud rate, parity and protocol"
        return DeviceRefused(said, device=self._name)


def _ask(port: SerialPort, stop: threading.Event) -> bytes:
    """What came for an answer, up to its CR; b"" if nothing came in time."""
    port.forget()
    port.write(REQUEST)
    heard, until = b"", time.monotonic() + _ANSWER_S
    while not stop.is_set() and len(heard) < LONGEST and time.monotonic() < until:
        heard += port.read(_SLICE_S)
        whole, end, _ = heard.partition(END)
        if end:
            return whole + end
    return heard
