"""What coupons a member has: on the member's own page, and at a lane that has recognised them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from hub.membership.coupon_book import Coupon, State
from hub.membership.tables import COUPON


@dataclass(frozen=True, slots=True)
class FreeCoupon:
    """A coupon that can be used. `campaign`: its body; `expires_at`: epoch seconds, None for never."""

    code: str
    campaign: Mapping[str, Any]
    expires_at: int | None


def free_coupons(connection: Connection, member_id: int, store: str, now: int) -> tuple[FreeCoupon, ...]:
    """Those that a member can use in a store, what ends first first."""
    lasts = or_(COUPON.c.expires_at.is_(None), COUPON.c.expires_at > now)
    query = select(COUPON).where(COUPON.c.member_id == member_id, COUPON.c.state == State.FREE.value, lasts)
    found = [_free(row) for row in connection.execute(query.order_by(COUPON.c.issued_at, COUPON.c.code))]
    return tuple(sorted((one for one in found if is_for_store(one.campaign, store)), key=_ends))


def coupons_of(connection: Connection, member_id: int) -> tuple[Coupon, ...]:
    """All that a member was ever given, latest first."""
    query = select(COUPON).where(COUPON.c.member_id == member_id)
    rows = connection.execute(query.order_by(COUPON.c.issued_at.desc(), COUPON.c.code))
    return tuple(coupon_of(row) for row in rows)


def coupon_of(row: Row[Any]) -> Coupon:
    """The coupon of a row."""
    source = row.source.partition(":")[0]
    return Coupon(row.code, json.loads(row.campaign), State(row.state), source, row.issued_at, row.expires_at)


def is_for_store(campaign: Mapping[str, Any], store: str) -> bool:
    """Whether a coupon counts in a store."""
    stores = campaign.get("stores") or ()
    return not stores or store in stores


def _free(row: Row[Any]) -> FreeCoupon:
    return FreeCoupon(row.code, json.loads(row.campaign), row.expires_at)


def _ends(one: FreeCoupon) -> float:
    return float("inf") if one.expires_at is None else one.expires_at
