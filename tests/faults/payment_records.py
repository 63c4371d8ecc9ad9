"""Reads what the parties to a payment wrote down: a lane's journal, a bank's books, a hub's database. Plain SQL.

Nothing of the product is imported: a mistake of its own must not excuse itself.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

_SIMULATED_TAKES: Final = ("slow", "unknown_then_approved")  # what time alone turns into a charge


class Unreadable(Exception):
    """A file that is none of those that this judge knows; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Charge:
    """What a bank has under one order number; `to_come`: it will be taken, as things stand."""

    key: str
    taken: int
    given_back: int = 0
    to_come: bool = False

    @property
    def net(self) -> int:
        """What the shopper is without."""
        return self.taken - self.given_back


@dataclass(slots=True)
class Attempt:
    """One attempt to pay as a journal tells it."""

    key: str
    sale: str
    asked: int
    outcome: str = ""  # "" while nothing is written, then approved, declined or unknown
    stored: bool = False

    @property
    def settled(self) -> bool:
        """Whether the journal says how it ended."""
        return self.outcome in {"approved", "declined"}


@dataclass(slots=True)
class GivenBack:
    """One refund as a journal tells it; it may be of another lane's sale."""

    key: str
    sale: str
    payment: str = ""  # the attempt's key, where the lane was told
    minor: int = 0
    outcome: str = ""


@dataclass(slots=True)
class Journal:
    """One lane's journal. `trouble`: why the file itself is not to be believed."""

    path: Path
    trouble: list[str] = field(default_factory=list)
    attempts: dict[str, Attempt] = field(default_factory=dict)
    sales: dict[str, tuple[int, str]] = field(default_factory=dict)  # total and payment key of each completed sale
    receipts: set[str] = field(default_factory=set)
    refunds: dict[str, GivenBack] = field(default_factory=dict)

    def read(self, event: sqlite3.Row) -> None:
        """Take in one event."""
        body = json.loads(event["body"])
        match event["kind"].split("."):
            case ["payment", what]:
                self._payment(what, event["sale_id"], body)
            case ["refund", what]:
                self._refund(what, body)
            case ["sale", "completed"]:
                self._completed(event["sale_id"], body)

    def _payment(self, what: str, sale: str, body: dict[str, Any]) -> None:
        key = body["key"]
        if what == "intended":
            self._intended(Attempt(key, sale, body["amount_minor"]))
        elif key not in self.attempts:
            self.trouble.append(f"payment.{what} of {key}, which was never intended")
        elif what in {"resolved", "forwarded"}:
            attempt = self.attempts[key]
            if attempt.outcome == "declined":
                self.trouble.append(f"attempt {key} was declined, and then {body['outcome']}")
            attempt.outcome, attempt.stored = body["outcome"], bool(body.get("stored"))

    def _intended(self, attempt: Attempt) -> None:
        if attempt.key in self.attempts:
            self.trouble.append(f"key {attempt.key} was used twice")
        for other in self.attempts.values():
            if other.sale == attempt.sale and other.outcome != "declined":
                self.trouble.append(f"sale {attempt.sale} got key {attempt.key} while {other.key} was not declined")
        self.attempts[attempt.key] = attempt

    def _refund(self, what: str, body: dict[str, Any]) -> None:
        key = body["refund_key"]
        refund = self.refunds.setdefault(key, GivenBack(key, body["sale"]))
        if what != "resolved":
            return
        if refund.outcome == "approved":
            self.trouble.append(f"refund {key} was resolved twice")
        refund.payment = body.get("payment_key", "")
        refund.outcome, refund.minor = body["outcome"], body["amount_minor"]

    def _completed(self, sale: str, body: dict[str, Any]) -> None:
        if sale in self.sales:
            self.trouble.append(f"sale {sale} was completed twice")
        if body["receipt_number"] in self.receipts:
            self.trouble.append(f"receipt number {body['receipt_number']} was given twice")
        self.receipts.add(body["receipt_number"])
        self.sales[sale] = body["total_minor"], body["payment_key"]


@dataclass(frozen=True, slots=True)
class HubRecords:
    """What a hub knows: outcome and amount of each payment ordered through it, total of each sale sent to it."""

    payments: dict[str, tuple[str, int]]
    sales: dict[str, int]
    parked: int


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A database, only to be read. Unreadable if it is none."""
    if not path.is_file():
        raise Unreadable(f"{path}: there is no such file")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)) as db:
            db.row_factory = sqlite3.Row
            yield db
    except sqlite3.Error as exc:
        raise Unreadable(f"{path}: {exc}") from exc


def read_journal(path: Path) -> Journal:
    """A lane's journal, with its pages and its chain checked."""
    journal = Journal(path)
    with opened(path) as db:
        found = [row[0] for row in db.execute("PRAGMA integrity_check")]
        journal.trouble += [f"integrity_check: {what}" for what in found if what != "ok"]
        number, head = _anchor(db)
        for event in db.execute("SELECT * FROM event ORDER BY number"):
            if (event["number"], event["previous_hash"]) != (number + 1, head) or event["hash"] != _digest(event):
                journal.trouble.append(f"event {event['number']} breaks the chain")
            number, head = event["number"], event["hash"]
            journal.read(event)
    return journal


def read_books(path: Path) -> list[Charge]:
    """All that one bank has taken or will take: books of payments.fakes, or those of the simulated gateway."""
    with opened(path) as db:
        tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
        if "orders" in tables:
            return _fake_banks(db)
        if "payments" in tables:
            return _simulated(db)
    raise Unreadable(f"{path}: holds neither orders nor payments; it is no bank's books")


def read_hub(path: Path) -> HubRecords:
    """A hub's SQLite database."""
    with opened(path) as db:
        payments = db.execute("SELECT key, outcome, coalesce(paid_minor, amount_minor, 0) FROM payment")
        sales = db.execute("SELECT id, total_minor FROM sale WHERE status = 'completed'")
        (parked,) = db.execute("SELECT count(*) FROM lane_event WHERE refused <> ''").fetchone()
        return HubRecords({key: (outcome, minor) for key, outcome, minor in payments}, dict(sales.fetchall()), parked)


def _has(db: sqlite3.Connection, table: str, column: str) -> bool:
    return any(row["name"] == column for row in db.execute(f"PRAGMA table_info({table})"))


def _anchor(db: sqlite3.Connection) -> tuple[int, str]:
    row = db.execute("SELECT number, hash FROM pruned").fetchone() if _has(db, "pruned", "hash") else None
    return (0, "") if row is None else (row[0], row[1])


def _digest(event: sqlite3.Row) -> str:
    """The hash that docs/journal.md prescribes: of the canonical JSON list of the event's fields."""
    fields = [event["number"], event["at"], event["kind"], event["sale_id"]]
    body = json.loads(event["body"])
    text = json.dumps(
        [*fields, body, event["previous_hash"]], sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )
    return hashlib.sha256(text.encode()).hexdigest()


def _fake_banks(db: sqlite3.Connection) -> list[Charge]:
    given = dict(db.execute("SELECT order_number, sum(amount_minor) FROM refunds GROUP BY order_number").fetchall())
    now_ms, charges = int(time.time() * 1000), []
    for row in db.execute("SELECT * FROM orders"):
        due = row["due_at_ms"]
        taken = row["charged_minor"] if due is None else row["due_charged_minor"]
        to_come = due is not None and due > now_ms
        charges.append(Charge(row["number"], taken, given.get(row["number"], 0), to_come))
    return charges


def _simulated(db: sqlite3.Connection) -> list[Charge]:
    given = dict(db.execute("SELECT key, sum(amount_minor) FROM refunds GROUP BY key").fetchall())
    charges = []
    for row in db.execute("SELECT * FROM payments"):
        open_still = row["state"] in {"pending", "unknown"} and row["story"] in _SIMULATED_TAKES
        taken = row["amount_minor"] if row["state"] == "approved" or open_still else 0
        charges.append(Charge(row["key"], taken, given.get(row["key"], 0), open_still))
    return charges
