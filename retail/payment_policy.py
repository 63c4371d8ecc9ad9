"""What a lane may still sell for when a line is away: the shop's rules, and the rung of the ladder that follows.

Pure: whoever asks brings the facts. A wallet needs its bank. A card terminal may store payments within the shop's
limits, never for restricted goods. Then comes the till with staff, and then nothing.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any, Final

_MOST_MINOR: Final = 999_999_999
_MOST_PAYMENTS: Final = 10_000
_MOST_HOURS: Final = 168  # a week: what the most patient terminal makers forward at all
_S_PER_HOUR: Final = 3600


class PolicyError(ValueError):
    """A policy that cannot be used: one sentence with key and remedy."""


class Rung(StrEnum):
    """How far down the ladder a lane stands."""

    FULL = "full"
    TERMINAL_ONLY = "terminal_only"
    PAY_AT_TILL = "pay_at_till"
    CLOSED = "closed"


class Refusal(StrEnum):
    """Why a way to pay cannot be used now; empty: it can."""

    NONE = ""
    OFFLINE = "offline"  # it needs its bank, and may store nothing
    RESTING = "resting"  # it failed a moment ago
    SALE_LIMIT = "sale_limit"  # this basket is dearer than a stored payment may be
    FULL = "limit_full"  # sum or number of stored payments
    TOO_OLD = "limit_age"  # stored payments wait for too long
    RESTRICTED = "restricted"  # goods that are never sold on a stored payment


@dataclass(frozen=True, slots=True)
class OfflineCard:
    """How far a terminal may approve without the bank: for one sale, for all stored ones together, how many, and the
    age of the oldest after which no more are stored. All limits may be reached, none passed; the default: nothing."""

    per_sale_minor: int = 0
    sum_minor: int = 0
    count: int = 0
    oldest_hours: int = 0


@dataclass(frozen=True, slots=True)
class PaymentPolicy:
    """A shop's rules. Goods with an age limit are always restricted; `restricted_categories` names further ones."""

    offline_card: OfflineCard = OfflineCard()
    restricted_categories: tuple[str, ...] = ()
    pay_at_till: bool = True

    def as_dict(self) -> dict[str, Any]:
        """As the price list carries it; `policy_from` reads it back."""
        limits = {} if self.offline_card == OfflineCard() else {"offline_card": asdict(self.offline_card)}
        rest = {"restricted_categories": list(self.restricted_categories), "pay_at_till": self.pay_at_till}
        return limits | rest


@dataclass(frozen=True, slots=True)
class Goods:
    """What of a line decides whether it is restricted; `category` None where nobody knows it."""

    min_age: int = 0
    category: str | None = ""


@dataclass(frozen=True, slots=True)
class Stored:
    """Payments that a terminal took without the bank, or may have, and that the bank has not answered for yet."""

    count: int = 0
    sum_minor: int = 0
    oldest_s: int = 0


@dataclass(frozen=True, slots=True)
class WayFacts:
    """A way to pay as it stands. `stores`: it may approve without its bank; `line`: nothing is known to be wrong with
    its line; `resting`: it failed a moment ago."""

    id: str
    terminal: bool
    stores: bool
    line: bool
    resting: bool = False


@dataclass(frozen=True, slots=True)
class Ladder:
    """The rung, and for each way why it cannot be used."""

    rung: Rung = Rung.FULL
    refusals: Mapping[str, Refusal] = field(default_factory=dict)


def policy_from(said: Mapping[str, Any]) -> PaymentPolicy:
    """The policy that a price list or a file holds; without anything said, nothing is stored. Raises PolicyError."""
    _no_others(said, ("offline_card", "restricted_categories", "pay_at_till"), "")
    pay_at_till = said.get("pay_at_till", True)
    if not isinstance(pay_at_till, bool):
        raise PolicyError(f"pay_at_till is {pay_at_till!r}; it must be true or false")
    card = said.get("offline_card")
    return PaymentPolicy(
        OfflineCard() if card is None else _offline_card(card),
        _categories(said.get("restricted_categories", [])),
        pay_at_till,
    )


def may_store(policy: PaymentPolicy, total_minor: int, goods: Collection[Goods], stored: Stored) -> Refusal:
    """Whether a terminal may take one more payment without the bank, beside those that it has."""
    limits = policy.offline_card
    if not limits.count:
        return Refusal.OFFLINE
    if any(_restricted(one, policy) for one in goods):
        return Refusal.RESTRICTED
    if stored.count and stored.oldest_s > limits.oldest_hours * _S_PER_HOUR:
        return Refusal.TOO_OLD
    if total_minor > limits.per_sale_minor:
        return Refusal.SALE_LIMIT
    if stored.count >= limits.count or stored.sum_minor + max(total_minor, 1) > limits.sum_minor:
        return Refusal.FULL
    return Refusal.NONE


def ladder(
    policy: PaymentPolicy, ways: Sequence[WayFacts], *, total_minor: int, goods: Collection[Goods], stored: Stored
) -> Ladder:
    """Which rung a lane stands on with this basket (0 and no goods: before there is one), and why."""
    storing = may_store(policy, total_minor, goods, stored)
    refusals = {way.id: _refusal(way, storing) for way in ways}
    usable = [way for way in ways if not refusals[way.id]]
    return Ladder(_rung(policy, ways, usable), refusals)


def _rung(policy: PaymentPolicy, ways: Sequence[WayFacts], usable: Sequence[WayFacts]) -> Rung:
    if not usable:
        return Rung.PAY_AT_TILL if policy.pay_at_till else Rung.CLOSED
    all_well = len(usable) == len(ways) and all(way.line for way in usable)
    return Rung.TERMINAL_ONLY if not all_well and all(way.terminal for way in usable) else Rung.FULL


def _refusal(way: WayFacts, storing: Refusal) -> Refusal:
    if way.resting:
        return Refusal.RESTING
    if way.line:
        return Refusal.NONE
    return storing if way.stores else Refusal.OFFLINE


def _restricted(goods: Goods, policy: PaymentPolicy) -> bool:
    if goods.min_age > 0:
        return True
    # Goods of which nobody knows the category may be of a restricted one.
    named = policy.restricted_categories
    return bool(named) and (goods.category is None or goods.category in named)


def _offline_card(said: object) -> OfflineCard:
    if not isinstance(said, Mapping):
        raise PolicyError("offline_card is no table of limits; write them below [payments.offline_card]")
    _no_others(said, tuple(_MOST), "offline_card.")
    limits = OfflineCard(**{key: _limit(said, key, most) for key, most in _MOST.items()})
    if limits.sum_minor < limits.per_sale_minor:
        raise PolicyError("offline_card.sum_minor is under per_sale_minor: no sale could reach that; correct one")
    return limits


_MOST: Final = {
    "per_sale_minor": _MOST_MINOR,
    "sum_minor": _MOST_MINOR,
    "count": _MOST_PAYMENTS,
    "oldest_hours": _MOST_HOURS,
}


def _limit(said: Mapping[str, Any], key: str, most: int) -> int:
    value = said.get(key)
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        what = "is missing" if value is None else f"is {value!r}"
        raise PolicyError(f"offline_card.{key} {what}; it must be a whole number from 1 to {most}")
    return value


def _categories(said: object) -> tuple[str, ...]:
    if not isinstance(said, list | tuple) or not all(isinstance(one, str) and one for one in said):
        raise PolicyError('restricted_categories must be a list of category ids, such as ["tobacco"]')
    return tuple(dict.fromkeys(said))


def _no_others(said: Mapping[str, Any], known: Sequence[str], where: str) -> None:
    for key in said:
        if key not in known:
            near = difflib.get_close_matches(str(key), known, n=1, cutoff=0.5)
            remedy = f"do you mean {near[0]}?" if near else f"there are: {', '.join(known)}"
            raise PolicyError(f"{where}{key} is no key that is known here; {remedy}")
