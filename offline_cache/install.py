"""Unpacks a fetched snapshot, checks that it is the list the manifest promised, and puts it in the old one's place."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Final

import zstandard

from offline_cache.errors import DownloadRefused
from offline_cache.folder import LaneFolder, sync_folder
from offline_cache.price_list.errors import PriceListError
from offline_cache.price_list.manifest import Manifest
from offline_cache.price_list.reader import PriceList

_CHUNK: Final = 1 << 20
_WINDOW: Final = 128 << 20  # what a decompressor may claim of memory, whatever the file's header says


def install(manifest: Manifest, folder: LaneFolder) -> int:
    """Make the fetched snapshot the lane's price list; how many products it has.

    Raises DownloadRefused, or OSError from the disk; the old list then stays, and the refused file is gone.
    """
    new = folder.unpacked
    try:
        _unpack(folder.download, new, manifest.snapshot.uncompressed_size)
        products = _check(new, manifest)
        new.replace(folder.price_list)
        sync_folder(folder.path)
    except DownloadRefused:
        folder.download.unlink(missing_ok=True)
        raise
    finally:
        new.unlink(missing_ok=True)
    folder.download.unlink(missing_ok=True)
    return products


def _unpack(source: Path, target: Path, size: int) -> None:
    """Decompress, but never more than was announced: a small file may unpack to a full disk."""
    written = 0
    try:
        with source.open("rb") as packed, target.open("wb") as file:
            reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(packed)
            while chunk := reader.read(_CHUNK):
                written += len(chunk)
                if written > size:
                    break
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
    except zstandard.ZstdError as exc:
        raise DownloadRefused(f"the price list cannot be unpacked ({exc}); the old one stays") from exc
    if written != size:
        raise DownloadRefused(f"the price list does not unpack to the {size} bytes announced; the old one stays")


def _check(file: Path, manifest: Manifest) -> int:
    name = f"price list revision {manifest.revision}"
    try:
        _check_pages(file)
        price_list = PriceList(file)
        try:
            meta, products = price_list.meta, price_list.count()
        finally:
            price_list.close()
    except (PriceListError, sqlite3.Error) as exc:
        raise DownloadRefused(f"{name} is refused: {exc}; the old one stays") from exc
    found = (meta.store, meta.revision, meta.currency)
    promised = (manifest.store, manifest.revision, manifest.currency)
    if found != promised:
        raise DownloadRefused(f"{name} is refused: the file says {found}, its manifest {promised}; the old one stays")
    return products


def _check_pages(file: Path) -> None:
    db = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        db.execute("PRAGMA trusted_schema = OFF")
        (answer,) = db.execute("PRAGMA quick_check(1)").fetchone()
    finally:
        db.close()
    if answer != "ok":
        raise sqlite3.DatabaseError(f"it is damaged ({answer})")
