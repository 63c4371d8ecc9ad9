"""What a list takes over from the wider lists that its stores live on: products sold there, at prices paid there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Connection, FromClause, Select, Subquery, func, or_, select, union, union_all

from hub.list_comparison import ADDED, GONE, SOURCE, own_rules
from hub.pricing import Rule, resolve
from hub.scopes import ALL, Scope, covering
from hub.staging import FRESH_PRICE, INCOMING, STAGED_PRICE, TOUCHED
from hub.tables import LISTING, PRICE_RULE
from offline_cache.price_list.manifest import LANE_CHANNEL
from offline_cache.price_list.writer import PriceRow

_PRICE: Final = ("kind", "minor", "valid_from", "valid_until")
_WIDER_RULE: Final = ("id", "scope_kind", "scope_id", "channel", *_PRICE, "priority", "source", "label", "currency")
_SAID: Final = slice(5, 9)  # of a row of product and _WIDER_RULE: its _PRICE
_NEWEST: Final = 2**62  # rules that are not written yet are later than all that are

Prices = tuple[PriceRow, ...]


def wider_than(connection: Connection, scope: Scope, region: str) -> tuple[Scope, ...]:
    """The scopes around this one that list anything, narrowest first. `region` is that of the scope's store."""
    return tuple(one for one in _around(scope, region) if _lists_any(connection, one))


def _around(scope: Scope, region: str) -> tuple[Scope, ...]:
    if scope.kind == "store":
        return covering(scope.id, region)[1:]
    return (ALL,) if scope.kind == "region" else ()


def _lists_any(connection: Connection, scope: Scope) -> bool:
    return connection.execute(select(LISTING.c.product_id).where(scope.of(LISTING)).limit(1)).scalar() is not None


def wider_only(connection: Connection, scope: Scope, wider: Sequence[Scope]) -> tuple[int, int]:
    """How many products are sold by the wider lists alone: before the import, and after it."""
    sold = _sold(wider)
    own = select(LISTING.c.product_id).where(scope.of(LISTING), LISTING.c.product_id == sold.c.product_id).exists()
    coming = select(INCOMING.c.product_id).where(INCOMING.c.product_id == sold.c.product_id).exists()
    before, after = (
        connection.execute(select(func.count()).select_from(sold).where(~other)).scalar_one() for other in (own, coming)
    )
    return before, after


def not_sold(wider: Sequence[Scope]) -> Select[Any]:
    """The products that come into the list and that no wider list has."""
    added = select(TOUCHED.c.product_id).where(TOUCHED.c.what == ADDED)
    return added.where(*(~_listed(one, TOUCHED).exists() for one in wider))


def taken_over(
    connection: Connection, scope: Scope, wider: Sequence[Scope], *, region: str, currency: str, at: int
) -> Iterator[tuple[int, Prices, Prices]]:
    """Products that were sold without a price of this list's and now get one, with the prices before and after.

    Rules that are not the list's count on both sides: where one of them wins, nothing moves.
    """
    products = _products(scope, wider)
    coming = _grouped(connection, _coming(products))
    there = next(coming, None)
    place = {"store": scope.id, "region": region} if scope.kind == "store" else {"store": "", "region": scope.id}
    for product, rows in _grouped(connection, _rules(products, (scope, *_around(scope, region)))):
        while there is not None and there[0] < product:
            there = next(coming, None)
        fresh = there[1] if there is not None and there[0] == product else ()
        if len(rows) == len(fresh) == 1 and rows[0][_SAID] == fresh[0][1:]:
            continue  # most products: the one price again
        rules = [Rule(*row[1:]) for row in rows]
        both = [*rules, *(_rule(scope, currency, turn, row) for turn, row in enumerate(fresh))]
        before, after = (
            resolve(one, **place, channel=LANE_CHANNEL, since=at, currency=currency) for one in (rules, both)
        )
        if before:  # without a price nobody could buy it
            yield product, before, after


def _sold(wider: Sequence[Scope]) -> Subquery:
    # One scope at a time: asked for several at once, SQLite would read all of them.
    return union(*(select(LISTING.c.product_id).where(one.of(LISTING)) for one in wider)).subquery("sold")


def _listed(scope: Scope, product: FromClause) -> Select[Any]:
    return select(LISTING.c.product_id).where(scope.of(LISTING), LISTING.c.product_id == product.c.product_id)


def _products(scope: Scope, wider: Sequence[Scope]) -> Subquery:
    priced = select(PRICE_RULE.c.id).where(own_rules(scope), PRICE_RULE.c.product_id == TOUCHED.c.product_id).exists()
    return (
        select(TOUCHED.c.product_id)
        .where(TOUCHED.c.what != GONE, TOUCHED.c.product_id.in_(select(FRESH_PRICE.c.product_id)), ~priced)
        .where(or_(TOUCHED.c.what != ADDED, *(_listed(one, TOUCHED).exists() for one in wider)))
        .subquery("taken")
    )


def _rules(products: Subquery, scopes: Sequence[Scope]) -> Select[Any]:
    each = union_all(
        *(
            select(PRICE_RULE.c.product_id, *(PRICE_RULE.c[name] for name in _WIDER_RULE))
            .join(products, products.c.product_id == PRICE_RULE.c.product_id)
            .where(one.of(PRICE_RULE))
            for one in scopes
        )
    ).subquery("ruled")
    return select(each).order_by(each.c.product_id, each.c.id)


def _coming(products: Subquery) -> Select[Any]:
    return (
        select(INCOMING.c.product_id, *(STAGED_PRICE.c[name] for name in _PRICE))
        .join(products, products.c.product_id == INCOMING.c.product_id)
        .join(STAGED_PRICE, STAGED_PRICE.c.place == INCOMING.c.place)
        .order_by(INCOMING.c.product_id)
    )


def _grouped(connection: Connection, query: Select[Any]) -> Iterator[tuple[int, list[Sequence[Any]]]]:
    rows = connection.execute(query, execution_options={"stream_results": True})
    for product, group in groupby(rows, key=itemgetter(0)):
        yield product, list(group)


def _rule(scope: Scope, currency: str, turn: int, row: Sequence[Any]) -> Rule:
    _, kind, minor, begins, ends = row
    number = _NEWEST + turn
    return Rule(number, scope.kind, scope.id, "any", kind, minor, begins, ends, 0, SOURCE, "", currency)
