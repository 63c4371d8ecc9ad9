"""Codes that prove a phone number: six digits, sent in a message, five minutes, five tries; kept as digests alone."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from hub.database import Database
from hub.errors import MemberRefused
from hub.membership.known import CodeTicket
from hub.membership.secrets import MemberSecrets
from hub.membership.tables import PHONE_CODE
from hub.membership.writing import repeated

VALID_S: Final = 300
AGAIN_S: Final = 60
TRIES: Final = 5
_DIGITS: Final = 6
_HOUR_S: Final = 3600
_PER_NUMBER: Final = 5  # codes an hour: with their tries, 25 guesses in a million
PER_LANE: Final = 60  # codes an hour that a lane may have sent
PER_STORE: Final = 300  # the same of a store's pages


class PhoneCodes:
    """Makes and checks them. Numbers are named by their digests, senders by a word that is no digest."""

    def __init__(self, database: Database, keys: MemberSecrets, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._keys = keys
        self._clock = clock

    @property
    def ticket(self) -> CodeTicket:
        """What is told of a code."""
        return CodeTicket(VALID_S, AGAIN_S)

    def make(self, digest: str, sender: str, most: int) -> str:
        """A new code for a number, in the place of the one before; MemberRefused if there were too many of late: for
        the number, or over `most` an hour by the sender."""
        code = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}d}"
        now = int(self._clock().timestamp())

        def count(connection: Connection) -> None:
            _count(connection, sender, now, most, code="", again_s=0)
            _count(connection, digest, now, _PER_NUMBER, code=self._digest(digest, code), again_s=AGAIN_S)

        repeated(self._database, count)
        return code

    def prove(self, digest: str, code: str) -> None:
        """The code that was typed for the number is the one that was sent: it counts once. MemberRefused if not."""
        why = self._tried(digest, code)
        if why:  # told after the try was counted and is on disk
            raise MemberRefused(why, _SENTENCES[why])

    def _tried(self, digest: str, code: str) -> str:
        now, mine = int(self._clock().timestamp()), PHONE_CODE.c.digest == digest
        with self._database.write() as connection:
            row = connection.execute(select(PHONE_CODE).where(mine).with_for_update()).one_or_none()
            if row is None or not row.code or now >= row.sent_at + VALID_S:
                return "expired"
            if row.tries >= TRIES:
                return "too_many"
            # Compared in constant time, and as a digest: how much of a guess was right, no clock tells.
            right = hmac.compare_digest(row.code, self._digest(digest, "".join(filter(str.isdecimal, code))))
            used = {"code": ""} if right else {}
            connection.execute(update(PHONE_CODE).where(mine).values(tries=row.tries + 1, **used))
            return "" if right else "wrong_code"

    def _digest(self, digest: str, code: str) -> str:
        return self._keys.digest("phone code", f"{digest} {code}")


def forget_codes(connection: Connection, now: int) -> None:
    """Those whose hour is long over."""
    connection.execute(delete(PHONE_CODE).where(PHONE_CODE.c.hour_began < now - 2 * _HOUR_S))


def _count(connection: Connection, who: str, now: int, most: int, *, code: str, again_s: int) -> None:
    mine = PHONE_CODE.c.digest == who
    row = connection.execute(select(PHONE_CODE).where(mine).with_for_update()).one_or_none()
    fresh = {"code": code, "sent_at": now, "tries": 0}
    if row is None:
        connection.execute(insert(PHONE_CODE).values(digest=who, sent=1, hour_began=now, **fresh))
        return
    hour: dict[str, Any] = {"sent": row.sent + 1}
    if now >= row.hour_began + _HOUR_S:
        hour = {"sent": 1, "hour_began": now}
    if hour["sent"] > most or _too_soon(row, now, again_s):
        raise MemberRefused("too_many", _SENTENCES["too_many"])
    connection.execute(update(PHONE_CODE).where(mine).values(**fresh, **hour))


def _too_soon(row: Row[Any], now: int, again_s: int) -> bool:
    return bool(now < row.sent_at + again_s)


_SENTENCES: Final = {
    "expired": "no code waits for this number, or it is too old; have another one sent",
    "too_many": "too many codes, or too many tries; try again later",
    "wrong_code": "this is not the code that was sent; look at the message again",
}
