"""Numbers of changes to lists, in the order in which they were committed, and what each of them touched."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import BigInteger, ColumnElement, Connection, FromClause, and_, insert, literal, select, update

from hub.scopes import ALL, Scope
from hub.tables import CHANGE_COUNTER, CHANGE_LOG, LISTING, LISTING_CODE, PRICE_RULE

LOGGED: Final = ["scope_kind", "scope_id", "change", "product_id"]


def next_change(connection: Connection) -> int:
    """Take the next number. Whoever changes lists does this before reading them: others wait here until the end."""
    connection.execute(update(CHANGE_COUNTER).values(value=CHANGE_COUNTER.c.value + 1))
    return head_change(connection)


def head_change(connection: Connection) -> int:
    """The newest number, 0 in a new hub."""
    return int(connection.execute(select(CHANGE_COUNTER.c.value)).scalar_one())


def log_touched(connection: Connection, change: int, scope: Scope, products: Collection[int]) -> None:
    """Write down that a change touched these products in a scope; each once, however often it is said."""
    logged = select(CHANGE_LOG.c.product_id).where(scope.of(CHANGE_LOG), CHANGE_LOG.c.change == change)
    fresh = set(products).difference(connection.execute(logged).scalars())
    rows = [
        {"scope_kind": scope.kind, "scope_id": scope.id, "change": change, "product_id": number}
        for number in sorted(fresh)
    ]
    if rows:
        connection.execute(insert(CHANGE_LOG), rows)


def log_scope(connection: Connection, change: int, scope: Scope, other: Scope) -> None:
    """Write down that in `scope` all is touched that `other` ever said something of, as it begins or ceases to count.

    That is what it lists and prices; what its changes touched, as `scope` may not have been published since; and what
    has a code in common with it in the list of all stores: that code changes hands.
    """
    theirs = select(LISTING_CODE.c.code).where(other.of(LISTING_CODE))
    past = CHANGE_LOG.alias("past")
    sources: tuple[tuple[FromClause, ColumnElement[bool]], ...] = (
        (past, other.of(past)),
        (LISTING, other.of(LISTING)),
        (PRICE_RULE, other.of(PRICE_RULE)),
        (LISTING_CODE, and_(ALL.of(LISTING_CODE), LISTING_CODE.c.code.in_(theirs))),
    )
    for table, condition in sources:
        logged = (
            select(CHANGE_LOG.c.product_id)
            .where(scope.of(CHANGE_LOG), CHANGE_LOG.c.change == change, CHANGE_LOG.c.product_id == table.c.product_id)
            .exists()
        )
        rows = (
            select(literal(scope.kind), literal(scope.id), literal(change, BigInteger), table.c.product_id)
            .distinct()
            .where(condition, ~logged)
        )
        connection.execute(insert(CHANGE_LOG).from_select(LOGGED, rows))
