"""Packs a price-list file into what is published, and unpacks it: zstd, named by the SHA-256 of the packed bytes."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import zstandard

from offline_cache.price_list.errors import PriceListUnreadable

_LEVEL: Final = 13  # 100,000 products: 3 s and 3.0 MB; level 9 1 s and 3.7 MB; level 19 27 s and 2.8 MB
_FARTHEST_BITS: Final = 25  # how far back a match may lie: what a lane sets aside to unpack, 32 MB at most
_CHUNK: Final = 1 << 20
_WINDOW: Final = 128 << 20  # what a decompressor may claim of memory, whatever the file's header says


@dataclass(frozen=True, slots=True)
class Packed:
    """A packed file: SHA-256 in hex and size of the packed bytes, size once unpacked."""

    sha256: str
    size: int
    uncompressed_size: int


def pack(plain: Path, packed: Path) -> Packed:
    """Compress a file onto the disk. Raises OSError."""
    digest = hashlib.sha256()
    size = plain.stat().st_size
    compressor = zstandard.ZstdCompressor(compression_params=_parameters(size))
    with plain.open("rb") as source, packed.open("wb") as target:
        for chunk in compressor.read_to_iter(source, size=size):
            digest.update(chunk)
            target.write(chunk)
        target.flush()
        os.fsync(target.fileno())
        return Packed(digest.hexdigest(), target.tell(), size)


def _parameters(size: int) -> zstandard.ZstdCompressionParameters:
    """Codes and names stand in several tables, far from each other: matches may be as far apart as the tables are."""
    window = min(_FARTHEST_BITS, max(zstandard.WINDOWLOG_MIN, size.bit_length()))
    return zstandard.ZstdCompressionParameters.from_level(
        _LEVEL, source_size=size, window_log=window, enable_ldm=True, write_checksum=True
    )


def unpack(packed: Path, plain: Path, size: int) -> None:
    """Decompress to exactly `size` bytes, on disk when this returns; never more: it could be a full disk.

    Raises PriceListUnreadable, or OSError from the disk; what was written so far stays for the caller to remove.
    """
    written = 0
    try:
        with packed.open("rb") as source, plain.open("wb") as target:
            reader = zstandard.ZstdDecompressor(max_window_size=_WINDOW).stream_reader(source)
            while chunk := reader.read(_CHUNK):
                written += len(chunk)
                if written > size:
                    break
                target.write(chunk)
            target.flush()
            os.fsync(target.fileno())
    except zstandard.ZstdError as exc:
        raise PriceListUnreadable(f"the file cannot be unpacked ({exc})") from exc
    if written != size:
        raise PriceListUnreadable(f"the file does not unpack to the {size} bytes announced")
