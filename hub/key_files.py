"""Private keys on disk, readable by the hub alone: PEM files in one folder, found by what they hold, not by name."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
from offline_cache.price_list.keys import key_id, raw_public_key

_FIRST: Final = "price-list.pem"


class KeyFiles:
    """The folder of private keys. Raises KeyUnusable."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def first(self) -> Ed25519PrivateKey:
        """The key of a new hub, made on first use. Several processes may ask at once: all get the same."""
        path = self._folder / _FIRST
        with self._sentences():
            if not path.exists():
                self._write(path, Ed25519PrivateKey.generate())
            return _read(path)

    def make(self) -> Ed25519PrivateKey:
        """Another key, on disk."""
        key = Ed25519PrivateKey.generate()
        with self._sentences():
            self._write(self._folder / f"{key_id(raw_public_key(key))}.pem", key)
        return key

    def private(self, name: str) -> Ed25519PrivateKey:
        """The key with that id."""
        damaged = ""
        with self._sentences():
            for path in sorted(self._folder.glob("*.pem")):
                try:
                    key = _read(path)
                except KeyUnusable as exc:
                    damaged = f" ({exc})"
                    continue
                if key_id(raw_public_key(key)) == name:
                    return key
        raise KeyUnusable(
            f"{self._folder}: the private half of key {name} is not here, so this hub cannot sign lists{damaged}; "
            "copy the folder's files from the hub that has it, or restore them from the backup"
        )

    def _write(self, path: Path, key: Ed25519PrivateKey) -> None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
                file.flush()
                os.fsync(file.fileno())
            # A link, not a rename: it fails if another process was quicker, whose key then holds.
            with suppress(FileExistsError):
                path.hardlink_to(part)
        finally:
            part.unlink(missing_ok=True)
        flush_folder(path.parent)

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            raise KeyUnusable(
                f"{exc.filename or self._folder}: {(exc.strerror or str(exc)).lower()}; "
                "the signing keys need a folder that can be used"
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
