"""One thread for one resource: work goes in, runs in order, and what goes wrong in it is logged, never lost."""

from __future__ import annotations

import logging
import queue
import threading
import time
from collections.abc import Callable

from kiosk.services.ports import GatewayCall
from payments.answers import answer_of
from payments.gateway import PaymentResult

logger = logging.getLogger(__name__)

Work = Callable[[], None]


class Worker:
    """Runs work one after the other on its own thread. `post` may be called from any thread."""

    def __init__(self, name: str) -> None:
        self._queue: queue.SimpleQueue[Work | None] = queue.SimpleQueue()
        # A daemon: a gateway that hangs must not keep the lane from ending; the journal is whole at any moment.
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def post(self, work: Work) -> None:
        """Run this after all that was posted before."""
        self._queue.put(work)

    def close(self, timeout_s: float = 5.0) -> None:
        """Finish what was posted, then end; idempotent."""
        self._queue.put(None)
        self._thread.join(timeout_s)

    def _run(self) -> None:
        while (work := self._queue.get()) is not None:
            try:
                work()
            except BaseException:  # the supervisor of this thread: not even a plug-in's SystemExit may end it
                logger.exception("work on thread %s failed", threading.current_thread().name)


class GatewayWorker:
    """Runs gateway calls on the payments thread and hands each answer back on the till's thread."""

    def __init__(self, payments: Worker, till: Callable[[Work], None]) -> None:
        self._payments = payments
        self._till = till

    def run(self, call: Callable[[], PaymentResult], done: Callable[[PaymentResult], None]) -> None:
        """See kiosk.services.ports.GatewayRunner."""

        def work() -> None:
            result = answer_of(call)
            self._till(lambda: done(result))

        self._payments.post(work)


class GatewayLines:
    """Implements kiosk.services.ports.GatewayRunner with a thread for each gateway: one that hangs, or a payment that
    is asked on in the background, keeps no shopper with another gateway waiting."""

    def __init__(self, till: Callable[[Work], None]) -> None:
        self._till = till
        self._workers: dict[str, Worker] = {}

    def run(self, call: Callable[[], PaymentResult], done: Callable[[PaymentResult], None]) -> None:
        """See kiosk.services.ports.GatewayRunner. On the till's thread."""
        name = call.gateway_name if isinstance(call, GatewayCall) else ""
        if name not in self._workers:
            self._workers[name] = Worker(f"payments-{name}")
        GatewayWorker(self._workers[name], self._till).run(call, done)

    def close(self, timeout_s: float) -> None:
        """Let calls that are nearly done finish, for so long in sum."""
        until = time.monotonic() + timeout_s
        for worker in tuple(self._workers.values()):
            worker.close(max(0.0, until - time.monotonic()))
