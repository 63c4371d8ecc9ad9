"""What lanes' journals say of refunds: it settles what a lane made itself, and it is held against the book."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, delete, func, insert, select

from hub.database import Database
from hub.lanes import Lane
from hub.refund_entry import BY_LANE, QUERY, entry_of
from hub.refund_store import settle_row
from hub.refund_tables import REFUND_TOLD, SALE_REFUND
from hub.tables import LANE, PAYMENT, REFUND, SALE
from payments.gateway import Outcome, PaymentResult, Reason
from retail.events import Event, EventKind

_FINAL = {Outcome.APPROVED.value, Outcome.DECLINED.value}


def keep_refunds_told(connection: Connection, lane: Lane, events: Sequence[Event], *, now: int) -> None:
    """Take over what usable events say became of refunds; inside the transaction that stores the events. A lane's
    journal comes in the end, whatever became of its own word to the hub."""
    for event in events:
        if event.kind != EventKind.REFUND_RESOLVED or event.body["outcome"] not in _FINAL:
            continue
        body, key = event.body, event.body["refund_key"]
        own = (REFUND_TOLD.c.lane_id == lane.id) & (REFUND_TOLD.c.refund_key == key)
        connection.execute(delete(REFUND_TOLD).where(own))
        told = {name: body[name] for name in ("refund_key", "amount_minor", "currency", "outcome")}
        connection.execute(insert(REFUND_TOLD).values(lane_id=lane.id, at=event.at, sale_id=body["sale"], **told))
        row = connection.execute(QUERY.where(SALE_REFUND.c.refund_key == key)).one_or_none()
        entry = None if row is None else entry_of(row)
        if entry is not None and not entry.settled and (entry.lane_id, entry.route) == (lane.id, BY_LANE):
            reference = str(body.get("reference") or "")
            settle_row(connection, key, PaymentResult(Outcome(body["outcome"]), Reason.NONE, reference), now=now)


@dataclass(frozen=True, slots=True)
class RefundDiscrepancy:
    """Where books differ, in a sentence."""

    refund_key: str
    lane: str
    sentence: str


class RefundsTold:
    """Compares the book with the lanes' journals and with the hub's payments."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def discrepancies(self, store: str) -> list[RefundDiscrepancy]:
        """Everything about a store's refunds that somebody has to look at."""
        with self._database.read() as connection:
            return [
                *_against_journals(connection, store),
                *_against_payments(connection, store),
                *_more_than_paid(connection, store),
            ]


def _against_journals(connection: Connection, store: str) -> Iterable[RefundDiscrepancy]:
    query = select(REFUND_TOLD, LANE.c.name).join(LANE, LANE.c.id == REFUND_TOLD.c.lane_id).where(LANE.c.store == store)
    book = {row.refund_key: entry_of(row) for row in connection.execute(QUERY.where(SALE.c.store == store))}
    for told in connection.execute(query.order_by(REFUND_TOLD.c.at, REFUND_TOLD.c.refund_key)):
        entry, approved = book.get(told.refund_key), told.outcome == Outcome.APPROVED
        if entry is None:
            if approved:
                why = f"gave back {told.amount_minor} {told.currency} of sale {told.sale_id}, which nobody promised"
                yield RefundDiscrepancy(told.refund_key, told.name, why)
        elif told.outcome != entry.outcome:
            why = f"its journal says {told.outcome}, the hub's book {entry.outcome}"
            yield RefundDiscrepancy(told.refund_key, told.name, why)
        elif approved and told.amount_minor != entry.amount_minor:
            why = f"gave back {told.amount_minor} {told.currency}, promised were {entry.amount_minor}"
            yield RefundDiscrepancy(told.refund_key, told.name, why)


def _against_payments(connection: Connection, store: str) -> Iterable[RefundDiscrepancy]:
    """Refunds that the hub's gateways made, against the book."""
    query = (
        select(REFUND, LANE.c.name, SALE_REFUND.c.outcome.label("book"))
        .join(PAYMENT, PAYMENT.c.key == REFUND.c.payment_key)
        .join(LANE, LANE.c.id == PAYMENT.c.lane_id)
        .outerjoin(SALE_REFUND, SALE_REFUND.c.refund_key == REFUND.c.refund_key)
        .where(LANE.c.store == store, REFUND.c.outcome.in_(_FINAL))
        # A gateway that took too little: the lane gave that back at once, and nothing was sold for it.
        .where(PAYMENT.c.outcome == Outcome.APPROVED.value)
        .order_by(REFUND.c.created_at, REFUND.c.refund_key)
    )
    for row in connection.execute(query):
        if row.book is None and row.outcome == Outcome.APPROVED:
            why = f"{row.amount_minor} of payment {row.payment_key} went back without naming a receipt"
            yield RefundDiscrepancy(row.refund_key, row.name, why)
        elif row.book is not None and row.book != row.outcome:
            why = f"the gateway said {row.outcome}, the refund book has {row.book}: the lane has not asked again yet"
            yield RefundDiscrepancy(row.refund_key, row.name, why)


def _more_than_paid(connection: Connection, store: str) -> Iterable[RefundDiscrepancy]:
    given = func.sum(SALE_REFUND.c.amount_minor)
    query = (
        select(
            SALE.c.receipt_number, LANE.c.name, given.label("given"), func.min(SALE_REFUND.c.paid_minor).label("paid")
        )
        .join(SALE, SALE.c.id == SALE_REFUND.c.sale_id)
        .join(LANE, LANE.c.id == SALE.c.lane_id)
        .where(SALE.c.store == store, SALE_REFUND.c.outcome != Outcome.DECLINED.value)
        .group_by(SALE.c.id, SALE.c.receipt_number, LANE.c.name)
        .having(given > func.min(SALE_REFUND.c.paid_minor))
    )
    for row in connection.execute(query):
        yield RefundDiscrepancy("", row.name, f"receipt {row.receipt_number}: {row.given} of {row.paid} paid went back")
