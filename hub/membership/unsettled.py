"""Which sales the books have yet to look at, or to look at again."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, select

from hub.membership.reservations import OVER
from hub.membership.tables import CLAIM, PAYER, SALE_MEMBER
from hub.tables import SALE, UNSETTLED
from retail.sale import SaleStatus


def unsettled(connection: Connection, limit: int) -> Sequence[str]:
    """Sales that are over, and of which there is something new."""
    query = select(SALE.c.id).where(UNSETTLED, SALE.c.status.in_(OVER)).order_by(SALE.c.id).limit(limit)
    return connection.execute(query).scalars().all()


def told_late(connection: Connection, limit: int, since: int) -> Sequence[str]:
    """Completed sales whose shopper or payer was told, `since` then, at the very moment at which they were settled."""
    done = SALE.c.status == SaleStatus.COMPLETED.value
    payers = select(SALE.c.id).join(PAYER, PAYER.c.payment_key == SALE.c.payment_key).where(done)
    claims = (
        select(SALE.c.id)
        .join(CLAIM, CLAIM.c.claim == SALE.c.claim)
        .outerjoin(SALE_MEMBER, SALE_MEMBER.c.sale_id == SALE.c.id)
        .where(done, CLAIM.c.at >= since, CLAIM.c.member_id.is_not(None), SALE_MEMBER.c.sale_id.is_(None))
        .order_by(CLAIM.c.at.desc())
    )
    found = (connection.execute(query.limit(limit)).scalars().all() for query in (payers, claims))
    return [sale_id for some in found for sale_id in some]


def of_claim(connection: Connection, claim: str) -> Sequence[str]:
    """A claim's sales."""
    return connection.execute(select(SALE.c.id).where(SALE.c.claim == claim, SALE.c.claim != "")).scalars().all()


def of_payment(connection: Connection, payment_key: str) -> Sequence[str]:
    """The sale that a payment is of."""
    query = select(SALE.c.id).where(SALE.c.payment_key == payment_key, SALE.c.payment_key != "")
    return connection.execute(query).scalars().all()
