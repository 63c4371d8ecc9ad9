"""A tiny price list in memory, for tests of what stands on one."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from retail.gtin import written_ways
from retail.labels import LabelTemplate
from retail.product import Listing, Price, Product, Unit
from retail.promotions.body import reference
from retail.promotions.campaign import Campaign, Kind, Taking, Terms


def multi_buy(name: str, quantity: int, price_minor: int) -> Campaign:
    """Any so many for that much."""
    return Campaign(name, Terms(Kind.N_FOR_X, quantity, price=price_minor), {"en": f"any {quantity}"})


def takings(*campaigns: Campaign) -> tuple[Taking, ...]:
    """That goods take part in these, in the order that baskets keep them in."""
    return tuple(Taking(named) for named in sorted(reference(one) for one in campaigns if not one.everything))


def known(*campaigns: Campaign) -> dict[str, Campaign]:
    """Campaigns as a basket knows them."""
    return {reference(one): one for one in campaigns}


def listing(
    code: str,
    minor: int = 1000,
    *,
    unit: Unit = Unit.PIECE,
    plu: str = "",
    campaigns: tuple[Campaign, ...] = (),
    age: int = 0,
) -> Listing:
    """A listing whose SKU is its code."""
    product = Product(code, {"en": f"product {code}"}, unit, tax_rate_bp=1300, min_age=age, plu=plu)
    return Listing(code, product, Price(minor, list_minor=minor), takings=takings(*campaigns), campaigns=campaigns)


class MemoryList:
    """Answers the router's questions from what it was given."""

    def __init__(
        self,
        *listings: Listing,
        templates: tuple[str, ...] = (),
        recalls: Mapping[tuple[str, str], str] = MappingProxyType({}),
    ) -> None:
        self._by_code = {found.code: found for found in listings}
        self._by_plu = {found.product.plu: found for found in listings if found.product.plu}
        self.templates = tuple(LabelTemplate.parse(pattern) for pattern in templates)
        self._recalls = recalls  # why, by SKU and lot; '' is every lot

    def find(self, code: str, at: datetime) -> Listing | None:
        ways = (way for group in written_ways(code) for way in group)
        return next((self._by_code[way] for way in ways if way in self._by_code), None)

    def find_item(self, number: str, at: datetime) -> Listing | None:
        return self._by_plu.get(number) or self._by_plu.get(number.lstrip("0"))

    def recall(self, sku: str, lot: str, serial: str, at: datetime | None = None) -> str | None:
        for key in ((sku, ""), (sku, lot)):
            if key in self._recalls:
                return self._recalls[key]
        return None
