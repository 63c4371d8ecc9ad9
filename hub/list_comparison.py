"""Sets a staged list beside the one that is there, in the database: which products differ, which rules go and come."""

from __future__ import annotations

from typing import Final

from sqlalchemy import ColumnElement, Connection, and_, case, func, insert, literal, or_, select

from hub.scopes import Scope
from hub.staging import (
    FRESH_PRICE,
    INCOMING,
    STAGED_ITEM,
    STAGED_PRICE,
    STALE_RULE,
    TOUCHED,
    know_sizes,
)
from hub.tables import DESCRIPTION, LISTING, PRICE_RULE, PRODUCT

SOURCE: Final = "feed"  # of the rules that imports write; those of other sources are not theirs to change

ADDED: Final = "added"
GONE: Final = "gone"
CHANGED: Final = "changed"
PRICED: Final = "priced"


def compare(connection: Connection, scope: Scope, *, currency: str) -> None:
    """Fill the tables of what differs. Products that no store had get their numbers, in the list's order."""
    _number_products(connection)
    _meet(connection)
    _compare_listings(connection, scope)
    _compare_prices(connection, scope, currency)
    know_sizes(connection, TOUCHED, STALE_RULE, FRESH_PRICE)


def own_rules(scope: Scope) -> ColumnElement[bool]:
    """The rules that an import of this scope replaces."""
    return and_(scope.of(PRICE_RULE), PRICE_RULE.c.source == SOURCE)


def _number_products(connection: Connection) -> None:
    known = select(PRODUCT.c.id).where(PRODUCT.c.sku == STAGED_ITEM.c.sku).exists()
    fresh = select(STAGED_ITEM.c.sku).where(~known).order_by(STAGED_ITEM.c.place)
    connection.execute(insert(PRODUCT).from_select(["sku"], fresh))


def _meet(connection: Connection) -> None:
    said = and_(DESCRIPTION.c.product_id == PRODUCT.c.id, DESCRIPTION.c.digest == STAGED_ITEM.c.digest)
    items = (
        select(PRODUCT.c.id, STAGED_ITEM.c.place, DESCRIPTION.c.id)
        .select_from(STAGED_ITEM)
        .join(PRODUCT, PRODUCT.c.sku == STAGED_ITEM.c.sku)
        .outerjoin(DESCRIPTION, said)
    )
    connection.execute(insert(INCOMING).from_select(["product_id", "place", "description_id"], items))
    know_sizes(connection, INCOMING)


def _compare_listings(connection: Connection, scope: Scope) -> None:
    listed = and_(scope.of(LISTING), LISTING.c.product_id == INCOMING.c.product_id)
    differs = or_(
        LISTING.c.product_id.is_(None),
        INCOMING.c.description_id.is_(None),
        INCOMING.c.description_id != LISTING.c.description_id,
        STAGED_ITEM.c.codes != LISTING.c.codes,
    )
    coming = (
        select(INCOMING.c.product_id, case((LISTING.c.product_id.is_(None), ADDED), else_=CHANGED))
        .select_from(INCOMING)
        .join(STAGED_ITEM, STAGED_ITEM.c.place == INCOMING.c.place)
        .outerjoin(LISTING, listed)
        .where(differs)
    )
    connection.execute(insert(TOUCHED).from_select(["product_id", "what"], coming))
    stays = select(INCOMING.c.product_id).where(INCOMING.c.product_id == LISTING.c.product_id).exists()
    going = select(LISTING.c.product_id, literal(GONE)).where(scope.of(LISTING), ~stays)
    connection.execute(insert(TOUCHED).from_select(["product_id", "what"], going))


def _compare_prices(connection: Connection, scope: Scope, currency: str) -> None:
    same = and_(
        INCOMING.c.product_id == PRICE_RULE.c.product_id,
        STAGED_PRICE.c.kind == PRICE_RULE.c.kind,
        STAGED_PRICE.c.minor == PRICE_RULE.c.minor,
        STAGED_PRICE.c.valid_from.is_not_distinct_from(PRICE_RULE.c.valid_from),
        STAGED_PRICE.c.valid_until.is_not_distinct_from(PRICE_RULE.c.valid_until),
        STAGED_PRICE.c.lowest_minor.is_not_distinct_from(PRICE_RULE.c.lowest_minor),
        PRICE_RULE.c.currency == currency,
    )
    staged = INCOMING.join(STAGED_PRICE, STAGED_PRICE.c.place == INCOMING.c.place)
    said_again = select(INCOMING.c.product_id).select_from(staged).where(same).correlate(PRICE_RULE).exists()
    stale = select(PRICE_RULE.c.id, PRICE_RULE.c.product_id).where(own_rules(scope), ~said_again)
    connection.execute(insert(STALE_RULE).from_select(["id", "product_id"], stale))
    said_before = select(PRICE_RULE.c.id).where(own_rules(scope), same).correlate(INCOMING, STAGED_PRICE).exists()
    columns = ("kind", "minor", "valid_from", "valid_until", "lowest_minor")
    fresh = (
        select(INCOMING.c.product_id, *(STAGED_PRICE.c[name] for name in columns))
        .select_from(staged)
        .where(~said_before)
    )
    connection.execute(insert(FRESH_PRICE).from_select(["product_id", *columns], fresh))
    _touch_priced(connection)


def _touch_priced(connection: Connection) -> None:
    moved = select(STALE_RULE.c.product_id).union(select(FRESH_PRICE.c.product_id)).subquery()
    known = select(TOUCHED.c.product_id).where(TOUCHED.c.product_id == moved.c.product_id).exists()
    priced = select(moved.c.product_id, literal(PRICED)).where(~known)
    connection.execute(insert(TOUCHED).from_select(["product_id", "what"], priced))


def count_touched(connection: Connection) -> dict[str, int]:
    """How many products differ, by how."""
    query = select(TOUCHED.c.what, func.count()).group_by(TOUCHED.c.what)
    return {row[0]: row[1] for row in connection.execute(query)}
