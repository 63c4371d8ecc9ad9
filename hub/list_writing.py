"""Writes what differs between a staged list and the one that is there, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Connection, and_, delete, insert, literal, or_, select

from hub.catalogue_rows import DESCRIBED
from hub.changes import LOGGED
from hub.list_comparison import ADDED, CHANGED, GONE, SOURCE
from hub.list_takeover import wider_than
from hub.scopes import Scope
from hub.staging import FRESH_PRICE, INCOMING, STAGED_CODE, STAGED_ITEM, STALE_RULE, TOUCHED
from hub.tables import CHANGE_LOG, DESCRIPTION, LISTING, LISTING_CODE, PRICE_RULE

_KEY: Final = ["scope_kind", "scope_id", "product_id"]


def write_difference(connection: Connection, scope: Scope, *, currency: str, change: int, region: str) -> None:
    """Write it under this change number. `region` is that of the scope's store, if it is a store."""
    wider = wider_than(connection, scope, region)
    _log(connection, scope, change)
    _log_neighbours(connection, scope, wider, change)
    _write_listings(connection, scope)
    _write_rules(connection, scope, currency, change)
    if wider:  # again, for the codes that the list claims now
        _log_neighbours(connection, scope, wider, change)


def _log(connection: Connection, scope: Scope, change: int) -> None:
    rows = select(literal(scope.kind), literal(scope.id), literal(change, BigInteger), TOUCHED.c.product_id)
    connection.execute(insert(CHANGE_LOG).from_select(LOGGED, rows))


def _log_neighbours(connection: Connection, scope: Scope, wider: Sequence[Scope], change: int) -> None:
    """A code belongs to the narrowest list that has it: what it was taken from, or fell back to, is touched as well."""
    if not wider:
        return
    mine = LISTING_CODE.alias("mine")
    codes = (
        select(mine.c.code)
        .join(TOUCHED, TOUCHED.c.product_id == mine.c.product_id)
        .where(or_(*(one.of(mine) for one in (scope, *wider))))
        .where(TOUCHED.c.what.in_((ADDED, CHANGED, GONE)))
    )
    others = (
        select(LISTING_CODE.c.product_id)
        .distinct()
        .where(or_(*(one.of(LISTING_CODE) for one in wider)), LISTING_CODE.c.code.in_(codes))
        .subquery()
    )
    logged = (
        select(CHANGE_LOG.c.product_id)
        .where(scope.of(CHANGE_LOG), CHANGE_LOG.c.change == change, CHANGE_LOG.c.product_id == others.c.product_id)
        .exists()
    )
    rows = select(literal(scope.kind), literal(scope.id), literal(change, BigInteger), others.c.product_id).where(
        ~logged
    )
    connection.execute(insert(CHANGE_LOG).from_select(LOGGED, rows))


def _write_listings(connection: Connection, scope: Scope) -> None:
    _describe(connection)
    here = (literal(scope.kind), literal(scope.id), TOUCHED.c.product_id)
    for table in (LISTING_CODE, LISTING):
        old = select(TOUCHED.c.product_id).where(TOUCHED.c.what.in_((CHANGED, GONE)))
        connection.execute(delete(table).where(scope.of(table), table.c.product_id.in_(old)))
    staged = (
        TOUCHED.join(INCOMING, INCOMING.c.product_id == TOUCHED.c.product_id)
        .join(STAGED_ITEM, STAGED_ITEM.c.place == INCOMING.c.place)
        .join(DESCRIPTION, _said())
    )
    rows = select(*here, DESCRIPTION.c.id, STAGED_ITEM.c.codes).select_from(staged).where(_listed_anew())
    # In the order of the key, here and below: pages are filled one after another, not split.
    rows = rows.order_by(TOUCHED.c.product_id)
    connection.execute(insert(LISTING).from_select([*_KEY, "description_id", "codes"], rows))
    coded = TOUCHED.join(INCOMING, INCOMING.c.product_id == TOUCHED.c.product_id).join(
        STAGED_CODE, STAGED_CODE.c.place == INCOMING.c.place
    )
    codes = select(*here, STAGED_CODE.c.code, STAGED_CODE.c.pieces).select_from(coded).where(_listed_anew())
    codes = codes.order_by(TOUCHED.c.product_id, STAGED_CODE.c.code)
    connection.execute(insert(LISTING_CODE).from_select([*_KEY, "code", "pieces"], codes))
    _forget_unsaid(connection)


def _describe(connection: Connection) -> None:
    """What no store has said of a product yet."""
    columns = ["digest", *DESCRIBED]
    fresh = (
        select(INCOMING.c.product_id, *(STAGED_ITEM.c[name] for name in columns))
        .join(STAGED_ITEM, STAGED_ITEM.c.place == INCOMING.c.place)
        .where(INCOMING.c.description_id.is_(None))
        .order_by(INCOMING.c.product_id)
    )
    connection.execute(insert(DESCRIPTION).from_select(["product_id", *columns], fresh))


def _said() -> ColumnElement[bool]:
    return and_(DESCRIPTION.c.product_id == INCOMING.c.product_id, DESCRIPTION.c.digest == STAGED_ITEM.c.digest)


def _listed_anew() -> ColumnElement[bool]:
    return TOUCHED.c.what.in_((ADDED, CHANGED))


def _forget_unsaid(connection: Connection) -> None:
    """What no list says any more."""
    touched = select(TOUCHED.c.product_id).where(TOUCHED.c.what.in_((CHANGED, GONE)))
    said = select(LISTING.c.product_id).where(LISTING.c.description_id == DESCRIPTION.c.id).exists()
    connection.execute(delete(DESCRIPTION).where(DESCRIPTION.c.product_id.in_(touched), ~said))


def _write_rules(connection: Connection, scope: Scope, currency: str, change: int) -> None:
    connection.execute(delete(PRICE_RULE).where(PRICE_RULE.c.id.in_(select(STALE_RULE.c.id))))
    same = {
        "scope_kind": scope.kind,
        "scope_id": scope.id,
        "channel": "any",
        "currency": currency,
        "priority": 0,
        "source": SOURCE,
        "label": "",
        "change": change,
    }
    columns = ["product_id", "kind", "minor", "valid_from", "valid_until", "lowest_minor"]
    rows = select(*(FRESH_PRICE.c[name] for name in columns), *(literal(value) for value in same.values()))
    rows = rows.order_by(FRESH_PRICE.c.product_id)
    connection.execute(insert(PRICE_RULE).from_select([*columns, *same], rows))
