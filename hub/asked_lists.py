"""The published lists, opened to answer what baskets cost: each thread has its own, for as long as it is the newest."""

from __future__ import annotations

import json
import logging
import os
import shutil
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from hub.data_folder import DataFolder, folder_sentences
from hub.errors import DataFolderUnusable, StorageUnusable
from hub.keys import Keys
from hub.publishing.current import CurrentManifests
from hub.publishing.working_copy import WorkingCopy
from hub.storage.door import Storage
from offline_cache.price_list.errors import PriceListError
from offline_cache.price_list.keys import KeyRing
from offline_cache.price_list.manifest import Manifest, verify
from offline_cache.price_list.offer_words import OfferWords
from offline_cache.price_list.reader import PriceList
from retail.promotions.question import AskedPrices, Question

log = logging.getLogger(__name__)

_OPEN: Final = 16  # lists for each thread: a list is a few MB of SQLite's cache and of solved parts
_FOLDER: Final = ".asked"  # no store has such a name: beside the copies from which deltas are made


@dataclass(frozen=True, slots=True)
class _Opened:
    """A list at a state, and the tag of the manifest that announced it last."""

    tag: str
    state: str
    prices: PriceList
    asked: AskedPrices


class _OfThread(threading.local):
    def __init__(self) -> None:
        self.opened: OrderedDict[tuple[str, str], _Opened] = OrderedDict()


class AskedLists:
    """Safe to share by threads, which should be few."""

    def __init__(
        self,
        folder: DataFolder,
        storage: Storage,
        manifests: CurrentManifests,
        keys: Keys,
        clock: Callable[[], datetime],
    ) -> None:
        self._folder = folder.work / _FOLDER
        self._storage = storage
        self._manifests = manifests
        self._keys = keys
        self._clock = clock
        self._words = OfferWords.load()
        self._mine = _OfThread()

    def answer(self, store: str, channel: str, question: Question) -> str | None:
        """The answer's text by the list published last; None if none was. May wait. Raises AskRefused or HubError."""
        try:
            opened = self._newest(store, channel)
            return None if opened is None else opened.asked.answer(question, self._clock())
        except PriceListError as exc:
            self._close(store, channel)
            raise DataFolderUnusable(f"{self._folder}: {exc}; remove this folder: it is made anew") from exc

    def _newest(self, store: str, channel: str) -> _Opened | None:
        announced = self._manifests.current(store, channel)
        known = self._mine.opened.get((store, channel))
        if announced is None or (known is not None and known.tag == announced.etag):
            return known if announced is not None else None
        manifest = self._verified(announced.content, store, channel)
        if known is not None and known.state == manifest.state:  # it was signed again
            opened = replace(known, tag=announced.etag)
        else:
            opened = self._opened(manifest, announced.etag)
            self._close(store, channel)
        self._mine.opened[store, channel] = opened
        while len(self._mine.opened) > _OPEN:
            self._close(*next(iter(self._mine.opened)))
        return opened

    def _close(self, store: str, channel: str) -> None:
        opened = self._mine.opened.pop((store, channel), None)
        if opened is not None:
            opened.prices.close()

    def _verified(self, content: bytes, store: str, channel: str) -> Manifest:
        """Whoever can write to the storage must not be able to set prices."""
        ring = self._keys.now_signing()
        trusted = KeyRing.of([key.public_key for key in ring.signing], ring.revoked)
        return verify(json.loads(content), trusted, store=store, channel=channel)

    def _opened(self, manifest: Manifest, tag: str) -> _Opened:
        path = self._file(manifest)
        try:
            prices = PriceList(path)
        except PriceListError as exc:  # another hub has gone on to a newer one, or the disk lost it
            log.warning("%s: made anew: %s", path, exc)
            path.unlink(missing_ok=True)
            prices = PriceList(self._file(manifest))
        asked = AskedPrices(prices, ZoneInfo(prices.meta.time_zone), self._words.speech)
        return _Opened(tag, manifest.state, prices, asked)

    def _file(self, manifest: Manifest) -> Path:
        """The list in a file that nobody writes to, as SQLite reads it without looking whether somebody does."""
        folder, channel = self._folder / manifest.store, manifest.channel
        path = folder / f"{channel}-{manifest.state}.sqlite"
        if path.exists():
            return path
        copy = WorkingCopy(self._folder, manifest.store, channel, self._storage)
        with copy.held(), folder_sentences(folder):
            if path.exists():  # another thread was first
                return path
            whole = copy.brought_to(manifest)
            if whole is None:
                raise StorageUnusable(
                    f"price list of {manifest.store}, {channel}: its files are not in the storage as the manifest "
                    "says; publish the store again"
                )
            old = [one for one in folder.glob(f"{channel}-*.sqlite") if one != path]
            _copy(whole, path)
            for one in old:
                one.unlink(missing_ok=True)
        return path


def _copy(source: Path, target: Path) -> None:
    part = target.with_suffix(".part")
    shutil.copyfile(source, part)
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    part.replace(target)
