"""Payments and refunds that lanes order through the hub, on disk before any gateway is asked; never an instrument."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub.database import Database
from hub.errors import PaymentConflict, PaymentUnknown
from hub.lanes import Lane
from hub.tables import PAYMENT, REFUND
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Reason
from retail.money import Money

log = logging.getLogger(__name__)

FINAL: Final = frozenset({Outcome.APPROVED, Outcome.DECLINED})


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as the hub knows it; `amount` is None for a key that was barred before it was ever started."""

    key: str
    sale_id: str
    amount: Money | None
    result: PaymentResult

    @property
    def settled(self) -> bool:
        """Whether its outcome will not change by itself."""
        return self.result.outcome in FINAL


@dataclass(frozen=True, slots=True)
class Refund:
    """A refund as the hub knows it."""

    amount_minor: int
    result: PaymentResult


class PaymentStore:
    """Each method is one transaction. A lane sees only its own keys."""

    def __init__(self, database: Database, clock: Callable[[], datetime], gateway: str) -> None:
        self._database = database
        self._clock = clock
        self._gateway = gateway

    def intend(self, lane: Lane, request: PaymentRequest) -> tuple[Payment, bool]:
        """Put an order on disk, as UNKNOWN; the payment, and whether the order is new.

        PaymentConflict if the key stands for another order.
        """
        try:
            with self._database.write() as connection:
                row = _row(connection, request.key)
                if row is None:
                    connection.execute(insert(PAYMENT).values(**self._new(lane, request.key, request)))
                    return Payment(request.key, request.sale_id, request.amount, _UNKNOWN), True
        except IntegrityError:  # another hub process was quicker
            with self._database.read() as connection:
                row = _row(connection, request.key)
        if row is None or row.lane_id != lane.id or not _same(row, request):
            raise PaymentConflict(f"payment {request.key} is known with another lane, sale or amount; take a new key")
        return _payment(row), False

    def find(self, lane: Lane, key: str) -> Payment:
        """The payment of a key; PaymentUnknown if this lane has none."""
        with self._database.read() as connection:
            return _payment(_own_row(connection, lane, key))

    def bar(self, lane: Lane, key: str) -> Payment | None:
        """Make sure that a key not seen yet can never be started: then the barred payment, else None."""
        try:
            with self._database.write() as connection:
                if _row(connection, key) is not None:
                    _own_row(connection, lane, key)
                    return None
                connection.execute(insert(PAYMENT).values(**self._new(lane, key, None)))
        except IntegrityError:  # another hub process was quicker
            self.find(lane, key)
            return None
        return Payment(key, "", None, _BARRED)

    def settle(self, key: str, result: PaymentResult, *, over_settled: bool = False) -> Payment:
        """Keep what the gateway said. A settled outcome only changes with `over_settled` (a cancel that pays back)."""
        with self._database.write() as connection:
            row = _row(connection, key, lock=True)
            if row is None:
                raise PaymentUnknown(f"there is no payment {key}")
            result = _believed(row, result)
            if over_settled or Outcome(row.outcome) not in FINAL:
                values = {
                    "outcome": result.outcome.value,
                    "reason": result.reason.value,
                    "reference": result.reference or row.reference,
                    "paid_minor": None if result.paid is None else result.paid.minor,
                    "updated_at": self._now(),
                }
                connection.execute(update(PAYMENT).where(PAYMENT.c.key == key).values(**values))
            return _payment(_row(connection, key))

    def intend_refund(self, lane: Lane, key: str, refund_key: str, amount_minor: int) -> Refund:
        """Put a refund on disk, as UNKNOWN, or find it there; PaymentConflict if it was of another amount."""
        with self._database.write() as connection:
            _own_row(connection, lane, key, lock=True)
            row = _refund_row(connection, key, refund_key)
            if row is None:
                new = {"payment_key": key, "refund_key": refund_key, "amount_minor": amount_minor}
                now = self._now()
                result = {"outcome": Outcome.UNKNOWN.value, "reason": "", "reference": ""}
                connection.execute(insert(REFUND).values(**new, **result, created_at=now, updated_at=now))
                return Refund(amount_minor, _UNKNOWN)
        if row.amount_minor != amount_minor:
            raise PaymentConflict(f"refund {refund_key} is known with another amount; take a new key")
        return Refund(amount_minor, PaymentResult(Outcome(row.outcome), Reason(row.reason), row.reference))

    def settle_refund(self, key: str, refund_key: str, result: PaymentResult) -> None:
        """Keep what the gateway said of a refund, unless that is settled."""
        values = {
            "outcome": result.outcome.value,
            "reason": result.reason.value,
            "reference": result.reference,
            "updated_at": self._now(),
        }
        own = (REFUND.c.payment_key == key) & (REFUND.c.refund_key == refund_key)
        with self._database.write() as connection:
            connection.execute(update(REFUND).where(own, REFUND.c.outcome.not_in(FINAL)).values(**values))

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _new(self, lane: Lane, key: str, request: PaymentRequest | None) -> dict[str, Any]:
        """The row of an order, or of a barred key. The instrument is not among the columns, and never will be."""
        result = _BARRED if request is None else _UNKNOWN
        return {
            "key": key,
            "lane_id": lane.id,
            "sale_id": "" if request is None else request.sale_id,
            "way": "" if request is None else request.way,
            "gateway": self._gateway,
            "amount_minor": None if request is None else request.amount.minor,
            "currency": "" if request is None else request.amount.currency,
            "outcome": result.outcome.value,
            "reason": result.reason.value,
            "reference": "",
            "paid_minor": None,
            "created_at": self._now(),
            "updated_at": self._now(),
        }


_UNKNOWN: Final = PaymentResult(Outcome.UNKNOWN)
_BARRED: Final = PaymentResult(Outcome.DECLINED, Reason.CANCELLED)


def _row(connection: Connection, key: str, *, lock: bool = False) -> Row[Any] | None:
    """With `lock` the payment is this transaction's alone: on a server several hubs may work for one lane."""
    query = select(PAYMENT).where(PAYMENT.c.key == key)
    return connection.execute(query.with_for_update() if lock else query).one_or_none()


def _own_row(connection: Connection, lane: Lane, key: str, *, lock: bool = False) -> Row[Any]:
    row = _row(connection, key, lock=lock)
    if row is None or row.lane_id != lane.id:
        raise PaymentUnknown(f"this lane has no payment {key}")
    return row


def _refund_row(connection: Connection, key: str, refund_key: str) -> Row[Any] | None:
    own = (REFUND.c.payment_key == key) & (REFUND.c.refund_key == refund_key)
    return connection.execute(select(REFUND).where(own)).one_or_none()


def _believed(row: Row[Any], result: PaymentResult) -> PaymentResult:
    """The answer, unless it is about other money than was asked for: that settles nothing."""
    if result.outcome is not Outcome.APPROVED:
        return PaymentResult(result.outcome, result.reason, result.reference)
    if result.paid is None or (result.paid.minor, result.paid.currency) == (
        row.amount_minor,
        row.currency,
    ):
        return result
    log.error("payment %s: the gateway says %s, asked were %s %s", row.key, result.paid, row.amount_minor, row.currency)
    return PaymentResult(Outcome.UNKNOWN, Reason.NONE, result.reference)


def _same(row: Row[Any], request: PaymentRequest) -> bool:
    if row.amount_minor is None:  # barred: its order comes too late, and is answered 'declined'
        return True
    order = (request.sale_id, request.amount.minor, request.amount.currency)
    return (row.sale_id, row.amount_minor, row.currency) == order


def _payment(row: Row[Any] | None) -> Payment:
    if row is None:
        raise PaymentUnknown("the payment is gone")
    amount = None if row.amount_minor is None else Money(row.amount_minor, row.currency)
    paid = None if row.paid_minor is None else Money(row.paid_minor, row.currency)
    return Payment(
        row.key, row.sale_id, amount, PaymentResult(Outcome(row.outcome), Reason(row.reason), row.reference, paid)
    )
