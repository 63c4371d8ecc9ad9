"""Settles sales beside what answers lanes: what was just told at once, what was missed by a sweep now and then."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, Protocol

from sqlalchemy.exc import SQLAlchemyError

from hub.errors import HubError
from retail.events import Event, EventKind

_EVERY_S: Final = 60.0
_AT_ONCE: Final = 100
# After these a sale, or a coupon of it, may stand otherwise in the books.
_TELLING: Final = frozenset(
    {
        EventKind.SALE_COMPLETED,
        EventKind.BASKET_CANCELLED,
        EventKind.BASKET_HANDED_OVER,
        EventKind.COUPON_WITHDRAWN,
        EventKind.PAYMENT_FORWARDED,
        EventKind.REFUND_RESOLVED,
    }
)

log = logging.getLogger(__name__)


class Settling(Protocol):
    """The books, as far as they are asked here."""

    def settle_many(self, sale_ids: Sequence[str]) -> object:
        """Bring the books up to date with these sales."""
        ...

    def settle_claim(self, claim: str) -> object:
        """The same with the sales of a claim."""
        ...

    def settle_payment(self, payment_key: str) -> object:
        """The same with the sale of a payment."""
        ...

    def sweep(self, limit: int) -> int:
        """The same with so many of those that were missed; how many there were."""
        ...


class Joining(Protocol):
    """The members' book, as far as it is asked here."""

    def run_steps(self, claim: str) -> object:
        """What is left to do of joining under that claim."""
        ...

    def sweep(self, limit: int) -> int:
        """What is left to do of anybody's joining, and what is old thrown away."""
        ...


class Bookkeeper:
    """Notes what is to be settled, which never waits, and settles it on whatever thread calls `work`."""

    def __init__(self, books: Settling, members: Joining) -> None:
        self._books = books
        self._members = members
        self._guard = threading.Lock()
        self._sales: dict[str, None] = {}
        self._claims: dict[str, None] = {}
        self._payments: dict[str, None] = {}
        self.awake = threading.Event()

    def events(self, events: Iterable[Event]) -> None:
        """A lane has told these."""
        told = [event for event in events if event.kind in _TELLING]
        self._note(self._sales, (str(event.body.get("sale") or event.sale_id or "") for event in told))

    def sale(self, sale_id: str) -> None:
        """Something was given back of it."""
        self._note(self._sales, [sale_id])

    def claim(self, claim: str) -> None:
        """Whose a claim is has been told: its sales are somebody's now."""
        self._note(self._claims, [claim])

    def payment(self, payment_key: str) -> None:
        """Who made a payment has been told."""
        self._note(self._payments, [payment_key])

    def work(self) -> None:
        """Settle all that was noted. Raises what the database raises; the sweep finds what is then left."""
        while True:
            claims, payments, sales = (self._taken(one) for one in (self._claims, self._payments, self._sales))
            if not (claims or payments or sales):
                return
            for claim in claims:
                self._members.run_steps(claim)
                self._books.settle_claim(claim)
            for key in payments:
                self._books.settle_payment(key)
            if sales:
                self._books.settle_many(sales)

    def sweep(self) -> None:
        """Settle what was missed: told by another hub, or before this one was ended."""
        self._members.sweep(_AT_ONCE)
        while self._books.sweep(_AT_ONCE) >= _AT_ONCE:
            self.work()

    def _note(self, where: dict[str, None], keys: Iterable[str]) -> None:
        found = [key for key in keys if key]
        if found:
            with self._guard:
                where.update(dict.fromkeys(found))
            self.awake.set()

    def _taken(self, where: dict[str, None]) -> list[str]:
        with self._guard:
            taken = list(where)[:_AT_ONCE]
            for key in taken:
                del where[key]
        return taken


@contextmanager
def keeping_books(bookkeeper: Bookkeeper, every_s: float = _EVERY_S) -> Iterator[None]:
    """Until the block ends a thread settles what was noted at once, and sweeps first and every minute."""
    over = threading.Event()
    thread = threading.Thread(target=_keep, args=(bookkeeper, over, every_s), name="books", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        bookkeeper.awake.set()
        thread.join()


def _keep(bookkeeper: Bookkeeper, over: threading.Event, every_s: float) -> None:
    failing, next_sweep = False, 0.0
    while True:
        bookkeeper.awake.clear()
        if over.is_set():
            return
        try:
            bookkeeper.work()
            if time.monotonic() >= next_sweep:
                bookkeeper.sweep()
                next_sweep = time.monotonic() + every_s
            failing = False
        except Exception as exc:  # noqa: BLE001 - no fault ends the thread: nobody would keep the books from then on
            if not failing:  # once is enough: it is tried again
                told = exc if isinstance(exc, HubError | SQLAlchemyError | OSError) else type(exc).__name__
                log.warning("members' books are not kept for now: %s", told)
            failing = True
        bookkeeper.awake.wait(every_s)
