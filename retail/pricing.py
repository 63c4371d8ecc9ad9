"""The price of a basket: the one door to the promotion engine, the same for lane and hub.

Integer minor units throughout; prices include tax. Multi-buys are taken only where they make the basket cheaper, the
one that saves most first, and their saving is spread over the lines to the minor unit, so that a part-return is right.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from retail.money import divide_half_up
from retail.product import Offer, Unit
from retail.sale import Line

_GRAMS_PER_KG = 1000
_BASIS_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class AppliedOffer:
    """A promotion that lowered a line, and by how much in minor units."""

    offer: Offer
    saving_minor: int


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line's money: list price, what specials and offers took off, what is to be paid."""

    number: int
    list_minor: int
    special_saving_minor: int
    applied: tuple[AppliedOffer, ...]

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


def price_basket(lines: Sequence[Line]) -> PricedBasket:
    """Price the lines of a basket; problem lines cost nothing and are left out."""
    sold = [line for line in lines if not line.problem]
    applied = _apply_offers(sold)
    priced = tuple(_priced(line, applied.get(line.number, ())) for line in sold)
    pieces = sum(line.quantity if line.countable else 1 for line in sold)
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


def _apply_offers(lines: Sequence[Line]) -> Mapping[int, tuple[AppliedOffer, ...]]:
    """Take offers one after the other, always the one that saves most on the pieces still free."""
    free = {line.number: line.quantity for line in lines if line.countable and line.unit is Unit.PIECE}
    by_number = {line.number: line for line in lines}
    open_offers = {offer.id: offer for line in lines for offer in line.offers if line.number in free}
    taken: dict[int, tuple[AppliedOffer, ...]] = {}
    while open_offers:
        tried = {key: _best_use(offer, by_number, free) for key, offer in open_offers.items()}
        best = min(tried, key=lambda key: (-sum(tried[key][1].values()), key))
        used, savings = tried[best]
        if not used:
            break
        offer = open_offers.pop(best)
        for number, pieces in used.items():
            free[number] -= pieces
            taken[number] = (*taken.get(number, ()), AppliedOffer(offer, savings[number]))
    return taken


def _best_use(
    offer: Offer, lines: Mapping[int, Line], free: Mapping[int, int]
) -> tuple[dict[int, int], dict[int, int]]:
    """Pieces and saving by line if this offer takes as many groups as pay off, the dearest pieces first."""
    units = [
        number
        for number in sorted(free, key=lambda number: (-lines[number].unit_minor, number))
        if any(own.id == offer.id for own in lines[number].offers)
        for _ in range(free[number])
    ]
    used: dict[int, int] = {}
    savings: dict[int, int] = {}
    for start in range(0, len(units) - offer.quantity + 1, offer.quantity):
        group = units[start : start + offer.quantity]
        saving = sum(lines[number].unit_minor for number in group) - offer.price_minor
        if saving <= 0:  # groups only get cheaper from here on
            break
        for number, share in _spread(saving, [(number, lines[number].unit_minor) for number in group]):
            used[number] = used.get(number, 0) + 1
            savings[number] = savings.get(number, 0) + share
    return used, savings


def _spread(amount: int, weights: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Split an amount by weight into whole minor units that add up exactly (cumulative rounding)."""
    total, passed, given, parts = sum(weight for _, weight in weights), 0, 0, []
    for key, weight in weights:
        passed += weight
        share = divide_half_up(amount * passed, total) - given
        given += share
        parts.append((key, share))
    return parts
