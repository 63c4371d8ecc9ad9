"""A gateway that cannot hold up the lane: a call that does not return is given up, thread and gateway object and all.

The object is then opened anew, and the payment is settled by looking it up, as after any other lost answer.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Iterable
from typing import Final

from payments.answers import answer_of
from payments.errors import PaymentError
from payments.gateway import Gateway, Outcome, PaymentRequest, PaymentResult, Reason, RefundRequest, Traits, Trouble

logger = logging.getLogger(__name__)

MOST_GIVEN_UP: Final = 8  # threads that hang at once; each may hold a connection and some memory
_NO_ANSWER: Final = PaymentResult(Outcome.UNKNOWN, trouble=Trouble.NO_ANSWER)
_NOT_OPENED: Final = PaymentResult(Outcome.UNKNOWN, trouble=Trouble.KEYS)
_NOT_SENT: Final = PaymentResult(Outcome.DECLINED, Reason.UNAVAILABLE)

_Ask = Callable[[Gateway], PaymentResult]


class BoundedGateway:
    """Implements payments.gateway.Gateway over the gateway that `open_gateway` makes; raises what that raises at first.

    No call takes longer than `limit_s`, which is over every gateway's own limit: who comes there hangs. Calls from
    several threads go one after the other. While MOST_GIVEN_UP calls hang, no more are made: a start is declined, as
    nothing was sent, and all else is UNKNOWN, until one of them returns.
    """

    def __init__(self, name: str, open_gateway: Callable[[], Gateway], *, limit_s: float = 60.0) -> None:
        self._name = name
        self._open = open_gateway
        self._limit_s = limit_s
        self._caller = _Caller(name, open_gateway, open_gateway())
        self._given_up: list[_Caller] = []
        self._lock = threading.Lock()
        self.traits: Traits = self._caller.traits

    def start(self, request: PaymentRequest) -> PaymentResult:
        """See payments.gateway.Gateway."""
        return self._ask(lambda gateway: gateway.start(request), when_full=_NOT_SENT)

    def lookup(self, key: str) -> PaymentResult:
        """See payments.gateway.Gateway."""
        return self._ask(lambda gateway: gateway.lookup(key))

    def cancel(self, key: str) -> PaymentResult:
        """See payments.gateway.Gateway."""
        return self._ask(lambda gateway: gateway.cancel(key))

    def refund(self, request: RefundRequest) -> PaymentResult:
        """See payments.gateway.Gateway."""
        return self._ask(lambda gateway: gateway.refund(request))

    def close(self) -> None:
        """Close the gateway, on the calling thread; it may hang or raise, see `close_all`."""
        self._caller.end()
        self._caller.close()

    def _ask(self, ask: _Ask, *, when_full: PaymentResult = _NO_ANSWER) -> PaymentResult:
        with self._lock:
            self._given_up = [caller for caller in self._given_up if caller.hangs]
            if len(self._given_up) >= MOST_GIVEN_UP:
                return when_full
            answer = self._caller.ask(ask, self._limit_s)
            if answer is not None:
                return answer
            logger.error("payment gateway %s: a call did not return within %g s: given up", self._name, self._limit_s)
            self._caller.leave()
            self._given_up.append(self._caller)
            if len(self._given_up) == MOST_GIVEN_UP:
                logger.error("payment gateway %s: %d calls hang, no more are made", self._name, MOST_GIVEN_UP)
            self._caller = _Caller(self._name, self._open, None)
            return _NO_ANSWER


class _Caller:
    """A thread and the gateway object that only it calls; a daemon, as nobody may wait for one that hangs."""

    def __init__(self, name: str, open_gateway: Callable[[], Gateway], gateway: Gateway | None) -> None:
        self._name = name
        self._open = open_gateway
        self._gateway = gateway
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._ended = False

    @property
    def traits(self) -> Traits:
        """The gateway's own."""
        assert self._gateway is not None  # noqa: S101 - for the type checker: asked for right after it was opened
        return self._gateway.traits

    @property
    def hangs(self) -> bool:
        """Whether a call that was given up has still not returned."""
        return self._thread is not None and self._thread.is_alive()

    def ask(self, ask: _Ask, limit_s: float) -> PaymentResult | None:
        """The answer, or None if there is none within the limit: it is dropped when it comes."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=f"gateway-{self._name}", daemon=True)
            self._thread.start()
        answers: queue.SimpleQueue[PaymentResult] = queue.SimpleQueue()
        self._work.put(lambda: answers.put(answer_of(lambda: self._answer(ask))))
        try:
            return answers.get(timeout=limit_s)
        except queue.Empty:
            return None

    def end(self) -> None:
        """No more calls; idempotent."""
        self._ended = True
        self._work.put(None)

    def leave(self) -> None:
        """Its call hangs: no more calls, and what that one has not yet sent must not go out after a cancel. Closed on a
        thread, as that may hang as well."""
        self.end()
        threading.Thread(target=self._close_quietly, name=f"gateway-{self._name}-left", daemon=True).start()

    def close(self) -> None:
        """Let go of the gateway."""
        if self._gateway is not None:
            self._gateway.close()

    def _close_quietly(self) -> None:
        with contextlib.suppress(BaseException):  # a plug-in may break its contract here as well
            self.close()

    def _answer(self, ask: _Ask) -> PaymentResult:
        if self._gateway is None:
            try:
                self._gateway = self._open()
            except PaymentError as exc:
                logger.error("payment gateway %s cannot be opened again: %s", self._name, exc)  # noqa: TRY400 - its
                return _NOT_OPENED  # sentence names thing and remedy
        return ask(self._gateway)

    def _run(self) -> None:
        since = time.monotonic()
        while (work := self._work.get()) is not None:
            since = time.monotonic()
            work()
            if self._ended:
                logger.warning("payment gateway %s: a call returned after %.0f s", self._name, time.monotonic() - since)
                self._close_quietly()


def close_all(gateways: Iterable[tuple[str, Gateway]], *, within_s: float = 1.0) -> None:
    """Close all gateways at once, each named by its way, and wait for them no longer than that in sum."""

    def close(way: str, gateway: Gateway) -> None:
        try:
            gateway.close()
        except BaseException:  # a plug-in that breaks its contract: the others' connections are closed all the same
            logger.exception("the gateway of payment way %s does not close", way)

    threads = [(way, threading.Thread(target=close, args=(way, gateway), daemon=True)) for way, gateway in gateways]
    for _, thread in threads:
        thread.start()
    until = time.monotonic() + within_s
    for way, thread in threads:
        thread.join(max(0.0, until - time.monotonic()))
        if thread.is_alive():
            logger.error("the gateway of payment way %s does not close: it is left behind", way)
