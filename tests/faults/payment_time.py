"""The time of a world in which lanes and banks live faster than we do, so that no test waits for a bank's patience."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from tests.kiosk.lane_rig import START

SPEED: Final = 50.0  # seconds there in one of ours
_NOON_S: Final = 600  # the world begins some minutes after its price list


def clock_of(born_at: float) -> Callable[[], datetime]:
    """The clock of a world that began at `born_at` (Unix, ours): the same in all its processes."""
    return lambda: START + timedelta(seconds=_NOON_S + (time.time() - born_at) * SPEED)


def steady() -> float:
    """Seconds there, on a clock that nobody sets."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) * SPEED
