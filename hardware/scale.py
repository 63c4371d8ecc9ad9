"""A scale: the contract that every one keeps. The fake is in hardware/fakes/scale.py."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, TypeAlias

from hardware.errors import HardwareError


class Load(StrEnum):
    """What a scale says of what lies on it."""

    WEIGHED = "weighed"
    MOVING = "moving"  # and so it shows no figure
    OVER = "over"  # more than it can weigh
    UNDER = "under"  # less than nothing: something was taken off that was there when it was set to zero
    UNREADY = "unready"  # was switched on with something on it, or has found no zero


@dataclass(frozen=True, slots=True)
class Weight:
    """One reading. Never invented: a scale that says nothing gives none."""

    grams: int
    """As the scale shows it: net of the tare that was set on the scale itself. Under zero after goods were taken off.

    Nought where `load` is not WEIGHED: then there is no figure, and it is never stable.
    """
    stable: bool
    at: float
    """`time.monotonic()` seconds at which it arrived."""
    load: Load = Load.WEIGHED


OnWeight: TypeAlias = Callable[[Weight], None]
OnFault: TypeAlias = Callable[[HardwareError | None], None]


class Scale(Protocol):
    """Opens, reads and reopens its device by itself, on a thread of its own, like a scanner (hardware/scan.py)."""

    @property
    def name(self) -> str: ...

    def start(self, on_weight: OnWeight, on_fault: OnFault) -> None:
        """Return at once; may be called one time. Callbacks come one at a time, on the device's thread.

        Every reading is told as it comes, also one that is as the last: at least twice a second while the scale
        works, so that who listens knows how old the newest one is. `on_fault` is as a scanner's (hardware/scan.py).
        """

    def check(self) -> str:
        """Open, read once, close, on the caller's thread: for `kiosk doctor`. Not while started.

        Raises DeviceMissing, DeviceBusy, DeviceRefused or DeviceTimeout, whose text says the remedy.
        """

    def close(self) -> None:
        """Idempotent and silent; no callback after it, but the one that it is called from."""
