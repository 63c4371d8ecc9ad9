"""Small price lists and the hub's packing of them, for the tests of this package."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from offline_cache.price_list.manifest import Manifest, Snapshot, sign
from offline_cache.price_list.writer import Meta, PriceListWriter, PriceRow
from retail.product import Product

PUBLISHED = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def write_list(path: Path, *, revision: int = 1, store: str = "demo", currency: str = "CNY", products: int = 3) -> Path:
    """A price list whose prices tell its revision: product n costs revision * 100 + n."""
    meta = Meta(store, revision, currency, PUBLISHED)
    with PriceListWriter(path, meta) as writer:
        for number in range(products):
            price = PriceRow("list", revision * 100 + number + 1)
            writer.add_product(
                Product(f"sku-{number}", {"en": f"Thing {number}"}), codes={f"c{number}": 1}, prices=[price]
            )
    return path


@dataclass(frozen=True, slots=True)
class Packed:
    """A compressed snapshot and its signed manifest."""

    content: bytes
    envelope: dict[str, Any]

    @property
    def sha256(self) -> str:
        return str(self.envelope["manifest"]["snapshot"]["sha256"])


def pack(file: Path, key: Ed25519PrivateKey, *, revision: int = 1, store: str = "demo", **changes: Any) -> Packed:
    """Pack a file as the hub does; `changes` replace what the manifest says of content, sizes, hash or currency."""
    raw = file.read_bytes()
    content = changes.pop("content", None) or zstandard.ZstdCompressor(level=1).compress(raw)
    snapshot = Snapshot(
        sha256=changes.pop("sha256", hashlib.sha256(content).hexdigest()),
        size=changes.pop("size", len(content)),
        uncompressed_size=changes.pop("uncompressed_size", len(raw)),
    )
    currency = changes.pop("currency", "CNY")
    assert not changes
    manifest = Manifest(store, revision, currency, PUBLISHED.isoformat(), snapshot)
    return Packed(content, sign(manifest, key))
