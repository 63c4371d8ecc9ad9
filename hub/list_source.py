"""A store's list as lanes get it: listings and rules of the scopes that cover it, resolved, product by product."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import ColumnElement, Connection, Table, func, literal, select

from hub.catalogue import CatalogueItem
from hub.catalogue_rows import DESCRIBED, product_of
from hub.catalogue_store import unknown_store
from hub.changes import head_change
from hub.pricing import Rule, resolve
from hub.scopes import Scope, covering, in_any
from hub.tables import CHANGE_LOG, DESCRIPTION, IMPORT_LOG, LISTING, LISTING_CODE, PRICE_RULE, PRODUCT, STORE
from offline_cache.price_list.writer import PriceRow

__all__ = [
    "StoreScopes",
    "count_imports",
    "find_product",
    "head_change",
    "newest_approval",
    "product_ids",
    "resolved_items",
    "rules_of",
    "scopes_of",
    "touched",
]

_CHUNK: Final = 1000  # products at a time: SQLite takes at most 32,766 values in a query
_SAID: Final = tuple(DESCRIPTION.c[name] for name in DESCRIBED)
_RULE: Final = tuple(
    PRICE_RULE.c[name]
    for name in (
        "id",
        "scope_kind",
        "scope_id",
        "channel",
        "kind",
        "minor",
        "valid_from",
        "valid_until",
        "priority",
        "source",
        "label",
        "currency",
        "lowest_minor",
    )
)

_Value = TypeVar("_Value")
Within = Callable[[ColumnElement[int]], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class StoreScopes:
    """A store, its region (empty: none), its currency, and the scopes it lies in, narrowest first."""

    store: str
    region: str
    currency: str
    scopes: tuple[Scope, ...]


def scopes_of(connection: Connection, store: str) -> StoreScopes:
    """Where a store lies; StoreUnknown."""
    row = connection.execute(select(STORE.c.region, STORE.c.currency).where(STORE.c.id == store)).one_or_none()
    if row is None:
        raise unknown_store(connection, store)
    return StoreScopes(store, row.region, row.currency, covering(store, row.region))


def touched(connection: Connection, store: str, *, after: int) -> set[int]:
    """Products of which anything was touched, in the scopes that cover the store, by changes after that number."""
    found: set[int] = set()
    for scope in scopes_of(connection, store).scopes:
        query = select(CHANGE_LOG.c.product_id).where(scope.of(CHANGE_LOG), CHANGE_LOG.c.change > after)
        found.update(connection.execute(query).scalars())
    return found


def newest_approval(connection: Connection, store: str) -> tuple[int, str] | None:
    """The number of the last import for the store that a person has let through, and who."""
    where = in_any(IMPORT_LOG, scopes_of(connection, store).scopes)
    columns = (IMPORT_LOG.c.change, IMPORT_LOG.c.approved_by, IMPORT_LOG.c.difference)
    query = select(*columns).where(where, IMPORT_LOG.c.approved_by != "").order_by(IMPORT_LOG.c.change.desc())
    for change, person, difference in connection.execute(query):
        if _is_of(store, json.loads(difference)):
            return change, person
    return None


def _is_of(store: str, difference: Mapping[str, Any]) -> bool:
    """Rules of several stores are one import: its differences are by store, and the word is for these alone."""
    by_store = bool(difference) and all(isinstance(one, dict) and "before" in one for one in difference.values())
    return not by_store or store in difference


def count_imports(connection: Connection, store: str) -> int:
    """How many imports, of lists and of rules, there were for the store."""
    where = in_any(IMPORT_LOG, scopes_of(connection, store).scopes)
    return connection.execute(select(func.count()).select_from(IMPORT_LOG).where(where)).scalar_one()


def product_ids(connection: Connection, skus: Collection[str]) -> dict[str, int]:
    """The hub's numbers of products; SKUs that no store ever had are left out."""
    found: dict[str, int] = {}
    for chunk in _chunks(sorted(set(skus))):
        found |= {sku: number for number, sku in connection.execute(select(PRODUCT).where(PRODUCT.c.sku.in_(chunk)))}
    return found


def find_product(connection: Connection, store: str, code: str) -> int | None:
    """The product that a code stands for in a store, by the narrowest list that has it."""
    scopes = scopes_of(connection, store).scopes
    for rank, scope in enumerate(scopes):
        claims = select(LISTING_CODE.c.product_id).where(LISTING_CODE.c.code == code, scope.of(LISTING_CODE))
        product: int | None = connection.execute(claims).scalar()
        if product is not None and not _listed_in(connection, scopes[:rank], product):
            return product
    return None


def rules_of(connection: Connection, store: str, products: Collection[int]) -> dict[int, list[Rule]]:
    """All rules of these products in the scopes that cover the store, whatever channel and time they are for."""
    found: dict[int, list[Rule]] = {}
    scopes = scopes_of(connection, store).scopes
    for chunk in _chunks(sorted(set(products))):
        rows = _rules(connection, scopes, _just(chunk))
        found |= {number: [Rule(*row[1:]) for row in own] for number, own in rows.items()}
    return found


def resolved_items(
    connection: Connection, store: str, channel: str, *, at: datetime, only: Collection[int] | None
) -> Iterator[tuple[int, CatalogueItem]]:
    """The store's products with their numbers, in the order of these; of `only` those that the store sells.

    Prices are flat, without what ended by `at`. Chunk by chunk: memory does not grow with the list.
    """
    place = scopes_of(connection, store)
    since = int(at.timestamp())
    listed = [scope for scope in place.scopes if _has_any(connection, LISTING, scope)]
    ruled = [scope for scope in place.scopes if _has_any(connection, PRICE_RULE, scope)]
    wanted = _all_products(connection, listed) if only is None else map(_just, _chunks(sorted(set(only))))
    for within in wanted:
        rows = _rules(connection, ruled, within)
        lost = _lost_codes(connection, listed, within)
        for number, scope, codes, sku, *said in _listings(connection, listed, within):
            product, terms = product_of(sku, said)
            own: dict[str, int] = json.loads(codes)
            for code in lost.get((number, scope), ()):
                del own[code]
            prices = _prices(rows.get(number, ()), place, channel, since)
            yield number, CatalogueItem(product, own, prices, terms)


def _just(numbers: Sequence[int]) -> Within:
    return lambda column: column.in_(numbers)


def _between(first: int, last: int) -> Within:
    return lambda column: column.between(first, last)


def _all_products(connection: Connection, scopes: Sequence[Scope]) -> Iterator[Within]:
    """Ranges of numbers that hold at most a chunk of each scope's products, and together all of them."""
    after = -1
    while True:
        found: set[int] = set()
        for scope in scopes:
            # One scope at a time, here and below: asked for several at once, SQLite would read all of them each time.
            query = select(LISTING.c.product_id).where(scope.of(LISTING), LISTING.c.product_id > after)
            found.update(connection.execute(query.order_by(LISTING.c.product_id).limit(_CHUNK)).scalars())
        chunk = sorted(found)[:_CHUNK]
        if not chunk:
            return
        yield _between(chunk[0], chunk[-1])
        after = chunk[-1]


def _listings(connection: Connection, scopes: Sequence[Scope], within: Within) -> Iterable[Sequence[Any]]:
    """Number, rank of the scope, codes, SKU and what is said of each product, by the narrowest list that has it."""
    found: dict[int, Sequence[Any]] = {}
    for rank, scope in reversed(list(enumerate(scopes))):
        query = (
            select(LISTING.c.product_id, literal(rank), LISTING.c.codes, PRODUCT.c.sku, *_SAID)
            .join(DESCRIPTION, DESCRIPTION.c.id == LISTING.c.description_id)
            .join(PRODUCT, PRODUCT.c.id == LISTING.c.product_id)
            .where(scope.of(LISTING), within(LISTING.c.product_id))
            .order_by(LISTING.c.product_id)
        )
        rows = connection.execute(query).all()
        if len(scopes) == 1:
            return rows
        found |= {row[0]: row for row in rows}
    return [found[number] for number in sorted(found)]


def _lost_codes(connection: Connection, scopes: Sequence[Scope], within: Within) -> Mapping[tuple[int, int], set[str]]:
    """By product and rank of its list's scope: the codes that another product has in a narrower one."""
    lost: dict[tuple[int, int], set[str]] = defaultdict(set)
    wide, narrow = LISTING_CODE.alias("wide"), LISTING_CODE.alias("narrow")
    for rank, scope in enumerate(scopes):
        for narrower, other in enumerate(scopes[:rank]):
            hidden = [
                select(LISTING.c.product_id)
                .where(one.of(LISTING), LISTING.c.product_id == narrow.c.product_id)
                .exists()
                for one in scopes[:narrower]
            ]
            query = (
                select(wide.c.product_id, wide.c.code)
                .join(narrow, narrow.c.code == wide.c.code)
                .where(scope.of(wide), within(wide.c.product_id), other.of(narrow))
                .where(narrow.c.product_id != wide.c.product_id, *(~one for one in hidden))
            )
            for number, code in connection.execute(query):
                lost[number, rank].add(code)
    return lost


def _rules(connection: Connection, scopes: Sequence[Scope], within: Within) -> dict[int, list[Sequence[Any]]]:
    """The rules' rows of each product: its number, then the fields of Rule."""
    found: dict[int, list[Sequence[Any]]] = defaultdict(list)
    for scope in scopes:
        query = select(PRICE_RULE.c.product_id, *_RULE).where(scope.of(PRICE_RULE), within(PRICE_RULE.c.product_id))
        for row in connection.execute(query):
            found[row[0]].append(row)
    return found


def _prices(rows: Sequence[Sequence[Any]], place: StoreScopes, channel: str, since: int) -> tuple[PriceRow, ...]:
    if len(rows) == 1:
        # Nearly all products of nearly all lists: one price, everywhere, without end.
        _, _, _, _, named, kind, minor, begins, ends, _, _, _, currency, lowest = rows[0]
        if named == "any" and begins is None and ends is None and currency == place.currency:
            return (PriceRow(kind, minor, None, None, lowest),)
    rules = [Rule(*row[1:]) for row in rows]
    return resolve(rules, store=place.store, region=place.region, channel=channel, since=since, currency=place.currency)


def _listed_in(connection: Connection, scopes: Sequence[Scope], product: int) -> bool:
    if not scopes:
        return False
    query = select(LISTING.c.product_id).where(in_any(LISTING, scopes), LISTING.c.product_id == product)
    return connection.execute(query.limit(1)).scalar() is not None


def _has_any(connection: Connection, table: Table, scope: Scope) -> bool:
    return connection.execute(select(table.c.product_id).where(scope.of(table)).limit(1)).scalar() is not None


def _chunks(values: Sequence[_Value]) -> Iterator[Sequence[_Value]]:
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
