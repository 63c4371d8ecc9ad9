"""Reads the records of sales: one for a lane that asks, all of a store for people."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, Row, func, select

from hub.catalogue_store import unknown_store
from hub.database import Database
from hub.refund_tables import SALE_REFUND
from hub.tables import LANE, SALE, STORE
from payments.gateway import Outcome


class SalesList:
    """The records that EventsStore keeps."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def find(self, sale_id: str, *, store: str) -> dict[str, Any] | None:
        """A sale as the API answers it, or None if that store has none of that id."""
        query = _QUERY.where(SALE.c.id == sale_id, SALE.c.store == store)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _answer(row)

    def anywhere(self, sale_id: str) -> dict[str, Any] | None:
        """A sale of whatever store, or None."""
        with self._database.read() as connection:
            row = connection.execute(_QUERY.where(SALE.c.id == sale_id)).one_or_none()
        return None if row is None else _answer(row)

    def of_store(self, store: str) -> list[dict[str, Any]]:
        """All sales of a store, oldest first; StoreUnknown if there is no such store."""
        with self._database.read() as connection:
            _must_exist(connection, store)
            rows = connection.execute(_QUERY.where(SALE.c.store == store).order_by(SALE.c.started_at, SALE.c.id))
            return [_answer(row) for row in rows]


# What the refund book has given back, for certain.
_REFUNDED = (
    select(func.coalesce(func.sum(SALE_REFUND.c.amount_minor), 0))
    .where(SALE_REFUND.c.sale_id == SALE.c.id, SALE_REFUND.c.outcome == Outcome.APPROVED.value)
    .scalar_subquery()
)
_QUERY = select(SALE, LANE.c.name.label("lane_name"), _REFUNDED.label("refunded_minor")).join(
    LANE, LANE.c.id == SALE.c.lane_id
)


def totals(sales: list[dict[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Number, sum and saving of the completed sales, and what of the sum was given back, by currency."""
    for currency in sorted({sale["currency"] for sale in sales}):
        completed = [sale for sale in sales if sale["currency"] == currency and sale["status"] == "completed"]
        given_back = sum(sale["refunded_minor"] for sale in completed)
        yield {
            "currency": currency,
            "sales": len(completed),
            "total_minor": sum(sale["total_minor"] for sale in completed),
            "saved_minor": sum(sale["saved_minor"] for sale in completed),
            **({"refunded_minor": given_back} if given_back else {}),
        }


def _must_exist(connection: Connection, store: str) -> None:
    if connection.execute(select(STORE.c.id).where(STORE.c.id == store)).scalar() is None:
        raise unknown_store(connection, store)


def _answer(row: Row[Any]) -> dict[str, Any]:
    return {
        "id": row.id,
        "store": row.store,
        "lane": row.lane_name,
        "status": row.status,
        "total_minor": row.total_minor,
        "refunded_minor": int(row.refunded_minor),
        "currency": row.currency,
        "lines": row.lines,
        "saved_minor": row.saved_minor,
        "tax": json.loads(row.tax),
        "started_at": row.started_at,
        "completed_at": row.completed_at or None,
        "receipt_number": row.receipt_number,
        "discrepancy": row.discrepancy,
        "guide": row.guide,
        "items": json.loads(row.items),
        "uses": json.loads(row.uses),
    }
