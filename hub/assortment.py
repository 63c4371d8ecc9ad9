"""How many products a store sells, over all lists that reach it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from hub.scopes import Scope
from hub.tables import LISTING


def count_sold(connection: Connection, scopes: Sequence[Scope]) -> int:
    """The products that are in any list of these scopes, each once.

    List by list: asked for distinct products of several at once, a database sorts all their rows.
    """
    listed = [scope for scope in scopes if _has_any(connection, scope)]
    return sum(_only_here(connection, scope, listed[:rank]) for rank, scope in enumerate(listed))


def _has_any(connection: Connection, scope: Scope) -> bool:
    return connection.execute(select(LISTING.c.product_id).where(scope.of(LISTING)).limit(1)).scalar() is not None


def _only_here(connection: Connection, scope: Scope, others: Sequence[Scope]) -> int:
    """The products of a list that are in none of the others."""
    other = LISTING.alias("other")
    again = [
        select(other.c.product_id).where(one.of(other), other.c.product_id == LISTING.c.product_id).exists()
        for one in others
    ]
    query = select(func.count()).select_from(LISTING).where(scope.of(LISTING), *(~one for one in again))
    return connection.execute(query).scalar_one()
