"""Finds products by their codes as a lane does: the code as it is first, then as GTIN, leading zeros or not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from hub.rule_rows import chunks
from hub.scopes import Scope, in_any
from hub.tables import DESCRIPTION, LISTING, LISTING_CODE, PRODUCT
from retail.gtin import written_ways


@dataclass(frozen=True, slots=True)
class Coded:
    """A product that a code means; `pieces` is how many the code stands for."""

    product: int
    pieces: int


def find_by_code(connection: Connection, scopes: Sequence[Scope], code: str) -> Coded | None:
    """The product of a code in a store, whose scopes come narrowest first."""
    for ways in written_ways(code):
        for place, scope in enumerate(scopes):
            query = (
                select(LISTING_CODE.c.product_id, LISTING_CODE.c.pieces)
                .where(scope.of(LISTING_CODE), LISTING_CODE.c.code.in_(ways))
                .order_by(LISTING_CODE.c.product_id)
            )
            for product, pieces in connection.execute(query):
                if not _listed(connection, scopes[:place], product):
                    return Coded(product, pieces)
    return None


def find_by_number(connection: Connection, scopes: Sequence[Scope], number: str) -> Coded | None:
    """The product of a PLU as it is typed (leading zeros or not) or of a SKU."""
    plus = [number, number.lstrip("0")] if number.lstrip("0") else [number]
    for condition in (DESCRIPTION.c.plu.in_(plus), PRODUCT.c.sku == number):
        for place, scope in enumerate(scopes):
            query = (
                select(LISTING.c.product_id)
                .join(DESCRIPTION, DESCRIPTION.c.id == LISTING.c.description_id)
                .join(PRODUCT, PRODUCT.c.id == LISTING.c.product_id)
                .where(scope.of(LISTING), condition)
                .order_by(LISTING.c.product_id)
            )
            for product in connection.execute(query).scalars():
                if not _listed(connection, scopes[:place], product):
                    return Coded(product, 1)
    return None


def find_all_by_code(connection: Connection, scopes: Sequence[Scope], codes: Collection[str]) -> dict[str, int]:
    """The products of many codes in a store, as `find_by_code` finds each; codes that mean none are left out."""
    found: dict[str, int] = {}
    for code, products in products_by_code(connection, codes, scopes).items():
        coded = Coded(next(iter(products)), 1) if len(products) == 1 else find_by_code(connection, scopes, code)
        if coded is not None:
            found[code] = coded.product
    return found


def products_by_code(
    connection: Connection, codes: Collection[str], scopes: Sequence[Scope] | None
) -> dict[str, set[int]]:
    """The products that each code may mean in the listings of these scopes, of all if None; codes without any are
    left out."""
    found: dict[str, set[int]] = {}
    for chunk in chunks(codes):
        _look(connection, {code: code for code in chunk}, scopes, found)
    # Only what nothing answers to as it is: a lane asks for the other ways to write it after that.
    for chunk in chunks(code for code in codes if code not in found):
        ways = {way: code for code in chunk for more in written_ways(code) for way in more}
        for part in chunks(ways):
            _look(connection, {way: ways[way] for way in part}, scopes, found)
    return found


def _look(
    connection: Connection, ways: dict[str, str], scopes: Sequence[Scope] | None, found: dict[str, set[int]]
) -> None:
    query = select(LISTING_CODE.c.code, LISTING_CODE.c.product_id).where(LISTING_CODE.c.code.in_(list(ways)))
    if scopes is not None:
        query = query.where(in_any(LISTING_CODE, scopes))
    for way, product in connection.execute(query):
        found.setdefault(ways[way], set()).add(product)


def _listed(connection: Connection, scopes: Sequence[Scope], product: int) -> bool:
    """Whether a narrower list has the product: then only that list's codes count."""
    return any(
        connection.execute(
            select(LISTING.c.product_id).where(scope.of(LISTING), LISTING.c.product_id == product)
        ).scalar()
        for scope in scopes
    )
