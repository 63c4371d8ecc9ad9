"""The lane's files as the till needs them: newest price list, journal that can be taken up again, agent's status."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from kiosk.adapters.pictures import lay_out_pictures
from offline_cache.errors import JournalBusy, JournalError, JournalFull, JournalReadOnly
from offline_cache.journal import Journal
from offline_cache.price_list.errors import PriceListError
from offline_cache.price_list.reader import PriceList
from offline_cache.status import STATUS_FILE, SyncStatus, read_status
from retail.events import Draft, Event, EventKind
from retail.labels import LabelTemplate

logger = logging.getLogger(__name__)

T = TypeVar("T")
_STATUS_EVERY: Final = timedelta(seconds=1)
# The agent writes at least as often as it tries, every five minutes when the hub is away for long.
_STATUS_STALE: Final = timedelta(minutes=15)


class NewestPriceList:
    """Opens the list again when the agent has renamed a new one into place. Bound to the till's thread.

    `pictures`: the folder in which its pictures are laid out for the screen; None where nobody looks.
    `templates`: the lane's own labels, read after those of the list.
    """

    def __init__(self, path: Path, *, pictures: Path | None = None, templates: tuple[LabelTemplate, ...] = ()) -> None:
        self._path = path
        self._templates = templates
        self._pictures = pictures
        self.picture_root = ""
        self._seen: tuple[int, int, int] | None = None
        self._list: PriceList | None = None

    def current(self) -> PriceList:
        """The newest list that can be read; a new one that cannot leaves the old one in use.

        Raises PriceListError where there is none.
        """
        seen = self._stamp()
        if self._list is not None and seen == self._seen:
            return self._list
        self._seen = seen
        try:
            fresh = PriceList(self._path)
        except PriceListError as exc:
            if self._list is None:
                self._seen = None
                raise
            logger.error("keeping the old price list: %s", exc)  # noqa: TRY400 - the sentence says it all
            return self._list
        if self._list is not None:
            self._list.close()
        fresh.templates = (*fresh.templates, *self._templates)
        self._list = fresh
        if self.picture_root:
            self.lay_out_pictures()
        return fresh

    def lay_out_pictures(self) -> None:
        """Make the pictures ready, now and for each list from now on; the first frame need not wait for them."""
        if self._pictures is not None:
            self.picture_root = lay_out_pictures(self.current(), self._pictures)

    def _stamp(self) -> tuple[int, int, int] | None:
        try:
            found = os.stat(self._path)  # noqa: PTH116 - half the cost of Path.stat, on the path of every scan
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


class RecoveringJournal:
    """The journal, opened on first use and again after it failed. Bound to the till's thread.

    Not again after an append that failed for another reason than a full, locked or read-only disk: after an I/O error
    a second fsync may report success for what was never written (PostgreSQL stops for the same reason). Then only
    a restart of the lane, by somebody who has looked at the disk, opens it.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime]) -> None:
        self._path = path
        self._clock = clock
        self._journal: Journal | None = None
        self._ended: JournalError | None = None

    def append(self, *drafts: Draft) -> tuple[Event, ...]:
        """See Journal.append."""
        self._opened()
        try:
            return self._use(lambda journal: journal.append(*drafts))
        except (JournalFull, JournalReadOnly, JournalBusy):
            raise
        except JournalError as exc:
            self._ended = exc
            raise

    def last_sale(self) -> list[Event]:
        """See Journal.last_sale."""
        return self._use(lambda journal: journal.last_sale())

    def latest(self, *kinds: EventKind) -> Event | None:
        """See Journal.latest."""
        return self._use(lambda journal: journal.latest(*kinds))

    def head(self) -> tuple[int, str]:
        """See Journal.head."""
        return self._use(lambda journal: journal.head())

    def free_bytes(self) -> int:
        """See Journal.free_bytes."""
        return self._use(lambda journal: journal.free_bytes())

    def close(self) -> None:
        """Close the file; idempotent."""
        if self._journal is not None:
            self._journal.close()
        self._journal = None

    def _opened(self) -> Journal:
        if self._ended is not None:
            raise self._ended
        if self._journal is None:
            self._journal = Journal(self._path, self._clock)
        return self._journal

    def _use(self, work: Callable[[Journal], T]) -> T:
        journal = self._opened()
        try:
            return work(journal)
        except JournalError:
            self.close()
            raise


class AgentStatus:
    """What the sync agent last wrote, read at most once a second. Missing or old: nothing is known, so sell."""

    def __init__(self, folder: Path, clock: Callable[[], datetime], head: Callable[[], int]) -> None:
        self._folder = folder
        self._clock = clock
        self._head = head
        self._read_at: datetime | None = None
        self._status = SyncStatus()
        self._alive = False

    @property
    def online(self) -> bool:
        """False only if a living agent says that the hub is away."""
        status = self._fresh()
        return status.online or not self._alive

    @property
    def queued(self) -> int:
        """Events that the hub has not confirmed yet."""
        return max(0, self._head() - self._fresh().uploaded)

    def _fresh(self) -> SyncStatus:
        now = self._clock()
        # A clock that was put back must not freeze what was read: the hub may be there again.
        if self._read_at is None or not timedelta(0) <= now - self._read_at < _STATUS_EVERY:
            self._status, self._read_at = read_status(self._folder), now
            self._alive = self._is_alive(now)
        return self._status

    def _is_alive(self, now: datetime) -> bool:
        try:
            written = (self._folder / STATUS_FILE).stat().st_mtime
        except OSError:
            return False
        return now.timestamp() - written < _STATUS_STALE.total_seconds()
