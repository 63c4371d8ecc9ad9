"""Reads the lane's journal, beside its one writer: for the agent, the command line and the check."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Final, Self

from offline_cache.errors import JournalDamaged
from offline_cache.journal_file import open_for_reading, sqlite_trouble
from retail.events import GENESIS, Event, EventKind

COLUMNS: Final = "number, at, kind, sale_id, body, previous_hash, hash"


class JournalReader:
    """Reads a journal beside its writer; bound to one thread. Every method raises JournalError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db = open_for_reading(path)

    def __enter__(self) -> Self:
        """Use as a context manager to close it."""
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; idempotent."""
        self._db.close()

    def events(self, after: int = 0, limit: int | None = None) -> list[Event]:
        """Events with a number above `after`, in order."""
        return self._select("WHERE number > ? ORDER BY number LIMIT ?", after, -1 if limit is None else limit)

    def head(self) -> tuple[int, str]:
        """Number and hash of the last event; (0, "") of an empty journal."""
        last = self._select("ORDER BY number DESC LIMIT 1")
        return (last[0].number, last[0].hash) if last else (0, GENESIS)

    def last_sale(self) -> list[Event]:
        """All events from the latest basket.started on; empty if there was none."""
        return self._select(
            "WHERE number >= (SELECT max(number) FROM event WHERE kind = ?) ORDER BY number", EventKind.BASKET_STARTED
        )

    def latest(self, *kinds: EventKind) -> Event | None:
        """The newest event of any of these kinds."""
        marks = ", ".join("?" * len(kinds))
        found = self._select(f"WHERE number = (SELECT max(number) FROM event WHERE kind IN ({marks}))", *kinds)
        return found[0] if found else None

    def _select(self, rest: str, *values: object) -> list[Event]:
        try:
            rows = self._db.execute(f"SELECT {COLUMNS} FROM event {rest}", values).fetchall()
            return [
                Event(number, at, kind, sale_id, json.loads(body), previous, digest)
                for number, at, kind, sale_id, body, previous, digest in rows
            ]
        except sqlite3.Error as exc:
            raise sqlite_trouble(self.path, exc) from exc
        except ValueError as exc:
            raise JournalDamaged(f"{self.path}: an event's body is not JSON ({exc}); call the service desk") from exc
