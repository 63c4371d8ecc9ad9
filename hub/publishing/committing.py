"""Makes a built revision the newest one: its files first, then one transaction that moves the list's head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, insert, select, update
from sqlalchemy.exc import IntegrityError

from hub.database import Database
from hub.publishing.announcing import Announcer
from hub.publishing.building import Built, Draft
from hub.publishing.chain import announced
from hub.publishing.heads import Head, make_room, move_head, read_head
from hub.publishing.tables import LIST_FILE, PUBLICATION
from hub.storage.door import Storage, file_name
from offline_cache.price_list.manifest import Approval, DeltaFile, Manifest, SnapshotFile
from offline_cache.price_list.writer import Meta

_OLDEST: Final = timedelta(days=35)  # a lane that was off for a month still comes back by deltas, if they are lighter


class HeadMoved(Exception):
    """The list has a newer head than the one that the files were made from: start over."""


@dataclass(frozen=True, slots=True)
class News:
    """What a draft was made from: the head before it, the last change in it, and whom the last import that a limit
    spoke against was let through by, as (change, person).
    """

    head: Head | None
    change: int
    approval: tuple[int, str] | None


def put_files(database: Database, storage: Storage, meta: Meta, built: Built) -> None:
    """Put a revision's files into the storage. Noted before, as files that nobody announces: a hub that is killed
    leaves nothing that is not found again.
    """
    at = int(meta.published_at.timestamp())
    row = {"store": meta.store, "channel": meta.channel, "made_at": at, "left_at": at, "left_revision": meta.revision}
    try:
        with database.write() as connection:
            make_room(connection, meta.store, meta.channel)
            connection.execute(insert(LIST_FILE), [{**row, "sha256": sha256} for sha256 in built.packed])
    except IntegrityError as exc:  # two hubs made the room for the first list
        raise HeadMoved from exc
    for sha256, path in built.packed.items():
        storage.put_file(file_name(sha256), path)


def commit(database: Database, announcer: Announcer, draft: Draft, built: Built, news: News) -> None:
    """Sign the manifest and move the head, or raise HeadMoved and change nothing."""
    meta = draft.meta
    with database.write() as connection:
        head = read_head(connection, meta.store, meta.channel, lock=True)
        if (head is None) != (news.head is None) or (head and news.head and head.state != news.head.state):
            raise HeadMoved
        manifest = _manifest(connection, draft, built, news)
        envelope = announcer.signed(connection, manifest, None if head is None else head.manifest)
        move_head(connection, Head(meta.store, meta.channel, meta.revision, meta.state, news.change, envelope))
        connection.execute(insert(PUBLICATION).values(**_row(draft, built)))
        _note_files(connection, manifest)


def _manifest(connection: Connection, draft: Draft, built: Built, news: News) -> Manifest:
    meta, previous = draft.meta, draft.previous
    snapshot = built.snapshot or (None if previous is None else previous.snapshot)
    if snapshot is None:
        raise AssertionError("a list that no snapshot leads to")
    deltas = () if previous is None else previous.deltas
    if built.delta is not None:
        deltas = (*deltas, built.delta)
    at = meta.published_at.isoformat()
    return Manifest(
        store=meta.store,
        channel=meta.channel,
        revision=meta.revision,
        state=meta.state,
        currency=meta.currency,
        published_at=at,
        signed_at=at,
        fresh_until=at,
        snapshot=snapshot,
        deltas=announced(snapshot, deltas, state=meta.state, old=_old_files(connection, meta)),
        approved=_approved(meta.revision, news),
        keys=(),
    )


def _approved(revision: int, news: News) -> Approval | None:
    """Whose word lanes have for what this revision, or one before it, changes beyond the limits."""
    if news.head is None:
        return None
    if news.approval is not None and news.approval[0] > news.head.change:
        return Approval(revision=revision, by=news.approval[1])
    return news.head.manifest.approved


def _old_files(connection: Connection, meta: Meta) -> set[str]:
    oldest = int((meta.published_at - _OLDEST).timestamp())
    here = (LIST_FILE.c.store == meta.store) & (LIST_FILE.c.channel == meta.channel)
    return set(connection.execute(select(LIST_FILE.c.sha256).where(here, LIST_FILE.c.made_at < oldest)).scalars())


def _note_files(connection: Connection, manifest: Manifest) -> None:
    """Which files the manifest names, and which it names no more."""
    here = (LIST_FILE.c.store == manifest.store) & (LIST_FILE.c.channel == manifest.channel)
    files: list[SnapshotFile | DeltaFile] = [manifest.snapshot, *manifest.deltas]
    named = LIST_FILE.c.sha256.in_([one.sha256 for one in files])
    at = int(datetime.fromisoformat(manifest.published_at).timestamp())
    left = {"left_at": at, "left_revision": manifest.revision}
    connection.execute(update(LIST_FILE).where(here, ~named, LIST_FILE.c.left_at.is_(None)).values(**left))
    connection.execute(update(LIST_FILE).where(here, named).values(left_at=None, left_revision=None))


def _row(draft: Draft, built: Built) -> dict[str, str | int]:
    return {
        "store": draft.meta.store,
        "channel": draft.meta.channel,
        "revision": draft.meta.revision,
        "state": draft.meta.state,
        "kind": built.kind,
        "products": draft.products,
        "changed": built.changed,
        "sha256": built.file.sha256,
        "size": built.file.size,
        "uncompressed_size": built.file.uncompressed_size,
        "published_at": int(draft.meta.published_at.timestamp()),
    }
