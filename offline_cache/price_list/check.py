"""Whether a file is what its name says: a price list or a delta of this version, made of the expected tables alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from offline_cache.price_list.errors import PriceListFormat, PriceListUnreadable
from offline_cache.price_list.schema import APPLICATION_ID, DELTA, LIST, VERSION, Expected


def check_list(path: Path) -> None:
    """Raise PriceListFormat or PriceListUnreadable unless the file is a price list, to the letter."""
    _check(path, LIST)


def check_delta(path: Path) -> None:
    """Raise PriceListFormat or PriceListUnreadable unless the file is a delta, to the letter."""
    _check(path, DELTA)


def read_only(path: Path) -> sqlite3.Connection:
    """Open a file that nobody writes to. sqlite3.Error if it is none, or later."""
    db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
    db.execute("PRAGMA trusted_schema = OFF")
    return db


def check_schema(
    db: sqlite3.Connection, path: Path, expected: Expected, earlier: Mapping[int, Expected] = MappingProxyType({})
) -> int:
    """The file's version. Raise PriceListFormat unless a database has just these tables and indexes, with just this
    text, or those of an `earlier` version."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    expected = earlier.get(version, expected)
    if application != expected.application_id:
        what = "price list" if expected.application_id == APPLICATION_ID else "delta of one"
        raise PriceListFormat(f"{path}: is a database, but not a {what}")
    if version != VERSION and version not in earlier:
        raise PriceListFormat(f"{path}: has format {version}, this program reads {VERSION}; update the older side")
    # SQLite makes an index of its own for each UNIQUE, without text. Whatever else is there (a trigger, a view, a
    # weaker CHECK) our hub did not write.
    found = {
        (str(kind), str(name), text)
        for kind, name, text in db.execute("SELECT type, name, sql FROM sqlite_schema")
        if not (kind == "index" and text is None and str(name).startswith("sqlite_autoindex_"))
    }
    wanted = {("table", name, text) for name, text in expected.tables.items()}
    wanted |= {("index", name, text) for name, text in expected.indexes.items()}
    if found != wanted:
        odd = ", ".join(sorted({name for _, name, _ in found ^ wanted}))
        raise PriceListFormat(f"{path}: tables differ from format {version}: {odd}")
    return int(version)


def unsound(path: Path, exc: sqlite3.Error) -> PriceListUnreadable:
    """The sentence for what SQLite says of a file."""
    return PriceListUnreadable(f"{path}: is not a sound database ({exc}); fetch it again with `kiosk-sync once`")


def _check(path: Path, expected: Expected) -> None:
    try:
        db = read_only(path)
        try:
            check_schema(db, path, expected)
        finally:
            db.close()
    except sqlite3.Error as exc:
        raise unsound(path, exc) from exc
