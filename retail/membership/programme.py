"""A shop's membership programme as its lanes have it: clubs, the texts that are consented to, points, keys.

A shop has one club of its own, `member`; in a mall that is the mall's, and each brand has one beside it, named as the
products name their brand. The programme travels in the price list (meta `membership`), signed like prices.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from retail.product import name_in

OWN_CLUB: Final = "member"


class ProgrammeError(ValueError):
    """A programme that cannot be used: one sentence with key and remedy."""


class Purpose(StrEnum):
    """What a shopper may consent to, each by itself. MEMBERSHIP alone is what joining needs."""

    MEMBERSHIP = "membership"
    MARKETING = "marketing"
    PROFILING = "profiling"
    SHARING = "sharing"  # with the brand whose club it is


class Joins(StrEnum):
    """By what a shopper can join at the lane."""

    WALLET = "wallet"  # who pays is told by the payment itself
    PHONE = "phone"  # a number that was proved by a code sent to it


@dataclass(frozen=True, slots=True)
class ConsentText:
    """What a club asks consent to, word for word; another word is another version."""

    purpose: Purpose
    version: str
    texts: Mapping[str, str]

    def text(self, language: str) -> str:
        """In the language asked for, or its nearest relative, see retail.product.name_in."""
        return name_in(self.texts, language)

    def language(self, wanted: str) -> str:
        """The language of `text(wanted)`."""
        shown = self.text(wanted)
        return next(tag for tag, text in self.texts.items() if text == shown) if shown else ""


@dataclass(frozen=True, slots=True)
class Club:
    """What one can be a member of. Its membership text comes first; the others are never ticked beforehand."""

    id: str
    names: Mapping[str, str]
    asks: tuple[ConsentText, ...]

    def name(self, language: str) -> str:
        """Its name in a language."""
        return name_in(self.names, language) or self.id

    def asked(self, purpose: Purpose) -> ConsentText | None:
        """What it asks for a purpose; None if it asks nothing."""
        return next((one for one in self.asks if one.purpose is purpose), None)


@dataclass(frozen=True, slots=True)
class PointsRule:
    """`points` for each full `per_minor` that was paid; 0 points: none but those of campaigns."""

    per_minor: int = 100
    points: int = 0


@dataclass(frozen=True, slots=True)
class ParkingRule:
    """Free minutes for a sale of `over_minor` or more, for the car that its shopper names; 0 minutes: none."""

    over_minor: int = 0
    minutes: int = 0


@dataclass(frozen=True, slots=True)
class Programme:
    """All that a lane must know to sell to members without asking anybody.

    `code_keys`: the raw Ed25519 public keys by which the hub signs e-member codes; `seal_key`: the raw X25519 public
    key to which lanes seal who a shopper is (retail.membership.sealing). `cards_offline`: a card's number is believed
    while the hub is away; `coupons_offline`: single coupons are taken then, unchecked.
    """

    club: Club
    brands: tuple[Club, ...] = ()
    joins: tuple[Joins, ...] = (Joins.WALLET, Joins.PHONE)
    points: PointsRule = PointsRule()
    parking: ParkingRule = ParkingRule()
    code_keys: tuple[bytes, ...] = ()
    seal_key: bytes = b""
    cards_offline: bool = True
    coupons_offline: bool = False

    @property
    def clubs(self) -> tuple[Club, ...]:
        """The shop's own first."""
        return (self.club, *self.brands)

    def find(self, club: str) -> Club | None:
        """The club of that id."""
        return next((one for one in self.clubs if one.id == club), None)

    def of_basket(self, brands: Collection[str]) -> tuple[Club, ...]:
        """The clubs that the shopper of a basket with goods of these brands may be asked to join."""
        return (self.club, *(one for one in self.brands if one.id in brands))


def text_digest(text: str) -> str:
    """By which a consent names the very text that was shown: SHA-256 in hex of its UTF-8."""
    return hashlib.sha256(text.encode()).hexdigest()


def programme_body(programme: Programme) -> dict[str, Any]:
    """As the price list carries it; `programme_from` reads it back."""
    return {
        "club": _club_body(programme.club),
        "brands": [_club_body(one) for one in programme.brands],
        "joins": [one.value for one in programme.joins],
        "points": {"per_minor": programme.points.per_minor, "points": programme.points.points},
        "parking": {"over_minor": programme.parking.over_minor, "minutes": programme.parking.minutes},
        "code_keys": [_text(key) for key in programme.code_keys],
        "seal_key": _text(programme.seal_key),
        "cards_offline": programme.cards_offline,
        "coupons_offline": programme.coupons_offline,
    }


def programme_from(body: Mapping[str, Any]) -> Programme | None:
    """The programme of a list, None for a shop that has none; ProgrammeError for what is amiss."""
    if not body:
        return None
    try:
        points, parking = body.get("points") or {}, body.get("parking") or {}
        return Programme(
            club=_club(body["club"]),
            brands=tuple(_club(one) for one in body.get("brands") or ()),
            joins=tuple(Joins(one) for one in body.get("joins", [*Joins])),
            points=PointsRule(_least(points.get("per_minor", 100), 1), _least(points.get("points", 0), 0)),
            parking=ParkingRule(_least(parking.get("over_minor", 0), 0), _least(parking.get("minutes", 0), 0)),
            code_keys=tuple(_key(one) for one in body.get("code_keys") or ()),
            seal_key=_key(body["seal_key"]) if body.get("seal_key") else b"",
            cards_offline=bool(body.get("cards_offline", True)),
            coupons_offline=bool(body.get("coupons_offline", False)),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as exc:
        raise ProgrammeError(f"the membership programme is not whole ({type(exc).__name__}: {exc})") from exc


def _club_body(club: Club) -> dict[str, Any]:
    asks = [{"purpose": one.purpose.value, "version": one.version, "texts": dict(one.texts)} for one in club.asks]
    return {"id": club.id, "names": dict(club.names), "asks": asks}


def _club(body: Mapping[str, Any]) -> Club:
    asks = tuple(
        ConsentText(Purpose(one["purpose"]), str(one["version"]), {str(tag): str(t) for tag, t in one["texts"].items()})
        for one in body["asks"]
    )
    club = Club(str(body["id"]), {str(tag): str(name) for tag, name in body["names"].items()}, asks)
    if club.asked(Purpose.MEMBERSHIP) is None:
        raise ValueError(f"club {club.id!r} has no membership text")
    return club


def _least(value: object, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise ValueError(f"{value!r} must be a whole number from {least} on")
    return value


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode()


_RAW: Final = 32


def _key(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as exc:
        raise ValueError("a key is not base64") from exc
    if len(raw) != _RAW:
        raise ValueError(f"a key must have {_RAW} bytes")
    return raw
