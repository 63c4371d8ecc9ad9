"""Keeps the light over the lane at what the lane shows, on a thread of its own: a light that hangs holds up nobody."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Final

from hardware.device_thread import Retry
from hardware.errors import HardwareError
from hardware.light import Light, Signal
from kiosk.config import LightSection
from kiosk.services.lane_view import LaneView
from kiosk.services.signal import OFF, signal_of

logger = logging.getLogger(__name__)

_AGAIN_S: Final = 5.0
"""Told again so often: a tower that was unplugged and plugged in is dark, and nothing says so."""
_JOIN_S: Final = 3.0


def build_light(section: LightSection | None) -> Light | None:
    """The configured light; None for a lane without one."""
    if section is None:
        return None
    if section.kind == "tower":
        from hardware.light_tower import TowerLight  # noqa: PLC0415 - only lanes that have one pay for it

        return TowerLight(section.name, section.source)
    from hardware.fakes.light import FakeLight  # noqa: PLC0415 - as above

    return FakeLight(section.name)


class SignalLight:
    """`show` may be called on any thread and returns at once; `fault(device, code)` comes on the light's own."""

    def __init__(
        self,
        light: Light,
        *,
        fault: Callable[[str, str], None],
        retry: Retry | None = None,
        again_s: float = _AGAIN_S,
    ) -> None:
        self._light = light
        self._tell_fault = fault
        self._retry = retry or Retry()
        self._again_s = again_s
        self._wanted: Signal = OFF
        self._fault = ""
        self._failures = 0
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name=light.name, daemon=True)

    def start(self) -> None:
        """Dark until the lane shows something."""
        self._thread.start()

    def show(self, view: LaneView) -> None:
        """What the lane shows now."""
        signal = signal_of(view)
        if signal != self._wanted:
            self._wanted = signal
            self._wake.set()

    def close(self) -> None:
        """All off; idempotent."""
        self._stop.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join(_JOIN_S)

    def _run(self) -> None:
        while not self._stop.is_set():
            self._wake.clear()
            try:
                self._light.show(self._wanted)
            except HardwareError as error:
                self._lost(error)
            except Exception as error:
                logger.exception("%s: the driver failed", self._light.name)
                self._lost(HardwareError(f"the driver failed: {error!r}", device=self._light.name))
            else:
                self._works()
            self._pause()
        self._light.close()

    def _pause(self) -> None:
        if self._failures:
            self._stop.wait(self._retry.after(self._failures))
        else:
            self._wake.wait(self._again_s)

    def _lost(self, error: HardwareError) -> None:
        self._failures += 1
        if not self._fault:  # one outage, one fault: 'lost' turns into 'missing' at the next try
            logger.warning("%s", error)
            self._fault = error.code
            self._tell(error.code)

    def _works(self) -> None:
        self._failures = 0
        if self._fault:
            logger.info("%s: works again", self._light.name)
            self._fault = ""
            self._tell("")

    def _tell(self, code: str) -> None:
        try:
            self._tell_fault(self._light.name, code)
        except Exception:  # whoever listens cannot end the light
            logger.exception("%s: whoever took the fault failed", self._light.name)
