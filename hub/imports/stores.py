"""Picks one store's rows out of a file that holds several, and says which there are when the choice does not fit."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from hub.imports.errors import FeedStoreNeeded


class FeedStore(NamedTuple):
    """A store as a feed names it: `key` is CHAIN:STORE."""

    key: str
    name: str


class StoreFilter:
    """Decides row by row. Without a wish the file may hold one store only; leading zeros of a number do not matter."""

    def __init__(self, path: Path, wish: str | None) -> None:
        self._path = path
        self._wish = wish
        self._rows: Counter[FeedStore] = Counter()
        self._chosen: dict[FeedStore, bool] = {}
        if wish is not None and ":" not in wish:
            raise FeedStoreNeeded(f"--feed-store {wish!r}: is not of the form CHAIN:STORE")

    def takes(self, store: FeedStore) -> bool:
        """Whether a row of that store is wanted; counts it."""
        self._rows[store] += 1
        chosen = self._chosen.get(store)
        if chosen is None:
            chosen = self._chosen[store] = self._wish is None or _plain(store.key) == _plain(self._wish)
        return chosen and (self._wish is not None or len(self._chosen) == 1)

    @property
    def ambiguous(self) -> bool:
        """Whether the file cannot be taken any more, so that only counting is left to do."""
        return self._wish is None and len(self._keys()) > 1

    def finish(self) -> str:
        """The store that was taken, or FeedStoreNeeded with the list of those that the file holds."""
        taken = self._keys()
        if len(taken) == 1:
            return next(iter(taken))
        if self._wish is None:
            if not self._rows:
                return ""
            raise FeedStoreNeeded(
                f"{self._path}: holds {len(taken)} stores; name one with --feed-store CHAIN:STORE: {self._list()}"
            )
        if taken:
            raise FeedStoreNeeded(
                f"{self._path}: --feed-store {self._wish} fits several stores: {', '.join(sorted(taken))}"
            )
        chain = _plain(self._wish).split(":")[0]
        others = sorted({store.key for store in self._rows if _plain(store.key).split(":")[0] == chain})
        hint = f"; of that chain only {', '.join(others)}" if others else ""
        raise FeedStoreNeeded(f"{self._path}: holds no store {self._wish}{hint}; it holds {self._list()}")

    def _keys(self) -> set[str]:
        return {store.key for store, chosen in self._chosen.items() if chosen}

    def _list(self) -> str:
        return ", ".join(f"{store.key} {store.name} ({rows:,} rows)" for store, rows in self._rows.most_common())


def _plain(key: str) -> str:
    return ":".join(part.strip().lstrip("0") for part in key.split(":"))
