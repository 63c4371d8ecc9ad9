"""Hands the journal's events to the hub, in order; the hub's answer alone decides how far it got."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from offline_cache.errors import ChainRefused, HubAnswerBad, SyncError
from offline_cache.hub_client import HubClient
from offline_cache.journal_reader import JournalReader
from offline_cache.status import RefusedEvent
from retail.events import GENESIS, Event

_BATCH: Final = 500
_BATCH_BYTES: Final = 1 << 20
_REMEDY: Final = "nothing is uploaded; put the right journal back, or enrol the lane under a new name"
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Uploaded:
    """How far the hub is: the last number it has, and what it could not use of what was sent this time."""

    number: int
    refused: tuple[RefusedEvent, ...] = ()


class JournalUpload:
    """One lane's outbox: a cursor on its journal. Bound to one thread."""

    def __init__(self, journal: Path, hub: HubClient, *, stopped: Callable[[], bool] = lambda: False) -> None:
        self._journal = journal
        self._hub = hub
        self._stopped = stopped
        self._next: int | None = None  # unknown until the hub is asked

    def send(self, took: Callable[[Uploaded], None]) -> None:
        """Send all that the hub lacks; `took` hears of each batch. Raises SyncError, JournalError or ConfigError."""
        if not self._journal.exists():
            return
        with JournalReader(self._journal) as reader:
            last, _ = reader.head()
            if self._next is None or self._next > last + 1:
                self._next = None
                self._next = self._cursor(reader, last)
                took(Uploaded(self._next - 1))
            resumed = False
            while self._next <= last and not self._stopped():
                batch = _light_enough(reader.events(self._next - 1, _BATCH))
                try:
                    following, refused = self._hub.send(batch)
                except ChainRefused as exc:
                    if resumed:
                        raise
                    self._next, resumed = self._resumed(reader, last, exc), True
                    continue
                self._next = self._checked(following, last)
                took(Uploaded(following - 1, refused))

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
        following, head = self._hub.cursor()
        if following > last + 1:
            raise SyncError(
                f"{self._journal}: ends at event {last}, but the hub has {following - 1} of this lane: the journal is "
                f"an older copy or a new one; {_REMEDY}"
            )
        before = reader.events(following - 2, 1) if following > 1 else []
        if head != (before[0].hash if before else GENESIS):
            raise SyncError(
                f"{self._journal}: event {following - 1} is not the one that the hub has of this lane; {_REMEDY}"
            )
        return following


def _light_enough(events: list[Event]) -> list[Event]:
    """The first of them that fit into one request, at least one."""
    size = 0
    for place, event in enumerate(events):
        size += len(str(event.body)) * 2 + 400
        if size > _BATCH_BYTES and place:
            return events[:place]
    return events
