"""What a campaign does, as a machine that is handed pieces one by one, the dearest first where it matters.

A machine's state is all that its future depends on, so the search may forget how it got there. Gains are in minor
units and may be taken back: a bundle at X gains the price of each piece, and loses X when it is full.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from retail.promotions.campaign import Terms
from retail.promotions.handing import SCALE
from retail.promotions.piece import Entry, Piece, costs_less, own_gain, spread

State = Any  # hashable
Step = tuple[State, int, int]  # state, gain, uses that this piece begins
Shares = list[tuple[Entry, int]]  # pieces of one use with what is taken off each


class Machine(ABC):
    """One campaign in one layer. `ordered`: pieces must come dearest first."""

    ordered: bool = False
    unit: int = SCALE  # of its gains, in the search's own
    start: State = 0

    def __init__(self, terms: Terms) -> None:
        self.terms = terms

    def entries(self, place: int, piece: Piece, group: int, price: int | None) -> tuple[Entry, ...]:
        """The ways in which this machine takes a piece; none if it never does."""
        if piece.grams is not None:
            return ()
        return (Entry(place, piece.amount, own_gain(self.terms, piece, price), group, 0),)

    def worthwhile(self, entries: Sequence[tuple[Entry, int, int]]) -> bool:
        """Whether it can ever be used: (piece, how many there are, what each gains without this machine)."""
        return bool(entries)

    def fitted(self, entries: Sequence[tuple[Entry, int, int]]) -> Machine:  # noqa: ARG002 - D less looks at them
        """The machine for these goods."""
        return self

    @abstractmethod
    def step(self, state: State, entry: Entry) -> Step | None:
        """The state after one more piece; None if it does not take it now."""

    def end(self, state: State) -> int | None:
        """What is gained when no more pieces come; None if this is no lawful end."""
        return None if state else 0

    def absorbs(self, entry: Entry) -> bool:  # noqa: ARG002 - baskets look at its group
        """Whether it always takes such a piece, and is never worse off with it."""
        return False

    @abstractmethod
    def shares(self, taken: list[Entry]) -> list[Shares]:
        """The uses that the pieces handed to it make, in the fixed order of pieces."""

    def times(self, taken: list[Entry], shares: list[Shares]) -> int:  # noqa: ARG002 - baskets look at what counted
        """How often it was used then."""
        return len(shares)

    def overstated(self, shares: list[Shares]) -> int:  # noqa: ARG002 - bundles look at what they are worth
        """By how much the search took it for better than it is."""
        return 0


class Bundle(Machine):
    """N pieces together cost X, or D less."""

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self.size = terms.quantity
        self.price, self.off = terms.price, terms.off or 0

    def worthwhile(self, entries: Sequence[tuple[Entry, int, int]]) -> bool:
        """Whether its best N pieces save more by it than without it."""
        worth: list[int] = []
        for entry, pieces, alone in entries:
            value = -alone if self.price is None else entry.amount - alone
            worth += [value] * min(pieces, self.size)
        if len(worth) < self.size:
            return False
        best = sum(sorted(worth, reverse=True)[: self.size])
        return best + self.off > 0 if self.price is None else best > self.price

    def fitted(self, entries: Sequence[tuple[Entry, int, int]]) -> Machine:
        """D less is at most what a bundle is worth: where some are worth less, that has to be looked at."""
        cheapest = sum(_cheapest(((entry.amount, pieces) for entry, pieces, _ in entries), self.size))
        return self if self.off <= cheapest else ThinBundle(self.terms)

    def step(self, state: State, entry: Entry) -> Step | None:
        """State: pieces of the open bundle. N for X: each piece's price now, minus X at the end."""
        full = state + 1 == self.size
        gain = self.off if full else 0
        if self.price is not None:
            gain = entry.amount - (self.price if full else 0)
        return (0 if full else state + 1), gain, int(not state)

    def shares(self, taken: list[Entry]) -> list[Shares]:
        count = len(taken) // self.size
        uses = [taken[first : first + self.size] for first in range(0, count * self.size, self.size)]
        if self.price is None and any(sum(entry.amount for entry in use) < self.off for use in uses):
            uses = _dealt(taken, count)
        found = []
        for use in uses:
            worth = sum(entry.amount for entry in use)
            saving = worth - self.price if self.price is not None else min(self.off, worth)
            if saving > 0:
                found.append(_spread(use, saving))
        return found


class ThinBundle(Bundle):
    """N pieces cost D less, and some of them cost less than that: pieces are best mixed, dear with cheap."""

    def step(self, state: State, entry: Entry) -> Step | None:
        """State: 0, or pieces of the open bundle and what they are worth, up to D."""
        count, worth = state or (0, 0)
        worth = min(worth + entry.amount, self.off)
        if count + 1 == self.size:
            return 0, worth, int(not count)
        return (count + 1, worth), 0, int(not count)

    def overstated(self, shares: list[Shares]) -> int:
        """Bundles are looked for one after the other, so that others may be worth more together."""
        if self.size == 1:
            return 0
        worth = sum(entry.amount for use in shares for entry, _ in use)
        return min(len(shares) * self.off, worth) - sum(saving for use in shares for _, saving in use)


def _cheapest(amounts: Iterable[tuple[int, int]], count: int) -> list[int]:
    return sorted(amount for amount, pieces in amounts for _ in range(min(pieces, count)))[:count]


def _dearest(amounts: Iterable[tuple[int, int]], count: int) -> list[int]:
    return _cheapest(((-amount, pieces) for amount, pieces in amounts), count)


def _less_than(off: int, shares: list[Shares]) -> int:
    """D less is at most what a bundle is worth, and which pieces make one the search does not know."""
    return sum(off - sum(saving for _, saving in use) for use in shares)


def _dealt(taken: list[Entry], count: int) -> list[list[Entry]]:
    """Bundles of about the same worth: dearest first to and fro, as where D is more than the cheapest pieces cost."""
    uses: list[list[Entry]] = [[] for _ in range(count)]
    for number, entry in enumerate(taken):
        turn, place = divmod(number, count)
        uses[count - 1 - place if turn % 2 else place].append(entry)
    return uses


class CheapestFavoured(Machine):
    """Of each N + M pieces the M cheapest get the campaign's own gain. Best in runs, dearest first."""

    ordered = True

    def __init__(self, terms: Terms, paid: int, favoured: int) -> None:
        super().__init__(terms)
        self.paid, self.size, self.favoured = paid, paid + favoured, favoured

    def worthwhile(self, entries: Sequence[tuple[Entry, int, int]]) -> bool:
        """Whether there are enough pieces."""
        return sum(pieces for _, pieces, _ in entries) >= self.size

    def step(self, state: State, entry: Entry) -> Step | None:
        """State: pieces of the open bundle."""
        gain = entry.gain if state >= self.paid else 0
        return (state + 1) % self.size, gain, int(not state)

    def shares(self, taken: list[Entry]) -> list[Shares]:
        runs = [taken[first : first + self.size] for first in range(0, len(taken), self.size)]
        return [_spread(run, sum(entry.gain for entry in run[self.paid :])) for run in runs]


class DearestFavoured(Machine):
    """Of each N + M pieces the M dearest get the campaign's own gain; the others may be the cheapest that there are."""

    ordered = True
    start = (0, 0)  # favoured pieces of a set that is not full yet, pieces that are owed

    def __init__(self, terms: Terms, paid: int, favoured: int) -> None:
        super().__init__(terms)
        self.paid, self.favoured = paid, favoured

    def worthwhile(self, entries: Sequence[tuple[Entry, int, int]]) -> bool:
        """Whether there are enough pieces."""
        return sum(pieces for entry, pieces, _ in entries if not entry.group) >= self.paid + self.favoured

    def entries(self, place: int, piece: Piece, group: int, price: int | None) -> tuple[Entry, ...]:
        """In two ways: favoured (0), and paid for (1)."""
        return tuple(
            entry._replace(group=way) for entry in super().entries(place, piece, group, price) for way in (0, 1)
        )

    def step(self, state: State, entry: Entry) -> Step | None:
        """Group 0: a favoured piece. Group 1: one that is paid for, of a set whose favoured pieces were dearer."""
        begun, owed = state
        if not entry.group:
            first = not begun
            return ((begun + 1) % self.favoured, owed + self.paid * first), entry.gain, int(first)
        if owed - (self.paid if begun else 0) <= 0:
            return None
        return (begun, owed - 1), 0, 0

    def end(self, state: State) -> int | None:
        return None if state != self.start else 0

    def shares(self, taken: list[Entry]) -> list[Shares]:
        best = [entry for entry in taken if not entry.group]
        paid = [entry for entry in taken if entry.group]
        found = []
        for number in range(len(best) // self.favoured):
            own = best[number * self.favoured : (number + 1) * self.favoured]
            use = [*own, *paid[number * self.paid : (number + 1) * self.paid]]
            found.append(_spread(use, sum(entry.gain for entry in own)))
        return found


class GroupBundle(Machine):
    """So many pieces of each group together: at X, or D less, or those of `favoured` groups with their own gain."""

    def __init__(self, terms: Terms, favoured: frozenset[int] | None) -> None:
        super().__init__(terms)
        self.counts = terms.counts
        self.start = (0,) * len(self.counts)
        self.favoured = favoured
        self.price = None if favoured else terms.price
        self.off = 0 if favoured else terms.off or 0

    def worthwhile(self, entries: Sequence[tuple[Entry, int, int]]) -> bool:
        """Whether each group has enough pieces."""
        there = [0] * len(self.counts)
        for entry, pieces, _ in entries:
            if entry.group < len(there):
                there[entry.group] += pieces
        return all(have >= need for have, need in zip(there, self.counts, strict=True))

    def fitted(self, entries: Sequence[tuple[Entry, int, int]]) -> Machine:
        """D less is at most what the dearest bundle is worth."""
        worth = 0
        for group, count in enumerate(self.counts):
            own = ((entry.amount, pieces) for entry, pieces, _ in entries if entry.group == group)
            worth -= sum(_dearest(own, count))
        return self if self.off <= worth else GroupBundle(replace(self.terms, off=worth), self.favoured)

    def entries(self, place: int, piece: Piece, group: int, price: int | None) -> tuple[Entry, ...]:
        return super().entries(place, piece, group, price) if 0 <= group < len(self.counts) else ()

    def step(self, state: State, entry: Entry) -> Step | None:
        """State: pieces by group that are in no full bundle yet. D less counts in full: see `shares`."""
        group = entry.group
        have = (*state[:group], state[group] + 1, *state[group + 1 :])
        gain = entry.amount if self.price is not None else 0
        if self.favoured and group in self.favoured:
            gain = entry.gain
        if any(count < need for count, need in zip(have, self.counts, strict=True)):
            return have, gain, 0
        gain += self.off - (self.price or 0)
        return tuple(count - need for count, need in zip(have, self.counts, strict=True)), gain, 1

    def end(self, state: State) -> int | None:
        return None if any(state) else 0

    def shares(self, taken: list[Entry]) -> list[Shares]:
        # Of one group the dearest first, of the next the cheapest: so no bundle is worth less than it must be.
        queues = [
            [entry for entry in (reversed(taken) if group % 2 else taken) if entry.group == group]
            for group in range(len(self.counts))
        ]
        found = []
        while all(len(queue) >= need for queue, need in zip(queues, self.counts, strict=True)):
            use = [entry for queue, need in zip(queues, self.counts, strict=True) for entry in queue[:need]]
            queues = [queue[need:] for queue, need in zip(queues, self.counts, strict=True)]
            use.sort()
            saving = self._saving(use)
            if saving > 0:
                found.append(_spread(use, saving))
        return found

    def overstated(self, shares: list[Shares]) -> int:
        return _less_than(self.off, shares) if self.off else 0

    def _saving(self, use: list[Entry]) -> int:
        if self.favoured:
            return sum(entry.gain for entry in use if entry.group in self.favoured)
        worth = sum(entry.amount for entry in use)
        return worth - self.price if self.price is not None else min(self.off, worth)


class Each(Machine):
    """Each piece gets the campaign's own gain, once enough of the goods are sold by it: pieces, or grams."""

    def __init__(self, terms: Terms, quantity: int, grams: int, *, bags: bool = True, pooled: bool = False) -> None:
        super().__init__(terms)
        self.quantity, self.grams, self.bags = quantity, grams, bags
        self.pooled = pooled and terms.percent_bp is not None  # then gains are exact, and rounded as one
        if self.pooled:
            self.unit = 1

    def entries(self, place: int, piece: Piece, group: int, price: int | None) -> tuple[Entry, ...]:
        """None for what costs less already: that is not sold by it, and does not count towards its threshold."""
        if (self.grams and piece.grams is None) or (piece.grams is not None and not self.bags):
            return ()
        if costs_less(self.terms, piece, price):
            return ()
        gain = piece.amount * (self.terms.percent_bp or 0) if self.pooled else own_gain(self.terms, piece, price)
        return (Entry(place, piece.amount, gain, group, piece.grams or 0),)

    @property
    def simple(self) -> bool:
        """Whether one piece is enough: then pieces do not depend on each other."""
        return self.quantity <= 1 and not self.grams

    def worthwhile(self, entries: Sequence[tuple[Entry, int, int]]) -> bool:
        """Whether the threshold can be reached, and some piece gains more than without it."""
        if self.grams and sum(entry.grams * pieces for entry, pieces, _ in entries) < self.grams:
            return False
        if sum(pieces for _, pieces, _ in entries) < self.quantity:
            return False
        return any(entry.gain * self.unit > alone * SCALE for entry, _, alone in entries)

    def step(self, state: State, entry: Entry) -> Step | None:
        """State: what counts towards the threshold, up to it."""
        have = min(state + entry.grams, self.grams) if self.grams else min(state + 1, self.quantity)
        return have, entry.gain, 1

    def end(self, state: State) -> int | None:
        return 0 if not state or state >= (self.grams or self.quantity) else None

    def shares(self, taken: list[Entry]) -> list[Shares]:
        return [[(entry, entry.gain * self.unit // SCALE)] for entry in taken]


def _spread(use: list[Entry], saving: int) -> Shares:
    return list(zip(use, spread(saving, [entry.amount for entry in use]), strict=True))
