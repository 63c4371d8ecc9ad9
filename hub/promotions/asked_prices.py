"""What goods of a store cost without campaigns, now and while a campaign lasts: what its terms are held against."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection

from hub.described import Described, described
from hub.pricing import ANY_CHANNEL, effective, resolve
from hub.rule_rows import rules_of
from hub.shops import Shop
from offline_cache.price_list.writer import PriceRow
from retail.promotions.campaign import When


class AskedPrices:
    """The prices of some products; `sold` are those of them that the store has."""

    def __init__(self, connection: Connection, shop: Shop, products: Collection[int], *, at: int) -> None:
        self.sold: dict[int, Described] = described(connection, shop, products)
        self._at = at
        place = {"store": shop.id, "region": shop.region, "currency": shop.currency}
        self._rows: dict[int, tuple[PriceRow, ...]] = {
            product: resolve(rules, channel=ANY_CHANNEL, since=at, **place)
            for product, rules in rules_of(connection, list(self.sold), shop.scopes).items()
        }

    def highest(self, product: int, when: When) -> int | None:
        """The most that a piece or kilogram costs while a campaign lasts, from now on; None: it has no price then."""
        rows = self._rows.get(product, ())
        if len(rows) == 1 and rows[0].valid_from is None and rows[0].valid_until is None:
            return None if rows[0].kind == "member" else rows[0].minor  # most products
        begins, ends = max(self._at, when.valid_from or self._at), when.valid_until
        edges = {edge for row in rows for edge in (row.valid_from, row.valid_until) if edge is not None}
        moments = [begins, *(edge for edge in edges if edge > begins and (ends is None or edge < ends))]
        paid = (effective(rows, moment) for moment in moments)
        return max((row.minor for row in paid if row is not None), default=None)
