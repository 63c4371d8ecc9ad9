"""Prices for pieces that many campaigns want (Lagrangian relaxation): a bound for the search, and a first good answer.

Every piece of a class gets a price, at least what it gains by itself. At given prices campaigns do not compete: each
buys what pays for it. The prices of all pieces and the campaigns' profits together are never below what any lawful
answer gains; raising the price of what is wanted too often, and lowering it of what is left over, brings that down.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, Final

from retail.promotions.group_bundle import GroupBundle, ThinGroupBundle
from retail.promotions.handing import SCALE, Lot, Taken
from retail.promotions.limited import Limited
from retail.promotions.machines import Machine

_ROUNDS: Final = 60
_MOST_WORK: Final = 120_000  # steps of machines in all rounds
_PATIENCE: Final = 6  # rounds without a better bound until the steps get shorter
_NO_WAY: Final = -(1 << 62)

Pick = Callable[[Sequence[tuple[int, Taken]]], list[Taken]]
_Stage = dict[Any, int]  # the best profit to come by state


@dataclass(slots=True)
class Bound:
    """`value` and `taken`: the best answer so far; `most`: what no answer exceeds. All scaled."""

    value: int
    taken: list[Taken]
    most: int
    rest: list[int]  # by place in the order: the prices of all pieces from there on
    prices: list[int]
    views: list[_View]

    def hopes(self, number: int, left: int) -> Hopes:
        """For the moment when `left` pieces of a lot are to come."""
        base = self.rest[number + 1] + left * self.prices[number]
        stages = []
        for machine, view in enumerate(self.views):
            stage = view.stage(number, left)
            if view.lots[0][0] > number:
                base += stage[view.machine.start] + view.ahead  # it has not been handed anything
            elif view.lots[-1][0] >= number:
                stages.append((machine, view, stage))
        return Hopes(base, stages)


@dataclass(slots=True)
class Hopes:
    """What states can still gain at most, at one moment of the search."""

    base: int
    stages: list[tuple[int, _View, _Stage]]  # of machines that have been handed something and may get more

    def of(self, state: Sequence[Any]) -> int:
        """Far below zero for a state that has no lawful end."""
        hope = self.base
        for machine, view, stage in self.stages:
            inner = state[machine]
            if view.coarse:
                inner, more = view.fine.coarse_state(inner)
                hope += more
            hope += stage.get(inner, _NO_WAY)
        return hope


@dataclass(slots=True)
class _View:
    """One machine and the lots it would take from: (place in the order, the lot, its ways). `machine`: the coarse one;
    `ahead`: what that has more than `fine` from the start."""

    fine: Machine
    lots: list[tuple[int, Lot, list[Taken]]]
    stages: dict[tuple[int, int], _Stage] = field(default_factory=dict)
    after: list[int] = field(default_factory=list)  # by place in the order: the first own lot beyond it

    end: _Stage = field(default_factory=dict)
    machine: Machine = field(init=False)
    picks: Pick | None = field(init=False)
    coarse: bool = field(init=False)
    ahead: int = field(init=False)
    work: int = 0
    _pieces: dict[int, int] = field(default_factory=dict)
    _steps: dict[int, list[tuple[Taken, dict[Any, Any]]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.machine = self.fine.coarse()
        self.picks = self._pick()
        self.coarse = self.machine is not self.fine
        self.ahead = self.fine.coarse_state(self.fine.start)[1]

    def _pick(self) -> Pick | None:
        """How the machine chooses at once; None if it must be handed piece by piece."""
        bare, limit = (self.fine.inner, self.fine.limit) if isinstance(self.fine, Limited) else (self.fine, None)
        if not isinstance(bare, GroupBundle) or isinstance(bare, ThinGroupBundle):
            return None
        if any(len(ways) > 1 for _, _, ways in self.lots):
            return None
        return partial(bare.pick, limit=limit)

    def _picked(self, pick: Pick, prices: Sequence[int], pieces: Sequence[int]) -> tuple[int, list[Taken]]:
        offered = [(prices[number], ways[0]) for number, _, ways in self.lots for _ in range(pieces[number])]
        self.work += len(offered)
        taken = pick(offered)
        costs = {ways[0].entry.place: prices[number] for number, _, ways in self.lots}
        return (self.truly(taken) or 0) - sum(costs[one.entry.place] for one in taken), taken

    def counts(self, way: Taken) -> bool:
        """Whether a piece only counts towards a sum."""
        bare = self.fine.inner if isinstance(self.fine, Limited) else self.fine
        return bare.absorbs(way.entry)

    def truly(self, ways: Sequence[Taken]) -> int | None:
        """What the fine machine gains by these; None if it does not take them."""
        state, gained = self.fine.start, 0
        for way in ways:
            done = self.fine.step(state, way.entry)
            if done is None:
                return None
            state, gained = done[0], gained + done[1] * self.fine.unit
        gain = self.fine.end(state)
        return None if gain is None else gained + gain * SCALE

    def stage(self, number: int, left: int) -> _Stage:
        """The profit that is still possible by state, with `left` pieces of a lot to come."""
        stage = self.stages.get((number, left))
        if stage is None:
            after = self.after[number]
            stage = self.stages[after, self._pieces[after]] if after >= 0 else self.end
        return stage

    def _stepped(self, inner: Any, way: Taken, known: dict[Any, Any]) -> Any:
        done = known.get(inner, 0)
        if done == 0:
            done = known[inner] = self.machine.step(inner, way.entry)
        return done

    def best(self, prices: Sequence[int], pieces: Sequence[int]) -> tuple[int, list[Taken]]:
        """Its largest profit at those prices with so many pieces of each lot, and what it takes for that."""
        if self.picks is not None:
            return self._picked(self.picks, prices, pieces)
        states: dict[Any, tuple[int, Any]] = {self.machine.start: (0, None)}
        unit = self.machine.unit
        if not self._steps:
            self._steps = {number: [(way, {}) for way in ways] for number, _, ways in self.lots}
        for number, steps in self._steps.items():
            price = prices[number]
            for _ in range(pieces[number]):
                after = dict(states)
                self.work += len(states) * len(steps)
                for inner, (value, link) in states.items():
                    for way, cache in steps:
                        done = self._stepped(inner, way, cache)
                        if done is None:
                            continue
                        gained = value + done[1] * unit - price
                        known = after.get(done[0])
                        if known is None or gained > known[0]:
                            after[done[0]] = (gained, (link, way))
                states = after
        ends = [
            (value + gain * SCALE, link)
            for inner, (value, link) in states.items()
            if (gain := self.machine.end(inner)) is not None
        ]
        value, link = max(ends, key=lambda one: one[0])
        taken = []
        while link is not None:
            link, way = link
            taken.append(way)
        return value, taken[::-1]

    def look_ahead(self, prices: Sequence[int], order: Sequence[Lot]) -> None:
        """Work out for every reachable state what is still to come, piece by piece."""
        reach: list[tuple[int, int, set[Any]]] = []
        states = set(self.machine.all_states()) if self.coarse else {self.machine.start}
        for number, lot, ways in self.lots:
            for left in range(lot.pieces, 0, -1):
                reach.append((number, left, states))
                states = states | {
                    done[0] for inner in states for way in ways if (done := self.machine.step(inner, way.entry))
                }
        self.end = {inner: _NO_WAY if (gain := self.machine.end(inner)) is None else gain * SCALE for inner in states}
        stage = self.end
        ways_of = {number: ways for number, _, ways in self.lots}
        for number, left, own in reversed(reach):
            if (number, left - 1) not in self.stages:
                self.stages[number, left - 1] = stage
            stage = {inner: self._value(inner, stage, ways_of[number], prices[number]) for inner in own}
            self.stages[number, left] = stage
        self._pieces = {number: lot.pieces for number, lot, _ in self.lots}
        numbers = [number for number, _, _ in self.lots]
        self.after = [next((own for own in numbers if own > number), -1) for number in range(len(order))]

    def _value(self, inner: Any, stage: _Stage, ways: Sequence[Taken], price: int) -> int:
        best = stage.get(inner, _NO_WAY)
        for way in ways:
            done = self.machine.step(inner, way.entry)
            if done is not None:
                best = max(best, stage.get(done[0], _NO_WAY) + done[1] * self.machine.unit - price)
        return best


def priced(order: Sequence[Lot], machines: Sequence[Machine], rivals: Sequence[tuple[int, ...]]) -> Bound:
    """Look for prices; the best answer that was met on the way comes with them."""
    search = _Prices(
        order, [_View(machine, _lots_of(number, order)) for number, machine in enumerate(machines)], rivals
    )
    for _ in range(_ROUNDS):
        if not search.round():
            break
    for view in search.views:
        view.look_ahead(search.best, order)
    rest = [0] * (len(order) + 1)
    for number in range(len(order) - 1, -1, -1):
        rest[number] = rest[number + 1] + search.best[number] * order[number].pieces
    return Bound(search.value, search.taken, search.most, rest, search.best, search.views)


class _Prices:
    """Subgradient steps: `most` is the lowest bound so far, at the prices `best`; `value` the best lawful answer."""

    def __init__(self, order: Sequence[Lot], views: list[_View], rivals: Sequence[tuple[int, ...]]) -> None:
        self.views, self._rivals = views, rivals
        self._alone = [lot.alone for lot in order]
        self._pieces = [lot.pieces for lot in order]
        self._places = {lot.place: number for number, lot in enumerate(order)}
        self._prices = self.best = self._first_prices(order)
        self.most = -_NO_WAY
        self.value, self.taken = self._worth(self._alone), list[Taken]()
        self._pace, self._idle = 1.0, 0

    def _first_prices(self, order: Sequence[Lot]) -> list[int]:
        """What a piece brings in a use of its like: near the best prices already, where goods cost about the same."""
        prices = list(self._alone)
        for view in self.views:
            for number, _, ways in view.lots:
                use = view.fine.pure(ways)
                gained = view.truly(use) if use else 0
                if gained:
                    prices[number] = max(prices[number], gained // len(use))
        return prices if len(order) > 1 else list(self._alone)

    def _worth(self, prices: Sequence[int]) -> int:
        return sum(price * many for price, many in zip(prices, self._pieces, strict=True))

    def round(self) -> bool:
        """One step; False if there is nothing to gain by another."""
        profits = [view.best(self._prices, self._pieces) for view in self.views]
        bound = self._worth(self._prices) + sum(
            profit + view.ahead for (profit, _), view in zip(profits, self.views, strict=True)
        )
        self._idle += 1
        if bound < self.most:
            self.most, self.best, self._idle = bound, self._prices, 0
        own, taken = self._answer(profits)
        if own > self.value:
            self.value, self.taken = own, taken
        if self._idle >= _PATIENCE:
            self._pace, self._idle = self._pace / 2, 0
        left = list(self._pieces)
        for _, ways in profits:
            for way in ways:
                left[self._places[way.entry.place]] -= 1
        norm = sum(one * one for one in left)
        if self.most <= self.value or not norm or sum(view.work for view in self.views) > _MOST_WORK:
            return False
        step = self._pace * (bound - self.value) / norm
        self._prices = [
            max(low, round(price - step * one)) for low, price, one in zip(self._alone, self._prices, left, strict=True)
        ]
        return True

    def _answer(self, profits: Sequence[tuple[int, list[Taken]]]) -> tuple[int, list[Taken]]:
        """A lawful answer: the machines take in turn, the most profitable first, what the others have left."""
        left = list(self._pieces)
        used: set[int] = set()
        taken: list[Taken] = []
        value = self._worth(self._alone)
        turns = sorted(range(len(self.views)), key=lambda number: -profits[number][0])
        for costs, number in ((costs, number) for costs in (self._prices, self._alone) for number in turns):
            if number in used or used.intersection(self._rivals[number]):
                continue
            _, ways = self.views[number].best(costs, left)
            places = [self._places[way.entry.place] for way in ways]
            gained = self.views[number].truly(ways)
            if not ways or gained is None:
                continue
            gain = gained - sum(self._alone[place] for place in places)
            if gain > 0:
                used.add(number)
                value += gain
                taken += ways
                for place in places:
                    left[place] -= 1
        return self._with_the_rest(value, taken, left, used)

    def _with_the_rest(
        self, value: int, taken: list[Taken], left: list[int], used: set[int]
    ) -> tuple[int, list[Taken]]:
        """What nothing has taken, and what gains nothing by itself, counts for the basket that gives most for it."""
        free = [many if not alone else 0 for many, alone in zip(left, self._alone, strict=True)]
        best: tuple[int, list[Taken], int] = (0, [], -1)
        for number, view in enumerate(self.views):
            if number in used or used.intersection(self._rivals[number]):
                continue
            rest = [way for place, _, ways in view.lots for way in ways[:1] * free[place] if view.counts(way)]
            gained = view.truly(rest) if rest else 0
            if gained and gained > best[0]:
                best = (gained, rest, number)
        return value + best[0], taken + best[1]


def _lots_of(machine: int, order: Sequence[Lot]) -> list[tuple[int, Lot, list[Taken]]]:
    ways = ((number, lot, [way for way in lot.choices if way.machine == machine]) for number, lot in enumerate(order))
    return [(number, lot, own) for number, lot, own in ways if own]


def picked(order: Sequence[Lot], machines: Sequence[Machine]) -> list[Taken] | None:
    """The best answer where there is one machine that chooses at once; None for all else."""
    if len(machines) != 1:
        return None
    view = _View(machines[0], _lots_of(0, order))
    if view.picks is None:
        return None
    return view.best([lot.alone for lot in order], [lot.pieces for lot in order])[1]
