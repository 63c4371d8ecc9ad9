"""Fetches the files that lead to the newest list, makes the list of them, checks that it is the one promised."""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from offline_cache.download import Announced, fetch
from offline_cache.errors import DiskTrouble, Implausible, ListRefused
from offline_cache.folder import LaneFolder
from offline_cache.lists_source import ListSource
from offline_cache.plausibility import Limits, difference, objections
from offline_cache.price_list.check import check_list
from offline_cache.price_list.delta import apply_delta
from offline_cache.price_list.errors import PriceListError
from offline_cache.price_list.manifest import DeltaFile, Manifest, Route
from offline_cache.price_list.packing import unpack
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import Meta
from offline_cache.soundness import check_list_pages
from offline_cache.spare import FREE_BYTES, Spare

_SMALL: Final = 1 << 20  # bytes of unpacked deltas; an empty one has 0.15 MB
# What the disk, and not the file, is to blame for: SQLITE_READONLY, _IOERR, _FULL, _CANTOPEN.
_DISK: Final = {8: errno.EACCES, 10: errno.EIO, 13: errno.ENOSPC, 14: errno.EACCES}


class Installer:
    """Works in one lane's folder, for one thread."""

    def __init__(self, folder: LaneFolder, source: ListSource, *, stopped: Callable[[], bool]) -> None:
        self._folder = folder
        self._source = source
        self._stopped = stopped
        self.spare = Spare(folder)

    def bring(self, manifest: Manifest, way: Route, present: Meta | None) -> int:
        """Make the manifest's list the lane's, by these files; how many products it has.

        Raises SyncError, or OSError from the disk; the old list then stays. What came of a download is kept, unless it
        is refused.
        """
        files = files_of(way)
        if way.snapshot is not None:
            self.spare.drop()
        self.tidy(files)
        self._check_room(way)
        for file in files:
            fetch(self._source, file, self._folder.part(file.sha256), self._stopped)
        try:
            with self._refusals(manifest):
                products = self._make(manifest, way, present)
        except ListRefused:
            self.tidy()
            raise
        finally:
            self._folder.new.unlink(missing_ok=True)
        self.tidy()
        return products

    def tidy(self, files: Sequence[Announced] = ()) -> None:
        """Remove what was fetched of all other files."""
        wanted = {self._folder.part(file.sha256) for file in files}
        for part in set(self._folder.path.glob("price-list.*.part")) - wanted:
            part.unlink(missing_ok=True)

    def _make(self, manifest: Manifest, way: Route, present: Meta | None) -> int:
        new = self._folder.new
        with self._unpacked(way.deltas) as deltas:
            if way.snapshot is not None:
                unpack(self._folder.part(way.snapshot.sha256), new, way.snapshot.uncompressed_size)
                check_list(new)
                check_list_pages(new)
                for delta in deltas:
                    apply_delta(delta, new, private=True)
            else:
                self._apply(deltas)
            products = self._check(manifest, present, None if way.snapshot else deltas)
            self.spare.put_in_place(() if way.snapshot else self._worth_keeping(deltas))
        return products

    @contextlib.contextmanager
    def _unpacked(self, files: Sequence[DeltaFile]) -> Iterator[list[Path]]:
        """The deltas; those that the spare needs as well stay when the block ends without a fault."""
        deltas = [self._folder.delta(file.sha256) for file in files]
        try:
            for file, delta in zip(files, deltas, strict=True):
                unpack(self._folder.part(file.sha256), delta, file.uncompressed_size)
            yield deltas
        except BaseException:
            for delta in deltas:
                delta.unlink(missing_ok=True)
            raise
        for delta in set(deltas) - set(self.spare.behind):
            delta.unlink(missing_ok=True)

    def _apply(self, deltas: Sequence[Path]) -> None:
        had_spare = self._folder.spare.exists()
        try:
            self._apply_once(deltas)
        except PriceListError:
            if not had_spare:
                raise
            self._apply_once(deltas)  # to a copy of the list in place: it may have been the spare's fault

    def _apply_once(self, deltas: Sequence[Path]) -> None:
        with self.spare.opened() as before:
            for delta in (*before, *deltas):
                apply_delta(delta, self._folder.new, private=True)

    def _worth_keeping(self, deltas: Sequence[Path]) -> Sequence[Path]:
        """The deltas, for the spare, unless a copy of the list is about as cheap."""
        size = sum(delta.stat().st_size for delta in deltas)
        return deltas if size <= max(_SMALL, self._folder.price_list.stat().st_size // 2) else ()

    def _check(self, manifest: Manifest, present: Meta | None, deltas: Sequence[Path] | None) -> int:
        with contextlib.closing(PriceList(self._folder.new)) as price_list:
            meta, products = price_list.meta, price_list.count()
        found = (meta.store, meta.channel, meta.revision, meta.state, meta.currency)
        promised = (manifest.store, manifest.channel, manifest.revision, manifest.state, manifest.currency)
        if found != promised:
            raise PriceListError(f"the file says {found}, its manifest {promised}")
        approved = manifest.approved.revision if manifest.approved else 0
        if present is not None and approved <= present.revision:
            self._check_plausible(manifest, present, meta, deltas)
        return products

    def _check_plausible(self, manifest: Manifest, present: Meta, new: Meta, deltas: Sequence[Path] | None) -> None:
        # At the moment of publishing, as the hub did: a price that both lists hold ready for later has not moved.
        at = datetime.fromisoformat(manifest.published_at)
        limits = Limits.of(present.limits).or_looser(new.limits)
        limits = limits.over(max(1, manifest.revision - present.revision, new.imports - present.imports))
        found = objections(difference(self._folder.price_list, self._folder.new, deltas, at=at), limits)
        if found:
            raise Implausible(
                f"price list revision {manifest.revision} is refused: {'; '.join(found)}; the old list stays until "
                "a person approves the new one at the hub"
            )

    def _check_room(self, way: Route) -> None:
        folder = self._folder
        files = files_of(way)
        needed = FREE_BYTES + sum(file.size + file.uncompressed_size for file in files)
        if way.snapshot is None and not self.spare.is_free():
            needed += folder.price_list.stat().st_size
        have = shutil.disk_usage(folder.path).free + sum(_size(folder.part(file.sha256)) for file in files)
        if have < needed:
            raise DiskTrouble(
                f"{folder.path}: has {have >> 20} MB free, the new price list needs {needed >> 20} MB; make room"
            )

    @contextlib.contextmanager
    def _refusals(self, manifest: Manifest) -> Iterator[None]:
        """What the files turn out not to be, in one sentence; what was the disk's fault stays an OSError."""
        try:
            yield
        except (PriceListError, sqlite3.Error) as exc:
            cause = exc.__cause__ if isinstance(exc.__cause__, sqlite3.Error) else exc
            code = getattr(cause, "sqlite_errorcode", 0) & 0xFF
            if code in _DISK:
                raise OSError(_DISK[code], os.strerror(_DISK[code]), str(self._folder.path)) from exc
            raise ListRefused(f"price list revision {manifest.revision} is refused: {exc}; the old list stays") from exc


def files_of(way: Route) -> list[Announced]:
    """The files of a way, in order."""
    return [*([way.snapshot] if way.snapshot else []), *way.deltas]


def _size(place: Path) -> int:
    try:
        return place.stat().st_size
    except FileNotFoundError:
        return 0
