"""A pytest plug-in: what asks for `databases` runs twice, on SQLite and on a real PostgreSQL.

Each test has databases of its own. Where PostgreSQL cannot be had, its half is skipped and says why.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.hub.postgres import NoPostgres, PostgresServer, postgres_server

# For a test of what only one of them has, or does: a mark that leaves the other out.
only_sqlite = pytest.mark.parametrize("databases", ["sqlite"], indirect=True)
only_postgres = pytest.mark.parametrize("databases", ["postgresql"], indirect=True)


class Databases:
    """Where the hub of a data folder keeps its tables: in the folder (None), or in a database on the server."""

    def __init__(self, server: PostgresServer | None) -> None:
        self._server = server
        self._names: dict[Path, str] = {}

    @property
    def embedded(self) -> bool:
        """Whether they are SQLite files."""
        return self._server is None

    def address(self, folder: Path, *, template: str = "template0") -> str | None:
        """The address that belongs to a folder: what --database takes, or None. The first call makes the database."""
        if self._server is None:
            return None
        if folder not in self._names:
            self._names[folder] = self._server.create(template)
        return self._server.address(self._names[folder])

    def options(self, folder: Path) -> tuple[str, ...]:
        """The folder and its database, for a command line."""
        address = self.address(folder)
        return ("--data", str(folder), *(() if address is None else ("--database", address)))

    def drop(self) -> None:
        """Remove those on the server."""
        for name in self._names.values():
            if self._server is not None:
                self._server.drop(name)


@pytest.fixture(scope="session")
def running_postgres() -> Iterator[PostgresServer | NoPostgres]:
    """Tried once for all tests: what cannot be had is not asked for again."""
    with ExitStack() as stack:
        try:
            server: PostgresServer | NoPostgres = stack.enter_context(postgres_server())
        except NoPostgres as exc:
            server = exc
        yield server


@pytest.fixture
def postgres(running_postgres: PostgresServer | NoPostgres) -> PostgresServer:
    """The server, for tests of PostgreSQL only."""
    if isinstance(running_postgres, NoPostgres):
        pytest.skip(f"no PostgreSQL: {running_postgres}")
    return running_postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest) -> Iterator[Databases]:
    server: Any = None if request.param == "sqlite" else request.getfixturevalue("postgres")
    databases = Databases(server)
    yield databases
    databases.drop()
