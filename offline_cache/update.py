"""One look for a newer price list: manifest, trust, revision, download, installation."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from offline_cache.download import fetch
from offline_cache.errors import DiskTrouble, DownloadRefused
from offline_cache.folder import LaneFolder, disk_trouble
from offline_cache.hub_client import HubClient
from offline_cache.install import install
from offline_cache.pinned_key import pin, trusted_key
from offline_cache.price_list.errors import ManifestError, PriceListError, PriceListMissing
from offline_cache.price_list.manifest import Manifest, decode_public_key, verify
from offline_cache.price_list.reader import PriceList

_SPARE_BYTES: Final = 8 << 20  # left free for the journal: a full disk would stop the lane
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ListInPlace:
    """The price list that the lane has after a look; `changed` if this look brought it."""

    store: str
    revision: int
    published_at: str
    products: int
    changed: bool


class PriceListUpdate:
    """Keeps one lane's price list the newest; bound to one thread.

    `floor` is the highest revision known to have been here: a damaged file is no way to go back behind it.
    """

    def __init__(
        self,
        folder: LaneFolder,
        hub: HubClient,
        *,
        key_file: Path | None = None,
        floor: int = 0,
        stopped: Callable[[], bool] = lambda: False,
    ) -> None:
        self._folder = folder
        self._hub = hub
        self._key_file = key_file
        self._floor = floor
        self._stopped = stopped
        self._etag = ("", 0)  # and the revision that it confirmed: only to be sent while that one is here

    def look(self) -> ListInPlace:
        """Make sure that the newest list is here. Raises SyncError or ConfigError; the old list then stays."""
        try:
            return self._look()
        except OSError as exc:
            raise disk_trouble(self._folder.path, exc) from exc

    def _look(self) -> ListInPlace:
        present = self._present()
        etag, confirmed = self._etag
        answer = self._hub.manifest(etag if present is not None and present.revision == confirmed else "")
        if answer is None and present is not None:
            return present
        envelope, etag = answer or ({}, "")
        manifest = self._trusted(envelope)
        revision = present.revision if present else self._floor
        if manifest.revision < revision:
            raise DownloadRefused(
                f"{self._hub.url}: the hub offers revision {manifest.revision} of store {manifest.store}, this lane "
                f"has {revision}, and a price list never goes back; if the hub was set up anew, delete "
                f"{self._folder.price_list}"
            )
        if present is None or manifest.revision > present.revision:
            present = self._fetch(manifest)
        self._etag = (etag, manifest.revision)
        self._floor = manifest.revision
        return present

    def _present(self) -> ListInPlace | None:
        """The list that is here, if it is of this store and can be read."""
        try:
            price_list = PriceList(self._folder.price_list)
        except PriceListMissing:
            self._floor = 0  # deleted on purpose: nothing else removes it
            return None
        except PriceListError as exc:
            _log.warning("%s", exc)
            return None
        try:
            meta = price_list.meta
            if meta.store != self._hub.store:
                self._floor = 0
                return None
            return ListInPlace(
                meta.store, meta.revision, meta.published_at.isoformat(), price_list.count(), changed=False
            )
        finally:
            price_list.close()

    def _trusted(self, envelope: object) -> Manifest:
        key = trusted_key(self._folder, self._key_file)
        try:
            first_seen = decode_public_key(self._hub.public_key()) if key is None else key
            manifest = verify(envelope, first_seen, store=self._hub.store)
        except ManifestError as exc:
            pinned = self._key_file or self._folder.key
            raise DownloadRefused(f"{self._hub.url}: {exc} (pinned in {pinned}); the old price list stays") from exc
        pin(self._folder, first_seen, first_seen=key is None)
        return manifest

    def _fetch(self, manifest: Manifest) -> ListInPlace:
        snapshot, folder = manifest.snapshot, self._folder
        needed = snapshot.size + snapshot.uncompressed_size + _SPARE_BYTES
        free = shutil.disk_usage(folder.path).free
        if free < needed:
            raise DiskTrouble(
                f"{folder.path}: has {free >> 20} MB free, the new price list needs {needed >> 20} MB; make room"
            )
        fetch(self._hub, snapshot, folder.download, self._stopped)
        products = install(manifest, folder)
        return ListInPlace(manifest.store, manifest.revision, manifest.published_at, products, changed=True)
