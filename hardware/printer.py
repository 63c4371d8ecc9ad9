"""A receipt printer: the contract that every one keeps. The fake is in hardware/fakes/printer.py."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Paper(StrEnum):
    """What the printer says of its roll; UNKNOWN where it cannot say."""

    OK = "ok"
    LOW = "low"
    OUT = "out"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PrinterState:
    """What the printer says of itself just now."""

    paper: Paper = Paper.UNKNOWN
    cover_open: bool = False

    @property
    def can_print(self) -> bool:
        return self.paper is not Paper.OUT and not self.cover_open


class Printer(Protocol):
    """Blocking; called only on the device's own worker thread. Opens by itself at the first call."""

    @property
    def name(self) -> str: ...

    @property
    def dots(self) -> int:
        """How wide the paper is, in dots: 576 for 80 mm, 384 for 58 mm."""

    def state(self) -> PrinterState:
        """Raises DeviceMissing, DeviceBusy, DeviceRefused, DeviceLost or DeviceTimeout."""

    def print_picture(self, png: bytes) -> None:
        """Print a picture `dots` wide and cut. Returns when the printer says that it is on paper, or, where it cannot
        say, when it has taken all bytes. Raises as `state`; then what came out is not a whole receipt."""

    def check(self) -> str:
        """Open, ask its state, close: what was found, for `kiosk doctor`. Raises as `state`, with the remedy."""

    def close(self) -> None:
        """Idempotent and silent."""
