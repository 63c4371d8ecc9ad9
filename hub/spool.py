"""A list's rows on disk until they are inserted: reading takes long, and SQLite's one writer must not wait for it."""

from __future__ import annotations

import marshal
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Final, cast

from hub.catalogue import CatalogueItem
from hub.catalogue_rows import GoodsRows, goods_rows
from hub.data_folder import folder_sentences

_BATCH: Final = 1000
_LENGTH: Final = 8  # bytes that say how many follow


class Spool:
    """Context manager over the rows in batches, ready to be inserted. Raises what `items` raises."""

    def __init__(self, items: Iterable[CatalogueItem], folder: Path) -> None:
        self._items = iter(items)
        self._folder = folder

    def __enter__(self) -> Iterator[GoodsRows]:
        with folder_sentences(self._folder):
            self._file = cast("BinaryIO", tempfile.TemporaryFile(dir=self._folder))
        try:
            number = 0
            while batch := list(islice(self._items, _BATCH)):
                # Written and read by this process alone; JSON takes four times as long.
                rows = marshal.dumps(goods_rows(batch, number))
                with folder_sentences(self._folder):
                    self._file.write(len(rows).to_bytes(_LENGTH) + rows)
                number += len(batch)
            with folder_sentences(self._folder):
                self._file.flush()
        except BaseException:
            self.__exit__()
            raise
        self._file.seek(0)
        return self._batches()

    def _batches(self) -> Iterator[GoodsRows]:
        while length := self._file.read(_LENGTH):
            # Not marshal.load: it reads value by value, ten times as long.
            yield marshal.loads(self._file.read(int.from_bytes(length)))  # noqa: S302 - our own rows

    def __exit__(self, *_exc: object) -> None:
        with suppress(OSError):  # a full disk says so again on closing; it was reported
            self._file.close()
