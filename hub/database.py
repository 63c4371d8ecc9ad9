"""The hub's database: an embedded SQLite file or a PostgreSQL server, brought to the newest tables when opened."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError

from hub.errors import DatabaseTooNew, DatabaseUnusable

NEWEST: Final = "0002"  # the last file in hub/migrations/versions
_BUSY_S: Final = 30.0  # an import holds SQLite's one writer for some seconds; lanes wait rather than fail
_MIGRATIONS: Final = Path(__file__).parent / "migrations"
_REMEDIES: Final = (
    ("full", "the disk is full; make room and try again"),
    ("readonly", "it is read-only; check the folder's permissions and how the disk is mounted"),
    ("read-only", "it is read-only; check the folder's permissions and how the disk is mounted"),
    ("unable to open", "it cannot be opened; check that the folder exists and its permissions"),
    ("locked", "another program holds it; try again when that has ended"),
    ("not a database", "it is not a database; move it away or restore it from a backup"),
    ("malformed", "it is damaged; restore it from a backup"),
    ("i/o error", "the disk does not write; check its space, limits and health"),
)


class Database:
    """Hands out connections, each one transaction. Safe to share between threads."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name
        # SQLite has one writer: our own threads queue here, in order, not in its busy handler, which sleeps and polls.
        embedded = engine.dialect.name == "sqlite"
        self._turn: AbstractContextManager[object] = threading.Lock() if embedded else nullcontext()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A read transaction: one state of the database, whatever others write meanwhile."""
        with self._sentences(), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A write transaction: on disk when the block ends, nothing left if it raises."""
        with self._turn, self._sentences(), self._engine.connect() as connection:
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
            raise DatabaseUnusable(f"{self._name}: {_remedy(exc)}") from exc


def sqlite_url(path: Path) -> str:
    """The address of an SQLite file."""
    return URL.create("sqlite", database=str(path)).render_as_string()


def open_database(address: str) -> Database:
    """Open, create or upgrade a database. Raises DatabaseUnusable or DatabaseTooNew."""
    try:
        url = make_url(address)
        name = url.database if url.get_backend_name() == "sqlite" and url.database else _without_password(url)
        engine = create_engine(url, **_options(url))
    except (ArgumentError, NoSuchModuleError) as exc:
        raise DatabaseUnusable("the database's address must be like postgresql://user@host/name") from exc
    except ImportError as exc:
        raise DatabaseUnusable(f"{_without_password(url)}: needs the Python package {exc.name}; install it") from exc
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


def _without_password(url: URL) -> str:
    return url.render_as_string(hide_password=True)


def _options(url: URL) -> dict[str, Any]:
    if url.get_backend_name() == "sqlite":
        return {"connect_args": {"timeout": _BUSY_S}, "pool_size": 8, "max_overflow": 24}
    return {"pool_pre_ping": True}


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


def _remedy(exc: DBAPIError) -> str:
    said = str(exc.orig).strip()
    for sign, sentence in _REMEDIES:
        if sign in said.lower():
            return sentence
    return f"the database refused ({said.splitlines()[0] if said else type(exc.orig).__name__})"
