"""Picks one store's rows out of a file that holds several, and says which there are when the choice does not fit."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import NamedTuple

from hub.imports.errors import FeedStoreNeeded


class FeedStore(NamedTuple):
    """A store as a feed names it: `key` is CHAIN:STORE, or CHAIN where the prices of a feed are those of all stores."""

    key: str
    name: str


class StoreFilter:
    """Decides row by row. Without a wish the file may hold one store only; leading zeros of a number do not matter.

    `whole_chains`: stores are named by their chain alone.
    """

    def __init__(self, path: Path, wish: str | None, *, whole_chains: bool = False) -> None:
        self._path = path
        self._form = "CHAIN" if whole_chains else "CHAIN:STORE"
        self._wish = wish
        self._rows: Counter[str] = Counter()
        self._names: dict[str, str] = {}
        self._chosen: dict[str, bool] = {}
        if wish is not None and (":" in wish) == whole_chains:
            raise FeedStoreNeeded(f"--feed-store {wish!r}: is not of the form {self._form}")

    def takes(self, store: FeedStore) -> bool:
        """Whether a row of that store is wanted; counts it."""
        key = store.key
        self._rows[key] += 1
        chosen = self._chosen.get(key)
        if chosen is None:
            self._names[key] = store.name  # the first; a chain may change its name in the middle of a file
            chosen = self._chosen[key] = self._wish is None or _plain(key) == _plain(self._wish)
        return chosen

    @property
    def ambiguous(self) -> bool:
        """Whether the file cannot be taken any more, so that only counting is left to do."""
        return self._wish is None and len(self._chosen) > 1

    def finish(self) -> str:
        """The store that was taken, or FeedStoreNeeded with the list of those that the file holds."""
        taken = sorted(key for key, chosen in self._chosen.items() if chosen)
        if len(taken) == 1:
            return taken[0]
        if self._wish is None:
            if not taken:
                return ""
            raise FeedStoreNeeded(
                f"{self._path}: holds {len(taken)} stores; name one with --feed-store {self._form}: {self._list()}"
            )
        if taken:
            raise FeedStoreNeeded(f"{self._path}: --feed-store {self._wish} fits several stores: {', '.join(taken)}")
        chain = _plain(self._wish).split(":")[0]
        others = sorted(key for key in self._rows if _plain(key).split(":")[0] == chain)
        hint = f"; of that chain only {', '.join(others)}" if others else ""
        raise FeedStoreNeeded(f"{self._path}: holds no store {self._wish}{hint}; it holds {self._list()}")

    def _list(self) -> str:
        named = ((f"{key} {self._names[key]}".rstrip(), rows) for key, rows in self._rows.most_common())
        return ", ".join(f"{name} ({rows:,} rows)" for name, rows in named)


def _plain(key: str) -> str:
    return ":".join(part.strip().lstrip("0").upper() for part in key.split(":"))
