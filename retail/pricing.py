"""The price of a basket: the one door to the promotion engine, the same for lane and hub.

Integer minor units throughout; prices include tax. What campaigns save is spread over the lines to the minor unit, so
that a part-return is right, and so is the tax contained in each line: the parts of a rate add up to the receipt's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Protocol

from retail.line import Line
from retail.money import divide_half_up
from retail.product import Unit
from retail.promotions.campaign import EXCLUDED, NOBODY, Campaign, Shopper, Taking
from retail.promotions.engine import Engine
from retail.promotions.goods import Discount, Goods, Hint, Priced, Use

__all__ = ["AppliedOffer", "PricedBasket", "PricedLine", "Pricer", "TaxPart", "basket_of", "price_basket"]

_GRAMS_PER_KG: Final = 1000
_BASIS_POINTS: Final = 10_000
_NO_CAMPAIGNS: Final = Priced({})

AppliedOffer = Discount  # a campaign that lowered a line: by how much in minor units, and of how many pieces


class Pricer(Protocol):
    """The promotion engine, see retail.promotions.engine; bound to one thread."""

    def price(
        self, goods: Sequence[Goods], campaigns: Mapping[str, Campaign], shopper: Shopper, *, hints: bool
    ) -> Priced: ...


@dataclass(frozen=True, slots=True)
class PricedLine:
    """One line's money: list price, what specials and campaigns took off, what is to be paid, the tax within that."""

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
    """A whole basket's money. `pieces` counts what the shopper holds: a weighed bag is one.

    `uses`, `hints` and `off_at_most_minor` are the engine's, see retail.promotions.goods.
    """

    lines: tuple[PricedLine, ...] = ()
    tax: tuple[TaxPart, ...] = ()
    pieces: int = 0
    uses: tuple[Use, ...] = ()
    hints: tuple[Hint, ...] = ()
    off_at_most_minor: int = 0

    @property
    def total_minor(self) -> int:
        """What is to be paid."""
        return sum(line.net_minor for line in self.lines)

    @property
    def saved_minor(self) -> int:
        """What the basket saves against list prices."""
        return sum(line.saved_minor for line in self.lines)

    @property
    def points(self) -> int:
        """Points that the shopper gets for the campaigns used."""
        return sum(use.points for use in self.uses)

    @property
    def bounded(self) -> bool:
        """Whether the search for the cheapest combination was cut short."""
        return self.off_at_most_minor > 0

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
    *,
    hints: bool = True,
) -> PricedBasket:
    """Price the lines of a basket, the cheapest lawful way; problem lines cost nothing and are left out.

    `campaigns`: by reference, all that the lines take part in and those for everything. An `engine` that is kept prices
    the next basket of the same goods in a moment. Without `hints` it is sooner done.
    """
    sold = [line for line in lines if not line.problem]
    found = _NO_CAMPAIGNS
    if campaigns and sold:
        found = (engine or Engine()).price(_goods(sold, campaigns), campaigns, shopper, hints=hints)
    return basket_of(sold, found)


def basket_of(sold: Sequence[Line], found: Priced) -> PricedBasket:
    """The money of lines that are sold, with the discounts that were found for them."""
    plain = [_plain_of(line) for line in sold]
    applied = [found.discounts.get(line.number, ()) for line in sold]
    nets = [asked - sum(one.saving_minor for one in own) for (_, asked), own in zip(plain, applied, strict=True)]
    taxes, tax = _taxes(sold, nets)
    priced = tuple(
        PricedLine(line.number, listed, listed - asked, own, contained)
        for line, (listed, asked), own, contained in zip(sold, plain, applied, taxes, strict=True)
    )
    pieces = sum(line.quantity if line.by_piece else 1 for line in sold)
    return PricedBasket(priced, tax, pieces, found.uses, found.hints, found.off_at_most_minor)


def _goods(lines: Iterable[Line], campaigns: Mapping[str, Campaign]) -> list[Goods]:
    general = [named for named, campaign in campaigns.items() if campaign.everything]
    return [_good(line, general) for line in lines]


def _good(line: Line, general: Iterable[str]) -> Goods:
    takings = line.takings
    if not line.discountable:
        takings = (
            *(one for one in takings if one.campaign not in general),
            *(Taking(one, EXCLUDED) for one in general),
        )
    by_weight = line.grams is not None and line.unit is Unit.KG
    return Goods(
        number=line.number,
        sku=line.sku,
        unit_minor=line.unit_minor,
        quantity=1 if by_weight or line.label_minor is not None else line.quantity,
        grams=line.grams if by_weight else None,
        fixed_minor=line.label_minor,
        takings=takings,
    )


def _plain_of(line: Line) -> tuple[int, int]:
    """What a line costs by the list, and what is asked for it without campaigns."""
    if line.label_minor is not None:
        return line.label_minor, line.label_minor
    asked = _amount(line, line.unit_minor)
    listed = asked if line.list_minor is None or line.list_minor <= line.unit_minor else _amount(line, line.list_minor)
    return listed, asked


def _amount(line: Line, unit_minor: int) -> int:
    if line.grams is not None and line.unit is Unit.KG:
        return divide_half_up(unit_minor * line.grams, _GRAMS_PER_KG)
    return unit_minor * line.quantity


def _taxes(lines: Iterable[Line], nets: Iterable[int]) -> tuple[list[int], tuple[TaxPart, ...]]:
    """The tax contained in each line, by cumulative rounding within its rate, and in all goods of a rate."""
    gross: dict[int, int] = {}
    given: dict[int, int] = {}
    by_line: list[int] = []
    for line, net in zip(lines, nets, strict=True):
        rate = line.tax_rate_bp
        gross[rate] = gross.get(rate, 0) + net
        so_far = divide_half_up(gross[rate] * rate, _BASIS_POINTS + rate)
        by_line.append(so_far - given.get(rate, 0))
        given[rate] = so_far
    return by_line, tuple(TaxPart(rate, gross[rate], given[rate]) for rate in sorted(gross, reverse=True))
