"""Deltas between two price lists: made by comparing files, applied by a few statements, all inside SQLite."""

from __future__ import annotations

import errno
import json
import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from offline_cache.price_list.check import check_schema, read_only, unsound
from offline_cache.price_list.errors import PriceListFormat
from offline_cache.price_list.schema import DELTA, KEYS, LIST, OF_PRODUCT, TABLES
from offline_cache.price_list.writer import create_file

_CACHE_KIB: Final = 64 << 10  # pages of a list that are changed at once stay in memory, or each is written twice
_PRIMARY: Final = 0xFF  # SQLite's error codes carry their detail above it
# What is the disk's fault is told as the disk's.
_DISK: Final[Mapping[int, int]] = MappingProxyType(
    {sqlite3.SQLITE_FULL: errno.ENOSPC, sqlite3.SQLITE_IOERR: errno.EIO, sqlite3.SQLITE_READONLY: errno.EROFS}
)


@dataclass(frozen=True, slots=True)
class DeltaSize:
    """How much a delta holds: rows that are new or changed, and keys that are gone, in all tables but meta."""

    changed: int
    gone: int


@dataclass(frozen=True, slots=True)
class DeltaStep:
    """What a delta says of itself: the state that it fits, and how many rows each table has afterwards."""

    from_revision: int
    from_state: str
    counts: Mapping[str, int]


def build_delta(base: Path, fresh: Path, out: Path, *, touched: Collection[int] | None) -> DeltaSize:
    """Write the delta that leads from list `base` to list `fresh`.

    `touched`: numbers of the only products that may differ; `fresh` then has no others, and `base` keeps its own.
    None: both are whole. All tables that are not of products are whole in both. Raises sqlite3.Error.
    """
    out.unlink(missing_ok=True)
    create_file(out, DELTA).close()
    db = sqlite3.connect(f"{out.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None)
    try:
        db.execute("PRAGMA journal_mode = OFF")
        db.execute("PRAGMA synchronous = OFF")  # synced as a whole below
        _attach(db, base=base, fresh=fresh)
        db.execute("CREATE TEMP TABLE touched (id INTEGER PRIMARY KEY)")
        db.execute("BEGIN")
        db.executemany("INSERT OR IGNORE INTO touched VALUES (?)", [(number,) for number in touched or ()])
        changed = {table: _changed(db, table) for table in TABLES}
        gone = {table: _gone(db, table, only_touched=touched is not None) for table in TABLES}
        counts = {table: _count_after(db, table, gone[table]) for table in TABLES}
        _write_step(db, counts)
        db.execute("COMMIT")
    finally:
        db.close()
    with out.open("rb+") as file:
        os.fsync(file.fileno())
    return DeltaSize(
        sum(count for table, count in changed.items() if table != "meta"),
        sum(count for table, count in gone.items() if table != "meta"),
    )


def read_step(delta: Path) -> DeltaStep:
    """What a delta says of itself. Raises PriceListFormat or PriceListUnreadable; its tables are checked as well."""
    with _readable(delta) as db:
        check_schema(db, delta, DELTA)
        values = dict(db.execute("SELECT key, value FROM step"))
    try:
        counts = {str(table): int(count) for table, count in json.loads(values["counts"]).items()}
        return DeltaStep(int(values["from_revision"]), values["from_state"], counts)
    except (KeyError, ValueError, TypeError, AttributeError) as exc:
        raise PriceListFormat(f"{delta}: does not say what it fits ({exc})") from exc


def apply_delta(delta: Path, target: Path, *, private: bool) -> None:
    """Bring a list to the state that a delta leads to, in one transaction, on disk when this returns.

    `private`: nobody else has the file and the caller throws it away if this raises; then there is no way back inside
    the file, which is twice as fast. Raises PriceListFormat for a delta of another list or state, PriceListUnreadable,
    or OSError from the disk.
    """
    step = read_step(delta)
    with _writable(target) as db:
        if private:
            db.execute("PRAGMA locking_mode = EXCLUSIVE")
            db.execute("PRAGMA journal_mode = OFF")
            db.execute("PRAGMA synchronous = OFF")
        _attach(db, delta=delta)
        _apply(db, step, target)
    if private:
        with target.open("rb+") as file:
            os.fsync(file.fileno())


def _apply(db: sqlite3.Connection, step: DeltaStep, target: Path) -> None:
    db.execute("BEGIN IMMEDIATE")
    try:
        check_schema(db, target, LIST)
        _check_state(db, step, target)
        for table in TABLES:
            db.execute(_delete_gone(table))
            db.execute(_upsert(table, _others(db, table)))
        _check_counts(db, step, target)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


def _check_state(db: sqlite3.Connection, step: DeltaStep, target: Path) -> None:
    if db.execute("SELECT value FROM main.meta WHERE key = 'state'").fetchone() != (step.from_state,):
        raise PriceListFormat(f"{target}: has another state than the one that the delta fits")


def _check_counts(db: sqlite3.Connection, step: DeltaStep, target: Path) -> None:
    if {table: _count(db, "main", table) for table in TABLES} != step.counts:
        raise PriceListFormat(f"{target}: has other numbers of rows after the delta than it says")


def _attach(db: sqlite3.Connection, **files: Path) -> None:
    for name, path in files.items():
        db.execute(f"ATTACH ? AS {name}", (f"{path.resolve().as_uri()}?mode=ro&immutable=1",))


def _others(db: sqlite3.Connection, table: str) -> list[str]:
    """The columns that are not of the key."""
    return [name for _, name, *_ in db.execute(f"PRAGMA main.table_info({table})") if name not in KEYS[table]]


def _same_key(table: str, left: str, right: str) -> str:
    return " AND ".join(f"{left}.{column} = {right}.{column}" for column in KEYS[table])


def _changed(db: sqlite3.Connection, table: str) -> int:
    others = [f"new.{column} IS NOT old.{column}" for column in _others(db, table)]
    differs = " OR ".join([f"old.{KEYS[table][0]} IS NULL", *others])
    cursor = db.execute(
        f"""INSERT INTO main.{table} SELECT new.* FROM fresh.{table} AS new
            LEFT JOIN base.{table} AS old ON {_same_key(table, "old", "new")} WHERE {differs}"""
    )
    return cursor.rowcount


def _gone(db: sqlite3.Connection, table: str, *, only_touched: bool) -> int:
    condition = ""
    if only_touched and table in OF_PRODUCT:
        condition = f"old.{OF_PRODUCT[table]} IN (SELECT id FROM touched) AND"
    keys = ", ".join(f"old.{column}" for column in KEYS[table])
    cursor = db.execute(
        f"""INSERT INTO main.gone_{table} SELECT {keys} FROM base.{table} AS old WHERE {condition}
            NOT EXISTS (SELECT 1 FROM fresh.{table} AS new WHERE {_same_key(table, "new", "old")})"""
    )
    return cursor.rowcount


def _count(db: sqlite3.Connection, file: str, table: str) -> int:
    (count,) = db.execute(f"SELECT count(*) FROM {file}.{table}").fetchone()
    return int(count)


def _count_after(db: sqlite3.Connection, table: str, gone: int) -> int:
    (new,) = db.execute(
        f"""SELECT count(*) FROM main.{table} AS new
            WHERE NOT EXISTS (SELECT 1 FROM base.{table} AS old WHERE {_same_key(table, "old", "new")})"""
    ).fetchone()
    return _count(db, "base", table) + int(new) - gone


def _write_step(db: sqlite3.Connection, counts: Mapping[str, int]) -> None:
    (revision,) = db.execute("SELECT value FROM base.meta WHERE key = 'revision'").fetchone()
    (state,) = db.execute("SELECT value FROM base.meta WHERE key = 'state'").fetchone()
    rows = {"from_revision": revision, "from_state": state, "counts": json.dumps(dict(counts))}
    db.executemany("INSERT INTO main.step VALUES (?, ?)", rows.items())


def _delete_gone(table: str) -> str:
    keys = KEYS[table]
    return f"DELETE FROM main.{table} WHERE ({', '.join(keys)}) IN (SELECT {', '.join(keys)} FROM delta.gone_{table})"


def _upsert(table: str, others: list[str]) -> str:
    # Not INSERT OR REPLACE: that would silently take away another product that has the same SKU.
    update = f"UPDATE SET {', '.join(f'{column} = excluded.{column}' for column in others)}" if others else "NOTHING"
    return f"""INSERT INTO main.{table} SELECT * FROM delta.{table} WHERE true
               ON CONFLICT ({", ".join(KEYS[table])}) DO {update}"""


@contextmanager
def _writable(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None)
        try:
            db.execute("PRAGMA trusted_schema = OFF")
            db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
            yield db
        finally:
            db.close()
    except sqlite3.Error as exc:
        code = getattr(exc, "sqlite_errorcode", 0) & _PRIMARY
        if code in _DISK:
            raise OSError(_DISK[code], f"{os.strerror(_DISK[code])} ({exc})", str(path)) from exc
        raise unsound(path, exc) from exc


@contextmanager
def _readable(path: Path) -> Iterator[sqlite3.Connection]:
    try:
        db = read_only(path)
        try:
            yield db
        finally:
            db.close()
    except sqlite3.Error as exc:
        raise unsound(path, exc) from exc
