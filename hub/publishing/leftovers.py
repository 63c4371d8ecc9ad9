"""Takes files out of the storage that no manifest names any more, once nobody can be in the middle of fetching them."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, select

from hub.database import Database
from hub.publishing.tables import LIST_FILE, PUBLICATION
from hub.storage.door import Storage, file_name
from offline_cache.price_list.writer import Meta

_KEPT_FOR: Final = timedelta(days=1)  # a lane behind a slow line takes hours for a snapshot
_KEPT: Final = 5  # publications


def forget_files(database: Database, storage: Storage, meta: Meta) -> None:
    """Delete what the list's manifests ceased to name a day and some revisions ago. Killed at any moment, it goes on
    next time: a file's row goes after the file.
    """
    here = (LIST_FILE.c.store == meta.store) & (LIST_FILE.c.channel == meta.channel)
    before = int((meta.published_at - _KEPT_FOR).timestamp())
    with database.read() as connection:
        needed = select(LIST_FILE.c.sha256).where(LIST_FILE.c.left_at.is_(None))
        old = select(LIST_FILE.c.sha256).where(
            here, LIST_FILE.c.left_at <= before, LIST_FILE.c.left_revision <= meta.revision - _KEPT
        )
        gone = connection.execute(old.where(LIST_FILE.c.sha256.not_in(needed))).scalars().all()
    for sha256 in gone:
        storage.delete(file_name(sha256))
    if gone:
        with database.write() as connection:
            connection.execute(delete(LIST_FILE).where(here, LIST_FILE.c.sha256.in_(gone)))


def forget_first_version(database: Database, storage: Storage, store: str) -> None:
    """Delete the snapshots that a hub of version 1 left: only its manifest, which is gone, named them."""
    with database.read() as connection:
        query = select(PUBLICATION.c.sha256).where(PUBLICATION.c.store == store, PUBLICATION.c.state == "")
        old = connection.execute(query).scalars().all()
    for sha256 in old:
        storage.delete(f"{sha256}.sqlite.zst")
