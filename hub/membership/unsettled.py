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
    # From the few payers and claims to their sales, and what is not empty as the indexes have it: joined, SQLite reads
    # all sales that there ever were.
    told = select(CLAIM.c.claim).where(CLAIM.c.at >= since, CLAIM.c.member_id.is_not(None))
    kept = select(SALE_MEMBER.c.sale_id).where(SALE_MEMBER.c.sale_id == SALE.c.id)
    payers = select(SALE.c.id).where(SALE.c.payment_key.in_(select(PAYER.c.payment_key)), SALE.c.payment_key != "")
    claims = select(SALE.c.id).where(SALE.c.claim.in_(told), SALE.c.claim != "", ~kept.exists())
    found = (connection.execute(query.where(done).limit(limit)).scalars().all() for query in (payers, claims))
    return [sale_id for some in found for sale_id in some]


def of_claim(connection: Connection, claim: str) -> Sequence[str]:
    """A claim's sales."""
    return connection.execute(select(SALE.c.id).where(SALE.c.claim == claim, SALE.c.claim != "")).scalars().all()


def of_payment(connection: Connection, payment_key: str) -> Sequence[str]:
    """The sale that a payment is of."""
    query = select(SALE.c.id).where(SALE.c.payment_key == payment_key, SALE.c.payment_key != "")
    return connection.execute(query).scalars().all()
