"""The search: pieces are handed out one by one, to a campaign or to none; of all ways to one state the best is kept.

Most baskets fall into parts of a few campaigns, which are done in a few dozen states, exactly. Where there are more
states than that, prices for pieces (retail.promotions.dual) bound what each state can still come to: states that cannot
beat a known answer go, and if there are still too many, so do those that promise least. What the best of these promised
is how far the answer can be from the optimum at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from retail.promotions.dual import Bound, picked, priced
from retail.promotions.handing import SCALE, Found, Lot, Taken
from retail.promotions.machines import Machine

_MOST_STATES: Final = 256  # without bounds
_FIRST_PRUNING: Final = 32
_MANY_TIMES: Final = 3  # bounds of states cost more than states
_WIDE: Final = 800
_NARROWEST: Final = 24
_MOST_STEPS: Final = 30_000  # of one search: a quarter of a second on a slow lane

_Link = tuple[Any, Taken]  # a chain of what was taken, the last first
_States = dict[tuple[Any, ...], tuple[int, _Link | None]]


def search(lots: Sequence[Lot], machines: Sequence[Machine], rivals: Sequence[tuple[int, ...]]) -> Found:
    """The best way to hand `lots` to `machines`; `rivals`: of each machine those that may not be used beside it."""
    order = _in_order(lots, machines)
    at_once = picked(order, machines)
    if at_once is not None:
        return Found(at_once)
    exact = _Run(order, machines, rivals, _MOST_STATES, None).best
    if exact is not None:
        return Found(_taken(exact[1]))
    bound = priced(order, machines, rivals)
    if bound.most <= bound.value:
        return Found(bound.taken, 0, hard=True)
    steps = sum(lot.pieces * (len(lot.choices) + 1) for lot in order)
    if steps > _MOST_STEPS // 2:
        return Found(bound.taken, -(-(bound.most - bound.value) // SCALE), hard=True)
    run = _Run(order, machines, rivals, max(_NARROWEST, min(_WIDE, _MOST_STEPS // steps)), bound)
    value, link = bound.value, None
    if run.best is not None and run.best[0] > value:
        value, link = run.best
    most = min(bound.most, max(run.lost, value))
    short_by = -(-(most - value) // SCALE) if most > value else 0
    return Found(bound.taken if link is None else _taken(link), short_by, hard=True)


def _taken(link: _Link | None) -> list[Taken]:
    taken = []
    while link is not None:
        link, one = link
        taken.append(one)
    return taken


def _in_order(lots: Sequence[Lot], machines: Sequence[Machine]) -> list[Lot]:
    """Dearest first where a machine asks for it; else so that few machines are open at a time."""
    waiting = {lot.place: lot for lot in sorted(lots, key=lambda lot: lot.place)}
    if len(machines) <= 1:
        return list(waiting.values())
    touched = {place: {choice.machine for choice in lot.choices} for place, lot in waiting.items()}
    left = [0] * len(machines)
    for of_lot in touched.values():
        for machine in of_lot:
            left[machine] += 1
    queues = {
        number: [place for place in waiting if number in touched[place]][::-1]
        for number, machine in enumerate(machines)
        if machine.ordered
    }
    open_now: set[int] = set()
    found = []
    while waiting:
        ready = (place for place in waiting if all(queues[n][-1] == place for n in touched[place] if n in queues))
        place = min(ready, key=lambda place: (_opened(touched[place], open_now, left), place))
        found.append(waiting.pop(place))
        for machine in touched[place]:
            left[machine] -= 1
            if machine in queues:
                queues[machine].pop()
        open_now = {machine for machine in open_now | touched[place] if left[machine]}
    return found


def _opened(of_lot: set[int], open_now: set[int], left: Sequence[int]) -> int:
    return sum(1 for machine in of_lot if machine not in open_now) - sum(1 for machine in of_lot if left[machine] == 1)


class _Run:
    """One pass over the lots. `best`: value and chain of the best lawful end that was found, or None.

    Without a `bound` it gives up when there are more than `width` states. With one, `lost` is the most that a state
    that was let go could have come to.
    """

    def __init__(
        self,
        lots: Sequence[Lot],
        machines: Sequence[Machine],
        rivals: Sequence[tuple[int, ...]],
        width: int,
        bound: Bound | None,
    ) -> None:
        self._machines, self._rivals, self._width, self._bound = machines, rivals, width, bound
        self.best: tuple[int, _Link | None] | None = None
        self.lost = 0
        self._pieces = [lot.pieces for lot in lots]
        self._missing: list[dict[Any, int]] = [{} for _ in machines]
        self._states: _States = {tuple(machine.start for machine in machines): (0, None)}
        last = {choice.machine: number for number, lot in enumerate(lots) for choice in lot.choices}
        for number, lot in enumerate(lots):
            if not self._take(lot, number):
                return
            closing = [
                (machine, any(last[other] > at for other in rivals[machine]))
                for machine, at in last.items()
                if at == number
            ]
            if closing:
                self._close(closing)
        self.best = max(self._states.values(), key=lambda one: one[0], default=None)

    def _take(self, lot: Lot, number: int) -> bool:
        """Hand out the pieces of a lot; False if it has given up."""
        steps: list[tuple[int, Machine, Taken, dict[Any, Any]]] = [
            (one.machine, self._machines[one.machine], one, {}) for one in lot.choices
        ]
        for left in range(lot.pieces - 1, -1, -1):
            self._states = self._after_one(lot, steps)
            if self._bound is not None:
                if not left or len(self._states) > _MANY_TIMES * self._width:
                    self._prune(self._bound, number, left)
                continue
            if len(self._states) > _FIRST_PRUNING:
                self._drop_unfinished(left + sum(self._pieces[number + 1 :]))
            if len(self._states) > self._width:
                return False
        return True

    def _drop_unfinished(self, left: int) -> None:
        """Let go of states whose bundles need more pieces than there are."""
        known = self._missing
        after: _States = {}
        for state, one in self._states.items():
            missing = 0
            for machine, inner in enumerate(state):
                if inner:
                    needed = known[machine].get(inner)
                    if needed is None:
                        needed = known[machine][inner] = (
                            0 if _is_mark(inner) else self._machines[machine].missing(inner)
                        )
                    missing += needed
            if missing <= left:
                after[state] = one
        self._states = after

    def _after_one(self, lot: Lot, steps: Sequence[tuple[int, Machine, Taken, dict[Any, Any]]]) -> _States:
        # What counts towards a basket, and is wanted by nothing else, always counts.
        sure = len(steps) == 1 and not lot.alone and steps[0][1].absorbs(steps[0][2].entry)
        alone = lot.alone
        after: _States = {}
        if not sure:
            after = {state: (value + alone, link) for state, (value, link) in self._states.items()}
        for machine, at_work, taken, cache in steps:
            unit, rivals, entry = at_work.unit, self._rivals[machine], taken.entry
            before, beyond = machine, machine + 1
            for state, (value, link) in self._states.items():
                inner = state[machine]
                done = cache.get(inner, 0)
                if done == 0:
                    done = cache[inner] = at_work.step(inner, entry)
                if done is None or (rivals and done[2] and self._ruled_out(machine, state)):
                    continue
                new = state[:before] + (done[0],) + state[beyond:]  # noqa: RUF005 - a third faster than unpacking
                gained = value + done[1] * unit
                known = after.get(new)
                if known is None or gained > known[0]:
                    after[new] = (gained, (link, taken))
        return after

    def _ruled_out(self, machine: int, state: tuple[Any, ...]) -> bool:
        return any(state[other] is not None and state[other][1] for other in self._rivals[machine])

    def _close(self, machines: Sequence[tuple[int, bool]]) -> None:
        """No more pieces for them. What rivals must know of one stays: whether it was used."""
        after: _States = {}
        for state, (value, link) in self._states.items():
            new, gained = list(state), value
            for machine, keep in machines:
                gain = self._machines[machine].end(state[machine])
                if gain is None:
                    break
                gained += gain * SCALE
                new[machine] = (None, min(state[machine][1], 1)) if keep else None
            else:
                closed = tuple(new)
                known = after.get(closed)
                if known is None or gained > known[0]:
                    after[closed] = (gained, link)
        self._states = after

    def _prune(self, bound: Bound, number: int, left: int) -> None:
        to_come, floor = bound.hopes(number, left).of, bound.value
        hopes = []
        for state, (value, _) in self._states.items():
            hope = value + to_come(state)
            if hope > floor:
                hopes.append((hope, state))
        if len(hopes) > self._width:
            hopes.sort(key=lambda one: -one[0])
            self.lost = max(self.lost, hopes[self._width][0])
            del hopes[self._width :]
        self._states = {state: self._states[state] for _, state in hopes}


def _is_mark(inner: Any) -> bool:
    """Whether a machine is closed, and this says to its rivals whether it was used."""
    return isinstance(inner, tuple) and inner[0] is None
