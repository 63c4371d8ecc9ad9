"""One layer: its campaigns share the pieces out. Pieces that have nothing to do with each other are solved apart."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from retail.money import spread
from retail.promotions.basket_machine import OffBasket, PercentBasket
from retail.promotions.campaign import Kind
from retail.promotions.compiled import Compiled
from retail.promotions.component import Solved, components, solve
from retail.promotions.parts import Classifier, Got, Part, PieceClass, handed_out
from retail.promotions.piece import Entry, off_percent

_MOST_REMEMBERED: Final = 5000


@dataclass(frozen=True, slots=True)
class LayerDone:
    """The parts afterwards, how often each campaign was used, and by how much the search may have fallen short."""

    parts: list[Part]
    uses: Mapping[str, int]
    short_by: int = 0
    hard: bool = False

    @property
    def total(self) -> int:
        """What is left to pay."""
        return sum(part.pieces * part.amount for part in self.parts)


@dataclass(slots=True)
class _Shared:
    """How the classes fare. `got`: what pieces get, by class; those that get nothing are not in it."""

    classes: list[PieceClass]
    got: list[tuple[Got, ...]]
    uses: dict[str, int]
    short_by: int
    hard: bool


@dataclass(slots=True)
class LayerSolver:
    """Solves layers, and remembers what it has solved: a basket grows line by line."""

    _classifier: Classifier = field(default_factory=Classifier)
    _solved: dict[object, Solved] = field(default_factory=dict)

    def solve(self, parts: Sequence[Part], campaigns: Mapping[str, Compiled], *, pooled: bool) -> LayerDone:
        """Share out; `campaigns`: of this layer, by reference. `pooled`: percentages are taken from sums."""
        baskets = [reference for reference, one in campaigns.items() if one.campaign.terms.kind is Kind.BASKET]
        machine = campaigns[baskets[0]].machines[0] if len(baskets) == 1 else None
        if isinstance(machine, OffBasket):
            done = self._with_basket(parts, campaigns, baskets[0], machine, pooled=pooled)
            if done is not None:
                return done
        return _done(self._share_out(parts, campaigns), campaigns, pooled=pooled)

    def _with_basket(
        self,
        parts: Sequence[Part],
        campaigns: Mapping[str, Compiled],
        basket: str,
        machine: OffBasket,
        *,
        pooled: bool,
    ) -> LayerDone | None:
        """Where one campaign is for all of the basket, most often it is in nobody's way: then the others are solved
        without it. None if there is something to weigh up."""
        others = {reference: one for reference, one in campaigns.items() if reference != basket}
        without = self._share_out(parts, others)
        everything = self._classifier.classes(parts, {basket: campaigns[basket]})
        reach = sum(one.pieces * one.piece.amount for one in everything if one.wants)
        if reach < machine.need:
            return _done(without, others, pooled=pooled)
        if isinstance(machine, PercentBasket):
            mixed = self._share_out(parts, campaigns, basket)
            if _own_sum(mixed, basket) < machine.need:
                return None
            with_it = _done(_counted(mixed, basket, machine), campaigns, pooled=pooled)
            best = _done(without, others, pooled=pooled)
            return with_it if with_it.total < best.total else best
        _mark_free(without, {id(part): one for one in everything if one.wants for part in one.parts}, basket)
        if machine.gain(_own_sum(without, basket)) < machine.gain(reach):
            return None
        return _done(_counted(without, basket, machine), campaigns, pooled=pooled)

    def _share_out(self, parts: Sequence[Part], campaigns: Mapping[str, Compiled], basket: str = "") -> _Shared:
        classes = self._classifier.classes(parts, campaigns, basket)
        got: list[tuple[Got, ...]] = [(one.alone_got,) * one.pieces if one.alone[0] else () for one in classes]
        uses: dict[str, int] = defaultdict(int)
        short_by, hard = 0, False
        for component in components(classes, campaigns):
            solved = self._component([classes[number] for number in component], campaigns)
            short_by, hard = short_by + solved.short_by, hard or solved.hard
            for number, own in zip(component, solved.got, strict=True):
                got[number] = own
            for reference, times in solved.uses:
                uses[reference] += times
        return _Shared(classes, got, uses, short_by, hard)

    def _component(self, classes: Sequence[PieceClass], campaigns: Mapping[str, Compiled]) -> Solved:
        if len(self._solved) > _MOST_REMEMBERED:
            self._solved.clear()
        scope = tuple(dict.fromkeys((want[0], campaigns[want[0]].limit) for one in classes for want in one.wants))
        key = (scope, *((one.pieces, one.piece, one.alone, one.wants) for one in classes))
        solved = self._solved.get(key)
        if solved is None:
            solved = self._solved[key] = solve(classes, campaigns)
        return solved


def _own_sum(shared: _Shared, basket: str) -> int:
    """What the pieces of a basket cost together."""
    return sum(
        one.piece.amount
        for one, own in zip(shared.classes, shared.got, strict=True)
        for _, reference in own
        if reference == basket
    )


def _mark_free(shared: _Shared, counting: Mapping[int, PieceClass], basket: str) -> None:
    """Give the pieces that nothing took to a basket, if they count for it."""
    for number, one in enumerate(shared.classes):
        free = one.pieces - len(shared.got[number])
        if free and id(one.parts[0]) in counting:
            shared.got[number] = (*shared.got[number], *((0, basket),) * free)


def _counted(shared: _Shared, basket: str, machine: OffBasket) -> _Shared:
    """The basket's saving, spread over its pieces."""
    entries = [
        Entry(number, one.piece.amount, 0, 0, 0)
        for number, one in enumerate(shared.classes)
        for _, reference in shared.got[number]
        if reference == basket
    ]
    shares = machine.shares(entries)
    got = [[one for one in own if one[1] != basket] for own in shared.got]
    for use in shares:
        for entry, saving in use:
            got[entry.place].append((saving, basket))
    for own in got:
        own.sort(key=lambda one: (-one[0], one[1]))
    uses = {**shared.uses, basket: machine.times(entries, shares)}
    return _Shared(shared.classes, [tuple(own) for own in got], uses, shared.short_by, shared.hard)


def _done(shared: _Shared, campaigns: Mapping[str, Compiled], *, pooled: bool) -> LayerDone:
    if pooled:
        _pool(shared, campaigns)
    uses = defaultdict(int, shared.uses)
    for own in shared.got:
        for saving, reference in own:
            if saving and campaigns[reference].simple is not None:
                uses[reference] += 1
    found = zip(shared.classes, shared.got, strict=True)
    after = [part for one, own in found for part in handed_out(one, own, campaigns)]
    return LayerDone(after, uses, shared.short_by, shared.hard)


def _pool(shared: _Shared, campaigns: Mapping[str, Compiled]) -> None:
    """A percentage of a later layer is one of the sum of its pieces, rounded once."""
    places: dict[tuple[str, int], list[tuple[int, int]]] = defaultdict(list)
    for number, own in enumerate(shared.got):
        for index, (_, reference) in enumerate(own):
            percent_bp = _percent_of(campaigns[reference], shared.uses)
            if percent_bp:
                places[reference, percent_bp].append((number, index))
    for (reference, percent_bp), those in places.items():
        weights = [shared.classes[number].piece.amount for number, _ in those]
        shares = spread(off_percent(sum(weights), percent_bp), weights)
        for (number, index), share in zip(those, shares, strict=True):
            own = shared.got[number]
            shared.got[number] = (*own[:index], (share, reference), *own[index + 1 :])


def _percent_of(one: Compiled, uses: Mapping[str, int]) -> int:
    """The percentage of each piece, of a kind that is for each piece; 0 for all other kinds."""
    terms = one.campaign.terms
    if terms.kind is Kind.PERCENT:
        return terms.percent_bp or 0
    if terms.kind is not Kind.TIERS:
        return 0
    reached = [tier for tier in terms.tiers if tier.quantity <= uses.get(one.reference, 0)]
    return (reached[-1].percent_bp or 0) if reached else 0
