"""Who members are: found by keyed digests of what identifies them, and made when they join."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from hub.membership.normal import normal_phone
from hub.membership.secrets import MemberSecrets
from hub.membership.tables import MEMBER, MEMBER_CLUB, MEMBER_IDENTITY
from retail.membership.member_code import card_number

PHONE: Final = "phone"
WALLET: Final = "wallet"
CARD: Final = "card"
PLATE: Final = "plate"

_HIDDEN: Final = "····"
_COUNTRY: Final = re.compile(r"\+(86|886|852)?")
_SHOWS_MORE: Final = 10  # of a shorter number two digits at each end would tell enough
# 15 digits: no trade number has as many, and no bank's card in these markets.
_CARD_DIGITS: Final = 13
_CARD_BEGINS: Final = "8"
_PAGE_DIGITS: Final = 32  # 128 bits
_MEMBER_DIGITS: Final = 18  # what a database takes as a number


@dataclass(frozen=True, slots=True)
class Identity:
    """What identifies a shopper: `kind` as in MEMBER_IDENTITY, and what a screen may show of it, '' for nothing."""

    kind: str
    digest: str = field(repr=False)
    masked: str = field(default="", repr=False)


def phone_identity(keys: MemberSecrets, number: str) -> Identity | None:
    """The one of a phone number; None for what is none."""
    plain = normal_phone(number)
    return Identity(PHONE, keys.digest(PHONE, plain), _masked(plain)) if plain else None


def _masked(plain: str) -> str:
    digits = _COUNTRY.sub("", plain, count=1)
    ends = (3, 4) if len(digits) >= _SHOWS_MORE else (2, 2)
    return digits[: ends[0]] + _HIDDEN + digits[-ends[1] :]


def member_of(connection: Connection, kind: str, digest: str) -> int | None:
    """Whose it is, in a club or not."""
    query = select(MEMBER_IDENTITY.c.member_id)
    return connection.execute(query.where(MEMBER_IDENTITY.c.kind == kind, MEMBER_IDENTITY.c.digest == digest)).scalar()


def is_member(connection: Connection, member_id: int) -> bool:
    """Whether that is somebody who is in a club."""
    query = select(MEMBER.c.id).join(MEMBER_CLUB, MEMBER_CLUB.c.member_id == MEMBER.c.id)
    living = query.where(MEMBER.c.id == member_id, MEMBER.c.erased_at.is_(None), MEMBER_CLUB.c.left_at.is_(None))
    return connection.execute(living.limit(1)).first() is not None


def held_member(connection: Connection, member_id: int | None) -> int | None:
    """The member, who cannot be erased before this write transaction has ended; None for one who was."""
    query = select(MEMBER.c.id).where(MEMBER.c.id == member_id, MEMBER.c.erased_at.is_(None))
    return None if member_id is None else connection.execute(query.with_for_update(read=True)).scalar()


def make_member(connection: Connection, keys: MemberSecrets, identity: Identity, *, language: str, at: int) -> int:
    """A new member. IntegrityError where another one is being made of the same identity: begin anew, and find them."""
    card = card_number(_CARD_BEGINS + "".join(secrets.choice("0123456789") for _ in range(_CARD_DIGITS)))
    values = {
        "card": card,
        "masked": identity.masked or _HIDDEN + card[-4:],
        "page": "",
        "language": language,
        "joined_at": at,
        "erased_at": None,
    }
    member_id = int(connection.execute(insert(MEMBER).values(**values).returning(MEMBER.c.id)).scalar_one())
    for kind, digest in ((identity.kind, identity.digest), (CARD, keys.digest(CARD, card))):
        _identify(connection, member_id, kind, digest, at)
    page = page_digest(page_secret(keys, member_id))
    connection.execute(update(MEMBER).where(MEMBER.c.id == member_id).values(page=page))
    return member_id


def page_secret(keys: MemberSecrets, member_id: int) -> str:
    """What opens a member's own page. The same each time, and told by nobody but the hub."""
    return f"{member_id}.{keys.digest('page', str(member_id))[:_PAGE_DIGITS]}"


def page_digest(secret: str) -> str:
    """What is kept of it."""
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()


def member_of_page(connection: Connection, secret: str) -> int | None:
    """Whose page it opens; None for nobody's, and for that of a member who was erased."""
    number = secret.partition(".")[0]
    if not (number.isascii() and number.isdigit() and len(number) <= _MEMBER_DIGITS):
        return None
    query = select(MEMBER.c.page).where(MEMBER.c.id == int(number), MEMBER.c.erased_at.is_(None))
    page = connection.execute(query).scalar()
    return int(number) if page and hmac.compare_digest(page, page_digest(secret)) else None


def set_plate(connection: Connection, member_id: int, digest: str | None, at: int) -> bool:
    """The member's car is that one, and no other; None: they have none. False if it is another member's."""
    if held_member(connection, member_id) is None:
        return False
    owner = None if digest is None else member_of(connection, PLATE, digest)
    if owner not in {None, member_id}:
        return False
    mine = (MEMBER_IDENTITY.c.member_id == member_id) & (MEMBER_IDENTITY.c.kind == PLATE)
    connection.execute(delete(MEMBER_IDENTITY).where(mine))
    if digest is not None:
        _identify(connection, member_id, PLATE, digest, at)
    return True


def _identify(connection: Connection, member_id: int, kind: str, digest: str, at: int) -> None:
    connection.execute(insert(MEMBER_IDENTITY).values(kind=kind, digest=digest, member_id=member_id, since=at))
