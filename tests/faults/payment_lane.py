"""One life of a lane: real till, journal, threads and payment gateway, and a shopper who buys until the process ends.

It lives in a faster world than ours, see payment_time. A warm parent forks lives, see payment_nursery: nothing may be
started when this is imported.
"""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from importlib.metadata import entry_points
from inspect import signature
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any, Final

from kiosk.adapters.lane_files import AgentStatus, NewestPriceList, RecoveringJournal
from kiosk.adapters.worker import GatewayWorker, Worker
from kiosk.services.lane_view import LaneView, Screen
from kiosk.services.staff import Badge, StaffDesk
from kiosk.services.till import LaneRules, Till, TillPorts
from payments.gateway import Gateway
from payments.loader import GROUP, GatewayContext
from tests.faults.payment_controls import spoilt
from tests.faults.payment_shopper import Shopper
from tests.faults.payment_steps import SteppedGateway, SteppedJournal, Steps, Tell, watch_wire
from tests.faults.payment_time import SPEED, clock_of, steady
from tests.kiosk.lane_rig import BADGE, PlainReceipts

_UNSETTLED: Final = frozenset({Screen.PAYING, Screen.PAYMENT_UNKNOWN, Screen.OUT_OF_SERVICE})


@dataclass(frozen=True, slots=True)
class Life:
    """What one life is to do."""

    folder: str  # where the journal is
    prices: str
    notes: str  # the gateway's own folder
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
    impatient: bool = False  # the shopper stops a payment that may be stopped, and goes away
    seed: int = 1
    born_at: float = 0.0  # when the run began, by the machine's clock: lives share one lane time
    clock_jumps: Sequence[float] = ()  # seconds by which the lane's clock is wrong, from one sale to the next
    kill_at: str = ""
    spoil: str = ""  # a negative control, see payment_controls
    goods: Sequence[str] = ()


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
        self._right_clock = clock_of(life.born_at)
        watch_wire(self.steps)
        self.worker, self._payments = Worker("till"), Worker("payments")
        self.till = self._build()

    def clock(self) -> datetime:
        """The lane's clock, which may be set wrongly."""
        return self._right_clock() + timedelta(seconds=self.jump)

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
        gateway = SteppedGateway(spoilt(self._gateway(), life.spoil), self.steps)
        ports = TillPorts(
            journal=journal,
            prices=NewestPriceList(Path(life.prices)),
            runner=GatewayWorker(self._payments, lambda work: self.worker.post(lambda: self.till.guard(work))),
            ways=(OneWay(life.way, life.gateway, gateway),),
            receipts=PlainReceipts(),
            clock=self.clock,
            agent=AgentStatus(folder, lambda: datetime.now(UTC), lambda: journal.head()[0]),
            publish=self._publish,
            steady=steady,
        )
        badge = Badge("Li", hashlib.sha256(BADGE.encode()).hexdigest())
        return Till(LaneRules(life.store, life.lane, languages=("en",)), ports, StaffDesk([badge]))

    def _gateway(self) -> Gateway:
        """As load_gateway builds it, and with the clocks of this world where it takes some."""
        life = self.life
        context = GatewayContext(life.store, life.lane, Path(life.notes), life.hub_url, life.hub_token)
        (plug_in,) = entry_points(group=GROUP, name=life.gateway)
        factory = plug_in.load()
        clocks = {"clock": self._right_clock if life.gateway == "simulated" else self.clock, "monotonic": steady}
        taken = signature(factory).parameters.keys() & clocks.keys()
        gateway: Gateway = factory(life.settings, context, **{name: clocks[name] for name in taken})
        return gateway

    def _publish(self, view: LaneView) -> None:
        if self.steps.recovering and view.screen not in _UNSETTLED:
            self.steps.recovering = False
            self._tell({"settled": view.screen})
        if not self._usable and view.screen is not Screen.OUT_OF_SERVICE:
            self._usable = True
            self._tell({"usable": view.screen})
        self.views.put(view)


def live(life: Life, tell: Tell) -> None:
    """Until the shopper has enough. Runs in a process of its own."""
    lane = LaneProgram(life, tell)
    shopper = Shopper(lane, tell, random.Random(life.seed))  # noqa: S311 - repeatable
    view = lane.act(lane.till.start)
    tick_s = 1 / SPEED
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
