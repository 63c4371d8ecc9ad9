"""A lane without a window, on its own threads: real till, journal on disk, price list and gateway; for the clock."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.big_list import write_big_list
from bench.simulation.fittings import SimAgent, SimReceipts
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

    @property
    def whole_ms(self) -> float:
        """From the code to 'done'."""
        return self.before_ms + self.call_ms + self.after_ms


class PaymentLane:
    """See the module's docstring. `pay(code)` is one visit."""

    def __init__(self, folder: Path, gateway: Gateway, *, store: str = "bench") -> None:
        folder.mkdir(exist_ok=True)
        self._code = write_big_list(folder / "price-list.sqlite", _PRODUCTS)[7]
        self._gateway = WatchedGateway(gateway)
        self._views: queue.SimpleQueue[LaneView] = queue.SimpleQueue()
        self._worker = Worker("till")
        self._lines = GatewayLines(lambda work: self._post(lambda: self._till.guard(work)))
        self._folder = folder
        self._store = store
        self._ask(self._open)

    def pay(self, code: str) -> Taken:
        """Scan one product, and a wallet's code; then the next shopper may come."""
        self._act(lambda: self._till.scan(self._code), Screen.BASKET)
        self._act(self._till.pay, Screen.PAY)
        began = time.perf_counter()
        ended = self._act(lambda: self._till.scan(code), Screen.DONE)
        watched = self._gateway
        taken = Taken(
            *(
                1000 * (until - since)
                for since, until in (
                    (began, watched.asked_at),
                    (watched.asked_at, watched.answered_at),
                    (watched.answered_at, ended),
                )
            )
        )
        self._act(self._till.finish, Screen.IDLE)
        return taken

    def close(self) -> None:
        """Let go of threads and files."""
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

    def _act(self, act: Callable[[], None], screen: Screen) -> float:
        """Do it, and wait until the screen shows what follows; when it did."""
        self._post(act)
        while self._views.get(timeout=_LIMIT_S).screen is not screen:
            pass
        return time.perf_counter()
