"""A list's rows on disk until they are inserted: reading takes long, and SQLite's one writer must not wait for it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import IO, Final

from hub.catalogue import CatalogueItem
from hub.catalogue_rows import GoodsRows, goods_rows
from hub.data_folder import folder_sentences

_BATCH: Final = 1000


class Spool:
    """Context manager over the rows in batches, ready to be inserted. Raises what `items` raises."""

    def __init__(self, items: Iterable[CatalogueItem], folder: Path) -> None:
        self._items = iter(items)
        self._folder = folder

    def __enter__(self) -> Iterator[GoodsRows]:
        with folder_sentences(self._folder):
            self._file: IO[str] = tempfile.TemporaryFile("w+", dir=self._folder, encoding="utf-8")
        try:
            number = 0
            while batch := list(islice(self._items, _BATCH)):
                line = json.dumps(goods_rows(batch, number))
                with folder_sentences(self._folder):
                    self._file.write(line + "\n")
                number += len(batch)
            with folder_sentences(self._folder):
                self._file.flush()
        except BaseException:
            self.__exit__()
            raise
        self._file.seek(0)
        return (json.loads(line) for line in self._file)

    def __exit__(self, *_exc: object) -> None:
        with suppress(OSError):  # a full disk says so again on closing; it was reported
            self._file.close()
