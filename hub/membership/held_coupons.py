"""Coupons that lie on baskets: for a person who must know why one is refused."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from hub.database import Database
from hub.membership.coupon_book import State
from hub.membership.tables import COUPON
from hub.tables import LANE, SALE


@dataclass(frozen=True, slots=True)
class HeldCoupon:
    """A coupon that is reserved; `status` of its sale, '' while the lane has told nothing of it. `since` epoch
    seconds."""

    code: str
    campaign_id: str
    store: str
    lane: str
    sale_id: str
    status: str
    since: int


def held_coupons(database: Database) -> list[HeldCoupon]:
    """All of them, those that are held longest first."""
    columns = (COUPON.c.code, COUPON.c.campaign_id, LANE.c.store, LANE.c.name, COUPON.c.sale_id, SALE.c.status)
    query = select(*columns, COUPON.c.changed_at).join(LANE, LANE.c.id == COUPON.c.lane_id)
    query = query.outerjoin(SALE, SALE.c.id == COUPON.c.sale_id).where(COUPON.c.state == State.RESERVED.value)
    with database.read() as connection:
        rows = connection.execute(query.order_by(COUPON.c.changed_at, COUPON.c.code))
        return [HeldCoupon(*row[:5], row[5] or "", row[6]) for row in rows]
