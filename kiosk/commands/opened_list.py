"""Opens whatever holds a price list: a lane's file, a published snapshot, a lane's folder, or a store's at the hub."""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

import zstandard
from pydantic import ValidationError

from offline_cache.price_list.delta import apply_delta
from offline_cache.price_list.errors import ManifestError, PriceListError, PriceListMissing, PriceListUnreadable
from offline_cache.price_list.manifest import LANE_CHANNEL, DeltaFile, Manifest, SnapshotFile, route
from offline_cache.price_list.packing import unpack
from offline_cache.price_list.reader import PriceList
from retail.events import canonical_json

_ZSTD: Final = b"\x28\xb5\x2f\xfd"
_HEADER: Final = 18  # bytes, at most, before the first block (RFC 8878, 3.1.1.1)
_LARGEST: Final = 8 << 30  # nothing that a hub publishes; a file's header may claim anything


@contextmanager
def opened_list(path: Path) -> Iterator[PriceList]:
    """The list, for as long as the block lasts. PriceListError if there is none, or if it cannot be read."""
    with ExitStack() as stack:
        try:
            plain = _plain(path, stack)
        except OSError as exc:
            raise PriceListUnreadable(
                f"{exc.filename or path}: {(exc.strerror or str(exc)).lower()}; check the file and the disk's space"
            ) from exc
        yield stack.enter_context(closing(PriceList(plain)))


def _plain(path: Path, stack: ExitStack) -> Path:
    if path.is_dir():
        return _of_folder(path, stack)
    if not path.is_file():
        raise PriceListMissing(f"{path}: there is no such file; --list names a price list")
    with path.open("rb") as file:
        packed = file.read(len(_ZSTD)) == _ZSTD
    if not packed:
        return path
    target = _folder(stack) / "price-list.sqlite"
    _unpack(path, target, _announced_size(path))
    return target


def _of_folder(path: Path, stack: ExitStack) -> Path:
    manifest = path / "manifest.json"
    if manifest.is_file():
        return _published(manifest, stack)
    if (path / "price-list.sqlite").is_file():
        return path / "price-list.sqlite"
    raise PriceListMissing(f"{path}: has neither price-list.sqlite nor manifest.json; --list names a price list")


def _published(path: Path, stack: ExitStack) -> Path:
    """What a manifest leads to. Whose signature it has is for lanes to check: this file was named by hand."""
    try:
        manifest = Manifest.model_validate_json(canonical_json(json.loads(path.read_bytes())["manifest"]))
        way = route(manifest, None)
    except (ValidationError, ValueError, KeyError, TypeError, ManifestError) as exc:
        raise PriceListUnreadable(f"{path}: is no manifest of this version; publish again") from exc
    lists = path.parent.parent if manifest.channel == LANE_CHANNEL else path.parent.parent.parent
    folder, whole = _folder(stack), None
    for number, file in enumerate((way.snapshot, *way.deltas)):
        if file is None:
            continue
        plain = folder / f"{number}.sqlite"
        _unpack_named(lists / "files" / f"{file.sha256}.sqlite.zst", plain, file)
        if whole is None:
            whole = plain
        else:
            apply_delta(plain, whole, private=True)
    if whole is None:
        raise AssertionError("a way from nothing without a snapshot")
    return whole


def _unpack_named(packed: Path, plain: Path, file: SnapshotFile | DeltaFile) -> None:
    if not packed.is_file():
        raise PriceListMissing(f"{packed}: is named by the manifest and not there; copy the whole folder of the lists")
    with packed.open("rb") as content:
        if hashlib.file_digest(content, "sha256").hexdigest() != file.sha256:
            raise PriceListUnreadable(f"{packed}: is damaged, its content is not what its name says; copy it again")
    _unpack(packed, plain, file.uncompressed_size)


def _announced_size(path: Path) -> int:
    with path.open("rb") as file:
        try:
            size = zstandard.frame_content_size(file.read(_HEADER))
        except zstandard.ZstdError as exc:
            raise PriceListUnreadable(f"{path}: cannot be unpacked ({exc}); fetch it again") from exc
    if not 0 <= size <= _LARGEST:
        raise PriceListUnreadable(f"{path}: does not say how large it is unpacked; take a file that the hub published")
    return int(size)


def _unpack(packed: Path, plain: Path, size: int) -> None:
    try:
        unpack(packed, plain, size)
    except PriceListError as exc:
        raise PriceListUnreadable(f"{packed}: {exc}; fetch it again") from exc


def _folder(stack: ExitStack) -> Path:
    return Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kiosk-price-")))
