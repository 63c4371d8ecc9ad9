"""What a campaign does, as a machine that is handed pieces one by one, the dearest first where it matters.

A machine's state is all that its future depends on, so the search may forget how it got there. Gains are in minor
units and may be taken back: a bundle at X gains the price of each piece, and loses X when it is full.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from retail.promotions.campaign import Terms
from retail.promotions.piece import Entry, Piece, costs_less, own_gain, spread

State = Any  # hashable
Step = tuple[State, int, int]  # state, gain, uses that this piece begins
Shares = list[tuple[Entry, int]]  # pieces of one use with what is taken off each


class Machine(ABC):
    """One campaign in one layer. `ordered`: pieces must come dearest first."""

    ordered: bool = False
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

    def step(self, state: State, entry: Entry) -> Step | None:
        """N for X: each piece's price now, minus X at the end. D less: pieces' prices count up to D, at the end."""
        count, worth = state if self.price is None and state else (state, 0)
        begun = int(not count)
        if self.price is not None:
            full = count + 1 == self.size
            return (0 if full else count + 1), entry.amount - (self.price if full else 0), begun
        worth = min(worth + entry.amount, self.off)
        if count + 1 == self.size:
            return 0, worth, begun
        return (count + 1, worth), 0, begun

    def shares(self, taken: list[Entry]) -> list[Shares]:
        found = []
        for first in range(0, len(taken), self.size):
            use = taken[first : first + self.size]
            worth = sum(entry.amount for entry in use)
            saving = worth - self.price if self.price is not None else min(self.off, worth)
            if saving > 0:
                found.append(_spread(use, saving))
        return found


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
        queues = [[entry for entry in taken if entry.group == group] for group in range(len(self.counts))]
        found = []
        while all(len(queue) >= need for queue, need in zip(queues, self.counts, strict=True)):
            use = [entry for queue, need in zip(queues, self.counts, strict=True) for entry in queue[:need]]
            queues = [queue[need:] for queue, need in zip(queues, self.counts, strict=True)]
            use.sort()
            saving = self._saving(use)
            if saving > 0:
                found.append(_spread(use, saving))
        return found

    def _saving(self, use: list[Entry]) -> int:
        if self.favoured:
            return sum(entry.gain for entry in use if entry.group in self.favoured)
        worth = sum(entry.amount for entry in use)
        return worth - self.price if self.price is not None else min(self.off, worth)


class Each(Machine):
    """Each piece gets the campaign's own gain, once enough of the goods are sold by it: pieces, or grams."""

    def __init__(self, terms: Terms, quantity: int, grams: int) -> None:
        super().__init__(terms)
        self.quantity, self.grams = quantity, grams

    def entries(self, place: int, piece: Piece, group: int, price: int | None) -> tuple[Entry, ...]:
        """None for what costs less already: that is not sold by it, and does not count towards its threshold."""
        if (self.grams and piece.grams is None) or costs_less(self.terms, piece, price):
            return ()
        return (Entry(place, piece.amount, own_gain(self.terms, piece, price), group, piece.grams or 0),)

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
        return any(entry.gain > alone for entry, _, alone in entries)

    def step(self, state: State, entry: Entry) -> Step | None:
        """State: what counts towards the threshold, up to it."""
        have = min(state + entry.grams, self.grams) if self.grams else min(state + 1, self.quantity)
        return have, entry.gain, 1

    def end(self, state: State) -> int | None:
        return 0 if not state or state >= (self.grams or self.quantity) else None

    def shares(self, taken: list[Entry]) -> list[Shares]:
        return [[(entry, entry.gain)] for entry in taken]


def _spread(use: list[Entry], saving: int) -> Shares:
    return list(zip(use, spread(saving, [entry.amount for entry in use]), strict=True))
