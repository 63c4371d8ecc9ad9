"""What of a store's goods was called back, as its list says it; and the rows that say so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from hub.list_source import scopes_of
from hub.scopes import in_any
from hub.tables import PRODUCT, RECALL, RECALL_GOODS
from offline_cache.price_list.writer import RecallRow
from retail.recall import Recall


def recalls_of(connection: Connection, store: str, *, at: datetime) -> list[RecallRow]:
    """The recalls that hold in a store at a moment or later, each lot and item once: latest reason, last end."""
    moment = int(at.timestamp())
    query = (
        select(PRODUCT.c.sku, RECALL_GOODS.c.lot, RECALL_GOODS.c.serial, RECALL.c.reason, RECALL.c.valid_until)
        .join(RECALL, RECALL.c.id == RECALL_GOODS.c.recall_id)
        .join(PRODUCT, PRODUCT.c.id == RECALL_GOODS.c.product_id)
        .where(in_any(RECALL, scopes_of(connection, store).scopes), RECALL.c.ended_at.is_(None))
        .where(RECALL.c.valid_until.is_(None) | (RECALL.c.valid_until > moment))
        .order_by(RECALL.c.id)
    )
    found: dict[tuple[str, str, str], RecallRow] = {}
    for sku, lot, serial, reason, until in connection.execute(query):
        before = found.get((sku, lot, serial))
        last = until if before is None else _later([before.valid_until, until])
        found[sku, lot, serial] = RecallRow(sku, Recall(reason, lot, serial), last)
    return list(found.values())


def _later(ends: Sequence[int | None]) -> int | None:
    """The last of several ends; none is later than any."""
    known = [end for end in ends if end is not None]
    return max(known) if len(known) == len(ends) else None
