"""A receipt printer that keeps what it prints, for tests and for benches without one."""

import io
import threading
from typing import Final

from hardware.errors import DeviceRefused, HardwareError
from hardware.printer import Paper, PrinterState

_KEPT: Final = 100  # a bench may run for days


class FakePrinter:
    """Scripted from any thread: `says` is its state, `fault` (once) and `away` (until it is None again) are raised."""

    def __init__(self, name: str = "printer", *, dots: int = 576) -> None:
        self.says = PrinterState(Paper.OK)
        self.away: HardwareError | None = None
        self.printed: list[bytes] = []
        self.ready = threading.Event()  # cleared, it is slow: a job stays in its works until it is set
        self.ready.set()
        self.busy = threading.Event()  # set while a job is in its works
        self._fault: HardwareError | None = None
        self._name = name
        self._dots = dots

    @property
    def name(self) -> str:
        return self._name

    @property
    def dots(self) -> int:
        return self._dots

    def fail_once(self, error: HardwareError) -> None:
        """The next job fails so."""
        self._fault = error

    def state(self) -> PrinterState:
        if self.away is not None:
            raise self.away
        return self.says

    def print_picture(self, png: bytes) -> None:
        from PIL import Image  # noqa: PLC0415 - as in the drivers

        if not self.state().can_print:
            raise DeviceRefused("is out of paper; put a new roll in", device=self._name)
        try:
            with Image.open(io.BytesIO(png)) as picture:
                width = picture.width
        except OSError as exc:
            raise DeviceRefused(f"cannot print this picture: {exc}", device=self._name) from exc
        if width != self._dots:
            raise DeviceRefused(f"the picture is {width} dots wide, the paper {self._dots}", device=self._name)
        self._work()
        self.printed.append(png)
        del self.printed[:-_KEPT]

    def _work(self) -> None:
        self.busy.set()
        self.ready.wait()
        self.busy.clear()
        fault, self._fault = self._fault, None
        if fault is not None:
            raise fault

    def check(self) -> str:
        state = self.state()
        if not state.can_print:
            raise DeviceRefused("is out of paper; put a new roll in", device=self._name)
        return f"a simulated printer of {self._dots} dots, paper {state.paper.value}"

    def close(self) -> None:
        """Nothing is open."""
