"""What each kind of campaign takes off which pieces: every way in which it may be used, for the oracle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from retail.promotions.campaign import Kind, Terms
from tests.retail.promotions.oracle_pieces import GRAMS_PER_KG, Offer, Piece, half_up, less, spread

_BUNDLES = {Kind.N_FOR_X, Kind.N_SAVE_X, Kind.N_PLUS_M, Kind.NTH_ITEM, Kind.MIX_AND_MATCH, Kind.BUY_A_GET_B}


@dataclass(frozen=True, slots=True)
class Table:
    """What a campaign finds: the pieces, what is left to pay for each, and the indices that it may take."""

    pieces: Sequence[Piece]
    left: Sequence[int]
    free: frozenset[int]

    def members(self, offer: Offer, group: int = 0) -> list[int]:
        return [
            index
            for index in sorted(self.free)
            if offer.holds(self.pieces[index], group) and not _is_left_out(offer, self.pieces[index])
        ]


@dataclass(frozen=True, slots=True)
class Sale:
    """One way to use a campaign: the pieces that it takes, the discount of each, how often it is used by that."""

    taken: frozenset[int]
    discounts: Mapping[int, int]
    uses: int

    @property
    def saving(self) -> int:
        return sum(self.discounts.values())


def sales(offer: Offer, table: Table) -> Iterator[Sale]:
    """Every lawful way to use a campaign that saves something."""
    if offer.kind is Kind.BASKET:
        found = _of_basket(offer, table)
    elif offer.kind in _BUNDLES:
        found = _of_bundles(list(_bundles(offer, table)), offer, frozenset(), {}, 0)
    else:
        found = _of_pieces(offer, table)
    return (sale for sale in found if sale.saving > 0 and offer.may_use(sale.uses))


def _is_left_out(offer: Offer, piece: Piece) -> bool:
    if piece.grams is None:
        return offer.campaign.terms.grams > 0
    if offer.kind is Kind.TIERS:
        return any(tier.price is not None for tier in offer.campaign.terms.tiers)
    return offer.kind in _BUNDLES


def _subsets(members: Sequence[int], least: int = 1) -> Iterator[tuple[int, ...]]:
    for size in range(least, len(members) + 1):
        yield from combinations(members, size)


# --- kinds by pieces --------------------------------------------------------------------------


def _of_pieces(offer: Offer, table: Table) -> Iterator[Sale]:
    for taken in _subsets(table.members(offer)):
        ways = [sold for sold in _sold(offer, table, taken) if all(off >= 0 for off in sold.values())]
        best = max((sum(sold.values()) for sold in ways), default=0)
        yield from (Sale(frozenset(taken), sold, len(taken)) for sold in ways if sum(sold.values()) == best)


def _sold(offer: Offer, table: Table, taken: Sequence[int]) -> Iterator[dict[int, int]]:
    """The discounts of pieces sold by a campaign, for each tier that they reach."""
    terms = offer.campaign.terms
    if offer.kind is Kind.TIERS:
        for tier in terms.tiers:
            if len(taken) >= tier.quantity:
                yield _each(offer, table, taken, tier)
    elif terms.grams:
        if sum(table.pieces[index].grams or 0 for index in taken) >= terms.grams:
            yield _each(offer, table, taken, terms)
    elif len(taken) >= terms.quantity:
        yield _each(offer, table, taken, terms)


def _each(offer: Offer, table: Table, taken: Sequence[int], terms: object) -> dict[int, int]:
    percent_bp, price = getattr(terms, "percent_bp", None), getattr(terms, "price", None)
    if percent_bp is not None:
        if offer.campaign.layer > 0:
            prices = {index: table.left[index] for index in taken}
            whole = sum(prices.values())
            return spread(whole - less(whole, percent_bp), prices, table.pieces) if whole else dict.fromkeys(taken, 0)
        return {index: table.left[index] - less(table.left[index], percent_bp) for index in taken}
    return {index: table.left[index] - _special(offer, table.pieces[index], price) for index in taken}


def _special(offer: Offer, piece: Piece, price: int | None) -> int:
    own = dict(piece.own).get(offer.reference, price)
    assert own is not None
    return own if piece.grams is None else half_up(own * piece.grams, GRAMS_PER_KG)


# --- bundles ----------------------------------------------------------------------------------


def _of_bundles(
    bundles: Sequence[tuple[frozenset[int], Mapping[int, int]]],
    offer: Offer,
    taken: frozenset[int],
    discounts: Mapping[int, int],
    uses: int,
) -> Iterator[Sale]:
    """All sets of bundles that share no piece; each is made in one order only."""
    for number, (pieces, off) in enumerate(bundles):
        if taken.isdisjoint(pieces) and offer.may_use(uses + 1):
            more = Sale(taken | pieces, {**discounts, **off}, uses + 1)
            yield more
            yield from _of_bundles(bundles[number + 1 :], offer, more.taken, more.discounts, more.uses)


def _bundles(offer: Offer, table: Table) -> Iterator[tuple[frozenset[int], Mapping[int, int]]]:
    for groups in _shapes(offer, table):
        prices = {index: table.left[index] for group in groups for index in group}
        whole = sum(prices.values())
        saved = whole - _cost(offer, table, groups)
        if saved > 0:
            yield frozenset(prices), spread(saved, prices, table.pieces)


def _shapes(offer: Offer, table: Table) -> Iterable[tuple[tuple[int, ...], ...]]:
    """The pieces of every possible bundle, by group."""
    terms = offer.campaign.terms
    if offer.kind in {Kind.MIX_AND_MATCH, Kind.BUY_A_GET_B}:
        yield from _of_groups(offer, table, terms.counts, 0, ())
        return
    size = terms.quantity + terms.free if offer.kind is Kind.N_PLUS_M else terms.quantity
    for pieces in combinations(table.members(offer), size):
        yield (pieces,)


def _of_groups(
    offer: Offer, table: Table, counts: Sequence[int], group: int, chosen: tuple[tuple[int, ...], ...]
) -> Iterator[tuple[tuple[int, ...], ...]]:
    if group == len(counts):
        yield chosen
        return
    used = {index for pieces in chosen for index in pieces}
    left = [index for index in table.members(offer, group) if index not in used]
    for pieces in combinations(left, counts[group]):
        yield from _of_groups(offer, table, counts, group + 1, (*chosen, pieces))


def _cost(offer: Offer, table: Table, groups: tuple[tuple[int, ...], ...]) -> int:
    """What a bundle costs by a campaign."""
    terms = offer.campaign.terms
    prices = [[table.left[index] for index in group] for group in groups]
    together = [price for group in prices for price in group]
    if offer.kind is Kind.N_PLUS_M:
        return _favoured(terms, together, terms.free, 10_000 if terms.percent_bp is None else terms.percent_bp)
    if offer.kind is Kind.NTH_ITEM:
        return _favoured(terms, together, 1, terms.percent_bp)
    if offer.kind is Kind.BUY_A_GET_B:
        return sum(prices[0]) + sum(_reduced(terms, price) for price in prices[1])
    if terms.price is not None:
        return terms.price
    if terms.off is not None:
        return max(sum(together) - terms.off, 0)
    return sum(_reduced(terms, price) for price in together)


def _favoured(terms: Terms, prices: Sequence[int], count: int, percent_bp: int | None) -> int:
    ordered = sorted(prices, reverse=terms.dearest)
    reduced = [
        min(price, terms.price or 0) if percent_bp is None else less(price, percent_bp) for price in ordered[:count]
    ]
    return sum(reduced) + sum(ordered[count:])


def _reduced(terms: Terms, price: int) -> int:
    """What one piece of a bundle costs: by a price, never more than its own."""
    return less(price, terms.percent_bp) if terms.percent_bp is not None else min(price, terms.price or 0)


# --- the basket -------------------------------------------------------------------------------


def _of_basket(offer: Offer, table: Table) -> Iterator[Sale]:
    terms = offer.campaign.terms
    gifts: Iterable[tuple[int, ...]] = [()]
    if terms.counts:
        gifts = [one for one in _subsets(table.members(offer, 1)) if len(one) <= terms.counts[1]]
    for gift in gifts:
        for counted in _subsets([index for index in table.members(offer) if index not in gift], 0):
            prices = {index: table.left[index] for index in counted}
            if sum(prices.values()) >= terms.amount_from:
                yield from _with_gift(table, terms, counted, gift) if gift else _off_all(offer, table, prices)


def _with_gift(table: Table, terms: Terms, counted: Sequence[int], gift: Sequence[int]) -> Iterator[Sale]:
    off = {index: table.left[index] - _reduced(terms, table.left[index]) for index in gift}
    if all(each >= 0 for each in off.values()):
        yield Sale(frozenset(counted) | frozenset(gift), off, len(gift))


def _off_all(offer: Offer, table: Table, prices: Mapping[int, int]) -> Iterator[Sale]:
    terms, whole = offer.campaign.terms, sum(prices.values())
    if not whole:
        return
    if terms.percent_bp is not None:
        yield Sale(frozenset(prices), spread(whole - less(whole, terms.percent_bp), prices, table.pieces), 1)
        return
    most = whole // terms.amount_from if terms.repeat and terms.amount_from else 1
    uses = most if offer.cap is None else min(most, offer.cap)
    yield Sale(frozenset(prices), spread(min((terms.off or 0) * uses, whole), prices, table.pieces), uses)
