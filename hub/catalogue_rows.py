"""Between the hub's tables and what a shop sells: one place that knows the columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import Column, Connection, Table, select

from hub.catalogue import Catalogue, CatalogueItem, CategoryRow
from hub.tables import CATEGORY, LABEL_TEMPLATE, OFFER, PICTURE, PRICE, PRODUCT, PRODUCT_CODE, STORE
from offline_cache.price_list.writer import OfferRow, PriceRow
from retail.product import Product, Unit

Rows = list[dict[str, Any]]
Columns = tuple[Column[Any], ...]

_CHUNK: Final = 2000
_CODE_COLUMNS: Final[Columns] = (PRODUCT_CODE.c.number, PRODUCT_CODE.c.code, PRODUCT_CODE.c.pieces)
_PRICE_COLUMNS: Final[Columns] = (
    PRICE.c.number,
    PRICE.c.kind,
    PRICE.c.minor,
    PRICE.c.valid_from,
    PRICE.c.valid_until,
)
_PRODUCT_COLUMNS: Final[Columns] = tuple(column for column in PRODUCT.columns if column.name != "store")
# canonical_json builds an encoder for each call; a list has two texts for each product.
_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode


def store_row(catalogue: Catalogue, *, source: str, at: int) -> dict[str, Any]:
    """The row of table store; `at` is epoch seconds."""
    return {
        "id": catalogue.store,
        "currency": catalogue.currency,
        "time_zone": catalogue.time_zone,
        "names": _json(dict(catalogue.names)),
        "receipt": _json({key: dict(texts) for key, texts in catalogue.receipt.items()}),
        "bag_skus": _json(list(catalogue.bag_skus)),
        "source": source,
        "imported_at": at,
    }


def goods_rows(items: Iterable[CatalogueItem], number: int) -> tuple[Rows, Rows, Rows]:
    """Rows of products, codes and prices, all but the store's id; numbered on from `number`."""
    products: Rows = []
    codes: Rows = []
    prices: Rows = []
    for item in items:
        number += 1
        product = item.product
        products.append(
            {
                "number": number,
                "sku": product.sku,
                "names": _json(dict(product.names)),
                "unit": product.unit.value,
                "category": product.category,
                "tax_rate_bp": product.tax_rate_bp,
                "min_age": product.min_age,
                "loose": product.loose,
                "plu": product.plu,
                "picture": product.picture,
                "tare_grams": product.tare_grams,
                "terms": _json(list(item.terms)),
            }
        )
        codes += ({"code": code, "number": number, "pieces": pieces} for code, pieces in item.codes.items())
        prices += (
            {
                "number": number,
                "place": place,
                "kind": price.kind,
                "minor": price.minor,
                "valid_from": price.valid_from,
                "valid_until": price.valid_until,
            }
            for place, price in enumerate(item.prices)
        )
    return products, codes, prices


def shop_rows(catalogue: Catalogue) -> Mapping[Table, Rows]:
    """Rows of all that a shop has beside its products."""
    store = catalogue.store
    return {
        CATEGORY: [
            {"store": store, "id": c.id, "names": _json(dict(c.names)), "picture": c.picture, "sort": c.sort}
            for c in catalogue.categories
        ],
        LABEL_TEMPLATE: [
            {"store": store, "pattern": pattern, "name": name, "sort": sort}
            for sort, (pattern, name) in enumerate(catalogue.label_templates)
        ],
        OFFER: [
            {
                "store": store,
                "id": offer.id,
                "kind": offer.kind,
                "quantity": offer.quantity,
                "price_minor": offer.price_minor,
                "names": _json(dict(offer.names)),
                "skus": _json(list(offer.skus)),
                "valid_from": offer.valid_from,
                "valid_until": offer.valid_until,
            }
            for offer in catalogue.offers
        ],
        PICTURE: [
            {"store": store, "name": name, "media_type": media_type, "content": content}
            for name, (media_type, content) in catalogue.pictures.items()
        ],
    }


def read_catalogue(connection: Connection, store: str) -> Catalogue | None:
    """The shop's own part, or None if there is no such store."""
    row = connection.execute(select(STORE).where(STORE.c.id == store)).one_or_none()
    if row is None:
        return None
    return Catalogue(
        store=row.id,
        currency=row.currency,
        time_zone=row.time_zone,
        names=json.loads(row.names),
        receipt=json.loads(row.receipt),
        bag_skus=tuple(json.loads(row.bag_skus)),
        categories=tuple(_categories(connection, store)),
        label_templates=tuple(_label_templates(connection, store)),
        offers=tuple(_offers(connection, store)),
        pictures=_pictures(connection, store),
    )


def read_items(connection: Connection, store: str) -> Iterator[CatalogueItem]:
    """The products in the list's order; one query for each table, however long the list."""
    codes = _Groups(connection, _CODE_COLUMNS, store)
    prices = _Groups(connection, _PRICE_COLUMNS, store)
    for row in _rows(connection, _PRODUCT_COLUMNS, store):
        number, sku, names, unit, category, tax, age, loose, plu, picture, tare, terms = row
        yield CatalogueItem(
            Product(sku, json.loads(names), Unit(unit), category, tax, age, bool(loose), plu, picture, tare),
            {code: pieces for _, code, pieces in codes.of(number)},
            tuple([PriceRow(*price) for _, *price in prices.of(number)]),
            tuple(json.loads(terms)),
        )


def _rows(connection: Connection, columns: Columns, store: str) -> Iterator[tuple[Any, ...]]:
    table = columns[0].table
    query = select(*columns).where(table.c.store == store).order_by(table.c.number)
    for chunk in connection.execute(query).partitions(_CHUNK):
        yield from chunk


class _Groups:
    """Walks a table along with the products, as both come in the order of the product's number."""

    def __init__(self, connection: Connection, columns: Columns, store: str) -> None:
        self._groups = groupby(_rows(connection, columns, store), key=itemgetter(0))
        self._ahead = next(self._groups, None)

    def of(self, number: int) -> list[tuple[Any, ...]]:
        """The rows of the next product that has any, if it is this one."""
        if self._ahead is None or self._ahead[0] != number:
            return []
        rows = list(self._ahead[1])
        self._ahead = next(self._groups, None)
        return rows


def _categories(connection: Connection, store: str) -> Iterator[CategoryRow]:
    query = select(CATEGORY).where(CATEGORY.c.store == store).order_by(CATEGORY.c.sort, CATEGORY.c.id)
    for row in connection.execute(query):
        yield CategoryRow(row.id, json.loads(row.names), row.picture, row.sort)


def _label_templates(connection: Connection, store: str) -> Iterator[tuple[str, str]]:
    query = select(LABEL_TEMPLATE).where(LABEL_TEMPLATE.c.store == store).order_by(LABEL_TEMPLATE.c.sort)
    for row in connection.execute(query):
        yield row.pattern, row.name


def _offers(connection: Connection, store: str) -> Iterator[OfferRow]:
    for row in connection.execute(select(OFFER).where(OFFER.c.store == store).order_by(OFFER.c.id)):
        yield OfferRow(
            id=row.id,
            quantity=row.quantity,
            price_minor=row.price_minor,
            names=json.loads(row.names),
            skus=tuple(json.loads(row.skus)),
            valid_from=row.valid_from,
            valid_until=row.valid_until,
            kind=row.kind,
        )


def _pictures(connection: Connection, store: str) -> dict[str, tuple[str, bytes]]:
    query = select(PICTURE).where(PICTURE.c.store == store).order_by(PICTURE.c.name)
    return {row.name: (row.media_type, row.content) for row in connection.execute(query)}
