"""The contract of a payment gateway: start, lookup, cancel, refund, with a key of our own and four outcomes.

The caller has the key on disk before it calls `start`, calls from one worker thread, and settles UNKNOWN by `lookup`.
A gateway never guesses: whatever is no definite answer (time-out, cut line, bad signature, other amount) is
Outcome.UNKNOWN, not an exception.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from retail.money import Money


class Outcome(StrEnum):
    """What is known of a payment."""

    APPROVED = "approved"  # the money is ours
    DECLINED = "declined"  # proof that no money was and will be taken under this key
    PENDING = "pending"  # the gateway works on it (the shopper types a password): ask again
    UNKNOWN = "unknown"  # no proof either way: only `lookup` or `cancel` may settle it


class Reason(StrEnum):
    """Why a payment was declined; chooses the shopper's words."""

    NONE = ""
    FUNDS = "funds"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    EXPIRED_CODE = "expired_code"
    NOT_SENT = "not_sent"
    UNAVAILABLE = "unavailable"


class Presents(StrEnum):
    """Who shows what at the lane; the screens follow from it."""

    SHOPPER_CODE = "shopper_code"  # a wallet's payment code before the scanner
    KIOSK_CODE = "kiosk_code"  # a QR code on our screen
    TERMINAL = "terminal"  # a card terminal beside the screen


@dataclass(frozen=True, slots=True)
class Traits:
    """What holds for a gateway whatever the sale."""

    presents: Presents
    resend_start_is_safe: bool  # may `start` be called again with the same key
    cancel_refunds: bool  # does `cancel` give the money back if it was taken
    cancel_earliest_s: float = 0.0
    works_offline: bool = False
    can_be_partial: bool = False


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """One attempt. `key` (6 to 32 letters, digits, '-' or '_') is unique for ever; `instrument` is the shopper's
    one-time code: a secret, never logged, never stored."""

    key: str
    amount: Money
    sale_id: str
    way: str
    instrument: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class PaymentResult:
    """The gateway's answer; `reference` is its own number for the payment, `paid` the amount it says it took."""

    outcome: Outcome
    reason: Reason = Reason.NONE
    reference: str = ""
    paid: Money | None = None


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Give back all or part of a paid attempt, once for each `refund_key`."""

    key: str
    refund_key: str
    amount: Money


class Gateway(Protocol):
    """Blocking calls, on the payments worker thread; each returns within the gateway's own time limit."""

    traits: Traits

    def start(self, request: PaymentRequest) -> PaymentResult:
        """Ask for the money."""
        ...

    def lookup(self, key: str) -> PaymentResult:
        """What became of the attempt. A key that the gateway does not know is UNKNOWN while a start may still
        be on its way; after `cancel` it is DECLINED."""
        ...

    def cancel(self, key: str) -> PaymentResult:
        """End the attempt: DECLINED once it can never be paid (or was given back), APPROVED if it is too late and
        this gateway does not refund by cancelling, else UNKNOWN: ask again."""
        ...

    def refund(self, request: RefundRequest) -> PaymentResult:
        """Give money back: APPROVED, DECLINED (more than was paid, not paid) or UNKNOWN.

        The same refund_key counts once."""
        ...

    def close(self) -> None:
        """Let go of connections; idempotent, never raises."""
        ...
