"""Proves that a lane's journal, as the hub holds it, is one unbroken chain from its first event to its head."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, select

from hub.database import Database
from hub.lane_rows import EVENT_COLUMNS, event_of, lane_row, of_life
from hub.lanes import Lane, chosen_lanes
from hub.tables import LANE_EVENT
from retail.events import GENESIS, first_break

_AT_ONCE: Final = 2000


@dataclass(frozen=True, slots=True)
class ChainReport:
    """One life of a lane's journal: its first `events` are sound, the last of them has the hash `head`.

    `problem` says what comes after them, and is empty if that is nothing.
    """

    store: str
    lane: str
    life: int
    events: int
    head: str
    problem: str


class StoredChains:
    """The lanes' journals at the hub. StoreUnknown or LaneUnknown for a lane that is named and not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def verify(self, *, store: str | None = None, lane: str | None = None) -> list[ChainReport]:
        """A report for each life of each lane's journal; each lane as it is at one moment."""
        with self._database.read() as connection:
            chosen = chosen_lanes(connection, store, lane)
        reports: list[ChainReport] = []
        for one in chosen:
            with self._database.read() as connection:
                row = lane_row(connection, one.id)
                for life in range(1, row.life + 1):
                    number, head, problem = _walk(connection, one, life)
                    if not problem and life == row.life and (number, head) != (row.head_number, row.head_hash):
                        last = f"event {row.head_number}, {row.head_hash[:12]}…"
                        problem = f"ends at event {number}, but {last}, was the last taken"
                    reports.append(ChainReport(one.store, one.name, life, number, head, problem))
        return reports


def _walk(connection: Connection, lane: Lane, life: int) -> tuple[int, str, str]:
    """The last sound event's number and hash, and what is wrong after it."""
    number, head = 0, GENESIS
    while events := [event_of(row) for row in _some(connection, lane, life, number)]:
        broken = first_break(events, number=number, head=head)
        for event in events:
            if broken is not None and event.number == broken[0]:
                return number, head, f"event {broken[0]}: {broken[1]}"
            number, head = event.number, event.hash
    return number, head, ""


def _some(connection: Connection, lane: Lane, life: int, after: int) -> Any:
    number = LANE_EVENT.c.number
    query = select(*EVENT_COLUMNS).where(of_life(lane.id, life), number > after).order_by(number).limit(_AT_ONCE)
    return connection.execute(query)
