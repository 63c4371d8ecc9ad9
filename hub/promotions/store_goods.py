"""What a store sells and for how much at a moment, by every name that a promotion may call goods by."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection

from hub.catalogue import CatalogueItem
from hub.database import Database
from hub.list_source import resolved_items
from hub.pricing import effective
from hub.promotions.found import Named
from hub.shops import Shop
from retail.gtin import written_ways
from retail.product import Unit, name_in

_LANE = "lane"


@dataclass(frozen=True, slots=True)
class Good:
    """A product: `minor` is what a piece or a kilogram costs without campaigns, None if it has no price then."""

    sku: str
    name: str
    unit: Unit
    minor: int | None


@dataclass(slots=True)
class StoreGoods:
    """The products of a store by SKU, code and category."""

    by_sku: dict[str, Good] = field(default_factory=dict)
    _by_code: dict[str, Good] = field(default_factory=dict)
    _by_category: dict[str, list[Good]] = field(default_factory=dict)

    def of_code(self, code: str) -> Good | None:
        """The product of a code, as it is written or as the same GTIN in another length."""
        for ways in written_ways(code):
            for way in ways:
                good = self._by_code.get(way)
                if good is not None:
                    return good
        return None

    def unit_of(self, code: str) -> Unit | None:
        """How the goods of a code are sold; None if the store has none."""
        good = self.of_code(code)
        return None if good is None else good.unit

    def named(self, names: Named) -> Iterator[tuple[str, Good | None]]:
        """What each name means; a category may mean several products, and one of none is a name of nothing."""
        for sku in names.skus:
            yield sku, self.by_sku.get(sku)
        for code in names.codes:
            yield code, self.of_code(code)
        for category in names.categories:
            goods = self._by_category.get(category)
            yield from [(category, good) for good in goods] if goods else [(category, None)]

    def add(self, good: Good, codes: Iterator[str], category: str) -> None:
        """One more product."""
        self.by_sku[good.sku] = good
        for code in codes:
            self._by_code.setdefault(code, good)
        if category:
            self._by_category.setdefault(category, []).append(good)


def goods_of_store(connection: Connection, shop: Shop, at: datetime) -> StoreGoods:
    """The products of a store with their prices at a moment."""
    return goods_of_list((item for _, item in resolved_items(connection, shop.id, _LANE, at=at, only=None)), at)


def goods_of_list(items: Iterable[CatalogueItem], at: datetime) -> StoreGoods:
    """The products of a list with their prices at a moment."""
    goods, moment = StoreGoods(), int(at.timestamp())
    for item in items:
        product = item.product
        row = effective(item.prices, moment)
        good = Good(
            product.sku, name_in(product.names, "en") or product.sku, product.unit, None if row is None else row.minor
        )
        goods.add(good, iter(item.codes), product.category)
    return goods


class StoreUnits:
    """How a store's goods are sold, by code, for readers of feeds: read when the first of them asks, as few do."""

    def __init__(self, database: Database, shop: Shop, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._shop = shop
        self._clock = clock
        self._goods: StoreGoods | None = None

    def unit_of(self, code: str) -> Unit | None:
        """None for a code that the store has not."""
        if self._goods is None:
            with self._database.read() as connection:
                self._goods = goods_of_store(connection, self._shop, self._clock())
        return self._goods.unit_of(code)
