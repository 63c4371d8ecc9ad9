"""The hub on PostgreSQL, as only a server can be: away, refusing, lost in the middle."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from hub.database import Database, open_database
from hub.errors import DatabaseUnusable
from tests.hub.postgres import PostgresServer

SECRET = "correct-horse"


@pytest.fixture
def name(postgres: PostgresServer) -> Iterator[str]:
    name = postgres.create()
    yield name
    postgres.drop(name)


@pytest.fixture
def database(postgres: PostgresServer, name: str) -> Iterator[Database]:
    database = open_database(postgres.address(name))
    yield database
    database.close()


@pytest.fixture
def roles(postgres: PostgresServer) -> Iterator[None]:
    """`guarded` needs a password, `poor` may do nothing."""
    postgres.tell(f"CREATE ROLE guarded LOGIN PASSWORD '{SECRET}'")
    postgres.tell("CREATE ROLE poor LOGIN")
    yield
    postgres.tell("DROP ROLE guarded")
    postgres.tell("DROP ROLE poor")


def why_not(address: str) -> str:
    with pytest.raises(DatabaseUnusable) as caught:
        open_database(address).close()
    return str(caught.value)


@pytest.mark.parametrize("host", ["127.0.0.1:1", "no.such.host.invalid"])
def test_a_server_that_is_away_is_told(host):
    said = why_not(f"postgresql://hub:{SECRET}@{host}/shop")
    assert said.startswith(f"postgresql://hub:***@{host}/shop: the server cannot be reached")
    assert SECRET not in said


def test_a_socket_that_is_not_there_is_told(tmp_path):
    assert "cannot be reached" in why_not(f"postgresql://hub@/shop?host={tmp_path}")


@pytest.mark.parametrize("password", ["", ":wrong-staple"])
def test_a_wrong_or_missing_password_is_told_and_never_shown(postgres, name, roles, password):
    said = why_not(postgres.address(name, f"guarded{password}"))
    assert "password" in said
    assert "KIOSK_HUB_DATABASE" in said
    assert "staple" not in said


def test_a_password_among_the_options_is_not_shown_either(postgres, name, roles):
    said = why_not(f"{postgres.address(name, 'guarded')}&password=wrong-staple")
    assert "the server refuses the password" in said
    assert "staple" not in said


def test_a_missing_database_or_user_is_told_with_the_remedy(postgres, name):
    assert "createdb" in why_not(postgres.address("nowhere"))
    assert "createuser" in why_not(postgres.address(name, "nobody"))


def test_a_user_without_rights_is_told(postgres, name, roles):
    assert "owner" in why_not(postgres.address(name, "poor"))


def test_the_old_name_of_the_scheme_is_understood(postgres, name):
    open_database(postgres.address(name).replace("postgresql://", "postgres://")).close()


def test_a_reader_can_change_nothing(database):
    with pytest.raises(DatabaseUnusable, match="takes no changes"), database.read() as connection:
        connection.execute(text("DELETE FROM store"))


def test_a_connection_lost_in_the_middle_fails_once_and_leaves_nothing(database):
    end = "UPDATE alembic_version SET version_num = 'half' RETURNING pg_terminate_backend(pg_backend_pid())"
    with pytest.raises(DatabaseUnusable, match="lost"), database.write() as connection:
        connection.execute(text(end))
    with database.write() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() != "half"


def test_connections_that_ended_while_idle_are_replaced_unseen(postgres, name, database):
    with database.read() as connection:
        connection.execute(text("SELECT 1"))
    postgres.tell(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'")
    with database.read() as connection:
        assert connection.execute(text("SELECT 1")).scalar() == 1
