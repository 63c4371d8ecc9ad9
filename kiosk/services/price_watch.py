"""Notices that prices may have changed: a newer list is there, or a price begins or ends at this moment."""

from __future__ import annotations

from datetime import datetime

from kiosk.services.ports import Prices


class PriceWatch:
    """What was reckoned with which list, and until when that holds. Two comparisons when nothing has changed."""

    def __init__(self) -> None:
        self._prices: Prices | None = None
        self._at: datetime | None = None
        self._until: datetime | None = None

    def is_due(self, prices: Prices, now: datetime) -> bool:
        """Whether to look again; so it is at first, and after a clock was put back."""
        if prices is not self._prices or self._at is None or now < self._at:
            return True
        return self._until is not None and now >= self._until

    def looked(self, prices: Prices, now: datetime) -> None:
        """All was looked at, and is right until something changes. Raises PriceListError."""
        self._until = prices.next_change(now)
        self._prices, self._at = prices, now
