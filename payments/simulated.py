"""A gateway that plays the bank, for demo, training and tests: every outcome on demand, no money anywhere.

What it took is in a file of its own, as a bank's books are: a lane that is killed finds the same answers afterwards.
As a terminal it also plays store-and-forward: without its line it takes what it may, and hands it in afterwards.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from payments import settings as read
from payments.errors import GatewayMisconfigured
from payments.gateway import (
    Outcome,
    PaymentRequest,
    PaymentResult,
    Presents,
    Reason,
    RefundRequest,
    Traits,
    Trouble,
)
from payments.loader import GatewayContext
from payments.simulated_payers import SCHEMA as PAYERS
from payments.simulated_payers import SimulatedPayers
from retail.money import Money

log = logging.getLogger(__name__)

FILE_NAME: Final = "simulated-payments.sqlite"
_NAME: Final = "simulated"
_KNOWN_SETTINGS: Final = ("outcome", "delay_s", "presents", "line", "forwarded", "payer")
_STORED: Final = "stored"  # in place of an outcome: the terminal took it, the bank has not heard of it
_SOME: Final = 3  # with forwarded = "some", the bank refuses every third one
_LONGEST_DELAY_S: Final = 3600.0
_BUSY_TIMEOUT_S: Final = 5.0
_SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS payments (
  key TEXT PRIMARY KEY,
  story TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  amount_minor INTEGER NOT NULL,
  currency TEXT NOT NULL,
  due_at_ms INTEGER NOT NULL
) STRICT;
CREATE TABLE IF NOT EXISTS refunds (
  refund_key TEXT PRIMARY KEY,
  key TEXT NOT NULL REFERENCES payments,
  amount_minor INTEGER NOT NULL
) STRICT;
"""


class Story(StrEnum):
    """How a simulated payment goes."""

    APPROVE = "approve"
    DECLINE = "decline"
    SLOW = "slow"  # pending, then approved
    UNKNOWN_THEN_APPROVED = "unknown_then_approved"
    UNKNOWN_THEN_DECLINED = "unknown_then_declined"


# The last two digits of the shopper's code choose the story; any other ending takes the configured one.
STORY_BY_ENDING: Final[Mapping[str, Story]] = {
    "00": Story.APPROVE,
    "01": Story.DECLINE,
    "02": Story.SLOW,
    "03": Story.UNKNOWN_THEN_APPROVED,
    "04": Story.UNKNOWN_THEN_DECLINED,
}
_AT_ONCE: Final = {
    Story.APPROVE: (Outcome.APPROVED, Reason.NONE),
    Story.DECLINE: (Outcome.DECLINED, Reason.FUNDS),
    Story.SLOW: (Outcome.PENDING, Reason.NONE),
    Story.UNKNOWN_THEN_APPROVED: (Outcome.UNKNOWN, Reason.NONE),
    Story.UNKNOWN_THEN_DECLINED: (Outcome.UNKNOWN, Reason.NONE),
}
_IN_THE_END: Final = {
    Story.SLOW: (Outcome.APPROVED, Reason.NONE),
    Story.UNKNOWN_THEN_APPROVED: (Outcome.APPROVED, Reason.NONE),
    Story.UNKNOWN_THEN_DECLINED: (Outcome.DECLINED, Reason.REFUSED),
}
_NO_ANSWER: Final = PaymentResult(Outcome.UNKNOWN)
_NO_LINE: Final = PaymentResult(Outcome.UNKNOWN, trouble=Trouble.NO_ANSWER)


class Forwarded(StrEnum):
    """What the bank says of payments that were stored."""

    APPROVE = "approve"
    DECLINE = "decline"
    SOME = "some"


class SimulatedGateway:
    """Settings: `outcome` (a Story), `delay_s` until slow and unknown payments settle, `presents`; `line`: up, down, or
    the path of a file (in the lane's data folder) that means 'down' while it is there; `forwarded`: what the bank says
    of payments that were stored, once the line is back; `payer`: see payments.simulated_payers.

    A key that was used for one amount and comes again with another is never charged again. The answer is DECLINED if
    the first attempt was, else UNKNOWN: the question cannot be answered, and `lookup` tells what was really taken.
    """

    def __init__(
        self,
        settings: Mapping[str, Any],
        context: GatewayContext,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Raises GatewayMisconfigured."""
        read.refuse_unknown(_NAME, settings, _KNOWN_SETTINGS)
        self._story = Story(read.choice(_NAME, settings, "outcome", tuple(Story), Story.APPROVE))
        self._delay_ms = int(read.seconds(_NAME, settings, "delay_s", 2.0, most=_LONGEST_DELAY_S) * 1000)
        self._line = _line(settings)
        self._forwarded = Forwarded(read.choice(_NAME, settings, "forwarded", tuple(Forwarded), Forwarded.APPROVE))
        self._clock = clock
        self._folder = context.data_dir
        self._path = context.data_dir / FILE_NAME
        presents = read.presents(_NAME, settings)
        self._payers = SimulatedPayers(_NAME, settings, presents)
        self.traits = Traits(
            presents=presents,
            resend_start_is_safe=True,
            cancel_refunds=False,
            works_offline=presents is Presents.TERMINAL,  # a wallet's code says nothing without its bank
            tells_payer=self._payers.tells,
        )
        _create(self._path)

    def start(self, request: PaymentRequest) -> PaymentResult:
        """Enter the payment in the books; returns at once whatever the story, as a slow one is PENDING."""
        with _answered("start"), self._books() as books:
            known = _row(books, request.key)
            if known is None:
                story = STORY_BY_ENDING.get(request.instrument[-2:], self._story)
                return self._alone(books, request, story) if self._is_cut() else self._open(books, request, story)
            answer = self._told(books, known)
            if answer.outcome is Outcome.DECLINED or _amount(known) == request.amount:
                return answer
            log.warning("payment %s came again with another amount: not charged again", request.key)
        return _NO_ANSWER

    def lookup(self, key: str) -> PaymentResult:
        """What the books say now; UNKNOWN for a key that they do not have."""
        with _answered("lookup"), self._books() as books:
            known = _row(books, key)
            return self._unheard_of() if known is None else self._told(books, known)
        return _NO_ANSWER

    def cancel(self, key: str) -> PaymentResult:
        """End a pending payment; a key never seen is barred, so that a start on its way is declined when it comes.

        While the bank itself cannot be asked (an 'unknown' story before its time) the answer is UNKNOWN.
        """
        with _answered("cancel"), self._books() as books:
            known = _row(books, key)
            if self._is_cut() and not self.traits.works_offline:
                return _NO_LINE
            if known is None:
                state = (key, Story.DECLINE, Outcome.DECLINED, Reason.CANCELLED, 0, "", 0)
                books.execute("INSERT INTO payments VALUES (?, ?, ?, ?, ?, ?, ?)", state)
                return PaymentResult(Outcome.DECLINED, Reason.CANCELLED)
            answer = self._told(books, known)
            if answer.outcome is Outcome.PENDING:
                _set_state(books, key, Outcome.DECLINED, Reason.CANCELLED)
                return PaymentResult(Outcome.DECLINED, Reason.CANCELLED, answer.reference)
            return answer
        return _NO_ANSWER

    def refund(self, request: RefundRequest) -> PaymentResult:
        """Give back at most what was taken, each refund_key once."""
        with _answered("refund"), self._books() as books:
            known = _row(books, request.key)
            if self._is_cut():
                return _NO_LINE
            if known is None or self._settled(books, known).outcome is not Outcome.APPROVED:
                return PaymentResult(Outcome.DECLINED, Reason.REFUSED)
            return _refunded(books, known, request)
        return _NO_ANSWER

    def close(self) -> None:
        """Nothing is held open between calls."""

    def _open(self, books: sqlite3.Connection, request: PaymentRequest, story: Story) -> PaymentResult:
        outcome, reason = _AT_ONCE[story]
        _enter(books, request, story, outcome, reason, due_at_ms=self._now_ms() + self._delay_ms)
        self._payers.note(books, request)
        return self._named(books, request.key, _result(request.key, outcome, reason, request.amount))

    def _alone(self, books: sqlite3.Connection, request: PaymentRequest, story: Story) -> PaymentResult:
        """Without a line: a terminal takes what it may store; nobody else takes anything, now or later."""
        if self.traits.works_offline and request.may_store:
            _enter(books, request, story, _STORED, Reason.NONE)
            return _stored(request.key, request.amount)
        reason = Reason.OFFLINE_LIMIT if self.traits.works_offline else Reason.UNAVAILABLE
        _enter(books, request, story, Outcome.DECLINED, reason)
        return _result(request.key, Outcome.DECLINED, reason, request.amount)

    def _told(self, books: sqlite3.Connection, row: sqlite3.Row) -> PaymentResult:
        """What can be said of a row just now: of what the bank decides nothing without a line to it."""
        if not self._is_cut():
            return self._settled(books, row)
        if row["state"] == _STORED:
            return _stored(row["key"], _amount(row))
        open_at_bank = row["state"] in {Outcome.PENDING, Outcome.UNKNOWN}
        if open_at_bank or (not self.traits.works_offline and row["reason"] != Reason.UNAVAILABLE):
            return _NO_LINE
        return _result(row["key"], Outcome(row["state"]), Reason(row["reason"]), _amount(row))

    def _unheard_of(self) -> PaymentResult:
        return _NO_LINE if self._is_cut() and not self.traits.works_offline else _NO_ANSWER

    def _forward(self, books: sqlite3.Connection, row: sqlite3.Row) -> None:
        """Hand a stored payment in: from now on it is as the bank says."""
        refused = self._forwarded is Forwarded.DECLINE
        if self._forwarded is Forwarded.SOME:
            question = "SELECT count(*) FROM payments WHERE rowid <= (SELECT rowid FROM payments WHERE key = ?)"
            refused = books.execute(question, (row["key"],)).fetchone()[0] % _SOME == 0
        outcome, reason = (Outcome.DECLINED, Reason.FUNDS) if refused else (Outcome.APPROVED, Reason.NONE)
        _set_state(books, row["key"], outcome, reason)

    def _is_cut(self) -> bool:
        """Whether the line to the bank is down, at this moment."""
        if self._line in {"up", "down"}:
            return self._line == "down"
        return (self._folder / Path(self._line).expanduser()).exists()

    def _settled(self, books: sqlite3.Connection, row: sqlite3.Row) -> PaymentResult:
        """The answer for a row, after what time has brought about."""
        if row["state"] == _STORED:
            self._forward(books, row)
            row = _row(books, row["key"]) or row
        outcome, reason = Outcome(row["state"]), Reason(row["reason"])
        if outcome in {Outcome.PENDING, Outcome.UNKNOWN} and self._now_ms() >= row["due_at_ms"]:
            outcome, reason = _IN_THE_END[Story(row["story"])]
            _set_state(books, row["key"], outcome, reason)
        return self._named(books, row["key"], _result(row["key"], outcome, reason, _amount(row)))

    def _named(self, books: sqlite3.Connection, key: str, result: PaymentResult) -> PaymentResult:
        """With who paid, if somebody did."""
        return replace(result, payer=self._payers.of(books, key)) if result.outcome is Outcome.APPROVED else result

    def _now_ms(self) -> int:
        return int(self._clock().timestamp() * 1000)

    @contextmanager
    def _books(self) -> Iterator[sqlite3.Connection]:
        """One transaction on the bank's books; on disk when it ends, as if it never was if it fails."""
        with closing(_connect(self._path)) as books:
            books.execute("BEGIN IMMEDIATE")
            yield books
            books.commit()


def _line(settings: Mapping[str, Any]) -> str:
    value = read.text(_NAME, settings, "line", "up")
    if value not in {"up", "down"} and not {".", "/"} & set(value):
        raise GatewayMisconfigured(
            f"payment gateway {_NAME!r}: line is {value!r}; it must be up, down, or a file that means down while it is "
            "there, such as line-down.flag"
        )
    return value


@contextmanager
def _answered(call: str) -> Iterator[None]:
    """Turns a failing disk into no answer: whether the books took the entry is then not known."""
    try:
        yield
    except sqlite3.Error:
        log.exception("the simulated bank cannot use its books: %s is unknown", call)


def _create(path: Path) -> None:
    try:
        with closing(_connect(path)) as books:
            books.executescript(_SCHEMA + PAYERS)
    except sqlite3.Error as exc:
        raise GatewayMisconfigured(
            f"payment gateway {_NAME!r} cannot use {path} ({exc}); check the folder, its permissions and free space"
        ) from exc


def _connect(path: Path) -> sqlite3.Connection:
    books = sqlite3.connect(path, timeout=_BUSY_TIMEOUT_S, isolation_level=None)
    books.row_factory = sqlite3.Row
    books.execute("PRAGMA synchronous = FULL")
    return books


def _row(books: sqlite3.Connection, key: str) -> sqlite3.Row | None:
    row: sqlite3.Row | None = books.execute("SELECT * FROM payments WHERE key = ?", (key,)).fetchone()
    return row


def _enter(
    books: sqlite3.Connection, request: PaymentRequest, story: Story, state: str, reason: Reason, due_at_ms: int = 0
) -> None:
    amount = request.amount
    books.execute(
        "INSERT INTO payments VALUES (?, ?, ?, ?, ?, ?, ?)",
        (request.key, story, state, reason, amount.minor, amount.currency, due_at_ms),
    )


def _set_state(books: sqlite3.Connection, key: str, outcome: Outcome, reason: Reason) -> None:
    books.execute("UPDATE payments SET state = ?, reason = ? WHERE key = ?", (outcome, reason, key))


def _amount(row: sqlite3.Row) -> Money:
    return Money(row["amount_minor"], row["currency"])


def _result(key: str, outcome: Outcome, reason: Reason, amount: Money) -> PaymentResult:
    reference = f"SIM{hashlib.sha256(key.encode()).hexdigest()[:10].upper()}"
    paid = amount if outcome is Outcome.APPROVED else None
    return PaymentResult(outcome, reason, reference, paid)


def _stored(key: str, amount: Money) -> PaymentResult:
    return replace(_result(key, Outcome.APPROVED, Reason.NONE, amount), stored=True)


def _refunded(books: sqlite3.Connection, row: sqlite3.Row, request: RefundRequest) -> PaymentResult:
    done = books.execute("SELECT * FROM refunds WHERE refund_key = ?", (request.refund_key,)).fetchone()
    if done is not None:
        same = (done["key"], done["amount_minor"]) == (request.key, request.amount.minor)
        return _result(request.refund_key, Outcome.APPROVED, Reason.NONE, request.amount) if same else _NO_ANSWER
    given = books.execute("SELECT sum(amount_minor) FROM refunds WHERE key = ?", (request.key,)).fetchone()[0] or 0
    paid, asked = _amount(row), request.amount
    if asked.currency != paid.currency or not 0 < asked.minor <= paid.minor - given:
        return PaymentResult(Outcome.DECLINED, Reason.REFUSED)
    books.execute("INSERT INTO refunds VALUES (?, ?, ?)", (request.refund_key, request.key, asked.minor))
    return _result(request.refund_key, Outcome.APPROVED, Reason.NONE, asked)
