"""The lowest total that docs/promotions.md allows, found by trying everything: for small baskets.

Written from that page alone, without a look at the engine. Slow on purpose: nothing is clever that could be wrong.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

from retail.promotions.campaign import NOBODY, Campaign, Kind, Shopper
from retail.promotions.goods import Goods
from tests.retail.promotions.oracle_kinds import Sale, Table, sales
from tests.retail.promotions.oracle_pieces import Offer, Piece, offers_for, pieces_of

_Uses = tuple[tuple[str, Sale], ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The lowest total, and combinations that reach it: at least one, all of them if they were asked for."""

    total: int
    pieces: tuple[Piece, ...]
    combinations: tuple[_Uses, ...]


@dataclass(frozen=True, slots=True)
class _State:
    """Between two layers: what is left to pay, who has been taken and stands alone, which groups were used."""

    left: tuple[int, ...]
    taken: frozenset[int] = frozenset()
    alone: frozenset[int] = frozenset()
    groups: frozenset[str] = frozenset()
    uses: _Uses = ()

    @property
    def total(self) -> int:
        return sum(self.left)

    def table(self, pieces: Sequence[Piece], campaign: Campaign) -> Table:
        barred = self.alone | self.taken if campaign.alone else self.alone
        return Table(pieces, self.left, frozenset(range(len(pieces))) - barred)

    def after(self, chosen: Sequence[tuple[Offer, Sale]]) -> _State:
        left, taken, alone, groups = list(self.left), self.taken, self.alone, self.groups
        for offer, sale in chosen:
            for index, off in sale.discounts.items():
                left[index] -= off
            taken |= {index for index, off in sale.discounts.items() if off}  # only who got something has it
            alone |= sale.taken if offer.campaign.alone else frozenset()
            groups |= {offer.campaign.group} - {""}
        uses = tuple((offer.reference, sale) for offer, sale in chosen)
        return _State(tuple(left), taken, alone, groups, self.uses + uses)


def cheapest(
    goods: Sequence[Goods],
    campaigns: Mapping[str, Campaign],
    shopper: Shopper = NOBODY,
    *,
    every: bool = False,
) -> Answer:
    """The lowest total; `every`: with all combinations that reach it, not one."""
    pieces, offers = pieces_of(goods), offers_for(campaigns, shopper)
    start = _State(tuple(piece.price for piece in pieces))
    ends = [
        end
        for kept in _less_often(offers, start, pieces)
        for end in _through(start, pieces, _layers(kept), every=every)
    ]
    total = min(end.total for end in ends)
    found = [end.uses for end in ends if end.total == total]
    return Answer(total, pieces, tuple(found if every else found[:1]))


def _layers(offers: Iterable[Offer]) -> list[list[Offer]]:
    by_layer = defaultdict(list)
    for offer in offers:
        by_layer[offer.campaign.layer].append(offer)
    return [by_layer[layer] for layer in sorted(by_layer)]


def _less_often(offers: Sequence[Offer], start: _State, pieces: Sequence[Piece]) -> Iterator[list[Offer]]:
    """All offers, those of earlier layers with every cap that bites: those of the last are never in another's way."""
    last = max((offer.campaign.layer for offer in offers), default=0)
    early = [offer for offer in offers if offer.campaign.layer < last]
    most = [max((sale.uses for sale in sales(one, start.table(pieces, one.campaign))), default=0) for one in early]
    for caps in product(*(range(uses, -1, -1) for uses in most)):
        capped = [replace(offer, cap=cap) for offer, cap in zip(early, caps, strict=True) if cap]
        yield capped + [offer for offer in offers if offer.campaign.layer == last]


def _through(
    start: _State, pieces: Sequence[Piece], layers: Sequence[Sequence[Offer]], *, every: bool
) -> Iterator[_State]:
    """The states after the last layer, each layer having the lowest total that it can."""
    if not layers:
        yield start
        return
    for state in _best(start, layers[0], _Keep(start, pieces, last=len(layers) == 1, every=every)):
        yield from _through(state, pieces, layers[1:], every=every)


_Way = tuple[tuple[Offer, Sale], ...]


@dataclass(frozen=True, slots=True)
class _Reached:
    """What matters of a part of a layer for the rest of it: the pieces that are gone, and who stands where."""

    taken: frozenset[int] = frozenset()
    baskets: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()
    alone: frozenset[int] = frozenset()

    def and_also(self, offer: Offer, taken: frozenset[int]) -> _Reached:
        return _Reached(
            self.taken | taken,
            (*self.baskets, offer.reference) if offer.kind is Kind.BASKET else self.baskets,
            self.groups | {offer.campaign.group} - {""},
            self.alone | taken if offer.campaign.alone else self.alone,
        )

    def leaves_room_for(self, offer: Offer, taken: frozenset[int]) -> bool:
        return self.taken.isdisjoint(taken) and offer.campaign.group not in self.groups


@dataclass(frozen=True, slots=True)
class _Keep:
    """Which of several ways to the same place are kept: of those that save most one, all that differ, or all."""

    start: _State
    pieces: Sequence[Piece]
    last: bool
    every: bool

    def of(self, ways: Sequence[_Way]) -> list[_Way]:
        most = max(_saved(way) for way in ways)
        best = [way for way in ways if _saved(way) == most]
        if self.every:
            return best
        return best[:1] if self.last else list({self._mark(way): way for way in reversed(best)}.values())

    def _mark(self, way: _Way) -> object:
        """The same for states that differ only by which of equal pieces is which."""
        state = self.start.after(way)
        each = sorted(
            (piece.sku, piece.line, state.left[index], index in state.taken, index in state.alone)
            for index, piece in enumerate(self.pieces)
        )
        return tuple(each), state.groups


def _best(start: _State, offers: Sequence[Offer], keep: _Keep) -> list[_State]:
    """What a layer may leave at its lowest total: offer after offer takes any set of the free pieces, or none."""
    tables = {offer: start.table(keep.pieces, one.campaign) for offer, one in enumerate(offers)}
    reached: dict[_Reached, list[_Way]] = {_Reached(groups=start.groups): [()]}
    for number, offer in enumerate(offers):
        by_taken = _by_taken(offer, tables[number])
        found: dict[_Reached, list[_Way]] = defaultdict(list)
        for so_far, ways in reached.items():
            found[so_far] += ways
            for taken, more in by_taken.items():
                if so_far.leaves_room_for(offer, taken):
                    found[so_far.and_also(offer, taken)] += [(*way, (offer, sale)) for way in ways for sale in more]
        reached = {so_far: keep.of(ways) for so_far, ways in found.items()}
    counted = {offer.reference: tables[number].members(offer) for number, offer in enumerate(offers)}
    lawful = [
        way
        for end, ways in reached.items()
        if all(end.taken.issuperset(counted[basket]) for basket in end.baskets)
        for way in ways
    ]
    return [start.after(way) for way in keep.of(lawful)]


def _saved(way: _Way) -> int:
    return sum(sale.saving for _, sale in way)


def _by_taken(offer: Offer, table: Table) -> dict[frozenset[int], list[Sale]]:
    """The ways to use an offer that save most, by the set of pieces that they take."""
    found: dict[frozenset[int], list[Sale]] = {}
    for sale in sales(offer, table):
        known = found.setdefault(sale.taken, [])
        if known and sale.saving > known[0].saving:
            known.clear()
        if (not known or sale.saving == known[0].saving) and sale not in known:
            known.append(sale)
    return found
