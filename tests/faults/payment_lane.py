"""One life of a lane: real till, journal, threads and payment gateway, and a shopper who buys until the process ends.

Lane seconds pass faster than ours (`Life.speed`), so that waiting for a bank costs no test time. Nothing is imported or
started before `live`: a warm parent forks lives, see payment_nursery.
"""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

from kiosk.adapters.lane_files import AgentStatus, NewestPriceList, RecoveringJournal
from kiosk.adapters.worker import GatewayWorker, Worker
from kiosk.services.lane_view import LaneView, Screen
from kiosk.services.staff import Badge, StaffDesk
from kiosk.services.till import LaneRules, Till, TillPorts
from payments.gateway import Gateway
from payments.loader import GatewayContext, load_gateway
from tests.faults.payment_controls import spoilt
from tests.faults.payment_shopper import Shopper
from tests.faults.payment_steps import SteppedGateway, SteppedJournal, Steps, Tell, watch_wire
from tests.kiosk.lane_rig import BADGE, START, PlainReceipts

_UNSETTLED: Final = frozenset({Screen.PAYING, Screen.PAYMENT_UNKNOWN, Screen.OUT_OF_SERVICE})
_LANE_DAY_S: Final = 3600  # how long after START a run begins: its list is an hour old


@dataclass(frozen=True, slots=True)
class Life:
    """What one life is to do."""

    folder: str  # where the journal is
    prices: str
    bank: str  # the gateway's own folder
    gateway: str
    settings: dict[str, Any] = field(default_factory=dict)
    store: str = "s"
    lane: str = "lane-1"
    hub_url: str = ""
    hub_token: str = field(default="", repr=False)
    way: str = "wallet"
    prefix: str = "13"  # how the shopper's payment codes begin
    endings: Sequence[str] = ("00",)  # how they end, one after the other: the bank's story
    scans: int = 1  # how often each is held before the scanner
    sales: int = 0  # after so many the shopper goes home; 0: never
    stubborn: bool = False  # buys on while the lane refuses
    seed: int = 1
    born_at: float = 0.0  # when the run began, by the machine's clock: lives share one lane time
    speed: float = 50.0
    clock_jumps: Sequence[float] = ()  # seconds by which the lane's clock is wrong, from one sale to the next
    kill_at: str = ""
    spoil: str = ""  # a negative control, see payment_controls
    goods: Sequence[str] = ()
    refund: bool = False  # the attendant gives each sale's money back


@dataclass(frozen=True, slots=True)
class OneWay:
    """The one way to pay."""

    id: str
    gateway_name: str
    gateway: Gateway
    usual_s: int = 5


class LaneProgram:
    """Builds a lane as kiosk.app does, without the screen."""

    def __init__(self, life: Life, tell: Tell) -> None:
        self.life, self._tell = life, tell
        self.views: SimpleQueue[LaneView] = SimpleQueue()
        self.steps = Steps(tell, life.kill_at)
        self.steps.recovering = True
        self.jump = 0.0
        self._usable = False
        watch_wire(self.steps)
        self.worker, self._payments = Worker("till"), Worker("payments")
        self.till = self._build()

    def steady(self) -> float:
        """Seconds of the lane's: faster than ours, and no clock's."""
        return time.clock_gettime(time.CLOCK_BOOTTIME) * self.life.speed

    def clock(self) -> datetime:
        """The lane's clock, which may be set wrongly."""
        passed = (time.time() - self.life.born_at) * self.life.speed
        return START + timedelta(seconds=_LANE_DAY_S + passed + self.jump)

    def act(self, work: Callable[[], None]) -> LaneView | None:
        """Have the till do something, and wait until it has; what it showed last."""
        done = threading.Event()
        self.worker.post(work)
        self.worker.post(done.set)
        done.wait()
        return self.newest(0.0)

    def newest(self, timeout_s: float) -> LaneView | None:
        """The last of the views that wait, or one that comes in time."""
        view = None
        try:
            view = self.views.get(timeout=timeout_s) if timeout_s else self.views.get_nowait()
            while True:
                view = self.views.get_nowait()
        except Empty:
            return view

    def _build(self) -> Till:
        life = self.life
        folder = Path(life.folder)
        journal = SteppedJournal(
            spoilt(RecoveringJournal(folder / "journal.sqlite", self.clock), life.spoil), self.steps
        )
        context = GatewayContext(life.store, life.lane, Path(life.bank), life.hub_url, life.hub_token)
        gateway = SteppedGateway(spoilt(load_gateway(life.gateway, life.settings, context), life.spoil), self.steps)
        ports = TillPorts(
            journal=journal,
            prices=NewestPriceList(Path(life.prices)),
            runner=GatewayWorker(self._payments, lambda work: self.worker.post(lambda: self.till.guard(work))),
            ways=(OneWay(life.way, life.gateway, gateway),),
            receipts=PlainReceipts(),
            clock=self.clock,
            agent=AgentStatus(folder, lambda: datetime.now(UTC), lambda: journal.head()[0]),
            publish=self._publish,
            steady=self.steady,
        )
        badge = Badge("Li", hashlib.sha256(BADGE.encode()).hexdigest())
        return Till(LaneRules(life.store, life.lane, languages=("en",)), ports, StaffDesk([badge]))

    def _publish(self, view: LaneView) -> None:
        if view.screen not in _UNSETTLED:
            self.steps.recovering = False
        if not self._usable and view.screen is not Screen.OUT_OF_SERVICE:
            self._usable = True
            self._tell({"usable": view.screen})
        self.views.put(view)


def live(life: Life, tell: Tell) -> None:
    """Until the shopper has enough. Runs in a process of its own."""
    lane = LaneProgram(life, tell)
    shopper = Shopper(lane, tell, random.Random(life.seed))  # noqa: S311 - repeatable
    view = lane.act(lane.till.start)
    tick_s = 1 / life.speed
    next_tick = time.monotonic()
    while not shopper.content:
        if view is not None:
            view = shopper.look(view)
        if time.monotonic() >= next_tick:
            next_tick += tick_s
            view = lane.act(lane.till.tick) or view
        elif view is None:
            view = lane.newest(max(0.0, next_tick - time.monotonic()))
    tell({"enough": shopper.seen})
