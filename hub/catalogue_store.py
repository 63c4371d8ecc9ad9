"""Takes a store's whole list in, in one transaction, and knows which stores there are."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from hub.catalogue import Catalogue, CatalogueItem
from hub.catalogue_rows import GoodsRows, shop_rows, store_row
from hub.changes import log_scope, log_touched, next_change
from hub.data_folder import checked_name
from hub.database import Database
from hub.errors import CatalogueRefused, StoreUnknown
from hub.list_import import Imported, Offers, Order, Terms, take_staged, terms_of
from hub.promotions.goods import Name, products_named
from hub.promotions.rows import CAMPAIGNS, Changes, forget_campaigns, kept, read_kept, replace_kept, sources_of
from hub.publishing.tables import PUBLICATION
from hub.recall_rows import replace_folder_recalls
from hub.scopes import Scope, checked_region, covering, in_any
from hub.spool import Spool
from hub.staging import stage, unstage
from hub.tables import LANE, LISTING, STORE
from offline_cache.price_list.manifest import LANE_CHANNEL

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
    region: str


class CatalogueStore:
    """Stores, their goods and what else their lanes show."""

    def __init__(self, database: Database, clock: Clock, folder: Path) -> None:
        self._database = database
        self._clock = clock
        self._folder = folder

    def replace_goods(
        self,
        to: str | Scope,
        items: Iterable[CatalogueItem],
        *,
        currency: str,
        source: str,
        dry_run: bool = False,
        approved_by: str = "",
        feed_store: str | Callable[[], str] = "",
        time_zone: str = "UTC",
    ) -> Imported:
        """Make `items` the full list of products of a store (by its id) or a wider scope; the rest of a store stays.

        Only what differs is written. If `items` raises, nothing has changed; nor has it after a dry run, or if the
        list is implausible and nobody has approved it (ImplausibleImport). `feed_store` is asked after the last item.
        `time_zone` is for a store that is new.
        Campaigns in a currency that the list no longer has are dropped: their amounts would mean something else.
        """
        scope = to if isinstance(to, Scope) else Scope("store", to)
        if scope.kind == "store":
            checked_name(scope.id, "store")

        def enter(connection: Connection, terms: Terms) -> tuple[Offers, Offers]:
            if scope.kind != "store":
                return {}, {}
            if not terms.currency:
                connection.execute(insert(STORE).values(**self._row(Catalogue(scope.id, currency, time_zone), source)))
                return {}, {}
            values = {"currency": currency, "source": source, "imported_at": self._now()}
            connection.execute(update(STORE).where(STORE.c.id == scope.id).values(**values))
            if terms.currency == currency:
                return {}, {}
            before = read_kept(connection, scope.id)
            forget_campaigns(connection, scope.id)
            return before, {}

        with Spool(items, self._folder) as spool:
            known = feed_store if isinstance(feed_store, str) else feed_store()
            order = Order(scope, currency, source, known, approved_by, dry_run)
            return self._take(spool, order, enter)

    def replace_all(
        self,
        catalogue: Catalogue,
        items: Iterable[CatalogueItem],
        *,
        source: str,
        dry_run: bool = False,
        approved_by: str = "",
    ) -> Imported:
        """Make this the whole of the store: goods, categories, label templates, pictures, names, its own campaigns."""
        store = checked_name(catalogue.store, "store")
        order = Order(Scope("store", store), catalogue.currency, source, "", approved_by, dry_run)
        moved: set[Name] = set()

        def enter(connection: Connection, terms: Terms) -> tuple[Offers, Offers]:
            row = self._row(catalogue, source)
            if terms.currency:
                connection.execute(update(STORE).where(STORE.c.id == store).values(**row))
            else:
                connection.execute(insert(STORE).values(**row))
            for table, rows in shop_rows(catalogue).items():
                connection.execute(delete(table).where(table.c.store == store))
                if rows:
                    connection.execute(insert(table), rows)
            if terms.currency not in {"", catalogue.currency}:
                before = read_kept(connection, store)
                forget_campaigns(connection, store)
                return before, replace_campaigns(connection, catalogue).after
            changes = replace_campaigns(connection, catalogue)
            moved.update(changes.names)
            return changes.before, changes.after

        def finish(connection: Connection, terms: Terms, change: int) -> None:
            replace_folder_recalls(connection, store, catalogue.recalls, at=self._now())
            named = products_named(connection, covering(store, terms.region), moved)
            log_touched(connection, change, order.scope, set().union(*named.values()))

        with Spool(items, self._folder) as spool:
            return self._take(spool, order, enter, finish)

    def add_store(self, store: str, *, currency: str, time_zone: str = "UTC", region: str = "") -> None:
        """Make a store that sells what wider lists have; CatalogueRefused if it is there."""
        checked_name(store, "store")
        if region:
            checked_region(region)
        with self._database.write() as connection:
            next_change(connection)
            if connection.execute(select(STORE.c.id).where(STORE.c.id == store)).scalar() is not None:
                raise CatalogueRefused(f"store {store!r} is there already; `region` and `import` change it")
            row = self._row(Catalogue(store, currency, time_zone), "")
            connection.execute(insert(STORE).values(**row, region=region))

    def set_time_zone(self, store: str, time_zone: str) -> None:
        """Say where a store is (IANA name): days in later rules and campaigns begin there; StoreUnknown."""
        with self._database.write() as connection:
            values = {"time_zone": time_zone}
            if connection.execute(update(STORE).where(STORE.c.id == store).values(**values)).rowcount == 0:
                raise unknown_store(connection, store)

    def set_region(self, store: str, region: str) -> None:
        """Put a store into a region, or with an empty name out of any; StoreUnknown, NameRefused."""
        if region:
            checked_region(region)
        with self._database.write() as connection:
            change = next_change(connection)
            old = connection.execute(select(STORE.c.region).where(STORE.c.id == store)).scalar()
            if old is None:
                raise unknown_store(connection, store)
            connection.execute(update(STORE).where(STORE.c.id == store).values(region=region))
            regions = [Scope("region", name) for name in {old, region} - {""}] if old != region else []
            for one in regions:
                log_scope(connection, change, Scope("store", store), one)

    def currency_of(self, store: str) -> str | None:
        """A store's currency, None if there is no such store."""
        with self._database.read() as connection:
            currency: str | None = connection.execute(select(STORE.c.currency).where(STORE.c.id == store)).scalar()
        return currency

    def stores(self) -> list[StoreSummary]:
        """All stores, by id."""
        with self._database.read() as connection:
            return [_summary(connection, row) for row in connection.execute(select(STORE).order_by(STORE.c.id))]

    def _take(
        self,
        spool: Iterable[GoodsRows],
        order: Order,
        enter: Callable[[Connection, Terms], tuple[Offers, Offers]],
        finish: Callable[[Connection, Terms, int], None] = lambda *_: None,
    ) -> Imported:
        """`enter` writes the store's own part and answers its campaigns before and after; `finish` what needs the
        products to be there, under the number of the change."""

        def fill(connection: Connection) -> None:
            if stage(connection, spool) == 0:
                raise CatalogueRefused("no product could be taken from it; nothing was changed")

        with self._database.write(first=fill) as connection:
            change = next_change(connection)
            terms = terms_of(connection, order.scope)
            offers = enter(connection, terms)
            done = take_staged(connection, order, terms, change=change, at=self._now(), offers=offers)
            if order.scope.kind == "store" and terms.currency not in {"", order.currency}:
                # Prices of wider scopes begin to count, or cease to.
                for one in covering(order.scope.id, terms.region):
                    log_scope(connection, change, order.scope, one)
            finish(connection, terms, change)
            unstage(connection)
            transaction = connection.get_transaction()
            if order.dry_run and transaction is not None:
                transaction.rollback()
        return done

    def _now(self) -> int:
        return int(self._clock().timestamp())

    def _row(self, catalogue: Catalogue, source: str) -> dict[str, Any]:
        return store_row(catalogue, source=source, at=self._now())


def replace_campaigns(connection: Connection, catalogue: Catalogue) -> Changes:
    """Make a shop's own campaigns those of its catalogue; CatalogueRefused for an id that a feed has given already."""
    wanted = [kept(found) for found in catalogue.campaigns]
    sources = sources_of(connection, catalogue.store, {one.row.id for one in wanted})
    for key, source in sources.items():
        if source != CAMPAIGNS:
            raise CatalogueRefused(f"campaign {key!r} is one of source {source!r} already; give it another id")
    before = read_kept(connection, catalogue.store, CAMPAIGNS)
    return replace_kept(connection, catalogue.store, CAMPAIGNS, before, wanted)


def unknown_store(connection: Connection, store: str) -> StoreUnknown:
    """The sentence for a store that is not there."""
    known = ", ".join(connection.execute(select(STORE.c.id).order_by(STORE.c.id)).scalars()) or "none yet"
    return StoreUnknown(f"there is no store {store!r} (there are: {known}); `import` or `demo-shop` makes one")


def _summary(connection: Connection, row: Row[Any]) -> StoreSummary:
    scopes = covering(row.id, row.region)
    listed = func.count(LISTING.c.product_id.distinct())
    enrolled = select(func.count()).select_from(LANE).where(LANE.c.store == row.id)
    last = connection.execute(
        select(PUBLICATION.c.revision, PUBLICATION.c.published_at)
        .where(PUBLICATION.c.store == row.id, PUBLICATION.c.channel == LANE_CHANNEL)
        .order_by(PUBLICATION.c.revision.desc())
        .limit(1)
    ).one_or_none()
    return StoreSummary(
        id=row.id,
        currency=row.currency,
        products=connection.execute(select(listed).where(in_any(LISTING, scopes))).scalar_one(),
        imported_at=datetime.fromtimestamp(row.imported_at, UTC),
        source=row.source,
        revision=0 if last is None else last.revision,
        published_at=None if last is None else datetime.fromtimestamp(last.published_at, UTC),
        lanes=connection.execute(enrolled).scalar_one(),
        region=row.region,
    )
