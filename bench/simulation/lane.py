"""One lane: a real till with its disk and cables, that is killed, cut off from power, and started again."""

from __future__ import annotations

import hashlib
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol

from bench.simulation.auditor import Auditor, Violation
from bench.simulation.bank import Answer, Bank, Word
from bench.simulation.disk import Disk, SimJournal
from bench.simulation.fittings import SimAgent, SimReceipts, SimTill, SimWay
from bench.simulation.gateway import Asked, Notes, Question, SimGateway, Tape
from bench.simulation.goods import OPENED, STORE, SimPriceSource
from bench.simulation.network import Line, Reply
from bench.simulation.timeline import Timeline, Work
from kiosk.services.lane_view import LaneView, Screen
from kiosk.services.ports import GatewayCall, SaleJournal, TillPorts
from kiosk.services.staff import Badge, StaffDesk
from kiosk.services.till import LaneRules
from payments.gateway import PaymentResult, Presents

BADGE: Final = "SGB-SIM-1"
_BADGES: Final = (Badge("Li", hashlib.sha256(BADGE.encode()).hexdigest()),)
_TICKING: Final = frozenset({Screen.PAYING, Screen.PAYMENT_UNKNOWN, Screen.OUT_OF_SERVICE})
_NOT_NOW: Final = frozenset({Word.STILL_PAYING, Word.TROUBLE})  # the bank's own fault: nobody could settle it then
_BOOT_MS: Final = (2_000, 9_000)
_TICK_MS: Final = 1_000


class Killed(BaseException):
    """The lane's process ends at this very step."""


class Record(Protocol):
    """Takes down what happens, for the digest and for whoever reads the last steps."""

    def __call__(self, who: str, what: str, *words: object) -> None: ...


class Tended(Protocol):
    """What people and the world do to a lane's till; kiosk.services.till.Till, or the counter in its place."""

    def start(self) -> None: ...
    def tick(self) -> None: ...
    def guard(self, work: Work) -> None: ...
    def scan(self, text: str) -> None: ...
    def pay(self) -> None: ...
    def choose_way(self, way: str) -> None: ...
    def cancel_payment(self) -> None: ...
    def cancel_basket(self) -> None: ...
    def back_to_basket(self) -> None: ...
    def choose_receipt(self, choice: str) -> None: ...
    def finish(self) -> None: ...
    def staff_act(self, name: str) -> None: ...


@dataclass(slots=True)
class Counts:
    """What happened to the lanes of a run."""

    kills: int = 0
    power_cuts: int = 0
    starts: int = 0
    disk_full: int = 0
    disk_broken: int = 0
    clock_steps: int = 0


@dataclass(slots=True)
class Faults:
    """What may happen to lanes; `kill_every`: so many steps, on average, from one end of a process to the next."""

    kill_every: int = 0
    power_cuts: int = 500  # of a thousand ends


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all lanes share."""

    timeline: Timeline
    rng: random.Random
    auditor: Auditor
    record: Record
    counts: Counts
    faults: Faults
    till: Callable[[LaneRules, TillPorts, StaffDesk], Tended] = SimTill
    gateway: Callable[[Bank, Line, Tape, Notes], SimGateway] = SimGateway


@dataclass(slots=True)
class Call:
    """A gateway call that waits for its turn, or for its answer."""

    ask: Callable[[], PaymentResult]
    done: Callable[[PaymentResult], None]
    replies: list[Reply] = field(default_factory=list)


class SimLane:
    """`banks` by the id of the way. Between lives only the disk, the plug-ins' notes and the wall clock remain."""

    def __init__(
        self, name: str, around: Surroundings, disk: Disk, banks: Mapping[str, tuple[str, Bank, Line]]
    ) -> None:
        self.name = name
        self.around = around
        self.disk = disk
        self.banks = banks
        self.notes = Notes()
        self.agent = SimAgent()
        self.clock_off = timedelta(0)
        self.steps_left = -1  # until the process is killed; -1: it is not
        self.view: LaneView | None = None
        self.till: Tended | None = None
        self._up_since_ms = 0
        self._timeline = around.timeline
        self._clock_ms, self._clock_shows = 0, OPENED
        self._life = 0
        self._tape = Tape()
        self._queues: dict[str, deque[Call]] = {}
        self._ticking = False
        self._prices = SimPriceSource()
        self._receipts = SimReceipts(self._receipt_made)

    # --- life and death -------------------------------------------------------------------------------------------

    def boot(self) -> None:
        """Start the process, and let it take itself up."""
        around = self.around
        self._life += 1
        self._queues, self._ticking = {}, False
        around.counts.starts += 1
        around.record(self.name, "starts")
        around.auditor.starts_again(self.name)
        if around.faults.kill_every:
            self.steps_left = around.rng.randrange(2 * around.faults.kill_every)
        try:
            self.till = around.till(LaneRules(STORE, self.name, languages=("en",)), self._ports(), StaffDesk(_BADGES))
        except Killed:
            self.die()
            return
        self.enter(self.till.start)

    def die(self, *, power: bool | None = None) -> None:
        """The process is gone; with the power (by chance, if not told) also what was not on disk."""
        around = self.around
        if power is None:
            power = around.rng.randrange(1000) < around.faults.power_cuts
        around.record(self.name, "power cut" if power else "killed", self.screen)
        around.auditor.disturb_lane(self.name)
        if power:
            around.counts.power_cuts += 1
            self.disk.power_cut()
            self._up_since_ms = self._timeline.now_ms
        else:
            around.counts.kills += 1
        self._life += 1
        self.till, self.view, self.steps_left = None, None, -1
        self._timeline.after(around.rng.randrange(*_BOOT_MS), self.boot)

    @property
    def screen(self) -> Screen | None:
        """What it shows; None while it does not run."""
        return None if self.view is None else self.view.screen

    def enter(self, work: Work) -> None:
        """Let something happen to the till that runs; it may be its end."""
        try:
            work()
        except Killed:
            self.die()
            return
        if not self._ticking and (self.screen in _TICKING or self.disk.pages.aside):
            self._ticking = True
            life = self._life
            self._timeline.after(_TICK_MS, lambda: self._tick(life))

    def _tick(self, life: int) -> None:
        if life == self._life and self.till is not None:
            self._ticking = False
            self.enter(self.till.tick)

    def open_journal(self) -> SaleJournal:
        """The journal of this life."""
        return SimJournal(self.disk, self.clock, self.step)

    # --- ports ----------------------------------------------------------------------------------------------------

    def _ports(self) -> TillPorts:
        around = self.around
        ways = tuple(
            SimWay(way, name, around.gateway(bank, line, self._tape, self.notes))
            for way, (name, bank, line) in self.banks.items()
        )
        return TillPorts(
            journal=self.open_journal(),
            prices=self._prices,
            runner=self,
            ways=ways,
            receipts=self._receipts,
            clock=self.clock,
            agent=self.agent,
            publish=self._published,
            steady=self._steady,
            make_id=lambda: f"{around.rng.getrandbits(128):032x}",
        )

    def clock(self) -> datetime:
        """What the machine's clock shows."""
        now_ms = self._timeline.now_ms
        if now_ms != self._clock_ms:  # a till looks at its clock twenty times in an act
            self._clock_ms, self._clock_shows = now_ms, OPENED + timedelta(milliseconds=now_ms)
        return self._clock_shows + self.clock_off

    def _steady(self) -> float:
        return (self._timeline.now_ms - self._up_since_ms) / 1000

    def step(self) -> None:
        """One more thing that the process does; its last, if that was so decided."""
        if self.steps_left >= 0:
            self.steps_left -= 1
            if self.steps_left < 0:
                raise Killed

    def _published(self, view: LaneView) -> None:
        self.step()
        self.view = view
        if view.fault == "other":
            raise Violation(f"{self.name} broke by a mistake of its own")
        if view.screen is Screen.DONE and view.done is not None:
            self.around.auditor.shows_done(self.name, view.done.sale_id)

    def _receipt_made(self, sale_id: str) -> None:
        self.step()
        self.around.auditor.shows_done(self.name, sale_id)

    # --- gateway calls --------------------------------------------------------------------------------------------

    def run(self, call: Callable[[], PaymentResult], done: Callable[[PaymentResult], None]) -> None:
        """See kiosk.services.ports.GatewayRunner: one call after the other for each gateway."""
        self.step()
        name = call.gateway_name if isinstance(call, GatewayCall) else ""
        queue = self._queues.setdefault(name, deque())
        queue.append(Call(call, done))
        if len(queue) == 1:
            self._go_on(queue)

    def _go_on(self, queue: deque[Call], *, after_act: bool = True) -> None:
        """Run the first call again from its beginning, with one reply more than the last time. `after_act`: an answer
        is handed to the till after the act that asked, and never in it."""
        call = queue[0]
        self._tape.replies, self._tape.at = call.replies, 0
        try:
            result = call.ask()
        except Asked as asked:
            self._send(queue, asked.question)
            return
        life = self._life
        if after_act:
            self._timeline.after(1, lambda: self._hand_back(queue, result) if life == self._life else None)
        else:
            self._hand_back(queue, result)

    def _hand_back(self, queue: deque[Call], result: PaymentResult) -> None:
        call, till = queue.popleft(), self.till
        if queue:
            self._go_on(queue)
        if till is not None:
            self.enter(lambda: till.guard(lambda: call.done(result)))

    def _send(self, queue: deque[Call], question: Question) -> None:
        around, life = self.around, self._life
        if question.verb == "start":
            around.auditor.leaves(question.key)

        def arrive() -> Answer:
            answer = question.arrive()
            if answer.word in _NOT_NOW:
                around.auditor.disturb_lane(self.name)
            around.record(question.bank.profile.name, question.verb, question.key, answer.word, answer.paid_minor)
            return answer

        def back(reply: Reply) -> None:
            if life == self._life:
                queue[0].replies.append(reply)
                around.record(self.name, "reply", question.key, reply.answer and reply.answer.word)
                self._answered(question, reply)
                self._go_on(queue, after_act=False)

        question.line.ask(question.order, arrive, back, lambda: around.auditor.disturb_lane(self.name))

    def _answered(self, question: Question, reply: Reply) -> None:
        """What the shopper does once the lane knows: with a code on the screen, they pay by their phone."""
        bank, timeline = question.bank, self._timeline
        shown = question.verb == "start" and reply.answer is not None and reply.answer.word is Word.OPEN
        if shown and bank.profile.traits.presents is Presents.KIOSK_CODE:
            pays = bank.shopper_pays_after_ms()
            if pays is not None:
                timeline.after(pays, lambda: bank.pay(question.key))
