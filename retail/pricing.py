"""The price of a basket: the one door to the promotion engine, the same for lane and hub.

Integer minor units throughout; prices include tax. Multi-buys are taken only where they make the basket cheaper, the
one that saves most first, and their saving is spread over the lines to the minor unit, so that a part-return is right.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Protocol

from retail.money import divide_half_up
from retail.product import Unit
from retail.promotions.campaign import NOBODY, Campaign, Kind, Shopper
from retail.promotions.goods import Discount, Goods, Hint, Priced, Use
from retail.sale import Line

_GRAMS_PER_KG = 1000
_BASIS_POINTS = 10_000

AppliedOffer = Discount


class Pricer(Protocol):
    """The promotion engine, see retail.promotions.engine."""

    def price(self, goods: Sequence[Goods], campaigns: Mapping[str, Campaign], shopper: Shopper) -> Priced: ...


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line's money: list price, what specials and offers took off, what is to be paid."""

    number: int
    list_minor: int
    special_saving_minor: int
    applied: tuple[AppliedOffer, ...]
    tax_minor: int = 0

    @property
    def saved_minor(self) -> int:
        """All that this line saves against its list price."""
        return self.special_saving_minor + sum(applied.saving_minor for applied in self.applied)

    @property
    def net_minor(self) -> int:
        """What is to be paid for this line."""
        return self.list_minor - self.saved_minor


@dataclass(frozen=True, slots=True)
class TaxPart:
    """The goods of one tax rate (in 1/100 %): what is paid for them and the tax contained in it."""

    rate_bp: int
    gross_minor: int
    tax_minor: int


@dataclass(frozen=True, slots=True)
class PricedBasket:
    """A whole basket's money. `pieces` counts what the shopper holds: a weighed bag is one."""

    lines: tuple[PricedLine, ...] = ()
    tax: tuple[TaxPart, ...] = ()
    pieces: int = 0
    uses: tuple[Use, ...] = ()
    hints: tuple[Hint, ...] = ()
    points: int = 0
    off_at_most_minor: int = 0

    @property
    def bounded(self) -> bool:
        """Whether the search was cut short."""
        return self.off_at_most_minor > 0

    @property
    def total_minor(self) -> int:
        """What is to be paid."""
        return sum(line.net_minor for line in self.lines)

    @property
    def saved_minor(self) -> int:
        """What the basket saves against list prices."""
        return sum(line.saved_minor for line in self.lines)

    def line(self, number: int) -> PricedLine:
        """The money of one line; KeyError if the basket has no such line."""
        for line in self.lines:
            if line.number == number:
                return line
        raise KeyError(number)


def price_basket(
    lines: Sequence[Line],
    campaigns: Mapping[str, Campaign] = MappingProxyType({}),
    shopper: Shopper = NOBODY,
    engine: Pricer | None = None,
) -> PricedBasket:
    """Price the lines of a basket; problem lines cost nothing and are left out."""
    sold = [line for line in lines if not line.problem]
    applied = _apply_offers(sold, campaigns)
    priced = tuple(_priced(line, applied.get(line.number, ())) for line in sold)
    pieces = sum(line.quantity if line.by_piece else 1 for line in sold)
    return PricedBasket(priced, _tax(sold, priced), pieces)


def _priced(line: Line, applied: tuple[AppliedOffer, ...]) -> PricedLine:
    actual = _amount(line, line.unit_minor) if line.label_minor is None else line.label_minor
    if line.list_minor is None or line.label_minor is not None:
        listed = actual
    else:
        listed = max(actual, _amount(line, line.list_minor))
    return PricedLine(line.number, listed, listed - actual, applied)


def _amount(line: Line, unit_minor: int) -> int:
    if line.grams is not None and line.unit is Unit.KG:
        return divide_half_up(unit_minor * line.grams, _GRAMS_PER_KG)
    return unit_minor * line.quantity


def _tax(lines: Iterable[Line], priced: Iterable[PricedLine]) -> tuple[TaxPart, ...]:
    gross: dict[int, int] = {}
    for line, money in zip(lines, priced, strict=True):
        gross[line.tax_rate_bp] = gross.get(line.tax_rate_bp, 0) + money.net_minor
    return tuple(
        TaxPart(rate, amount, divide_half_up(amount * rate, _BASIS_POINTS + rate))
        for rate, amount in sorted(gross.items(), reverse=True)
    )


def _apply_offers(lines: Sequence[Line], campaigns: Mapping[str, Campaign]) -> Mapping[int, tuple[AppliedOffer, ...]]:
    """Take offers one after the other, always the one that saves most on the pieces still free."""
    free = {line.number: line.quantity for line in lines if line.by_piece and line.unit is Unit.PIECE}
    takers = _takers([line for line in lines if line.number in free], campaigns)
    # What an offer can save only shrinks as pieces go: an old figure is a bound, and most offers are reckoned once.
    uses = {terms: _best_use(offer, own, free) for terms, (offer, own) in takers.items()}
    bounds = [(-use.saving_minor, terms, 0) for terms, use in uses.items()]
    heapq.heapify(bounds)
    taken: dict[int, tuple[AppliedOffer, ...]] = {}
    rounds = 0
    while bounds:
        _, terms, reckoned = heapq.heappop(bounds)
        offer, own = takers[terms]
        if reckoned != rounds:
            uses[terms] = _best_use(offer, own, free)
            heapq.heappush(bounds, (-uses[terms].saving_minor, terms, rounds))
            continue
        use = uses[terms]
        if not use.pieces:
            break
        rounds += 1
        for number, pieces in use.pieces.items():
            free[number] -= pieces
            taken[number] = (*taken.get(number, ()), AppliedOffer(offer, use.savings[number], pieces))
    return taken


def _takers(lines: Sequence[Line], campaigns: Mapping[str, Campaign]) -> Mapping[str, tuple[Campaign, list[Line]]]:
    """Multi-buys and the lines that take part, the dearest pieces first."""
    takers: dict[str, tuple[Campaign, list[Line]]] = {}
    for line in sorted(lines, key=lambda line: (-line.unit_minor, line.number)):
        for taking in line.takings:
            campaign = campaigns[taking.campaign]
            if campaign.terms.kind is Kind.N_FOR_X and campaign.terms.quantity > 0:
                takers.setdefault(taking.campaign, (campaign, []))[1].append(line)
    return takers


@dataclass(slots=True)
class _Use:
    """What an offer would take, by line: pieces and saving."""

    pieces: dict[int, int] = field(default_factory=dict)
    savings: dict[int, int] = field(default_factory=dict)
    saving_minor: int = 0

    def add(self, number: int, pieces: int, saving_minor: int) -> None:
        self.pieces[number] = self.pieces.get(number, 0) + pieces
        self.savings[number] = self.savings.get(number, 0) + saving_minor
        self.saving_minor += saving_minor


def _best_use(offer: Campaign, lines: Iterable[Line], free: Mapping[int, int]) -> _Use:
    """As many groups of pieces as pay off, the dearest pieces first; `lines` in that order."""
    use = _Use()
    group: list[tuple[Line, int]] = []
    missing = offer.terms.quantity
    for line in lines:
        pieces = free[line.number]
        if not pieces:
            continue
        if group:
            pieces -= (some := min(pieces, missing))
            missing -= some
            group.append((line, some))
            if missing:
                continue
            if not _close(group, offer, use):
                return use
            group, missing = [], offer.terms.quantity
        groups, rest = divmod(pieces, offer.terms.quantity)
        saving = line.unit_minor * offer.terms.quantity - (offer.terms.price or 0)
        if groups and saving <= 0:  # groups only get cheaper from here on
            return use
        if groups:
            use.add(line.number, groups * offer.terms.quantity, groups * saving)
        if rest:
            group, missing = [(line, rest)], offer.terms.quantity - rest
    return use


def _close(group: Sequence[tuple[Line, int]], offer: Campaign, use: _Use) -> bool:
    """Add a group of several lines, if it pays off."""
    weights = [(line.number, line.unit_minor * pieces) for line, pieces in group]
    saving = sum(weight for _, weight in weights) - (offer.terms.price or 0)
    if saving <= 0:
        return False
    for (line, pieces), (_, share) in zip(group, _spread(saving, weights), strict=True):
        use.add(line.number, pieces, share)
    return True


def _spread(amount: int, weights: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Split an amount by weight into whole minor units that add up exactly (cumulative rounding)."""
    total, passed, given, parts = sum(weight for _, weight in weights), 0, 0, []
    for key, weight in weights:
        passed += weight
        share = divide_half_up(amount * passed, total) - given
        given += share
        parts.append((key, share))
    return parts
