"""Rows of the lanes' journals, read back as events; and a lane's own row, held while its journal grows."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, func, literal_column, select

from hub.tables import LANE, LANE_EVENT
from retail.events import Event

EVENT_COLUMNS: Final = (
    LANE_EVENT.c.number,
    LANE_EVENT.c.at,
    LANE_EVENT.c.kind,
    LANE_EVENT.c.sale_id,
    LANE_EVENT.c.body,
    LANE_EVENT.c.previous_hash,
    LANE_EVENT.c.hash,
)
# As its index has it: with a bound value in place of the text SQLite would not use it.
PARKED: Final = LANE_EVENT.c.refused != literal_column("''")
_IDS_AT_ONCE: Final = 1000  # a database takes so many values in one question, and not endlessly more


def lane_row(connection: Connection, lane_id: int) -> Row[Any]:
    """The lane's row."""
    return connection.execute(select(LANE).where(LANE.c.id == lane_id)).one()


def held_lane_row(connection: Connection, lane_id: int) -> Row[Any]:
    """The lane's row; whoever else wants to hold it waits until this transaction ends.

    FOR NO KEY UPDATE: on a server several hubs may take posts of one lane at once. SQLite has one writer anyway. What
    only refers to the lane need not wait: the books write such rows while they hold a sale that a post may want.
    """
    return connection.execute(select(LANE).where(LANE.c.id == lane_id).with_for_update(key_share=True)).one()


def of_life(lane_id: int, life: int) -> ColumnElement[bool]:
    """The events of one life of a lane's journal."""
    return (LANE_EVENT.c.lane_id == lane_id) & (LANE_EVENT.c.life == life)


def event_of(row: Sequence[Any]) -> Event:
    """An event from a row that begins with EVENT_COLUMNS."""
    number, at, kind, sale_id, body, previous_hash, digest = row[: len(EVENT_COLUMNS)]
    return Event(number, at, kind, sale_id, json.loads(body), previous_hash, digest)


def events_of_sales(
    connection: Connection, lane_id: int, life: int, sale_ids: Collection[str]
) -> dict[str, list[Event]]:
    """What a lane's journal holds of these sales, each sale's events in order; no entry for none.

    By sale alone, and the lane looked at here: given both, SQLite walks the lane's whole journal for each sale.
    """
    found: dict[str, list[Event]] = {}
    for some in in_parts(sale_ids):
        query = select(*EVENT_COLUMNS, LANE_EVENT.c.lane_id, LANE_EVENT.c.life).where(LANE_EVENT.c.sale_id.in_(some))
        for row in connection.execute(query):
            if (row.lane_id, row.life) == (lane_id, life):
                found.setdefault(row.sale_id, []).append(event_of(row))
    for events in found.values():
        events.sort(key=lambda event: event.number)
    return found


def parked_counts(connection: Connection) -> dict[tuple[int, int], int]:
    """How many events are parked, by lane and life; no entry for none."""
    lane, life = LANE_EVENT.c.lane_id, LANE_EVENT.c.life
    rows = connection.execute(select(lane, life, func.count()).where(PARKED).group_by(lane, life))
    return {(lane_id, its_life): count for lane_id, its_life, count in rows}


def in_parts(ids: Collection[str]) -> Iterator[list[str]]:
    """The ids, as many at a time as one question may name."""
    every = list(ids)
    for first in range(0, len(every), _IDS_AT_ONCE):
        yield every[first : first + _IDS_AT_ONCE]
