"""The payments that the hub has, for people: what is open, since when, and who is to be asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from hub.catalogue_store import unknown_store
from hub.database import Database
from hub.payment_store import FINAL
from hub.tables import LANE, PAYMENT, STORE


@dataclass(frozen=True, slots=True)
class PaymentSummary:
    """One payment. `gateway` is empty for what was never asked for; times are epoch seconds."""

    key: str
    store: str
    lane: str
    sale_id: str
    way: str
    gateway: str
    contract: str
    amount_minor: int | None
    currency: str
    outcome: str
    reason: str
    trouble: str
    reference: str
    cancel_sent: bool
    created_at: int
    updated_at: int

    @property
    def settled(self) -> bool:
        """Whether its outcome will not change by itself."""
        return self.outcome in FINAL


class PaymentList:
    """Reads payments of all lanes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, *, store: str = "", only_open: bool = False, most: int | None = None) -> list[PaymentSummary]:
        """Oldest first, of the newest `most`. StoreUnknown."""
        query = select(PAYMENT, LANE.c.store, LANE.c.name.label("lane")).join(LANE, LANE.c.id == PAYMENT.c.lane_id)
        if store:
            query = query.where(LANE.c.store == store)
        if only_open:
            query = query.where(PAYMENT.c.outcome.not_in(FINAL))
        query = query.order_by(PAYMENT.c.created_at.desc(), PAYMENT.c.key.desc()).limit(most)
        with self._database.read() as connection:
            if store and connection.execute(select(STORE.c.id).where(STORE.c.id == store)).scalar() is None:
                raise unknown_store(connection, store)
            return [_summary(row) for row in connection.execute(query)][::-1]


def _summary(row: Row[Any]) -> PaymentSummary:
    return PaymentSummary(
        row.key,
        row.store,
        row.lane,
        row.sale_id,
        row.way,
        row.gateway,
        row.contract,
        row.amount_minor,
        row.currency,
        row.outcome,
        row.reason,
        row.trouble,
        row.reference,
        row.cancel_sent,
        row.created_at,
        row.updated_at,
    )
