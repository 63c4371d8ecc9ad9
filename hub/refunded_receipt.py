"""A receipt as the refund book sees it: what was paid for each line, by whose gateway, and what is left of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, func, select

from hub.errors import RefundRefused
from hub.lane_rows import events_of_sales
from hub.lanes import Lane
from hub.refund_entry import RefundEntry, entries_of_sale
from hub.refund_tables import SALE_REFUND
from hub.sales import fold_usable
from hub.tables import LANE, PAYMENT, REFUND, SALE
from payments.gateway import Outcome
from retail.events import Event, EventKind
from retail.refunding import Given, Part, PricedPart, RefundImpossible, SoldLine, price_parts, sold_lines
from retail.sale import Attempt, AttemptState, SaleStatus

_SALE_IN_NUMBER: Final = 10  # of the sale's id, at the end of a receipt's number
_TAIL: Final = re.compile(rf"(?:^|-)([0-9a-f]{{{_SALE_IN_NUMBER}}})$", re.IGNORECASE | re.ASCII)


@dataclass(frozen=True, slots=True)
class Receipt:
    """A completed sale and what became of its money. `paying` is the lane in the hub's payment book, if it went through
    the hub; `lane` where it was sold. `outside_minor`: given back of the payment without naming a line."""

    sale_id: str
    number: str
    lane: str
    completed_at: str
    currency: str
    attempt: Attempt
    paid_minor: int
    paying: Lane | None
    sold: tuple[SoldLine, ...]
    refunds: tuple[RefundEntry, ...]
    outside_minor: int

    @property
    def given(self) -> Mapping[int, Given]:
        """By line what was given back or is promised."""
        given: dict[int, Given] = {}
        for part in (part for entry in self.refunds if entry.counts for part in entry.parts):
            before = given.get(part.line, Given())
            given[part.line] = Given(before.pieces + part.quantity, before.amount_minor + part.amount_minor)
        return given

    @property
    def left_minor(self) -> int:
        """What may still be given back in all."""
        given = sum(entry.amount_minor for entry in self.refunds if entry.counts)
        return max(0, self.paid_minor - given - self.outside_minor)

    def price(self, asked: Iterable[Part] | None) -> tuple[PricedPart, ...]:
        """What is given back for these parts, or for all that is left (None). RefundRefused."""
        try:
            parts = price_parts(self.sold, self.given, asked)
        except RefundImpossible as exc:
            raise RefundRefused(exc.code, f"receipt {self.number}: {exc}") from exc
        if asked is None:
            parts = _within(parts, self.left_minor)
        if not 0 < sum(part.amount_minor for part in parts) <= self.left_minor:
            raise RefundRefused("nothing_left", f"receipt {self.number}: more would be given back than is left")
        return parts


def read_receipt(connection: Connection, store: str, named: str, *, hold: bool = False) -> Receipt:
    """The receipt of that number, or of the sale of that id. With `hold` nobody else promises of it until this
    transaction ends. RefundRefused for one that is not known, or of which nothing can be given back yet."""
    row = _sale_row(connection, store, named, hold=hold)
    if row.status != SaleStatus.COMPLETED:
        raise RefundRefused("not_completed", f"receipt {named}: the sale is {row.status}, so it was not paid")
    events = events_of_sales(connection, row.lane_id, row.life, [row.id]).get(row.id, [])
    sale = fold_usable(events)
    attempts = () if sale is None else sale.attempts
    attempt = next((one for one in reversed(attempts) if one.state is AttemptState.APPROVED), None)
    if sale is None or attempt is None:
        raise RefundRefused("not_completed", f"receipt {named}: the hub has no payment of that sale")
    _must_be_forwarded(attempt, events, row.receipt_number)
    payment = connection.execute(_PAYMENT.where(PAYMENT.c.key == attempt.key)).one_or_none()
    paid_minor = _paid(attempt, payment, row.receipt_number)
    return Receipt(
        sale_id=row.id,
        number=row.receipt_number or row.id,
        lane=row.lane_name,
        completed_at=row.completed_at,
        currency=row.currency,
        attempt=attempt,
        paid_minor=paid_minor,
        paying=None if payment is None else Lane(payment.lane_id, payment.lane_store, payment.lane_name),
        sold=sold_lines(sale, paid_minor),
        refunds=entries_of_sale(connection, row.id),
        outside_minor=_outside(connection, attempt.key),
    )


_PAYMENT = select(PAYMENT, LANE.c.store.label("lane_store"), LANE.c.name.label("lane_name")).join(
    LANE, LANE.c.id == PAYMENT.c.lane_id
)


def _sale_row(connection: Connection, store: str, named: str, *, hold: bool) -> Row[Any]:
    query = select(SALE, LANE.c.name.label("lane_name")).join(LANE, LANE.c.id == SALE.c.lane_id)
    found = connection.execute(query.where(SALE.c.store == store, _names(named)).limit(3)).all()
    exact = [row for row in found if named in {row.id, row.receipt_number}]
    if len(exact or found) > 1:
        raise RefundRefused("several", f"receipt {named}: several sales have that number; show the receipt's code")
    if not found:
        raise RefundRefused(
            "not_known", f"receipt {named}: the hub knows no such sale of this store; its lane may not have told it yet"
        )
    (row,) = exact or found
    if hold:
        # On a server other hubs promise too: they wait here, and then see what was promised.
        connection.execute(select(SALE.c.id).where(SALE.c.id == row.id).with_for_update()).one()
    return row


def _names(named: str) -> ColumnElement[bool]:
    """By number or id; a number typed in small letters or without the lane names its sale all the same."""
    exact = (SALE.c.receipt_number == named) | (SALE.c.id == named)
    tail = _TAIL.search(named)
    if tail is None:
        return exact
    first = tail.group(1).lower()
    return exact | ((SALE.c.id >= first) & (SALE.c.id < first + "g"))


def _must_be_forwarded(attempt: Attempt, events: Sequence[Event], number: str) -> None:
    """What a terminal took by itself is the bank's only once it has said so."""
    told = [event.body for event in events if event.kind == EventKind.PAYMENT_FORWARDED]
    outcomes = {str(body.get("outcome")) for body in told if body.get("key") == attempt.key}
    if not attempt.stored or AttemptState.APPROVED in outcomes:
        return
    if AttemptState.DECLINED in outcomes:
        raise RefundRefused("not_paid", f"receipt {number}: the bank declined the stored payment: nothing was paid")
    raise RefundRefused("stored", f"receipt {number}: the terminal has not handed the payment to the bank yet")


def _paid(attempt: Attempt, payment: Row[Any] | None, number: str) -> int:
    """What the lane says was paid, and never more than the hub's own book of the payment has."""
    if payment is None:
        return attempt.amount_minor
    if payment.outcome != Outcome.APPROVED:
        raise RefundRefused("not_paid", f"receipt {number}: in the hub's book its payment is {payment.outcome}")
    took = payment.amount_minor if payment.paid_minor is None else payment.paid_minor
    return min(attempt.amount_minor, took or 0)


def _outside(connection: Connection, payment_key: str) -> int:
    """What was given back of a payment by other ways than this book."""
    in_book = select(SALE_REFUND.c.refund_key).where(SALE_REFUND.c.payment_key == payment_key)
    query = select(func.coalesce(func.sum(REFUND.c.amount_minor), 0)).where(
        REFUND.c.payment_key == payment_key,
        REFUND.c.outcome != Outcome.DECLINED.value,
        REFUND.c.refund_key.not_in(in_book),
    )
    return int(connection.execute(query).scalar_one())


def _within(parts: Sequence[PricedPart], left_minor: int) -> tuple[PricedPart, ...]:
    """The parts with no more than what is left: what went of no line in particular, the last ones miss."""
    kept = []
    for part in parts:
        amount = min(part.amount_minor, left_minor)
        left_minor -= amount
        kept.append(replace(part, amount_minor=amount))
    return tuple(kept)
