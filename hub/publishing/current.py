"""The manifests as they are served: each read once for as long as it stays the same."""

from __future__ import annotations

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, replace

from hub.errors import HubError
from hub.publishing.announcing import manifest_name
from hub.storage.door import Storage

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Current:
    """A manifest's bytes and their entity tag, quotes and all."""

    content: bytes
    etag: str


@dataclass(frozen=True, slots=True)
class _Known:
    found: Current
    version: Hashable
    asked_at: float


class CurrentManifests:
    """Safe to share by threads. Holds no more than what the storage has."""

    def __init__(self, storage: Storage, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._storage = storage
        self._clock_s = clock_s
        self._known: dict[str, _Known] = {}
        self._asking = threading.Lock()

    def at_hand(self, store: str, channel: str) -> Current | None:
        """The manifest if it can be told without waiting; None: ask `current`, on a thread that may wait."""
        if self._storage.fresh_s == 0:  # a folder: asking costs microseconds
            return self.current(store, channel)
        known = self._known.get(manifest_name(store, channel))
        return known.found if known is not None and self._is_fresh(known) else None

    def current(self, store: str, channel: str) -> Current | None:
        """The newest manifest, None if there is none. Raises StorageUnusable only if none was known before."""
        name = manifest_name(store, channel)
        known = self._known.get(name)
        if known is None:
            return self._ask(name, None)
        if self._is_fresh(known) or not self._asking.acquire(blocking=False):
            return known.found
        try:
            return self._ask(name, known)
        except HubError as exc:
            log.warning("%s: served as it was last known: %s", name, exc)
            self._known[name] = replace(known, asked_at=self._clock_s())
            return known.found
        finally:
            self._asking.release()

    def _is_fresh(self, known: _Known) -> bool:
        return self._clock_s() - known.asked_at < self._storage.fresh_s

    def _ask(self, name: str, known: _Known | None) -> Current | None:
        asked_at = self._clock_s()
        version = self._storage.version(name)
        if known is not None and version is not None and version == known.version:
            if self._storage.fresh_s:
                self._known[name] = replace(known, asked_at=asked_at)
            return known.found
        content = None if version is None else self._storage.read(name)
        if content is None:
            self._known.pop(name, None)
            return None
        found = Current(content, f'"{hashlib.sha256(content).hexdigest()}"')
        # The version was asked for first: if the document changed in between, the next question finds another one.
        self._known[name] = _Known(found, version, asked_at)
        return found
