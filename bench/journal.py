"""journal: a line on disk for good (synchronous=FULL), beside a bare SQLite commit with the same promise."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from bench.figure import Figure, side_by_side
from offline_cache.journal import Journal, verify
from retail.events import Draft, EventKind

_TEXT = "x" * 400


def measure(folder: Path, *, appends: int = 100, rounds: int = 5) -> list[Figure]:
    """Milliseconds an event."""
    path = folder / "journal.sqlite"
    journal = Journal(path, lambda: datetime.now(UTC))
    numbers = count()
    with closing(journal), closing(sqlite3.connect(folder / "bare.sqlite", isolation_level=None)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = FULL")
        db.execute("CREATE TABLE event (number INTEGER PRIMARY KEY, body TEXT NOT NULL) STRICT")

        def ours() -> None:
            for _ in range(appends):
                journal.append(Draft(EventKind.HELP_CALLED, None, {"reason": _TEXT}))

        def bare() -> None:
            for _ in range(appends):
                db.execute("INSERT INTO event VALUES (?, ?)", (next(numbers), _TEXT))

        mine, least = side_by_side(ours, bare, rounds=rounds)
    assert verify(path).events == appends * rounds
    return [Figure("journal", "append an event, on disk", mine / appends, "ms", bare=least / appends)]
