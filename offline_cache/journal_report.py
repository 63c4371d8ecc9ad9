"""Checks a whole journal: SQLite's pages, the hash chain, and that its sales make sense."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from offline_cache.errors import JournalDamaged
from offline_cache.journal_file import open_for_reading
from offline_cache.journal_reader import JournalReader
from retail.events import GENESIS, Event, EventKind, first_break
from retail.sale import Attempt, AttemptState, Sale, SaleError, SaleStatus, apply

_BATCH: Final = 2000
_ENDED: Final = {SaleStatus.COMPLETED, SaleStatus.CANCELLED, SaleStatus.HANDED_OVER}
_UNRESOLVED: Final = {AttemptState.INTENDED, AttemptState.SUBMITTED, AttemptState.UNKNOWN}


@dataclass(frozen=True, slots=True)
class UnresolvedPayment:
    """A payment whose outcome the journal does not tell: ask the gateway for its key."""

    sale_id: str
    key: str
    way: str
    gateway: str
    amount_minor: int
    state: str


@dataclass(frozen=True, slots=True)
class JournalReport:
    """What a journal holds; `problem` says what is wrong with event number `at` (0: with the file), "" for nothing.

    `events` counts those in the file, up to the problem; events 1 to `pruned` were let go of after the hub had
    confirmed them, the chain is checked from there on to `head`. Sales are counted of what is still in the file.
    """

    ok: bool
    events: int
    pruned: int
    head: str
    sales: int
    completed: int
    open_sale: str | None
    unresolved_payments: tuple[UnresolvedPayment, ...] = ()
    problem: str = ""
    at: int = 0

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def verify(path: Path) -> JournalReport:
    """Check everything. Raises JournalError only for a file that cannot be read at all: missing, no permission, newer.

    Damage is no error but the answer: a report with `ok` false that counts what is sound before it.
    """
    walk = _Walk()
    try:
        problem, at = _pages(path), 0
        if not problem:
            with JournalReader(path) as reader, reader.one_state():
                problem, at = walk.through(reader)
    except JournalDamaged as exc:
        problem, at = str(exc), walk.number + 1 if walk.number > walk.pruned else 0
    return walk.report(problem, at)


def _pages(path: Path) -> str:
    db, _ = open_for_reading(path)
    try:
        (answer,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    except sqlite3.DatabaseError as exc:
        return f"SQLite cannot read it: {exc}"
    finally:
        db.close()
    return "" if answer == "ok" else f"SQLite finds it damaged: {answer}"


@dataclass(slots=True)
class _Walk:
    """The state of one pass over the chain."""

    number: int = 0
    head: str = GENESIS
    pruned: int = 0
    sales: dict[str, Sale] = field(default_factory=dict)
    current: str | None = None

    def through(self, reader: JournalReader) -> tuple[str, int]:
        """The first problem and its event's number."""
        self.number, self.head = reader.pruned()
        self.pruned = self.number
        for batch in _batches(reader, self.number):
            broken = first_break(batch, number=self.number, head=self.head)
            for event in batch:
                if broken is not None and event.number == broken[0]:
                    return f"event {broken[0]} {broken[1]}", broken[0]
                try:
                    self._take(event)
                except SaleError as exc:
                    return str(exc), event.number
                self.number, self.head = event.number, event.hash
        return "", 0

    def _take(self, event: Event) -> None:
        if event.kind == EventKind.BASKET_STARTED:
            self._no_paid_sale_is_left()
            self.current = event.sale_id
        elif event.kind == EventKind.STAFF_ACT and self._is_of_no_sale_here(event.sale_id):
            return
        sale = apply(self.sales.get(event.sale_id or ""), event)
        if sale is not None:
            # An ended sale needs its lines no more; a year of them would fill the memory.
            self.sales[sale.id] = replace(sale, lines=()) if sale.status in _ENDED else sale

    def _is_of_no_sale_here(self, sale_id: str | None) -> bool:
        """An act at the lane itself, or on goods set aside whose sale was settled and let go of meanwhile."""
        return sale_id is None or (self.pruned > 0 and sale_id not in self.sales)

    def _no_paid_sale_is_left(self) -> None:
        last = self.sales.get(self.current or "")
        if last is not None and last.status is SaleStatus.PAID:
            raise SaleError(f"sale {last.id} was paid, but another was started before it was completed")

    def report(self, problem: str, at: int) -> JournalReport:
        """What was found."""
        current = self.sales.get(self.current or "")
        return JournalReport(
            ok=not problem,
            events=self.number - self.pruned,
            pruned=self.pruned,
            head=self.head,
            sales=len(self.sales),
            completed=sum(sale.status is SaleStatus.COMPLETED for sale in self.sales.values()),
            open_sale=None if current is None or current.aside or current.status in _ENDED else current.id,
            unresolved_payments=tuple(
                _unresolved(sale, attempt)
                for sale in self.sales.values()
                for attempt in sale.attempts
                if attempt.state in _UNRESOLVED
            ),
            problem=problem,
            at=at,
        )


def _batches(reader: JournalReader, after: int) -> Iterator[list[Event]]:
    while batch := reader.events(after, _BATCH):
        yield batch
        after = batch[-1].number


def _unresolved(sale: Sale, attempt: Attempt) -> UnresolvedPayment:
    return UnresolvedPayment(
        sale.id, attempt.key, attempt.way, attempt.gateway, attempt.amount_minor, attempt.state.value
    )
