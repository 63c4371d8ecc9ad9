"""A scale: the contract that every one keeps. The fake is in hardware/fakes/scale.py."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from hardware.errors import HardwareError


@dataclass(frozen=True, slots=True)
class Weight:
    """One reading. Never invented: a scale that says nothing gives none."""

    grams: int
    """As the scale shows it: net of the tare that was set on the scale itself. Under zero after goods were taken off."""
    stable: bool
    at: float
    """`time.monotonic()` seconds at which it arrived."""


OnWeight: TypeAlias = Callable[[Weight], None]
OnFault: TypeAlias = Callable[[HardwareError | None], None]


class Scale(Protocol):
    """Opens, reads and reopens its device by itself, on a thread of its own, like a scanner (hardware/scan.py)."""

    @property
    def name(self) -> str: ...

    def start(self, on_weight: OnWeight, on_fault: OnFault) -> None:
        """Return at once; may be called one time. Each change of weight or of rest is told, one call at a time."""

    def check(self) -> str:
        """Open, read once, close, on the caller's thread: for `kiosk doctor`. Not while started.

        Raises DeviceMissing, DeviceBusy, DeviceRefused or DeviceTimeout, whose text says the remedy.
        """

    def close(self) -> None:
        """Idempotent and silent; no callback after it, but the one that it is called from."""
