"""What a lane puts out beside its screen: paper and light, each on a thread of its own, each of them optional."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from kiosk.adapters.print_queue import Listeners, PrintQueue
from kiosk.adapters.printers import build_queue
from kiosk.adapters.signal_light import SignalLight, build_light
from kiosk.config import KioskConfig
from kiosk.services.lane_view import LaneView


class Outputs:
    """`changed` and `fault(device, code)` are called on device threads, not before `start`."""

    def __init__(
        self,
        config: KioskConfig,
        clock: Callable[[], datetime],
        *,
        changed: Callable[[], None],
        fault: Callable[[str, str], None],
    ) -> None:
        self.queue: PrintQueue | None = build_queue(config, clock, Listeners(changed, fault))
        light = build_light(config.light)
        self._light = None if light is None else SignalLight(light, fault=fault)

    def start(self) -> None:
        """What waits for paper since the last run is printed first."""
        for output in (self.queue, self._light):
            if output is not None:
                output.start()

    def show(self, view: LaneView) -> None:
        """What the lane shows now; returns at once."""
        if self._light is not None:
            self._light.show(view)

    def close(self) -> None:
        """Ends after the receipt in the works; the light goes out."""
        for output in (self.queue, self._light):
            if output is not None:
                output.close()
