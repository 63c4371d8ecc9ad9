"""Takes each lane's events once, in order, as one unbroken chain, and keeps the record of every sale up to date."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from hub.database import Database
from hub.errors import ChainBroken
from hub.lane_rows import held_lane_row, lane_row, of_life
from hub.lanes import Lane
from hub.posted_events import PostedEvent, broken_at, posted
from hub.refunds_told import keep_refunds_told
from hub.sale_records import SaleRecords
from hub.tables import LANE, LANE_EVENT
from retail.events import GENESIS, Event


@dataclass(frozen=True, slots=True)
class Refused:
    """An event that is stored, but that the hub cannot use."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Taken:
    """Answer to a post: the number that the hub wants next, and which events of the post it could not use."""

    next_number: int
    refused: tuple[Refused, ...]


@dataclass(frozen=True, slots=True)
class Head:
    """Where the hub's copy of a lane's journal ends; next 1 and no hash if it may begin anew.

    `resume` is then where the copy ends all the same, for a lane that comes with its old journal: it may have let go of
    what the hub has.
    """

    next_number: int
    hash: str
    resume: tuple[int, str] | None = None


class EventsStore:
    """The lanes' journals as the hub holds them.

    A lane whose token was rotated may begin its journal anew, once: event 1 with another hash starts its next life, and
    what the hub had stays under the life before. If the lane comes with its old journal, that simply goes on.
    """

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def head(self, lane: Lane) -> Head:
        """How far the hub got."""
        with self._database.read() as connection:
            row = lane_row(connection, lane.id)
        end = row.head_number + 1, row.head_hash
        return Head(1, GENESIS, end if row.head_number else None) if row.rejoin else Head(*end)

    def take(self, lane: Lane, events: Sequence[Event]) -> Taken:
        """Store what is new of a contiguous run of events; on disk when this returns. Raises ChainBroken or
        EventUnreadable, and then nothing was stored. Events that were there before, with the same hash, are ignored.
        """
        post = posted(events)
        with self._database.write() as connection:
            row = held_lane_row(connection, lane.id)
            life, number, head = row.life, row.head_number, row.head_hash
            if row.rejoin and events and self._is_another_journal(connection, row, events[0]):
                life, number, head = life + 1, 0, GENESIS
            journal = _Journal(connection, lane, life, received_at=int(self._clock().timestamp()))
            old = [one for one in post if one.number <= number]
            new = [one for one in post if one.number > number]
            journal.must_match(old, next_number=number + 1)
            broken = broken_at(new, number=number, head=head)
            if broken:
                raise ChainBroken(broken, next_number=number + 1)
            refused = journal.append(new)
            if new:
                number, head = new[-1].number, new[-1].event.hash
            values = {"life": life, "rejoin": row.rejoin and not events, "head_number": number, "head_hash": head}
            connection.execute(update(LANE).where(LANE.c.id == lane.id).values(**values))
            known = journal.refused_before(old)
        return Taken(number + 1, tuple(Refused(key, reason) for key, reason in sorted({**known, **refused}.items())))

    @staticmethod
    def _is_another_journal(connection: Connection, row: Row[Any], first: Event) -> bool:
        if first.number != 1:
            return False
        query = select(LANE_EVENT.c.hash).where(of_life(row.id, row.life), LANE_EVENT.c.number == 1)
        return connection.execute(query).scalar() not in {None, first.hash}


class _Journal:
    """One life of one lane's journal, inside one transaction."""

    def __init__(self, connection: Connection, lane: Lane, life: int, *, received_at: int) -> None:
        self._connection = connection
        self._lane = lane
        self._life = life
        self._received_at = received_at

    def must_match(self, events: Sequence[PostedEvent], *, next_number: int) -> None:
        """Raise ChainBroken unless the hub has just these events."""
        stored = dict(self._stored(events, LANE_EVENT.c.hash))
        for one in events:
            if stored.get(one.number) != one.event.hash:
                raise ChainBroken(
                    f"event {one.number} is here with another hash: the lane's journal was replaced or another lane "
                    "uses its name. After a change of disk enrol it again with `kiosk-hub lane --rotate`",
                    next_number=next_number,
                )

    def refused_before(self, events: Sequence[PostedEvent]) -> dict[int, str]:
        """What the hub said of events that come a second time."""
        return {number: reason for number, reason in self._stored(events, LANE_EVENT.c.refused) if reason}

    def append(self, events: Sequence[PostedEvent]) -> Mapping[int, str]:
        """Store events and bring their sales up to date; why each that could not be used was not, by its number."""
        if not events:
            return {}
        refused = SaleRecords(self._connection, self._lane, self._life).take([one.event for one in events])
        usable = [one.event for one in events if one.number not in refused]
        keep_refunds_told(self._connection, self._lane, usable, now=self._received_at)
        rows = [self._row(one, refused.get(one.number, "")) for one in events]
        self._connection.execute(insert(LANE_EVENT), rows)
        return refused

    def _stored(self, events: Sequence[PostedEvent], column: Any) -> Iterable[tuple[int, str]]:
        if not events:
            return []
        own = of_life(self._lane.id, self._life)
        between = LANE_EVENT.c.number.between(events[0].number, events[-1].number)
        rows = self._connection.execute(select(LANE_EVENT.c.number, column).where(own, between))
        return [(number, value) for number, value in rows]

    def _row(self, one: PostedEvent, refused: str) -> dict[str, Any]:
        event = one.event
        return {
            "lane_id": self._lane.id,
            "life": self._life,
            "number": event.number,
            "at": event.at,
            "kind": event.kind,
            "sale_id": event.sale_id,
            "body": one.body,
            "previous_hash": event.previous_hash,
            "hash": event.hash,
            "refused": refused,
            "received_at": self._received_at,
        }
