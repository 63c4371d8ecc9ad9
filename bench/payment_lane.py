"""A lane without a window, on its own threads: real till, journal on disk, price list and gateway; for the clock."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.big_list import write_big_list
from bench.simulation.fittings import SimAgent, SimReceipts
from kiosk.adapters.hub_members import HubMembers
from kiosk.adapters.lane_files import NewestPriceList, RecoveringJournal
from kiosk.adapters.worker import GatewayLines, Work, Worker
from kiosk.services.lane_view import LaneView, Screen
from kiosk.services.ports import TillPorts
from kiosk.services.staff import StaffDesk
from kiosk.services.till import LaneRules, Till
from payments.gateway import Gateway, PaymentRequest, PaymentResult, RefundRequest, Traits

_PRODUCTS: Final = 2_000
_LIMIT_S: Final = 30.0


class WatchedGateway:
    """A gateway that notes when it was asked for money, and when it had its answer."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway
        self.traits: Traits = gateway.traits
        self.asked_at = self.answered_at = 0.0
        self.lookup, self.cancel = gateway.lookup, gateway.cancel

    def start(self, request: PaymentRequest) -> PaymentResult:
        """See payments.gateway.Gateway."""
        self.asked_at = time.perf_counter()
        result = self._gateway.start(request)
        self.answered_at = time.perf_counter()
        return result

    def refund(self, request: RefundRequest) -> PaymentResult:
        """See payments.gateway.Gateway."""
        return self._gateway.refund(request)

    def close(self) -> None:
        """See payments.gateway.Gateway."""
        self._gateway.close()


@dataclass(frozen=True, slots=True)
class _Way:
    id: str
    gateway_name: str
    gateway: WatchedGateway
    usual_s: int = 5


@dataclass(frozen=True, slots=True)
class Taken:
    """One payment, in milliseconds: until it was asked for, the gateway's call, and from its end to 'done'."""

    before_ms: float
    call_ms: float
    after_ms: float
    prompt_ms: float  # before that: from 'pay' until the wallet's code is asked for

    @property
    def whole_ms(self) -> float:
        """From the code to 'done'."""
        return self.before_ms + self.call_ms + self.after_ms


class PaymentLane:
    """See the module's docstring. `pay(code)` is one visit. `members`: how the hub's book of members is opened, with
    what runs work on the till's thread; then the list has that `membership`."""

    def __init__(
        self,
        folder: Path,
        gateway: Gateway,
        *,
        store: str = "bench",
        members: Callable[[Callable[[Work], None]], HubMembers] | None = None,
        membership: Mapping[str, Any] | None = None,
    ) -> None:
        folder.mkdir(exist_ok=True)
        self._code = write_big_list(folder / "price-list.sqlite", _PRODUCTS, membership=membership)[7]
        self._gateway = WatchedGateway(gateway)
        self._views: queue.SimpleQueue[LaneView] = queue.SimpleQueue()
        self._worker = Worker("till")
        self._lines = GatewayLines(self._on_till)
        self._members = members(self._on_till) if members else None
        self._folder = folder
        self._store = store
        self._ask(self._open)

    def pay(self, code: str) -> Taken:
        """Scan one product, and a wallet's code; then the next shopper may come."""
        self._act(lambda: self._till.scan(self._code), Screen.BASKET)
        prompt_ms = self._timed(self._till.pay, lambda view: view.screen is Screen.PAY)
        began = time.perf_counter()
        ended = self._act(lambda: self._till.scan(code), Screen.DONE)
        watched = self._gateway
        taken = Taken(
            before_ms=1000 * (watched.asked_at - began),
            call_ms=1000 * (watched.answered_at - watched.asked_at),
            after_ms=1000 * (ended - watched.answered_at),
            prompt_ms=prompt_ms,
        )
        self._act(self._till.finish, Screen.IDLE)
        return taken

    def recognise(self, code: str) -> float:
        """Show a member's code: milliseconds until the screen says who the shopper is."""
        return self._timed(lambda: self._till.scan(code), lambda view: view.member is not None)

    def close(self) -> None:
        """Let go of threads and files."""
        if self._members is not None:
            self._members.close()
        self._lines.close(1.0)
        self._ask(self._close)
        self._worker.close()

    def _open(self) -> None:
        # Files are bound to the thread that opens them.
        self._journal = RecoveringJournal(self._folder / "journal.sqlite", lambda: datetime.now(UTC))
        self._prices = NewestPriceList(self._folder / "price-list.sqlite")
        ports = TillPorts(
            journal=self._journal,
            prices=self._prices,
            runner=self._lines,
            ways=(_Way("wallet", "bench", self._gateway),),
            receipts=SimReceipts(lambda _sale: None),
            clock=lambda: datetime.now(UTC),
            agent=SimAgent(),
            publish=self._published,
            members=self._members,
        )
        self._till = Till(LaneRules(self._store, "bench", languages=("en",)), ports, StaffDesk([]))
        self._till.start()

    def _close(self) -> None:
        with closing(self._journal), closing(self._prices):
            self._gateway.close()

    def _published(self, view: LaneView) -> None:
        self._views.put(view)

    def _post(self, work: Work) -> None:
        self._worker.post(work)

    def _ask(self, work: Work) -> None:
        """Do something on the till's thread, and wait until it is done."""
        done = threading.Event()

        def both() -> None:
            work()
            done.set()

        self._post(both)
        if not done.wait(_LIMIT_S):
            raise RuntimeError("the bench's lane does not answer")

    def _on_till(self, work: Work) -> None:
        self._post(lambda: self._till.guard(work))

    def _act(self, act: Callable[[], None], screen: Screen) -> float:
        """Do it, and wait until the screen shows what follows; when it did."""
        return self._shown(act, lambda view: view.screen is screen)

    def _timed(self, act: Callable[[], None], wanted: Callable[[LaneView], bool]) -> float:
        """Milliseconds that it takes."""
        began = time.perf_counter()
        return 1000 * (self._shown(act, wanted) - began)

    def _shown(self, act: Callable[[], None], wanted: Callable[[LaneView], bool]) -> float:
        self._post(act)
        while not wanted(self._views.get(timeout=_LIMIT_S)):
            pass
        return time.perf_counter()
