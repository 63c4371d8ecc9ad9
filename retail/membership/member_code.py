"""Members' codes: the e-member code, which lives for a minute and is checked without asking anybody, and card numbers.

An e-member code is the shop's prefix and base32 (letters and digits only: small as a QR code, and no keyboard layout
can spoil it) of version, key number, expiry, the clubs, a ticket that only the hub can read, and an Ed25519 signature
over prefix-free all of that. A lane learns the clubs, and nothing by which it could know the member again.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

LIVES_S: Final = 60
SKEW_S: Final = 15  # by how much a lane's clock may be behind the hub's, or ahead of it
_VERSION: Final = 1
_SIGNATURE: Final = 64
_EXPIRY: Final = 4
_HEAD: Final = 2 + _EXPIRY  # version, key number, expiry
_LONGEST: Final = 512
_CARD_DIGITS: Final = range(8, 20)


class CodeFault(StrEnum):
    """Why a code tells nothing of a member; chooses the shopper's words."""

    EXPIRED = "expired"  # a picture of a code, or one that was shown too long
    FORGED = "forged"  # signed by nobody whom the shop trusts
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class MemberCode:
    """What a true e-member code says. `ticket` is for the hub; `expires_at` epoch seconds."""

    clubs: tuple[str, ...]
    expires_at: int
    ticket: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class CardNumber:
    """The number of a member's card: nothing proves it but the hub."""

    number: str = field(repr=False)


def sign_member_code(
    private: Ed25519PrivateKey, *, key_number: int, clubs: Sequence[str], ticket: bytes, expires_at: int
) -> str:
    """The code without the shop's prefix; `key_number` is the key's place in Programme.code_keys. ValueError for what
    does not fit."""
    named = ",".join(clubs).encode()
    if len(named) > 255 or len(ticket) > 255 or not 0 <= key_number <= 255:  # noqa: PLR2004 - one byte each
        raise ValueError("an e-member code holds 255 bytes of clubs and of ticket")
    head = bytes([_VERSION, key_number]) + expires_at.to_bytes(_EXPIRY)
    signed = head + bytes([len(named)]) + named + bytes([len(ticket)]) + ticket
    return base64.b32encode(signed + private.sign(signed)).decode().rstrip("=")


def read_member_code(code: str, keys: Sequence[bytes], now: int | None) -> MemberCode | CardNumber | CodeFault:
    """What a scanned code says, without the shop's prefix; `keys` as in Programme.code_keys, `now` epoch seconds, None
    for what was looked at while it lived and is told of later."""
    if code.isascii() and code.isdigit():
        return CardNumber(code) if is_card_number(code) else CodeFault.UNREADABLE
    try:
        content = base64.b32decode(code + "=" * (-len(code) % 8)) if len(code) <= _LONGEST else b""
        signed, signature = content[:-_SIGNATURE], content[-_SIGNATURE:]
        found = _parsed(signed)
    except (binascii.Error, ValueError, IndexError):
        return CodeFault.UNREADABLE
    if not _is_signed(signed, signature, keys, signed[1]):
        return CodeFault.FORGED
    if now is not None and not now - SKEW_S <= found.expires_at <= now + LIVES_S + SKEW_S:
        return CodeFault.EXPIRED
    return found


def is_card_number(number: str) -> bool:
    """Whether digits can be a card's number: its last one is the check digit of the others (Luhn, ISO/IEC 7812-1)."""
    return number.isascii() and number.isdigit() and len(number) in _CARD_DIGITS and _luhn(number) == 0


def card_number(digits: str) -> str:
    """The number of a card with these digits: they and their check digit."""
    return digits + str(-_luhn(digits + "0") % 10)


def _luhn(number: str) -> int:
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the sum of its two digits
    return total % 10


def _parsed(signed: bytes) -> MemberCode:
    if signed[0] != _VERSION:
        raise ValueError("of another version")
    expires_at = int.from_bytes(signed[2:_HEAD])
    named_to = _HEAD + 1 + signed[_HEAD]
    named, ticket = signed[_HEAD + 1 : named_to], signed[named_to + 1 :]
    if len(ticket) != signed[named_to]:
        raise ValueError("cut")
    return MemberCode(tuple(filter(None, named.decode("ascii").split(","))), expires_at, ticket)


def _is_signed(signed: bytes, signature: bytes, keys: Sequence[bytes], number: int) -> bool:
    if number >= len(keys):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(keys[number]).verify(signature, signed)
    except (InvalidSignature, ValueError):
        return False
    return True
