"""What the lane asks the hub's book of members, and what it hears. No answer is ever waited for: a sale goes on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from retail.membership.consent import Given
from retail.promotions.campaign import Campaign

OFFLINE = "offline"  # the hub was not reached, or did not answer sensibly; all other words of refusal are its own


@dataclass(frozen=True, slots=True)
class OwnCoupon:
    """A coupon that was given to this member and is free; `expires_at` ISO 8601, '' for never."""

    code: str
    campaign: Campaign
    expires_at: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """A member, as the lane may know them while the sale is open: in memory only. `points`: their balance."""

    claim: str
    clubs: tuple[str, ...]
    masked: str = field(default="", repr=False)
    points: int = 0
    coupons: tuple[OwnCoupon, ...] = ()
    used: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class CodeSent:
    """A code is on its way to the number; another may be asked for after `again_s`."""

    valid_s: int
    again_s: int


@dataclass(frozen=True, slots=True)
class Reserved:
    """A coupon is this sale's until it is used or given back; `campaign` where the price list may not have it."""

    code: str
    campaign: Campaign | None = None
    own: bool = False


@dataclass(frozen=True, slots=True)
class Reward:
    """Something that was handed over for a sale: kind 'coupon', 'welcome' or 'red_packet' (coupons, each with its
    `code` and `campaign`) or 'points' (besides those of the sale). `amount_minor` of a red packet."""

    kind: str
    code: str = ""
    campaign: Campaign | None = None
    amount_minor: int = 0
    points: int = 0


@dataclass(frozen=True, slots=True)
class Rewards:
    """What came of a sale. `ready` false: the hub has not seen it yet. `joined`: the clubs that the shopper is a member
    of by it; `points`: what it earned; `balance` with that; `page`: address of the member's own page, for a code."""

    ready: bool
    member: bool = False
    masked: str = field(default="", repr=False)
    joined: tuple[str, ...] = ()
    points: int = 0
    balance: int = 0
    rewards: tuple[Reward, ...] = ()
    parking_minutes: int = 0  # that can be had for a car
    page: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Parked:
    """The car park has been told."""

    minutes: int


@dataclass(frozen=True, slots=True)
class Refused:
    """No. `why`: OFFLINE, or the hub's word ('unknown', 'used', 'taken', 'not_yours', 'expired', 'wrong_code',
    'too_many', 'refused')."""

    why: str


class MemberBook(Protocol):
    """Each call returns at once and answers once, on the till's thread, if it answers at all."""

    def identify(self, claim: str, kind: str, value: str, done: Callable[[Known | Refused], None]) -> None:
        """Who the shopper is: kind 'code' or 'card' with what was scanned. Sealed and on disk before this returns, and
        told to the hub however late that is; OSError if the disk refuses."""
        ...

    def ask_phone(self, claim: str, number: str, done: Callable[[Known | Refused], None]) -> None:
        """Whether that number is a member's; nothing of it is kept here."""
        ...

    def send_code(self, number: str, language: str, done: Callable[[CodeSent | Refused], None]) -> None:
        """Have a code sent to the number."""
        ...

    def join_by_phone(
        self, claim: str, number: str, code: str, given: Sequence[Given], done: Callable[[Known | Refused], None]
    ) -> None:
        """Prove the number by the code, and join what was consented to."""
        ...

    def payer(self, payment_key: str, payer: str) -> None:
        """Who paid, as a gateway of the lane's own told; sealed and kept as in `identify`. Never raises."""
        ...

    def reserve(self, code: str, sale_id: str, claim: str, done: Callable[[Reserved | Refused], None]) -> None:
        """Make a single coupon this sale's alone. Asked again for the same sale it answers the same."""
        ...

    def release(self, code: str, sale_id: str) -> None:
        """Give it back; the journal tells the hub again."""
        ...

    def rewards(self, sale_id: str, done: Callable[[Rewards | Refused], None]) -> None:
        """What came of a completed sale."""
        ...

    def park(self, sale_id: str, kind: str, value: str, done: Callable[[Parked | Refused], None]) -> None:
        """Free minutes for a car: kind 'plate' or 'ticket'; nothing of it is kept here."""
        ...
