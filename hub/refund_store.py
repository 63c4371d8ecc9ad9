"""The refund book: what is promised of a receipt is written, once for each key, before any money moves."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub.catalogue_store import unknown_store
from hub.database import Database
from hub.errors import PaymentConflict, PaymentUnknown, RefundRefused
from hub.lanes import Lane
from hub.membership.given_back import note_refund
from hub.refund_entry import BY_HUB, BY_LANE, QUERY, RefundEntry, entry_of
from hub.refund_tables import SALE_REFUND
from hub.refunded_receipt import Receipt, read_receipt
from hub.tables import LANE, PAYMENT, SALE, STORE
from payments.gateway import Outcome, PaymentResult
from retail.events import canonical_json
from retail.refunding import Part, PricedPart

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RefundAsked:
    """What a lane asks for. `receipt`: its number or the sale's id; `parts` None: all that is left; `amount_minor`: the
    sum that staff confirmed, None for whatever it comes to."""

    refund_key: str
    receipt: str
    parts: tuple[Part, ...] | None
    why: str
    asked_by: str
    approved_by: str
    amount_minor: int | None = None

    @property
    def written(self) -> str:
        """By which the same order is known again."""
        parts = None if self.parts is None else [[one.line, one.quantity] for one in sorted(self.parts, key=_line)]
        return canonical_json({"receipt": self.receipt, "parts": parts, "amount_minor": self.amount_minor})


def _line(part: Part) -> int:
    return part.line


class RefundStore:
    """Each method is one transaction. A lane sees receipts of its own store only."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def receipt(self, lane: Lane, named: str) -> Receipt:
        """What can be given back of a receipt; RefundRefused."""
        with self._database.read() as connection:
            return read_receipt(connection, lane.store, named)

    def promise(self, lane: Lane, asked: RefundAsked) -> RefundEntry:
        """Reserve what is asked for, or find it reserved under this key. RefundRefused, and nothing is promised;
        PaymentConflict if the key stands for something else."""
        try:
            with self._database.write() as connection:
                known = _entry(connection, asked.refund_key)
                if known is None:
                    receipt = read_receipt(connection, lane.store, asked.receipt, hold=True)
                    known = _entry(connection, asked.refund_key)  # promised while we waited for the receipt
                if known is None:
                    parts = receipt.price(asked.parts)
                    _must_be_as_shown(asked, receipt, parts)
                    connection.execute(insert(SALE_REFUND).values(**self._new(lane, asked, receipt, parts)))
                    known = _entry(connection, asked.refund_key)
        except IntegrityError:  # the key was written for another receipt by another hub process
            known = self.find(asked.refund_key)
        if known is None or known.lane_id != lane.id or known.asked != asked.written:
            raise PaymentConflict(f"refund {asked.refund_key} is known with another lane or order; take a new key")
        return known

    def find(self, refund_key: str) -> RefundEntry | None:
        """The refund of a key."""
        with self._database.read() as connection:
            return _entry(connection, refund_key)

    def paying_lane(self, entry: RefundEntry) -> Lane:
        """The lane in whose name the hub's gateway took the money; PaymentUnknown if it did not."""
        query = select(LANE.c.id, LANE.c.store, LANE.c.name).join(PAYMENT, PAYMENT.c.lane_id == LANE.c.id)
        with self._database.read() as connection:
            row = connection.execute(query.where(PAYMENT.c.key == entry.payment_key)).one_or_none()
        if row is None:
            raise PaymentUnknown(f"the hub has no payment {entry.payment_key}")
        return Lane(*row)

    def settle(self, refund_key: str, result: PaymentResult, *, by: Lane | None = None) -> RefundEntry:
        """Keep what the gateway said, unless that is settled. `by` a lane: only a refund that it makes itself;
        PaymentUnknown for others."""
        with self._database.write() as connection:
            entry = _entry(connection, refund_key, hold=True)
            if entry is None or (by is not None and (entry.lane_id != by.id or entry.route != BY_LANE)):
                raise PaymentUnknown(f"this lane makes no refund {refund_key}")
            if entry.settled:
                if result.outcome in {Outcome.APPROVED, Outcome.DECLINED} and result.outcome is not entry.outcome:
                    log.error("refund %s: is %s, and now told %s", refund_key, entry.outcome, result.outcome)
                return entry
            settle_row(connection, refund_key, result, now=self._now())
            settled = _entry(connection, refund_key)
        assert settled is not None  # noqa: S101 - for the type checker
        return settled

    def of_store(self, store: str) -> list[RefundEntry]:
        """All refunds of a store's sales, oldest first; StoreUnknown."""
        with self._database.read() as connection:
            if connection.execute(select(STORE.c.id).where(STORE.c.id == store)).scalar() is None:
                raise unknown_store(connection, store)
            return [entry_of(row) for row in connection.execute(QUERY.where(SALE.c.store == store))]

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _new(self, lane: Lane, asked: RefundAsked, receipt: Receipt, parts: Sequence[PricedPart]) -> dict[str, Any]:
        attempt, now = receipt.attempt, self._now()
        return {
            "refund_key": asked.refund_key,
            "lane_id": lane.id,
            "sale_id": receipt.sale_id,
            "payment_key": attempt.key,
            "paid_by_lane": receipt.lane,
            "gateway": attempt.gateway,
            "way": attempt.way,
            "brand": attempt.brand,
            "route": BY_LANE if receipt.paying is None else BY_HUB,
            "amount_minor": sum(part.amount_minor for part in parts),
            "paid_minor": receipt.paid_minor,
            "currency": receipt.currency,
            "asked": asked.written,
            "parts": canonical_json([[part.line, part.quantity, part.amount_minor] for part in parts]),
            "why": asked.why,
            "asked_by": asked.asked_by,
            "approved_by": asked.approved_by,
            "outcome": Outcome.UNKNOWN.value,
            "reason": "",
            "reference": "",
            "created_at": now,
            "updated_at": now,
        }


def settle_row(connection: Connection, refund_key: str, result: PaymentResult, *, now: int) -> None:
    """Write an outcome; the caller has looked that there was none. Points and coupons of its sale follow from it."""
    values = {"outcome": result.outcome.value, "reason": result.reason.value, "reference": result.reference}
    connection.execute(
        update(SALE_REFUND).where(SALE_REFUND.c.refund_key == refund_key).values(**values, updated_at=now)
    )
    note_refund(connection, refund_key)


def _entry(connection: Connection, refund_key: str, *, hold: bool = False) -> RefundEntry | None:
    query = QUERY.where(SALE_REFUND.c.refund_key == refund_key)
    row = connection.execute(query.with_for_update(of=SALE_REFUND) if hold else query).one_or_none()
    return None if row is None else entry_of(row)


def _must_be_as_shown(asked: RefundAsked, receipt: Receipt, parts: Sequence[PricedPart]) -> None:
    amount = sum(part.amount_minor for part in parts)
    if asked.amount_minor not in {None, amount}:
        raise RefundRefused(
            "changed", f"receipt {receipt.number}: what can be given back has changed meanwhile; look at it again"
        )
