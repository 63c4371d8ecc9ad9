"""How far a store's list may move without a person: kept at the hub, held against imports, and sent to lanes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from sqlalchemy import Connection, select, update

from hub.catalogue_store import unknown_store
from hub.changes import next_change
from hub.database import Database
from hub.plausibility import Limits, limits_from
from hub.tables import STORE


class LimitsStore:
    """The limits of the stores."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def of(self, store: str) -> Limits:
        """What holds for a store; StoreUnknown."""
        with self._database.read() as connection:
            return read_limits(connection, store)

    def set(self, store: str, changes: Mapping[str, int]) -> Limits:
        """Change some by name (see Limits), and what holds then; StoreUnknown."""
        with self._database.write() as connection:
            next_change(connection)  # lists that carry them are to be published again
            limits = replace(read_limits(connection, store), **changes)
            text = json.dumps(limits.as_dict())
            connection.execute(update(STORE).where(STORE.c.id == store).values(limits=text))
            return limits


def read_limits(connection: Connection, store: str) -> Limits:
    """A store's own limits, or the defaults; StoreUnknown."""
    text = connection.execute(select(STORE.c.limits).where(STORE.c.id == store)).scalar()
    if text is None:
        raise unknown_store(connection, store)
    return limits_from(json.loads(text))
