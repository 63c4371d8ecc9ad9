"""Whether anybody saves anything by a campaign: an upper bound, from what its goods cost at most without it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from retail.promotions.campaign import Kind, Terms

# Kinds that give their price for pieces of a group together or beside others; weighed bags are left out of them.
OF_PIECES: Final = frozenset(
    {Kind.N_FOR_X, Kind.N_SAVE_X, Kind.N_PLUS_M, Kind.NTH_ITEM, Kind.MIX_AND_MATCH, Kind.BUY_A_GET_B}
)


def most_saved(terms: Terms, highest: Mapping[int, int]) -> int:
    """What one use saves at most: above 0 if somebody saves something, below 0 if it would only make dearer.

    `highest`: what a piece or kilogram of each group costs at most. Percentages and amounts off count as they are: what
    they are taken from does not matter for the sign.
    """
    if terms.kind is Kind.TIERS:
        return max((tier.percent_bp or _off(highest, 0, tier.price) for tier in terms.tiers), default=0)
    if terms.kind is Kind.N_PLUS_M:
        return terms.free
    if terms.percent_bp is not None or terms.off is not None:
        return (terms.percent_bp or 0) + (terms.off or 0)
    if terms.kind is Kind.N_FOR_X:
        return _off(highest, 0, terms.price, terms.quantity)
    if terms.kind is Kind.MIX_AND_MATCH:
        return sum(count * highest.get(group, 0) for group, count in enumerate(terms.counts)) - (terms.price or 0)
    return _off(highest, 1 if terms.kind in {Kind.BUY_A_GET_B, Kind.BASKET} else 0, terms.price)


def _off(highest: Mapping[int, int], group: int, price: int | None, pieces: int = 1) -> int:
    return 0 if price is None else pieces * highest.get(group, 0) - price
