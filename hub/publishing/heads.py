"""The newest list of a store's channel, as the database has it: one row, locked by whoever makes a newer one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, func, insert, select, update

from hub.publishing.tables import LIST_HEAD, PUBLICATION
from offline_cache.price_list.manifest import Manifest
from retail.events import canonical_json

CHANNELS: Final = ("lane", "phone", "web", "live")


@dataclass(frozen=True, slots=True)
class Head:
    """`change`: the last change of the store's goods that is in it. `envelope`: the signed manifest, its JSON text."""

    store: str
    channel: str
    revision: int
    state: str
    change: int
    envelope: str

    @property
    def manifest(self) -> Manifest:
        """What the envelope says; it is our own, so nobody checks the signature."""
        return Manifest.model_validate_json(canonical_json(json.loads(self.envelope)["manifest"]))


def read_head(connection: Connection, store: str, channel: str, *, lock: bool = False) -> Head | None:
    """The head, None before the first publication.

    With `lock` nobody else changes it, nor makes it, until the transaction ends; SQLite's write transactions exclude
    each other anyway.
    """
    query = select(LIST_HEAD).where(LIST_HEAD.c.store == store, LIST_HEAD.c.channel == channel)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return None if row is None or not row.envelope else _head(row)


def make_room(connection: Connection, store: str, channel: str) -> None:
    """Make the row of a list that was never published, so that it can be locked. IntegrityError if another just did."""
    here = (LIST_HEAD.c.store == store) & (LIST_HEAD.c.channel == channel)
    if connection.execute(select(LIST_HEAD.c.revision).where(here)).one_or_none() is None:
        empty = {"revision": 0, "state": "", "change": 0, "envelope": "", "signed_at": 0, "announced": True}
        connection.execute(insert(LIST_HEAD).values(store=store, channel=channel, **empty))


def move_head(connection: Connection, head: Head) -> None:
    """Make this the newest list, which is still to be announced."""
    here = (LIST_HEAD.c.store == head.store) & (LIST_HEAD.c.channel == head.channel)
    signed_at = int(datetime.fromisoformat(head.manifest.signed_at).timestamp())
    values = {"revision": head.revision, "state": head.state, "change": head.change, "envelope": head.envelope}
    connection.execute(update(LIST_HEAD).where(here).values(**values, signed_at=signed_at, announced=False))


def note_announced(connection: Connection, head: Head) -> None:
    """Note that the storage has the head's envelope, unless there is a newer one meanwhile."""
    here = (LIST_HEAD.c.store == head.store) & (LIST_HEAD.c.channel == head.channel)
    this = here & (LIST_HEAD.c.envelope == head.envelope) & LIST_HEAD.c.announced.is_(False)
    connection.execute(update(LIST_HEAD).where(this).values(announced=True))


def published_lists(connection: Connection, *, signed_before: datetime | None = None) -> list[tuple[str, str]]:
    """Store and channel of every list that was ever published, or of those that were not announced or not signed since
    a time.
    """
    query = select(LIST_HEAD.c.store, LIST_HEAD.c.channel).where(LIST_HEAD.c.envelope != "")
    if signed_before is not None:
        old = LIST_HEAD.c.signed_at <= int(signed_before.timestamp())
        query = query.where(old | LIST_HEAD.c.announced.is_(False))
    return [(row.store, row.channel) for row in connection.execute(query.order_by(*LIST_HEAD.primary_key))]


def last_revision(connection: Connection, store: str, channel: str) -> int:
    """The highest revision that was ever published, also by a hub of version 1."""
    query = select(func.max(PUBLICATION.c.revision)).where(
        PUBLICATION.c.store == store, PUBLICATION.c.channel == channel
    )
    return connection.execute(query).scalar() or 0


def _head(row: Row[Any]) -> Head:
    return Head(row.store, row.channel, row.revision, row.state, row.change, row.envelope)
