"""Goods of campaigns by what they are named with, and the products of a store that this means."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, select

from hub.code_lookup import products_by_code
from hub.promotions.found import Found, Named
from hub.rule_rows import chunks
from hub.scopes import Scope
from hub.tables import DESCRIPTION, LISTING, PRODUCT
from retail.gtin import expand_upc_e, gtin14, restore_leading_zeros
from retail.promotions.campaign import EXCLUDED

SKU: Final = "sku"
CODE: Final = "code"
CATEGORY: Final = "category"
KINDS: Final = (SKU, CODE, CATEGORY)

Name = tuple[str, str]  # one of KINDS and the name itself


class Goods(NamedTuple):
    """That goods take part in a group of a campaign. `price_minor`: of their own in it, None if they have none."""

    group: int
    name: Name
    price_minor: int | None = None


@lru_cache(1 << 16)  # goods are in several campaigns: of 100,000 names four fifths are there again
def code_form(code: str) -> str:
    """One form for all ways to write a code, as a lane takes them (retail.gtin); other codes are as they are."""
    return gtin14(code) or restore_leading_zeros(code) or gtin14(expand_upc_e(code) or "") or code


def goods_of(found: Found) -> frozenset[Goods]:
    """All goods that a campaign names; of several prices for the same the lowest."""
    lowest: dict[tuple[int, Name], int | None] = {}
    for group, named in (*enumerate(found.groups), (EXCLUDED, found.excluded)):
        for name, price in _names(named):
            prices = (price, lowest.get((group, name)))
            lowest[group, name] = min((one for one in prices if one is not None), default=None)
    return frozenset(Goods(group, name, price) for (group, name), price in lowest.items())


def _names(named: Named) -> Iterator[tuple[Name, int | None]]:
    for sku in named.skus:
        yield (SKU, sku), named.prices.get(sku)
    for code in named.codes:
        yield (CODE, code_form(code)), named.prices.get(code)
    for category in named.categories:
        yield (CATEGORY, category), None


def products_named(
    connection: Connection, scopes: Sequence[Scope], names: Iterable[Name]
) -> dict[Name, frozenset[int]]:
    """The numbers of the products that are listed under each name in any of the scopes; names of none are left out."""
    wanted: dict[str, set[str]] = {}
    for by, name in names:
        wanted.setdefault(by, set()).add(name)
    found: dict[Name, set[int]] = {}
    for sku, product in _by_column(connection, scopes, PRODUCT.c.sku, wanted.get(SKU, ())):
        found.setdefault((SKU, sku), set()).add(product)
    for category, product in _by_column(connection, scopes, DESCRIPTION.c.category, wanted.get(CATEGORY, ())):
        found.setdefault((CATEGORY, category), set()).add(product)
    for code, products in products_by_code(connection, sorted(wanted.get(CODE, ())), scopes).items():
        found[CODE, code] = products
    return {name: frozenset(products) for name, products in found.items()}


def _by_column(
    connection: Connection, scopes: Sequence[Scope], column: ColumnElement[str], names: Collection[str]
) -> Iterator[tuple[str, int]]:
    # One scope at a time: asked for several at once, SQLite would read all of them.
    for scope in scopes:
        for chunk in chunks(sorted(names)):
            query = (
                select(column, LISTING.c.product_id)
                .join(DESCRIPTION, DESCRIPTION.c.id == LISTING.c.description_id)
                .join(PRODUCT, PRODUCT.c.id == LISTING.c.product_id)
                .where(scope.of(LISTING), column.in_(chunk))
            )
            yield from ((row[0], row[1]) for row in connection.execute(query))
