"""The engine: the cheapest lawful combination of campaigns for a basket. docs/promotions.md is its specification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import Final

from retail.money import divide_half_up
from retail.promotions.campaign import NOBODY, Campaign, Shopper
from retail.promotions.compiled import Compiled, compiled
from retail.promotions.conditions import coupons_for, offered_to, uses_left
from retail.promotions.goods import Discount, Goods, Priced, Use
from retail.promotions.hints import hints_for
from retail.promotions.layer import LayerSolver, Part
from retail.promotions.piece import GRAMS_PER_KG

_MOST_LEFT_OUT: Final = 4  # campaigns of which every set is tried without, where layers depend on each other


@dataclass(frozen=True, slots=True)
class _Answer:
    parts: tuple[Part, ...]
    uses: Mapping[str, int]
    short_by: int

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
        live = self._live(campaigns, shopper)
        parts = [_part(one) for one in goods]
        answer = self._best(parts, live)
        return Priced(
            discounts=_discounts(answer, live),
            uses=_uses(answer, live, shopper),
            hints=hints_for(goods, campaigns, shopper, answer.parts) if hints else (),
            off_at_most_minor=answer.short_by,
        )

    def _live(self, campaigns: Mapping[str, Campaign], shopper: Shopper) -> dict[str, Compiled]:
        live = {}
        for reference in sorted(campaigns):
            campaign = campaigns[reference]
            if offered_to(campaign, shopper):
                key = (reference, uses_left(campaign, shopper))
                known = self._compiled.get(key)
                if known is None:
                    known = self._compiled[key] = compiled(reference, campaign, key[1])
                live[reference] = known
        return live

    def _best(self, parts: Sequence[Part], live: Mapping[str, Compiled]) -> _Answer:
        best = self._in_layers(parts, live)
        layers = {one.campaign.layer for one in live.values()}
        if len(layers) > 1:
            best = self._with_less(parts, live, best, max(layers))
        return best

    def _with_less(self, parts: Sequence[Part], live: Mapping[str, Compiled], best: _Answer, last: int) -> _Answer:
        """A campaign of an earlier layer may be in the way of a better one: each set of those used is left out once."""
        used = [reference for reference in sorted(best.uses) if live[reference].campaign.layer < last]
        used.sort(key=lambda reference: not live[reference].campaign.alone)
        for count in range(1, _MOST_LEFT_OUT + 1):
            for out in combinations(used[:_MOST_LEFT_OUT], count):
                less = {reference: one for reference, one in live.items() if reference not in out}
                other = self._in_layers(parts, less)
                if other.total < best.total:
                    best = other
        return best

    def _in_layers(self, parts: Sequence[Part], live: Mapping[str, Compiled]) -> _Answer:
        uses: dict[str, int] = {}
        short_by = 0
        for layer in sorted({one.campaign.layer for one in live.values()}):
            own = {reference: one for reference, one in live.items() if one.campaign.layer == layer}
            done = self._solver.solve(parts, own, pooled=layer > 0)
            parts, short_by = done.parts, short_by + done.short_by
            uses.update(done.uses)
        return _Answer(tuple(parts), uses, short_by)


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
