"""Events that are stored but of no use to the hub: counted, listed, and looked at again after an update."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection, Row, bindparam, select, tuple_, update

from hub.database import Database
from hub.lane_rows import EVENT_COLUMNS, PARKED, event_of, events_of_sales, held_lane_row, of_life, parked_counts
from hub.lanes import Lane, chosen_lanes
from hub.refunds_told import keep_refunds_told
from hub.sale_records import SaleRecords
from hub.sales import unusable
from hub.tables import LANE, LANE_EVENT

_AT_ONCE: Final = 100  # their sales are folded whole while the lane is held


@dataclass(frozen=True, slots=True)
class ParkedEvent:
    """An event that the hub could not use; `life` counts how often the lane began its journal anew, from 1 on."""

    store: str
    lane: str
    life: int
    number: int
    at: str
    kind: str
    sale_id: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Retried:
    """How many parked events could be used now, and how many are parked still."""

    used: int
    parked: int


class ParkedEvents:
    """All parked events. StoreUnknown or LaneUnknown for a lane that is named and not there."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def all(self, *, store: str | None = None, lane: str | None = None) -> list[ParkedEvent]:
        """By store, lane and number."""
        event = LANE_EVENT.c
        columns = (LANE.c.store, LANE.c.name, event.life, event.number, event.at, event.kind, event.sale_id)
        with self._database.read() as connection:
            chosen = [one.id for one in chosen_lanes(connection, store, lane)]
            query = (
                select(*columns, event.refused)
                .join(LANE, LANE.c.id == event.lane_id)
                .where(PARKED, event.lane_id.in_(chosen))
                .order_by(LANE.c.store, LANE.c.name, event.life, event.number)
            )
            return [ParkedEvent(*row) for row in connection.execute(query)]

    def retry(self, *, store: str | None = None, lane: str | None = None) -> Retried:
        """Look at them again by what the hub knows now, and mend their sales' records; some at a time, so that lanes
        are not kept waiting."""
        with self._database.read() as connection:
            chosen = chosen_lanes(connection, store, lane)
        before = self._count(chosen)
        for one in chosen:
            place: tuple[int, int] | None = (0, 0)
            while place is not None:
                place = self._retry_some(one, place)
        after = self._count(chosen)
        return Retried(max(0, before - after), after)

    def _count(self, chosen: Sequence[Lane]) -> int:
        ids = {one.id for one in chosen}
        with self._database.read() as connection:
            return sum(count for (lane_id, _), count in parked_counts(connection).items() if lane_id in ids)

    def _retry_some(self, lane: Lane, place: tuple[int, int]) -> tuple[int, int] | None:
        """Those after a life and number: where to go on, None after the last."""
        at = tuple_(LANE_EVENT.c.life, LANE_EVENT.c.number)
        query = (
            select(*EVENT_COLUMNS, LANE_EVENT.c.life, LANE_EVENT.c.received_at)
            .where(LANE_EVENT.c.lane_id == lane.id, PARKED, at > place)
            .order_by(LANE_EVENT.c.life, LANE_EVENT.c.number)
            .limit(_AT_ONCE)
        )
        with self._database.write() as connection:
            held_lane_row(connection, lane.id)
            rows = connection.execute(query).all()
            for life in sorted({row.life for row in rows}):
                _look_again(connection, lane, life, [row for row in rows if row.life == life])
        return (rows[-1].life, rows[-1].number) if rows else None


def _look_again(connection: Connection, lane: Lane, life: int, parked: Sequence[Row[Any, *tuple[Any, ...]]]) -> None:
    reasons = {row.number: unusable(event_of(row)) for row in parked if not row.sale_id}
    ids = {row.sale_id for row in parked if row.sale_id}
    sales = events_of_sales(connection, lane.id, life, ids)
    refused = SaleRecords(connection, lane, life).fold(sales)
    # All of the sale's events: one that was used may be the one that is in the way now.
    reasons |= {event.number: refused.get(event.number, "") for events in sales.values() for event in events}
    for row in parked:  # what it says of a refund counts as if it had been understood when it came
        if not reasons.get(row.number, ""):
            keep_refunds_told(connection, lane, [event_of(row)], now=row.received_at)
    if reasons:
        connection.execute(
            update(LANE_EVENT)
            .where(of_life(lane.id, life), LANE_EVENT.c.number == bindparam("which"))
            .values(refused=bindparam("why")),
            [{"which": number, "why": why} for number, why in reasons.items()],
        )
