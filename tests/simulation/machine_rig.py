"""A lane for the state machine: the real till on a real SQLite journal, a bank and a line that do as they are told."""

from __future__ import annotations

import random
import sqlite3
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.simulation.auditor import Auditor
from bench.simulation.bank import Account, Bank, Terminal, Word
from bench.simulation.disk import Disk
from bench.simulation.fittings import SimTill
from bench.simulation.gateway import SimGateway
from bench.simulation.lane import Counts, Faults, SimLane, Surroundings
from bench.simulation.network import CALM, LIMIT_MS, NO_REPLY, Counted, Line, Trip
from bench.simulation.profiles import Profile
from bench.simulation.timeline import Timeline
from kiosk.adapters.lane_files import RecoveringJournal
from kiosk.services.ports import SaleJournal
from offline_cache.errors import JournalFull
from retail.events import Draft, Event

FATES = ("lost_questions", "lost_answers", "late", "twice", "hung", "garbled")


@dataclass(frozen=True)
class Plan:
    """How one payment is to go: 'paid' at once, 'declined', or 'asks', which is paid after so long, or never."""

    how: str
    paid_after_ms: int | None = None


class ToldBank(Bank):
    """Payments go as planned; without a plan they are paid."""

    plans: deque[Plan]
    _after_ms: int | None = None

    def _decide(self, account: Account) -> None:
        plan = self.plans.popleft() if self.plans else Plan("paid")
        if plan.how == "declined":
            account.word, account.declined = Word.ENDED, True
        elif plan.how == "asks" or self._on_their_phone:
            account.asked = True
            self._after_ms = plan.paid_after_ms
            if not self._on_their_phone and plan.paid_after_ms is not None:
                account.pays_at_ms = self.timeline.now_ms + plan.paid_after_ms
        else:
            self._take(account)

    def shopper_pays_after_ms(self) -> int | None:
        return self._after_ms


class ToldTerminal(ToldBank, Terminal): ...


class ToldLine(Line):
    """Messages fare as told; what is not told fares well."""

    fates: deque[str]
    is_cable = False

    def ask(self, order, arrive, back, disturbed) -> None:
        trip = Trip(order, arrive, back, disturbed, 80, 80)
        if self.away:
            disturbed()
            self._lose_question(trip)
        elif self.fates:
            disturbed()
            fate = self.fates.popleft()
            # On a terminal's own cable nothing comes late or twice: it is lost.
            self._fates["lost_questions" if self.is_cable and fate in {"late", "twice"} else fate](trip)
        else:
            self._carry(80, trip)

    def _be_late(self, trip: Trip) -> None:
        """By a fixed time, so that a found story is the same each time it is told."""
        self._carry(LIMIT_MS + 9_000, trip, answers=False)
        self._timeline.after(LIMIT_MS + 9_000, trip.disturbed)
        self._timeline.after(LIMIT_MS, lambda: trip.back(NO_REPLY))


class FiledJournal(RecoveringJournal):
    """The real journal; tells the auditor what it wrote, and may be the last thing that a process does."""

    lane: FiledLane

    def append(self, *drafts: Draft) -> tuple[Event, ...]:
        self.lane.step()
        if self.lane.disk.is_full:
            raise JournalFull("the disk is full")
        events = super().append(*drafts)
        for event in events:
            self.lane.disk.pages.add(event)
            self.lane.around.auditor.wrote(event)
        self.lane.step()
        return events


class FiledLane(SimLane):
    """A lane whose journal is a file."""

    def __init__(
        self, path: Path, around: Surroundings, disk: Disk, banks: Mapping[str, tuple[str, Bank, Line]]
    ) -> None:
        super().__init__("lane-1", around, disk, banks)
        self.path = path
        self._file: FiledJournal | None = None

    def open_journal(self) -> SaleJournal:
        self.close()
        self._file = FiledJournal(self.path, self.clock)
        self._file.lane = self
        return self._file

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


class MachineRig:
    """One lane, two ways to pay, one bank for each."""

    def __init__(self, path: Path, wallet: Profile, other: Profile, gateway: type[SimGateway]) -> None:
        self.timeline = Timeline()
        self.rng = random.Random(1)  # noqa: S311 - numbers of sales
        self.plans: deque[Plan] = deque()
        self.fates: deque[str] = deque()
        banks: dict[str, tuple[Bank, Line]] = {}
        for name, profile in (("wallet", wallet), ("other", other)):
            bank = (ToldTerminal if profile.by_receipts else ToldBank)(profile, self.timeline, self.rng)
            line = ToldLine(self.timeline, self.rng, CALM, Counted())
            bank.plans, line.fates, line.is_cable = self.plans, self.fates, profile.local
            banks[name] = (bank, line)
        self.banks = banks
        self.auditor = Auditor(self.timeline, banks)
        self.steps: list[tuple[object, ...]] = []
        around = Surroundings(self.timeline, self.rng, self.auditor, self._record, Counts(), Faults(), SimTill, gateway)
        ways = {name: (name, *parts) for name, parts in banks.items()}
        self.lane = FiledLane(path, around, Disk(self.auditor), ways)
        self.lane.boot()

    def _record(self, who: str, what: str, *words: object) -> None:
        self.steps.append((self.timeline.now_ms, who, what, *words))

    def set_away(self, *, away: bool) -> None:
        for bank, line in self.banks.values():
            line.away = away and not bank.profile.local
        self.auditor.disturb_lane()

    def journal_rows(self) -> int:
        """Events that are in the file, by SQLite's own word."""
        db = sqlite3.connect(f"file:{self.lane.path}?mode=ro", uri=True)
        try:
            (count,) = db.execute("SELECT count(*) FROM event").fetchone()
        finally:
            db.close()
        return int(count)
