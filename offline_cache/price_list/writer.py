"""Writes one price-list.sqlite snapshot: all rows in one transaction, then indexes, then a closed file."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

from offline_cache.price_list.schema import APPLICATION_ID, INDEXES, TABLES, VERSION
from retail.gtin import gtin14, restore_leading_zeros
from retail.product import Product


@dataclass(frozen=True, slots=True)
class Meta:
    """What the list says of itself. `published_at` is aware UTC; `receipt` holds header, footer, tax_id by language."""

    store: str
    revision: int
    currency: str
    published_at: datetime
    time_zone: str = "UTC"
    names: Mapping[str, str] = field(default_factory=dict)
    receipt: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    bag_skus: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price of a product: kind 'list' or 'special', minor units, validity in epoch seconds (until is exclusive)."""

    kind: str
    minor: int
    valid_from: int | None = None
    valid_until: int | None = None


@dataclass(frozen=True, slots=True)
class OfferRow:
    """A multi-buy and the SKUs that take part."""

    id: str
    quantity: int
    price_minor: int
    names: Mapping[str, str]
    skus: tuple[str, ...]
    valid_from: int | None = None
    valid_until: int | None = None
    kind: str = "n_for_x"


class PriceListWriter:
    """Context manager: leaves a whole file at `path`, or none if anything failed.

    Products come first; offers name their SKUs. Raises sqlite3.Error for rows that the schema refuses.
    """

    def __init__(self, path: Path, meta: Meta) -> None:
        self._path = path
        self._part = path.with_name(path.name + ".part")
        self._meta = meta
        self._ids: dict[str, int] = {}

    def __enter__(self) -> Self:
        """Start a new file beside the target."""
        self._part.unlink(missing_ok=True)
        self._db = sqlite3.connect(self._part, isolation_level=None)
        self._db.execute("PRAGMA journal_mode = OFF")
        self._db.execute("PRAGMA synchronous = OFF")  # the file counts only after the fsync and rename at the end
        self._db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        self._db.execute(f"PRAGMA user_version = {VERSION}")
        self._db.execute("BEGIN")
        for statement in TABLES.values():
            self._db.execute(statement)
        self._write_meta()
        return self

    def __exit__(self, kind: type[BaseException] | None, *_rest: object) -> None:
        """Finish and move into place, or leave nothing."""
        try:
            if kind is None:
                for statement in INDEXES.values():
                    self._db.execute(statement)
                self._db.execute("COMMIT")
                self._db.execute("ANALYZE")
        finally:
            self._db.close()
        if kind is not None:
            self._part.unlink(missing_ok=True)
            return
        with self._part.open("rb+") as file:
            os.fsync(file.fileno())
        self._part.replace(self._path)

    def _write_meta(self) -> None:
        meta = self._meta
        values = {
            "store": meta.store,
            "revision": str(meta.revision),
            "currency": meta.currency,
            "published_at": meta.published_at.isoformat(timespec="seconds"),
            "time_zone": meta.time_zone,
            "names": _json(meta.names),
            "receipt": _json({key: dict(value) for key, value in meta.receipt.items()}),
            "bag_skus": json.dumps(meta.bag_skus),
        }
        self._db.executemany("INSERT INTO meta VALUES (?, ?)", values.items())

    def add_category(self, category: str, names: Mapping[str, str], picture: str, sort: int) -> None:
        """Add a category; `picture` names one added with add_picture, or is empty."""
        self._db.execute("INSERT INTO category VALUES (?, ?, ?, ?)", (category, _json(names), picture, sort))

    def add_product(
        self,
        product: Product,
        *,
        codes: Mapping[str, int],
        prices: Iterable[PriceRow],
        terms: Iterable[str] = (),
    ) -> None:
        """Add a product; `codes` maps each code, as the list writes it, to the pieces it stands for."""
        number = len(self._ids) + 1
        self._ids[product.sku] = number
        self._db.execute(
            "INSERT INTO product VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                product.sku,
                _json(product.names),
                product.unit.value,
                product.category,
                product.tax_rate_bp,
                product.min_age,
                int(product.loose),
                product.plu,
                product.picture,
                product.tare_grams,
            ),
        )
        self._db.executemany(
            "INSERT INTO code VALUES (?, ?, ?, ?)",
            [(code, gtin14(code) or restore_leading_zeros(code), number, pieces) for code, pieces in codes.items()],
        )
        self._db.executemany(
            "INSERT INTO price VALUES (?, ?, ?, ?, ?)",
            [(number, price.kind, price.minor, price.valid_from, price.valid_until) for price in prices],
        )
        self._db.executemany("INSERT OR IGNORE INTO search_term VALUES (?, ?)", [(term, number) for term in terms])

    def add_offer(self, offer: OfferRow) -> None:
        """Add an offer; KeyError for a SKU that was not added."""
        self._db.execute(
            "INSERT INTO offer VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                offer.id,
                offer.kind,
                offer.quantity,
                offer.price_minor,
                _json(offer.names),
                offer.valid_from,
                offer.valid_until,
            ),
        )
        self._db.executemany(
            "INSERT INTO offer_product VALUES (?, ?)", [(self._ids[sku], offer.id) for sku in offer.skus]
        )

    def add_label_template(self, pattern: str, name: str, sort: int) -> None:
        """Add a shop label's template, see retail.labels."""
        self._db.execute("INSERT INTO label_template VALUES (?, ?, ?)", (pattern, name, sort))

    def add_picture(self, name: str, media_type: str, content: bytes) -> None:
        """Add a picture that products and categories name."""
        self._db.execute("INSERT INTO picture VALUES (?, ?, ?)", (name, media_type, content))


def _json(names: Mapping[str, object]) -> str:
    return json.dumps(dict(names), ensure_ascii=False, sort_keys=True)
