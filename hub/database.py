"""The hub's database: an embedded SQLite file or a PostgreSQL server, brought to the newest tables when opened."""

from __future__ import annotations

import re
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError

from hub.database_faults import remedy
from hub.errors import DatabaseTooNew, DatabaseUnusable

NEWEST: Final = "0012"  # the last file in hub/migrations/versions
_BUSY_S: Final = 30.0  # an import holds SQLite's one writer for some seconds; lanes wait rather than fail
_MIGRATIONS: Final = Path(__file__).parent / "migrations"
# Read-only also catches a write in the wrong place; one state of the database for all statements, as SQLite gives it.
_READS: Final = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
_UPGRADE_LOCK: Final = 0x6B696F736B  # the name of an advisory lock: "kiosk"
# A hub has 40 threads for requests; PostgreSQL allows 100 connections unless told otherwise, to be shared by all hubs.
_POOL: Final = {"pool_pre_ping": True, "pool_size": 8, "max_overflow": 12}
# A server that is cut off without a word is given up in half a minute, not in the two hours of the system's default.
_PATIENCE: Final = {
    "application_name": "kiosk-hub",
    "connect_timeout": "10",
    "keepalives_idle": "20",
    "keepalives_interval": "5",
    "keepalives_count": "3",
    "tcp_user_timeout": "30000",
}
_WANTED: Final = "the database's address must be like postgresql://user@host/name"


class Database:
    """Hands out connections, each one transaction. Safe to share between threads."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name
        # SQLite has one writer: our own threads queue here, in order, not in its busy handler, which sleeps and polls.
        self.embedded = engine.dialect.name == "sqlite"
        self._turn: AbstractContextManager[object] = threading.Lock() if self.embedded else nullcontext()
        self._reader = engine if self.embedded else engine.execution_options(**_READS)

    @property
    def file(self) -> Path | None:
        """The embedded database's file; None for a server."""
        found = self._engine.url.database
        return Path(found) if self.embedded and found else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read transaction: one state of the database, whatever others write meanwhile."""
        with self._sentences(), self._reader.connect() as connection:
            yield connection

    @contextmanager
    def write(self, *, first: Callable[[Connection], object] | None = None) -> Iterator[Connection]:
        """A write transaction: on disk when the block ends, nothing left if it raises.

        `first` fills temporary tables of the same connection, before, while others may still write.
        """
        with ExitStack() as stack:
            if first is None:  # without a connection while it waits: there are fewer of them than threads
                stack.enter_context(self._turn)
            stack.enter_context(self._sentences())
            connection = stack.enter_context(self._engine.connect())
            if first is not None:
                with connection.begin():
                    first(connection)
                stack.enter_context(self._turn)
            writer = connection.execution_options(hub_writes=True)
            with writer.begin():
                yield writer

    def close(self) -> None:
        """Let go of all connections; idempotent."""
        self._engine.dispose()

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:  # no fault of the database: the caller knows what it tried to store twice
            raise
        except DBAPIError as exc:
            raise DatabaseUnusable(f"{self._name}: {remedy(exc)}") from exc


def sqlite_url(path: Path) -> str:
    """The address of an SQLite file."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def open_database(address: str) -> Database:
    """Open, create or upgrade a database. Raises DatabaseUnusable or DatabaseTooNew."""
    try:
        url = _url(address)
        engine = create_engine(url, **_options(url))
    except (ArgumentError, NoSuchModuleError) as exc:
        raise DatabaseUnusable(_WANTED) from exc
    except ImportError as exc:
        raise DatabaseUnusable(f"{_shown(url)}: needs the Python package {exc.name}; install it") from exc
    name = _shown(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    database = Database(engine, name)
    try:
        _bring_up_to_date(database, name)
    except BaseException:
        database.close()
        raise
    return database


def _url(address: str) -> URL:
    # Some providers hand out the scheme by its old name.
    url = make_url(re.sub("^postgres://", "postgresql://", address))
    if url.get_backend_name() not in {"sqlite", "postgresql"}:
        raise ArgumentError(_WANTED)
    return url


def _shown(url: URL) -> str:
    """An address for people: without what may be secret, in its password or among its options."""
    if url.get_backend_name() == "sqlite" and url.database:
        return url.database
    return url.set(query={}).render_as_string(hide_password=True)


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": _BUSY_S}, "pool_size": 8, "max_overflow": 24}
    return {"connect_args": {key: value for key, value in _PATIENCE.items() if key not in url.query}, **_POOL}


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # We say BEGIN ourselves: the driver would start every transaction as a reader, and an upgrade to writer can fail.
    connection.isolation_level = None
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")  # what a lane was told is taken must survive a power cut
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("hub_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _bring_up_to_date(database: Database, name: str) -> None:
    with database.read() as connection:
        if _version(connection) == NEWEST:
            return
    with database.write() as connection:  # again inside: another process may have been quicker
        if not database.embedded:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _UPGRADE_LOCK})
        version = _version(connection)
        if version == NEWEST:
            return
        if version is not None and version > NEWEST:
            raise DatabaseTooNew(f"{name}: was written by a newer kiosk-hub (tables {version}); update this one")
        _migrate(connection)


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def _migrate(connection: Connection) -> None:
    # Alembic is slow to import and needed once in a database's life.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, NEWEST)
