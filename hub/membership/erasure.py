"""Erasing a member: what names them goes from every table, and each link from a sale; sums and journals stay."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from sqlalchemy import Connection, delete, select, update

from hub.database import Database
from hub.membership.claims import ERASED
from hub.membership.clubs import leave
from hub.membership.consents import said_on_page, withdraw
from hub.membership.identities import WALLET
from hub.membership.tables import (
    CAR_EVENT,
    CLAIM,
    COUPON,
    JOIN_STEP,
    MEMBER,
    MEMBER_IDENTITY,
    MEMBER_SESSION,
    OPEN_STEP,
    PARKING_GRANT,
    PAYER,
    PHONE_CODE,
    SALE_MEMBER,
)
from hub.membership.writing import repeated

_FILE_PATIENCE_S = 10.0


def erase_member(database: Database, member_id: int, now: int) -> None:
    """Once and for good; nothing happens for one who is erased. Points, coupons and consents stay under a number that
    is nobody's, free coupons are void."""
    repeated(database, lambda connection: _erase(connection, member_id, now, embedded=database.embedded))
    if database.file is not None:  # what was overwritten stands in the log until that is emptied
        with closing(sqlite3.connect(database.file, timeout=_FILE_PATIENCE_S)) as file:
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _erase(connection: Connection, member_id: int, now: int, *, embedded: bool) -> None:
    living = select(MEMBER.c.id).where(MEMBER.c.id == member_id, MEMBER.c.erased_at.is_(None)).with_for_update()
    if connection.execute(living).first() is None:
        return
    if embedded:
        connection.exec_driver_sql("PRAGMA secure_delete = ON")  # or the old words stay in free pages of the file
    withdraw(connection, member_id, said_on_page(now))
    leave(connection, member_id, now)
    _forget_who(connection, member_id)
    _forget_sales(connection, member_id)
    free = (COUPON.c.member_id == member_id) & (COUPON.c.state == "free")
    connection.execute(update(COUPON).where(free).values(state="void", changed_at=now))
    connection.execute(delete(MEMBER_SESSION).where(MEMBER_SESSION.c.member_id == member_id))
    connection.execute(
        update(MEMBER)
        .where(MEMBER.c.id == member_id)
        .values(card=f"erased {member_id}", masked="", page="", language="", erased_at=now)
    )


def _forget_who(connection: Connection, member_id: int) -> None:
    mine = MEMBER_IDENTITY.c.member_id == member_id
    rows = connection.execute(select(MEMBER_IDENTITY.c.kind, MEMBER_IDENTITY.c.digest).where(mine)).all()
    # Payments whose sales come late must not make a member of them again.
    paid = [digest for kind, digest in rows if kind == WALLET]
    connection.execute(delete(PAYER).where(PAYER.c.digest.in_(paid)))
    connection.execute(delete(PHONE_CODE).where(PHONE_CODE.c.digest.in_([digest for _, digest in rows])))
    connection.execute(delete(MEMBER_IDENTITY).where(mine))


def _forget_sales(connection: Connection, member_id: int) -> None:
    sales = select(SALE_MEMBER.c.sale_id).where(SALE_MEMBER.c.member_id == member_id)
    claims = select(CLAIM.c.claim).where(CLAIM.c.member_id == member_id)
    connection.execute(update(PARKING_GRANT).where(PARKING_GRANT.c.sale_id.in_(sales)).values(car=""))
    connection.execute(update(CAR_EVENT).where(CAR_EVENT.c.member_id == member_id).values(car="", member_id=None))
    connection.execute(delete(JOIN_STEP).where(JOIN_STEP.c.claim.in_(claims), OPEN_STEP))
    connection.execute(update(JOIN_STEP).where(JOIN_STEP.c.claim.in_(claims)).values(detail=""))
    connection.execute(delete(SALE_MEMBER).where(SALE_MEMBER.c.member_id == member_id))
    connection.execute(update(CLAIM).where(CLAIM.c.member_id == member_id).values(member_id=None, kind=ERASED))
