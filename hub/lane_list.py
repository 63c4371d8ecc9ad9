"""How each lane stands: what it last said of itself, beside what the hub knows better."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, select

from hub.lane_rows import parked_counts
from hub.publishing.tables import LIST_HEAD, PUBLICATION
from hub.tables import LANE

SILENT_AFTER: Final = timedelta(minutes=2)  # a lane is heard every 15 seconds
BEHIND_AFTER: Final = timedelta(minutes=5)  # a lane looks every 30 seconds unless told otherwise, and then downloads
CLOCK_WRONG_S: Final = 60
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True)
class Told:
    """What a lane last said of itself (docs/price-list-sync.md); empty, 0 or None for what it did not say.

    `refused_list` is the sentence of the price list that it was offered and did not take.
    """

    revision: int = 0
    channel: str = "lane"
    state: str = ""
    published_at: str = ""
    checked_at: str = ""
    refused_list: str = ""
    hub_time_skew_s: float | None = None
    queued: int | None = None
    last_error: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class LaneSummary:
    """A lane in a list of lanes; `events` is the number of its newest event, `life` how often its journal began.

    `newest` is the revision that its channel has by now, `behind` how many it has missed, `parked` how many of its
    events the hub could not use. `marks` are what somebody should look at: silent, behind, refuses, clock, parked.
    """

    store: str
    name: str
    events: int
    life: int
    enrolled_at: datetime
    seen_at: datetime | None
    told: Told
    newest: int
    behind: int
    parked: int
    marks: tuple[str, ...]


def lane_summaries(connection: Connection, now: datetime) -> list[LaneSummary]:
    """All lanes, by store and name."""
    newest = _newest(connection)
    parked = parked_counts(connection)
    rows = connection.execute(select(LANE).order_by(LANE.c.store, LANE.c.name))
    return [_summary(row, newest, parked.get((row.id, row.life), 0), now) for row in rows]


def _newest(connection: Connection) -> dict[tuple[str, str], tuple[int, int]]:
    """Revision and time of publishing of the newest list, by store and channel."""
    head, published = LIST_HEAD.c, PUBLICATION.c
    same = (published.store == head.store) & (published.channel == head.channel)
    query = select(head.store, head.channel, head.revision, published.published_at).join(
        PUBLICATION, same & (published.revision == head.revision)
    )
    return {(store, channel): (revision, at) for store, channel, revision, at in connection.execute(query)}


def _summary(
    row: Row[Any, *tuple[Any, ...]], newest: dict[tuple[str, str], tuple[int, int]], parked: int, now: datetime
) -> LaneSummary:
    told = told_by(row.status)
    revision, published_at = newest.get((row.store, told.channel), (0, 0))
    seen_at = None if row.seen_at is None else datetime.fromtimestamp(row.seen_at, UTC)
    behind = max(0, revision - told.revision)
    marks = {
        "silent": seen_at is None or now - seen_at > SILENT_AFTER,
        "behind": behind > 0 and now - datetime.fromtimestamp(published_at, UTC) > BEHIND_AFTER,
        "refuses": bool(told.refused_list),
        "clock": told.hub_time_skew_s is not None and abs(told.hub_time_skew_s) > CLOCK_WRONG_S,
        "parked": parked > 0,
    }
    return LaneSummary(
        store=row.store,
        name=row.name,
        events=row.head_number,
        life=row.life,
        enrolled_at=datetime.fromtimestamp(row.enrolled_at, UTC),
        seen_at=seen_at,
        told=told,
        newest=revision,
        behind=behind,
        parked=parked,
        marks=tuple(mark for mark, holds in marks.items() if holds),
    )


def told_by(status: str) -> Told:
    """What a heartbeat's JSON says, each thing by itself: a lane of another version must still be listed."""
    said = json.loads(status)
    refused = said.get("refused_list")
    return Told(
        revision=_whole(said.get("revision")) or 0,
        channel=_text(said.get("channel")) or "lane",
        state=_text(said.get("state")),
        published_at=_text(said.get("published_at")),
        checked_at=_text(said.get("checked_at")),
        refused_list=_text(refused.get("sentence") if isinstance(refused, dict) else refused),
        hub_time_skew_s=_number(said.get("hub_time_skew_s")),
        queued=_whole(said.get("queued")),
        last_error=_text(said.get("last_error")),
        version=_text(said.get("version")),
    )


def _text(value: object) -> str:
    return value[:_LONGEST] if isinstance(value, str) else ""


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
