import sqlite3
import threading
from importlib.util import find_spec
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

import hub.database
from hub.database import NEWEST, Database, open_database, sqlite_url
from hub.errors import DatabaseTooNew, DatabaseUnusable
from hub.tables import METADATA


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hub.sqlite"


def fresh(path: Path) -> Database:
    return open_database(sqlite_url(path))


def test_migrations_make_just_the_tables_that_the_code_uses(path):
    database = fresh(path)
    with database.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), METADATA) == []
    database.close()


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


def test_a_database_of_a_newer_hub_is_refused(path):
    fresh(path).close()
    with sqlite3.connect(path) as db:
        db.execute("UPDATE alembic_version SET version_num = '9999'")
    db.close()
    with pytest.raises(DatabaseTooNew, match="newer kiosk-hub"):
        fresh(path)


@pytest.mark.parametrize(
    "content", [b"not a database, but long enough to look at" * 100, b"SQLite format 3\0" + b"x" * 5000]
)
def test_a_damaged_file_is_told_in_a_sentence(path, content):
    path.write_bytes(content)
    with pytest.raises(DatabaseUnusable, match="restore"):
        fresh(path)


@pytest.mark.parametrize("address", ["nonsense", "oracle-of-delphi://x", "postgresql+nodriver://h/db"])
def test_an_address_that_is_none_is_told_in_a_sentence(address):
    with pytest.raises(DatabaseUnusable, match="postgresql://"):
        open_database(address)


def test_a_missing_driver_is_named_and_no_password_shown():
    if find_spec("psycopg2") is not None:
        pytest.skip("the driver is installed")
    with pytest.raises(DatabaseUnusable, match="psycopg2") as caught:
        open_database("postgresql+psycopg2://user:secret@host/db")
    assert "secret" not in str(caught.value)


def test_several_processes_may_open_a_new_folder_at_once(path):
    failures: list[BaseException] = []

    def use() -> None:
        try:
            fresh(path).close()
        except BaseException as exc:  # noqa: BLE001 - carried to the test
            failures.append(exc)

    threads = [threading.Thread(target=use) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def add_stores(database: Database, count: int, *, then: BaseException | None = None, pages: int = 1_000_000) -> None:
    with database.write() as connection:
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
        for number in range(count):
            row = {"id": f"store-{number}", "names": "x" * 1000}
            connection.execute(text("INSERT INTO store VALUES (:id, '', '', :names, '', '', '', 0)"), row)
        if then is not None:
            raise then


def test_what_a_failed_transaction_wrote_is_gone(path):
    database = fresh(path)
    with pytest.raises(RuntimeError):
        add_stores(database, 1, then=RuntimeError())
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM store")).scalar() == 0
    database.close()


def test_a_full_disk_is_told_in_a_sentence(path):
    database = fresh(path)
    with pytest.raises(DatabaseUnusable, match="disk is full"):
        add_stores(database, 1000, pages=1)
    database.close()
