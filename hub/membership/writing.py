"""A transaction that is begun anew where another one was quicker to write the same key."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Final, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from hub.database import Database

_TURNS: Final = 4

_T = TypeVar("_T")


def repeated(database: Database, work: Callable[[Connection], _T]) -> _T:
    """What `work` gives, in one write transaction; begun anew if another one has written the same key meanwhile."""
    for _ in range(_TURNS - 1):
        with suppress(IntegrityError), database.write() as connection:
            return work(connection)
    with database.write() as connection:
        return work(connection)
