"""The search: pieces are handed out one by one, to a campaign or to none; of all ways to one state the best is kept.

Exact while there are no more states than `width`. Beyond that the states that promise most are kept, and what the best
of the others promised bounds how far the answer can be from the optimum.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from retail.promotions.machines import MILLI, Machine
from retail.promotions.piece import Entry

_NARROW: Final = 48
_WIDE: Final = 1500
_MOST_STEPS: Final = 150_000  # of one search: a quarter of a second on a slow lane
_FIRST_PRUNING: Final = 24  # below so many states a bound costs more than it saves

# A chain of choices, the last one first: (before, place of the piece's class, machine or -1, entry).
_Link = tuple[Any, int, int, Entry | None]
_States = dict[tuple[Any, ...], tuple[int, _Link | None]]


@dataclass(frozen=True, slots=True)
class Choice:
    """One way to sell a piece: by which machine, and as what there."""

    machine: int
    entry: Entry


@dataclass(slots=True)
class Lot:
    """All pieces of one class: how many, what each gains by itself, and the machines that would take it."""

    place: int
    pieces: int
    alone: int
    choices: tuple[Choice, ...]


@dataclass(slots=True)
class Found:
    """What each machine was handed, in the order of pieces, and how much more another answer could gain at most."""

    taken: dict[int, list[Entry]] = field(default_factory=dict)
    short_by: int = 0


def search(lots: Sequence[Lot], machines: Sequence[Machine], rivals: Sequence[tuple[int, ...]]) -> Found:
    """The best way to hand `lots` to `machines`; `rivals`: of each machine those that may not be used beside it."""
    order = _in_order(lots, machines)
    narrow = _Run(order, machines, rivals, _NARROW, None)
    best = narrow.best()
    if narrow.lost is None or best is None or narrow.lost <= best[0] * MILLI:
        return _found(best, 0)
    steps = sum(lot.pieces * (len(lot.choices) + 1) for lot in order)
    wide = _Run(order, machines, rivals, max(_NARROW, min(_WIDE, _MOST_STEPS // steps)), best[0])
    again = wide.best()
    if again is None or again[0] < best[0]:
        again = best
    lost = 0 if wide.lost is None else wide.lost // MILLI - again[0]
    return _found(again, max(0, lost))


def _found(best: tuple[int, _Link | None] | None, short_by: int) -> Found:
    found = Found(short_by=short_by)
    link = None if best is None else best[1]
    while link is not None:
        link_before, _, machine, entry = link
        if entry is not None:
            found.taken.setdefault(machine, []).append(entry)
        link = link_before
    for taken in found.taken.values():
        taken.sort()
    return found


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
    ordered = [number for number, machine in enumerate(machines) if machine.ordered]
    queues = {number: [place for place in waiting if number in touched[place]] for number in ordered}
    open_now: set[int] = set()
    found = []
    while waiting:
        ready = [place for place in waiting if all(queues[n][0] == place for n in touched[place] if n in queues)]
        place = min(ready, key=lambda place: (_opened(touched[place], open_now, left), place))
        found.append(waiting.pop(place))
        for machine in touched[place]:
            left[machine] -= 1
            if machine in queues:
                queues[machine].pop(0)
        open_now = {machine for machine in open_now | touched[place] if left[machine]}
    return found


def _opened(of_lot: set[int], open_now: set[int], left: Sequence[int]) -> int:
    return sum(1 for machine in of_lot if machine not in open_now) - sum(1 for machine in of_lot if left[machine] == 1)


class _Run:
    """One pass over the lots. `lost`: the most, in thousandths, that a state given up could have come to."""

    def __init__(
        self,
        lots: Sequence[Lot],
        machines: Sequence[Machine],
        rivals: Sequence[tuple[int, ...]],
        width: int,
        floor: int | None,
    ) -> None:
        self._machines, self._rivals = machines, rivals
        self._width, self._floor = width, floor
        self.lost: int | None = None
        self._rest, self._peaks = _rest_of(lots, len(machines), machines)
        last = {choice.machine: number for number, lot in enumerate(lots) for choice in lot.choices}
        self._states: _States = {tuple(machine.start for machine in machines): (0, None)}
        for number, lot in enumerate(lots):
            self._take(lot, number)
            for machine, at in last.items():
                if at == number:
                    self._close(machine, keep=any(last[other] > at for other in rivals[machine]))

    def best(self) -> tuple[int, _Link | None] | None:
        """The best lawful end; None if the states that were kept have none."""
        return max(self._states.values(), key=lambda one: one[0], default=None)

    def _take(self, lot: Lot, number: int) -> None:
        steps: list[tuple[int, Entry, dict[Any, Any]]] = [(one.machine, one.entry, {}) for one in lot.choices]
        # What counts towards a basket, and is wanted by nothing else, always counts.
        sure = len(steps) == 1 and not lot.alone and self._machines[steps[0][0]].absorbs(steps[0][1])
        for piece in range(lot.pieces):
            after: _States = {}
            for state, (value, link) in self._states.items():
                own = value + lot.alone
                known = after.get(state)
                if not sure and (known is None or own > known[0]):
                    after[state] = (own, link)
                for machine, entry, cache in steps:
                    inner = state[machine]
                    done = cache.get(inner, 0)
                    if done == 0:
                        done = cache[inner] = self._machines[machine].step(inner, entry)
                    if done is None:
                        continue
                    if done[2] and self._rivals[machine] and self._ruled_out(machine, state):
                        continue
                    new = (*state[:machine], done[0], *state[machine + 1 :])
                    gained = value + done[1]
                    known = after.get(new)
                    if known is None or gained > known[0]:
                        after[new] = (gained, (link, lot.place, machine, entry))
            self._states = after
            if len(after) > _FIRST_PRUNING:
                self._prune(lot, number, lot.pieces - piece - 1)

    def _ruled_out(self, machine: int, state: tuple[Any, ...]) -> bool:
        return any(state[other] is not None and state[other][1] for other in self._rivals[machine])

    def _close(self, machine: int, *, keep: bool) -> None:
        """No more pieces for it. What rivals must know of it stays: whether it was used."""
        after: _States = {}
        for state, (value, link) in self._states.items():
            gain = self._machines[machine].end(state[machine])
            if gain is None:
                continue
            mark = (None, min(state[machine][1], 1)) if keep else None
            new = (*state[:machine], mark, *state[machine + 1 :])
            known = after.get(new)
            if known is None or value + gain > known[0]:
                after[new] = (value + gain, link)
        self._states = after

    def _prune(self, lot: Lot, number: int, pieces_left: int) -> None:
        if self._floor is None and len(self._states) <= self._width:
            return
        rest = self._rest[number + 1] + pieces_left * _best_of(lot, self._machines)
        peaks = self._peaks[number]
        hopes: list[tuple[int, tuple[Any, ...]]] = []
        floor = None if self._floor is None else self._floor * MILLI
        for state, (value, _) in self._states.items():
            hope = value * MILLI + rest
            for machine, inner in enumerate(state):
                if inner is not None and not _is_mark(inner):
                    hope += self._machines[machine].hope(inner, peaks[machine])
            if floor is None or hope > floor:
                hopes.append((hope, state))
        if len(hopes) > self._width:
            hopes.sort(key=lambda one: -one[0])
            given_up = hopes[self._width][0]
            self.lost = given_up if self.lost is None else max(self.lost, given_up)
            del hopes[self._width :]
        self._states = {state: self._states[state] for _, state in hopes}


def _is_mark(inner: Any) -> bool:
    return isinstance(inner, tuple) and inner[0] is None


def _best_of(lot: Lot, machines: Sequence[Machine]) -> int:
    uppers = [machines[choice.machine].upper(choice.entry) for choice in lot.choices]
    return max(lot.alone * MILLI, *uppers) if uppers else lot.alone * MILLI


def _rest_of(lots: Sequence[Lot], count: int, machines: Sequence[Machine]) -> tuple[list[int], list[list[int]]]:
    """For each place in the order: what all lots from there on may bring, and each machine's largest own gain."""
    rest, peaks = [0] * (len(lots) + 1), [[0] * count for _ in range(len(lots) + 1)]
    for number in range(len(lots) - 1, -1, -1):
        lot = lots[number]
        rest[number] = rest[number + 1] + lot.pieces * _best_of(lot, machines)
        peaks[number] = list(peaks[number + 1])
        for choice in lot.choices:
            peaks[number][choice.machine] = max(peaks[number][choice.machine], choice.entry.gain)
    return rest, peaks
