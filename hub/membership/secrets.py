"""What the hub alone knows of its members: the keys by which identities are hidden, opened and vouched for.

All of them come from one file of 32 random bytes in the folder of the signing keys. It is as dear as the database:
without it nobody is found again by number, wallet or plate, and notes that lanes sealed stay shut.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from hub.data_folder import flush_folder
from hub.errors import KeyUnusable
from hub.membership.normal import normalised

FILE: Final = "members.key"
_BYTES: Final = 32
_NONCE: Final = 12
_WORD: Final = 8  # bytes of a number in a ticket


class MemberSecrets:
    """The keys in a folder, made on first use; several processes may ask at once: all get the same. Every call raises
    KeyUnusable if the file cannot be made or read. Safe to share between threads."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE

    def digest(self, kind: str, value: str) -> str:
        """By what an identity is known: keyed, so that whoever has the database alone cannot try all numbers. However
        a number, a card or a plate is written, it is the same one."""
        said = f"{kind}\0{normalised(kind, value)}".encode("utf-8", "replace")
        return hmac.digest(self._key("digest"), said, hashlib.sha256).hex()

    @property
    def seal_key(self) -> X25519PrivateKey:
        """Opens what lanes sealed; see retail.membership.sealing."""
        return X25519PrivateKey.from_private_bytes(self._key("seal"))

    @property
    def code_key(self) -> Ed25519PrivateKey:
        """Signs e-member codes; its place in `code_keys` is 0."""
        return Ed25519PrivateKey.from_private_bytes(self._key("code"))

    @property
    def code_keys(self) -> tuple[bytes, ...]:
        """What lanes check e-member codes by."""
        return (self.code_key.public_key().public_bytes_raw(),)

    def ticket(self, member_id: int, at: int) -> bytes:
        """What an e-member code carries for the hub: never the same twice, so that a lane cannot know the member again.
        `at`: when it was made, epoch seconds."""
        nonce = secrets.token_bytes(_NONCE)
        plain = member_id.to_bytes(_WORD) + at.to_bytes(_WORD)
        return nonce + ChaCha20Poly1305(self._key("ticket")).encrypt(nonce, plain, None)

    def member_of_ticket(self, ticket: bytes) -> int | None:
        """Whose it is; None for one that this shop never made."""
        try:
            plain = ChaCha20Poly1305(self._key("ticket")).decrypt(ticket[:_NONCE], ticket[_NONCE:], None)
        except (InvalidTag, ValueError):
            return None
        return int.from_bytes(plain[:_WORD])

    def fingerprint(self, *, make: bool = True) -> str:
        """By which two hubs know that they have the same; `make` False: '' where there is none yet."""
        if not make and not self._path.exists():
            return ""
        return self._key("fingerprint").hex()[:16]

    @property
    def path(self) -> Path:
        """The file, for sentences."""
        return self._path

    def _key(self, purpose: str) -> bytes:
        return _derived(self._secret(), purpose)

    def _secret(self) -> bytes:
        with self._sentences():
            if not self._path.exists():
                self._write(secrets.token_bytes(_BYTES))
            content = self._path.read_bytes()
        if len(content) != _BYTES:
            raise KeyUnusable(f"{self._path}: is not {_BYTES} bytes long; restore it from the backup")
        return content

    def _write(self, content: bytes) -> None:
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{FILE}.")  # mode 0600
        part = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            # A link, not a rename: it fails if another process was quicker, whose file then holds.
            with suppress(FileExistsError):
                self._path.hardlink_to(part)
        finally:
            part.unlink(missing_ok=True)
        flush_folder(self._path.parent)

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except OSError as exc:
            raise KeyUnusable(
                f"{exc.filename or self._path}: {(exc.strerror or str(exc)).lower()}; "
                "members' keys need a folder that can be used"
            ) from exc


def _derived(secret: bytes, purpose: str) -> bytes:
    """HKDF-Expand (RFC 5869) of one block; the secret is random already, so nothing is to be extracted."""
    return hmac.digest(secret, b"kiosk member " + purpose.encode() + b"\x01", hashlib.sha256)
