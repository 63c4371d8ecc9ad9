"""By what a store's car park is known when it tells of cars: a token, of which only SHA-256 is kept."""

from __future__ import annotations

import hashlib
import secrets

from sqlalchemy import delete, insert, select

from hub.catalogue_store import unknown_store
from hub.database import Database
from hub.membership.tables import CAR_PARK_TOKEN
from hub.tables import STORE


class CarParkTokens:
    """One for each store; a new one ends the one before."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def issue(self, store: str) -> str:
        """A new token. StoreUnknown."""
        token = secrets.token_urlsafe(32)
        with self._database.write() as connection:
            if connection.execute(select(STORE.c.id).where(STORE.c.id == store)).scalar() is None:
                raise unknown_store(connection, store)
            connection.execute(delete(CAR_PARK_TOKEN).where(CAR_PARK_TOKEN.c.store == store))
            connection.execute(insert(CAR_PARK_TOKEN).values(store=store, token_sha256=_digest(token)))
        return token

    def by_token(self, token: str) -> str | None:
        """The store whose car park has it."""
        query = select(CAR_PARK_TOKEN.c.store).where(CAR_PARK_TOKEN.c.token_sha256 == _digest(token))
        with self._database.read() as connection:
            return connection.execute(query).scalar()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
