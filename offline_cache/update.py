"""One look for a newer price list: manifest, trust, order, freshness, then the cheapest way there."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from offline_cache.errors import DownloadRefused, HubRefused, Implausible, ListRefused
from offline_cache.folder import LaneFolder, disk_trouble
from offline_cache.gate import Accepted, ManifestGate
from offline_cache.in_place import Found, InPlace
from offline_cache.install import Installer, files_of
from offline_cache.lists_source import ListSource
from offline_cache.price_list.errors import ManifestError
from offline_cache.price_list.manifest import Manifest, Route, route

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
        self._in_place = InPlace(folder.price_list, store=source.store, channel=source.channel)
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
        """What there is time for between two looks: whether the list is whole, and a spare. Raises DiskTrouble.

        A damaged list is fetched again at the next look.
        """
        try:
            if self._folder.price_list.exists() and self._in_place.is_sound():
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

    def _newest(self, present: Found | None) -> Manifest:
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

    def _floor(self, present: Found | None) -> Accepted:
        """What the next list may not go back behind."""
        known = self._accepted
        if present is None or present.meta.revision < known.revision:
            return known
        return Accepted(present.meta.revision, present.meta.state, known.signed_at)

    def _present(self) -> Found | None:
        """The list that is here and can be used."""
        found = self._in_place.find()
        if self._in_place.anew:
            self._accepted = Accepted()  # a person deleted it, or it is another store's: nothing else removes it
        return found

    def _bring(self, manifest: Manifest, present: Found | None) -> int:
        """Fetch and install it; how many products it has. A damaged list is no obstacle to the next."""
        try:
            return self._by_any_way(manifest, present)
        except (ListRefused, OSError) as exc:
            if present is None or self._in_place.is_sound(doubted=True):
                raise
            _log.warning("%s; trying without the list in place", exc)
        return self._by_any_way(manifest, None)

    def _by_any_way(self, manifest: Manifest, present: Found | None) -> int:
        """From what is here if possible, else from a snapshot."""
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

    def _take(self, manifest: Manifest, way: Route, present: Found | None) -> int:
        approved = manifest.approved.revision if manifest.approved else 0
        here = present.meta.state if present else ""
        key = (manifest.state, str(approved), here, *(file.sha256 for file in files_of(way)))
        if key in self._refused:  # the same files are no better for being fetched again
            raise self._refused[key]
        try:
            return self._installer.bring(manifest, way, present.meta if present else None)
        except ListRefused as exc:
            self._refused[key] = exc.with_traceback(None)
            raise
