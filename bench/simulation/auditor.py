"""Compares the banks' books with the lanes' journals, and says which promise was broken: I1 to I7."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bench.simulation.bank import Account, Bank, Word
from bench.simulation.network import Line
from bench.simulation.timeline import Timeline
from retail.events import Event, EventKind

SETTLED_WITHIN_MS: Final = 60_000
_SOLD: Final = 50
_STUCK_MS: Final = 4 * 3_600_000
_REMEMBERED_MS: Final = 900_000  # longer than any message is on its way


class Violation(BaseException):
    """A promise about money was broken."""


@dataclass(slots=True)
class Attempt:
    """One key, by the journal."""

    key: str
    lane: str
    bank: Bank
    line: Line
    state: str = "intended"
    is_cancelled: bool = False
    unknown_ms: int = -1
    disturbed_ms: int = -1  # when something last went wrong on its line, disk or lane


@dataclass(slots=True)
class SaleBook:
    """One sale with a payment, by the journal."""

    id: str
    lane: str
    attempts: list[Attempt] = field(default_factory=list)
    paid_key: str = ""
    total_minor: int = 0
    over: bool = False


class Auditor:
    """Is told of every event on disk, every question that leaves and every screen; raises Violation."""

    def __init__(self, timeline: Timeline, banks: Mapping[str, tuple[Bank, Line]]) -> None:
        self._timeline = timeline
        self._banks = banks
        self._sales: dict[str, SaleBook] = {}
        self._by_key: dict[str, SaleBook] = {}
        self._open: dict[str, Attempt] = {}
        self._retired: deque[tuple[int, SaleBook]] = deque()
        self._shown: dict[str, str] = {}
        self._sold: dict[str, deque[str]] = {}  # by lane, the sales that it completed last
        self.sales = 0
        self.sold_minor = 0
        self.unknowns = 0
        self.set_aside = 0
        self.slowest_ms = 0
        self._sold_ms = 0
        self._do = {
            EventKind.PAYMENT_INTENDED: self._intended,
            EventKind.PAYMENT_SUBMITTED: self._submitted,
            EventKind.PAYMENT_CANCEL_SENT: self._cancel_sent,
            EventKind.PAYMENT_RESOLVED: self._resolved,
            EventKind.PAYMENT_SET_ASIDE: self._set_aside,
            EventKind.SALE_COMPLETED: self._completed,
            EventKind.BASKET_CANCELLED: self._cancelled,
            EventKind.BASKET_STARTED: self._started,
        }

    # --- what is told ---------------------------------------------------------------------------------------------

    def wrote(self, event: Event) -> None:
        """An event is on a lane's disk."""
        do = self._do.get(event.kind)  # type: ignore[call-overload]
        if do is not None:
            do(event)

    def forgot(self, event: Event) -> None:
        """A power cut took back an event that was promised to be on disk."""
        book = self._sales.get(event.sale_id or "")
        if book is None:
            return
        if event.kind == EventKind.SALE_COMPLETED:
            self.sales -= 1
            self.sold_minor -= book.total_minor
            book.paid_key, book.total_minor = "", 0
            self._sold[book.lane].remove(book.id)
        elif event.kind == EventKind.PAYMENT_INTENDED:
            gone = book.attempts.pop()
            self._open.pop(gone.key, None)
            del self._by_key[gone.key]

    def leaves(self, key: str) -> None:
        """A question that asks for money leaves the lane: its key must be on disk, the only open one of its sale."""
        attempt = self._open.get(key)
        if attempt is None or attempt.state == "intended":
            raise Violation(f"write-ahead: payment {key} left before it was on disk")

    def shows_done(self, lane: str, sale_id: str) -> None:
        """The screen says 'paid', or there is a receipt, and the goods may go: that must be on disk."""
        if sale_id not in self._sold.get(lane, ()):
            raise Violation(f"I7: sale {sale_id} is shown as paid, and is not on disk as that")
        self._shown[lane] = sale_id

    def starts_again(self, lane: str) -> None:
        """After a power cut or kill: what was shown as paid must still be so on disk."""
        sale_id = self._shown.get(lane, "")
        if sale_id:
            self.shows_done(lane, sale_id)
        self.disturb_lane(lane)

    def disturb_lane(self, lane: str = "") -> None:
        """The lane, or every lane, could not settle anything until now."""
        for attempt in self._open.values():
            if lane in {"", attempt.lane}:
                attempt.disturbed_ms = self._timeline.now_ms

    # --- events ---------------------------------------------------------------------------------------------------

    def _started(self, event: Event) -> None:
        self._sales[event.sale_id or ""] = SaleBook(event.sale_id or "", event.body["lane"])

    def _intended(self, event: Event) -> None:
        book = self._sales[event.sale_id or ""]
        for earlier in book.attempts:
            self._must_be_dead(earlier)
        key = str(event.body["key"])
        if key in self._by_key:
            raise Violation(f"key {key} was used before")
        bank, line = self._banks[event.body["gateway"]]
        attempt = self._open[key] = Attempt(key, book.lane, bank, line)
        book.attempts.append(attempt)
        self._by_key[key] = book

    def _must_be_dead(self, attempt: Attempt) -> None:
        """I4: no second key while the first may still take money."""
        account = attempt.bank.accounts.get(attempt.key)
        if attempt.state != "declined":
            raise Violation(f"I4: a second key while {attempt.key} is {attempt.state}")
        if account is None and attempt.key in attempt.line.orders:
            raise Violation(f"I4: a second key while the order {attempt.key} is on its way")
        if account is not None and (not attempt.bank.is_over(account) or account.kept_minor):
            raise Violation(f"I4: a second key while the bank says {account.word} of {attempt.key}")

    def _submitted(self, event: Event) -> None:
        self._sales[event.sale_id or ""].attempts[-1].state = "submitted"

    def _cancel_sent(self, event: Event) -> None:
        self._sales[event.sale_id or ""].attempts[-1].is_cancelled = True

    def _resolved(self, event: Event) -> None:
        book, outcome, now = self._sales[event.sale_id or ""], str(event.body["outcome"]), self._timeline.now_ms
        attempt = book.attempts[-1]
        if outcome == "unknown" and attempt.unknown_ms < 0:
            attempt.unknown_ms = now
            self.unknowns += 1
        elif outcome != "unknown" and attempt.unknown_ms >= 0:
            self._settled(attempt, now - max(attempt.unknown_ms, attempt.disturbed_ms))
        attempt.state = outcome
        if outcome != "unknown":
            self._open.pop(attempt.key, None)
        if outcome == "declined":
            self._must_be_dead(attempt)

    def _settled(self, attempt: Attempt, after_ms: int) -> None:
        self.slowest_ms = max(self.slowest_ms, after_ms)
        if after_ms > SETTLED_WITHIN_MS:
            raise Violation(f"I6: payment {attempt.key} was settled {after_ms} ms after nothing was in its way")

    def _set_aside(self, _event: Event) -> None:
        self.set_aside += 1

    def _completed(self, event: Event) -> None:
        """I3: only with the bank's proof, of this amount, under this key."""
        book, body = self._sales[event.sale_id or ""], event.body
        key, total = str(body["payment_key"]), int(body["total_minor"])
        attempt = book.attempts[-1]
        account = attempt.bank.accounts.get(key)
        if attempt.is_cancelled and attempt.bank.profile.traits.cancel_refunds:
            raise Violation(f"I3: sale {book.id} is completed after a cancel was sent that gives the money back")
        if account is None or account.kept_minor != total or account.sale_id != book.id:
            raise Violation(f"I3: sale {book.id} is completed for {total}, and the bank {_says(account)}")
        if book.paid_key:
            raise Violation(f"I1: sale {book.id} was completed twice")
        book.paid_key, book.total_minor = key, total
        self._sold.setdefault(book.lane, deque(maxlen=_SOLD)).append(book.id)
        self.sales += 1
        self._sold_ms = self._timeline.now_ms
        self.sold_minor += total
        self._retire(book)

    def _cancelled(self, event: Event) -> None:
        self._retire(self._sales[event.sale_id or ""])

    # --- the end of a sale ----------------------------------------------------------------------------------------

    def _retire(self, book: SaleBook) -> None:
        now = self._timeline.now_ms
        if not book.over:
            book.over = True
            self._retired.append((now, book))
        while self._retired and self._retired[0][0] < now - _REMEMBERED_MS:
            self._close(self._retired.popleft()[1])

    def _close(self, book: SaleBook) -> None:
        """I1 and I2 for one sale, long after it was over; then both sides forget it."""
        self.check_sale(book)
        del self._sales[book.id]
        for attempt in book.attempts:
            attempt.bank.forget(attempt.key)
            del self._by_key[attempt.key]

    def check_sale(self, book: SaleBook) -> None:
        """The money that a sale took, by the banks, is the money that it is sold for."""
        kept = 0
        for attempt in book.attempts:
            account = attempt.bank.accounts.get(attempt.key)
            if account is None:
                continue
            attempt.bank.is_over(account)
            kept += account.kept_minor
            if account.kept_minor and attempt.key != book.paid_key:
                raise Violation(f"I1: {attempt.key} was charged, and sale {book.id} is not sold for it")
        if kept != book.total_minor:
            raise Violation(f"I2: sale {book.id} is sold for {book.total_minor}, and the banks kept {kept}")

    def must_sell(self) -> None:
        """A shop in which nobody can buy anything is not safe, but stuck."""
        if self._timeline.now_ms - self._sold_ms > _STUCK_MS:
            raise Violation(f"stuck: no sale in {_STUCK_MS // 3_600_000} hours")

    # --- the end of a run -----------------------------------------------------------------------------------------

    def open_payments(self) -> list[str]:
        """Keys whose outcome no journal tells."""
        return list(self._open)

    def check_all(self) -> None:
        """At rest, with nothing on its way: every sale, every charge, all the money."""
        if open_keys := self.open_payments():
            raise Violation(f"I6: never settled: {', '.join(open_keys)}")
        for book in self._sales.values():
            self.check_sale(book)
        for bank, _ in self._banks.values():
            for account in bank.accounts.values():
                if account.kept_minor and account.key not in self._by_key:
                    raise Violation(f"I1: {account.key} was charged, and no sale knows of it")
        kept = sum(bank.kept_minor for bank, _ in self._banks.values())
        if kept != self.sold_minor:
            raise Violation(f"I2: all sales make {self.sold_minor}, and the banks kept {kept}")


def _says(account: Account | None) -> str:
    if account is None:
        return "knows nothing of it"
    return f"says {account.word}, kept {account.kept_minor}" if account.word is not Word.PAID else "kept other money"
