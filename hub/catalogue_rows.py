"""Between the hub's tables and what a shop sells: one place that knows the columns."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, Table, select

from hub.catalogue import Catalogue, CatalogueItem, CategoryRow
from hub.tables import CATEGORY, LABEL_TEMPLATE, PICTURE, STORE
from retail.product import Product, Unit

Rows = list[dict[str, Any]]
Values = tuple[Any, ...]
GoodsRows = tuple[list[Values], list[Values], list[Values]]

# The columns of table description that come from a list; its digest is of their values in this order.
DESCRIBED: Final = (
    "names",
    "unit",
    "category",
    "tax_rate_bp",
    "min_age",
    "loose",
    "plu",
    "picture",
    "tare_grams",
    "terms",
    "discountable",
    "brand",
)
_DIGEST: Final = 32
_UNITS: Final = {unit.value: unit for unit in Unit}
_json = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode
# The same text for a string; `_json` builds an encoder for each call, which takes eight times as long.
_quoted = json.encoder.encode_basestring


def store_row(catalogue: Catalogue, *, source: str, at: int) -> dict[str, Any]:
    """The row of table store; `at` is epoch seconds. What the catalogue says nothing of stays as it is."""
    policy = catalogue.payments
    return ({} if policy is None else {"payments": _json(policy.as_dict())}) | {
        "id": catalogue.store,
        "currency": catalogue.currency,
        "time_zone": catalogue.time_zone,
        "names": _json(dict(catalogue.names)),
        "receipt": _json({key: dict(texts) for key, texts in catalogue.receipt.items()}),
        "bag_skus": _json(list(catalogue.bag_skus)),
        "source": source,
        "imported_at": at,
    }


def goods_rows(items: Iterable[CatalogueItem], place: int) -> GoodsRows:
    """Rows of hub.staging for items, their codes and prices, in the order of its columns; placed on from `place`."""
    found: list[Values] = []
    codes: list[Values] = []
    prices: list[Values] = []
    for item in items:
        place += 1
        said = _said(item)
        found.append((place, item.product.sku, _digest(said), *said, codes_text(item.codes)))
        for code, pieces in item.codes.items():
            codes.append((code, place, pieces))
        # Two prices alike are one: there is nothing to tell them apart by.
        for said_price in {
            (one.kind, one.minor, one.valid_from, one.valid_until, one.lowest_minor) for one in item.prices
        }:
            prices.append((place, len(prices), *said_price))
    return found, codes, prices


def _said(item: CatalogueItem) -> Values:
    """What a list says of a product, in the order of DESCRIBED."""
    product = item.product
    names = product.names
    return (
        "{" + ",".join([f"{_quoted(key)}:{_quoted(names[key])}" for key in sorted(names)]) + "}",
        product.unit.value,
        product.category,
        product.tax_rate_bp,
        product.min_age,
        product.loose,
        product.plu,
        product.picture,
        product.tare_grams,
        _json(list(item.terms)) if item.terms else "[]",
        product.discountable,
        product.brand,
    )


def codes_text(codes: Mapping[str, int]) -> str:
    """Codes with their pieces as they are stored: sorted, so that the same codes are the same text."""
    return "{" + ",".join([f"{_quoted(code)}:{codes[code]}" for code in sorted(codes)]) + "}"


def _digest(said: Values) -> str:
    names, unit, category, tax, age, loose, plu, picture, tare, terms, discountable, brand = said
    text = f"{names}{terms}{unit} {tax} {age} {loose:d} {tare} {_quoted(category)}{_quoted(plu)}{_quoted(picture)}"
    if not discountable:  # and nothing else: what earlier versions said of most goods must not look new
        text += " no discount"
    if brand:
        text += f" brand {_quoted(brand)}"
    return sha256(text.encode()).hexdigest()[:_DIGEST]


def product_of(sku: str, said: Sequence[Any]) -> tuple[Product, tuple[str, ...]]:
    """The product and its search terms from the columns of DESCRIBED."""
    names, unit, category, tax, age, loose, plu, picture, tare, terms, discountable, brand = said
    known = (sku, json.loads(names), _UNITS[unit], category, tax, age, bool(loose), plu, picture, tare)
    product = Product(*known, bool(discountable), brand)
    return product, () if terms == "[]" else tuple(json.loads(terms))


def shop_rows(catalogue: Catalogue) -> Mapping[Table, Rows]:
    """Rows of all that a shop has beside its products and campaigns."""
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
        PICTURE: [
            {"store": store, "name": name, "media_type": media_type, "content": content}
            for name, (media_type, content) in catalogue.pictures.items()
        ],
    }


def read_catalogue(connection: Connection, store: str) -> Catalogue | None:
    """The shop's own part but for its campaigns (hub.promotions.rows), or None if there is no such store."""
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
        pictures=_pictures(connection, store),
    )


def _categories(connection: Connection, store: str) -> Iterator[CategoryRow]:
    query = select(CATEGORY).where(CATEGORY.c.store == store).order_by(CATEGORY.c.sort, CATEGORY.c.id)
    for row in connection.execute(query):
        yield CategoryRow(row.id, json.loads(row.names), row.picture, row.sort)


def _label_templates(connection: Connection, store: str) -> Iterator[tuple[str, str]]:
    query = select(LABEL_TEMPLATE).where(LABEL_TEMPLATE.c.store == store).order_by(LABEL_TEMPLATE.c.sort)
    for row in connection.execute(query):
        yield row.pattern, row.name


def _pictures(connection: Connection, store: str) -> dict[str, tuple[str, bytes]]:
    query = select(PICTURE).where(PICTURE.c.store == store).order_by(PICTURE.c.name)
    return {row.name: (row.media_type, row.content) for row in connection.execute(query)}
