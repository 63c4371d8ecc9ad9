"""What the books found that a person should look at. A problem that is none any more goes away by itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, select

from hub.database import Database
from hub.membership.once import insert_once
from hub.membership.tables import MEMBER_PROBLEM


@dataclass(frozen=True, slots=True)
class Problem:
    """`key` names what it is of, `detail` is a sentence; `at` epoch seconds."""

    key: str
    kind: str
    detail: str
    at: int


def note_problems(connection: Connection, kind: str, prefix: str, found: Mapping[str, str], now: int) -> None:
    """Make these, sentences by key, all problems whose keys begin so."""
    own = MEMBER_PROBLEM.c.key.startswith(prefix, autoescape=True)
    for key in connection.execute(select(MEMBER_PROBLEM.c.key).where(own)).scalars().all():
        if key not in found:
            connection.execute(delete(MEMBER_PROBLEM).where(MEMBER_PROBLEM.c.key == key))
    for key, detail in found.items():
        insert_once(connection, MEMBER_PROBLEM, key=key, kind=kind, detail=detail, at=now)


def problems(database: Database) -> list[Problem]:
    """All of them, oldest first."""
    query = select(MEMBER_PROBLEM).order_by(MEMBER_PROBLEM.c.at, MEMBER_PROBLEM.c.key)
    with database.read() as connection:
        return [Problem(row.key, row.kind, row.detail, row.at) for row in connection.execute(query)]
