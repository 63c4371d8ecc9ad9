"""RSA signatures with SHA-256 as the Chinese wallets use them, and the key files that they come from, read once.

No message of this module holds anything of a key: it names the setting, the file and the remedy.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.x509 import load_pem_x509_certificate

from payments import settings as read
from payments.errors import GatewayMisconfigured

_SHORTEST_BITS: Final = 2048  # what both wallets hand out; less is no protection
_LONGEST_FILE: Final = 64 * 1024
_TRIAL: Final = b"trial"
_T = TypeVar("_T")


class OurKey:
    """The key by which a shop's orders are known as its own. 2048 bits sign in under a millisecond."""

    __slots__ = ("_key",)

    def __init__(self, key: rsa.RSAPrivateKey) -> None:
        self._key = key

    def sign(self, text: bytes) -> str:
        """The signature in base64, as it stands in a header or a form."""
        return base64.b64encode(self._key.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()

    def made(self, theirs: TheirKey) -> bool:
        """Whether the other key is this one's own public half: what it signs would be believed of anybody."""
        return theirs.is_half_of(self._key)


class TheirKey:
    """The key by which a gateway's answers are known as its own; `serial` (upper-case hex) if a certificate held it."""

    __slots__ = ("_key", "serial")

    def __init__(self, key: rsa.RSAPublicKey, serial: str = "") -> None:
        self._key = key
        self.serial = serial

    def is_half_of(self, key: rsa.RSAPrivateKey) -> bool:
        """Whether this is that key's public half."""
        return self._key.public_numbers() == key.public_key().public_numbers()

    def signed(self, text: bytes, signature: str) -> bool:
        """Whether `signature`, in base64, is this key's over `text`; False for whatever is no signature at all."""
        try:
            self._key.verify(base64.b64decode(signature, validate=True), text, padding.PKCS1v15(), hashes.SHA256())
        except (InvalidSignature, binascii.Error, ValueError):
            return False
        return True


def our_key(gateway: str, settings: Mapping[str, Any], key: str) -> OurKey:
    """The private key in the file that the setting names: PEM, or the bare base64 that Alipay's key tool writes.

    Raises GatewayMisconfigured.
    """
    return OurKey(_loaded(gateway, settings, key, "a private RSA key without a password", _private))


def their_key(gateway: str, settings: Mapping[str, Any], key: str) -> TheirKey:
    """The public key, or the certificate with it, in the file that the setting names. Raises GatewayMisconfigured."""
    return _loaded(gateway, settings, key, "a public RSA key or a certificate", their_key_of)


def not_our_own(gateway: str, settings: Mapping[str, Any], key: str, ours: OurKey, theirs: TheirKey) -> TheirKey:
    """`theirs`, unless the setting names the public half of our own key, which lies beside the right one on the
    merchant's pages. Raises GatewayMisconfigured."""
    if ours.made(theirs):
        raise GatewayMisconfigured(
            f"payment gateway {gateway!r}: {key} names {_path(gateway, settings, key)}, which belongs to your own "
            f"merchant_key_file; download the wallet's own public key and put it there"
        )
    return theirs


def key_file(gateway: str, settings: Mapping[str, Any], key: str) -> bytes:
    """What is in the file that a setting names, without white space around it. Raises GatewayMisconfigured."""
    path = _path(gateway, settings, key)
    try:
        with path.open("rb") as file:
            content = file.read(_LONGEST_FILE)
    except (OSError, ValueError) as exc:
        why = exc.strerror if isinstance(exc, OSError) else "no file can be named so"
        raise GatewayMisconfigured(
            f"payment gateway {gateway!r}: {key} names {path}, which cannot be read ({why}); "
            f"put the key there, readable by this program's user alone"
        ) from exc
    return content.strip().removeprefix(b"\xef\xbb\xbf").strip()  # an editor's mark before the text


def their_key_of(content: bytes) -> TheirKey:
    """The key in a PEM file's content, or in bare base64. Raises ValueError for anything else."""
    if b"-----BEGIN CERTIFICATE" in content:
        certificate = load_pem_x509_certificate(content)
        return TheirKey(_public(certificate.public_key()), f"{certificate.serial_number:X}")
    if content.startswith(b"-----BEGIN"):
        return TheirKey(_public(serialization.load_pem_public_key(content)))
    return TheirKey(_public(serialization.load_der_public_key(_der(content))))


def _private(content: bytes) -> rsa.RSAPrivateKey:
    # OpenSSL's own check looks for primes, 50 ms for each lane of a hub, in a key that is the shop's own. Whether its
    # parts belong together one signature tells as well.
    if content.startswith(b"-----BEGIN"):
        key = serialization.load_pem_private_key(content, password=None, unsafe_skip_rsa_key_validation=True)
    else:
        key = serialization.load_der_private_key(_der(content), password=None, unsafe_skip_rsa_key_validation=True)
    if not isinstance(key, rsa.RSAPrivateKey) or key.key_size < _SHORTEST_BITS:
        raise ValueError("no RSA key of 2048 bits or more")
    if not TheirKey(key.public_key()).signed(_TRIAL, OurKey(key).sign(_TRIAL)):
        raise ValueError("a key whose parts do not belong together")
    return key


def _public(key: object) -> rsa.RSAPublicKey:
    if not isinstance(key, rsa.RSAPublicKey) or key.key_size < _SHORTEST_BITS:
        raise ValueError("no RSA key of 2048 bits or more")
    return key


def _der(content: bytes) -> bytes:
    return base64.b64decode(b"".join(content.split()), validate=True)


def _loaded(gateway: str, settings: Mapping[str, Any], key: str, what: str, load: Callable[[bytes], _T]) -> _T:
    content = key_file(gateway, settings, key)
    try:
        return load(content)
    except (ValueError, TypeError, UnsupportedAlgorithm):  # TypeError: the key has a password
        # Not chained: what a parser says of a key's content is not for a log.
        raise GatewayMisconfigured(
            f"payment gateway {gateway!r}: {key} names {_path(gateway, settings, key)}, which holds not {what} of at "
            f"least {_SHORTEST_BITS} bits; download it anew and put it there as a PEM file"
        ) from None


def _path(gateway: str, settings: Mapping[str, Any], key: str) -> Path:
    name = read.text(gateway, settings, key)
    try:
        path = Path(name).expanduser()
    except RuntimeError:  # a user without a home
        path = Path(name)
    if not path.is_absolute():
        raise GatewayMisconfigured(
            f"payment gateway {gateway!r}: {key} is {name!r}; it must be a whole path, such as /etc/kiosk/{key}.pem"
        )
    return path
