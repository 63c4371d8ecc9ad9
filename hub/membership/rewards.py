"""What came of a sale, for its lane's last screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Row, select

from hub.membership import points_book
from hub.membership.benefit import On
from hub.membership.benefits import RED_PACKET, WELCOME
from hub.membership.coupon_book import State
from hub.membership.joining import clubs_joined
from hub.membership.member_coupons import coupon_of
from hub.membership.membership_file import MembershipFile
from hub.membership.parking import minutes_left
from hub.membership.tables import COUPON, MEMBER, POINTS, SALE_MEMBER


@dataclass(frozen=True, slots=True)
class SaleReward:
    """See kiosk.services.member_book.Reward; `campaign` is a body."""

    kind: str
    code: str = ""
    campaign: Mapping[str, Any] | None = None
    amount_minor: int = 0
    points: int = 0


@dataclass(frozen=True, slots=True)
class SaleRewards:
    """See kiosk.services.member_book.Rewards. `page`: the secret by which the member's own page is found."""

    ready: bool
    member: bool = False
    masked: str = field(default="", repr=False)
    joined: tuple[str, ...] = ()
    points: int = 0
    balance: int = 0
    rewards: tuple[SaleReward, ...] = ()
    parking_minutes: int = 0
    page: str = field(default="", repr=False)
    member_id: int | None = None


def rewards_of(connection: Connection, sale: Row[Any], file: MembershipFile | None) -> SaleRewards:
    """What came of a settled sale; without the page."""
    query = select(MEMBER).join(SALE_MEMBER, SALE_MEMBER.c.member_id == MEMBER.c.id)
    member = connection.execute(query.where(SALE_MEMBER.c.sale_id == sale.id)).one_or_none()
    joined = clubs_joined(connection, sale.claim) if member is not None and sale.claim else ()
    minutes = minutes_left(connection, sale, file)
    found = [*_coupons(connection, COUPON.c.given_for == sale.id), *_points(connection, sale.id)]
    if member is None:
        return SaleRewards(True, rewards=tuple(found), parking_minutes=minutes)
    found += _welcomes(connection, file, joined, member.id)
    return SaleRewards(
        True,
        member=True,
        masked=member.masked,
        joined=joined,
        points=_of_sale(connection, sale.id),
        balance=points_book.balance(connection, member.id),
        rewards=tuple(found),
        parking_minutes=minutes,
        member_id=member.id,
    )


def _of_sale(connection: Connection, sale_id: str) -> int:
    rows = (points_book.row_of(connection, kind, sale_id) for kind in (points_book.OF_SALE, points_book.OF_REFUND))
    return sum(row.points for row in rows if row is not None)


def _coupons(connection: Connection, where: Any) -> Iterable[SaleReward]:
    query = select(COUPON).where(where, COUPON.c.state != State.VOID.value).order_by(COUPON.c.issued_at, COUPON.c.code)
    for row in connection.execute(query):
        coupon = coupon_of(row)
        kind = coupon.source if coupon.source in {WELCOME, RED_PACKET} else "coupon"
        amount = coupon.campaign["terms"].get("off", 0) if kind == RED_PACKET else 0
        yield SaleReward(kind, coupon.code, coupon.campaign, amount)


def _points(connection: Connection, sale_id: str) -> Iterable[SaleReward]:
    for points in points_book.kept_of_benefits(connection, sale_id):
        yield SaleReward("points", points=points)


def _welcomes(
    connection: Connection, file: MembershipFile | None, joined: Iterable[str], member_id: int
) -> Iterable[SaleReward]:
    """What the member was given for what was joined with this sale."""
    keys = {club: f"{club}:{member_id}" for club in joined}
    own = [one for one in (file.benefits if file is not None else ()) if one.on is On.JOINED and one.club in keys]
    sources = [f"{WELCOME}:{one.id}:{keys[one.club]}" for one in own]
    yield from _coupons(connection, COUPON.c.source.in_(sources))
    for one in own:
        query = select(POINTS.c.points).where(POINTS.c.kind == f"{WELCOME}:{one.id}", POINTS.c.key == keys[one.club])
        points = connection.execute(query).scalar()
        if points:
            yield SaleReward("points", points=points)
