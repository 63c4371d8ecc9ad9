"""Hundreds of pieces of one product: most of them are sold in whole uses of what pays best for each, without a search.

Of pieces that are all alike, a best answer sells all but a few in uses of the campaign that takes most off each: what
fits better at the edge, and what other goods need, are found by the search among the pieces that are left to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from retail.promotions.bundles import DearestFavoured
from retail.promotions.handing import SCALE, Lot, Taken
from retail.promotions.limited import Limited
from retail.promotions.machines import Machine

_LEFT: Final = 100  # of a lot, for the search
_LEFT_IN_ALL: Final = 1000  # of all lots together, where there are many
_FEWEST: Final = 12
_SURE: Final = 60  # what fits better at the edge is found among so many


def without_most(lots: Sequence[Lot], machines: Sequence[Machine]) -> tuple[list[Lot], list[Taken]]:
    """Lots of few pieces, and what was taken of the others."""
    found, taken = [], []
    left = left_of(lots)
    for lot in lots:
        if lot.pieces > left + left // 2 and not _counts_for_a_sum(lot, machines):
            use = _best_use(lot, machines)
            times = (lot.pieces - left) // max(1, len(use))
            taken += use * times
            found.append(Lot(lot.place, lot.pieces - times * max(1, len(use)), lot.alone, lot.choices))
        else:
            found.append(lot)
    return found, taken


def _counts_for_a_sum(lot: Lot, machines: Sequence[Machine]) -> bool:
    """Whether its pieces may count for a basket over X: the search has to see the whole sum."""
    own = [(machines[choice.machine], choice.entry) for choice in lot.choices]
    return any((one.inner if isinstance(one, Limited) else one).absorbs(entry) for one, entry in own)


def left_of(lots: Sequence[Lot]) -> int:
    """How many pieces of a large lot the search gets."""
    if sum(lot.pieces for lot in lots) <= _LEFT_IN_ALL:
        return _LEFT
    return max(_FEWEST, min(_LEFT, _LEFT_IN_ALL // len(lots)))


def is_proved(taken: Sequence[Taken], lots: Sequence[Lot], machines: Sequence[Machine]) -> bool:
    """Whether no other answer can be better for what was sold so: a machine that favours the dearest pieces may rather
    take those of one product and let the cheap ones of another pay for them, any number of times."""
    dearest = {number for number, machine in enumerate(machines) if isinstance(machine, DearestFavoured)}
    wanted = [number for lot in lots for number in {choice.machine for choice in lot.choices} & dearest]
    return not taken or (len(set(wanted)) == len(wanted) and left_of(lots) >= _SURE)


def _best_use(lot: Lot, machines: Sequence[Machine]) -> list[Taken]:
    """A use of pieces of this lot alone that takes most off each; empty if they are best sold by themselves."""
    best, use = lot.alone, list[Taken]()
    for number in dict.fromkeys(choice.machine for choice in lot.choices):
        machine = machines[number]
        own = (
            [] if isinstance(machine, Limited) else machine.pure([one for one in lot.choices if one.machine == number])
        )
        if own and (gain := _gain(machine, own) // len(own)) > best:
            best, use = gain, own
    return use


def _gain(machine: Machine, use: Sequence[Taken]) -> int:
    state, gained = machine.start, 0
    for one in use:
        done = machine.step(state, one.entry)
        if done is None:
            return 0
        state, gained = done[0], gained + done[1] * machine.unit
    return gained + (machine.end(state) or 0) * SCALE
