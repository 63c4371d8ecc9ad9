"""Whether a campaign can be reckoned with: figures that its kind needs, of sizes that money and goods have.

What is amiss stays outside: where lists and journals are read, not in the middle of a shopper's basket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import Final

from retail.promotions.campaign import EXCLUDED, Campaign, Kind, Taking, Terms, Tier, When

_MOST: Final = 1 << 53
_DAY: Final = 1440  # in minutes
_MOST_PIECES: Final = 10_000
_ALL: Final = 10_000  # in 1/100 %
_LAYERS: Final = 1000


def sound(campaign: Campaign) -> Campaign:
    """The campaign itself; ValueError, which says what is amiss, for one that no basket can be priced with."""
    terms = campaign.terms
    for text in (campaign.id, campaign.coupon, campaign.group, *campaign.names, *campaign.names.values()):
        if type(text) is not str:
            raise ValueError(f"{text!r} is no text")
    for name, value in _counts(terms).items():
        _within(name, value, 0, _MOST_PIECES)
    for name, value in _amounts(campaign).items():
        _within(name, value, 0, _MOST)
    sound_when(campaign.when)
    shares = (("percent_bp", terms.percent_bp), *(("tiers.percent_bp", tier.percent_bp) for tier in terms.tiers))
    for name, value in shares:
        _within(name, value, 0, _ALL)
    _within("layer", campaign.layer, -_LAYERS, _LAYERS)
    _within("quantity", terms.quantity, 1, _MOST_PIECES)
    if not _NEEDS[terms.kind](terms):
        raise ValueError(f"campaign {campaign.id}: {terms.kind} lacks a figure")
    return campaign


def sound_taking(taking: Taking) -> Taking:
    """The taking itself; ValueError for one that is none."""
    if type(taking.campaign) is not str:
        raise ValueError(f"{taking.campaign!r} names no campaign")
    _within("group", taking.group, EXCLUDED, _MOST_PIECES)
    _within("price", taking.price, 0, _MOST)
    return taking


def sound_when(when: When) -> When:
    """The times themselves; ValueError for what no calendar or clock has."""
    for moment in (when.valid_from, when.valid_until):
        _within("when", moment, -_MOST, _MOST)
    for day in when.weekdays:
        _within("weekdays", day, 0, 6)
    for hours in when.hours:
        _within("hours", hours.begins, 0, _DAY)
        _within("hours", hours.ends, 0, _DAY)
    return when


def _counts(terms: Terms) -> Mapping[str, object]:
    counts = {f"counts[{place}]": count for place, count in enumerate(terms.counts)}
    tiers = {f"tiers[{place}]": tier.quantity for place, tier in enumerate(terms.tiers)}
    return {"free": terms.free, **counts, **tiers}


def _amounts(campaign: Campaign) -> Mapping[str, object]:
    terms = campaign.terms
    limits = {"per_receipt": campaign.per_receipt, "per_member": campaign.per_member, "points": campaign.points}
    tiers = {f"tiers[{place}]": tier.price for place, tier in enumerate(terms.tiers)}
    own = {"grams": terms.grams, "amount_from": terms.amount_from, "price": terms.price, "off": terms.off}
    return {**own, **tiers, **limits}


def _within(name: str, value: object, least: int, most: int) -> None:
    if value is not None and (type(value) is not int or not least <= value <= most):
        raise ValueError(f"{name} is {value!r}, which is no whole number from {least} to {most}")


def _one_of(*values: object) -> bool:
    return any(value is not None for value in values)


def _tiers(tiers: Iterable[Tier]) -> bool:
    found = tuple(tiers)
    return bool(found) and all(_one_of(tier.percent_bp, tier.price) for tier in found)


def _basket(terms: Terms) -> bool:
    if not terms.counts:
        return _one_of(terms.off, terms.percent_bp)
    return len(terms.counts) > 1 and _one_of(terms.price, terms.percent_bp)


_NEEDS: Final[Mapping[Kind, Callable[[Terms], bool]]] = MappingProxyType(
    {
        Kind.SPECIAL_PRICE: lambda _: True,  # goods may have prices of their own in it
        Kind.N_FOR_X: lambda terms: terms.price is not None,
        Kind.N_SAVE_X: lambda terms: terms.off is not None,
        Kind.PERCENT: lambda terms: terms.percent_bp is not None,
        Kind.TIERS: lambda terms: _tiers(terms.tiers),
        Kind.N_PLUS_M: lambda terms: terms.free > 0,
        Kind.NTH_ITEM: lambda terms: _one_of(terms.percent_bp, terms.price),
        Kind.MIX_AND_MATCH: lambda terms: sum(terms.counts) > 0 and _one_of(terms.price, terms.off, terms.percent_bp),
        Kind.BUY_A_GET_B: lambda terms: len(terms.counts) > 1 and _one_of(terms.price, terms.percent_bp),
        Kind.BASKET: _basket,
    }
)
