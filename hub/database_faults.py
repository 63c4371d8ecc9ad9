"""What a database's own words mean for the person who runs the hub: one remedy for each fault, never a password."""

from __future__ import annotations

import re
import sqlite3
from typing import Final

from sqlalchemy.exc import DBAPIError

# Patterns: the first one found in what the database said decides.
_OF_FILES: Final = (
    ("full", "the disk is full; make room and try again"),
    ("readonly", "it is read-only; check the folder's permissions and how the disk is mounted"),
    ("read-only", "it is read-only; check the folder's permissions and how the disk is mounted"),
    ("unable to open", "it cannot be opened; check that the folder exists and its permissions"),
    ("locked", "another program holds it; try again when that has ended"),
    ("not a database", "it is not a database; move it away or restore it from a backup"),
    ("malformed", "it is damaged; restore it from a backup"),
    ("i/o error", "the disk does not write; check its space, limits and health"),
)
_AWAY: Final = "the server cannot be reached; check that it runs, its host and port in the address, and the network"
_LOST: Final = "the connection to the server was lost; try again, and see the server's log if it happens again"
_NO_RIGHTS: Final = (
    "this user may not work there; make it the database's owner: ALTER DATABASE ... OWNER TO ... by an administrator"
)
_OF_SERVERS: Final = (
    ("password authentication failed", "the server refuses the password; check KIOSK_HUB_DATABASE or ~/.pgpass"),
    ("no password supplied", "the server wants a password; put it into KIOSK_HUB_DATABASE or ~/.pgpass"),
    ("no pg_hba.conf entry", "the server does not let this user in from here; add a line to its pg_hba.conf"),
    ("peer authentication failed", "the server takes a user of this machine only under its own name; see pg_hba.conf"),
    ('database ".*" does not exist', "there is no such database; make it with: createdb --encoding=UTF8 NAME"),
    ('role ".*" does not exist', "the server knows no such user; make it with: createuser --pwprompt NAME"),
    ("too many clients", "the server has no connection left; raise its max_connections or run fewer hubs"),
    ("remaining connection slots", "the server has no connection left; raise its max_connections or run fewer hubs"),
    ("starting up", "the server is starting; try again in a moment"),
    ("shutting down", _LOST),
    ("connection refused", _AWAY),
    ("no such file or directory", _AWAY),
    ("failed to resolve", _AWAY),
    ("could not translate host name", _AWAY),
    ("timeout expired", _AWAY),
    ("timed out", _AWAY),
    ("no route to host", _AWAY),
    ("network is unreachable", _AWAY),
    ("closed the connection", _LOST),
    ("connection is closed", _LOST),
    ("connection is lost", _LOST),
)
# SQLSTATE, by its beginning: the same in every language that the server may speak.
_BY_STATE: Final = (
    ("57P03", "the server is starting; try again in a moment"),
    ("57P", _LOST),
    ("08", _LOST),
    ("42501", _NO_RIGHTS),
    ("53100", "the server's disk is full; make room there and try again"),
    ("53300", "the server has no connection left; raise its max_connections or run fewer hubs"),
    ("25006", "the server takes no changes: it is a standby or set to read-only; give the address of the main one"),
    ("40", "others changed the same at the same time; try again"),
)


def remedy(exc: DBAPIError) -> str:
    """What happened and what to do, for people."""
    said = str(exc.orig).strip()
    found = _by_words(said, _OF_FILES) if isinstance(exc.orig, sqlite3.Error) else _of_server(exc, said)
    return found or f"the database refused ({said.splitlines()[0] if said else type(exc.orig).__name__})"


def _of_server(exc: DBAPIError, said: str) -> str | None:
    state = getattr(exc.orig, "sqlstate", None)
    if state is None:  # it did not come so far as to answer a statement
        return _by_words(said, _OF_SERVERS) or (_LOST if exc.connection_invalidated else None)
    return next((sentence for begin, sentence in _BY_STATE if state.startswith(begin)), None)


def _by_words(said: str, signs: tuple[tuple[str, str], ...]) -> str | None:
    return next((sentence for sign, sentence in signs if re.search(sign, said, re.IGNORECASE)), None)
