"""What a campaign does, as a machine that is handed pieces one by one, the dearest first where it matters.

A machine's state is all that its future depends on, so the search may forget how it got there. Gains are in minor
units and may be taken back: a bundle at X gains the price of each piece, and loses X when it is full.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any

from retail.money import spread
from retail.promotions.campaign import Terms
from retail.promotions.handing import SCALE, Taken
from retail.promotions.piece import Entry, Piece, costs_less, own_gain

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

    def pure(self, ways: Sequence[Taken]) -> list[Taken]:
        """One use of pieces that are all alike, by the ways to take such a piece; empty if there is none."""
        del ways
        return []

    def missing(self, state: State) -> int:  # noqa: ARG002 - bundles do not end half full
        """How many pieces it needs at least for a lawful end."""
        return 0

    def thin(self) -> Machine:
        """A machine that claims nothing that it may not get."""
        return self

    def coarse(self) -> Machine:
        """A machine of fewer states that never gains less: good enough for a bound."""
        return self

    def all_states(self) -> Iterable[State]:
        """Of a coarse machine: every state that a finer one may be taken for."""
        return (self.start,)

    def coarse_state(self, state: State) -> tuple[State, int]:
        """The coarse machine's state, and what it has gained by then more than this one has (scaled)."""
        return state, 0

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

    def pure(self, ways: Sequence[Taken]) -> list[Taken]:
        return list(ways[:1]) * max(1, self.quantity) if not self.grams else []

    def end(self, state: State) -> int | None:
        return 0 if not state or state >= (self.grams or self.quantity) else None

    def missing(self, state: State) -> int:
        if self.grams:
            return int(0 < state < self.grams)
        return max(0, self.quantity - state) if state else 0

    def shares(self, taken: list[Entry]) -> list[Shares]:
        return [[(entry, entry.gain * self.unit // SCALE)] for entry in taken]


def spread_over(use: list[Entry], saving: int) -> Shares:
    """A saving in proportion to what the pieces cost."""
    return list(zip(use, spread(saving, [entry.amount for entry in use]), strict=True))
