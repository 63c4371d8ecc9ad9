"""Takes a store's whole list in, in one transaction, and knows which stores there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Row, Table, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub.catalogue import Catalogue, CatalogueItem
from hub.catalogue_rows import Rows, shop_rows, store_row
from hub.data_folder import checked_name
from hub.database import Database
from hub.errors import CatalogueRefused, StoreUnknown
from hub.spool import Spool
from hub.tables import LANE, OFFER, PRICE, PRODUCT, PRODUCT_CODE, PUBLICATION, STORE

_GOODS: Final = (PRICE, PRODUCT_CODE, PRODUCT)

Clock = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class StoreSummary:
    """A store in a list of stores; `revision` is 0 before the first publication."""

    id: str
    currency: str
    products: int
    imported_at: datetime
    source: str
    revision: int
    published_at: datetime | None
    lanes: int


class CatalogueStore:
    """Stores, their goods and what else their lanes show."""

    def __init__(self, database: Database, clock: Clock, folder: Path) -> None:
        self._database = database
        self._clock = clock
        self._folder = folder

    def replace_goods(self, store: str, items: Iterable[CatalogueItem], *, currency: str, source: str) -> int:
        """Make `items` the store's full list of products; the rest of the store stays. The number of products.

        If `items` raises, nothing has changed. Offers in a currency that the
        list no longer has are dropped: their amounts would mean something else.
        """
        checked_name(store, "store")
        with Spool(items, self._folder) as spool, self._database.write() as connection:
            old = connection.execute(select(STORE.c.currency).where(STORE.c.id == store)).scalar()
            if old is None:
                connection.execute(insert(STORE).values(**self._row(Catalogue(store, currency), source)))
            else:
                values = {"currency": currency, "source": source, "imported_at": int(self._clock().timestamp())}
                connection.execute(update(STORE).where(STORE.c.id == store).values(**values))
                if old != currency:
                    connection.execute(delete(OFFER).where(OFFER.c.store == store))
            return _refill_goods(connection, store, spool)

    def replace_all(self, catalogue: Catalogue, items: Iterable[CatalogueItem], *, source: str) -> int:
        """Make this the whole of the store: goods, categories, offers, label templates, pictures, names."""
        store = checked_name(catalogue.store, "store")
        with Spool(items, self._folder) as spool, self._database.write() as connection:
            row = self._row(catalogue, source)
            if connection.execute(select(STORE.c.id).where(STORE.c.id == store)).scalar() is None:
                connection.execute(insert(STORE).values(**row))
            else:
                connection.execute(update(STORE).where(STORE.c.id == store).values(**row))
            for table, rows in shop_rows(catalogue).items():
                connection.execute(delete(table).where(table.c.store == store))
                if rows:
                    connection.execute(insert(table), rows)
            return _refill_goods(connection, store, spool)

    def stores(self) -> list[StoreSummary]:
        """All stores, by id."""
        with self._database.read() as connection:
            return [_summary(connection, row) for row in connection.execute(select(STORE).order_by(STORE.c.id))]

    def _row(self, catalogue: Catalogue, source: str) -> dict[str, Any]:
        return store_row(catalogue, source=source, at=int(self._clock().timestamp()))


def _refill_goods(connection: Connection, store: str, spool: Iterable[tuple[Rows, Rows, Rows]]) -> int:
    for table in _GOODS:
        connection.execute(delete(table).where(table.c.store == store))
    count = 0
    for products, codes, prices in spool:
        for table, rows in ((PRODUCT, products), (PRODUCT_CODE, codes), (PRICE, prices)):
            if rows:
                _insert(connection, table, [{"store": store, **row} for row in rows])
        count += len(products)
    if count == 0:
        raise CatalogueRefused("no product could be taken from it; nothing was changed")
    return count


def _insert(connection: Connection, table: Table, rows: Rows) -> None:
    try:
        connection.execute(insert(table), rows)
    except IntegrityError as exc:
        what = "code" if table is PRODUCT_CODE else "number (SKU)"
        raise CatalogueRefused(
            f"the list has two products with the same {what} ({exc.orig}); nothing was changed"
        ) from exc


def unknown_store(connection: Connection, store: str) -> StoreUnknown:
    """The sentence for a store that is not there."""
    known = ", ".join(connection.execute(select(STORE.c.id).order_by(STORE.c.id)).scalars()) or "none yet"
    return StoreUnknown(f"there is no store {store!r} (there are: {known}); `import` or `demo-shop` makes one")


def _summary(connection: Connection, row: Row[Any]) -> StoreSummary:
    def count(table: Table) -> int:
        return connection.execute(select(func.count()).select_from(table).where(table.c.store == row.id)).scalar_one()

    last = connection.execute(
        select(PUBLICATION.c.revision, PUBLICATION.c.published_at)
        .where(PUBLICATION.c.store == row.id)
        .order_by(PUBLICATION.c.revision.desc())
        .limit(1)
    ).one_or_none()
    return StoreSummary(
        id=row.id,
        currency=row.currency,
        products=count(PRODUCT),
        imported_at=datetime.fromtimestamp(row.imported_at, UTC),
        source=row.source,
        revision=0 if last is None else last.revision,
        published_at=None if last is None else datetime.fromtimestamp(last.published_at, UTC),
        lanes=count(LANE),
    )
