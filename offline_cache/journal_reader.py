"""Reads the lane's journal, beside its one writer: for the agent, the command line and the check."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

from offline_cache.errors import JournalDamaged
from offline_cache.journal_file import open_for_reading, sqlite_trouble
from offline_cache.stored_payments import COLUMNS as STORED_COLUMNS
from offline_cache.stored_payments import StoredPayment, stored_payment
from retail.events import GENESIS, Event, EventKind

_FIRST_WITH_SERIALS: Final = 3
_FIRST_WITH_STORED: Final = 4
COLUMNS: Final = "number, at, kind, sale_id, body, previous_hash, hash"


@dataclass(frozen=True, slots=True)
class EventBatch:
    """A contiguous run of events from number `first` on, as the JSON text of a post to the hub."""

    first: int
    count: int
    content: bytes


class JournalReader:
    """Reads a journal beside its writer; bound to one thread. Every method raises JournalError."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._db, self._version = open_for_reading(path)

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
        return (last[0].number, last[0].hash) if last else self.pruned()

    def pruned(self) -> tuple[int, str]:
        """Number and hash of the last event that was let go of after the hub had confirmed it: there the chain begins.

        (0, "") for a journal that has all its events.
        """
        if self._version == 1:
            return 0, GENESIS
        ((number, digest),) = self._rows("SELECT number, hash FROM pruned")
        return number, digest

    def hash_of(self, number: int) -> str | None:
        """Hash of an event, also of the last pruned one; of event 0 that from which every chain begins.

        None for an event that the journal has not, or no longer.
        """
        if number == 0:
            return GENESIS
        found = self._rows("SELECT hash FROM event WHERE number = ?", number)
        if found:
            return str(found[0][0])
        anchor, digest = self.pruned()
        return digest if number == anchor else None

    def last_sale(self) -> list[Event]:
        """All events from the latest basket.started on, also those of other sales; empty if there was none."""
        return self._select(
            "WHERE number >= (SELECT max(number) FROM event WHERE kind = ?) ORDER BY number", EventKind.BASKET_STARTED
        )

    def set_aside(self) -> list[list[Event]]:
        """All events of each sale that was set aside in doubt, the oldest sale first. What is unsettled is never
        pruned; of the others some may be gone already."""
        ids = self._rows(
            "SELECT sale_id FROM event WHERE kind = ? GROUP BY sale_id ORDER BY min(number)",
            EventKind.PAYMENT_SET_ASIDE,
        )
        return [self._select("WHERE sale_id = ? ORDER BY number", sale_id) for (sale_id,) in ids]

    def latest(self, *kinds: EventKind) -> Event | None:
        """The newest event of any of these kinds; of kinds that belong to no sale also if it was pruned."""
        marks = ", ".join("?" * len(kinds))
        found = self._select(f"WHERE number = (SELECT max(number) FROM event WHERE kind IN ({marks}))", *kinds)
        if not found and self._version > 1:
            found = self._select(f"WHERE kind IN ({marks}) ORDER BY number DESC LIMIT 1", *kinds, table="pruned_latest")
        return found[0] if found else None

    def sold(self, item: str, serial: str) -> bool:
        """Whether this lane has sold an item (a GTIN, or the SKU of what has none) with that serial number, ever."""
        if self._version < _FIRST_WITH_SERIALS:
            return False
        return bool(self._rows("SELECT 1 FROM sold_serial WHERE item = ? AND serial = ?", item, serial))

    def stored_payments(self) -> list[StoredPayment]:
        """Payments taken without the bank that it has not approved yet, and those that may be such, oldest first."""
        if self._version < _FIRST_WITH_STORED:
            return []
        return [
            stored_payment(row) for row in self._rows(f"SELECT {STORED_COLUMNS} FROM stored_payment ORDER BY at, key")
        ]

    def open_refunds(self) -> list[Event]:
        """All events, in order, of refunds that are not resolved."""
        settled = """SELECT json_extract(body, '$.refund_key') FROM event
            WHERE kind = ? AND json_extract(body, '$.refund_key') IS NOT NULL"""
        return self._select(
            f"WHERE kind IN (?, ?) AND json_extract(body, '$.refund_key') NOT IN ({settled}) ORDER BY number",
            EventKind.REFUND_INTENDED,
            EventKind.REFUND_SUBMITTED,
            EventKind.REFUND_RESOLVED,
        )

    def batch(self, after: int, *, most: int, most_bytes: int) -> EventBatch:
        """Events with a number above `after` as the hub takes them, at least one, as many as fit; there must be one."""
        parts: list[str] = []
        size = 0
        try:
            rows = self._db.execute(
                f"SELECT {COLUMNS} FROM event WHERE number > ? ORDER BY number LIMIT ?", (after, most)
            )
            for row in rows:
                text = _as_json(row)
                size += len(text.encode()) + 1
                if parts and size > most_bytes:
                    break
                parts.append(text)
        except sqlite3.Error as exc:
            raise sqlite_trouble(self.path, exc) from exc
        if not parts:
            raise JournalDamaged(f"{self.path}: event {after + 1} is gone; call the service desk")
        return EventBatch(after + 1, len(parts), f'{{"events":[{",".join(parts)}]}}'.encode())

    def quick_check(self) -> str:
        """What SQLite says of the file's pages, with all of them read; "ok" if they are sound."""
        ((answer,),) = self._rows("PRAGMA quick_check(1)")
        return str(answer)

    @contextlib.contextmanager
    def one_state(self) -> Iterator[None]:
        """All that is read inside is of one moment, whatever the lane appends or lets go of meanwhile."""
        self._rows("BEGIN")
        try:
            yield
        finally:
            self._rows("COMMIT")

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.Error as exc:
            raise sqlite_trouble(self.path, exc) from exc

    def _select(self, rest: str, *values: object, table: str = "event") -> list[Event]:
        rows = self._rows(f"SELECT {COLUMNS} FROM {table} {rest}", *values)
        try:
            return [
                Event(number, at, kind, sale_id, json.loads(body), previous, digest)
                for number, at, kind, sale_id, body, previous, digest in rows
            ]
        except ValueError as exc:
            raise JournalDamaged(f"{self.path}: an event's body is not JSON ({exc}); call the service desk") from exc


def _as_json(row: tuple[Any, ...]) -> str:
    """An event as the hub takes it; its body is JSON already, and most of it."""
    number, at, kind, sale_id, body, previous_hash, digest = row
    fields = {"number": number, "at": at, "kind": kind, "sale_id": sale_id, "previous_hash": previous_hash}
    return f'{json.dumps({**fields, "hash": digest}, ensure_ascii=False)[:-1]}, "body": {body}}}'
