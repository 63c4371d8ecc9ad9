"""A store's list becomes a compressed snapshot named by its SHA-256, and a signed manifest that announces it."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, func, insert, select

from hub.catalogue import Catalogue
from hub.catalogue_rows import read_catalogue, read_items
from hub.catalogue_store import unknown_store
from hub.data_folder import DataFolder, checked_name, flush_folder, folder_sentences, write_whole
from hub.database import Database
from hub.errors import CatalogueRefused, DataFolderUnusable, NothingToPublish
from hub.tables import PUBLICATION
from offline_cache.price_list.manifest import Manifest, Snapshot, sign
from offline_cache.price_list.writer import Meta, OfferRow, PriceListWriter

_LEVEL: Final = 9  # 50,000 products: 0.5 s; level 19 takes 20 times as long to save another tenth
_KEPT: Final = 5  # snapshots of a store that stay: a lane may be in the middle of fetching an older one


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published."""

    store: str
    revision: int
    products: int
    sha256: str
    size: int
    uncompressed_size: int
    published_at: datetime


class Publisher:
    """Publishes the lists of all stores of a hub."""

    def __init__(
        self, database: Database, folder: DataFolder, key: Ed25519PrivateKey, clock: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._folder = folder
        self._key = key
        self._clock = clock

    def publish(self, store: str) -> Publication:
        """Publish the store's list as it is now, always as a new revision: a lane counts its list's age from
        published_at. Killed at any moment, the old manifest or the new one holds, and its file is there.
        """
        checked_name(store, "store")
        with self._folder.only_one(f"publish-{store}"), folder_sentences(self._folder.price_lists):
            publication, currency = self._write_snapshot(store)
            self._record(publication)
            self._announce(publication, currency)
            self._forget_old(store)
        return publication

    def _write_snapshot(self, store: str) -> tuple[Publication, str]:
        at = self._clock().astimezone(UTC).replace(microsecond=0)
        with self._database.read() as connection:
            catalogue = read_catalogue(connection, store)
            if catalogue is None:
                raise unknown_store(connection, store)
            revision = 1 + max(_last_revision(connection, store), self._announced(store))
            with self._workshop(store) as shop:
                plain, packed = shop / "price-list.sqlite", shop / "packed"
                products = _write_list(connection, catalogue, plain, revision=revision, at=at)
                sha256 = _compress(plain, packed)
                size, uncompressed_size = packed.stat().st_size, plain.stat().st_size
                packed.replace(self._folder.snapshot(sha256))
        flush_folder(self._folder.price_lists)
        return Publication(store, revision, products, sha256, size, uncompressed_size, at), catalogue.currency

    @contextmanager
    def _workshop(self, store: str) -> Iterator[Path]:
        """A folder for half-done files; what a killed publication left there goes first."""
        shop = self._folder.manifest(store).parent / ".new"
        shutil.rmtree(shop, ignore_errors=True)
        shop.mkdir(parents=True)
        try:
            yield shop
        finally:
            shutil.rmtree(shop, ignore_errors=True)

    def _record(self, publication: Publication) -> None:
        with self._database.write() as connection:
            connection.execute(
                insert(PUBLICATION).values(
                    store=publication.store,
                    revision=publication.revision,
                    sha256=publication.sha256,
                    size=publication.size,
                    uncompressed_size=publication.uncompressed_size,
                    products=publication.products,
                    published_at=int(publication.published_at.timestamp()),
                )
            )

    def _announce(self, publication: Publication, currency: str) -> None:
        manifest = Manifest(
            store=publication.store,
            revision=publication.revision,
            currency=currency,
            published_at=publication.published_at.isoformat(),
            snapshot=Snapshot(publication.sha256, publication.size, publication.uncompressed_size),
        )
        content = json.dumps(sign(manifest, self._key), ensure_ascii=False, indent=1, sort_keys=True)
        write_whole(self._folder.manifest(publication.store), content.encode())

    def _announced(self, store: str) -> int:
        """Revision of the manifest on disk: a database restored from a backup must not go back behind it."""
        with suppress(FileNotFoundError, ValueError, KeyError, TypeError):
            return int(json.loads(self._folder.manifest(store).read_bytes())["manifest"]["revision"])
        return 0

    def _forget_old(self, store: str) -> None:
        with self._database.read() as connection:
            query = select(PUBLICATION.c.sha256).where(PUBLICATION.c.store == store)
            old = connection.execute(query.order_by(PUBLICATION.c.revision.desc()).offset(_KEPT)).scalars().all()
        for sha256 in old:
            self._folder.snapshot(sha256).unlink(missing_ok=True)


def _last_revision(connection: Connection, store: str) -> int:
    query = select(func.max(PUBLICATION.c.revision)).where(PUBLICATION.c.store == store)
    return connection.execute(query).scalar() or 0


def _write_list(connection: Connection, catalogue: Catalogue, path: Path, *, revision: int, at: datetime) -> int:
    meta = Meta(
        store=catalogue.store,
        revision=revision,
        currency=catalogue.currency,
        published_at=at,
        time_zone=catalogue.time_zone,
        names=catalogue.names,
        receipt=catalogue.receipt,
        bag_skus=catalogue.bag_skus,
    )
    skus: set[str] = set()
    try:
        with PriceListWriter(path, meta) as writer:
            for category in catalogue.categories:
                writer.add_category(category.id, category.names, category.picture, category.sort)
            for item in read_items(connection, catalogue.store):
                writer.add_product(item.product, codes=item.codes, prices=item.prices, terms=item.terms)
                skus.add(item.product.sku)
            if not skus:
                raise NothingToPublish(f"store {catalogue.store!r} has no products; import its price list first")
            for offer in catalogue.offers:
                _add_offer(writer, offer, skus)
            for sort, (pattern, name) in enumerate(catalogue.label_templates):
                writer.add_label_template(pattern, name, sort)
            for name, (media_type, content) in catalogue.pictures.items():
                writer.add_picture(name, media_type, content)
    except sqlite3.IntegrityError as exc:
        raise CatalogueRefused(f"store {catalogue.store!r} cannot be published: {exc}; import its list again") from exc
    except sqlite3.Error as exc:
        raise DataFolderUnusable(f"{path}: {exc}; check its permissions and the disk's space") from exc
    return len(skus)


def _add_offer(writer: PriceListWriter, offer: OfferRow, skus: set[str]) -> None:
    """An offer may name products that today's list does not have; without any it is left out."""
    there = tuple(sku for sku in offer.skus if sku in skus)
    if there:
        writer.add_offer(
            OfferRow(
                id=offer.id,
                quantity=offer.quantity,
                price_minor=offer.price_minor,
                names=offer.names,
                skus=there,
                valid_from=offer.valid_from,
                valid_until=offer.valid_until,
                kind=offer.kind,
            )
        )


def _compress(plain: Path, packed: Path) -> str:
    """Compress onto the disk; SHA-256 in hex of what was written."""
    digest = hashlib.sha256()
    compressor = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True)
    with plain.open("rb") as source, packed.open("wb") as target:
        for chunk in compressor.read_to_iter(source, size=plain.stat().st_size):
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest()
