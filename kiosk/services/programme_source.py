"""The shop's membership programme as the price list in use has it: read once for each list."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from kiosk.services.ports import Prices
from offline_cache.price_list.errors import PriceListError
from retail.membership.programme import Programme, ProgrammeError, programme_from

logger = logging.getLogger(__name__)


class ProgrammeSource:
    """On the till's thread. While no list can be read, the programme of the last one holds: a sale may be ending."""

    def __init__(self, prices: Callable[[], Prices]) -> None:
        self._prices = prices
        self._read_of: object = None
        self._programme: Programme | None = None

    def current(self) -> Programme | None:
        """None for a shop without members; never raises."""
        try:
            meta = self._prices().meta
        except PriceListError:
            return self._programme
        if self._read_of is not meta:
            self._read_of, self._programme = meta, _programme(meta.membership)
        return self._programme


def _programme(said: Mapping[str, Any]) -> Programme | None:
    try:
        return programme_from(said)
    except ProgrammeError as exc:
        logger.warning("this list offers no membership: %s", exc)
        return None
