"""What the screens show of membership: who is recognised, what joining would save, what was handed over."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from retail.promotions.campaign import Campaign


@dataclass(frozen=True, slots=True)
class AskView:
    """One consent that a club asks for; `text` by language, word for word. `required`: it is what joining means."""

    club: str
    purpose: str
    version: str
    texts: Mapping[str, str]
    required: bool = False


@dataclass(frozen=True, slots=True)
class ClubView:
    """A club that the shopper may join, with all that it asks; `saving_minor`: what joining it, beside those before it,
    saves on this basket."""

    id: str
    names: Mapping[str, str]
    asks: tuple[AskView, ...]
    saving_minor: int = 0


@dataclass(frozen=True, slots=True)
class JoinView:
    """The offer to join with this payment: shown on the pay screen once in a visit, no sheet and never in the way.

    `clubs`: the shop's own (or the mall's), then the brands of the basket; `saving_minor`: by joining all of them.
    `by_wallet`: the payment can tell who joins; `by_phone`: a number and a code can.
    """

    clubs: tuple[ClubView, ...]
    saving_minor: int
    by_wallet: bool
    by_phone: bool


@dataclass(frozen=True, slots=True)
class MemberView:
    """The shopper is recognised, or about to join. `by`: 'code', 'card', 'phone', 'wallet' (joins by the payment).

    `masked` is '' while the hub has not told; `saving_minor`: what membership takes off this basket; `points`: what it
    will earn; `balance` -1 while it is not known. `waiting`: the hub has not answered.
    """

    by: str
    clubs: tuple[Mapping[str, str], ...] = ()  # their names
    masked: str = field(default="", repr=False)
    saving_minor: int = 0
    points: int = 0
    balance: int = -1
    joining: bool = False
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class OwnCouponView:
    """A coupon of the member's that is not on the basket yet: one touch uses it. `waiting`: being reserved."""

    code: str
    campaign: Campaign
    expires_at: str = ""
    waiting: bool = False


@dataclass(frozen=True, slots=True)
class PhoneView:
    """The sheet for a phone number. `step`: 'number', 'code' (a code was sent) or 'checking'; `problem`: a word
    ('offline', 'unknown', 'wrong_code', 'expired', 'too_many'); `joining`: to join, else only to be recognised."""

    step: str
    joining: bool
    shown: str = ""  # the number, masked, once it was sent
    problem: str = ""
    again_in_s: int = 0


@dataclass(frozen=True, slots=True)
class RewardView:
    """A card on the last screen; see kiosk.services.member_book.Reward."""

    kind: str
    code: str = ""
    campaign: Campaign | None = None
    amount_minor: int = 0
    points: int = 0


@dataclass(frozen=True, slots=True)
class RewardsView:
    """What a sale brought its shopper. `points` are known at once, all else once the hub has told: `state` 'none' (no
    membership here), 'waiting', 'offline' (it will be credited later) or 'ready'. `parking`: '' (nothing to be had),
    'offered', 'asking', 'granted', 'refused' or 'offline'."""

    state: str = "none"
    member: bool = False
    joined: tuple[Mapping[str, str], ...] = ()
    points: int = 0
    balance: int = -1
    rewards: tuple[RewardView, ...] = ()
    parking: str = ""
    parking_minutes: int = 0
    page: str = field(default="", repr=False)  # for a code on the screen
