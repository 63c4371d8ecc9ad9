"""What every reader of a promotion feed is given, and what it gives."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hub.promotions.found import Found, NotUnderstood
from hub.shops import Shop
from retail.product import Unit

Understood = Found | NotUnderstood
UnitOf = Callable[[str], Unit | None]


def _unknown(_code: str) -> Unit | None:
    return None


@dataclass(frozen=True, slots=True)
class FeedOptions:
    """`feed_store`: CHAIN:STORE, of a feed that holds several; `at`: an aware moment, the reader's today, of a feed
    that does not say its own; `unit_of`: how a code's goods are sold, None where that is not known: some feeds say
    '2' of kilograms and of pieces alike."""

    feed_store: str | None = None
    at: datetime | None = None
    unit_of: UnitOf = _unknown


# Reads a file for a shop (its currency and time zone; its id is asked of files that name stores). Raises ImportRefused
# for what is not such a file, at the latest while it is iterated; what one offer lacks is NotUnderstood, never raised.
Reader = Callable[[Path, Shop, FeedOptions], Iterable[Understood]]
