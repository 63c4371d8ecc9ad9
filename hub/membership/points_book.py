"""The points of members: one row for each thing that they are for, so that nothing counts twice."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, func, select, update

from hub.membership.once import insert_once
from hub.membership.tables import POINTS
from retail.membership.points import points_left

OF_SALE: Final = "sale"  # key: the sale; what it earned
OF_REFUND: Final = "refund"  # key: the sale; what of that is gone again, for all its refunds together
OF_BENEFIT: Final = "benefit:"  # and the benefit's id; key: the sale
BENEFIT_BACK: Final = "benefit_back:"  # the same, where the whole sale was given back


@dataclass(frozen=True, slots=True)
class PointsEntry:
    """A line of a member's account. `kind`: one of the above, 'welcome', 'arrived' or 'left'; `at` epoch seconds."""

    kind: str
    key: str
    points: int
    at: int


def balance(connection: Connection, member_id: int) -> int:
    """How many points a member has."""
    query = select(func.coalesce(func.sum(POINTS.c.points), 0)).where(POINTS.c.member_id == member_id)
    return int(connection.execute(query).scalar_one())


def entries(connection: Connection, member_id: int) -> tuple[PointsEntry, ...]:
    """A member's account, latest first."""
    query = select(POINTS).where(POINTS.c.member_id == member_id).order_by(POINTS.c.at.desc(), POINTS.c.kind)
    return tuple(PointsEntry(row.kind, row.key, row.points, row.at) for row in connection.execute(query))


def give(connection: Connection, kind: str, key: str, *, member_id: int, points: int, at: int) -> None:
    """Points for something, once."""
    if points:
        insert_once(connection, POINTS, kind=kind, key=key, member_id=member_id, points=points, at=at)


def settle_points(connection: Connection, sale: Row[Any], member_id: int | None, back_minor: int, now: int) -> None:
    """Give a sale's points to its member, and take back what refunds leave nobody. What was given stays the member's
    whom it was given to: after erasure the sale is nobody's any more."""
    if member_id is not None:
        give(connection, OF_SALE, sale.id, member_id=member_id, points=sale.points, at=now)
    earned = row_of(connection, OF_SALE, sale.id)
    if earned is not None and back_minor > 0:
        gone = points_left(earned.points, sale.total_minor, back_minor) - earned.points
        _replace(connection, OF_REFUND, sale.id, earned, gone, now)
    if 0 < sale.total_minor <= back_minor:
        for given in benefits_of(connection, sale.id):
            _replace(connection, BENEFIT_BACK + given.kind.removeprefix(OF_BENEFIT), sale.id, given, -given.points, now)


def row_of(connection: Connection, kind: str, key: str) -> Row[Any] | None:
    """The row that is for this."""
    return connection.execute(select(POINTS).where(POINTS.c.kind == kind, POINTS.c.key == key)).one_or_none()


def benefits_of(connection: Connection, sale_id: str) -> list[Row[Any]]:
    """The points that benefits gave for a sale, taken back or not."""
    rows = connection.execute(select(POINTS).where(POINTS.c.key == sale_id))
    return [row for row in rows if row.kind.startswith(OF_BENEFIT)]


def kept_of_benefits(connection: Connection, sale_id: str) -> list[int]:
    """What of them was not taken back."""
    given = {row.kind.removeprefix(OF_BENEFIT): row.points for row in benefits_of(connection, sale_id)}
    return [points for name, points in given.items() if row_of(connection, BENEFIT_BACK + name, sale_id) is None]


def _replace(connection: Connection, kind: str, key: str, of: Row[Any], points: int, now: int) -> None:
    there = row_of(connection, kind, key)
    if there is None:
        give(connection, kind, key, member_id=of.member_id, points=points, at=now)
    elif there.points != points:
        own = (POINTS.c.kind == kind) & (POINTS.c.key == key)
        connection.execute(update(POINTS).where(own).values(points=points, at=now))
