"""Campaigns for a basket over X: the pieces that nothing else has taken count, and together they gain."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from retail.promotions.campaign import Terms
from retail.promotions.machines import Machine, Shares, State, Step
from retail.promotions.piece import Entry, Piece, off_percent, own_gain, spread

_GIFT: Final = 1
_WITHOUT_END: Final = 1_000_000


class OffBasket(Machine):
    """D less once X is reached, or for each full X, `most` times at most (None: as often as the sum reaches)."""

    def __init__(self, terms: Terms, most: int | None = 1) -> None:
        super().__init__(terms)
        self.need, self.off, self.most = max(1, terms.amount_from), terms.off or 0, most
        if most is None and self.off > self.need:
            self.most = _WITHOUT_END  # then the whole sum matters, as nothing is worth less than nothing

    def entries(self, place: int, piece: Piece, group: int, price: int | None) -> tuple[Entry, ...]:  # noqa: ARG002
        """All of its goods in group 0; bags and labels count, too."""
        return (Entry(place, piece.amount, 0, 0, 0),) if not group and piece.amount > 0 else ()

    def worthwhile(self, entries: Sequence[tuple[Entry, int, int]]) -> bool:
        """Whether the sum can be reached."""
        return sum(entry.amount * pieces for entry, pieces, _ in entries) >= self.need

    def step(self, state: State, entry: Entry) -> Step:
        """State: the sum so far, up to where more gains no more; or what is over the last full X."""
        have = state + entry.amount
        if self.most is None:
            full, rest = divmod(have, self.need)
            return rest, full * self.off, full
        begun = min(have // self.need, self.most) - min(state // self.need, self.most)
        return min(have, self.most * max(self.need, self.off)), self.gain(have) - self.gain(state), begun

    def gain(self, have: int) -> int:
        """What a sum gains."""
        full = have // self.need
        return min((full if self.most is None else min(full, self.most)) * self.off, have)

    def end(self, state: State) -> int:  # noqa: ARG002 - what does not reach it is paid for as it is
        return 0

    def absorbs(self, entry: Entry) -> bool:  # noqa: ARG002
        return True

    def shares(self, taken: list[Entry]) -> list[Shares]:
        worth = [entry.amount for entry in taken]
        saving = self.gain(sum(worth))
        return [list(zip(taken, spread(saving, worth), strict=True))] if saving else []

    def times(self, taken: list[Entry], shares: list[Shares]) -> int:
        """Once for each full X that counted."""
        if not shares:
            return 0
        full = sum(entry.amount for entry in taken) // self.need
        return full if self.most is None else min(full, self.most)


class PercentBasket(OffBasket):
    """P % off the sum once X is reached, rounded once: the state is the whole sum."""

    def step(self, state: State, entry: Entry) -> Step:
        """State: the whole sum, as it is rounded in the end."""
        have = state + entry.amount
        return have, self.gain(have) - self.gain(state), int(state < self.need <= have)

    def gain(self, have: int) -> int:
        """What a sum gains."""
        return off_percent(have, self.terms.percent_bp or 0) if have >= self.need else 0


class GiftBasket(Machine):
    """Some pieces of the gift are cheaper once the sum of all others reaches X."""

    start = (0, 0)  # the sum up to X, gifts

    def __init__(self, terms: Terms) -> None:
        super().__init__(terms)
        self.gifts = terms.counts[_GIFT]

    def entries(self, place: int, piece: Piece, group: int, price: int | None) -> tuple[Entry, ...]:
        """A piece of the gift (group 1), or one that counts (group 0)."""
        if not group:
            return (Entry(place, piece.amount, 0, 0, 0),) if piece.amount > 0 else ()
        gain = own_gain(self.terms, piece, price) if group == _GIFT and piece.grams is None else 0
        return (Entry(place, piece.amount, gain, _GIFT, 0),) if gain > 0 else ()

    def worthwhile(self, entries: Sequence[tuple[Entry, int, int]]) -> bool:
        """Whether the sum can be reached and there is a gift on the basket."""
        worth = sum(entry.amount * pieces for entry, pieces, _ in entries if not entry.group)
        return worth >= self.terms.amount_from and any(entry.group for entry, _, _ in entries)

    def step(self, state: State, entry: Entry) -> Step | None:
        have, gifts = state
        if not entry.group:
            return (min(have + entry.amount, self.terms.amount_from), gifts), 0, 0
        return ((have, gifts + 1), entry.gain, 1) if gifts < self.gifts else None

    def end(self, state: State) -> int | None:
        have, gifts = state
        return 0 if not gifts or have >= self.terms.amount_from else None

    def absorbs(self, entry: Entry) -> bool:
        return not entry.group

    def shares(self, taken: list[Entry]) -> list[Shares]:
        """The gift alone bears it: what counted is sold as it is, and by nothing else."""
        use = [(entry, entry.gain) for entry in taken]
        return [use] if any(gain for _, gain in use) else []

    def times(self, taken: list[Entry], shares: list[Shares]) -> int:
        """Once for each gift."""
        return sum(1 for entry in taken if entry.group) if shares else 0
