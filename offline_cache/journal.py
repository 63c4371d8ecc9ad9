"""The lane's journal: append-only, hash-chained, on disk before anybody is told."""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from offline_cache.errors import JournalDamaged, JournalError
from offline_cache.journal_cut import CUT_COLUMNS, last_cut
from offline_cache.journal_file import VERSION, lock, open_for_writing, os_trouble, sqlite_trouble
from offline_cache.journal_reader import COLUMNS, JournalReader
from offline_cache.journal_report import JournalReport, UnresolvedPayment, verify
from offline_cache.stored_payments import UNFORWARDED, Step, steps
from retail.events import Draft, Event, EventKind, canonical_json, chained, first_break

__all__ = ["Journal", "JournalReader", "JournalReport", "UnresolvedPayment", "verify"]

_TAIL: Final = 200  # events whose chain is checked at each start; `verify` checks all
_QUICK_CHECK_BYTES: Final = 256 << 20  # SQLite checks 700 MB/s from memory; beyond this a start would drag
_CHECKPOINT_EVENTS: Final = 200  # about 4 MB of log
_NEWEST_KEPT: Final = 10_000  # more than a day's, however wrong the lane's clock was: some 10 MB
_PRUNED_AT_ONCE: Final = 200
_PRUNE: Final = (
    f"""INSERT OR REPLACE INTO pruned_latest ({COLUMNS}) SELECT {COLUMNS} FROM event WHERE number IN
        (SELECT max(number) FROM event WHERE number <= ? AND sale_id IS NULL GROUP BY +kind)""",
    "UPDATE pruned SET (number, hash) = (SELECT number, hash FROM event WHERE number = ?)",
    "DELETE FROM event WHERE number <= ?",
)


class Journal(JournalReader):
    """The one writer; makes the file if there is none. Bound to the thread and process that opened it.

    `clock` gives aware datetimes. Raises JournalError and its kinds on opening and on every call. After
    JournalFull, JournalReadOnly and JournalBusy it may be used on; after any other failed append it refuses until
    opened anew.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self.path = path
        self._clock = clock
        self._wal = path.with_name(path.name + "-wal")
        self._refusal = ""
        self._process = os.getpid()
        self._lock = lock(path)
        try:
            self._db, self._version = open_for_writing(path), VERSION
            self._number, self._head = self._check()
            self._checkpointed = self._number
            self._in_place = self._inodes()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close the file and let others write it; idempotent and silent."""
        with contextlib.suppress(AttributeError, sqlite3.Error):  # AttributeError: it never opened
            self._db.close()
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1

    def append(self, *drafts: Draft) -> tuple[Event, ...]:
        """Number, chain and write events, all or none; they are on disk when this returns.

        ValueError or TypeError for a body that is not JSON or a naive clock: a fault of the caller, nothing written.
        """
        self._check_usable()
        at = _instant(self._clock())
        events: list[Event] = []
        number, head = self._number, self._head
        for draft in drafts:
            # As it will be read back: a tuple or a numeric key would else hash differently then.
            plain = Draft(draft.kind, draft.sale_id, json.loads(canonical_json(draft.body)))
            events.append(chained(plain, number=number + 1, at=at, previous_hash=head))
            number, head = events[-1].number, events[-1].hash
        if events:
            self._write(events)
            self._number, self._head = number, head
            self._checkpoint()
        return tuple(events)

    def prune(
        self, confirmed: tuple[int, str], *, before: datetime, newest: int = _NEWEST_KEPT, most: int = _PRUNED_AT_ONCE
    ) -> int:
        """Let go of about `most` of the oldest events: how many went, 0 if there is nothing more to do.

        `confirmed` is number and hash of the last event that the hub has said it has; of another journal's, nothing
        goes. Nor do the `newest` events, the latest sale, one with a payment in doubt or that the bank has not answered
        for, or what was written at `before` or later. For moments in which nobody waits: a call takes some
        milliseconds. The room is used again, not given back to the disk.
        """
        self._check_usable()
        number, digest = confirmed
        if number < 1 or number > self._number or self.hash_of(number) != digest:
            return 0
        anchor, _ = self.pruned()
        last = min(number, self._number - newest)
        try:
            rows = self._db.execute(f"SELECT {CUT_COLUMNS} FROM event ORDER BY number")
            cut = last_cut(rows, last=last, before=_instant(before), most=most, held=self._held())
            rows.close()
        except sqlite3.Error as exc:
            raise sqlite_trouble(self.path, exc) from exc
        except ValueError as exc:
            raise JournalDamaged(f"{self.path}: an event's body is not JSON ({exc}); call the service desk") from exc
        if not cut:
            return 0
        self._transaction([(statement, [(cut,)]) for statement in _PRUNE])
        self._checkpoint(due=True)
        return cut - anchor

    def _held(self) -> set[str]:
        """Sales that stay whole, however old: the bank has not answered for them."""
        return {payment.sale_id for payment in self.stored_payments() if payment.state in UNFORWARDED}

    def head(self) -> tuple[int, str]:
        """Number and hash of the last event; (0, "") of an empty journal."""
        return self._number, self._head

    def free_bytes(self) -> int:
        """Room on the journal's disk: a lane should not start a payment that it may be unable to record."""
        try:
            space = os.statvfs(self.path.parent)
        except OSError as exc:
            raise os_trouble(self.path, exc) from exc
        return space.f_bavail * space.f_frsize

    def _write(self, events: Sequence[Event]) -> None:
        rows = [(e.number, e.at, e.kind, e.sale_id, canonical_json(e.body), e.previous_hash, e.hash) for e in events]
        work: list[Step] = [(f"INSERT INTO event ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?)", rows)]
        sold = [row for event in events for row in _sold(event)]
        if sold:
            work.append(("INSERT OR IGNORE INTO sold_serial VALUES (?, ?, ?, ?)", sold))
        self._transaction([*work, *steps(events)])

    def _transaction(self, work: Iterable[Step]) -> None:
        """Do each statement with each of its rows of values, all or none; on disk when this returns."""
        try:
            self._db.execute("BEGIN IMMEDIATE")
            for statement, rows in work:
                self._db.executemany(statement, rows)
            self._db.execute("COMMIT")
        except sqlite3.Error as exc:
            trouble = sqlite_trouble(self.path, exc)
            if not _harmless(exc):
                # A commit whose fsync failed may or may not be on disk, and a second fsync would lie about it.
                self._refusal = str(trouble)
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            raise trouble from exc
        except BaseException:  # an interrupt between the statements
            with contextlib.suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")
            self._refusal = f"{self.path}: a write was interrupted; open the journal anew"
            raise

    def _checkpoint(self, *, due: bool = False) -> None:
        """Move the log into the file from time to time; the events are safe already: trouble is the next append's."""
        if not due and self._number - self._checkpointed < _CHECKPOINT_EVENTS:
            return
        self._checkpointed = self._number
        try:
            self._db.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
        except sqlite3.Error as exc:
            if not _harmless(exc):
                self._refusal = str(sqlite_trouble(self.path, exc))

    def _check(self) -> tuple[int, str]:
        """The head, after a look at the file's pages and the chain of its last events."""
        try:
            if self.path.stat().st_size <= _QUICK_CHECK_BYTES:
                (answer,) = self._db.execute("PRAGMA quick_check(1)").fetchone()
                if answer != "ok":
                    raise JournalDamaged(f"{self.path}: is not sound ({answer}); call the service desk")
        except sqlite3.Error as exc:
            raise sqlite_trouble(self.path, exc) from exc
        tail = self._select("ORDER BY number DESC LIMIT ?", _TAIL)[::-1]
        anchor = self.pruned()
        if not tail:
            return anchor
        # A whole chain starts from its anchor, a tail from whatever its first event names.
        start = anchor if len(tail) < _TAIL else (tail[0].number - 1, tail[0].previous_hash)
        broken = first_break(tail, number=start[0], head=start[1])
        if broken is not None:
            raise JournalDamaged(f"{self.path}: event {broken[0]} {broken[1]}; move it aside for the service desk")
        return tail[-1].number, tail[-1].hash

    def _check_usable(self) -> None:
        if self._lock < 0:
            raise JournalError(f"{self.path}: is closed")
        if self._refusal:
            raise JournalError(f"{self._refusal} (no more is written until the journal is opened anew)")
        if os.getpid() != self._process:
            raise JournalError(f"{self.path}: was opened by another process; open it anew in this one")
        if self._inodes() != self._in_place:
            self._refusal = f"{self.path}: was replaced or removed under the running lane; start the lane again"
            raise JournalError(self._refusal)

    def _inodes(self) -> tuple[int, ...]:
        """Which files we write: appends to one that was deleted would vanish without an error."""
        try:
            return tuple(place.stat().st_ino for place in (self.path, self._wal))
        except OSError:
            return ()


def _sold(event: Event) -> list[tuple[str, str, str, str]]:
    """The items with serial numbers that an event sells: those that sale.completed names."""
    if event.kind != EventKind.SALE_COMPLETED or not event.sale_id:
        return []
    return [(str(item), str(serial), event.sale_id, event.at) for item, serial in event.body.get("serials", ())]


def _harmless(exc: sqlite3.Error) -> bool:
    """Whether SQLite is sure that it wrote nothing, so that a later attempt may succeed."""
    code = getattr(exc, "sqlite_errorcode", 0) & 0xFF
    return code in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_READONLY}


def _instant(now: datetime) -> str:
    if now.tzinfo is None:
        raise ValueError("the clock must give aware datetimes")
    return now.astimezone(UTC).isoformat(timespec="milliseconds")
