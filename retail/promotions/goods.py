"""What the engine is asked and what it answers: lines of goods in, discounts and hints out. Whole minor units."""

from __future__ import annotations

from dataclasses import dataclass

from retail.promotions.campaign import Campaign, Taking


@dataclass(frozen=True, slots=True)
class Goods:
    """One line: `quantity` pieces at `unit_minor` each, or `grams` at `unit_minor` a kilogram.

    `fixed_minor`: what a label on the goods says they cost; such goods count for the basket, and for nothing else.
    """

    number: int
    sku: str
    unit_minor: int
    quantity: int = 1
    grams: int | None = None
    fixed_minor: int | None = None
    takings: tuple[Taking, ...] = ()


@dataclass(frozen=True, slots=True)
class Discount:
    """What a campaign takes off a line, and of how many pieces (a weighed bag is one)."""

    campaign: Campaign
    saving_minor: int
    pieces: int


@dataclass(frozen=True, slots=True)
class Use:
    """How often a campaign was used in the basket, and what it saved; `coupons`: the codes that it used up."""

    campaign: Campaign
    times: int
    saving_minor: int
    points: int = 0
    coupons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hint:
    """What is missing for a campaign, and what the shopper would save then. One of the three counts is not 0.

    `skus`: the goods on the basket that it would go with, the first scanned first; none for the whole basket.
    `group`: the group that the missing pieces are of. `way`: paying like this is all that is missing. `club`: being a
    member is.
    """

    campaign: Campaign
    saving_minor: int
    pieces: int = 0
    grams: int = 0
    amount_minor: int = 0
    group: int = 0
    skus: tuple[str, ...] = ()
    way: str = ""
    club: str = ""


@dataclass(frozen=True, slots=True)
class Priced:
    """The cheapest lawful combination. `discounts`: by line number. `off_at_most_minor`: 0 if it is proved to be the
    cheapest, else how much cheaper another one could be at most, as the search was cut short."""

    discounts: dict[int, tuple[Discount, ...]]
    uses: tuple[Use, ...] = ()
    hints: tuple[Hint, ...] = ()
    off_at_most_minor: int = 0
