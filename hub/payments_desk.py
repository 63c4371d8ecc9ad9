"""The hub's side of hub-routed payments: each lane's orders go to its gateway one after the other, each key once."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from hub.lanes import Lane
from hub.payment_store import FINAL, Payment, PaymentStore, Refund
from payments.answers import answer_of
from payments.errors import GatewayMisconfigured
from payments.gateway import Gateway, Outcome, PaymentRequest, PaymentResult, Reason, RefundRequest
from retail.money import Money

log = logging.getLogger(__name__)


class _Counter:
    """A lane's gateway and the one thread that calls it, which also opens it."""

    def __init__(self, lane: Lane, open_gateway: Callable[[Lane], Gateway]) -> None:
        self.lane = lane
        self._open_gateway = open_gateway
        self._gateway: Gateway | None = None
        self.worker = ThreadPoolExecutor(1, thread_name_prefix=f"pay-{lane.store}-{lane.name}")

    def gateway(self) -> Gateway:
        """The gateway; only for the worker's thread. PaymentError if it cannot be opened."""
        if self._gateway is None:
            try:
                self._gateway = self._open_gateway(self.lane)
            except (SystemExit, KeyboardInterrupt) as exc:  # a plug-in may end its own work, not the hub
                raise GatewayMisconfigured(f"the payment gateway ended itself when opened: {exc!r}") from exc
        return self._gateway

    def close(self) -> None:
        """Wait for the call under way."""
        self.worker.shutdown(wait=True, cancel_futures=True)
        if self._gateway is None:
            return
        try:
            self._gateway.close()
        except BaseException:  # one that breaks its contract must not keep the others' connections open
            log.exception("the gateway of lane %s of %s does not close", self.lane.name, self.lane.store)


class PaymentsDesk:
    """All methods but `find` return at once with a future; it raises what the store raises (PaymentConflict, ...).

    A gateway is bound to one thread by its contract, and a lane has one shopper: hence one worker for each lane. Two
    posts of a key queue behind each other; the second finds the first one's answer.
    """

    def __init__(self, store: PaymentStore, open_gateway: Callable[[Lane], Gateway]) -> None:
        self._store = store
        self._open_gateway = open_gateway
        self._counters: dict[int, _Counter] = {}
        self._guard = threading.Lock()
        self._in_flight: set[str] = set()

    def start(self, lane: Lane, request: PaymentRequest) -> Future[Payment]:
        """Ask for the money, if the key is new; else say what became of it."""
        counter = self._counter(lane)
        return counter.worker.submit(self._start, counter, request)

    def find(self, lane: Lane, key: str) -> Payment | None:
        """What is known without asking the gateway: a settled payment, or PENDING while its start is being answered.

        None if the gateway must be asked, see `look_up`; PaymentUnknown if this lane has no such payment.
        """
        payment = self._store.find(lane, key)
        with self._guard:
            busy = key in self._in_flight
        if busy and not payment.settled:
            return Payment(payment.key, payment.sale_id, payment.amount, PaymentResult(Outcome.PENDING))
        return payment if payment.settled else None

    def look_up(self, lane: Lane, key: str) -> Future[Payment]:
        """Ask the gateway what became of an unsettled payment: also one that a killed hub left behind."""
        counter = self._counter(lane)
        return counter.worker.submit(lambda: self._resolve(counter, self._store.find(lane, key)))

    def cancel(self, lane: Lane, key: str) -> Future[Payment]:
        """End a payment; a key that never arrived is barred, so that its order can only be declined."""
        counter = self._counter(lane)
        return counter.worker.submit(self._cancel, counter, key)

    def refund(self, lane: Lane, key: str, refund_key: str, amount_minor: int) -> Future[Refund]:
        """Give money back, once for each refund_key."""
        counter = self._counter(lane)
        return counter.worker.submit(self._refund, counter, key, refund_key, amount_minor)

    def close(self) -> None:
        """Wait for calls under way, then let go of the gateways."""
        with self._guard:
            counters, self._counters = list(self._counters.values()), {}
        for counter in counters:
            counter.close()

    def _counter(self, lane: Lane) -> _Counter:
        with self._guard:
            if lane.id not in self._counters:
                self._counters[lane.id] = _Counter(lane, self._open_gateway)
            return self._counters[lane.id]

    def _start(self, counter: _Counter, request: PaymentRequest) -> Payment:
        gateway = counter.gateway()
        with self._guard:
            self._in_flight.add(request.key)
        try:
            payment, is_new = self._store.intend(counter.lane, request)
            if not is_new:
                return self._resolve(counter, payment)
            return self._store.settle(request.key, answer_of(lambda: gateway.start(request), request.key))
        finally:
            with self._guard:
                self._in_flight.discard(request.key)

    def _resolve(self, counter: _Counter, payment: Payment) -> Payment:
        if payment.settled:
            return payment
        gateway = counter.gateway()
        return self._store.settle(payment.key, answer_of(lambda: gateway.lookup(payment.key), payment.key))

    def _cancel(self, counter: _Counter, key: str) -> Payment:
        barred = self._store.bar(counter.lane, key)
        if barred is not None:
            return barred
        payment = self._store.find(counter.lane, key)
        if payment.result.outcome is Outcome.DECLINED:
            return payment
        gateway = counter.gateway()
        gives_back = gateway.traits.cancel_refunds
        if gives_back:
            # Such a cancel moves money: from here on even 'approved' holds only if the gateway says so again.
            self._store.settle(key, PaymentResult(Outcome.UNKNOWN), over_settled=True)
        return self._store.settle(key, answer_of(lambda: gateway.cancel(key), key), over_settled=gives_back)

    def _refund(self, counter: _Counter, key: str, refund_key: str, amount_minor: int) -> Refund:
        payment = self._store.find(counter.lane, key)
        refund = self._store.intend_refund(counter.lane, key, refund_key, amount_minor)
        if refund.result.outcome in FINAL:
            return refund
        if payment.amount is None:  # barred: nothing was ever taken
            result = PaymentResult(Outcome.DECLINED, Reason.REFUSED)
        else:
            gateway, amount = counter.gateway(), Money(amount_minor, payment.amount.currency)
            result = answer_of(lambda: gateway.refund(RefundRequest(key, refund_key, amount)), key)
        self._store.settle_refund(key, refund_key, result)
        return Refund(amount_minor, result)
