"""How much of a payment may still go back, whichever way somebody asks for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Row, func, select

from hub.refund_tables import SALE_REFUND
from hub.tables import REFUND
from payments.gateway import Outcome


def left_of_payment(connection: Connection, payment: Row[Any], refund_key: str) -> int:
    """What is left for that refund: of the amount paid, without what else was given back, may have been, or is promised
    by the refund book. The caller holds the payment's row."""
    paid = payment.amount_minor if payment.paid_minor is None else payment.paid_minor
    others = (REFUND.c.payment_key == payment.key) & (REFUND.c.refund_key != refund_key)
    going = select(func.coalesce(func.sum(REFUND.c.amount_minor), 0)).where(
        others, REFUND.c.outcome != Outcome.DECLINED.value
    )
    begun = select(REFUND.c.refund_key).where(REFUND.c.payment_key == payment.key)
    promised = select(func.coalesce(func.sum(SALE_REFUND.c.amount_minor), 0)).where(
        SALE_REFUND.c.payment_key == payment.key,
        SALE_REFUND.c.refund_key != refund_key,
        SALE_REFUND.c.refund_key.not_in(begun),
        SALE_REFUND.c.outcome != Outcome.DECLINED.value,
    )
    return int((paid or 0) - connection.execute(going).scalar_one() - connection.execute(promised).scalar_one())
