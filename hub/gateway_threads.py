"""The threads that gateways are called on: one for each gateway object, given up with it when a call hangs."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Any, Final, TypeVar

from hub.errors import HubError
from payments.answers import answer_of
from payments.errors import GatewayMisconfigured, PaymentError
from payments.gateway import Gateway, Outcome, PaymentResult, Trouble

log = logging.getLogger(__name__)

_IDLE_S: Final = 60.0
_OPEN_S: Final = 1800.0  # to open one again takes longer than all else that we do for a payment
_TURNS: Final = 3
_NO_ANSWER: Final = PaymentResult(Outcome.UNKNOWN, trouble=Trouble.NO_ANSWER)

_T = TypeVar("_T")


class Worker:
    """Does one thing after the other on a thread of its own, which ends when nothing came for a while: a hub has
    thousands of lanes, and few of them are paying. A daemon: one that hangs must not keep the hub from ending.
    """

    def __init__(self, name: str, *, leaving: Callable[[], None] = lambda: None, idle_s: float = _IDLE_S) -> None:
        self._name, self._leaving, self._idle_s = name, leaving, idle_s
        self._changed = threading.Condition()
        self._jobs: deque[tuple[Future[Any], Callable[[], Any]]] = deque()
        self._thread: threading.Thread | None = None
        self._ends = False

    def submit(self, work: Callable[[], _T]) -> Future[_T]:
        """Do it when its turn comes; cancelled if the worker is closed before."""
        future: Future[_T] = Future()
        with self._changed:
            if self._ends:
                future.cancel()
                return future
            self._jobs.append((future, work))
            self._changed.notify()
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
        return future

    def close(self, wait_s: float = 0.0) -> bool:
        """No more work; what has not begun is cancelled. Whether the thread has ended within the time."""
        with self._changed:
            self._ends = True
            waiting = [future for future, _ in self._jobs]
            self._jobs.clear()
            self._changed.notify()
            thread = self._thread
        for future in waiting:
            future.cancel()
        if thread is not None:
            thread.join(wait_s)
        return thread is None or not thread.is_alive()

    def _run(self) -> None:
        while (job := self._next()) is not None:
            future, work = job
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work())
            except BaseException as exc:  # noqa: BLE001 - it is raised where the future is read
                future.set_exception(exc)
            del future, work, job  # nothing of a payment is kept by a thread that waits

    def _next(self) -> tuple[Future[Any], Callable[[], Any]] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._jobs or self._ends, self._idle_s)
            idle = not self._jobs
        if idle:
            self._leaving()
        with self._changed:
            if self._jobs:  # it may have come while we were leaving
                return self._jobs.popleft()
            self._thread = None
            return None


class _Chair:
    """A gateway object and its thread, on which it is opened, called and closed."""

    def __init__(self, name: str, open_gateway: Callable[[], Gateway]) -> None:
        self._open_gateway = open_gateway
        self._gateway: Gateway | None = None
        self.worker = Worker(name, leaving=self.let_go, idle_s=_OPEN_S)

    def gateway(self) -> Gateway:
        """The gateway, on the worker's thread. PaymentError if it cannot be opened."""
        if self._gateway is None:
            try:
                self._gateway = self._open_gateway()
            except (PaymentError, HubError):
                raise
            except BaseException as exc:  # a plug-in may end its own work, not the hub
                kind = type(exc).__name__
                raise GatewayMisconfigured(f"the payment gateway ended itself when opened: {kind}") from exc
        return self._gateway

    def submit(self, call: Callable[[Gateway], _T]) -> Future[_T]:
        """Call the gateway when the calls before have ended."""
        return self.worker.submit(lambda: call(self.gateway()))

    def let_go(self) -> None:
        """Close the gateway; the next call opens another."""
        gateway, self._gateway = self._gateway, None
        if gateway is None:
            return
        try:
            gateway.close()
        except BaseException:  # one that breaks its contract must not keep the others' connections open
            log.exception("a payment gateway does not close")


class Seat:
    """Calls to one account for one lane, each with a deadline. Safe to use from several threads: they take turns."""

    def __init__(self, name: str, open_gateway: Callable[[], Gateway], deadline_s: float) -> None:
        self._name, self._open_gateway, self._deadline_s = name, open_gateway, deadline_s
        self._guard = threading.Lock()
        self._chair = _Chair(name, open_gateway)

    def open(self) -> None:
        """Make sure that there is a gateway to call. PaymentError if not."""
        try:
            self.run(lambda _gateway: None)
        except TimeoutError as exc:
            raise GatewayMisconfigured(f"{self._name}: does not open within {self._deadline_s:g} s") from exc

    def ask(self, call: Callable[[Gateway], PaymentResult], about: str) -> PaymentResult:
        """The answer; UNKNOWN if it is none, or if none came in time. PaymentError if nobody could be asked."""
        try:
            return self.run(lambda gateway: answer_of(lambda: call(gateway), about))
        except TimeoutError:
            return _NO_ANSWER

    def run(self, call: Callable[[Gateway], _T]) -> _T:
        """What the call gives. TimeoutError: it hangs, and its gateway was given up."""
        for _ in range(_TURNS):
            chair = self._chair
            doing = chair.submit(call)
            try:
                return self._waited(doing)
            except CancelledError:  # it waited behind a call that hung, and has not begun: it may be asked of the next
                continue
            except TimeoutError:
                if doing.done() and not doing.cancelled():  # the plug-in's own, or it came at this very moment
                    return doing.result()
                if not doing.cancel():
                    self._give_up(chair, doing)
                raise
        raise TimeoutError

    def _waited(self, doing: Future[_T]) -> _T:
        try:
            return doing.result(self._deadline_s)
        except TimeoutError:
            if doing.running() or doing.done():
                raise
        return doing.result(self._deadline_s)  # it waits behind another one, which is being given up about now

    def close(self, wait_s: float = 0.0) -> None:
        """No more calls; wait a while for the one under way."""
        self._chair.worker.close(wait_s)

    def _give_up(self, chair: _Chair, doing: Future[Any]) -> None:
        """Another gateway object on another thread takes over.

        The late answer is dropped, even a definite one: whoever asked was told 'unknown' and may have sent a cancel
        since, and the object has shown that it cannot be relied on. Asking again with the same key brings the truth.
        """
        log.error("%s: a call hangs for %g s; its gateway is given up and replaced", self._name, self._deadline_s)
        with self._guard:
            if self._chair is chair:
                self._chair = _Chair(self._name, self._open_gateway)
        chair.worker.close()
        doing.add_done_callback(lambda _: log.warning("%s: an answer that came too late was dropped", self._name))
        # Closed behind its back: what it had not yet sent must not go out after a cancel. On a thread, as it may hang.
        threading.Thread(target=chair.let_go, name=f"{self._name}-left", daemon=True).start()
