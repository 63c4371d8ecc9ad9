"""Takes each lane's events once, in order, as one unbroken chain, and keeps the record of every sale up to date."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select, update

from hub.database import Database
from hub.errors import ChainBroken
from hub.lanes import Lane
from hub.sales import SaleRecord, build, unusable
from hub.tables import LANE, LANE_EVENT, SALE
from retail.events import GENESIS, Event, canonical_json, first_break


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
    """Where the hub's copy of a lane's journal ends; next 1 and no hash if it may begin anew."""

    next_number: int
    hash: str


_COLUMNS: Final = (
    LANE_EVENT.c.number,
    LANE_EVENT.c.at,
    LANE_EVENT.c.kind,
    LANE_EVENT.c.sale_id,
    LANE_EVENT.c.body,
    LANE_EVENT.c.previous_hash,
    LANE_EVENT.c.hash,
)


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
            row = _lane_row(connection, lane)
        return Head(1, GENESIS) if row.rejoin else Head(row.head_number + 1, row.head_hash)

    def take(self, lane: Lane, events: Sequence[Event]) -> Taken:
        """Store what is new of a contiguous run of events; on disk when this returns. Raises ChainBroken, and then
        nothing was stored. Events that were there before, with the same hash, are ignored.
        """
        with self._database.write() as connection:
            row = _lane_row(connection, lane)
            life, number, head = row.life, row.head_number, row.head_hash
            if row.rejoin and events and self._is_another_journal(connection, row, events[0]):
                life, number, head = life + 1, 0, GENESIS
            journal = _Journal(connection, lane, life, received_at=int(self._clock().timestamp()))
            old = [event for event in events if event.number <= number]
            new = [event for event in events if event.number > number]
            journal.must_match(old, next_number=number + 1)
            broken = first_break(new, number=number, head=head)
            if broken is not None:
                raise ChainBroken(f"event {broken[0]}: {broken[1]}", next_number=number + 1)
            refused = journal.append(new)
            if new:
                number, head = new[-1].number, new[-1].hash
            values = {"life": life, "rejoin": row.rejoin and not events, "head_number": number, "head_hash": head}
            connection.execute(update(LANE).where(LANE.c.id == lane.id).values(**values))
            known = journal.refused_before(old)
        return Taken(number + 1, tuple(Refused(key, reason) for key, reason in sorted({**known, **refused}.items())))

    @staticmethod
    def _is_another_journal(connection: Connection, row: Row[Any], first: Event) -> bool:
        if first.number != 1:
            return False
        query = select(LANE_EVENT.c.hash).where(
            LANE_EVENT.c.lane_id == row.id, LANE_EVENT.c.life == row.life, LANE_EVENT.c.number == 1
        )
        return connection.execute(query).scalar() not in {None, first.hash}


class _Journal:
    """One life of one lane's journal, inside one transaction."""

    def __init__(self, connection: Connection, lane: Lane, life: int, *, received_at: int) -> None:
        self._connection = connection
        self._lane = lane
        self._life = life
        self._received_at = received_at
        self._own = (LANE_EVENT.c.lane_id == lane.id) & (LANE_EVENT.c.life == life)

    def must_match(self, events: Sequence[Event], *, next_number: int) -> None:
        """Raise ChainBroken unless the hub has just these events."""
        stored = dict(self._stored(events, LANE_EVENT.c.hash))
        for event in events:
            if stored.get(event.number) != event.hash:
                raise ChainBroken(
                    f"event {event.number} is here with another hash: the lane's journal was replaced or another lane "
                    "uses its name. After a change of disk enrol it again with `kiosk-hub lane --rotate`",
                    next_number=next_number,
                )

    def refused_before(self, events: Sequence[Event]) -> dict[int, str]:
        """What the hub said of events that come a second time."""
        return {number: reason for number, reason in self._stored(events, LANE_EVENT.c.refused) if reason}

    def append(self, events: Sequence[Event]) -> dict[int, str]:
        """Store events and bring their sales up to date; why each that could not be used was not, by its number."""
        if not events:
            return {}
        self._connection.execute(insert(LANE_EVENT), [self._row(event) for event in events])
        refused = {event.number: reason for event in events if not event.sale_id and (reason := unusable(event))}
        numbers = {event.number for event in events}
        for sale_id in dict.fromkeys(event.sale_id for event in events if event.sale_id):
            reasons = self._update_sale(sale_id)
            refused.update({number: reason for number, reason in reasons.items() if number in numbers})
        for number, reason in refused.items():
            self._connection.execute(
                update(LANE_EVENT).where(self._own, LANE_EVENT.c.number == number).values(refused=reason)
            )
        return refused

    def _update_sale(self, sale_id: str) -> Mapping[int, str]:
        query = select(*_COLUMNS).where(self._own, LANE_EVENT.c.sale_id == sale_id).order_by(LANE_EVENT.c.number)
        events = [_event(tuple(row)) for row in self._connection.execute(query)]
        owner = self._connection.execute(select(SALE.c.lane_id, SALE.c.life).where(SALE.c.id == sale_id)).one_or_none()
        if owner is not None and (owner.lane_id, owner.life) != (self._lane.id, self._life):
            return {event.number: f"sale {sale_id} belongs to another lane or journal" for event in events}
        result = build(events)
        if result.record is not None:
            self._save(result.record, known=owner is not None)
        return result.refused

    def _save(self, record: SaleRecord, *, known: bool) -> None:
        row = {
            **asdict(record),
            "tax": canonical_json(record.tax),
            "items": canonical_json(record.items),
            "lane_id": self._lane.id,
            "life": self._life,
            "store": self._lane.store,
        }
        if known:
            self._connection.execute(update(SALE).where(SALE.c.id == record.id).values(**row))
        else:
            self._connection.execute(insert(SALE).values(**row))

    def _stored(self, events: Sequence[Event], column: Any) -> Iterable[tuple[int, str]]:
        if not events:
            return []
        between = LANE_EVENT.c.number.between(events[0].number, events[-1].number)
        rows = self._connection.execute(select(LANE_EVENT.c.number, column).where(self._own, between))
        return [(number, value) for number, value in rows]

    def _row(self, event: Event) -> dict[str, Any]:
        return {
            "lane_id": self._lane.id,
            "life": self._life,
            "number": event.number,
            "at": event.at,
            "kind": event.kind,
            "sale_id": event.sale_id,
            "body": canonical_json(event.body),
            "previous_hash": event.previous_hash,
            "hash": event.hash,
            "refused": "",
            "received_at": self._received_at,
        }


def _lane_row(connection: Connection, lane: Lane) -> Row[Any]:
    # FOR UPDATE: on a server several hubs may take posts of one lane at once. SQLite has one writer anyway.
    return connection.execute(select(LANE).where(LANE.c.id == lane.id).with_for_update()).one()


def _event(row: tuple[Any, ...]) -> Event:
    number, at, kind, sale_id, body, previous_hash, digest = row
    return Event(number, at, kind, sale_id, json.loads(body), previous_hash, digest)
