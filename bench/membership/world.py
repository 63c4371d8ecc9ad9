"""A mall's days from one seed: people, lanes that lose their line for hours, refunds; at the end everything is told."""

from __future__ import annotations

import logging
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from bench.membership.auditor import Audit, audit
from bench.membership.hub_side import HubSide
from bench.membership.lane import SimLane
from bench.membership.refunds import give_back
from bench.membership.truth import Truth
from bench.membership.visit import Mall, Person, Visit
from bench.membership.wire import CALM, Counted, Lost, Wire

_BEGIN: Final = datetime(2026, 11, 22, 1, tzinfo=UTC)
_LANES: Final = 4
_STEP: Final = timedelta(seconds=7)
_SENDS: Final = 0.25  # of all steps
_SWEEPS_EVERY: Final = 400  # steps
_REFUNDS: Final = 0.05  # of all visits
_AWAY: Final = 0.02  # of all visits: the lane's line is then gone for hours
_AWAY_STEPS: Final = (50, 2500)
_VISITS_A_PERSON: Final = 12
_ROUNDS: Final = 50  # in which a calm hub must hear all


@dataclass(slots=True)
class Report:
    """What came of a run; `wrong` is empty if every promise was kept."""

    seed: int
    visits: int
    days: float = 0.0
    audit: Audit = field(default_factory=Audit)
    network: Counted = field(default_factory=Counted)

    @property
    def wrong(self) -> list[str]:
        """Promises that were broken."""
        return self.audit.wrong


class World:
    """`run` makes so many visits, then lets everything come to rest, and has the books audited."""

    def __init__(self, folder: Path, seed: int, visits: int, *, coupons_offline: bool = False) -> None:
        self.rng = random.Random(seed)
        self.now = _BEGIN
        budget = 60 * visits  # about half of what all draws would take: it runs dry
        self.hub = HubSide(folder, lambda: self.now, budget_minor=budget, coupons_offline=coupons_offline)
        self.wire = Wire(self.rng, self.hub.restart)
        self.truth = Truth()
        people = [self._person(number) for number in range(max(8, visits // _VISITS_A_PERSON))]
        self.mall = Mall(self.rng, self.hub, self.truth, self.hub.programme, people)
        self.lanes = [
            SimLane(self.hub.lane(f"lane-{number}"), self.wire, self.truth, lambda: self.now, self.hub.take)
            for number in range(1, _LANES + 1)
        ]
        self.report = Report(seed, visits)

    def run(self) -> Report:
        """The whole of it."""
        with _quiet():
            self._visits()
            self._rest()
        self.report.days = (self.now - _BEGIN) / timedelta(days=1)
        self.report.network = self.wire.counted
        self.report.audit = audit(self.truth, self.hub.read(), self.hub.texts())
        return self.report

    def close(self) -> None:
        """Let go of the database."""
        self.hub.close()

    def _person(self, number: int) -> Person:
        return Person(number, f"openid-{number}", f"+86138{number:08d}", f"A{number:05d}")

    # --- days -----------------------------------------------------------------------------------------------------

    def _visits(self) -> None:
        begun, steps = 0, 0
        running: dict[int, Iterator[None]] = {}
        back_at: dict[int, int] = {}
        while begun < self.report.visits or running:
            steps += 1
            self.now += _STEP
            place = self.rng.randrange(len(self.lanes))
            lane = self.lanes[place]
            if back_at.get(place, steps) <= steps:
                lane.online = True
            if place in running:
                if next(running[place], self) is self:
                    del running[place]
            elif begun < self.report.visits:
                begun += 1
                running[place] = self._visit(lane).steps()
                self._sometimes(lane, place, back_at, steps)
            if self.rng.random() < _SENDS:
                lane.send(self.rng)
                self._work()
            if steps % _SWEEPS_EVERY == 0:
                self._sweep()

    def _visit(self, lane: SimLane) -> Visit:
        self.mall.seen += 1
        return Visit(self.mall, lane, self.rng.choice(self.mall.people))

    def _sometimes(self, lane: SimLane, place: int, back_at: dict[int, int], steps: int) -> None:
        if self.rng.random() < _AWAY:
            lane.online = False
            back_at[place] = steps + self.rng.randrange(*_AWAY_STEPS)
        if self.rng.random() < _REFUNDS:
            give_back(self.mall, lane)

    def _work(self) -> None:
        with suppress(Lost):
            self.wire.ask(self.hub.work)

    def _sweep(self) -> None:
        """Now and then the hub looks for what was missed; members open their pages then."""
        try:
            self.wire.ask(self.hub.sweep)
        except Lost:
            return
        self.truth.sweeps.append(self.truth.tick())

    def _rest(self) -> None:
        """Nothing goes wrong any more, and everything is told."""
        self.wire.weather = CALM
        for lane in self.lanes:
            lane.online = True
        for _ in range(_ROUNDS):
            if all(lane.is_quiet for lane in self.lanes):
                break
            for lane in self.lanes:
                lane.send(self.rng)
        assert all(lane.is_quiet for lane in self.lanes), "a note is never taken"
        self._work()
        self._sweep()


@contextmanager
def _quiet() -> Iterator[None]:
    """What the hub logs of a thousand faults helps nobody."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)
