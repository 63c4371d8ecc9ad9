"""One look for a newer price list: manifest, trust, order, freshness, then the cheapest way there."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from offline_cache.errors import DownloadRefused, HubRefused, Implausible, ListRefused
from offline_cache.folder import LaneFolder, disk_trouble
from offline_cache.gate import Accepted, ManifestGate
from offline_cache.install import Installer, files_of
from offline_cache.lists_source import ListSource
from offline_cache.price_list.errors import ManifestError, PriceListError
from offline_cache.price_list.manifest import Manifest, Route, route
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import Meta

_NOTHING: Final = Accepted()
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ListInPlace:
    """The price list that the lane has after a look; `changed` if this look brought it.

    `signed_at` and `fresh_until` are of the manifest that confirmed it.
    """

    store: str
    channel: str
    revision: int
    state: str
    published_at: str
    products: int
    changed: bool
    signed_at: str = ""
    fresh_until: str = ""


@dataclass(frozen=True, slots=True)
class _Found:
    """The list in the folder: what it says of itself, how many products it has, which file it is."""

    meta: Meta
    products: int
    file: tuple[int, int, int]


class PriceListUpdate:
    """Keeps one lane's price list the newest; bound to one thread."""

    def __init__(
        self,
        folder: LaneFolder,
        source: ListSource,
        gate: ManifestGate,
        *,
        accepted: Accepted = _NOTHING,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._folder = folder
        self._source = source
        self._gate = gate
        self._accepted = accepted
        self._installer = Installer(folder, source, stopped=stopped)
        self._begun = False
        self._found: _Found | None = None
        self._confirmed: tuple[str, Manifest] | None = None  # the ETag, and what it stands for
        self._refused: dict[tuple[str, ...], ListRefused] = {}  # by the files that led to them
        self.passed_over = ""  # why the cheapest way was not the one taken, the last time

    @property
    def offered(self) -> int:
        """The revision of the last manifest that proved itself, 0 if the last one did not."""
        return self._gate.offered

    def look(self) -> ListInPlace:
        """Make sure that the newest list is here. Raises SyncError or ConfigError; the old list then stays."""
        try:
            if not self._begun:
                self._installer.spare.begin()
                self._begun = True
            return self._look()
        except OSError as exc:
            raise disk_trouble(self._folder.path, exc) from exc

    def prepare(self) -> None:
        """Make the next deltas cheap, while there is nothing else to do. Raises DiskTrouble."""
        try:
            if self._folder.price_list.exists():
                self._installer.spare.prepare()
        except OSError as exc:
            raise disk_trouble(self._folder.path, exc) from exc

    def _look(self) -> ListInPlace:
        self.passed_over = ""
        present = self._present()
        manifest = self._newest(present)
        if present is not None and manifest.state == present.meta.state:
            self._installer.tidy()
            products, changed = present.products, False
        else:
            products, changed = self._bring(manifest, present), True
        self._accepted = Accepted(manifest.revision, manifest.state, manifest.signed_at)
        self._refused.clear()
        return ListInPlace(
            manifest.store,
            manifest.channel,
            manifest.revision,
            manifest.state,
            manifest.published_at,
            products,
            changed,
            manifest.signed_at,
            manifest.fresh_until,
        )

    def _newest(self, present: _Found | None) -> Manifest:
        """The manifest, admitted."""
        confirmed = self._confirmed
        if confirmed is not None and (
            present is None or confirmed[1].state != present.meta.state or self._gate.stale(confirmed[1])
        ):
            confirmed = None  # then it must be said anew
        answer = self._source.manifest(confirmed[0] if confirmed else "")
        if answer is None and confirmed is not None:
            return confirmed[1]
        envelope, etag = answer or ({}, "")
        manifest = self._gate.admit(envelope, self._floor(present))
        self._confirmed = (etag, manifest)
        return manifest

    def _floor(self, present: _Found | None) -> Accepted:
        """What the next list may not go back behind."""
        known = self._accepted
        if present is None or present.meta.revision < known.revision:
            return known
        return Accepted(present.meta.revision, present.meta.state, known.signed_at)

    def _present(self) -> _Found | None:
        """The list that is here, if it is of this store and channel and can be read."""
        try:
            entry = self._folder.price_list.stat()
        except FileNotFoundError:
            self._found = None
            self._accepted = Accepted()  # deleted on purpose: nothing else removes it
            return None
        file = (entry.st_ino, entry.st_mtime_ns, entry.st_size)
        if self._found is None or self._found.file != file:
            self._found = self._read(file)
        return self._found

    def _read(self, file: tuple[int, int, int]) -> _Found | None:
        try:
            with contextlib.closing(PriceList(self._folder.price_list)) as price_list:
                found = _Found(price_list.meta, price_list.count(), file)
        except PriceListError as exc:
            _log.warning("%s", exc)
            return None
        if (found.meta.store, found.meta.channel) == (self._source.store, self._source.channel):
            return found
        self._accepted = Accepted()
        return None

    def _bring(self, manifest: Manifest, present: _Found | None) -> int:
        """Fetch and install it, from what is here if possible, else from a snapshot; how many products it has."""
        try:
            ways = [route(manifest, None)]
            if present is not None:
                from_here = route(manifest, present.meta.state)
                ways = [from_here, *ways] if from_here.snapshot is None else ways
        except ManifestError as exc:
            raise DownloadRefused(f"{self._source.url}: {exc}; the old price list stays") from exc
        for way in ways[:-1]:
            try:
                return self._take(manifest, way, present)
            except (DownloadRefused, HubRefused) as exc:
                if isinstance(exc, Implausible):
                    raise
                _log.warning("%s; trying a snapshot", exc)
                self.passed_over = str(exc)
        return self._take(manifest, ways[-1], present)

    def _take(self, manifest: Manifest, way: Route, present: _Found | None) -> int:
        approved = manifest.approved.revision if manifest.approved else 0
        key = (manifest.state, str(approved), *(file.sha256 for file in files_of(way)))
        if key in self._refused:  # the same files are no better for being fetched again
            raise self._refused[key]
        try:
            return self._installer.bring(manifest, way, present.meta if present else None)
        except ListRefused as exc:
            self._refused[key] = exc.with_traceback(None)
            raise
