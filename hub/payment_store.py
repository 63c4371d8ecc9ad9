"""Payments and refunds that lanes order through the hub, on disk before any gateway is asked; never an instrument."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub.database import Database
from hub.errors import PaymentConflict, PaymentUnknown
from hub.lanes import Lane
from hub.membership.payers import Payers
from hub.payment_gateways import Account
from hub.refund_limit import left_of_payment
from hub.tables import LANE, PAYMENT, REFUND
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Reason, Trouble
from retail.money import Money

log = logging.getLogger(__name__)

FINAL: Final = frozenset({Outcome.APPROVED, Outcome.DECLINED})


class By(StrEnum):
    """What an answer was an answer to; once a cancel was sent, only a cancel's counts."""

    START = "start"
    LOOKUP = "lookup"
    CANCEL = "cancel"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment as the hub knows it; `amount` is None for a key that was barred before it was ever started.

    `created_at`, `sending_until`: epoch seconds; until the latter its start may still be on its way.
    """

    key: str
    sale_id: str
    amount: Money | None
    result: PaymentResult
    gateway: str = ""
    contract: str = ""
    cancel_sent: bool = False
    created_at: int = 0
    sending_until: int = 0

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
    """Each method is one transaction. A lane sees only its own keys, and of nobody who paid."""

    def __init__(self, database: Database, clock: Callable[[], datetime], payers: Payers | None = None) -> None:
        self._database = database
        self._clock = clock
        self._payers = payers

    def now(self) -> int:
        """The hub's time, epoch seconds."""
        return int(self._clock().timestamp())

    def intend(self, lane: Lane, request: PaymentRequest, account: Account | Reason) -> tuple[Payment, bool]:
        """Put an order on disk, as UNKNOWN, or as declined where nobody can be asked; and whether the order is new.

        PaymentConflict if the key stands for another order.
        """
        try:
            with self._database.write() as connection:
                row = _row(connection, request.key)
                if row is None:
                    connection.execute(insert(PAYMENT).values(**self._ordered(lane, request, account)))
                    return _payment(_row(connection, request.key)), True
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

    def lane_of(self, key: str) -> Lane:
        """The lane that ordered a payment; PaymentUnknown if nobody has."""
        query = select(LANE.c.id, LANE.c.store, LANE.c.name).join(PAYMENT, PAYMENT.c.lane_id == LANE.c.id)
        with self._database.read() as connection:
            found = connection.execute(query.where(PAYMENT.c.key == key)).one_or_none()
        if found is None:
            raise PaymentUnknown(f"there is no payment {key}; `kiosk-hub payments` lists them")
        return Lane(*found)

    def bar(self, lane: Lane, key: str) -> Payment | None:
        """Make sure that a key not seen yet can never be started: then the barred payment, else None."""
        try:
            with self._database.write() as connection:
                if _row(connection, key) is not None:
                    _own_row(connection, lane, key)
                    return None
                connection.execute(insert(PAYMENT).values(**self._new(lane, key, Outcome.DECLINED, Reason.CANCELLED)))
        except IntegrityError:  # another hub process was quicker
            self.find(lane, key)
            return None
        return Payment(key, "", None, PaymentResult(Outcome.DECLINED, Reason.CANCELLED))

    def nobody_sends(self) -> None:
        """Whoever was sending an order has ended: those that it left behind may be cancelled as any other."""
        with self._database.write() as connection:
            left = (PAYMENT.c.sending_until != 0) & PAYMENT.c.outcome.not_in(FINAL)
            connection.execute(update(PAYMENT).where(left).values(sending_until=0))

    def begin_cancel(self, key: str) -> Payment:
        """Note, before it is sent, that a cancel is: from here on only its own answer counts. Unless it is settled."""
        with self._database.write() as connection:
            row = _row(connection, key, lock=True)
            if row is not None and Outcome(row.outcome) not in FINAL and not row.cancel_sent:
                change = {"cancel_sent": True, "updated_at": self.now()}
                connection.execute(update(PAYMENT).where(PAYMENT.c.key == key).values(**change))
            return _payment(_row(connection, key))

    def settle(self, key: str, result: PaymentResult, by: By) -> Payment:
        """Keep what the gateway said, if it counts; what is then known. A settled outcome never changes."""
        with self._database.write() as connection:
            row = _row(connection, key, lock=True)
            if row is None:
                raise PaymentUnknown(f"there is no payment {key}")
            self._keep(connection, row, _believed(row, result), by)
            return _payment(_row(connection, key))

    def notice(self, account: Account, key: str, result: PaymentResult) -> Payment:
        """Keep what a gateway pushed. PaymentUnknown if that gateway has no such payment, PaymentConflict if it was
        about other money."""
        with self._database.write() as connection:
            row = _row(connection, key, lock=True)
            if row is None or row.gateway != account.name or row.contract not in {"", account.contract}:
                raise PaymentUnknown(f"a push about a payment {key[:32]!r} that {account.name} was not asked for")
            if result.outcome is Outcome.APPROVED and result.paid != Money(row.amount_minor, row.currency):
                raise PaymentConflict(f"payment {key}: {account.name} pushed another amount or currency than was asked")
            self._keep(connection, row, result, By.NOTICE)
            return _payment(_row(connection, key))

    def intend_refund(self, lane: Lane, key: str, refund_key: str, amount_minor: int) -> Refund:
        """Put a refund on disk, as UNKNOWN, or find it there; PaymentConflict if it was of another amount.

        One that with all others would be more than was paid is declined: no bank needs to be asked for that.
        """
        with self._database.write() as connection:
            payment = _own_row(connection, lane, key, lock=True)
            row = _refund_row(connection, key, refund_key)
            if row is None:
                new = {"payment_key": key, "refund_key": refund_key, "amount_minor": amount_minor}
                now = self.now()
                fits = amount_minor <= left_of_payment(connection, payment, refund_key)
                said = PaymentResult(Outcome.UNKNOWN) if fits else PaymentResult(Outcome.DECLINED, Reason.REFUSED)
                result = {"outcome": said.outcome.value, "reason": said.reason.value, "reference": ""}
                connection.execute(insert(REFUND).values(**new, **result, created_at=now, updated_at=now))
                return Refund(amount_minor, said)
        if row.amount_minor != amount_minor:
            raise PaymentConflict(f"refund {refund_key} is known with another amount; take a new key")
        return Refund(amount_minor, PaymentResult(Outcome(row.outcome), Reason(row.reason), row.reference))

    def settle_refund(self, key: str, refund_key: str, result: PaymentResult) -> None:
        """Keep what the gateway said of a refund, unless that is settled."""
        values = {
            "outcome": result.outcome.value,
            "reason": result.reason.value,
            "reference": result.reference,
            "updated_at": self.now(),
        }
        own = (REFUND.c.payment_key == key) & (REFUND.c.refund_key == refund_key)
        with self._database.write() as connection:
            connection.execute(update(REFUND).where(own, REFUND.c.outcome.not_in(FINAL)).values(**values))

    def _keep(self, connection: Connection, row: Row[Any], result: PaymentResult, by: By) -> None:
        change: dict[str, Any] = {}
        if by is By.START and row.sending_until:
            change["sending_until"] = 0
        if _counts(row, result, by):
            change |= _changed(row, result)
        if change:
            change["updated_at"] = self.now()
            connection.execute(update(PAYMENT).where(PAYMENT.c.key == row.key).values(**change))
        if result.payer and self._payers is not None and change.get("outcome") == Outcome.APPROVED:
            store = connection.execute(select(LANE.c.store).where(LANE.c.id == row.lane_id)).scalar_one()
            self._payers.keep(connection, row.key, store, result.payer, now=self.now())

    def _ordered(self, lane: Lane, request: PaymentRequest, account: Account | Reason) -> dict[str, Any]:
        """The row of an order. The instrument is not among the columns, and never will be."""
        order = {
            "sale_id": request.sale_id,
            "way": request.way,
            "amount_minor": request.amount.minor,
            "currency": request.amount.currency,
        }
        if isinstance(account, Reason):
            return self._new(lane, request.key, Outcome.DECLINED, account) | order
        sent_to = {
            "gateway": account.name,
            "contract": account.contract,
            "sending_until": self.now() + int(account.deadline_s) + 1,
        }
        return self._new(lane, request.key, Outcome.UNKNOWN, Reason.NONE) | order | sent_to

    def _new(self, lane: Lane, key: str, outcome: Outcome, reason: Reason) -> dict[str, Any]:
        """A row without an order: what it has no word for here is empty."""
        return {
            "key": key,
            "lane_id": lane.id,
            "sale_id": "",
            "way": "",
            "gateway": "",
            "amount_minor": None,
            "currency": "",
            "outcome": outcome.value,
            "reason": reason.value,
            "reference": "",
            "paid_minor": None,
            "created_at": self.now(),
            "updated_at": self.now(),
        }


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
    if result.outcome is not Outcome.APPROVED or result.paid is None:
        return result
    if (result.paid.minor, result.paid.currency) == (row.amount_minor, row.currency):
        return result
    log.error("payment %s: the gateway says %s, asked were %s %s", row.key, result.paid, row.amount_minor, row.currency)
    return PaymentResult(Outcome.UNKNOWN, Reason.NONE, result.reference, trouble=Trouble.OTHER)


def _counts(row: Row[Any], result: PaymentResult, by: By) -> bool:
    known = Outcome(row.outcome)
    if known in FINAL:
        # A full refund is pushed as a closed trade: no contradiction.
        if result.outcome in FINAL and result.outcome is not known and by is not By.NOTICE:
            log.error("payment %s is %s; to %s its gateway says %s: look into it", row.key, known, by, result.outcome)
        return False
    return by is By.CANCEL or not row.cancel_sent


def _changed(row: Row[Any], result: PaymentResult) -> dict[str, Any]:
    """The columns that are to change: a gateway that is asked every few seconds says the same again and again."""
    approved = result.outcome is Outcome.APPROVED and result.paid is not None
    said = {
        "outcome": result.outcome.value,
        "reason": result.reason.value,
        "trouble": result.trouble.value,
        "reference": result.reference or row.reference,
        "paid_minor": result.paid.minor if approved and result.paid is not None else None,
    }
    return {name: value for name, value in said.items() if getattr(row, name) != value}


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
    result = PaymentResult(Outcome(row.outcome), Reason(row.reason), row.reference, paid, trouble=Trouble(row.trouble))
    return Payment(
        row.key,
        row.sale_id,
        amount,
        result,
        gateway=row.gateway,
        contract=row.contract,
        cancel_sent=row.cancel_sent,
        created_at=row.created_at,
        sending_until=row.sending_until,
    )
