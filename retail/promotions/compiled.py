"""Campaigns as machines: which one a kind is, with the uses that are left."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from retail.promotions.basket_machine import GiftBasket, OffBasket, PercentBasket
from retail.promotions.bundles import Bundle, CheapestFavoured, DearestFavoured
from retail.promotions.campaign import Campaign, Kind, Terms
from retail.promotions.group_bundle import GroupBundle
from retail.promotions.limited import Limited
from retail.promotions.machines import Each, Machine
from retail.promotions.piece import WHOLE


@dataclass(frozen=True, slots=True)
class Compiled:
    """A campaign ready for the search, for at most `limit` uses. `machines`: one, or one a tier, of which one is used.

    `simple`: pieces do not depend on each other, so each takes what is best for it.
    """

    reference: str
    campaign: Campaign
    limit: int | None
    machines: tuple[Machine, ...]
    simple: Each | None = None


def compiled(reference: str, campaign: Campaign, limit: int | None) -> Compiled:
    """A campaign that may be used `limit` times (None: as often as there are goods)."""
    machines = _MACHINES[campaign.terms.kind](campaign, limit)
    bare = limit is None and not campaign.group and len(machines) == 1
    first = machines[0]
    if bare and isinstance(first, Each) and first.simple:
        return Compiled(reference, campaign, limit, (), first)
    rivals = bool(campaign.group) or len(machines) > 1
    counted = None if campaign.terms.kind is Kind.BASKET else limit  # a basket's machine knows
    if rivals or counted is not None:
        machines = tuple(Limited(machine, counted) for machine in machines)
    return Compiled(reference, campaign, limit, machines)


def _each(campaign: Campaign, _limit: int | None) -> tuple[Machine, ...]:
    terms = campaign.terms
    return (Each(terms, terms.quantity, terms.grams, pooled=campaign.layer > 0),)


def _tiers(campaign: Campaign, _limit: int | None) -> tuple[Machine, ...]:
    terms = campaign.terms
    bags = all(tier.price is None for tier in terms.tiers)
    return tuple(
        Each(
            replace(terms, percent_bp=tier.percent_bp, price=tier.price),
            tier.quantity,
            0,
            bags=bags,
            pooled=campaign.layer > 0,
        )
        for tier in terms.tiers
    )


def _bundle(campaign: Campaign, _limit: int | None) -> tuple[Machine, ...]:
    return (Bundle(campaign.terms),)


def _favoured(terms: Terms, paid: int, favoured: int) -> tuple[Machine, ...]:
    if terms.percent_bp is None and terms.price is None:
        terms = replace(terms, percent_bp=WHOLE)
    return ((DearestFavoured if terms.dearest else CheapestFavoured)(terms, paid, favoured),)


def _n_plus_m(campaign: Campaign, _limit: int | None) -> tuple[Machine, ...]:
    return _favoured(campaign.terms, campaign.terms.quantity, campaign.terms.free)


def _nth_item(campaign: Campaign, _limit: int | None) -> tuple[Machine, ...]:
    return _favoured(campaign.terms, campaign.terms.quantity - 1, 1)


def _mix_and_match(campaign: Campaign, _limit: int | None) -> tuple[Machine, ...]:
    terms = campaign.terms
    return (GroupBundle(terms, None if terms.percent_bp is None else frozenset(range(len(terms.counts)))),)


def _buy_a_get_b(campaign: Campaign, _limit: int | None) -> tuple[Machine, ...]:
    return (GroupBundle(campaign.terms, frozenset({1})),)


def _basket(campaign: Campaign, limit: int | None) -> tuple[Machine, ...]:
    terms = campaign.terms
    if terms.counts:
        gifts = terms.counts[1] if limit is None else min(terms.counts[1], limit)
        return (GiftBasket(replace(terms, counts=(0, gifts))),)
    if terms.off is None:
        return (PercentBasket(terms),)
    return (OffBasket(terms, limit if terms.repeat else 1),)


_MACHINES: Final[Mapping[Kind, Callable[[Campaign, int | None], tuple[Machine, ...]]]] = {
    Kind.SPECIAL_PRICE: _each,
    Kind.PERCENT: _each,
    Kind.TIERS: _tiers,
    Kind.N_FOR_X: _bundle,
    Kind.N_SAVE_X: _bundle,
    Kind.N_PLUS_M: _n_plus_m,
    Kind.NTH_ITEM: _nth_item,
    Kind.MIX_AND_MATCH: _mix_and_match,
    Kind.BUY_A_GET_B: _buy_a_get_b,
    Kind.BASKET: _basket,
}
