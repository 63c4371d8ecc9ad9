"""Rows that are written once, whoever comes first: on both databases, without an error for who comes second."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_once(connection: Connection, table: Table, **values: Any) -> bool:
    """Whether the row is new. With a key that is there nothing happens; one that another transaction is about to write
    is waited for."""
    if connection.dialect.name == "postgresql":
        return connection.execute(postgresql.insert(table).values(**values).on_conflict_do_nothing()).rowcount == 1
    return connection.execute(sqlite.insert(table).values(**values).on_conflict_do_nothing()).rowcount == 1
