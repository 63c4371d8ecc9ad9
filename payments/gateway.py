"""The contract of a payment gateway: start, lookup, cancel, refund, with a key of our own and four outcomes.

The caller has the key on disk before it calls `start`, calls from one worker thread, and settles UNKNOWN by `lookup`.
A gateway never guesses: whatever is no definite answer (time-out, cut line, bad signature, other amount) is
Outcome.UNKNOWN, not an exception.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

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
    WRONG_CODE = "wrong_code"  # no payment code of this wallet: refresh it, or show another wallet's
    LIMIT = "limit"  # the wallet's, the card's or the merchant's own limit
    NOT_SENT = "not_sent"
    UNAVAILABLE = "unavailable"
    OFFLINE_LIMIT = "offline_limit"  # the terminal has no line, and the shop's limits forbid to store this payment


class Trouble(StrEnum):
    """Why an answer proves nothing: for staff and the log, beside UNKNOWN."""

    NONE = ""
    NO_ANSWER = "no_answer"  # time-out, cut line, or the line was never there
    SERVER = "server"  # the gateway says that it has a fault of its own
    GARBLED = "garbled"  # not what its documents say: no JSON, a word that we do not know, too long
    SIGNATURE = "signature"  # not signed by whom we trust
    CLOCK = "clock"  # signed, but at another time than ours: look at this machine's clock
    OTHER = "other"  # signed, about another payment, amount, currency or merchant
    KEYS = "keys"  # the gateway does not accept our signature or identity: look at its settings


class Presents(StrEnum):
    """Who shows what at the lane; the screens follow from it."""

    SHOPPER_CODE = "shopper_code"  # a wallet's payment code before the scanner
    KIOSK_CODE = "kiosk_code"  # a QR code on our screen: `PaymentResult.show`
    TERMINAL = "terminal"  # a card terminal beside the screen


class OnceBy(StrEnum):
    """By what the gateway knows that two starts are one payment."""

    OUR_KEY = "our_key"  # for ever, as an order number
    OUR_KEY_FOR_A_DAY = "our_key_for_a_day"  # afterwards a resend may charge: look up, never resend
    THEIR_NUMBER = "their_number"  # the plug-in writes the gateway's number to its own file before it asks for money
    NOTHING = "nothing"  # only the terminal's own record tells: one payment at a time, never resend


@dataclass(frozen=True, slots=True)
class Traits:
    """What holds for a gateway whatever the sale."""

    presents: Presents
    resend_start_is_safe: bool  # may `start` be called again with the same key
    cancel_refunds: bool  # does `cancel` give the money back if it was taken
    cancel_earliest_s: float = 0.0  # seconds after `start`; the caller waits, and a gateway asked sooner says UNKNOWN
    works_offline: bool = False  # may approve without a line to the bank (`PaymentResult.stored`)
    can_be_partial: bool = False  # may approve less than was asked for; lanes give that back
    once_by: OnceBy = OnceBy.OUR_KEY
    # Whose payment codes it takes, as retail.wallet.wallet_brand names them, or whose QR code it shows; the screens
    # name it while they ask. Empty: of no wallet (a terminal), or of any (the simulated bank).
    brands: tuple[str, ...] = ()
    open_for_s: float = 0.0  # how long the shopper has before the lane ends the attempt; 0: as the lane is set
    notifies: bool = False  # also pushes the outcome to the hub, see Notified
    tells_payer: bool = False  # its approvals name the wallet that paid, `PaymentResult.payer`


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """One attempt. `key` (6 to 32 letters, digits, '-' or '_') is unique for ever; `instrument` is the shopper's
    one-time code: a secret, never logged, never stored. `may_store`: a terminal without a line may approve by itself.
    """

    key: str
    amount: Money
    sale_id: str
    way: str
    instrument: str = field(default="", repr=False)
    may_store: bool = False


@dataclass(frozen=True, slots=True)
class PaymentResult:
    """The gateway's answer; `reference` is its own number for the payment, `paid` the amount it says it took.

    `payer`: with APPROVED, whose wallet it was, the same for each payment by it ('wechat:APPID:OPENID'): personal,
    never logged, never written to a lane's disk. `show`: with PENDING, the text of the QR code that the shopper scans.
    `stored`: with APPROVED, the terminal took it without the bank: a later `lookup` answers APPROVED without `stored`,
    or DECLINED once the bank has refused it.
    """

    outcome: Outcome
    reason: Reason = Reason.NONE
    reference: str = ""
    paid: Money | None = None
    trouble: Trouble = Trouble.NONE
    show: str = field(default="", repr=False)
    stored: bool = False
    payer: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class RefundRequest:
    """Give back all or part of a paid attempt, once for each `refund_key`. `paid` is what the attempt took in all:
    some gateways want it told again."""

    key: str
    refund_key: str
    amount: Money
    paid: Money | None = None
    reason: str = ""  # a word for the shopper's statement; some gateways show it


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
        """Give money back: APPROVED, DECLINED (more than was paid, not paid), PENDING or UNKNOWN: call it again.

        The same refund_key counts once."""
        ...

    def close(self) -> None:
        """Let go of connections; idempotent, never raises."""
        ...


@dataclass(frozen=True, slots=True)
class Notice:
    """What a gateway pushed, proved to be from it: the outcome of one payment, and how it wants to be thanked."""

    key: str
    result: PaymentResult
    reply: bytes = b""
    reply_type: str = "application/json"


@runtime_checkable
class Notified(Protocol):
    """What a gateway with `traits.notifies` has besides: the hub takes its pushes at /v1/notifications/<name>."""

    def notified(self, headers: Mapping[str, str], body: bytes) -> Notice:
        """Check and read one push; `headers` by lower-case name. Asks nobody, changes nothing, returns at once.

        Raises NotificationRefused for what is forged, old, a signature test or about no payment."""
        ...
