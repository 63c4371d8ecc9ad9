"""A make-believe bank's own ledger: orders, what was charged, what was given back, in a file that outlives a kill.

Tests compare it with what the lane believes. It holds no payment code.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final, NamedTuple

Clock = Callable[[], datetime]

_BUSY_TIMEOUT_S: Final = 30.0
_WALLET_DIGITS: Final = 10
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS orders (
  number TEXT PRIMARY KEY,
  state TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  opened_at_ms INTEGER NOT NULL,
  charged_minor INTEGER NOT NULL,
  reference TEXT NOT NULL,
  due_at_ms INTEGER,
  due_state TEXT NOT NULL,
  due_charged_minor INTEGER NOT NULL,
  due_note TEXT NOT NULL,
  note TEXT NOT NULL,
  details TEXT NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS refunds (
  number TEXT PRIMARY KEY,
  order_number TEXT NOT NULL REFERENCES orders,
  amount_minor INTEGER NOT NULL,
  state TEXT NOT NULL,
  reference TEXT NOT NULL,
  made_at_ms INTEGER NOT NULL
) STRICT;
"""


def wallet_name(code: str) -> str:
    """What a bank calls the wallet that showed a payment code: the first ten digits are the wallet's own here, those
    after them change from payment to payment. Whoever scans our code instead has the wallet of no digits."""
    return hashlib.sha256(code[:_WALLET_DIGITS].encode()).hexdigest()[:24]


def now() -> datetime:
    """The clock of a bank that nobody puts forward."""
    return datetime.now(UTC)


class Charge(NamedTuple):
    """What the bank took under one order number; `state` is the bank's own word."""

    number: str
    amount_minor: int
    refunded_minor: int
    state: str


@dataclass(frozen=True, slots=True)
class Order:
    """One order as the bank has it. What time alone will bring about is in `due_…`, and happens whoever asks or not:
    a shopper types the password when nobody looks."""

    number: str
    state: str
    amount_minor: int
    currency: str
    opened_at_ms: int
    charged_minor: int = 0
    reference: str = ""
    due_at_ms: int | None = None
    due_state: str = ""
    due_charged_minor: int = 0
    due_note: str = ""
    note: str = ""
    details: str = "{}"  # JSON, the bank's own


@dataclass(frozen=True, slots=True)
class Refund:
    """Money given back, once for each number."""

    number: str
    order_number: str
    amount_minor: int
    state: str
    reference: str
    made_at_ms: int


class Page:
    """The books during one transaction."""

    def __init__(self, books: sqlite3.Connection, now_ms: int) -> None:
        self._books = books
        self.now_ms = now_ms

    def order(self, number: str) -> Order | None:
        """The order of that number, after what time has brought about."""
        row = self._books.execute("SELECT * FROM orders WHERE number = ?", (number,)).fetchone()
        return None if row is None else Order(**dict(row))

    def orders(self) -> list[Order]:
        """All orders, oldest first."""
        return [Order(**dict(row)) for row in self._books.execute("SELECT * FROM orders ORDER BY rowid")]

    def put(self, order: Order) -> None:
        """Enter an order, or what became of it."""
        self._put("orders", asdict(order))

    def refund(self, number: str) -> Refund | None:
        """The refund of that number."""
        row = self._books.execute("SELECT * FROM refunds WHERE number = ?", (number,)).fetchone()
        return None if row is None else Refund(**dict(row))

    def refunds(self, order_number: str) -> list[Refund]:
        """All refunds of an order, oldest first."""
        rows = self._books.execute("SELECT * FROM refunds WHERE order_number = ? ORDER BY rowid", (order_number,))
        return [Refund(**dict(row)) for row in rows]

    def put_refund(self, refund: Refund) -> None:
        """Enter a refund, or what became of it."""
        self._put("refunds", asdict(refund))

    def _put(self, table: str, row: dict[str, object]) -> None:
        marks = ", ".join("?" * len(row))
        sets = ", ".join(f"{name} = excluded.{name}" for name in row)
        self._books.execute(
            f"INSERT INTO {table} ({', '.join(row)}) VALUES ({marks}) ON CONFLICT (number) DO UPDATE SET {sets}",
            tuple(row.values()),
        )


class Books:
    """The ledger in one file, for any number of threads and processes."""

    def __init__(self, path: Path, clock: Clock = now) -> None:
        self._path = path
        self._clock = clock
        with closing(self._connect()) as books:
            books.executescript(_SCHEMA)

    @contextmanager
    def page(self) -> Iterator[Page]:
        """One transaction, alone on the books; kept when it ends, as if it never was if it fails."""
        with closing(self._connect()) as books:
            books.execute("BEGIN IMMEDIATE")
            page = Page(books, int(self._clock().timestamp() * 1000))
            _let_time_pass(books, page.now_ms)
            yield page
            books.commit()

    def charges(self) -> list[Charge]:
        """What was taken, order by order, oldest first, with what of it was given back."""
        with self.page() as page:
            return [_charge(page, order) for order in page.orders() if order.charged_minor]

    def taken(self, number: str) -> int:
        """Minor units taken under one order number, less what was given back."""
        return sum(charge.amount_minor - charge.refunded_minor for charge in self.charges() if charge.number == number)

    def _connect(self) -> sqlite3.Connection:
        books = sqlite3.connect(self._path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
        books.row_factory = sqlite3.Row
        # A killed process loses nothing by it, and no fake has to survive a power cut.
        books.execute("PRAGMA synchronous = OFF")
        return books


def _let_time_pass(books: sqlite3.Connection, now_ms: int) -> None:
    books.execute(
        "UPDATE orders SET state = due_state, charged_minor = due_charged_minor, note = due_note, due_at_ms = NULL "
        "WHERE due_at_ms <= ?",
        (now_ms,),
    )


def _charge(page: Page, order: Order) -> Charge:
    refunded = sum(refund.amount_minor for refund in page.refunds(order.number))
    return Charge(order.number, order.charged_minor, refunded, order.state)
