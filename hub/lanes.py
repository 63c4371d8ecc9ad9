"""The lanes of each store: enrolment, tokens, and when each was last heard of."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, func, insert, select, update

from hub.catalogue_store import unknown_store
from hub.data_folder import checked_name
from hub.database import Database
from hub.errors import LaneTaken, LaneUnknown
from hub.lane_list import LaneSummary, lane_summaries
from hub.lane_rows import parked_counts
from hub.tables import LANE, STORE


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane that has shown its token."""

    id: int
    store: str
    name: str


@dataclass(frozen=True, slots=True)
class Heard:
    """That a lane lives: when it said so (epoch seconds), and what it says of itself (the text of a JSON object)."""

    lane_id: int
    at: int
    status: str


@dataclass(frozen=True, slots=True)
class Answer:
    """Answer to a heartbeat: the hub's time, and how many events of the lane's journal are parked."""

    time: datetime
    parked: int


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

    def by_token_digest(self) -> dict[bytes, Lane]:
        """All lanes, by the SHA-256 of their tokens."""
        query = select(LANE.c.token_sha256, LANE.c.id, LANE.c.store, LANE.c.name)
        with self._database.read() as connection:
            return {bytes.fromhex(digest): Lane(*lane) for digest, *lane in connection.execute(query)}

    def note(self, heard: Sequence[Heard]) -> Mapping[int, int]:
        """Note what lanes said, all in one transaction: how many events of each lane are parked, if any are."""
        if not heard:
            return {}
        with self._database.write() as connection:
            connection.execute(_SEEN, [{"which": one.lane_id, "at": one.at, "said": one.status} for one in heard])
            return _parked(connection)

    def parked(self) -> Mapping[int, int]:
        """How many events of each lane are parked, if any are."""
        with self._database.read() as connection:
            return _parked(connection)

    def all(self) -> list[LaneSummary]:
        """All lanes, by store and name."""
        with self._database.read() as connection:
            return lane_summaries(connection, self._clock())

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


# Of several hubs' words the newest stays.
_SEEN = (
    update(LANE)
    .where(LANE.c.id == bindparam("which"), func.coalesce(LANE.c.seen_at, 0) <= bindparam("at"))
    .values(seen_at=bindparam("at"), status=bindparam("said"))
)


def _parked(connection: Connection) -> Mapping[int, int]:
    parked = parked_counts(connection)
    lives = connection.execute(select(LANE.c.id, LANE.c.life)) if parked else ()
    return {lane_id: parked[lane_id, life] for lane_id, life in lives if (lane_id, life) in parked}


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def chosen_lanes(connection: Connection, store: str | None, name: str | None) -> list[Lane]:
    """The lanes of a store, or of that name, or all. StoreUnknown or LaneUnknown for one that is not there."""
    query = select(LANE.c.id, LANE.c.store, LANE.c.name).order_by(LANE.c.store, LANE.c.name)
    if store is not None:
        if connection.execute(select(STORE.c.id).where(STORE.c.id == store)).scalar() is None:
            raise unknown_store(connection, store)
        query = query.where(LANE.c.store == store)
    if name is not None:
        query = query.where(LANE.c.name == name)
    found = [Lane(*row) for row in connection.execute(query)]
    if name is not None and not found:
        where = "" if store is None else f" in store {store!r}"
        raise LaneUnknown(f"there is no lane {name!r}{where}; `kiosk-hub lanes` lists them")
    return found
