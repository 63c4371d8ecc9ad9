"""One refund as the book has it, and how its row is read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from hub.refund_tables import SALE_REFUND
from hub.tables import LANE, SALE
from payments.gateway import Outcome
from retail.refunding import PricedPart

BY_HUB = "hub"
BY_LANE = "lane"


@dataclass(frozen=True, slots=True)
class RefundEntry:
    """A refund that was promised. `lane` asked for it, `paid_by_lane` took the money; `route` says whose gateway gives
    it back. `outcome` UNKNOWN: nobody knows of an answer yet."""

    refund_key: str
    lane_id: int
    lane: str
    store: str
    sale_id: str
    receipt_number: str
    payment_key: str
    paid_by_lane: str
    gateway: str
    way: str
    brand: str
    route: str
    amount_minor: int
    paid_minor: int
    currency: str
    asked: str
    parts: tuple[PricedPart, ...]
    why: str
    asked_by: str
    approved_by: str
    outcome: Outcome
    reason: str
    reference: str
    created_at: int
    updated_at: int

    @property
    def counts(self) -> bool:
        """Whether its money is not left any more: it was given back, or may be at any moment."""
        return self.outcome is not Outcome.DECLINED

    @property
    def settled(self) -> bool:
        """Whether its outcome will not change."""
        return self.outcome in {Outcome.APPROVED, Outcome.DECLINED}


QUERY = (
    select(SALE_REFUND, LANE.c.name.label("lane"), SALE.c.store, SALE.c.receipt_number)
    .join(LANE, LANE.c.id == SALE_REFUND.c.lane_id)
    .join(SALE, SALE.c.id == SALE_REFUND.c.sale_id)
    .order_by(SALE_REFUND.c.created_at, SALE_REFUND.c.refund_key)
)


def entry_of(row: Row[Any]) -> RefundEntry:
    """The entry of a row of QUERY."""
    values = dict(row._mapping)  # noqa: SLF001 - SQLAlchemy's own name for it
    values["parts"] = tuple(PricedPart(*part) for part in json.loads(row.parts))
    values["outcome"] = Outcome(row.outcome)
    return RefundEntry(**values)


def entries_of_sale(connection: Connection, sale_id: str) -> tuple[RefundEntry, ...]:
    """All refunds of a sale, oldest first."""
    return tuple(entry_of(row) for row in connection.execute(QUERY.where(SALE_REFUND.c.sale_id == sale_id)))
