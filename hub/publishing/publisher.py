"""Publishes a store's list for a channel: what changed since the last time, as a new revision that lanes can trust."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import insert, select

from hub.catalogue_rows import read_catalogue
from hub.catalogue_store import unknown_store
from hub.changes import next_change
from hub.data_folder import DataFolder, checked_name, folder_sentences
from hub.database import Database
from hub.errors import Busy, DataFolderUnusable, NameRefused
from hub.list_source import head_change, newest_approval, touched
from hub.membership.programmes import Programmes
from hub.membership.secrets import MemberSecrets
from hub.publishing.announcing import Announcer
from hub.publishing.building import Built, Draft, build
from hub.publishing.committing import HeadMoved, News, commit, put_files
from hub.publishing.drafting import described, ended, write_list
from hub.publishing.heads import CHANNELS, Head, last_revision, published_lists, read_head
from hub.publishing.leftovers import forget_files, forget_first_version
from hub.publishing.working_copy import WorkingCopy
from hub.storage.door import file_name
from hub.tables import IMPORT_LOG, STORE
from offline_cache.price_list.errors import PriceListError
from offline_cache.price_list.manifest import LANE_CHANNEL, DeltaFile, Manifest, SnapshotFile
from offline_cache.price_list.writer import Meta

_ATTEMPTS: Final = 20  # each time another hub was quicker: somebody always gets on


@dataclass(frozen=True, slots=True)
class Publication:
    """What was published; file and sizes are of the one that was made for it. `changed`: how many products differ."""

    store: str
    channel: str
    revision: int
    kind: str
    products: int
    changed: int
    sha256: str
    size: int
    uncompressed_size: int
    published_at: datetime


class Publisher:
    """Publishes the lists of all stores. Any number of hubs may at once, over one database and one storage."""

    def __init__(self, database: Database, folder: DataFolder, announcer: Announcer) -> None:
        self._database = database
        self._folder = folder
        self._announcer = announcer
        self._storage = announcer.storage
        self._programmes = Programmes(database, MemberSecrets(folder.keys))

    def publish(
        self, store: str, channel: str = LANE_CHANNEL, *, full: bool = False, approved_by: str = ""
    ) -> Publication:
        """Publish the list as it is now, always as a new revision: a lane counts its list's age from published_at.

        Only products that changes touched are looked at; with `full` all of them, and every file that is announced.
        `approved_by` names the person who answers for it where lanes refuse what no import was stopped for.
        Killed at any moment, the old manifest or the new one holds, and its files are there.
        """
        checked_name(store, "store")
        if channel not in CHANNELS:
            raise NameRefused(f"channel {channel!r}: take one of {', '.join(CHANNELS)}")
        with self._database.read() as connection:
            if connection.execute(select(STORE.c.id).where(STORE.c.id == store)).scalar() is None:
                raise unknown_store(connection, store)
        self._announcer.keys.must_sign()
        if approved_by:
            self._approve(store, approved_by)
        copy = WorkingCopy(self._folder.work, store, channel, self._storage)
        with copy.held(), self._sentences():
            for _ in range(_ATTEMPTS):
                with suppress(HeadMoved):
                    return self._publish(copy, store, channel, full=full)
        raise Busy(f"store {store!r}: other hubs publish it again and again; try again later")

    def published(self) -> list[tuple[str, str]]:
        """Store and channel of every list that was ever published."""
        with self._database.read() as connection:
            return published_lists(connection)

    def _approve(self, store: str, person: str) -> None:
        """Put the name on record as that of an import: every channel's next list finds it there."""
        at = int(self._announcer.clock().timestamp())
        said = {"source": "publish", "feed_store": "", "at": at, "difference": "{}", "objections": "[]"}
        with self._database.write() as connection:
            here = {"change": next_change(connection), "scope_kind": "store", "scope_id": store}
            connection.execute(insert(IMPORT_LOG).values(**here, **said, approved_by=person))

    def _publish(self, copy: WorkingCopy, store: str, channel: str, *, full: bool) -> Publication:
        announced = self._announcer.announce(store, channel)
        with self._database.read() as connection:
            head = read_head(connection, store, channel)
            revision = 1 + max(last_revision(connection, store, channel), announced)
        at = self._announcer.clock().astimezone(UTC).replace(microsecond=0)
        meta = Meta(store, revision, "", at, channel=channel, state=secrets.token_hex(16))
        draft, news = self._draft(copy, meta, head, full=full)
        built = build(draft)
        put_files(self._database, self._storage, draft.meta, built)
        commit(self._database, self._announcer, draft, built, news)
        self._announcer.announce(store, channel)
        if built.whole is not None:
            copy.replace(built.whole)
        elif built.step is not None:
            copy.apply(built.step)
        if head is None:
            forget_first_version(self._database, self._storage, store)
        forget_files(self._database, self._storage, meta)
        return _publication(draft, built)

    def _draft(self, copy: WorkingCopy, meta: Meta, head: Head | None, *, full: bool) -> tuple[Draft, News]:
        previous = None if head is None else self._usable(head.manifest, every_file=full)
        base = None if head is None else copy.brought_to(head.manifest)
        fresh = copy.shop / "fresh.sqlite"
        with self._database.read() as connection:
            if _state(read_head(connection, meta.store, meta.channel)) != _state(head):
                raise HeadMoved
            catalogue = read_catalogue(connection, meta.store)
            if catalogue is None:
                raise unknown_store(connection, meta.store)
            news = News(head, head_change(connection), newest_approval(connection, meta.store))
            only = None
            if head is not None and base is not None and not full:
                only = touched(connection, meta.store, after=head.change) | ended(base, at=meta.published_at)
            meta = described(connection, meta, catalogue, self._programmes)
            products = write_list(connection, catalogue, fresh, meta=meta, base=base, touched=only)
        return Draft(meta, fresh, products, base, only, previous), news

    def _usable(self, manifest: Manifest, *, every_file: bool) -> Manifest | None:
        """The manifest, unless the storage has lost what it names: it may be another one, or somebody tidied up."""
        files: list[SnapshotFile | DeltaFile] = [manifest.snapshot, *(manifest.deltas if every_file else ())]
        there = all(self._storage.size(file_name(one.sha256)) == one.size for one in files)
        return manifest if there else None

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            with folder_sentences(self._folder.work):
                yield
        except (sqlite3.Error, PriceListError) as exc:
            raise DataFolderUnusable(
                f"{self._folder.work}: {exc}; check the disk's space, or remove this folder: it is made anew"
            ) from exc


def _state(head: Head | None) -> str:
    return "" if head is None else head.state


def _publication(draft: Draft, built: Built) -> Publication:
    return Publication(
        store=draft.meta.store,
        channel=draft.meta.channel,
        revision=draft.meta.revision,
        kind=built.kind,
        products=draft.products,
        changed=built.changed,
        sha256=built.file.sha256,
        size=built.file.size,
        uncompressed_size=built.file.uncompressed_size,
        published_at=draft.meta.published_at,
    )
