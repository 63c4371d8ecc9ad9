"""A whole simulated shop: lanes, banks, people and everything that goes wrong, from one seed."""

from __future__ import annotations

import hashlib
import logging
import random
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from bench.simulation.auditor import Auditor, Violation
from bench.simulation.bank import Bank, Terminal
from bench.simulation.disk import Disk, Ledger
from bench.simulation.fittings import SimTill
from bench.simulation.gateway import Notes, SimGateway, Tape
from bench.simulation.lane import Counts, Faults, SimLane, Surroundings, Tended
from bench.simulation.network import CABLE, CALM, OPEN_SEA, Counted, Line
from bench.simulation.people import People
from bench.simulation.profiles import (
    ALIPAY_CODE,
    STRIPE_LIKE,
    TERMINAL_STORING,
    WECHAT_CODE,
    WECHAT_NATIVE,
    ZVT_LIKE,
    Profile,
)
from bench.simulation.timeline import Timeline
from kiosk.services.ports import TillPorts
from kiosk.services.staff import StaffDesk
from kiosk.services.till import LaneRules

# What each lane of the shop can be paid by: way and gateway.
LANES: Final[tuple[dict[str, Profile], ...]] = (
    {"wechat": WECHAT_CODE, "alipay": ALIPAY_CODE, "card": TERMINAL_STORING},
    {"wechat": WECHAT_CODE, "card": ZVT_LIKE},
    {"alipay": ALIPAY_CODE, "wechat": WECHAT_CODE, "qr": WECHAT_NATIVE},
    {"wechat": WECHAT_CODE, "alipay": ALIPAY_CODE, "card": STRIPE_LIKE},
)
_LAST_STEPS: Final = 60
_KILL_EVERY: Final = 900
_OUTAGE_EVERY_MS: Final = 3_000_000
_OUTAGE_MS: Final = (2_000, 150_000)
_DISK_EVERY_MS: Final = 6_000_000
_DISK_FULL_MS: Final = (5_000, 300_000)
_CLOCK_EVERY_MS: Final = 4_000_000
_CLOCK_WRONG_MS: Final = (1_000, 900_000)
_HUB_NOTICES_MS: Final = 20_000
_REST_MS: Final = 150_000  # more than a hung plug-in may still take after the rest of the world is calm
_STEPS: Final = tuple(timedelta(seconds=sign * seconds) for seconds in (1, 3600, 400 * 86400) for sign in (1, -1))


@dataclass(frozen=True, slots=True)
class Parts:
    """What a proof that the checks bite may put in a part's place."""

    disk: Callable[[Ledger], Disk] = Disk
    till: Callable[[LaneRules, TillPorts, StaffDesk], Tended] = SimTill
    gateway: Callable[[Bank, Line, Tape, Notes], SimGateway] = SimGateway


@dataclass(slots=True)
class Report:
    """What came of a run; `violation` is empty if every promise was kept."""

    seed: int
    sales: int = 0
    virtual_s: int = 0
    counts: Counts = field(default_factory=Counts)
    network: Counted = field(default_factory=Counted)
    unknowns: int = 0
    set_aside: int = 0
    slowest_s: float = 0.0
    digest: str = ""
    violation: str = ""
    last_steps: tuple[str, ...] = ()


class Diary:
    """Every step of a run: into the digest, the newest also in words."""

    def __init__(self, timeline: Timeline, tell: Callable[[str], None] | None = None) -> None:
        self._timeline = timeline
        self._tell = tell
        self._sum = hashlib.sha256()
        self._last: deque[tuple[object, ...]] = deque(maxlen=_LAST_STEPS)

    def __call__(self, who: str, what: str, *words: object) -> None:
        """One step."""
        step = (self._timeline.now_ms, who, what, *words)
        self._last.append(step)
        self._sum.update(" ".join(map(str, step)).encode())
        if self._tell is not None:
            self._tell(_line(step))

    def seal(self, text: str) -> None:
        """Something else that belongs to the run's identity."""
        self._sum.update(text.encode())

    @property
    def digest(self) -> str:
        """SHA-256 of all steps so far."""
        return self._sum.hexdigest()

    @property
    def last(self) -> tuple[str, ...]:
        """The newest steps, for people."""
        return tuple(_line(step) for step in self._last)


def _line(step: tuple[object, ...]) -> str:
    at_ms, *words = step
    return f"{int(str(at_ms)) / 1000:12.3f}  " + "  ".join(str(word) for word in words if word is not None)


class Shop:
    """One run: `run()` once."""

    def __init__(
        self, seed: int, sales: int, *, parts: Parts | None = None, tell: Callable[[str], None] | None = None
    ) -> None:
        self._parts = parts or Parts()
        self._sales = sales
        self._report = Report(seed)
        self._rng = random.Random(seed)
        self._timeline = Timeline()
        self._diary = Diary(self._timeline, tell)
        self._faults = Faults(kill_every=_KILL_EVERY)
        self._banks: dict[str, tuple[Bank, Line]] = {}
        self._auditor = Auditor(self._timeline, self._banks)
        self._around = Surroundings(
            self._timeline,
            self._rng,
            self._auditor,
            self._diary,
            self._report.counts,
            self._faults,
            self._parts.till,
            self._parts.gateway,
        )
        self._lanes = [self._lane(number, ways) for number, ways in enumerate(LANES, 1)]
        self._people = [People(lane, self._rng) for lane in self._lanes]

    def run(self) -> Report:
        """Until so many sales are made; then all faults end, and everything must come to rest."""
        report, auditor = self._report, self._auditor
        with _quiet():
            try:
                self._open()
                while auditor.sales < self._sales:
                    self._timeline.step()
                    auditor.must_sell()
                self._come_to_rest()
            except Violation as exc:
                report.violation = str(exc)
                report.last_steps = self._diary.last
        report.sales, report.unknowns, report.set_aside = auditor.sales, auditor.unknowns, auditor.set_aside
        report.slowest_s, report.virtual_s = auditor.slowest_ms / 1000, self._timeline.now_ms // 1000
        for lane in self._lanes:
            self._diary.seal(f"{lane.disk.pages.number} {lane.disk.pages.head}")
        report.digest = self._diary.digest
        return report

    # --- the shop -------------------------------------------------------------------------------------------------

    def _lane(self, number: int, ways: dict[str, Profile]) -> SimLane:
        name = f"lane-{number}"
        banks = {}
        for way, profile in ways.items():
            called = f"{profile.name}@{name}" if profile.local else profile.name
            if called not in self._banks:
                kind = Terminal if profile.by_receipts else Bank
                weather = CABLE if profile.local else OPEN_SEA
                line = Line(self._timeline, self._rng, weather, self._report.network)
                self._banks[called] = (kind(profile, self._timeline, self._rng), line)
            banks[way] = (called, *self._banks[called])
        return SimLane(name, self._around, self._parts.disk(self._auditor), banks)

    def _open(self) -> None:
        for lane, people in zip(self._lanes, self._people, strict=True):
            lane.boot()
            self._keep_acting(people)
        for every_ms, fault in (
            (_OUTAGE_EVERY_MS, self._outage),
            (_DISK_EVERY_MS, self._disk_fault),
            (_CLOCK_EVERY_MS, self._clock_step),
        ):
            self._now_and_then(every_ms, fault)

    def _keep_acting(self, people: People) -> None:
        self._timeline.after(people.act(), lambda: self._keep_acting(people))

    def _come_to_rest(self) -> None:
        """All faults end; whoever is at a lane finishes or leaves."""
        self._faults.kill_every = 0
        self._set_away(away=False)
        for _, line in self._banks.values():
            line.set_weather(CALM)
        for lane, people in zip(self._lanes, self._people, strict=True):
            lane.steps_left = -1
            lane.disk.is_full = lane.disk.breaks_next = False
            lane.clock_off = timedelta(0)
            people.stay_away = True
        self._auditor.disturb_lane()
        self._timeline.run_for(_REST_MS)
        while any(line.hangs for _, line in self._banks.values()):
            self._timeline.step()
        self._timeline.run_for(_REST_MS)
        self._auditor.check_all()

    # --- what goes wrong ------------------------------------------------------------------------------------------

    def _now_and_then(self, every_ms: int, fault: Callable[[], None]) -> None:
        def due() -> None:
            if self._faults.kill_every:
                fault()
                self._now_and_then(every_ms, fault)

        self._timeline.after(self._rng.randrange(2 * every_ms), due)

    def _outage(self) -> None:
        """The shop's line to the world is away for a while; the agent notices some time later."""
        self._diary("network", "away")
        self._set_away(away=True)
        self._timeline.after(_HUB_NOTICES_MS, lambda: self._set_online(not self._is_away))
        self._timeline.after(self._rng.randrange(*_OUTAGE_MS), lambda: self._set_away(away=False))

    @property
    def _is_away(self) -> bool:
        return any(line.away for _, line in self._banks.values())

    def _set_away(self, *, away: bool) -> None:
        for bank, line in self._banks.values():
            line.away = away and not bank.profile.local
        if not away:
            self._set_online(True)
            self._auditor.disturb_lane()

    def _set_online(self, online: bool) -> None:
        for lane in self._lanes:
            lane.agent.online = online

    def _disk_fault(self) -> None:
        """One lane's disk is full for a while, or fails once."""
        lane, counts = self._rng.choice(self._lanes), self._report.counts
        if self._rng.random() < 0.5:
            self._diary(lane.name, "disk full")
            counts.disk_full += 1
            lane.disk.is_full = True
            self._timeline.after(self._rng.randrange(*_DISK_FULL_MS), lambda: self._make_room(lane))
        else:
            self._diary(lane.name, "disk breaks")
            counts.disk_broken += 1
            lane.disk.breaks_next, lane.disk.keeps_broken = True, self._rng.random() < 0.5

    def _make_room(self, lane: SimLane) -> None:
        lane.disk.is_full = False
        self._auditor.disturb_lane(lane.name)

    def _clock_step(self) -> None:
        """Somebody, or a time server, sets one lane's clock; later it is right again."""
        lane, step = self._rng.choice(self._lanes), self._rng.choice(_STEPS)
        self._diary(lane.name, "clock", step)
        self._report.counts.clock_steps += 1
        lane.clock_off = step
        self._timeline.after(self._rng.randrange(*_CLOCK_WRONG_MS), lambda: self._set_clock_right(lane))

    def _set_clock_right(self, lane: SimLane) -> None:
        lane.clock_off = timedelta(0)


@contextmanager
def _quiet() -> Iterator[None]:
    """What the lanes log of a million faults helps nobody."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
