"""What the journal says of a payment: the bodies of its events, the same for the open sale and one set aside."""

from __future__ import annotations

import hashlib
from typing import Any, Final

from payments.gateway import PaymentResult
from retail.membership.points import points_for
from retail.membership.programme import PointsRule
from retail.money import Money
from retail.pricing import PricedBasket
from retail.sale import Attempt, AttemptState, Sale
from retail.sale_pricing import priced_bodies

NO_WAY: Final = "none"  # by which a sale of nothing is paid
_REFUND_KEY_LENGTH: Final = 32


def resolution(attempt: Attempt, outcome: AttemptState, result: PaymentResult) -> dict[str, Any]:
    """payment.resolved. Of the answer only what names no secret: its code for the QR and the like stay in memory."""
    body: dict[str, Any] = {
        "key": attempt.key,
        "outcome": outcome.value,
        "reason": result.reason.value,
        "reference": result.reference,
    }
    if result.trouble:
        body["trouble"] = result.trouble.value
    if result.stored:
        body["stored"] = True
    return body


def earning(rule: PointsRule | None, priced: PricedBasket) -> dict[str, Any]:
    """What payment.intended says of points, whoever the shopper is: so that they are the sale's, whatever list there
    is, or is none, when the payment turns out to be approved."""
    return {} if rule is None else {"points": points_for(rule, priced.total_minor, priced.points)}


def completion(sale: Sale, priced: PricedBasket) -> dict[str, Any]:
    """sale.completed."""
    body: dict[str, Any] = {
        "total_minor": priced.total_minor,
        "saved_minor": priced.saved_minor,
        "currency": sale.currency,
        "lines": len(sale.lines),
        "tax": [
            {"rate_bp": part.rate_bp, "gross_minor": part.gross_minor, "tax_minor": part.tax_minor}
            for part in priced.tax
        ],
        "payment_key": sale.attempts[-1].key,
        "receipt_number": f"{sale.lane}-{sale.id[:10].upper()}",
    }
    body |= priced_bodies(priced)
    if (earned := sale.attempts[-1].points) is not None:
        body["points"] = earned
    # What the journal is to remember as sold, for ever: item and serial number of each that has one.
    sold = [[line.item, line.serial] for line in sale.lines if line.serial]
    return {**body, "serials": sold} if sold else body


def member_clubs(sale: Sale) -> frozenset[str]:
    """The clubs whose member a sale was made by, or became by it; none who would join by paying, and paid otherwise."""
    attempt = sale.attempt
    told = attempt is not None and attempt.tells_payer and attempt.way != NO_WAY
    return sale.visit.clubs_counted(tells_payer=told)


def part_refund_key(key: str) -> str:
    """Under which a part that an attempt took is given back: the same whenever, and by whomever, it is asked for."""
    return hashlib.sha256(f"part of {key}".encode()).hexdigest()[:_REFUND_KEY_LENGTH]


def is_part(paid: Money | None, asked: Money) -> bool:
    """Whether less was taken than was asked for, and in the same money."""
    return paid is not None and paid.currency == asked.currency and 0 < paid.minor < asked.minor
