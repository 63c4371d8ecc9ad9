"""What members, or all shoppers, are given: on which event, for how much, and the coupon that it may be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from retail.membership.programme import OWN_CLUB
from retail.promotions.campaign import Campaign, Kind, Terms, When

_LAYER: Final = 900  # a coupon comes off what is left to pay after every other promise
_TOP_LAYER: Final = 901
_DAY_S: Final = 86_400


class On(StrEnum):
    """What sets a benefit off, once for each such event."""

    SALE = "sale"  # a completed sale of `over_minor` or more
    JOINED = "joined"  # becoming a member of `club`: what welcomes them
    ARRIVED = "arrived"  # a member's car came to the car park
    LEFT = "left"


class Give(StrEnum):
    """What is handed over."""

    COUPON = "coupon"
    POINTS = "points"
    RED_PACKET = "red_packet"  # a coupon over an amount that is drawn from a pool


@dataclass(frozen=True, slots=True)
class CouponTerms:
    """A coupon for the whole basket: `off_minor` or `percent_bp` (1/100 %) off a sale of `from_minor` or more, for
    `days` days from when it is given (0: for ever)."""

    names: Mapping[str, str]
    off_minor: int | None = None
    percent_bp: int | None = None
    from_minor: int = 0
    days: int = 0

    def expires_at(self, given_at: int) -> int | None:
        """Epoch seconds of the first moment at which it is worth nothing; None: never."""
        return given_at + self.days * _DAY_S if self.days else None

    def of_amount(self, off_minor: int) -> CouponTerms:
        """The same over an amount, as a red packet is paid."""
        return replace(self, off_minor=off_minor, percent_bp=None)

    def campaign(self, campaign_id: str, code: str, *, given_at: int, personal: bool, on_top: bool = False) -> Campaign:
        """What lane and hub reckon with for such a coupon of that code. `personal`: it counts for its member alone;
        `on_top`: also beside another coupon, as red packets do. Of each sort a sale uses one, the best."""
        return Campaign(
            campaign_id,
            Terms(Kind.BASKET, amount_from=self.from_minor, off=self.off_minor, percent_bp=self.percent_bp),
            dict(self.names),
            When(valid_until=self.expires_at(given_at)),
            coupon=code,
            coupon_single=True,
            personal=personal,
            layer=_TOP_LAYER if on_top else _LAYER,
            everything=True,
        )


@dataclass(frozen=True, slots=True)
class Benefit:
    """One line of what is given. `club`: the one that was joined, else the one whose members get it; `members_only`
    false (on a sale alone): everybody gets it, a coupon then belongs to whoever shows it first. `coupon` of a red
    packet: its names and days; the amount is drawn from `pool`."""

    id: str
    on: On
    give: Give
    club: str = OWN_CLUB
    over_minor: int = 0
    members_only: bool = True
    points: int = 0
    pool: str = ""
    coupon: CouponTerms | None = None


@dataclass(frozen=True, slots=True)
class PoolTerms:
    """A budget of red packets as it was declared; draws are for sales of `over_minor` or more, from `opens_at` until
    before `closes_at` (epoch seconds), each from `least_minor` to `most_minor`."""

    id: str
    budget_minor: int
    least_minor: int
    most_minor: int
    opens_at: int
    closes_at: int
    over_minor: int = 0
