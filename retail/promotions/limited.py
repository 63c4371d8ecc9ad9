"""A machine that may be used only so often, or that must know whether it was used at all."""

from __future__ import annotations

from collections.abc import Sequence

from retail.promotions.handing import Taken
from retail.promotions.machines import Machine, Shares, State, Step
from retail.promotions.piece import Entry, Piece


class Limited(Machine):
    """State: (the machine's own, uses so far); without a limit whether it was used."""

    def __init__(self, inner: Machine, limit: int | None) -> None:
        super().__init__(inner.terms)
        self.inner, self.limit = inner, limit
        self.ordered, self.unit = inner.ordered, inner.unit
        self.start = (inner.start, 0)

    def entries(self, place: int, piece: Piece, group: int, price: int | None) -> tuple[Entry, ...]:
        return self.inner.entries(place, piece, group, price)

    def worthwhile(self, entries: Sequence[tuple[Entry, int, int]]) -> bool:
        return self.inner.worthwhile(entries)

    def fitted(self, entries: Sequence[tuple[Entry, int, int]]) -> Machine:
        inner = self.inner.fitted(entries)
        return self if inner is self.inner else Limited(inner, self.limit)

    def pure(self, ways: Sequence[Taken]) -> list[Taken]:
        return self.inner.pure(ways)

    def missing(self, state: State) -> int:
        return self.inner.missing(state[0])

    def thin(self) -> Machine:
        return Limited(self.inner.thin(), self.limit)

    def coarse(self) -> Machine:
        """The coarse machine within, without a limit."""
        inner = self.inner.coarse()
        return self if inner is self.inner else inner

    def coarse_state(self, state: State) -> tuple[State, int]:
        return (state, 0) if self.inner.coarse() is self.inner else self.inner.coarse_state(state[0])

    def step(self, state: State, entry: Entry) -> Step | None:
        inner, used = state
        done = self.inner.step(inner, entry)
        if done is None:
            return None
        after, gain, begun = done
        if self.limit is None:
            return (after, min(used + begun, 1)), gain, begun
        return None if used + begun > self.limit else ((after, used + begun), gain, begun)

    def end(self, state: State) -> int | None:
        return self.inner.end(state[0])

    def shares(self, taken: list[Entry]) -> list[Shares]:
        return self.inner.shares(taken)

    def overstated(self, shares: list[Shares]) -> int:
        return self.inner.overstated(shares)

    def times(self, taken: list[Entry], shares: list[Shares]) -> int:
        return self.inner.times(taken, shares)
