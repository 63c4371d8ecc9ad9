"""Bundles of several groups: mix and match, and B with A."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from retail.promotions.bundles import cheapest_of
from retail.promotions.campaign import Terms
from retail.promotions.handing import SCALE, Taken
from retail.promotions.machines import Machine, Shares, State, Step, spread_over
from retail.promotions.piece import Entry, Piece

_MANY: Final = 60


class GroupBundle(Machine):
    """So many pieces of each group together: at X, or D less, or those of `favoured` groups with their own gain."""

    def __init__(self, terms: Terms, favoured: frozenset[int] | None) -> None:
        super().__init__(terms)
        self.counts = terms.counts
        self.start = (0,) * len(self.counts)
        self.favoured = favoured
        self.many = False  # more pieces than states can be looked through
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
            own = ((-entry.amount, pieces) for entry, pieces, _ in entries if entry.group == group)
            worth -= sum(cheapest_of(own, count))
        fitted = GroupBundle(replace(self.terms, off=min(self.off, worth)) if self.off else self.terms, self.favoured)
        fitted.many = sum(pieces for _, pieces, _ in entries) > _MANY
        return fitted

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
                found.append(spread_over(use, saving))
        return found

    def pick(self, pieces: Sequence[tuple[int, Taken]], limit: int | None) -> list[Taken]:
        """The best uses of pieces that are in one group each: (what a piece costs that is taken elsewhere, its way).

        Of each group the pieces that bring most come first, and every bundle brings no more than the one before: so it
        ends with the first that brings nothing. All scaled.
        """
        groups = [
            sorted(
                ((self._brings(way.entry) - cost, way) for cost, way in pieces if way.entry.group == group),
                key=lambda one: (-one[0], one[1].entry),
            )
            for group in range(len(self.counts))
        ]
        found: list[Taken] = []
        each = (self.off - (self.price or 0)) * SCALE
        most = min(len(own) // need for own, need in zip(groups, self.counts, strict=True) if need)
        for number in range(most if limit is None else min(most, limit)):
            use = [
                one
                for own, need in zip(groups, self.counts, strict=True)
                for one in own[number * need : (number + 1) * need]
            ]
            if each + sum(brings for brings, _ in use) <= 0:
                break
            found += [way for _, way in use]
        return found

    def _brings(self, entry: Entry) -> int:
        if self.favoured:
            return entry.gain * SCALE if entry.group in self.favoured else 0
        return entry.amount * SCALE if self.price is not None else 0

    def coarse(self) -> Machine:
        """Of many pieces each has its share of X or D, whatever bundle it is in."""
        return _Shares(self.terms, self) if self.many else self

    def coarse_state(self, state: State) -> tuple[State, int]:
        if not self.many or self.favoured:
            return (state, 0) if not self.many else (0, 0)
        return 0, sum(state[: len(self.counts)]) * self.share()

    def share(self) -> int:
        """What one piece of a bundle gets of D, or pays of X (below zero); no less than that, scaled."""
        return -(-(self.off - (self.price or 0)) * SCALE // sum(self.counts))

    def brings(self, entry: Entry) -> int:
        """What a piece brings with its share."""
        return self._brings(entry) + (0 if self.favoured else self.share())

    def pure(self, ways: Sequence[Taken]) -> list[Taken]:
        by_group = {way.entry.group: way for way in ways}
        if any(need and group not in by_group for group, need in enumerate(self.counts)):
            return []
        return [by_group[group] for group, need in enumerate(self.counts) for _ in range(need)]

    def missing(self, state: State) -> int:
        """To fill as many bundles as are open."""
        bundles = max(-(-have // need) if need else 0 for have, need in zip(state, self.counts, strict=False))
        return sum(bundles * need - have for have, need in zip(state, self.counts, strict=False))

    def thin(self) -> Machine:
        """The same, but one bundle after the other, each for what it is worth."""
        if not self.off:
            return self
        thin = ThinGroupBundle(self.terms, self.favoured)
        thin.many = self.many
        return thin

    def overstated(self, shares: list[Shares]) -> int:
        return sum(self.off - sum(saving for _, saving in use) for use in shares) if self.off else 0

    def _saving(self, use: list[Entry]) -> int:
        if self.favoured:
            return sum(entry.gain for entry in use if entry.group in self.favoured)
        worth = sum(entry.amount for entry in use)
        return worth - self.price if self.price is not None else min(self.off, worth)


class ThinGroupBundle(GroupBundle):
    """D less, where some bundles cost less than that. State: pieces of the open bundle by group, and their worth."""

    def step(self, state: State, entry: Entry) -> Step | None:
        have, worth = (state[:-1], state[-1]) if len(state) > len(self.counts) else (state, 0)
        group = entry.group
        if have[group] == self.counts[group]:
            return None
        have = (*have[:group], have[group] + 1, *have[group + 1 :])
        worth = min(worth + entry.amount, self.off)
        return (self.start, worth, 1) if have == self.counts else ((*have, worth), 0, 0)

    def overstated(self, shares: list[Shares]) -> int:  # noqa: ARG002
        return 0


class _Shares(Machine):
    """Pieces that need no others: for bounds."""

    unit = 1

    def __init__(self, terms: Terms, fine: GroupBundle) -> None:
        super().__init__(terms)
        self._fine = fine

    def step(self, state: State, entry: Entry) -> Step:
        return state, self._fine.brings(entry), 0

    def shares(self, taken: list[Entry]) -> list[Shares]:
        """None: it is for bounds."""
        del taken
        return []
