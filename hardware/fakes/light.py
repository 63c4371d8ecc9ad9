"""A signal light without lamps: says in the log what it would show, for the demo and for benches without one."""

import logging
from collections.abc import Callable
from typing import Final

from hardware.errors import HardwareError
from hardware.light import Colour, Signal

log = logging.getLogger(__name__)


_KEPT: Final = 100  # a demo may run for days


class FakeLight:
    """Scripted from any thread: while `away` is not None it is raised. `shown` holds the signals, the newest last."""

    def __init__(self, name: str = "light", *, on_show: Callable[[Signal], None] = lambda _: None) -> None:
        self.shown: list[Signal] = []
        self.away: HardwareError | None = None
        self._name = name
        self._on_show = on_show

    @property
    def name(self) -> str:
        return self._name

    def show(self, signal: Signal) -> None:
        if self.away is not None:
            raise self.away
        if not self.shown or self.shown[-1] != signal:
            log.info("%s: %s", self._name, in_words(signal))
        self.shown.append(signal)
        del self.shown[:-_KEPT]
        self._on_show(signal)

    def check(self) -> str:
        if self.away is not None:
            raise self.away
        return "a simulated light: what it would show stands in the log"

    def close(self) -> None:
        """All off, as a light that can still be reached."""
        if self.shown and self.away is None and self.shown[-1] != Signal():
            self.shown.append(Signal())
            self._on_show(Signal())


def in_words(signal: Signal) -> str:
    """Such as 'yellow and red, blinking'."""
    lit = " and ".join(colour.value for colour in Colour if colour in signal.lit) or "dark"
    return f"{lit}, blinking" if signal.blinking and signal.lit else lit
