"""A signal light over a lane: the contract that every one keeps. The fake is in hardware/fakes/light.py."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Colour(StrEnum):
    """The lamps of a common signal tower."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    BLUE = "blue"
    WHITE = "white"


@dataclass(frozen=True, slots=True)
class Signal:
    """What is lit; a light that lacks a colour leaves it out."""

    lit: frozenset[Colour] = frozenset()
    blinking: bool = False


class Light(Protocol):
    """Blocking; called only on the device's own worker thread. Opens by itself at the first call."""

    @property
    def name(self) -> str: ...

    def show(self, signal: Signal) -> None:
        """Raises DeviceMissing, DeviceBusy, DeviceRefused, DeviceLost or DeviceTimeout."""

    def check(self) -> str:
        """Open, ask what can be asked, close: for `kiosk doctor`. Raises as `show`, with the remedy."""

    def close(self) -> None:
        """All off if it can still be reached. Idempotent and silent."""
