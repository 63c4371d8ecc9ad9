"""The engine: the cheapest lawful combination of campaigns for a basket. docs/promotions.md is its specification."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from retail.money import divide_half_up
from retail.promotions.campaign import NOBODY, Campaign, Kind, Shopper
from retail.promotions.compiled import Compiled, compiled
from retail.promotions.conditions import coupons_for, offered_to, uses_left
from retail.promotions.goods import Discount, Goods, Hint, Priced, Use
from retail.promotions.hints import hints_for
from retail.promotions.layer import LayerSolver
from retail.promotions.parts import Part
from retail.promotions.piece import GRAMS_PER_KG
from retail.promotions.tried_hints import tried

_MOST_TRIES: Final = 60  # where layers are in each other's way; each is a basket priced anew
_FEW_TRIES: Final = 6  # where one of them takes long already
_MOST_REMEMBERED: Final = 5000
_MOST_ASKED: Final = 4  # clubs and ways of paying that are tried for a hint


@dataclass(frozen=True, slots=True)
class _Answer:
    parts: tuple[Part, ...]
    uses: Mapping[str, int]
    short_by: int
    hard: bool

    @property
    def total(self) -> int:
        return sum(part.pieces * part.amount for part in self.parts)


@dataclass(slots=True)
class Engine:
    """Prices baskets, and remembers what it has worked out; for one thread at a time."""

    _solver: LayerSolver = field(default_factory=LayerSolver)
    _compiled: dict[tuple[str, int | None], Compiled] = field(default_factory=dict)

    def price(
        self,
        goods: Sequence[Goods],
        campaigns: Mapping[str, Campaign],
        shopper: Shopper = NOBODY,
        *,
        hints: bool = True,
    ) -> Priced:
        """The cheapest lawful combination; `campaigns` by reference, those that hold now. Conditions of the shopper are
        looked at here. Raises KeyError for a taking whose campaign nobody gave."""
        campaigns = _named(goods, campaigns)
        live = self._live(campaigns, shopper)
        parts = [_part(one) for one in goods]
        answer = self._best(parts, live)
        found: tuple[Hint, ...] = ()
        if hints and not answer.hard:  # a hint is no reason to wait
            found = (*self._without_more(parts, campaigns, shopper, answer), *self._more(parts, live, shopper, answer))
        short_by = min(answer.short_by, answer.total)
        return Priced(_discounts(answer, live), _uses(answer, live, shopper), found, short_by)

    def _without_more(
        self, parts: Sequence[Part], campaigns: Mapping[str, Campaign], shopper: Shopper, answer: _Answer
    ) -> Iterator[Hint]:
        """What being a member, or paying in another way, would save with the basket as it is."""
        others = [one for one in campaigns.values() if not offered_to(one, shopper)]
        clubs = sorted({club for one in others for club in one.clubs} - shopper.clubs)
        ways = sorted({way for one in others for way in one.ways} - {shopper.way, shopper.brand})
        asked = [(club, "", replace(shopper, clubs=shopper.clubs | {club})) for club in clubs]
        asked += [("", way, replace(shopper, way=way)) for way in ways]
        for club, way, other in asked[:_MOST_ASKED]:
            live = self._live(campaigns, other)
            then = self._best(parts, live)
            saving = answer.total - then.total
            used = [
                live[key].campaign
                for key in sorted(then.uses)
                if club in live[key].campaign.clubs or way in live[key].campaign.ways
            ]
            if saving > 0 and used:
                yield Hint(used[0], saving, club=club, way=way)

    def _more(
        self, parts: Sequence[Part], live: Mapping[str, Compiled], shopper: Shopper, answer: _Answer
    ) -> Iterator[Hint]:
        """What a little more on the basket would save."""
        left = [key for key, one in live.items() if uses_left(one.campaign, shopper) != answer.uses.get(key, 0)]
        offered = {key: one.campaign for key, one in live.items()}

        def price(some: Sequence[Part], own: Iterable[str]) -> tuple[int, Mapping[str, int]]:
            then = self._best(some, {key: live[key] for key in own})
            return _saved(some, then), then.uses

        hints = hints_for(offered, left, answer.parts)
        return tried(hints, parts, (answer.parts, answer.uses), offered, price)

    def _live(self, campaigns: Mapping[str, Campaign], shopper: Shopper) -> dict[str, Compiled]:
        return {
            reference: self._ready(reference, campaigns[reference], uses_left(campaigns[reference], shopper))
            for reference in campaigns
            if offered_to(campaigns[reference], shopper)
        }

    def _ready(self, reference: str, campaign: Campaign, limit: int | None) -> Compiled:
        known = self._compiled.get((reference, limit))
        if known is None:
            if len(self._compiled) > _MOST_REMEMBERED:
                self._compiled.clear()
                self._solver = LayerSolver()  # it remembers by these very objects
            known = self._compiled[reference, limit] = compiled(reference, campaign, limit)
        return known

    def _best(self, parts: Sequence[Part], live: Mapping[str, Compiled]) -> _Answer:
        """The layers one after the other; where an earlier one is in the way of a later one, also with less of it."""
        best = answer = self._in_layers(parts, live)
        if len({one.campaign.layer for one in live.values()}) <= 1:
            return best
        most_tries = _FEW_TRIES if best.hard else _MOST_TRIES
        limits: dict[str, int] = {}
        waiting = deque([(limits, answer)])
        seen = {frozenset(limits.items())}
        while waiting:
            limits, answer = waiting.popleft()
            for reference, fewer in _fewer(answer, live):
                less = limits | {reference: fewer}
                if frozenset(less.items()) in seen:
                    continue
                if len(seen) > most_tries:
                    most = self._at_most(parts, live) - _saved(parts, best)
                    return replace(best, short_by=max(best.short_by, most))
                seen.add(frozenset(less.items()))
                other = self._in_layers(parts, self._limited(live, less))
                waiting.append((less, other))
                if other.total < best.total:
                    best = other
        return best

    def _limited(self, live: Mapping[str, Compiled], limits: Mapping[str, int]) -> dict[str, Compiled]:
        return {
            reference: self._ready(reference, one.campaign, limits[reference]) if reference in limits else one
            for reference, one in live.items()
            if limits.get(reference, 1)
        }

    def _at_most(self, parts: Sequence[Part], live: Mapping[str, Compiled]) -> int:
        """What all layers could save if none was in the way of another: no later one sees higher prices than now."""
        return sum(
            _saved(
                parts, self._in_layers(parts, {key: one for key, one in live.items() if one.campaign.layer == layer})
            )
            for layer in {one.campaign.layer for one in live.values()}
        )

    def _in_layers(self, parts: Sequence[Part], live: Mapping[str, Compiled]) -> _Answer:
        uses: dict[str, int] = {}
        groups: set[str] = set()
        short_by, hard = 0, False
        for layer in sorted({one.campaign.layer for one in live.values()}):
            own = {
                reference: one
                for reference, one in live.items()
                if one.campaign.layer == layer and one.campaign.group not in groups
            }
            done = self._solver.solve(parts, own, pooled=layer > 0)
            parts, short_by, hard = done.parts, short_by + done.short_by, hard or done.hard
            uses.update(done.uses)
            groups |= {live[reference].campaign.group for reference, times in done.uses.items() if times} - {""}
        return _Answer(tuple(parts), {key: times for key, times in uses.items() if times}, short_by, hard)


def _in_the_way(answer: _Answer, live: Mapping[str, Compiled]) -> list[str]:
    """Campaigns of earlier layers that may keep a later one from its pieces, its sum or its turn."""
    used = {reference: live[reference].campaign for reference in sorted(answer.uses)}
    found: set[str] = set()
    for one in live.values():
        later = one.campaign
        for reference, earlier in used.items():
            if earlier.layer < later.layer and (
                earlier.alone or (earlier.group and earlier.group == later.group) or not _takes_what_is_left(one, used)
            ):
                found.add(reference)
    return [reference for reference in used if reference in found]


def _takes_what_is_left(later: Compiled, used: Mapping[str, Campaign]) -> bool:
    """Whether it loses nothing that the layers before it do not gain: a percentage, or a basket that is reached."""
    if later.campaign.alone:
        return False
    if later.campaign.terms.kind is Kind.BASKET:
        return later.reference in used and not later.campaign.terms.repeat
    return later.simple is not None and later.campaign.terms.kind is Kind.PERCENT


def _fewer(answer: _Answer, live: Mapping[str, Compiled]) -> Iterator[tuple[str, int]]:
    """What may be used less often, once less or not at all."""
    for reference in _in_the_way(answer, live):
        times = answer.uses[reference]
        yield from ((reference, fewer) for fewer in sorted({0, times - 1}))


def _saved(parts: Sequence[Part], answer: _Answer) -> int:
    return sum(part.pieces * part.amount for part in parts) - answer.total


def _named(goods: Sequence[Goods], campaigns: Mapping[str, Campaign]) -> dict[str, Campaign]:
    """The campaigns that are for these goods, in a fixed order: a shop has ten thousand, a basket sixty."""
    names = {taking.campaign for one in goods for taking in one.takings}
    names.update(reference for reference, one in campaigns.items() if one.everything)
    return {reference: campaigns[reference] for reference in sorted(names)}


def asked_minor(goods: Goods) -> int:
    """What a line costs without campaigns."""
    if goods.fixed_minor is not None:
        return goods.fixed_minor
    if goods.grams is not None:
        return divide_half_up(goods.unit_minor * goods.grams, GRAMS_PER_KG)
    return goods.unit_minor * goods.quantity


def _part(goods: Goods) -> Part:
    whole = goods.grams is not None or goods.fixed_minor is not None
    return Part(
        line=goods.number,
        sku=goods.sku,
        pieces=1 if whole else goods.quantity,
        amount=asked_minor(goods) if whole else goods.unit_minor,
        grams=goods.grams,
        fixed=goods.fixed_minor is not None,
        takings=goods.takings,
    )


def _discounts(answer: _Answer, live: Mapping[str, Compiled]) -> dict[int, tuple[Discount, ...]]:
    sums: dict[int, dict[str, tuple[int, int]]] = {}
    for part in answer.parts:
        for saving, reference in part.given:
            of_line = sums.setdefault(part.line, {})
            minor, pieces = of_line.get(reference, (0, 0))
            of_line[reference] = (minor + saving * part.pieces, pieces + part.pieces)
    return {
        line: tuple(
            Discount(live[reference].campaign, minor, pieces)
            for reference, (minor, pieces) in sorted(own.items(), key=lambda one: (live[one[0]].campaign.layer, one[0]))
        )
        for line, own in sorted(sums.items())
    }


def _uses(answer: _Answer, live: Mapping[str, Compiled], shopper: Shopper) -> tuple[Use, ...]:
    saved: dict[str, int] = {}
    for part in answer.parts:
        for saving, reference in part.given:
            saved[reference] = saved.get(reference, 0) + saving * part.pieces
    found = []
    for reference, times in sorted(answer.uses.items()):
        if not times or not saved.get(reference):
            continue
        campaign = live[reference].campaign
        coupons = coupons_for(campaign, shopper) if campaign.coupon else ()
        if campaign.coupon_single or campaign.coupon.endswith("*"):
            coupons = coupons[:times]
        found.append(Use(campaign, times, saved[reference], campaign.points * times, coupons))
    return tuple(found)
