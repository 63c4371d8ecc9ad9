"""Fetches a published file into the lane's folder: resumed where it was cut, measured and hashed as it comes."""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from offline_cache.errors import DownloadRefused, HubAnswerBad, HubAway, SyncError
from offline_cache.lists_source import ListSource
from offline_cache.price_list.manifest import DeltaFile, SnapshotFile

Announced = SnapshotFile | DeltaFile

_CHUNK: Final = 1 << 20
_RESUMES: Final = 5  # cuts in a row that are answered at once; after them the agent's own patience takes over
_PIECE: Final = 64 << 10  # so much must come within the source's patience: a byte now and then is told as a trouble
_log = logging.getLogger(__name__)


def fetch(source: ListSource, file: Announced, part: Path, stopped: Callable[[], bool]) -> None:
    """Leave the announced file at `part`. Raises SyncError, or OSError from the disk; what came so far is kept.

    `stopped` is asked at each piece; a true answer ends the download with a SyncError.
    """
    resumed = _size(part) > 0
    try:
        digest = _fetch_all(source, file, part, stopped)
    except (DownloadRefused, HubAnswerBad):
        part.unlink(missing_ok=True)  # a server that cannot answer ranges is not asked for one the next time
        raise
    if digest != file.sha256 and resumed:
        # What lay there was of another file, or written halfway when the power went: once more, from the start.
        _log.info("%s: what was there before does not belong to this file; starting over", part)
        part.unlink(missing_ok=True)
        digest = _fetch_all(source, file, part, stopped)
    if digest != file.sha256:
        part.unlink(missing_ok=True)
        raise DownloadRefused(
            f"{source.url}: the file that came is not the announced one (its SHA-256 differs); the old list stays"
        )


def _fetch_all(source: ListSource, file: Announced, part: Path, stopped: Callable[[], bool]) -> str:
    """SHA-256 of the whole file, after as many resumed connections as it took."""
    for attempt in range(_RESUMES + 1):
        before = _size(part)
        try:
            return _fetch_rest(source, file, part, stopped)
        except HubAway as exc:
            if attempt == _RESUMES or _size(part) <= before:
                raise
            _log.info("%s; resuming at byte %s", exc, _size(part))
    raise AssertionError("the last attempt returns or raises")


def _fetch_rest(source: ListSource, file: Announced, part: Path, stopped: Callable[[], bool]) -> str:
    if _size(part) > file.size:
        part.unlink()
    start = _size(part)
    if 0 < start == file.size:
        return _hash_of(part).hexdigest()
    with source.file(file.sha256, start) as answer, part.open("r+b" if start else "wb") as target:
        if answer.start not in {0, start}:
            raise DownloadRefused(f"{source.url}: another part of the file came than was asked for")
        target.truncate(answer.start)
        digest = _hash_of(part)
        size = target.seek(answer.start)
        for chunk in _brisk(answer.chunks, source):
            if stopped():
                raise SyncError("the download was stopped; it will be resumed")
            size += len(chunk)
            if size > file.size:
                raise DownloadRefused(f"{source.url}: a file is longer than announced; the old list stays")
            target.write(chunk)
            digest.update(chunk)
    if size < file.size:
        raise HubAway(f"{source.url}: a file ended after {size} of {file.size} bytes; it will be resumed")
    return digest.hexdigest()


def _brisk(chunks: Iterator[bytes], source: ListSource) -> Iterator[bytes]:
    """The chunks, as long as they come fast enough."""
    came, deadline = 0, time.monotonic() + source.patience_s
    for chunk in chunks:
        yield chunk
        came += len(chunk)
        if came >= _PIECE:
            came, deadline = 0, time.monotonic() + source.patience_s
        elif time.monotonic() > deadline:
            raise HubAway(f"{source.url}: a file comes too slowly; check the network")


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
