from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, func, insert, select, text
from sqlalchemy.exc import IntegrityError

import hub.database
import hub.membership.tables
from hub.database import NEWEST, Database, open_database, sqlite_url
from hub.errors import DatabaseTooNew, DatabaseUnusable
from hub.tables import METADATA, STORE
from tests.hub.databases import Databases


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hub.sqlite"


@pytest.fixture
def address(databases: Databases, path: Path) -> str:
    return databases.address(path) or sqlite_url(path)


@pytest.fixture
def database(address: str) -> Iterator[Database]:
    database = open_database(address)
    yield database
    database.close()


def fresh(path: Path) -> Database:
    return open_database(sqlite_url(path))


def stores(database: Database) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).select_from(STORE)).scalar_one()


def add_stores(connection: Connection, *names: str) -> None:
    values = dict.fromkeys((column.name for column in STORE.c if column.type.python_type is str), "")
    rows = [{**values, "id": name, "imported_at": 0} for name in names]
    connection.execute(insert(STORE), rows)


def test_migrations_make_just_the_tables_that_the_code_uses(database):
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []


def test_the_newest_version_is_the_last_migration():
    folder = Path(hub.database.__file__).parent / "migrations"
    assert ScriptDirectory(str(folder)).get_current_head() == NEWEST


def test_a_commit_is_on_disk_before_it_is_acknowledged(path):
    database = fresh(path)
    with database.read() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2
        assert connection.execute(text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1
    database.close()


def test_a_database_of_a_newer_hub_is_refused(address):
    database = open_database(address)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    database.close()
    with pytest.raises(DatabaseTooNew, match="newer kiosk-hub"):
        open_database(address)


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to look at" * 100, b"SQLite format 3\0" + b"x" * 5000]
)
def test_a_damaged_file_is_told_in_a_sentence(path, content):
    path.write_bytes(content)
    with pytest.raises(DatabaseUnusable, match="restore"):
        fresh(path)


@pytest.mark.parametrize("wrong", ["nonsense", "oracle-of-delphi://x", "mysql://h/db", "postgresql+nodriver://h/db"])
def test_an_address_that_is_none_is_told_in_a_sentence(wrong):
    with pytest.raises(DatabaseUnusable, match="postgresql://"):
        open_database(wrong)


def test_a_missing_driver_is_named_and_no_password_shown():
    if find_spec("psycopg2") is not None:
        pytest.skip("the driver is installed")
    with pytest.raises(DatabaseUnusable, match="psycopg2") as caught:
        open_database("postgresql+psycopg2://user:secret@host/db")
    assert "secret" not in str(caught.value)


def test_several_processes_may_open_a_new_database_at_once(address):
    with ThreadPoolExecutor(4) as pool:
        for opened in [pool.submit(open_database, address) for _ in range(4)]:
            opened.result().close()


def add_and_fail(database: Database) -> None:
    with database.write() as connection:
        add_stores(connection, "one")
        raise RuntimeError("in the middle")


def test_what_a_failed_transaction_wrote_is_gone(database):
    with pytest.raises(RuntimeError, match="in the middle"):
        add_and_fail(database)
    assert stores(database) == 0


def test_a_reader_sees_one_state_whatever_others_write(database):
    with database.read() as connection:
        counting = select(func.count()).select_from(STORE)
        before = connection.execute(counting).scalar_one()
        with database.write() as writer:
            add_stores(writer, "one")
        assert connection.execute(counting).scalar_one() == before == 0
    assert stores(database) == 1


def test_two_writers_of_the_same_row_are_told_apart(database):
    with database.write() as connection:
        add_stores(connection, "one")
    with pytest.raises(IntegrityError), database.write() as connection:
        add_stores(connection, "two", "one")
    assert stores(database) == 1


def fill(database: Database) -> None:
    with database.write() as connection:
        connection.execute(text("PRAGMA max_page_count = 1"))
        add_stores(connection, *(f"{number}" * 1000 for number in range(1000)))


def test_a_full_disk_is_told_in_a_sentence(path):
    database = fresh(path)
    with pytest.raises(DatabaseUnusable, match="disk is full"):
        fill(database)
    database.close()
