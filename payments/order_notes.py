"""What this machine itself knows of the orders it sent to a wallet: when each left, for how much, whether it was ended.

A wallet that has never heard of an order cannot say whether it is still on its way. We can: a line here is on disk
before the first byte leaves, and a number that was ended here is never sent again. Holds no payment code.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final

from payments.gateway import Reason
from retail.money import Money

_BUSY_TIMEOUT_S: Final = 5.0
_KEPT_S: Final = 45 * 24 * 3600  # by then no attempt is open; a refund later needs no note
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS orders (
  key TEXT PRIMARY KEY,
  noted_at_s INTEGER NOT NULL,
  sent_at_s INTEGER,
  amount_minor INTEGER,
  currency TEXT,
  declined TEXT,
  ended INTEGER NOT NULL DEFAULT 0,
  refunded INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS departures (key TEXT PRIMARY KEY, left_at REAL NOT NULL, boot TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS orders_by_age ON orders (noted_at_s);
"""


@dataclass(frozen=True, slots=True)
class OrderNote:
    """One order; `sent_at_s` (the time its signature names, Unix) is None if it never left from here."""

    sent_at_s: int | None = None
    amount: Money | None = None
    declined: Reason | None = None  # the wallet's own definite no
    ended: bool = False  # a cancel was asked for: not to be sent from now on
    refunded: bool = False  # we asked for money back
    # When it left by the clock that nobody sets, as long as this machine has not been started again since.
    left_at: float | None = field(default=None, compare=False)


class OrderNotes:
    """The notes of one gateway in one file, for any thread; on disk when a call returns. Raises sqlite3.Error."""

    def __init__(self, path: Path) -> None:
        self._path = path
        with closing(self._connect()) as notes:
            notes.executescript(_SCHEMA)

    def of(self, key: str) -> OrderNote:
        """What is known of an order, nothing if it was never heard of."""
        with closing(self._connect()) as notes:
            row = notes.execute(
                "SELECT * FROM orders LEFT JOIN departures ON departures.key = orders.key AND boot = ? "
                "WHERE orders.key = ?",
                (_boot(), key),
            ).fetchone()
        if row is None:
            return OrderNote()
        amount = None if row["currency"] is None else Money(row["amount_minor"], row["currency"])
        declined = None if row["declined"] is None else Reason(row["declined"])
        ended, refunded = bool(row["ended"]), bool(row["refunded"])
        return OrderNote(row["sent_at_s"], amount, declined, ended, refunded, row["left_at"])

    def begin(self, key: str, amount: Money, sent_at_s: int, left_at: float | None = None) -> bool:
        """Note that an order is about to leave; False, and nothing noted, if the key was here before."""
        with self._changing() as notes:
            if notes.execute("DELETE FROM orders WHERE noted_at_s < ?", (sent_at_s - _KEPT_S,)).rowcount:
                notes.execute("DELETE FROM departures WHERE key NOT IN (SELECT key FROM orders)")
            done = notes.execute(
                "INSERT INTO orders (key, noted_at_s, sent_at_s, amount_minor, currency) VALUES (?, ?, ?, ?, ?) "
                "ON CONFLICT (key) DO NOTHING",
                (key, sent_at_s, sent_at_s, amount.minor, amount.currency),
            )
            is_new = done.rowcount == 1
            if is_new and left_at is not None and _boot():
                notes.execute("REPLACE INTO departures VALUES (?, ?, ?)", (key, left_at, _boot()))
            return is_new

    def never_left(self, key: str) -> None:
        """The order was proved not to have left after all."""
        self._set(key, "sent_at_s = NULL")

    def declined(self, key: str, reason: Reason) -> None:
        """The wallet refused the order for good."""
        self._set(key, "declined = ?", reason)

    def ended(self, key: str, now_s: int) -> None:
        """From now on the order is not to be sent."""
        self._put(key, now_s, "ended")

    def refunded(self, key: str, now_s: int) -> None:
        """We are about to ask for money back."""
        self._put(key, now_s, "refunded")

    def _set(self, key: str, change: str, *values: str) -> None:
        with self._changing() as notes:
            notes.execute(f"UPDATE orders SET {change} WHERE key = ?", (*values, key))

    def _put(self, key: str, now_s: int, mark: str) -> None:
        with self._changing() as notes:
            notes.execute(
                f"INSERT INTO orders (key, noted_at_s, {mark}) VALUES (?, ?, 1) "
                f"ON CONFLICT (key) DO UPDATE SET {mark} = 1",
                (key, now_s),
            )

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with closing(self._connect()) as notes:
            notes.execute("BEGIN IMMEDIATE")
            yield notes
            notes.commit()

    def _connect(self) -> sqlite3.Connection:
        notes = sqlite3.connect(self._path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
        notes.row_factory = sqlite3.Row
        notes.execute("PRAGMA synchronous = FULL")
        return notes


@lru_cache(maxsize=1)
def _boot() -> str:
    """Which start of the machine this is: the clock that nobody sets begins anew with each. "" if nobody says."""
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
