"""The lanes of each store: enrolment, tokens, and when each was last heard of."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, insert, select, update

from hub.catalogue_store import unknown_store
from hub.data_folder import checked_name
from hub.database import Database
from hub.errors import LaneTaken
from hub.tables import LANE, STORE


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane that has shown its token."""

    id: int
    store: str
    name: str


@dataclass(frozen=True, slots=True)
class LaneSummary:
    """A lane in a list of lanes; `events` is the number of its newest event, `life` how often its journal began."""

    store: str
    name: str
    events: int
    life: int
    enrolled_at: datetime
    seen_at: datetime | None


class Lanes:
    """Enrols lanes and tells them by their tokens, of which only SHA-256 is kept."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def enrol(self, store: str, name: str, *, rotate: bool = False) -> str:
        """A new token for a lane; the old one ends. StoreUnknown, NameRefused, or LaneTaken without `rotate`.

        A rotated lane may go on with its journal or, if its disk was replaced, begin a new one (see EventsStore).
        """
        checked_name(name, "lane")
        token = secrets.token_urlsafe(32)
        with self._database.write() as connection:
            if connection.execute(select(STORE.c.id).where(STORE.c.id == store)).scalar() is None:
                raise unknown_store(connection, store)
            here = (LANE.c.store == store) & (LANE.c.name == name)
            lane_id = connection.execute(select(LANE.c.id).where(here)).scalar()
            if lane_id is None:
                connection.execute(insert(LANE).values(**self._new(store, name, token)))
            elif rotate:
                connection.execute(
                    update(LANE).where(LANE.c.id == lane_id).values(token_sha256=_digest(token), rejoin=True)
                )
            else:
                raise LaneTaken(f"lane {name!r} of store {store!r} is enrolled; --rotate gives it a new token")
        return token

    def by_token(self, token: str) -> Lane | None:
        """The lane that a token belongs to."""
        query = select(LANE.c.id, LANE.c.store, LANE.c.name).where(LANE.c.token_sha256 == _digest(token))
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else Lane(row.id, row.store, row.name)

    def heard(self, lane: Lane, status: str) -> datetime:
        """Note that the lane lives, and what it says of itself (JSON); the hub's time."""
        now = self._clock().astimezone(UTC)
        with self._database.write() as connection:
            seen = update(LANE).where(LANE.c.id == lane.id).values(seen_at=int(now.timestamp()), status=status)
            connection.execute(seen)
        return now

    def all(self) -> list[LaneSummary]:
        """All lanes, by store and name."""
        with self._database.read() as connection:
            return [_summary(row) for row in connection.execute(select(LANE).order_by(LANE.c.store, LANE.c.name))]

    def _new(self, store: str, name: str, token: str) -> dict[str, Any]:
        return {
            "store": store,
            "name": name,
            "token_sha256": _digest(token),
            "life": 1,
            "rejoin": False,
            "head_number": 0,
            "head_hash": "",
            "enrolled_at": int(self._clock().timestamp()),
            "seen_at": None,
            "status": "{}",
        }


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def _summary(row: Row[Any]) -> LaneSummary:
    return LaneSummary(
        store=row.store,
        name=row.name,
        events=row.head_number,
        life=row.life,
        enrolled_at=datetime.fromtimestamp(row.enrolled_at, UTC),
        seen_at=None if row.seen_at is None else datetime.fromtimestamp(row.seen_at, UTC),
    )
