"""Keeps the records of a lane's sales in step with its journal, inside the transaction that stores the events."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from hub.lane_rows import events_of_sales, in_parts
from hub.lanes import Lane
from hub.sales import SaleRecord, build, unusable
from hub.sold_items import keep_sold_items
from hub.tables import SALE
from retail.events import Event, canonical_json
from retail.sale import SaleStatus


class SaleRecords:
    """The sales of one life of one lane's journal."""

    def __init__(self, connection: Connection, lane: Lane, life: int) -> None:
        self._connection = connection
        self._lane = lane
        self._life = life

    def take(self, events: Sequence[Event]) -> dict[int, str]:
        """Bring records up to date with events that are not stored yet: why each that is of no use is not.

        Each sale is folded once, from its first event on: what came in earlier posts is read back.
        """
        refused = {event.number: reason for event in events if not event.sale_id and (reason := unusable(event))}
        fresh: dict[str, list[Event]] = {}
        for event in events:
            if event.sale_id:
                fresh.setdefault(event.sale_id, []).append(event)
        if fresh:
            old = events_of_sales(self._connection, self._lane.id, self._life, fresh)
            whole = {sale_id: [*old.get(sale_id, ()), *new] for sale_id, new in fresh.items()}
            numbers = {event.number for event in events}
            refused |= {number: reason for number, reason in self.fold(whole).items() if number in numbers}
        return refused

    def fold(self, sales: Mapping[str, Sequence[Event]]) -> dict[int, str]:
        """Make the records of whole sales anew: why each event that is of no use is not."""
        refused: dict[int, str] = {}
        owners = self._owners(sales)
        added: list[dict[str, Any]] = []
        changed: list[dict[str, Any]] = []
        items: dict[str, list[dict[str, Any]]] = {}
        for sale_id, events in sales.items():
            if owners.get(sale_id, (self._lane.id, self._life)) != (self._lane.id, self._life):
                why = f"sale {sale_id} belongs to another lane or journal"
                refused |= {event.number: why for event in events}
                continue
            result = build(events)
            refused |= result.refused
            if result.record is not None:
                (changed if sale_id in owners else added).append(self._row(result.record))
                items[sale_id] = result.record.items if result.record.status == SaleStatus.COMPLETED else []
        if added:
            self._connection.execute(insert(SALE), added)
        if changed:
            self._connection.execute(_CHANGE, [{"which": row["id"], **row} for row in changed])
        keep_sold_items(self._connection, items, before={row["id"] for row in changed})
        return refused

    def _owners(self, sale_ids: Collection[str]) -> dict[str, tuple[int, int]]:
        owners: dict[str, tuple[int, int]] = {}
        for some in in_parts(sale_ids):
            query = select(SALE.c.id, SALE.c.lane_id, SALE.c.life).where(SALE.c.id.in_(some))
            owners |= {row.id: (row.lane_id, row.life) for row in self._connection.execute(query)}
        return owners

    def _row(self, record: SaleRecord) -> dict[str, Any]:
        return {
            "id": record.id,
            "lane_id": self._lane.id,
            "life": self._life,
            "store": self._lane.store,
            "status": record.status,
            "currency": record.currency,
            "total_minor": record.total_minor,
            "saved_minor": record.saved_minor,
            "lines": record.lines,
            "tax": canonical_json(record.tax),
            "items": canonical_json(record.items),
            "started_at": record.started_at,
            "completed_at": record.completed_at,
            "receipt_number": record.receipt_number,
            "discrepancy": record.discrepancy,
            "guide": record.guide,
            "uses": canonical_json(record.uses),
            "claim": record.claim,
            "visit": canonical_json(record.visit),
            "coupons": canonical_json(record.coupons),
            "points": record.points,
            "payment_key": record.payment_key,
            "settled_at": 0,
        }


_CHANGE = (
    update(SALE)
    .where(SALE.c.id == bindparam("which"))
    .values({column.name: bindparam(column.name) for column in SALE.c if column.name not in {"id", "benefits"}})
)
