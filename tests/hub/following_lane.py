"""A lane that follows what a hub publishes: trusts only its ring of keys, takes the cheapest way, keeps its file."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from hub.services import Hub
from offline_cache.price_list.check import check_list
from offline_cache.price_list.delta import apply_delta
from offline_cache.price_list.keys import KeyRing
from offline_cache.price_list.manifest import DeltaFile, Manifest, Route, SnapshotFile, ring_after, route, verify
from offline_cache.price_list.packing import unpack
from offline_cache.price_list.schema import TABLES

Rows = dict[str, list[tuple[Any, ...]]]


class FollowingLane:
    """`read` answers for an address below /v1/price-lists/, None for what is not there."""

    def __init__(
        self, folder: Path, read: Callable[[str], bytes | None], key: bytes, store: str = "demo", channel: str = "lane"
    ) -> None:
        folder.mkdir()
        self.path = folder / "price-list.sqlite"
        self.ring = KeyRing.of([key])
        self.state: str | None = None
        self._read = read
        self._store = store
        self._channel = channel

    def manifest(self) -> Manifest:
        """The newest, verified; from now on its keys are trusted."""
        place = self._store if self._channel == "lane" else f"{self._store}/{self._channel}"
        content = self._read(f"{place}/manifest.json")
        assert content is not None, "there is no manifest"
        found = verify(json.loads(content), self.ring, store=self._store, channel=self._channel)
        self.ring = ring_after(found, self.ring)
        return found

    def follow(self) -> Route:
        """Fetch what leads to the newest list, and take it."""
        manifest = self.manifest()
        way = route(manifest, self.state)
        if way.snapshot is not None:
            self._fetch(way.snapshot, self.path)
        for delta in way.deltas:
            step = self.path.with_name("delta.sqlite")
            self._fetch(delta, step)
            apply_delta(step, self.path, private=True)
        check_list(self.path)
        assert self.meta()["state"] == manifest.state
        assert int(self.meta()["revision"]) == manifest.revision
        self.state = manifest.state
        return way

    def meta(self) -> dict[str, str]:
        with closing(sqlite3.connect(self.path)) as db:
            return dict(db.execute("SELECT key, value FROM meta"))

    def rows(self) -> Rows:
        """All that the list says but who made it when: the same whatever way led there."""
        with closing(sqlite3.connect(self.path)) as db:
            return {table: sorted(db.execute(f"SELECT * FROM {table}")) for table in TABLES if table != "meta"}

    def _fetch(self, file: SnapshotFile | DeltaFile, plain: Path) -> None:
        packed = self._read(f"files/{file.sha256}.sqlite.zst")
        assert packed is not None, f"{file} is announced, but not there"
        assert (len(packed), hashlib.sha256(packed).hexdigest()) == (file.size, file.sha256)
        part = plain.with_suffix(".zst")
        part.write_bytes(packed)
        unpack(part, plain, file.uncompressed_size)


def lane_of(hub: Hub, folder: Path, store: str = "demo", channel: str = "lane") -> FollowingLane:
    """A lane that reads the hub's own storage."""
    return FollowingLane(folder, lambda name: read_all(hub, name), hub.keys.active().public_key, store, channel)


def read_all(hub: Hub, name: str) -> bytes | None:
    size = hub.storage.size(name)
    return None if size is None else b"".join(hub.storage.chunks(name, 0, size))
