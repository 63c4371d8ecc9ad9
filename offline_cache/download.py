"""Fetches a snapshot into the lane's folder: resumed where it was cut, measured and hashed as it comes."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import Final

from offline_cache.errors import DownloadRefused, HubAway, SyncError
from offline_cache.hub_client import HubClient
from offline_cache.price_list.manifest import Snapshot

_CHUNK: Final = 1 << 20
_RESUMES: Final = 5  # cuts in a row that are answered at once; after them the agent's own patience takes over
_log = logging.getLogger(__name__)


def fetch(hub: HubClient, snapshot: Snapshot, part: Path, stopped: Callable[[], bool]) -> None:
    """Leave the announced file at `part`. Raises SyncError, or OSError from the disk; what came so far is kept.

    `stopped` is asked at each piece; a true answer ends the download with a SyncError.
    """
    resumed = _size(part) > 0
    digest = _fetch_all(hub, snapshot, part, stopped)
    if digest != snapshot.sha256 and resumed:
        # What lay there was of another file, or written halfway when the power went: once more, from the start.
        _log.info("%s: what was there before does not belong to this file; starting over", part)
        part.unlink(missing_ok=True)
        digest = _fetch_all(hub, snapshot, part, stopped)
    if digest != snapshot.sha256:
        part.unlink(missing_ok=True)
        raise DownloadRefused(
            f"{hub.url}: the price list that came is not the announced one (its SHA-256 differs); the old one stays"
        )


def _fetch_all(hub: HubClient, snapshot: Snapshot, part: Path, stopped: Callable[[], bool]) -> str:
    """SHA-256 of the whole file, after as many resumed connections as it took."""
    for attempt in range(_RESUMES + 1):
        before = _size(part)
        try:
            return _fetch_rest(hub, snapshot, part, stopped)
        except HubAway as exc:
            if attempt == _RESUMES or _size(part) <= before:
                raise
            _log.info("%s; resuming at byte %s", exc, _size(part))
    raise AssertionError("the last attempt returns or raises")


def _fetch_rest(hub: HubClient, snapshot: Snapshot, part: Path, stopped: Callable[[], bool]) -> str:
    if _size(part) > snapshot.size:
        part.unlink()
    start = _size(part)
    if start == snapshot.size:
        return _hash_of(part).hexdigest()
    with hub.snapshot(snapshot.sha256, start) as answer, part.open("r+b" if start else "wb") as file:
        if answer.start not in {0, start}:
            raise DownloadRefused(f"{hub.url}: the hub sent another part of the file than was asked for")
        file.truncate(answer.start)
        digest = _hash_of(part)
        size = file.seek(answer.start)
        for chunk in answer.chunks:
            if stopped():
                raise SyncError("the download was stopped; it will be resumed")
            size += len(chunk)
            if size > snapshot.size:
                raise DownloadRefused(f"{hub.url}: the price list is longer than announced; the old one stays")
            file.write(chunk)
            digest.update(chunk)
    if size < snapshot.size:
        raise HubAway(f"{hub.url}: the price list ended after {size} of {snapshot.size} bytes; it will be resumed")
    return digest.hexdigest()


def _size(part: Path) -> int:
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0


def _hash_of(part: Path) -> hashlib._Hash:
    digest = hashlib.sha256()
    with part.open("rb") as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest
