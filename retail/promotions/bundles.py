"""Bundles of one group: N for X, D less, and those that favour their cheapest or dearest pieces."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from retail.promotions.campaign import Terms
from retail.promotions.handing import Taken
from retail.promotions.machines import Machine, Shares, State, Step, spread_over
from retail.promotions.piece import Entry, Piece


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
        if self.off <= sum(cheapest_of(((entry.amount, pieces) for entry, pieces, _ in entries), self.size)):
            return self
        if self.size == 1:
            return ThinBundle(self.terms)
        worth = -sum(cheapest_of(((-entry.amount, pieces) for entry, pieces, _ in entries), self.size))
        return Bundle(replace(self.terms, off=min(self.off, worth)))

    def pure(self, ways: Sequence[Taken]) -> list[Taken]:
        return list(ways[:1]) * self.size

    def missing(self, state: State) -> int:
        return self.size - state if state else 0

    def thin(self) -> Machine:
        """The same, but each bundle for what it is worth."""
        return self if self.price is not None else ThinBundle(self.terms)

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
                found.append(spread_over(use, saving))
        return found

    def overstated(self, shares: list[Shares]) -> int:
        """D less is at most what a bundle is worth, and which pieces make one the search does not know."""
        return sum(self.off - sum(saving for _, saving in use) for use in shares) if self.price is None else 0


class ThinBundle(Bundle):
    """N pieces cost D less, and some of them cost less than that: one bundle after the other for what it is worth."""

    def missing(self, state: State) -> int:
        return self.size - state[0] if state else 0

    def overstated(self, shares: list[Shares]) -> int:  # noqa: ARG002
        return 0

    def step(self, state: State, entry: Entry) -> Step | None:
        """State: 0, or pieces of the open bundle and what they are worth, up to D."""
        count, worth = state or (0, 0)
        worth = min(worth + entry.amount, self.off)
        if count + 1 == self.size:
            return 0, worth, int(not count)
        return (count + 1, worth), 0, int(not count)


def cheapest_of(amounts: Iterable[tuple[int, int]], count: int) -> list[int]:
    """The lowest of amounts with how many there are of each."""
    return sorted(amount for amount, pieces in amounts for _ in range(min(pieces, count)))[:count]


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

    def pure(self, ways: Sequence[Taken]) -> list[Taken]:
        return list(ways[:1]) * self.size

    def missing(self, state: State) -> int:
        return self.size - state if state else 0

    def shares(self, taken: list[Entry]) -> list[Shares]:
        runs = [taken[first : first + self.size] for first in range(0, len(taken), self.size)]
        return [spread_over(run, sum(entry.gain for entry in run[self.paid :])) for run in runs]


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

    def pure(self, ways: Sequence[Taken]) -> list[Taken]:
        favoured = [way for way in ways if not way.entry.group][:1]
        return favoured * self.favoured + [way for way in ways if way.entry.group][:1] * self.paid

    def missing(self, state: State) -> int:
        begun, owed = state
        return int(owed) + (self.favoured - begun if begun else 0)

    def shares(self, taken: list[Entry]) -> list[Shares]:
        best = [entry for entry in taken if not entry.group]
        paid = [entry for entry in taken if entry.group]
        found = []
        for number in range(len(best) // self.favoured):
            own = best[number * self.favoured : (number + 1) * self.favoured]
            use = [*own, *paid[number * self.paid : (number + 1) * self.paid]]
            found.append(spread_over(use, sum(entry.gain for entry in own)))
        return found
