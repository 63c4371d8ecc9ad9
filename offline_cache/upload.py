"""Hands the journal's events to the hub, in order; the hub's answer alone decides how far it got."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Final

from offline_cache.errors import ChainRefused, HubAnswerBad, HubRefused, SyncError
from offline_cache.hub_client import HubClient
from offline_cache.journal_reader import EventBatch, JournalReader
from offline_cache.status import RefusedEvent

_BATCH_BYTES: Final = 3 << 20  # the hub reads 4 MiB; packed it is a tenth of that on the wire
_REMEDY: Final = "nothing is uploaded; put the right journal back, or enrol the lane under a new name"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """How far the hub is: the last number it has, its hash, and what it could not use of what was sent this time."""

    number: int
    hash: str
    refused: tuple[RefusedEvent, ...] = ()


class JournalUpload:
    """One lane's outbox: a cursor on its journal. Bound to one thread."""

    def __init__(self, journal: Path, hub: HubClient, *, stopped: Callable[[], bool] = lambda: False) -> None:
        self._journal = journal
        self._hub = hub
        self._stopped = stopped
        self._next: int | None = None  # unknown until the hub is asked
        self._takes_zstd = False
        self._at_once = 0

    def send(self, took: Callable[[Uploaded], None]) -> None:
        """Send all that the hub lacks; `took` hears of each batch. Raises SyncError, JournalError or ConfigError."""
        if not self._journal.exists():
            return
        with JournalReader(self._journal) as reader:
            last, _ = reader.head()
            if self._next is None or self._next > last + 1:
                self._next = None
                self._next = self._cursor(reader, last)
                took(self._uploaded(reader, self._next))
            resumed = False
            while self._next <= last and not self._stopped():
                # Not beyond what was there when we began: the lane goes on writing, and answers are checked by `last`.
                most = min(self._at_once, last - self._next + 1)
                batch = reader.batch(self._next - 1, most=most, most_bytes=_BATCH_BYTES)
                try:
                    following, refused = self._sent(batch)
                except ChainRefused as exc:
                    if resumed:
                        raise
                    self._next, resumed = self._resumed(reader, last, exc), True
                    continue
                if following is None:
                    continue
                self._next = self._checked(following, last)
                took(self._uploaded(reader, following, refused))

    def _sent(self, batch: EventBatch) -> tuple[int | None, tuple[RefusedEvent, ...]]:
        """The hub's answer; no number if it was too much at once for the hub, or for what stands before it."""
        try:
            return self._hub.send(batch, packed=self._takes_zstd)
        except HubRefused as exc:
            if exc.status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE and batch.count > 1:
                self._at_once = batch.count // 2
                return None, ()
            self._next = None  # it may be another hub by now, one that takes events in another way: ask again
            raise

    @staticmethod
    def _uploaded(reader: JournalReader, following: int, refused: tuple[RefusedEvent, ...] = ()) -> Uploaded:
        return Uploaded(following - 1, reader.hash_of(following - 1) or "", refused)

    def _resumed(self, reader: JournalReader, last: int, exc: ChainRefused) -> int:
        """Where to go on after a refusal: the hub may just be further, or behind, than we thought."""
        sent, self._next = self._next, None
        if exc.next_number == sent:
            raise exc
        _log.info("%s", exc)
        following = self._cursor(reader, last)
        if following == sent:
            raise exc
        return following

    def _checked(self, following: int, last: int) -> int:
        """The number that the hub waits for; HubAnswerBad, and a new question next time, if it cannot be that one."""
        sent, self._next = self._next or 0, None
        if not sent < following <= last + 1:
            raise HubAnswerBad(f"{self._hub.url}: the hub took events from {sent} on but waits for event {following}")
        return following

    def _cursor(self, reader: JournalReader, last: int) -> int:
        """Where the hub waits, after a look whether its chain and ours are one."""
        answer = self._hub.cursor()
        following, head = answer.next, answer.head
        if answer.resume is not None and reader.hash_of(answer.resume[0] - 1) == answer.resume[1]:
            following, head = answer.resume  # our token was rotated, but this is our old journal
        if following > last + 1:
            raise SyncError(
                f"{self._journal}: ends at event {last}, but the hub has {following - 1} of this lane: the journal is "
                f"an older copy or a new one; {_REMEDY}"
            )
        pruned, _ = reader.pruned()
        if following <= pruned:
            raise SyncError(
                f"{self._journal}: begins after event {pruned}, as the hub had confirmed what was before; now it waits "
                f"for event {following}: restore the hub's newest backup, or enrol the lane under a new name"
            )
        if head != reader.hash_of(following - 1):
            raise SyncError(
                f"{self._journal}: event {following - 1} is not the one that the hub has of this lane; {_REMEDY}"
            )
        self._takes_zstd, self._at_once = answer.takes_zstd, answer.events_at_once
        return following
