"""What of a sale was given back, as the refund book has it: only what a gateway has confirmed."""

from __future__ import annotations

from sqlalchemy import Connection, func, select, update

from hub.refund_tables import SALE_REFUND
from hub.tables import SALE
from payments.gateway import Outcome


def given_back_minor(connection: Connection, sale_id: str) -> int:
    """How much. A refund in doubt may yet be declined, and a coupon that was freed for it could be used twice."""
    query = select(func.coalesce(func.sum(SALE_REFUND.c.amount_minor), 0)).where(
        SALE_REFUND.c.sale_id == sale_id, SALE_REFUND.c.outcome == Outcome.APPROVED.value
    )
    return int(connection.execute(query).scalar_one())


def is_given_back(connection: Connection, sale_id: str) -> bool:
    """Whether all that was paid for a sale was."""
    paid = connection.execute(select(SALE.c.total_minor).where(SALE.c.id == sale_id)).scalar()
    return bool(paid) and given_back_minor(connection, sale_id) >= int(paid or 0)


def note_refund(connection: Connection, refund_key: str) -> None:
    """The members' books have to look at a refund's sale again."""
    sale_id = select(SALE_REFUND.c.sale_id).where(SALE_REFUND.c.refund_key == refund_key).scalar_subquery()
    connection.execute(update(SALE).where(SALE.c.id == sale_id).values(settled_at=0))
