"""Who is looking at their own page: a browser is known by a random word in its cookie, of which SHA-256 is kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime
from typing import Final

from sqlalchemy import delete, insert, select, update

from hub.database import Database
from hub.membership.tables import MEMBER, MEMBER_SESSION

LIVES_S: Final = 30 * 86_400
_EVERY_S: Final = 86_400  # how often it is written down that one is still used


class MemberSessions:
    """The browsers that members have opened their page in, for 30 days from when each was used last."""

    def __init__(self, database: Database, clock: Callable[[], datetime]) -> None:
        self._database = database
        self._clock = clock

    def open(self, member_id: int) -> str:
        """The word for the cookie of a browser that is this member's from now on. Those that are over are forgotten."""
        word, now = new_word(), self._now()
        with self._database.write() as connection:
            connection.execute(delete(MEMBER_SESSION).where(MEMBER_SESSION.c.until <= now))
            values = {"digest": _digest(word), "member_id": member_id, "until": now + LIVES_S}
            connection.execute(insert(MEMBER_SESSION).values(values))
        return word

    def member(self, word: str) -> int | None:
        """Whose it is; None if it is over, or the member was erased. One that is used lasts on."""
        if not word:
            return None
        query = (
            select(MEMBER.c.id, MEMBER_SESSION.c.until)
            .join(MEMBER_SESSION, MEMBER_SESSION.c.member_id == MEMBER.c.id)
            .where(MEMBER_SESSION.c.digest == _digest(word), MEMBER_SESSION.c.until > self._now())
            .where(MEMBER.c.erased_at.is_(None))
        )
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if row.until < self._now() + LIVES_S - _EVERY_S:
            with self._database.write() as connection:
                mine = update(MEMBER_SESSION).where(MEMBER_SESSION.c.digest == _digest(word))
                connection.execute(mine.values(until=self._now() + LIVES_S))
        return int(row.id)

    def close(self, word: str) -> None:
        """That browser is nobody's."""
        with self._database.write() as connection:
            connection.execute(delete(MEMBER_SESSION).where(MEMBER_SESSION.c.digest == _digest(word)))

    def close_all(self, member_id: int) -> None:
        """No browser is that member's."""
        with self._database.write() as connection:
            connection.execute(delete(MEMBER_SESSION).where(MEMBER_SESSION.c.member_id == member_id))

    def _now(self) -> int:
        return int(self._clock().timestamp())


def new_word() -> str:
    """What a cookie says; nobody guesses it."""
    return secrets.token_urlsafe(32)


def form_token(word: str) -> str:
    """What a form of that browser's must bring back: no other site can know it, nor the cookie from it."""
    return hmac.digest(word.encode(), b"form", hashlib.sha256).hex()


def is_form_token(word: str, token: str) -> bool:
    """Whether the form was ours, for that browser."""
    return bool(word) and hmac.compare_digest(form_token(word).encode(), token.encode("utf-8", "replace"))


def _digest(word: str) -> str:
    return hashlib.sha256(word.encode("utf-8", "replace")).hexdigest()
