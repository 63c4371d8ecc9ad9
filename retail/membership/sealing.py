"""Who a shopper is, sealed for the hub: a lane can write it and nobody but the hub can read it, the lane included.

HPKE (RFC 9180) in base mode, X25519, HKDF-SHA256, ChaCha20-Poly1305: each seal of the same words is different, so that
two of them cannot be known for the same shopper. `info` binds one to its place; a seal moved elsewhere does not open.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

_SUITE: Final = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.CHACHA20_POLY1305)


class SealBroken(ValueError):
    """A seal that this key does not open, or with something else in it than was agreed."""


def seal(public_key: bytes, words: Mapping[str, str], info: str) -> bytes:
    """The words, for the holder of the private half of a raw X25519 key alone. ValueError if it is no key."""
    plain = json.dumps(dict(words), sort_keys=True, ensure_ascii=False).encode("utf-8", "replace")
    return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(public_key), info.encode())


def unseal(private_key: X25519PrivateKey, sealed: bytes, info: str) -> dict[str, str]:
    """The words; SealBroken."""
    try:
        words = json.loads(_SUITE.decrypt(sealed, private_key, info.encode()))
    except (InvalidTag, ValueError) as exc:
        raise SealBroken("the seal does not open") from exc
    if not isinstance(words, dict) or not all(isinstance(word, str) for word in words.values()):
        raise SealBroken("the seal holds something else")
    return words
