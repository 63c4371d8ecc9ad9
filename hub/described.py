"""Products of a store as its narrowest list describes them, for people and reports."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, select

from hub.rule_rows import chunks
from hub.shops import Shop
from hub.tables import DESCRIPTION, LISTING, PRODUCT
from retail.product import Unit, name_in


@dataclass(frozen=True, slots=True)
class Described:
    """What to call a product; `code` is the first that it is scanned by, or empty."""

    sku: str
    names: Mapping[str, str]
    unit: Unit
    code: str

    @property
    def name(self) -> str:
        """English, or whichever there is."""
        return name_in(self.names, "en") or self.sku


def described(connection: Connection, shop: Shop, products: Collection[int]) -> dict[int, Described]:
    """Those of the products that the store sells."""
    found: dict[int, Described] = {}
    for scope in shop.scopes:
        for chunk in chunks(products):
            query = (
                select(LISTING.c.product_id, PRODUCT.c.sku, DESCRIPTION.c.names, DESCRIPTION.c.unit, LISTING.c.codes)
                .join(PRODUCT, PRODUCT.c.id == LISTING.c.product_id)
                .join(DESCRIPTION, DESCRIPTION.c.id == LISTING.c.description_id)
                .where(scope.of(LISTING), LISTING.c.product_id.in_(chunk))
            )
            for product, sku, names, unit, codes in connection.execute(query):
                first = next(iter(json.loads(codes)), "")
                found.setdefault(product, Described(sku, json.loads(names), Unit(unit), first))
    return found
