"""A till as most are: campaigns in a fixed order of priority, each taking the goods as they were scanned, first come.

For comparison only. A campaign is used as often as it saves anything, and what it has taken is gone for the next one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from retail.money import divide_half_up
from retail.promotions.campaign import Campaign, Kind
from retail.promotions.goods import Goods

_WHOLE: Final = 10_000
_GRAMS_PER_KG: Final = 1000
_Free = list[int]
"""Price of each piece of a campaign that is still free, in the order of scanning."""


def greedy_total(goods: Sequence[Goods], campaigns: Mapping[str, Campaign]) -> int:
    """What the basket costs at such a till; `campaigns` in the order of their priority."""
    free = [(number, price) for number, one in enumerate(goods) for price in _pieces(one)]
    total = sum(price for _, price in free)
    members = {name: _members(goods, name) for name in campaigns}
    for name, campaign in campaigns.items():
        rule = _RULES.get(campaign.terms.kind)
        mine = [piece for piece in free if piece[0] in members[name]]
        if rule is None or not mine:
            continue
        taken, saved = rule(campaign, [price for _, price in mine], [goods[number].grams for number, _ in mine])
        total -= saved
        gone = [mine[index] for index in taken]
        for piece in gone:
            free.remove(piece)
    return total


def _pieces(goods: Goods) -> list[int]:
    if goods.grams is not None:
        return [divide_half_up(goods.unit_minor * goods.grams, _GRAMS_PER_KG)]
    return [goods.unit_minor] * goods.quantity


def _members(goods: Sequence[Goods], name: str) -> set[int]:
    return {number for number, one in enumerate(goods) if any(taking.campaign == name for taking in one.takings)}


def _each(campaign: Campaign, prices: _Free, grams: Sequence[int | None]) -> tuple[list[int], int]:
    """Special prices and percentages: every piece that gets cheaper."""
    terms = campaign.terms
    taken, saved = [], 0
    for index, (price, weight) in enumerate(zip(prices, grams, strict=True)):
        if terms.percent_bp is not None:
            new = divide_half_up(price * (_WHOLE - terms.percent_bp), _WHOLE)
        else:
            new = (terms.price or 0) if weight is None else divide_half_up((terms.price or 0) * weight, _GRAMS_PER_KG)
        if new < price:
            taken.append(index)
            saved += price - new
    return (taken, saved) if len(taken) >= terms.quantity else ([], 0)


def _bundles(campaign: Campaign, prices: _Free, grams: Sequence[int | None]) -> tuple[list[int], int]:
    """So many for a price, or for so much less: the next pieces as they come, while that saves anything."""
    terms = campaign.terms
    taken, saved = list[int](), 0
    pieces = [index for index, weight in enumerate(grams) if weight is None]
    for begins in range(0, len(pieces) - terms.quantity + 1, terms.quantity):
        bundle = pieces[begins : begins + terms.quantity]
        together = sum(prices[index] for index in bundle)
        off = together - terms.price if terms.price is not None else min(terms.off or 0, together)
        if off > 0:
            taken += bundle
            saved += off
    return taken, saved


_Rule = Callable[[Campaign, _Free, Sequence[int | None]], tuple[list[int], int]]
_RULES: Final[Mapping[Kind, _Rule]] = {
    Kind.SPECIAL_PRICE: _each,
    Kind.PERCENT: _each,
    Kind.N_FOR_X: _bundles,
    Kind.N_SAVE_X: _bundles,
}
