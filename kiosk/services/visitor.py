"""What the lane knows of who shops just now: in memory only, for one visit, and forgotten with it."""

from __future__ import annotations

from dataclasses import dataclass, field

from kiosk.services.member_book import Known, Rewards
from retail.membership.visit import Joining


@dataclass(slots=True)
class PhoneSheet:
    """A number being typed, sent or proved. `claim` stays the same for all its tries; `again_at` in steady seconds."""

    claim: str
    joining: Joining | None
    step: str = "number"
    number: str = field(default="", repr=False)
    problem: str = ""
    again_at: float = 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """An answer of the hub's that waits for the basket to be open: who the shopper is by `by`, and what they joined."""

    by: str
    known: Known
    joining: Joining | None = None


@dataclass(slots=True)
class RewardsState:
    """How the last screen fares with what the sale brought; `ask_at` in steady seconds."""

    told: Rewards | None = None
    asking: bool = False
    offline: bool = False
    ask_at: float = 0.0
    parking: str = ""
    parking_minutes: int = 0


@dataclass(slots=True)
class Visitor:
    """Of the sale `sale_id`. `claim`: whom the hub was asked about last; `seen`: the code that was scanned, as a phone
    is read often; `reserving`: codes of coupons that the hub was asked for."""

    sale_id: str = ""
    claim: str = ""
    seen: str = field(default="", repr=False)
    known: Known | None = field(default=None, repr=False)
    unknown: bool = False  # the hub knows nobody of that claim
    told: Told | None = None
    reserving: set[str] = field(default_factory=set)
    phone: PhoneSheet | None = None
    rewards: RewardsState = field(default_factory=RewardsState)

    def forget(self) -> None:
        """The visit is over. A question to a hub that is away holds on to this for as long as nobody answers."""
        if self.phone is not None:
            self.phone.number = ""
        self.claim, self.seen, self.known, self.told, self.phone = "", "", None, None, None
        self.rewards = RewardsState()
