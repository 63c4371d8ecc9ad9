"""A lane's disk: what is on it after a power cut, and a journal on it that refuses as the real one does."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Protocol

from kiosk.services.staff import Act
from offline_cache.errors import JournalDamaged, JournalError, JournalFull
from offline_cache.stored_payments import StoredPayment
from retail.events import GENESIS, Draft, Event, EventKind, chained, first_break

ROOM: Final = 1 << 40
_TAIL: Final = 20


class Ledger(Protocol):
    """Who is told of every event that is on disk."""

    def wrote(self, event: Event) -> None: ...

    def forgot(self, event: Event) -> None: ...


@dataclass(slots=True)
class Pages:
    """What a journal's file holds, as far as a lane ever asks for it again."""

    number: int = 0
    head: str = GENESIS
    last_sale: list[Event] = field(default_factory=list)
    latest: dict[str, Event] = field(default_factory=dict)
    aside: dict[str, list[Event]] = field(default_factory=dict)
    tail: deque[Event] = field(default_factory=lambda: deque(maxlen=_TAIL))

    def copy(self) -> Pages:
        """As it stands."""
        aside = {sale_id: list(events) for sale_id, events in self.aside.items()}
        tail = deque(self.tail, maxlen=_TAIL)
        return Pages(self.number, self.head, list(self.last_sale), dict(self.latest), aside, tail)

    def add(self, event: Event) -> None:
        """One more event."""
        kind, sale_id = event.kind, event.sale_id
        self.number, self.head = event.number, event.hash
        self.latest[kind] = event
        self.tail.append(event)
        if kind == EventKind.BASKET_STARTED:
            self.last_sale = []
        self.last_sale.append(event)
        if kind == EventKind.PAYMENT_SET_ASIDE and sale_id:
            self.aside[sale_id] = [one for one in self.last_sale if one.sale_id == sale_id]
        elif sale_id in self.aside:
            self.aside[sale_id].append(event)
            if event.body.get("act") == Act.CLOSE_ASIDE and event.body.get("key"):
                del self.aside[sale_id]


class Disk:
    """A disk that keeps what it says it has. `full_until_ms` and `breaks_at` are its faults, set by the world."""

    def __init__(self, ledger: Ledger) -> None:
        self.pages = Pages()
        self.is_full = False
        self.breaks_next = False  # the next append ends with an I/O error
        self.keeps_broken = False  # and is on disk all the same
        self._ledger = ledger

    def commit(self, events: Sequence[Event]) -> None:
        """On disk for good when this returns."""
        for event in events:
            self.pages.add(event)
            self._ledger.wrote(event)

    def power_cut(self) -> None:
        """What was not on disk is gone: nothing, here."""

    def check(self) -> None:
        """As the journal does when it is opened. JournalDamaged."""
        tail = list(self.pages.tail)
        if tail:
            broken = first_break(tail, number=tail[0].number - 1, head=tail[0].previous_hash)
            if broken is not None:
                raise JournalDamaged(f"event {broken[0]} {broken[1]}")


class ForgetfulDisk(Disk):
    """Says 'done' before it is, as SQLite does with synchronous=NORMAL: a power cut takes back what came since the
    last sync. For proving that the checks would notice."""

    SYNC_EVERY: Final = 25

    def __init__(self, ledger: Ledger) -> None:
        super().__init__(ledger)
        self._safe = self.pages.copy()
        self._unsafe: list[Event] = []

    def commit(self, events: Sequence[Event]) -> None:
        """Done, it says."""
        super().commit(events)
        self._unsafe.extend(events)
        if len(self._unsafe) >= self.SYNC_EVERY:
            self._safe, self._unsafe = self.pages.copy(), []

    def power_cut(self) -> None:
        """The file is as it was at the last sync."""
        for event in reversed(self._unsafe):
            self._ledger.forgot(event)
        self.pages, self._unsafe = self._safe.copy(), []


class SimJournal:
    """See kiosk.services.ports.SaleJournal; one for each life of a lane. `step` may end that life."""

    def __init__(self, disk: Disk, clock: Callable[[], datetime], step: Callable[[], None]) -> None:
        self._disk = disk
        self._clock = clock
        self._step = step
        self._ended = False
        self._now: datetime | None = None
        self._at = ""
        disk.check()

    def append(self, *drafts: Draft) -> tuple[Event, ...]:
        """As Journal.append; shut for good after an I/O error, as RecoveringJournal is."""
        events = self.chained(*drafts)
        self.commit(events)
        return events

    def chained(self, *drafts: Draft) -> tuple[Event, ...]:
        """The events as they would be written now."""
        at, events = self._instant(), []
        number, head = self._disk.pages.number, self._disk.pages.head
        for draft in drafts:
            number += 1
            events.append(chained(draft, number=number, at=at, previous_hash=head))
            head = events[-1].hash
        return tuple(events)

    def commit(self, events: Sequence[Event]) -> None:
        """Put them on disk, or raise JournalError."""
        self._step()
        disk = self._disk
        if self._ended:
            raise JournalError("no more is written until the lane is started again")
        if disk.is_full:
            raise JournalFull("the disk is full")
        if disk.breaks_next:
            self._break(events)
        disk.commit(events)
        self._step()

    def _instant(self) -> str:
        now = self._clock()
        if now != self._now:
            self._now, self._at = now, now.isoformat(timespec="milliseconds")
        return self._at

    def _break(self, events: Sequence[Event]) -> None:
        disk = self._disk
        disk.breaks_next, self._ended = False, True
        if disk.keeps_broken:
            disk.commit(events)
        raise JournalError("disk I/O error")

    def last_sale(self) -> list[Event]:
        """From the last basket.started on."""
        return list(self._disk.pages.last_sale)

    def latest(self, *kinds: EventKind) -> Event | None:
        """The newest of these kinds."""
        found = [event for kind in kinds if (event := self._disk.pages.latest.get(kind)) is not None]
        return max(found, key=lambda event: event.number, default=None)

    def set_aside(self) -> list[list[Event]]:
        """The sales that were set aside and not seen to since."""
        return [list(events) for events in self._disk.pages.aside.values()]

    def sold(self, _item: str, _serial: str) -> bool:
        """No goods here have serial numbers."""
        return False

    def stored_payments(self) -> list[StoredPayment]:
        """No payment here is taken without the bank."""
        return []

    def free_bytes(self) -> int:
        """Plenty, or none."""
        return 0 if self._disk.is_full else ROOM

    def tidy(self) -> None:
        """Nothing to let go of."""
