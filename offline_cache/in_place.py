"""The list in the lane's folder as the agent sees it: what it says of itself, and whether all of it is still there."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from offline_cache.price_list.errors import PriceListError
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import Meta
from offline_cache.soundness import check_list_pages

_log = logging.getLogger(__name__)
_File = tuple[int, int, int]  # which file has the name: number, time of its last change, size


@dataclass(frozen=True, slots=True)
class Found:
    """What a list says of itself, how many products it has, and which file it is."""

    meta: Meta
    products: int
    file: _File


class InPlace:
    """The list under a lane's name for it; bound to one thread."""

    def __init__(self, place: Path, *, store: str, channel: str) -> None:
        self._place = place
        self._whose = (store, channel)
        self._found: Found | None = None
        self._sound: _File | None = None
        self._damaged: _File | None = None
        self.anew = False  # there is none, or another store's: nothing binds the lane to what it had

    def find(self) -> Found | None:
        """The list, if it is of this store and channel, and can be read. OSError from the disk."""
        file = self._file()
        self.anew = file is None
        if file is None or file == self._damaged:
            return None
        if self._found is None or self._found.file != file:
            self._found = self._read(file)
        if self._found is None or (self._found.meta.store, self._found.meta.channel) == self._whose:
            return self._found
        self.anew = True
        return None

    def is_sound(self, *, doubted: bool = False) -> bool:
        """Whether all its pages can be read, or there is none; a damaged one is not found any more..

        A file that was looked over once is so again only if it is `doubted`.
        """
        file = self._file()
        if file is None or (file == self._sound and not doubted):
            return True
        try:
            check_list_pages(self._place)
        except sqlite3.Error as exc:
            if file != self._damaged:
                _log.warning("%s: is damaged (%s); it will be fetched again", self._place, exc)
            self._damaged = file
            return False
        self._sound = file
        return True

    def _file(self) -> _File | None:
        try:
            entry = self._place.stat()
        except FileNotFoundError:
            return None
        return entry.st_ino, entry.st_mtime_ns, entry.st_size

    def _read(self, file: _File) -> Found | None:
        try:
            with contextlib.closing(PriceList(self._place)) as price_list:
                return Found(price_list.meta, price_list.count(), file)
        except PriceListError as exc:
            _log.warning("%s", exc)
            return None
