"""The lane's files as the till needs them: newest price list, journal that can be taken up again, agent's status."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, TypeVar

from kiosk.adapters.pictures import lay_out_pictures
from offline_cache.errors import JournalBusy, JournalError, JournalFull, JournalReadOnly
from offline_cache.journal import Journal
from offline_cache.journal_keeping import JournalKeeping
from offline_cache.price_list.errors import PriceListError, PriceListMissing
from offline_cache.price_list.reader import PriceList
from offline_cache.status import STATUS_FILE, SyncStatus, read_status
from offline_cache.stored_payments import StoredPayment
from retail.events import Draft, Event, EventKind
from retail.labels import LabelTemplate

logger = logging.getLogger(__name__)

T = TypeVar("T")
Hand = Callable[[Callable[[], None]], None]
_Stamp = tuple[int, int, int]
_STATUS_EVERY: Final = timedelta(seconds=1)
# Older than this, and nobody holds the agent's lock: what it said may no longer be so.
_STATUS_STALE: Final = timedelta(minutes=15)
_ASK_AGAIN: Final = 30  # looks until a list that could not be read is tried again


def _at_once(work: Callable[[], None]) -> None:
    work()


class NewestPriceList:
    """The list in use, and the change to a newer one when the agent has renamed it into place.

    Bound to the till's thread, but for what `aside` runs elsewhere: to read a new list through for the first time, and
    to lay out its pictures, so that no scan waits for it. `back` hands the rest to the till's thread again.
    `pictures`: the folder in which the pictures are laid out for the screen; None where nobody looks.
    `templates`: the lane's own labels, read after those of the list. `of`: store and channel whose list it must be.
    """

    def __init__(
        self,
        path: Path,
        *,
        pictures: Path | None = None,
        templates: tuple[LabelTemplate, ...] = (),
        of: tuple[str, str] | None = None,
        aside: Hand = _at_once,
        back: Hand = _at_once,
    ) -> None:
        self._path = path
        self._templates = templates
        self._of = of
        self._pictures = pictures
        self._aside = aside
        self._back = back
        self.picture_root = ""
        self._shown = False  # whether anybody looks at pictures already
        self._seen: _Stamp | None = None
        self._asked: _Stamp | None = None
        self._ask_again = 0
        self._told: _Stamp | None = None
        self._list: PriceList | None = None

    def current(self) -> PriceList:
        """The list in use. Raises PriceListError where there is none."""
        if self._list is None:
            self._take()
            if self._shown:
                self.lay_out_pictures()
            assert self._list is not None  # noqa: S101 - for the type checker
        return self._list

    def renew(self) -> None:
        """Look whether a newer list is there; call it again and again. A list that cannot be read leaves the old one.

        Costs one look at the file's name: the old file is let go within the pause between two calls, also while idle.
        """
        if self._list is None:
            return
        stamp = self._stamp()
        self._ask_again -= 1
        if stamp in (None, self._seen) or (stamp == self._asked and self._ask_again > 0):
            return
        self._asked, self._ask_again = stamp, _ASK_AGAIN
        self._aside(lambda: self._prepare(stamp))

    def lay_out_pictures(self) -> None:
        """Make the pictures ready, now and for each list from now on; the first frame need not wait for them."""
        self._shown = True
        if self._list is not None:
            stamp = self._seen
            self._aside(lambda: self._prepare(stamp))

    def close(self) -> None:
        """Let go of the file; idempotent."""
        if self._list is not None:
            self._list.close()
        self._list = None

    def _prepare(self, stamp: _Stamp | None) -> None:
        """Whether a list can be sold from, and its pictures; on whatever thread."""
        root = ""
        try:
            fresh = self._open()
            try:
                if self._shown and self._pictures is not None:
                    root = lay_out_pictures(fresh, self._pictures, keep=self.picture_root)
            finally:
                fresh.close()
        except PriceListError as exc:
            self._complain(stamp, exc)
            return
        self._back(lambda: self._change(stamp, root))

    def _change(self, stamp: _Stamp | None, root: str) -> None:
        """Sell from the new list; on the till's thread, so between two scans."""
        if stamp != self._stamp():  # a still newer one: the next look finds it
            return
        if stamp != self._seen:
            try:
                self._take()
            except PriceListError as exc:
                self._complain(stamp, exc)
                return
        if root:
            self.picture_root = root

    def _complain(self, stamp: _Stamp | None, exc: PriceListError) -> None:
        """Once for each file: it is tried again, in case that it was only the moment."""
        if stamp != self._told:
            logger.error("keeping the old price list: %s", exc)
        self._told = stamp

    def _take(self) -> None:
        stamp = self._stamp()
        fresh = self._open()
        fresh.templates = (*fresh.templates, *self._templates)
        self.close()
        self._list, self._seen = fresh, stamp

    def _open(self) -> PriceList:
        """The list of that name, if it is this lane's."""
        fresh = PriceList(self._path)
        found = fresh.meta.store, fresh.meta.channel
        if self._of in (None, found):
            return fresh
        fresh.close()
        raise PriceListMissing(
            f"{self._path}: is of store {found[0]}, channel {found[1]}, and lane.toml says store {self._of[0]}, "
            f"channel {self._of[1]}; let kiosk-sync fetch that one, or correct lane.toml"
        )

    def _stamp(self) -> _Stamp | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size


class RecoveringJournal:
    """The journal, opened on first use and again after it failed. Bound to the till's thread.

    Not again after an append that failed for another reason than a full, locked or read-only disk: after an I/O error
    a second fsync may report success for what was never written (PostgreSQL stops for the same reason). Then only
    a restart of the lane, by somebody who has looked at the disk, opens it.
    """

    def __init__(self, path: Path, clock: Callable[[], datetime], *, keeping: JournalKeeping | None = None) -> None:
        self._path = path
        self._clock = clock
        self._keeping = keeping
        self._journal: Journal | None = None
        self._ended: JournalError | None = None

    def append(self, *drafts: Draft) -> tuple[Event, ...]:
        """See Journal.append."""
        return self._write(lambda journal: journal.append(*drafts))

    def tidy(self) -> None:
        """Let go of some of what is old and safe at the hub, for when nobody waits."""
        if self._keeping is not None and self._ended is None:
            self._write(self._keeping.step)

    def last_sale(self) -> list[Event]:
        """See Journal.last_sale."""
        return self._use(lambda journal: journal.last_sale())

    def set_aside(self) -> list[list[Event]]:
        """See Journal.set_aside."""
        return self._use(lambda journal: journal.set_aside())

    def latest(self, *kinds: EventKind) -> Event | None:
        """See Journal.latest."""
        return self._use(lambda journal: journal.latest(*kinds))

    def sold(self, item: str, serial: str) -> bool:
        """See Journal.sold."""
        return self._use(lambda journal: journal.sold(item, serial))

    def open_refunds(self) -> list[Event]:
        """See JournalReader.open_refunds."""
        return self._use(lambda journal: journal.open_refunds())

    def stored_payments(self) -> list[StoredPayment]:
        """See JournalReader.stored_payments."""
        return self._use(lambda journal: journal.stored_payments())

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

    def _write(self, work: Callable[[Journal], T]) -> T:
        self._opened()
        try:
            return self._use(work)
        except (JournalFull, JournalReadOnly, JournalBusy):
            raise
        except JournalError as exc:
            self._ended = exc
            raise

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
    """What the sync agent last wrote, read at most once a second. Without an agent nothing is known, so sell."""

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
    def silent(self) -> bool:
        """The agent does not run."""
        self._fresh()
        return not self._alive

    @property
    def queued(self) -> int:
        """Events that the hub has not confirmed yet."""
        return max(0, self._head() - self._fresh().uploaded)

    @property
    def said(self) -> SyncStatus:
        """All that it wrote; the default if there is nothing."""
        return self._fresh()

    def _fresh(self) -> SyncStatus:
        now = self._clock()
        # A clock that was put back must not freeze what was read: the hub may be there again.
        if self._read_at is None or not timedelta(0) <= now - self._read_at < _STATUS_EVERY:
            self._status, self._read_at = read_status(self._folder), now
            self._alive = self._is_alive(now)
        return self._status

    def _is_alive(self, now: datetime) -> bool:
        # It writes when something changes: while the hub is away for long, only its lock says that it still runs.
        return self._wrote_lately(now) or is_locked(self._folder / "sync.lock")

    def _wrote_lately(self, now: datetime) -> bool:
        try:
            written = (self._folder / STATUS_FILE).stat().st_mtime
        except OSError:
            return False
        return abs(now.timestamp() - written) < _STATUS_STALE.total_seconds()


def is_locked(path: Path) -> bool:
    """Whether another process holds a file's lock (Linux). Read off the kernel's list: to try for the lock could keep
    an agent that starts just now from getting it."""
    try:
        inode = str(path.stat().st_ino)
        lines = Path("/proc/locks").read_text(encoding="ascii").splitlines()
    except OSError:
        return False
    # "11: FLOCK  ADVISORY  WRITE 16920 fe:00:2343111 0 EOF"; who waits for it has "->" before the kind.
    return any(" FLOCK " in line and f":{inode} " in line and "->" not in line for line in lines)
