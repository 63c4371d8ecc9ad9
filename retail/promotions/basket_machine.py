"""Campaigns for a basket over X: the pieces that nothing else has taken count, and together they gain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from retail.money import spread
from retail.promotions.campaign import Terms
from retail.promotions.handing import SCALE
from retail.promotions.machines import Machine, Shares, State, Step
from retail.promotions.piece import WHOLE, Entry, Piece, off_percent, own_gain

_GIFT: Final = 1
_WITHOUT_END: Final = 1_000_000
_STEPS: Final = 48


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

    def coarse(self) -> Machine:
        """By steps of the sum, rounded up; without end by its share in each full X."""
        if self.most == _WITHOUT_END:
            return _EachItsShare(self.terms, 1, 1)
        return _EachItsShare(self.terms, self.off, self.need) if self.most is None else _Rounded(self)

    def coarse_state(self, state: State) -> tuple[State, int]:
        if self.most == _WITHOUT_END:
            return 0, (state - self.gain(state)) * SCALE
        if self.most is None:
            return 0, _share(state, self.off, self.need)
        rounded = _Rounded(self).up(state)
        return rounded, (self.gain(rounded) - self.gain(state)) * SCALE

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

    def coarse(self) -> Machine:
        """Each piece its percentage, whether the sum is reached or not."""
        return _EachItsShare(self.terms, self.terms.percent_bp or 0, WHOLE)

    def coarse_state(self, state: State) -> tuple[State, int]:
        """The rounding may bring a whole minor unit."""
        return 0, state * (self.terms.percent_bp or 0) - self.gain(state) * SCALE + SCALE


def _share(amount: int, off: int, need: int) -> int:
    return -(-amount * off * SCALE // need)


class _EachItsShare(Machine):
    """A part of each piece's price, without any state."""

    unit = 1

    def __init__(self, terms: Terms, off: int, need: int) -> None:
        super().__init__(terms)
        self._off, self._need = off, need

    def step(self, state: State, entry: Entry) -> Step:
        return state, _share(entry.amount, self._off, self._need), 0

    def shares(self, taken: list[Entry]) -> list[Shares]:
        """None: it is for bounds."""
        del taken
        return []


class _Rounded(OffBasket):
    """The sum in steps."""

    def __init__(self, fine: OffBasket) -> None:
        super().__init__(fine.terms, fine.most)
        self._top = (self.most or 0) * max(self.need, self.off)
        self._grain = max(1, self._top // _STEPS)

    def all_states(self) -> Iterable[State]:
        return (*range(0, self._top, self._grain), self._top)

    def up(self, have: int) -> int:
        """A sum rounded up."""
        return min(-(-have // self._grain) * self._grain, self._top)

    def step(self, state: State, entry: Entry) -> Step:
        have = self.up(state + entry.amount)
        return have, self.gain(have) - self.gain(state), 0


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

    def coarse(self) -> Machine:
        """The gifts alone."""
        return _Gifts(self.terms)

    def coarse_state(self, state: State) -> tuple[State, int]:
        return state[1], 0

    def absorbs(self, entry: Entry) -> bool:
        return not entry.group

    def shares(self, taken: list[Entry]) -> list[Shares]:
        """The gift alone bears it: what counted is sold as it is, and by nothing else."""
        use = [(entry, entry.gain) for entry in taken]
        return [use] if any(gain for _, gain in use) else []

    def times(self, taken: list[Entry], shares: list[Shares]) -> int:
        """Once for each gift."""
        return sum(1 for entry in taken if entry.group) if shares else 0


class _Gifts(Machine):
    """So many pieces of the gift, whatever else is on the basket."""

    def all_states(self) -> Iterable[State]:
        return range(self.terms.counts[_GIFT] + 1)

    def step(self, state: State, entry: Entry) -> Step | None:
        if not entry.group:
            return state, 0, 0
        return (state + 1, entry.gain, 1) if state < self.terms.counts[_GIFT] else None

    def end(self, state: State) -> int:  # noqa: ARG002
        return 0

    def shares(self, taken: list[Entry]) -> list[Shares]:
        """None: it is for bounds."""
        del taken
        return []
