"""The file behind the journal: its tables, how it is made, opened and locked, and SQLite's errors in our words."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import sqlite3
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from offline_cache.errors import (
    JournalBusy,
    JournalDamaged,
    JournalError,
    JournalFull,
    JournalMissing,
    JournalReadOnly,
    JournalTooNew,
)
from offline_cache.folder import sync_folder
from offline_cache.stored_payments import TABLE as _STORED

APPLICATION_ID: Final = 0x53474F4A  # "SGOJ" in the file's header
VERSION: Final = 4
SIDE_FILES: Final = ("-wal", "-shm", "-journal")

_TRIGGERS: Final = {
    "event_never_changes": """CREATE TRIGGER event_never_changes BEFORE UPDATE ON event
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    "event_never_goes": """CREATE TRIGGER event_never_goes BEFORE DELETE ON event
        WHEN OLD.number > (SELECT number FROM pruned)
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    # Also stops INSERT OR REPLACE, which would delete without asking the trigger above.
    "event_follows": """CREATE TRIGGER event_follows BEFORE INSERT ON event
        WHEN NEW.number <> (SELECT coalesce(max(number), (SELECT number FROM pruned)) + 1 FROM event)
          OR NEW.previous_hash <> coalesce((SELECT hash FROM event ORDER BY number DESC LIMIT 1),
                                           (SELECT hash FROM pruned))
        BEGIN SELECT RAISE(ABORT, 'does not follow the last event'); END""",
    "pruned_goes_forward": """CREATE TRIGGER pruned_goes_forward BEFORE UPDATE ON pruned
        WHEN NEW.number <= OLD.number OR NEW.one <> 1
          OR NEW.hash IS NOT (SELECT hash FROM event WHERE number = NEW.number)
        BEGIN SELECT RAISE(ABORT, 'the journal is pruned up to an event that it has'); END""",
    "pruned_is_one": """CREATE TRIGGER pruned_is_one BEFORE INSERT ON pruned
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
    "pruned_never_goes": """CREATE TRIGGER pruned_never_goes BEFORE DELETE ON pruned
        BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END""",
}
# pruned: the last event that was let go of after the hub had confirmed it, where the chain now begins; 0 for none.
# pruned_latest: of each kind without a sale the newest pruned event, as "is the lane closed?" must have its answer.
_PRUNED: Final = (
    """CREATE TABLE pruned (one INTEGER PRIMARY KEY CHECK (one = 1), number INTEGER NOT NULL, hash TEXT NOT NULL)
       STRICT""",
    "INSERT INTO pruned VALUES (1, 0, '')",
    """CREATE TABLE pruned_latest (number INTEGER NOT NULL, at TEXT NOT NULL, kind TEXT PRIMARY KEY, sale_id TEXT,
       body TEXT NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL) STRICT, WITHOUT ROWID""",
)
# sold_serial: items with a serial number that this lane has sold, each written with its sale.completed. It outlives the
# events: an item is sold once, also after its sale was let go of.
_SOLD: Final = """CREATE TABLE sold_serial (item TEXT NOT NULL, serial TEXT NOT NULL, sale_id TEXT NOT NULL,
    at TEXT NOT NULL, PRIMARY KEY (item, serial)) STRICT, WITHOUT ROWID"""
_INDEXES: Final = {"event_kind": ["kind"], "event_sale": ["sale_id"]}
_FIRST_TRIGGERS: Final = ("event_never_changes", "event_never_goes", "event_follows")
_EXPECTED: Final = {
    1: {
        ("table", "event"),
        *(("index", name) for name in _INDEXES),
        *(("trigger", name) for name in _FIRST_TRIGGERS),
    },
    2: {
        *(("table", name) for name in ("event", "pruned", "pruned_latest")),
        *(("index", name) for name in _INDEXES),
        *(("trigger", name) for name in _TRIGGERS),
    },
}
_EXPECTED[3] = {*_EXPECTED[2], ("table", "sold_serial")}
_EXPECTED[4] = {*_EXPECTED[3], ("table", "stored_payment")}
_WITH_SERIALS: Final = 3


def lock(path: Path) -> int:
    """Take the one writer's lock beside the journal; a descriptor that holds it until closed. Raises JournalError.

    flock and not SQLite's own lock: two kiosks would take turns there, each chaining onto a head of its own.
    """
    place = path.with_suffix(".lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as exc:
        raise os_trouble(path, exc) from exc
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        os.close(descriptor)
        if exc.errno in {errno.EWOULDBLOCK, errno.EACCES}:
            raise JournalBusy(
                f"{path}: another program writes this journal (it holds {place.name}); stop it first, "
                "or give this lane a data folder of its own"
            ) from exc
        raise os_trouble(path, exc) from exc
    return descriptor


def open_for_writing(path: Path) -> sqlite3.Connection:
    """The journal's connection, made new if there is none; the caller holds the lock. Raises JournalError."""
    try:
        if not path.exists():
            _create(path)
        db = sqlite3.connect(path, isolation_level=None, timeout=10)
    except sqlite3.Error as exc:
        raise sqlite_trouble(path, exc) from exc
    except OSError as exc:
        raise os_trouble(path, exc) from exc
    try:
        version = check_format(db, path)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute(
            "PRAGMA synchronous = FULL"
        )  # NORMAL loses what was acknowledged in a power cut (measured, design.md)
        # Our own checkpoints: SQLite's automatic one swallows an fsync error, and the next fsync would lie.
        db.execute("PRAGMA wal_autocheckpoint = 0")
        if not os.access(path, os.W_OK):
            raise JournalReadOnly(f"{path}: may not be written; give the kiosk's user the right to")
        if version < VERSION:
            _upgrade(db, version)
    except sqlite3.Error as exc:
        db.close()
        raise sqlite_trouble(path, exc) from exc
    except JournalError:
        db.close()
        raise
    return db


def open_for_reading(path: Path) -> tuple[sqlite3.Connection, int]:
    """A read-only connection that may stand beside the one writer, and the file's version. Raises JournalError."""
    if not path.exists():
        raise JournalMissing(f"{path}: there is no journal; the lane writes one when it first starts")
    address = f"{path.resolve().as_uri()}?mode=ro"
    if not os.access(path.parent, os.W_OK) and not _has_wal(path):
        address += "&immutable=1"  # a copy in a read-only folder: SQLite could not make its shared memory there
    try:
        db = sqlite3.connect(address, uri=True, isolation_level=None, timeout=10)
    except sqlite3.Error as exc:
        raise sqlite_trouble(path, exc) from exc
    try:
        version = check_format(db, path)
    except sqlite3.Error as exc:
        db.close()
        raise sqlite_trouble(path, exc) from exc
    except JournalError:
        db.close()
        raise
    return db, version


def check_format(db: sqlite3.Connection, path: Path) -> int:
    """Its version; JournalDamaged or JournalTooNew if this is not a journal that we can read."""
    db.execute("PRAGMA trusted_schema = OFF")
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    if application != APPLICATION_ID:
        raise JournalDamaged(f"{path}: is not a journal; {_remedy(path)}")
    if version > VERSION:
        raise JournalTooNew(f"{path}: has version {version}, this program writes {VERSION}; update the kiosk")
    found = set(
        db.execute("SELECT type, name FROM sqlite_schema WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'").fetchall()
    )
    expected = _EXPECTED.get(version, set())
    if not expected or found != expected:
        odd = ", ".join(sorted(name for _, name in found ^ expected)) if expected else f"version {version}"
        raise JournalDamaged(f"{path}: its tables are not those of a journal ({odd}); {_remedy(path)}")
    return int(version)


def _upgrade(db: sqlite3.Connection, version: int) -> None:
    """From version 1, which could not be pruned, 2, which knew no serial numbers, or 3, which knew no stored payments;
    in one transaction: a power cut leaves the one or the other."""
    db.execute("BEGIN IMMEDIATE")
    try:
        if version == 1:
            for name in _FIRST_TRIGGERS:
                db.execute(f"DROP TRIGGER {name}")
            for statement in (*_PRUNED, *_TRIGGERS.values()):  # the triggers last: they let nobody write the first row
                db.execute(statement)
        if version < _WITH_SERIALS:
            db.execute(_SOLD)
        db.execute(_STORED)
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            db.execute("ROLLBACK")
        raise


def _create(path: Path) -> None:
    """Make an empty journal beside the place and move it there whole: a file cut short is thus never a new one."""
    from sqlite_utils import Database  # noqa: PLC0415 - 0.4 s, and only a lane's very first start needs it

    if _has_wal(path):
        raise JournalDamaged(f"{path}: is gone, but {path.name}-wal is still there; {_remedy(path)}")
    part = path.with_name(path.name + ".new")
    for leftover in (part, *(part.with_name(part.name + end) for end in SIDE_FILES)):
        leftover.unlink(missing_ok=True)
    db = Database(sqlite3.connect(part, isolation_level=None), execute_plugins=False)
    try:
        columns = {
            "number": int,
            "at": str,
            "kind": str,
            "sale_id": str,
            "body": str,
            "previous_hash": str,
            "hash": str,
        }
        table = db.table("event")
        table.create(columns, pk="number", not_null=columns.keys() - {"number", "sale_id"}, strict=True)
        for name, on in _INDEXES.items():
            table.create_index(on, name)
        for statement in (*_PRUNED, *_TRIGGERS.values(), _SOLD, _STORED):
            db.execute(statement)
        db.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        db.execute(f"PRAGMA user_version = {VERSION}")
        db.enable_wal()
    finally:
        db.close()
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.rename(path)
    sync_folder(path.parent)


def _has_wal(path: Path) -> bool:
    wal = path.with_name(path.name + "-wal")
    return wal.exists() and wal.stat().st_size > 0


def _remedy(path: Path) -> str:
    return f"move {path.name}* aside for the service desk and start the lane again"


def sqlite_trouble(path: Path, exc: sqlite3.Error) -> JournalError:
    """The error of ours that says what a person must do about SQLite's."""
    extended = getattr(exc, "sqlite_errorcode", 0)
    if extended == sqlite3.SQLITE_IOERR_SHMSIZE and _disk_full(path):
        extended = sqlite3.SQLITE_FULL  # its shared memory is a file too
    if extended & 0xFF == sqlite3.SQLITE_CANTOPEN and not os.access(path.parent, os.W_OK):
        extended = sqlite3.SQLITE_READONLY
    kind, sentence = _TROUBLE.get(extended & 0xFF, (JournalError, "cannot be used ({why}); call the service desk"))
    return kind(f"{path}: {sentence.format(why=exc, remedy=_remedy(path))}")


def os_trouble(path: Path, exc: OSError) -> JournalError:
    """The error of ours for one of the file system's."""
    if exc.errno in {errno.ENOSPC, errno.EDQUOT}:
        return JournalFull(f"{path}: the disk is full; make room")
    if exc.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return JournalReadOnly(
            f"{path.parent}: may not be written ({exc.strerror}); give the kiosk's user the right to"
        )
    return JournalError(f"{path}: cannot be opened ({exc.strerror}); check the data folder")


def _disk_full(path: Path) -> bool:
    space = os.statvfs(path.parent)
    return space.f_bavail * space.f_frsize < 1 << 16


_TROUBLE: Final[Mapping[int, tuple[type[JournalError], str]]] = {
    sqlite3.SQLITE_FULL: (JournalFull, "the disk is full; make room, nothing of the last step was kept"),
    sqlite3.SQLITE_READONLY: (JournalReadOnly, "may not be written ({why}); give the kiosk's user the right to"),
    sqlite3.SQLITE_CANTOPEN: (JournalError, "cannot be opened ({why}); check that it is a file this user may read"),
    sqlite3.SQLITE_CORRUPT: (JournalDamaged, "is not sound ({why}); {remedy}"),
    sqlite3.SQLITE_NOTADB: (JournalDamaged, "is not sound ({why}); {remedy}"),
    sqlite3.SQLITE_BUSY: (JournalBusy, "another program keeps it locked ({why}); stop it"),
    sqlite3.SQLITE_LOCKED: (JournalBusy, "another program keeps it locked ({why}); stop it"),
    sqlite3.SQLITE_IOERR: (JournalError, "the disk failed ({why}); stop selling, check the disk, start the lane again"),
}
