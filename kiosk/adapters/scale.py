"""Builds the lane's scale and keeps its newest reading: the till hears of changes, never of every reading."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from hardware.errors import HardwareError
from hardware.scale import Load, Scale, Weight
from kiosk.config import ScaleSection
from kiosk.services.weighing import Pan, ScaleReading, is_empty

logger = logging.getLogger(__name__)

_EVERY_S: Final = 0.1
"""The till and the screen are told of changes so often at most; no eye follows figures faster."""


def build_scale(section: ScaleSection, folder: Path) -> Scale:
    """The device; a relative path of a socket is beside `folder`."""
    if section.kind == "socket":
        from hardware.scale_socket import SocketScale  # noqa: PLC0415 - only lanes that have one pay for it

        return SocketScale(section.name, folder / section.source)
    from hardware.scale_8217 import Dialect8217  # noqa: PLC0415 - as above
    from hardware.scale_lines import LineDialect  # noqa: PLC0415
    from hardware.scale_serial import SerialScale  # noqa: PLC0415
    from hardware.serial_port import SerialSettings  # noqa: PLC0415

    settings = SerialSettings(
        section.source, section.baud_rate, section.line_data_bits, section.line_parity, section.stop_bits
    )
    if section.kind == "lines":
        return SerialScale(section.name, settings, LineDialect)
    return SerialScale(section.name, settings, lambda: Dialect8217(pause_s=section.poll_ms / 1000))


def scale_desk(section: ScaleSection | None, folder: Path) -> ScaleDesk | None:
    """The configured scale; None for a lane without one."""
    return None if section is None else ScaleDesk(build_scale(section, folder), min_grams=section.min_grams)


class ScaleDesk:
    """Implements kiosk.services.weighing.LaneScale."""

    def __init__(self, scale: Scale, *, min_grams: int) -> None:
        self._scale = scale
        self._min_grams = min_grams
        self._changed: Callable[[], None] = _nobody
        self._tell_fault: Callable[[str, str], None] = _nobody
        self._lock = threading.Lock()
        self._newest: Weight | None = None
        self._fault = ""
        self._emptied = 0
        self._was_empty = False
        self._watched = False
        self._told: Weight | None = None
        self._told_at = -_EVERY_S
        self._awaited = False  # told, and not looked at yet: to tell again would only fill the till's queue

    @property
    def min_grams(self) -> int:
        """See LaneScale."""
        return self._min_grams

    @property
    def fault(self) -> str:
        """See LaneScale."""
        return self._fault

    def start(self, *, changed: Callable[[], None], fault: Callable[[str, str], None]) -> None:
        """Start the device; one that is missing says so and is waited for. `changed()` and `fault(device, code)` are
        called on its thread."""
        self._changed, self._tell_fault = changed, fault
        try:
            self._scale.start(self._on_weight, self._on_fault)
        except HardwareError as exc:
            logger.warning("the scale does not start: %s", exc)
            self._on_fault(exc)

    def close(self) -> None:
        """Stop the device."""
        self._scale.close()

    def watch(self, *, watched: bool) -> None:
        """See LaneScale."""
        with self._lock:
            self._watched, self._awaited, self._told = watched, False, None

    def reading(self) -> ScaleReading | None:
        """See LaneScale."""
        with self._lock:
            self._awaited, newest = False, self._newest
            if newest is None:
                return None
            age_s = time.monotonic() - newest.at
            return ScaleReading(newest.grams, newest.stable, age_s, self._emptied, Pan(newest.load.value))

    def _on_weight(self, weight: Weight) -> None:
        with self._lock:
            self._newest = weight
            self._note_empty(weight)
            due = self._is_due(weight)
            if due:
                self._awaited, self._told, self._told_at = True, weight, weight.at
        if due:
            self._changed()

    def _note_empty(self, weight: Weight) -> None:
        if weight.load is Load.WEIGHED:
            empty = is_empty(weight.grams, self._min_grams) or weight.grams < 0
            self._emptied += empty and not self._was_empty
            self._was_empty = empty
        elif weight.load is Load.UNDER:
            self._emptied += not self._was_empty
            self._was_empty = True

    def _is_due(self, weight: Weight) -> bool:
        if not self._watched or self._awaited or weight.at - self._told_at < _EVERY_S:
            return False
        told = self._told
        return told is None or (told.grams, told.stable, told.load) != (weight.grams, weight.stable, weight.load)

    def _on_fault(self, error: HardwareError | None) -> None:
        with self._lock:
            self._fault = "" if error is None else error.code
            self._newest = self._told = None
        self._tell_fault(self._scale.name, self._fault)


def _nobody(*_: str) -> None:
    """Before the start nobody listens."""
