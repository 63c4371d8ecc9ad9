"""The list as it was published last, on this machine: a cache, from which the next delta is made."""

from __future__ import annotations

import fcntl
import hashlib
import logging
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Final

from hub.data_folder import folder_sentences
from hub.errors import Busy
from hub.storage.door import CHUNK, Storage, fetch, file_name
from offline_cache.price_list.check import check_list
from offline_cache.price_list.delta import apply_delta
from offline_cache.price_list.errors import PriceListError
from offline_cache.price_list.manifest import DeltaFile, Manifest, SnapshotFile, route
from offline_cache.price_list.packing import unpack

_PATIENCE_S: Final = 300.0
_POLL_S: Final = 0.05

log = logging.getLogger(__name__)


class WorkingCopy:
    """The copy of one store's channel, and a folder for half-done files beside it. Only used while it is held."""

    def __init__(self, folder: Path, store: str, channel: str, storage: Storage) -> None:
        self.path = folder / store / f"{channel}.sqlite"
        self.shop = folder / store / f"{channel}.new"
        self._name = f"{store}, {channel}"
        self._storage = storage

    @contextmanager
    def held(self, patience_s: float = _PATIENCE_S) -> Iterator[None]:
        """Nobody else on this machine publishes the list meanwhile; Busy if somebody does for too long.

        What a killed publication left half done goes first.
        """
        with folder_sentences(self.path.parent):
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.with_suffix(".lock").open("w", encoding="utf-8") as file:
                self._wait(file.fileno(), patience_s)
                self._clear()
                self.shop.mkdir()
                try:
                    yield
                finally:
                    self._clear()

    def brought_to(self, manifest: Manifest) -> Path | None:
        """The copy at the manifest's state, caught up by the published files; None if those are not there any more."""
        state = self._state()
        if state == manifest.state:
            return self.path
        for start in dict.fromkeys((state, None)):
            try:
                if self._follow(manifest, start):
                    return self.path
            except (PriceListError, sqlite3.Error) as exc:
                log.warning("working copy of %s: made anew: %s", self._name, exc)
        self._forget()
        return None

    def replace(self, whole: Path) -> None:
        """Take a whole list, which is on disk, as the copy."""
        self._forget()
        whole.replace(self.path)

    def apply(self, delta: Path) -> None:
        """Bring the copy on by a delta; one that does not take it is made anew next time."""
        try:
            apply_delta(delta, self.path, private=False)
        except (PriceListError, OSError) as exc:
            log.warning("working copy of %s: made anew next time: %s", self._name, exc)
            self._forget()

    def _forget(self) -> None:
        # A journal that a killed hub left belongs to the file it was made for: beside another it would damage that.
        self.path.unlink(missing_ok=True)
        self.path.with_name(f"{self.path.name}-journal").unlink(missing_ok=True)

    def _follow(self, manifest: Manifest, state: str | None) -> bool:
        way = route(manifest, state)
        if way.snapshot is not None:
            whole = self._unpacked(way.snapshot)
            if whole is None:
                return False
            check_list(whole)
            self.replace(whole)
        for delta in way.deltas:
            step = self._unpacked(delta)
            if step is None:
                return False
            apply_delta(step, self.path, private=False)
            step.unlink()
        return self._state() == manifest.state

    def _unpacked(self, file: SnapshotFile | DeltaFile) -> Path | None:
        """The file out of the storage, if it is the one that we once put there."""
        packed, plain = self.shop / "fetched", self.shop / "fetched.sqlite"
        if not fetch(self._storage, file_name(file.sha256), packed) or _sha256(packed) != file.sha256:
            log.warning("working copy of %s: %s is not in the storage", self._name, file_name(file.sha256))
            return None
        unpack(packed, plain, file.uncompressed_size)
        return plain

    def _state(self) -> str | None:
        if not self.path.exists():
            return None
        try:
            # For writing: what a killed hub had not finished is taken back.
            with closing(sqlite3.connect(f"{self.path.resolve().as_uri()}?mode=rw", uri=True)) as db:
                row = db.execute("SELECT value FROM meta WHERE key = 'state'").fetchone()
            check_list(self.path)
        except (PriceListError, sqlite3.Error) as exc:
            log.warning("working copy of %s: made anew: %s", self._name, exc)
            return None
        return None if row is None else str(row[0])

    def _wait(self, descriptor: int, patience_s: float) -> None:
        deadline = time.monotonic() + patience_s
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as exc:
                if time.monotonic() >= deadline:
                    raise Busy(f"price list of {self._name}: another publish is at work; try again later") from exc
                time.sleep(_POLL_S)
            else:
                return

    def _clear(self) -> None:
        shutil.rmtree(self.shop, ignore_errors=True)


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
