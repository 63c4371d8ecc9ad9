"""How a newer list takes the place of the one that the kiosk reads, which itself is never written to.

A list that deltas lead to is made of the spare: an earlier list that only the agent has. The list that was in place
becomes the next spare, and gets the same deltas when nobody reads it any more. A power cut at any moment leaves a whole
list under its name, and no spare that is half-written.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from offline_cache.folder import LaneFolder, sync_folder
from offline_cache.price_list.check import read_only
from offline_cache.price_list.delta import apply_delta
from offline_cache.price_list.errors import PriceListError
from offline_cache.price_list.in_use import unread

FREE_BYTES: Final = 8 << 20  # left free for the journal: a full disk would stop the lane
_FICLONE: Final = 0x40049409  # linux/fs.h: share another file's blocks, on file systems that can (btrfs, XFS)
_COPY_BYTES: Final = 8 << 20
_log = logging.getLogger(__name__)


class Spare:
    """The agent's earlier list in a lane's folder. Raises OSError from the disk."""

    def __init__(self, folder: LaneFolder) -> None:
        self._folder = folder
        self.behind: tuple[Path, ...] = ()  # the deltas that lead from it to the list in place

    def begin(self) -> None:
        """Remove what an agent that was killed left half-done."""
        folder = self._folder
        leftovers = [folder.new, folder.old, folder.path / "price-list.part", *folder.path.glob("price-list.*.delta")]
        # What led from it to the list in place was known only to the agent that was killed.
        if _same_file(folder.spare, folder.price_list) or _state(folder.spare) != _state(folder.price_list):
            leftovers.append(folder.spare)
        for place in leftovers:
            place.unlink(missing_ok=True)

    def drop(self) -> None:
        """Give it up: no delta leads from it to the list in place, or its room is needed."""
        self._folder.spare.unlink(missing_ok=True)
        self._forget()

    def is_free(self) -> bool:
        """Whether there is one that nobody reads: else deltas need the room of a copy."""
        with unread(self._folder.spare) as free:
            return free

    @contextlib.contextmanager
    def opened(self) -> Iterator[tuple[Path, ...]]:
        """Leave a list at `folder.new` that may be written to; the deltas that lead from it to the list in place."""
        folder = self._folder
        with unread(folder.spare) as free:
            if free:
                # The name goes first, for good: after a power cut no half-written file may be called the spare.
                folder.spare.replace(folder.new)
                sync_folder(folder.path)
                yield self.behind
                return
        folder.new.unlink(missing_ok=True)  # a spare that failed: its file is not written into again
        copy(folder.price_list, folder.new)
        yield ()

    def put_in_place(self, deltas: Sequence[Path] = ()) -> None:
        """Make `folder.new`, on disk and whole, the lane's list; `deltas` led to it from the list that was in place.

        Without deltas the old list is of no more use.
        """
        folder = self._folder
        folder.old.unlink(missing_ok=True)
        kept = bool(deltas) and _link(folder.price_list, folder.old)
        folder.new.replace(folder.price_list)
        sync_folder(folder.path)
        if kept:
            folder.old.replace(folder.spare)
            self._forget()
            self.behind = tuple(deltas)
        else:
            self.drop()

    def prepare(self) -> None:
        """Bring it to the state of the list in place, or make one, so that the next deltas have little to do.

        Does nothing while somebody reads it, or if there is no room.
        """
        folder = self._folder
        if not folder.spare.exists():
            self._forget()
            if shutil.disk_usage(folder.path).free > folder.price_list.stat().st_size * 2 + FREE_BYTES:
                self._make()
        elif self.behind:
            self._catch_up()

    def _make(self) -> None:
        folder = self._folder
        try:
            copy(folder.price_list, folder.new)
            _sync(folder.new)
            folder.new.replace(folder.spare)
        finally:
            folder.new.unlink(missing_ok=True)

    def _catch_up(self) -> None:
        folder = self._folder
        with unread(folder.spare) as free:
            if not free:
                return
            folder.spare.replace(folder.new)
            sync_folder(folder.path)
            try:
                for delta in self.behind:
                    apply_delta(delta, folder.new, private=True)
                folder.new.replace(folder.spare)
            except PriceListError as exc:
                _log.warning("%s: the spare list is given up: %s", folder.path, exc)
            finally:
                folder.new.unlink(missing_ok=True)
                self._forget()

    def _forget(self) -> None:
        for delta in self.behind:
            delta.unlink(missing_ok=True)
        self.behind = ()


def copy(source: Path, target: Path) -> None:
    """A copy of its own, not yet on disk for good: by sharing blocks where the file system can, else byte by byte."""
    with source.open("rb") as old, target.open("wb") as new:
        with contextlib.suppress(OSError):
            fcntl.ioctl(new.fileno(), _FICLONE, old.fileno())
            return
        size = os.fstat(old.fileno()).st_size
        done = 0
        while done < size:
            sent = os.sendfile(new.fileno(), old.fileno(), done, _COPY_BYTES)
            if sent == 0:
                break
            done += sent
            # A little at a time: the journal's own fsync must not have to wait for all of it.
            os.fdatasync(new.fileno())


def _link(place: Path, name: Path) -> bool:
    """Give a file a second name; False where there is no file, or the file system cannot."""
    try:
        os.link(place, name)
    except OSError as exc:
        _log.info("%s: no spare list is kept (%s)", place, exc.strerror)
        return False
    return True


def _same_file(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except FileNotFoundError:
        return False


def _state(place: Path) -> str | None:
    """The state that a list says it has; None if there is none or it cannot say."""
    try:
        with contextlib.closing(read_only(place)) as db:
            row = db.execute("SELECT value FROM meta WHERE key = 'state'").fetchone()
    except sqlite3.Error:
        return None
    return None if row is None else str(row[0])


def _sync(place: Path) -> None:
    with place.open("rb+") as file:
        os.fsync(file.fileno())
