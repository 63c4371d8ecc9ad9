"""A quick look at a journal from outside: is it sound? Not a byte is written beside it."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from offline_cache.errors import JournalDamaged, JournalError, JournalMissing
from offline_cache.journal_file import check_format, os_trouble, sqlite_trouble
from offline_cache.journal_reader import JournalReader
from retail.events import first_break

_TAIL: Final = 200  # as many as the lane checks at its start; `kiosk journal verify` checks all
_WHOLE_BYTES: Final = 64 << 20  # SQLite checks its pages at 700 MB/s from memory, at a tenth of that from a slow disk
_COPY_BYTES: Final = 256 << 20


@dataclass(frozen=True, slots=True)
class JournalLook:
    """A journal that is sound as far as was looked."""

    head: int


def look(path: Path, *, in_use: bool) -> JournalLook:
    """Check the file's pages, if it is small, and the chain of its newest events. `in_use`: a lane writes it now.

    Raises JournalError and its kinds, JournalDamaged among them.
    """
    if not path.exists():
        raise JournalMissing(f"{path}: there is no journal; the lane writes one when it first starts")
    wal = path.with_name(path.name + "-wal")
    try:
        size = path.stat().st_size
        left_over = wal.exists() and wal.stat().st_size > 0
    except OSError as exc:
        raise os_trouble(path, exc) from exc
    if in_use or (left_over and size > _COPY_BYTES):
        return _looked(JournalReader(path), size)
    if left_over:  # after a power cut: to read what is in it, SQLite would have to write its shared memory
        return _look_at_copy(path, wal, size)
    return _looked(_StillReader(path), size)


class _StillReader(JournalReader):
    """For a journal that nobody writes: SQLite makes no files of its own beside it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._db = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True, isolation_level=None)
        except sqlite3.Error as exc:
            raise sqlite_trouble(path, exc) from exc
        try:
            self._version = check_format(self._db, path)
        except (sqlite3.Error, JournalError) as exc:
            self._db.close()
            if isinstance(exc, sqlite3.Error):
                raise sqlite_trouble(path, exc) from exc
            raise


def _look_at_copy(path: Path, wal: Path, size: int) -> JournalLook:
    with tempfile.TemporaryDirectory(prefix="journal-look-") as folder:
        copy = Path(folder) / path.name
        try:
            shutil.copyfile(path, copy)
            shutil.copyfile(wal, copy.with_name(wal.name))
        except OSError as exc:
            raise os_trouble(path, exc) from exc
        try:
            return _looked(JournalReader(copy), size)
        except JournalError as exc:  # its sentence names the copy
            raise type(exc)(str(exc).replace(str(copy), str(path))) from exc


def _looked(reader: JournalReader, size: int) -> JournalLook:
    with reader, reader.one_state():
        if size <= _WHOLE_BYTES and (answer := reader.quick_check()) != "ok":
            raise JournalDamaged(f"{reader.path}: is not sound ({answer}); call the service desk")
        number, _ = reader.head()
        before = max(number - _TAIL, reader.pruned()[0])
        start = reader.hash_of(before)
        if start is None:
            raise JournalDamaged(f"{reader.path}: event {before} is missing; move it aside for the service desk")
        broken = first_break(reader.events(before), number=before, head=start)
        if broken is not None:
            raise JournalDamaged(f"{reader.path}: event {broken[0]} {broken[1]}; move it aside for the service desk")
        return JournalLook(number)
