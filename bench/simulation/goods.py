"""The price list of the simulated shop: a dozen goods in memory, found by the real router."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from offline_cache.price_list.reader import Category
from offline_cache.price_list.writer import Meta
from retail.gtin import check_digit, written_ways
from retail.labels import LabelTemplate
from retail.product import Listing, Price, Product
from retail.promotions.body import reference
from retail.promotions.campaign import Campaign, Kind, Taking, Terms
from retail.recall import Recall

OPENED: Final = datetime(2026, 3, 28, 6, tzinfo=UTC)  # the night after has a change to summer time in many places
STORE: Final = "s"


def _code(number: int) -> str:
    digits = f"6930000{number:05d}"
    return digits + check_digit(digits)


_TWO: Final = Campaign("two", Terms(Kind.N_FOR_X, 2, price=2200), {"en": "Any 2 for 22"})
CODES: Final = tuple(_code(number) for number in range(12))
WITH_AGE: Final = _code(99)
NOT_LISTED: Final = _code(98)
_LISTINGS: Final = {
    code: Listing(
        code,
        Product(f"P{number}", {"en": f"Goods {number}"}, tax_rate_bp=900 if number % 3 else 1300),
        Price(350 + 275 * number),
        takings=(Taking(reference(_TWO)),) if number == 4 else (),
        campaigns=(_TWO,) if number == 4 else (),
    )
    for number, code in enumerate(CODES)
} | {WITH_AGE: Listing(WITH_AGE, Product("WINE", {"en": "Wine"}, tax_rate_bp=1300, min_age=18), Price(3800))}
_BY_SKU: Final = {listing.product.sku: listing for listing in _LISTINGS.values()}


class SimPrices:
    """See kiosk.services.ports.Prices."""

    def __init__(self) -> None:
        self.meta = Meta(STORE, 1, "CNY", OPENED, "Europe/Berlin", {"en": "Shop"})
        self.templates: tuple[LabelTemplate, ...] = ()

    def next_change(self, _after: datetime) -> datetime | None:
        """No price ever changes."""
        return None

    def find(self, code: str, _at: datetime) -> Listing | None:
        """The listing of a code, however it is written."""
        for ways in written_ways(code):
            for way in ways:
                if way in _LISTINGS:
                    return _LISTINGS[way]
        return None

    def find_item(self, _number: str, _at: datetime) -> Listing | None:
        """No goods have a number of the shop's own."""
        return None

    def find_sku(self, sku: str, _at: datetime) -> Listing | None:
        """The listing of a product."""
        return _BY_SKU.get(sku)

    def campaigns_for(self, _code: str, _at: datetime) -> tuple[Campaign, ...]:
        """No campaign asks for a coupon."""
        return ()

    def recalls(self, _sku: str, _at: datetime | None = None) -> tuple[Recall, ...]:
        """Nothing is called back."""
        return ()

    def recall(self, _sku: str, _lot: str, _serial: str, _at: datetime | None = None) -> str | None:
        """Nothing is called back."""
        return None

    def loose_categories(self) -> list[Category]:
        """No loose goods."""
        return []

    def loose_goods(
        self,
        _at: datetime,
        *,
        category: str = "",  # noqa: ARG002 - the protocol's name
        search: str = "",  # noqa: ARG002 - the protocol's name
        limit: int = 60,  # noqa: ARG002 - the protocol's name
    ) -> list[Listing]:
        """No loose goods."""
        return []


class SimPriceSource:
    """See kiosk.services.ports.PriceSource."""

    picture_root = ""

    def __init__(self) -> None:
        self._list = SimPrices()

    def current(self) -> SimPrices:
        """The one list."""
        return self._list

    def renew(self) -> None:
        """There is never a newer one."""
