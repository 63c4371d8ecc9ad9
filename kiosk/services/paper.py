"""How the lane's printer stands and what became of a receipt, in words that screens and staff are shown."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class PrinterSays(StrEnum):
    """How it stands; NONE for a lane without one, UNKNOWN for one that prints but cannot say."""

    NONE = "none"
    OK = "ok"
    LOW = "low"
    OUT = "out"
    COVER = "cover"
    AWAY = "away"
    BROKEN = "broken"
    UNKNOWN = "unknown"

    @property
    def stuck(self) -> bool:
        """Whether a receipt asked for now would have to wait for somebody."""
        return self in {PrinterSays.OUT, PrinterSays.COVER, PrinterSays.AWAY, PrinterSays.BROKEN}

    @property
    def needs_staff(self) -> bool:
        """Whether somebody should look after it before the next shopper wants a receipt."""
        return self.stuck or self is PrinterSays.LOW


class PrintFate(StrEnum):
    """What became of a receipt that was to be printed; KEPT: too late for the shopper, staff can reprint it."""

    NONE = ""
    WAITING = "waiting"
    PRINTING = "printing"
    PRINTED = "printed"
    KEPT = "kept"


@dataclass(frozen=True, slots=True)
class PrinterView:
    """The printer and its queue; `kept` receipts come out only when staff ask for them."""

    says: PrinterSays = PrinterSays.NONE
    waiting: int = 0
    kept: int = 0
    can_reprint: bool = False
