"""The key pair that signs price lists: made on first use, its private half readable by the hub alone."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Final

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from hub.data_folder import flush_folder
from hub.errors import KeyUnusable

_FILE: Final = "price-list.pem"


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The hub's key; KeyUnusable if it cannot be read or made. Several processes may ask at once: all get the same."""
    path = folder / _FILE
    try:
        if not path.exists():
            _make(path)
        return _read(path)
    except OSError as exc:
        raise KeyUnusable(
            f"{exc.filename or path}: {(exc.strerror or str(exc)).lower()}; the signing key needs a folder it can use"
        ) from exc


def _read(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as exc:
        raise KeyUnusable(
            f"{path}: is not a private key; restore it from the backup (a new key must be pinned on every lane)"
        ) from exc
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"{path}: is not an Ed25519 key; restore it from the backup")
    return key


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    part = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(pem)
            file.flush()
            os.fsync(file.fileno())
        # A link, not a rename: it fails if another process was quicker, whose key then holds.
        path.hardlink_to(part)
    except FileExistsError:
        pass
    finally:
        part.unlink(missing_ok=True)
    flush_folder(path.parent)
