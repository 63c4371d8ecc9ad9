"""Of which clubs a member is, since when, and that they left."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from hub.membership.tables import MEMBER_CLUB


def clubs_of(connection: Connection, member_id: int) -> tuple[str, ...]:
    """Those that the member is in, by id."""
    query = select(MEMBER_CLUB.c.club).where(MEMBER_CLUB.c.member_id == member_id, MEMBER_CLUB.c.left_at.is_(None))
    return tuple(connection.execute(query.order_by(MEMBER_CLUB.c.club)).scalars())


def was_in(connection: Connection, member_id: int, club: str) -> bool:
    """Whether they are in it, or were."""
    query = select(MEMBER_CLUB.c.club).where(MEMBER_CLUB.c.member_id == member_id, MEMBER_CLUB.c.club == club)
    return connection.execute(query).first() is not None


def enter(connection: Connection, member_id: int, club: str, at: int) -> bool:
    """Make them a member of the club. False: they are in it, or left it after they said this, which is told late."""
    mine = (MEMBER_CLUB.c.member_id == member_id) & (MEMBER_CLUB.c.club == club)
    row = connection.execute(select(MEMBER_CLUB.c.left_at).where(mine).with_for_update()).one_or_none()
    if row is None:
        connection.execute(insert(MEMBER_CLUB).values(member_id=member_id, club=club, joined_at=at, left_at=None))
        return True
    if row.left_at is None or row.left_at > at:
        return False
    connection.execute(update(MEMBER_CLUB).where(mine).values(joined_at=at, left_at=None))
    return True


def leave(connection: Connection, member_id: int, at: int, club: str | None = None) -> None:
    """They are in that club no more; None: in none."""
    mine = (MEMBER_CLUB.c.member_id == member_id) & MEMBER_CLUB.c.left_at.is_(None)
    chosen = mine if club is None else mine & (MEMBER_CLUB.c.club == club)
    connection.execute(update(MEMBER_CLUB).where(chosen).values(left_at=at))
