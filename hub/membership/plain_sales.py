"""Sales that are nothing to the members' books: in a store without members they are all marked at once.

A fleet of such stores sells as if there were no books: one short transaction for a post, not one for each sale.
"""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, case, exists, not_, select, update

from hub.lane_rows import in_parts
from hub.membership.reservations import OVER
from hub.membership.tables import COUPON, PAYER, POINTS
from hub.tables import SALE, STORE

_NO_MEMBERS = "{}"  # see hub.membership.programmes


def settle_plain(connection: Connection, sale_ids: Collection[str], now: int) -> set[str]:
    """Mark those of these sales that are over and of which no book can say anything; which they were. A sale that its
    lane tells of at this moment is left out: two that each hold several sales would wait for each other."""
    s = SALE.c
    plain = (
        s.status.in_(OVER)
        & (s.claim == "")
        & not_(s.uses.contains('"single"'))
        & exists(select(STORE.c.id).where(STORE.c.id == s.store, STORE.c.membership == _NO_MEMBERS))
        & not_(exists(select(COUPON.c.code).where(COUPON.c.sale_id == s.id)))
        & not_(exists(select(POINTS.c.key).where(POINTS.c.key == s.id)))
        & not_(exists(select(PAYER.c.payment_key).where(PAYER.c.payment_key == s.payment_key)))
    )
    values = {"settled_at": now, "benefits": case((s.benefits == "", "[]"), else_=s.benefits)}
    marked: set[str] = set()
    for some in in_parts(sale_ids):
        mine = select(s.id).where(s.id.in_(some), plain).with_for_update(of=SALE, skip_locked=True)
        found = connection.execute(mine).scalars().all()
        connection.execute(update(SALE).where(s.id.in_(found)).values(**values))
        marked.update(found)
    return marked
