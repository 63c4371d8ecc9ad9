"""Small price lists, deltas and manifests, packed as the hub does, for the tests of this package."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from offline_cache.price_list.delta import build_delta
from offline_cache.price_list.keys import key_id, raw_public_key
from offline_cache.price_list.manifest import (
    Approval,
    DeltaFile,
    Manifest,
    SnapshotFile,
    announced_key,
    sign,
)
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import Meta, PriceListWriter, PriceRow
from retail.product import Product

PUBLISHED = datetime(2026, 3, 1, 6, 0, tzinfo=UTC)
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FRESH = timedelta(days=7)


def state_of(revision: int, store: str = "demo") -> str:
    """A state that tells the revision."""
    return hashlib.sha256(f"{store} {revision}".encode()).hexdigest()[:32]


def write_list(
    path: Path,
    *,
    revision: int = 1,
    store: str = "demo",
    channel: str = "lane",
    currency: str = "CNY",
    products: int = 3,
    prices: dict[int, int] | None = None,
    gone: Sequence[int] = (),
    limits: dict[str, float] | None = None,
    imports: int = 0,
) -> Path:
    """A price list whose first price tells its revision: product 0 costs revision * 100 + 1, any other n 1000 + n.

    `prices` and `gone`: numbers of products that cost something else, or are not there.
    """
    meta = Meta(
        store,
        revision,
        currency,
        PUBLISHED,
        channel=channel,
        state=state_of(revision, store),
        limits=limits or {},
        imports=imports,
    )
    with PriceListWriter(path, meta) as writer:
        for number in range(products):
            if number in gone:
                continue
            usual = 1000 + number if number else revision * 100 + 1
            price = PriceRow("list", (prices or {}).get(number, usual))
            product = Product(f"sku-{number}", {"en": f"Thing {number}"})
            writer.add_product(product, codes={f"c{number}": 1}, prices=[price], number=number + 1)
    return path


@dataclass(frozen=True, slots=True)
class Packed:
    """What is published at once: the signed manifest, and the files by their SHA-256."""

    envelope: dict[str, Any]
    files: dict[str, bytes]

    @property
    def manifest(self) -> dict[str, Any]:
        body: dict[str, Any] = self.envelope["manifest"]
        return body

    @property
    def sha256(self) -> str:
        """Of the snapshot."""
        return str(self.manifest["snapshot"]["sha256"])

    @property
    def content(self) -> bytes:
        """Of the snapshot."""
        return self.files[self.sha256]


@dataclass(frozen=True, slots=True)
class PackedDelta:
    """A delta as a manifest lists it, and its bytes."""

    file: DeltaFile
    content: bytes


def pack_delta(base: Path, fresh: Path, out: Path, **changes: Any) -> PackedDelta:
    """The delta between two lists; `changes` replace what the manifest will say of it."""
    build_delta(base, fresh, out, touched=None)
    return packed_delta(out, meta_of(base), meta_of(fresh), **changes)


def packed_delta(file: Path, before: Meta, after: Meta, **changes: Any) -> PackedDelta:
    """A delta that is a file already."""
    raw = file.read_bytes()
    content = changes.pop("content", None) or zstandard.ZstdCompressor(level=1).compress(raw)
    says: dict[str, Any] = {
        "from_revision": before.revision,
        "from_state": before.state,
        "revision": after.revision,
        "state": after.state,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "uncompressed_size": len(raw),
    }
    return PackedDelta(DeltaFile(**(says | changes)), content)


def pack(
    plain: Path,
    *keys: Ed25519PrivateKey,
    deltas: Sequence[PackedDelta] = (),
    approved: int = 0,
    signed_at: datetime | None = None,
    fresh_until: datetime | None = None,
    announces: Sequence[Ed25519PrivateKey] | None = None,
    revoked: Sequence[Ed25519PrivateKey] = (),
    manifest: dict[str, Any] | None = None,
    snapshot: dict[str, Any] | None = None,
    content: bytes | None = None,
    **changes: Any,
) -> Packed:
    """Pack a list and sign its manifest with each key. `manifest` replaces what is said of the list, `snapshot` and
    `changes` what of the snapshot. `announces`: the keys to be trusted, if not those that sign.
    """
    raw, meta = plain.read_bytes(), meta_of(plain)
    content = content or zstandard.ZstdCompressor(level=1).compress(raw)
    file: dict[str, Any] = (
        {
            "revision": meta.revision,
            "state": meta.state,
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
            "uncompressed_size": len(raw),
        }
        | (snapshot or {})
        | changes
    )
    now = signed_at or datetime.now(UTC)
    says: dict[str, Any] = {
        "store": meta.store,
        "channel": meta.channel,
        "revision": meta.revision,
        "state": meta.state,
        "currency": meta.currency,
        "published_at": meta.published_at.isoformat(),
        "signed_at": now.isoformat(),
        "fresh_until": (fresh_until or now + FRESH).isoformat(),
        "approved": Approval(revision=approved, by="the manager") if approved else None,
    } | (manifest or {})
    body = Manifest(
        **says,
        snapshot=SnapshotFile(**file),
        deltas=tuple(delta.file for delta in deltas),
        keys=tuple(announced_key(raw_public_key(key)) for key in announces or keys),
        revoked=tuple(key_id(raw_public_key(key)) for key in revoked),
    )
    files = {delta.file.sha256: delta.content for delta in deltas} | {file["sha256"]: content}
    return Packed(sign(body, keys), files)


def meta_of(file: Path) -> Meta:
    """What a file says of itself, or for one that is none, or an odd one, what a first list would say."""
    try:
        price_list = PriceList(file)
    except Exception:  # noqa: BLE001 - odd files are what some tests are about
        return Meta("demo", 2, "CNY", PUBLISHED, state=state_of(2))
    price_list.close()
    return price_list.meta
