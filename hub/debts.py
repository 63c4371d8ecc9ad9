"""Debts: payments that a lane's terminal took without the bank, and that the bank refused when it was asked."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, literal_column, select

from hub.catalogue_store import unknown_store
from hub.database import Database
from hub.lane_rows import events_of_sales
from hub.tables import LANE, LANE_EVENT, SALE, STORE
from retail.events import EventKind

# As its index has it: with a bound value in place of the text SQLite would not use it.
_FORWARDED = LANE_EVENT.c.kind == literal_column(f"'{EventKind.PAYMENT_FORWARDED}'")


@dataclass(frozen=True, slots=True)
class Debt:
    """One of them. `at`: when the lane learnt of it; `key`: what the bank or the terminal knows the payment by."""

    store: str
    lane: str
    sale_id: str
    receipt_number: str
    key: str
    way: str
    gateway: str
    reference: str
    amount_minor: int
    currency: str
    reason: str
    paid_at: str
    at: str


class Debts:
    """Reads them off the lanes' journals: what no command can lose or change."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of_store(self, store: str) -> list[Debt]:
        """All debts of a store, the oldest first; StoreUnknown."""
        columns = (LANE_EVENT, LANE.c.name.label("lane_name"), LANE.c.store, SALE.c.receipt_number, SALE.c.currency)
        query = (
            select(*columns)
            .join(LANE, LANE.c.id == LANE_EVENT.c.lane_id)
            .join(SALE, SALE.c.id == LANE_EVENT.c.sale_id, isouter=True)
            .where(_FORWARDED, LANE.c.store == store)
            .order_by(LANE_EVENT.c.at, LANE_EVENT.c.number)
        )
        with self._database.read() as connection:
            if connection.execute(select(STORE.c.id).where(STORE.c.id == store)).scalar() is None:
                raise unknown_store(connection, store)
            rows = [(row, json.loads(row.body)) for row in connection.execute(query)]
            return [_debt(connection, row, body) for row, body in rows if body.get("outcome") == "declined"]


def _debt(connection: Connection, row: Row[Any], body: dict[str, Any]) -> Debt:
    events = events_of_sales(connection, row.lane_id, row.life, [row.sale_id]).get(row.sale_id, [])
    asked = [
        (event.at, event.body)
        for event in events
        if event.kind == EventKind.PAYMENT_INTENDED and event.body.get("key") == body.get("key")
    ]
    paid_at, intent = asked[0] if asked else ("", {})
    return Debt(
        store=row.store,
        lane=row.lane_name,
        sale_id=row.sale_id or "",
        receipt_number=row.receipt_number or "",
        key=str(body.get("key") or ""),
        way=str(intent.get("way") or ""),
        gateway=str(intent.get("gateway") or ""),
        reference=str(body.get("reference") or ""),
        amount_minor=int(intent.get("amount_minor") or 0),
        currency=str(intent.get("currency") or row.currency or ""),
        reason=str(body.get("reason") or ""),
        paid_at=paid_at,
        at=row.at,
    )
