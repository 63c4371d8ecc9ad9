"""What a car park tells of cars: an event is kept, and whose it was only if its plate is a member's."""

from __future__ import annotations

from sqlalchemy import Connection, select

from hub.membership.once import insert_once
from hub.membership.tables import CAR_EVENT, MEMBER_IDENTITY


def keep_car_event(connection: Connection, event: str, kind: str, digest: str, at: int) -> int | None:
    """Keep an event, once; the member whose car it is, None for nobody and for an event that was told before."""
    own = (MEMBER_IDENTITY.c.kind == "plate") & (MEMBER_IDENTITY.c.digest == digest)
    member_id = connection.execute(select(MEMBER_IDENTITY.c.member_id).where(own)).scalar()
    new = insert_once(connection, CAR_EVENT, id=event, kind=kind, car="", member_id=member_id, at=at)
    return member_id if new else None
