"""RSA key pairs for make-believe banks and their merchants, written where the settings of a lane or hub find them."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

_BITS = 2048


def new_key() -> rsa.RSAPrivateKey:
    """A fresh key; takes about a tenth of a second."""
    return rsa.generate_private_key(public_exponent=65537, key_size=_BITS)


def private_pem(key: rsa.RSAPrivateKey) -> bytes:
    """As the wallets' own tools write it: PKCS #8, no password."""
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem(key: rsa.RSAPrivateKey) -> bytes:
    """The other half of it."""
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def write_secret(path: Path, content: bytes) -> Path:
    """A file that its owner alone can read."""
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
    return path
