"""Refunds as the journal has them: intended, submitted before the first byte leaves, resolved by the bank's word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from kiosk.services.refund_book import Promised, RefundOrder
from payments.gateway import Outcome, PaymentResult
from retail.events import Body, Draft, Event, EventKind
from retail.refunding import Part


@dataclass(frozen=True, slots=True)
class OpenRefund:
    """A refund that was sent, or may have been, and whose outcome nobody knows for certain."""

    order: RefundOrder
    sale_id: str
    number: str
    currency: str
    way: str
    brand: str
    submitted: bool = True

    @property
    def key(self) -> str:
        """The lane's own key."""
        return self.order.refund_key


def intended(refund: OpenRefund) -> Draft:
    """Staff have confirmed it. The event is of no sale of the lane's: any receipt may come back anywhere."""
    order = refund.order
    body = {
        "refund_key": order.refund_key,
        "sale": refund.sale_id,
        "receipt_number": refund.number,
        "lines": None if order.parts is None else [[part.line, part.quantity] for part in order.parts],
        "amount_minor": order.amount_minor,
        "currency": refund.currency,
        "way": refund.way,
        "brand": refund.brand,
        "why": order.why,
        "by": order.by,
        "approved_by": order.approved_by,
    }
    return Draft(EventKind.REFUND_INTENDED, None, body)


def submitted(refund: OpenRefund) -> Draft:
    """From here on it may have been made, whatever happens to this lane."""
    return Draft(EventKind.REFUND_SUBMITTED, None, {"refund_key": refund.key, "sale": refund.sale_id})


def resolved(refund: OpenRefund, result: PaymentResult, promised: Promised | None, *, why: str = "") -> Draft:
    """What became of it, for good; `why` where nobody was asked."""
    amount = refund.order.amount_minor if promised is None else promised.amount_minor
    body: dict[str, Any] = {
        "refund_key": refund.key,
        "sale": refund.sale_id,
        "outcome": result.outcome.value,
        "reason": why or result.reason.value,
        "reference": result.reference,
        "amount_minor": amount if result.outcome is Outcome.APPROVED else 0,
        "currency": refund.currency,
    }
    if promised is not None:
        body |= {"payment_key": promised.payment_key, "gateway": promised.gateway, "route": promised.route}
    return Draft(EventKind.REFUND_RESOLVED, None, body)


def still_open(events: Iterable[Event]) -> dict[str, OpenRefund]:
    """The refunds that these events leave open, by key, in their order."""
    found: dict[str, OpenRefund] = {}
    for event in events:
        key = str(event.body.get("refund_key"))
        if event.kind == EventKind.REFUND_INTENDED:
            found[key] = _refund(event.body)
        elif event.kind == EventKind.REFUND_SUBMITTED and key in found:
            found[key] = replace(found[key], submitted=True)
        elif event.kind == EventKind.REFUND_RESOLVED:
            found.pop(key, None)
    return found


def _refund(body: Body) -> OpenRefund:
    lines = body["lines"]
    order = RefundOrder(
        refund_key=body["refund_key"],
        receipt=body["sale"],
        parts=None if lines is None else tuple(Part(line, quantity) for line, quantity in lines),
        amount_minor=body["amount_minor"],
        why=body["why"],
        by=body["by"],
        approved_by=body["approved_by"],
    )
    return OpenRefund(
        order, body["sale"], body["receipt_number"], body["currency"], body["way"], body["brand"], submitted=False
    )
