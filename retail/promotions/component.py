"""Pieces that have to do with each other by the campaigns that want them: parted from all others, and solved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from retail.promotions.basket_machine import OffBasket
from retail.promotions.bulk import is_proved, without_most
from retail.promotions.compiled import Compiled
from retail.promotions.handing import SCALE, Lot, Taken
from retail.promotions.limited import Limited
from retail.promotions.machines import Machine
from retail.promotions.parts import Got, PieceClass
from retail.promotions.piece import Entry
from retail.promotions.search import search

_MOST_COUNTED: Final = 3000  # pieces, by campaigns for all of them


@dataclass(frozen=True, slots=True)
class Solved:
    """By class what its pieces get, the best first (by themselves, too); uses; by how much it may fall short; and
    whether it took long."""

    got: tuple[tuple[Got, ...], ...]
    uses: tuple[tuple[str, int], ...]
    short_by: int
    hard: bool


def components(classes: Sequence[PieceClass], campaigns: Mapping[str, Compiled]) -> list[list[int]]:
    """Classes that share campaigns, directly or by others, or whose campaigns are of one group."""
    leaders: dict[str, str] = {}

    def leader(name: str) -> str:
        while leaders.setdefault(name, name) != name:
            name = leaders[name]
        return name

    for one in classes:
        for want in one.wants:
            group = campaigns[want[0]].campaign.group
            for name in (want[0], f"\0{group}") if group else (want[0],):
                leaders[leader(name)] = leader(one.wants[0][0])
    found: dict[str, list[int]] = {}
    for number, one in enumerate(classes):
        if one.wants:
            found.setdefault(leader(one.wants[0][0]), []).append(number)
    return list(found.values())


@dataclass(slots=True)
class _Running:
    """A machine in one component: its campaign's reference and what it might be handed."""

    reference: str
    machine: Machine
    group: str
    entries: list[tuple[int, Entry]] = field(default_factory=list)


def solve(classes: Sequence[PieceClass], campaigns: Mapping[str, Compiled]) -> Solved:
    """The best that the classes' campaigns can do together."""
    running, given_up = _without_most_baskets(classes, _running(classes, campaigns))
    choices: list[list[Taken]] = [[] for _ in classes]
    for number, one in enumerate(running):
        for place, entry in one.entries:
            choices[place].append(Taken(number, entry))
    rivals = [
        tuple(other for other, that in enumerate(running) if other != number and one.group and that.group == one.group)
        for number, one in enumerate(running)
    ]
    lots = [
        Lot(place, one.pieces, one.alone[0], tuple(choices[place]))
        for place, one in enumerate(classes)
        if choices[place]
    ]
    solved, saved, overstated = _searched(classes, running, lots, rivals)
    if given_up:
        solved = replace(solved, short_by=solved.short_by + given_up)
    if not overstated:
        return solved
    # What was claimed bounds all answers; one that claims less may be the better one.
    thin = [replace(one, machine=one.machine.thin()) for one in running]
    other, other_saved, less = _searched(classes, thin, lots, rivals)
    other_saved -= less
    most = saved + solved.short_by
    best, best_saved = (other, other_saved) if other_saved > saved - overstated else (solved, saved - overstated)
    return replace(best, short_by=max(0, most - best_saved))


def _without_most_baskets(classes: Sequence[PieceClass], running: list[_Running]) -> tuple[list[_Running], int]:
    """Dozens of campaigns for one large basket are more than can be weighed up: those that promise most are, and what
    the others promise is how far the answer may be off."""
    pieces = sum(one.pieces for one in classes)
    baskets = sorted(
        (-_promised(classes, one), number) for number, one in enumerate(running) if _is_basket(one.machine)
    )
    out = {number: -less for less, number in baskets[max(1, _MOST_COUNTED // max(1, pieces)) :]}
    return [one for number, one in enumerate(running) if number not in out], sum(out.values())


def _is_basket(machine: Machine) -> bool:
    return isinstance(machine.inner if isinstance(machine, Limited) else machine, OffBasket)


def _promised(classes: Sequence[PieceClass], one: _Running) -> int:
    machine = one.machine.inner if isinstance(one.machine, Limited) else one.machine
    reach = sum(entry.amount * classes[place].pieces for place, entry in one.entries)
    return machine.gain(reach) if isinstance(machine, OffBasket) else 0


def _searched(
    classes: Sequence[PieceClass], running: Sequence[_Running], lots: Sequence[Lot], rivals: Sequence[tuple[int, ...]]
) -> tuple[Solved, int, int]:
    """The answer, what the search says that it saves, and how much of that it does not."""
    machines = [one.machine for one in running]
    few, sold = without_most(lots, machines)
    found = search(few, machines, rivals)
    got: list[list[Got]] = [[] for _ in classes]
    uses = []
    of_machine = _by_machine([*sold, *found.taken])
    overstated = 0
    _count_the_rest(classes, running, of_machine)
    for number, entries in sorted(of_machine.items()):
        one = running[number]
        shares = one.machine.shares(entries)
        overstated += one.machine.overstated(shares)
        if shares:
            uses.append((one.reference, one.machine.times(entries, shares)))
        for use in shares:
            for entry, saving in use:
                got[entry.place].append((saving, one.reference))
    for one_class, own in zip(classes, got, strict=True):
        if one_class.alone[0]:
            own.extend([one_class.alone_got] * (one_class.pieces - len(own)))
        own.sort(key=lambda one: (-one[0], one[1]))
    saved = sum(saving for own in got for saving, _ in own) + overstated
    short_by = found.short_by
    if not is_proved(sold, lots, machines):
        short_by = sum(one.pieces * one.piece.amount for one in classes) - saved
    return Solved(tuple(tuple(own) for own in got), tuple(uses), short_by, found.hard), saved, overstated


def _by_machine(taken: Iterable[Taken]) -> dict[int, list[Entry]]:
    """What each machine was handed, in the fixed order of pieces."""
    found: dict[int, list[Entry]] = defaultdict(list)
    for one in taken:
        found[one.machine].append(one.entry)
    for entries in found.values():
        entries.sort()
    return found


def _count_the_rest(
    classes: Sequence[PieceClass], running: Sequence[_Running], of_machine: Mapping[int, list[Entry]]
) -> None:
    """What nothing took counts for a basket that is used, also where it is reached without it."""
    free = [0 if one.alone[0] else one.pieces for one in classes]
    for entries in of_machine.values():
        for entry in entries:
            free[entry.place] -= 1
    for number, entries in sorted(of_machine.items()):
        machine = running[number].machine
        bare = machine.inner if isinstance(machine, Limited) else machine
        if not isinstance(bare, OffBasket) or not machine.shares(entries):
            continue
        for place, entry in running[number].entries:
            entries.extend([entry] * max(0, free[place]))
            free[place] = min(0, free[place])
        entries.sort()


def _running(classes: Sequence[PieceClass], campaigns: Mapping[str, Compiled]) -> list[_Running]:
    """The machines that may be of use here, in the order of their references."""
    found = []
    for reference in sorted({want[0] for one in classes for want in one.wants}):
        one = campaigns[reference]
        group = one.campaign.group or (f"\0{reference}" if len(one.machines) > 1 else "")
        for machine in one.machines:
            entries = [
                (place, entry)
                for place, own in enumerate(classes)
                for want in own.wants
                if want[0] == reference
                for entry in machine.entries(place, own.piece, want[1], want[2])
            ]
            known = [(entry, classes[place].pieces, classes[place].alone[0] // SCALE) for place, entry in entries]
            if known and machine.worthwhile(known):
                found.append(_Running(reference, machine.fitted(known), group, entries))
    return found
