"""Public keys of hubs: their short names, their text, and the ring of those that a lane trusts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from offline_cache.price_list.errors import ManifestError

_KEY_BYTES: Final = 32


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


@dataclass(frozen=True, slots=True)
class KeyRing:
    """The keys that may sign, by their ids, and the ids of those that never may again."""

    trusted: Mapping[str, bytes] = field(default_factory=dict)
    revoked: frozenset[str] = frozenset()

    @classmethod
    def of(cls, keys: Iterable[bytes], revoked: Iterable[str] = ()) -> KeyRing:
        """A ring of raw public keys."""
        gone = frozenset(revoked)
        return cls({key_id(key): key for key in keys if key_id(key) not in gone}, gone)

    def replaced(self, keys: Mapping[str, str], revoked: Iterable[str]) -> KeyRing:
        """A ring of other keys, each under its id as base64; ManifestError for one that is not what its id says."""
        raw = [decode_public_key(text) for text in keys.values()]
        if [key_id(key) for key in raw] != list(keys):
            raise ManifestError("a key of the manifest is not the one that its name says")
        return KeyRing.of(raw, self.revoked | frozenset(revoked))
