"""How long ago an order certainly left, whatever anybody does to the clock: to tell when it can arrive no more."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final

from payments.order_notes import OrderNote

_MOST_REMEMBERED: Final = 1000


class OrderAges:
    """`alone`: every order of these keys left from here (GatewayContext.alone)."""

    def __init__(self, monotonic: Callable[[], float], *, alone: bool) -> None:
        self._monotonic = monotonic
        self._alone = alone
        self._seen: dict[str, float] = {}

    def now(self) -> float:
        """To be noted when an order leaves."""
        return self._monotonic()

    def see(self, key: str) -> None:
        """Somebody asks about the order: whoever sent it has begun to by now, and its payment code is no younger."""
        self._seen.setdefault(key, self._monotonic())
        while len(self._seen) > _MOST_REMEMBERED:
            del self._seen[next(iter(self._seen))]

    def least_s(self, key: str, note: OrderNote) -> float:
        """Seconds since it left, or fewer; infinite if it never did. What another machine, or another life of this
        one, sent counts from when it was first asked about here."""
        if note.sent_at_s is None and (self._alone or note.amount is not None):
            return math.inf
        now = self._monotonic()
        if note.left_at is not None and note.left_at <= now:
            return now - note.left_at
        self.see(key)
        return now - self._seen[key]
