"""Products as a lane sells them: what it is, what it costs now, which campaigns it takes part in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from retail.promotions.campaign import Campaign, Taking


class Unit(StrEnum):
    """What one price buys: a piece or a kilogram."""

    PIECE = "piece"
    KG = "kg"


class PriceKind(StrEnum):
    """Which rule of the shop made a price."""

    LIST = "list"
    SPECIAL = "special"


@dataclass(frozen=True, slots=True)
class Product:
    """One product of the shop's list; `names` maps a BCP 47 language tag to text, `tax_rate_bp` is in 1/100 %."""

    sku: str
    names: Mapping[str, str]
    unit: Unit = Unit.PIECE
    category: str = ""
    tax_rate_bp: int = 0
    min_age: int = 0
    loose: bool = False
    plu: str = ""
    picture: str = ""
    tare_grams: int = 0
    discountable: bool = True  # False: no campaign for everything is for it
    brand: str = ""  # in a mall: whose goods they are, as its club is named

    def name(self, language: str) -> str:
        """Name in the language asked for, else English, else whichever there is."""
        return name_in(self.names, language) or self.sku


@dataclass(frozen=True, slots=True)
class Price:
    """The price that holds now, in minor units a unit; `list_minor` is the undiscounted one if known, `lowest_minor` of
    a special price the lowest of the 30 days before it."""

    unit_minor: int
    kind: PriceKind = PriceKind.LIST
    list_minor: int | None = None
    lowest_minor: int | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What the price list answers for a code: product, pieces the code stands for, price and campaigns now.

    `campaigns`: the definitions of those that `takings` name, and of all in force that are for everything.
    """

    code: str
    product: Product
    price: Price
    pieces: int = 1
    takings: tuple[Taking, ...] = ()
    campaigns: tuple[Campaign, ...] = ()


def name_in(names: Mapping[str, str], language: str) -> str:
    """Pick a name: the language itself, a relative of it (zh-HK: zh-TW before zh-CN), English, then any."""
    if language in names:
        return names[language]
    base = language.split("-", maxsplit=1)[0]
    related = [tag for tag in names if tag.split("-", maxsplit=1)[0] == base]
    for tag in (*sorted(related, reverse=language in {"zh-HK", "zh-MO"}), "en", ""):
        if names.get(tag):
            return names[tag]
    return next((text for text in names.values() if text), "")
