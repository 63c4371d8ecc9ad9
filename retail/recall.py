"""Goods that were called back: all of a product, some lots of it, or single items by their serial numbers."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recall:
    """Goods of one product that may not be sold, and why; without `lot` and `serial` all that there are."""

    reason: str
    lot: str = ""
    serial: str = ""

    @property
    def mark(self) -> str:
        """What names it among those of its product."""
        return f"lot {self.lot}" if self.lot else f"serial {self.serial}" if self.serial else "all"

    def stops(self, lot: str, serial: str) -> bool:
        """Whether goods of that lot and serial number are surely among them; empty where that is not known."""
        if not self.lot and not self.serial:
            return True
        return _same(self.lot, lot) or _same(self.serial, serial)

    def may_stop(self, lot: str, serial: str) -> bool:
        """Whether nobody can tell from these, as the code that was read does not say what the recall is about."""
        return bool(self.lot and not lot) or bool(self.serial and not serial)


def why_recalled(recalls: Iterable[Recall], lot: str, serial: str) -> str | None:
    """Why goods were called back, '' if nobody said; None if they were not."""
    return next((one.reason for one in recalls if one.stops(lot, serial)), None)


def to_check(recalls: Iterable[Recall], lot: str, serial: str, cleared: Collection[str] = ()) -> tuple[str, ...]:
    """The marks of recalls for which somebody must look at the goods, and has not yet."""
    return tuple(one.mark for one in recalls if one.may_stop(lot, serial) and one.mark not in cleared)


def _same(recalled: str, read: str) -> bool:
    # A person typed the one: better to stop a pack too many for the case of a letter than one too few.
    return bool(recalled) and recalled.casefold() == read.casefold()
