"""Writes what a store's channel sells now: the whole list, or the products that changes touched."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Collection, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, select

from hub.catalogue import Catalogue
from hub.errors import CatalogueRefused, DataFolderUnusable, NothingToPublish
from hub.list_source import count_imports, resolved_items
from hub.membership.programmes import Programmes
from hub.plausibility import limits_from
from hub.promotions.found import KEPT_S
from hub.publishing.campaigns import PublishedCampaigns
from hub.recalled_goods import recalls_of
from hub.tables import STORE
from offline_cache.price_list.check import read_only
from offline_cache.price_list.schema import KEYS, OF_PRODUCT
from offline_cache.price_list.writer import Meta, PriceListWriter


def described(connection: Connection, meta: Meta, catalogue: Catalogue, programmes: Programmes) -> Meta:
    """With what the shop says of itself, by which limits a lane is to judge the next list, its payment policy and its
    membership."""
    query = select(STORE.c.limits, STORE.c.payments).where(STORE.c.id == meta.store)
    limits, payments = connection.execute(query).one()
    return replace(
        meta,
        currency=catalogue.currency,
        time_zone=catalogue.time_zone,
        names=catalogue.names,
        receipt=catalogue.receipt,
        bag_skus=catalogue.bag_skus,
        limits=limits_from(json.loads(limits)).as_dict(),
        imports=count_imports(connection, meta.store),
        payments=json.loads(payments),
        membership=programmes.lane_programme(connection, meta.store),
    )


def write_list(
    connection: Connection, catalogue: Catalogue, path: Path, *, meta: Meta, base: Path | None, touched: set[int] | None
) -> int:
    """Write the list as it is now; how many products it has. NothingToPublish if it would have none.

    With `touched` only those products are written, and all others are as in `base`.
    """
    rest = 0 if base is None or touched is None else _rest_of(base, touched)
    campaigns = PublishedCampaigns(connection, catalogue.store, meta.channel, at=meta.published_at)
    with _sentences(catalogue.store, path), PriceListWriter(path, meta) as writer:
        for category in catalogue.categories:
            writer.add_category(category.id, category.names, category.picture, category.sort)
        items = resolved_items(connection, catalogue.store, meta.channel, at=meta.published_at, only=touched)
        count = 0
        for number, item, takings in campaigns.joined(items):
            count += 1
            writer.add_product(
                item.product, codes=item.codes, prices=item.prices, takings=takings, terms=item.terms, number=number
            )
        if not rest + count:
            raise NothingToPublish(f"store {catalogue.store!r} has no products; import its price list first")
        for campaign in campaigns.rows:
            writer.add_campaign(campaign)
        _write_the_rest(writer, catalogue)
        for recall in recalls_of(connection, catalogue.store, at=meta.published_at):
            writer.add_recall(recall)
    return rest + count


def ended(base: Path, *, at: datetime) -> set[int]:
    """The products of a list with prices that have ended, or campaigns kept no longer: of that no change tells."""
    moment = int(at.timestamp())
    with closing(read_only(base)) as db:
        found = db.execute(
            """SELECT product_id FROM price WHERE valid_until <= ? UNION
               SELECT product_id FROM taking WHERE campaign_id IN (SELECT id FROM campaign WHERE valid_until <= ?)""",
            (moment, moment - KEPT_S),
        )
        return {int(number) for (number,) in found}


def products_in(delta: Path, base: Path) -> int:
    """How many products a delta changes, adds or takes away from the list that it was made from."""
    parts = [
        *(f"SELECT {column} FROM {table}" for table, column in OF_PRODUCT.items()),
        *(f"SELECT {column} FROM gone_{table}" for table, column in OF_PRODUCT.items() if column in KEYS[table]),
        "SELECT base.code.product_id FROM gone_code CROSS JOIN base.code USING (code)",
    ]
    with closing(read_only(delta)) as db:
        db.execute("ATTACH ? AS base", (f"{base.resolve().as_uri()}?mode=ro&immutable=1",))
        (count,) = db.execute(f"SELECT count(*) FROM ({' UNION '.join(parts)})").fetchone()
    return int(count)


def _write_the_rest(writer: PriceListWriter, catalogue: Catalogue) -> None:
    for sort, (pattern, name) in enumerate(catalogue.label_templates):
        writer.add_label_template(pattern, name, sort)
    for name, (media_type, content) in catalogue.pictures.items():
        writer.add_picture(name, media_type, content)


def _rest_of(base: Path, touched: Collection[int]) -> int:
    """How many products of the base stay as they are."""
    with closing(read_only(base)) as db:
        db.execute("CREATE TEMP TABLE touched (id INTEGER PRIMARY KEY)")
        db.executemany("INSERT INTO touched VALUES (?)", [(number,) for number in touched])
        (there,) = db.execute("SELECT count(*) FROM product").fetchone()
        # CROSS: the few first. SQLite would walk the whole list and look each up among the few.
        (gone,) = db.execute("SELECT count(*) FROM touched CROSS JOIN product USING (id)").fetchone()
        return int(there) - int(gone)


@contextmanager
def _sentences(store: str, path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError as exc:
        raise CatalogueRefused(f"store {store!r} cannot be published: {exc}; import its list again") from exc
    except sqlite3.Error as exc:
        raise DataFolderUnusable(f"{path}: {exc}; check its permissions and the disk's space") from exc
