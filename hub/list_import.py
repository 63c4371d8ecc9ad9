"""One import of a list, inside a transaction: compare, judge, write what differs, and put it on record."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, func, insert, select, update

from hub.errors import ImplausibleImport
from hub.list_comparison import compare, own_rules
from hub.list_difference import difference_of
from hub.list_writing import write_difference
from hub.plausibility import DEFAULT_LIMITS, Difference, Limits, limits_from, objections
from hub.scopes import Scope
from hub.staging import INCOMING
from hub.tables import IMPORT_LOG, PRICE_RULE, STORE

Offers = Mapping[str, object]  # campaigns by their ids
_NONE: Final[Offers] = {}


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked for. `approved_by` names the person who lets it through whatever speaks against it."""

    scope: Scope
    currency: str
    source: str
    feed_store: str = ""
    approved_by: str = ""
    dry_run: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of it. `change` is its number, 0 after a dry run."""

    products: int
    difference: Difference
    objections: tuple[str, ...]
    change: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What an import of a scope is judged by; a store that is not there yet has the defaults. `currency`: of its prices
    so far, empty if there are none.
    """

    limits: Limits = DEFAULT_LIMITS
    feed_store: str = ""
    currency: str = ""
    region: str = ""


def terms_of(connection: Connection, scope: Scope) -> Terms:
    """What holds now. A scope without a row of its own remembers its feed by the imports before."""
    if scope.kind == "store":
        columns = (STORE.c.limits, STORE.c.feed_store, STORE.c.currency, STORE.c.region)
        row = connection.execute(select(*columns).where(STORE.c.id == scope.id)).one_or_none()
        return Terms() if row is None else Terms(limits_from(json.loads(row[0])), *row[1:])
    earlier = select(IMPORT_LOG.c.feed_store).where(scope.of(IMPORT_LOG), IMPORT_LOG.c.feed_store != "")
    last = connection.execute(earlier.order_by(IMPORT_LOG.c.change.desc()).limit(1)).scalar()
    priced = connection.execute(select(PRICE_RULE.c.currency).where(own_rules(scope)).limit(1)).scalar()
    return Terms(feed_store=last or "", currency=priced or "")


def take_staged(
    connection: Connection,
    order: Order,
    terms: Terms,
    *,
    change: int,
    at: int,
    offers: tuple[Offers, Offers] = (_NONE, _NONE),
) -> Imported:
    """Bring the scope's list to what is staged. Raises ImplausibleImport; after a dry run, nothing is written."""
    compare(connection, order.scope, currency=order.currency)
    difference = difference_of(
        connection, order.scope, at=at, currency=order.currency, region=terms.region, offers=offers
    )
    feed_store = terms.feed_store if _same(order.feed_store, terms.feed_store) else order.feed_store
    against = [
        *_other_currency(order, terms),
        *objections(difference, terms.limits, expected_feed_store=terms.feed_store, feed_store=feed_store),
    ]
    if not order.dry_run:
        if against and not order.approved_by:
            raise ImplausibleImport(_sentence(order, against))
        write_difference(connection, order.scope, currency=order.currency, change=change, region=terms.region)
        _remember_feed(connection, order.scope, feed_store)
        _record(connection, order, difference, against, change=change, at=at, feed_store=feed_store)
    products = connection.execute(select(func.count()).select_from(INCOMING)).scalar_one()
    return Imported(products, difference, tuple(against), 0 if order.dry_run else change)


def _other_currency(order: Order, terms: Terms) -> list[str]:
    """The same numbers would be other prices, and no count of what moved tells."""
    if terms.currency in {"", order.currency}:
        return []
    return [f"it is in {order.currency}, the prices before it are in {terms.currency}"]


def _same(feed_store: str, expected: str) -> bool:
    """Leading zeros are no part of a number: feeds write a store as 55 today and as 055 tomorrow."""
    plain = [[part.strip().lstrip("0") for part in key.split(":")] for key in (feed_store, expected)]
    return plain[0] == plain[1]


def _sentence(order: Order, against: list[str]) -> str:
    return (
        f"{order.source}: is not like the list of {order.scope.words} before it: {'; '.join(against)}; "
        "nothing was changed: look at the difference with --dry-run, or let it through with --override PERSON, "
        "who answers for it"
    )


def _remember_feed(connection: Connection, scope: Scope, feed_store: str) -> None:
    """Of the first import, and of one that a person has let through: from then on that store is the right one."""
    if scope.kind == "store" and feed_store:
        connection.execute(update(STORE).where(STORE.c.id == scope.id).values(feed_store=feed_store))


def _record(
    connection: Connection,
    order: Order,
    difference: Difference,
    against: list[str],
    *,
    change: int,
    at: int,
    feed_store: str,
) -> None:
    connection.execute(
        insert(IMPORT_LOG).values(
            change=change,
            scope_kind=order.scope.kind,
            scope_id=order.scope.id,
            source=order.source,
            feed_store=feed_store,
            at=at,
            difference=json.dumps(difference.as_dict(), ensure_ascii=False),
            objections=json.dumps(against, ensure_ascii=False),
            approved_by=order.approved_by if against else "",
        )
    )
