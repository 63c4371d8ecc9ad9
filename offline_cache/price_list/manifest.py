"""The signed manifest that announces a snapshot: revision, store, file, size; Ed25519 over canonical JSON."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from offline_cache.price_list.errors import ManifestError
from retail.events import canonical_json

FORMAT = 1
_KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A compressed snapshot file: SHA-256 in hex and size of the compressed bytes, size after decompression."""

    sha256: str
    size: int
    uncompressed_size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the newest price list of a store is; `published_at` is ISO 8601 UTC."""

    store: str
    revision: int
    currency: str
    published_at: str
    snapshot: Snapshot
    format: int = FORMAT


def key_id(public_key: bytes) -> str:
    """Short name of a raw public key: the first 16 hex digits of its SHA-256."""
    return hashlib.sha256(public_key).hexdigest()[:16]


def raw_public_key(key: Ed25519PrivateKey) -> bytes:
    """The 32 raw bytes of a private key's public half."""
    return key.public_key().public_bytes_raw()


def encode_public_key(public_key: bytes) -> str:
    """Base64 of a raw public key: what `kiosk-hub key` prints and a lane's key file holds."""
    return base64.b64encode(public_key).decode()


def decode_public_key(text: str) -> bytes:
    """Raw public key from its base64 text; ManifestError if it is none."""
    try:
        raw = base64.b64decode(text.strip(), validate=True)
    except ValueError as exc:  # binascii.Error is one; so is what it says to text that is not ASCII
        raise ManifestError("the key is not base64; take the line that `kiosk-hub key` prints") from exc
    if len(raw) != _KEY_BYTES:
        raise ManifestError(f"the key has {len(raw)} bytes, an Ed25519 key has {_KEY_BYTES}")
    return raw


def sign(manifest: Manifest, key: Ed25519PrivateKey) -> dict[str, Any]:
    """The envelope that the hub serves."""
    body = asdict(manifest)
    signature = base64.b64encode(key.sign(canonical_json(body).encode())).decode()
    return {"manifest": body, "signature": signature, "key_id": key_id(raw_public_key(key))}


def verify(envelope: object, public_key: bytes, *, store: str) -> Manifest:
    """The manifest of an envelope signed by this key for this store; ManifestError otherwise."""
    if not isinstance(envelope, dict) or not isinstance(envelope.get("manifest"), dict):
        raise ManifestError("the hub's answer is not a manifest")
    body = envelope["manifest"]
    try:
        signature = base64.b64decode(str(envelope.get("signature")), validate=True)
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, canonical_json(body).encode())
    except (InvalidSignature, ValueError) as exc:
        signer = envelope.get("key_id")
        raise ManifestError(
            f"the manifest is not signed by the pinned key {key_id(public_key)} (it names {signer}); "
            "if the hub's key was changed on purpose, pin the new one"
        ) from exc
    manifest = _parse(body)
    if manifest.store != store:
        raise ManifestError(f"the manifest is for store {manifest.store!r}, this lane belongs to {store!r}")
    return manifest


def _parse(body: dict[str, Any]) -> Manifest:
    try:
        if body["format"] != FORMAT:
            raise ManifestError(f"the manifest has format {body['format']}, this program reads {FORMAT}")
        _check_types(body, {"store": str, "revision": int, "currency": str, "published_at": str, "snapshot": dict})
        _check_types(body["snapshot"], {"sha256": str, "size": int, "uncompressed_size": int})
        manifest = Manifest(**{**body, "snapshot": Snapshot(**body["snapshot"])})
        _check_values(manifest)
    except (KeyError, TypeError, ValueError) as exc:
        raise ManifestError(f"the manifest is incomplete ({exc})") from exc
    return manifest


def _check_types(table: dict[str, Any], kinds: dict[str, type]) -> None:
    for name, kind in kinds.items():
        if type(table[name]) is not kind:  # not isinstance: True is no revision
            raise TypeError(f"{name} is {table[name]!r}")


def _check_values(manifest: Manifest) -> None:
    datetime.fromisoformat(manifest.published_at)
    snapshot = manifest.snapshot
    if min(manifest.revision, snapshot.size, snapshot.uncompressed_size) < 0:
        raise ValueError("a number is negative")
    # It becomes part of an address: hex digits and nothing else.
    if not re.fullmatch(r"[0-9a-f]{64}", snapshot.sha256):
        raise ValueError("sha256 is not one")
