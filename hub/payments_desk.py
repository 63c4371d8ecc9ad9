"""The hub's side of hub-routed payments: each lane's orders go to their gateways one after the other, each key once.

What settles a payment is one path, whatever went wrong: ask again with the same key. See payments.gateway.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import replace
from typing import Final, TypeVar

from hub.gateway_threads import Seat, Worker
from hub.lanes import Lane
from hub.payment_gateways import Account, PaymentGateways
from hub.payment_notices import PaymentNotices
from hub.payment_store import FINAL, By, Payment, PaymentStore, Refund
from payments.errors import PaymentError
from payments.gateway import Gateway, Outcome, PaymentRequest, PaymentResult, Reason, RefundRequest, Trouble
from retail.money import Money

log = logging.getLogger(__name__)

_T = TypeVar("_T")

_GONE: Final = PaymentResult(Outcome.UNKNOWN, trouble=Trouble.KEYS)
_MOST_REMEMBERED: Final = 10_000
_GRACE_S: Final = 5.0


class PaymentsDesk:
    """All methods but `find` and `ask` return at once with a future; it raises what the store raises
    (PaymentConflict, ...) and PaymentError if the gateway cannot be opened.

    A lane has one shopper: its orders are worked off one after the other. Two posts of a key queue behind each other;
    the second finds the first one's answer. Another lane's gateway, or another account of this one's, waits for nobody.
    """

    def __init__(
        self,
        store: PaymentStore,
        gateways: PaymentGateways,
        steady: Callable[[], float] = time.monotonic,
        leaving: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._gateways = gateways
        self._steady = steady
        self._leaving = leaving
        self.notices = PaymentNotices(store, gateways)
        self._guard = threading.Lock()
        self._workers: dict[int, Worker] = {}
        self._seats: dict[tuple[int, str], Seat] = {}
        self._starting: set[str] = set()
        self._asking: dict[tuple[int, str, str], Future[Payment]] = {}
        self._since: OrderedDict[str, float] = OrderedDict()
        self._shown: OrderedDict[str, str] = OrderedDict()
        self._missed: set[str] = set()

    def start(self, lane: Lane, request: PaymentRequest) -> Future[Payment]:
        """Ask for the money, if the key is new; else say what became of it."""
        return self.on_lane(lane, lambda: self._start(lane, request))

    def find(self, lane: Lane, key: str) -> Payment | None:
        """What is known without asking the gateway: a settled payment, or PENDING while its start is being answered.

        None if the gateway must be asked, see `look_up`; PaymentUnknown if this lane has no such payment.
        """
        payment = self._store.find(lane, key)
        with self._guard:
            starting = key in self._starting
        if starting and not payment.settled:
            return replace(payment, result=PaymentResult(Outcome.PENDING))
        return payment if payment.settled else None

    def look_up(self, lane: Lane, key: str) -> Future[Payment]:
        """Ask the gateway what became of an unsettled payment: also one that a killed hub left behind."""
        return self._joined(lane, "look up", key, lambda: self._resolve(lane, self._store.find(lane, key)))

    def cancel(self, lane: Lane, key: str) -> Future[Payment]:
        """End a payment; a key that never arrived is barred, so that its order can only be declined."""
        return self._joined(lane, "cancel", key, lambda: self._cancel(lane, key))

    def refund(self, lane: Lane, key: str, refund_key: str, amount_minor: int) -> Future[Refund]:
        """Give money back, once for each refund_key."""
        return self.on_lane(lane, lambda: self._refund(lane, key, refund_key, amount_minor))

    def on_lane(self, lane: Lane, work: Callable[[], _T]) -> Future[_T]:
        """Do it when the lane's work before it is done."""
        with self._guard:
            worker = self._workers.setdefault(lane.id, Worker(f"pay-{lane.store}-{lane.name}"))
        return worker.submit(work)

    def ask(self, lane: Lane, payment: Payment, call: Callable[[Gateway], PaymentResult]) -> PaymentResult:
        """Ask the very gateway that a payment was ordered from; never another, which would truly know nothing of it.

        UNKNOWN if that one is no longer configured, or hangs. PaymentError if it cannot be opened.
        """
        account = self._gateways.of(payment.gateway, payment.contract)
        if account is None:
            self._miss(payment)
            return _GONE
        return self._seat(lane, account).ask(call, payment.key)

    def close(self) -> None:
        """Wait a little for calls under way, then let go of the gateways: what they still bring is asked for again."""
        with self._guard:
            workers, self._workers = list(self._workers.values()), {}
            seats, self._seats = list(self._seats.values()), {}
        ends = time.monotonic() + _GRACE_S
        for worker in workers:
            worker.close(max(0.0, ends - time.monotonic()))
        for seat in seats:
            seat.close(max(0.0, ends - time.monotonic()))
        self.notices.close()
        self._leaving()

    def _start(self, lane: Lane, request: PaymentRequest) -> Payment:
        account = self._opened(lane, self._gateways.route(request))
        with self._being_started(request.key):
            payment, is_new = self._store.intend(lane, request, account)
            self._see(payment, is_new=is_new)
            if is_new and not payment.settled:
                answer = self.ask(lane, payment, lambda gateway: gateway.start(request))
                return self._settle(payment, answer, By.START)
        return self._resolve(lane, payment)

    def _opened(self, lane: Lane, account: Account | Reason) -> Account | Reason:
        """The account if it can be asked. If not, that is known before anything is sent, and the order is declined."""
        if isinstance(account, Account):
            try:
                self._seat(lane, account).open()
            except PaymentError as exc:
                log.error("%s", exc)  # noqa: TRY400 - a sentence for the operator
                return Reason.UNAVAILABLE
        return account

    def _resolve(self, lane: Lane, payment: Payment) -> Payment:
        """Ask what became of it; once a cancel was sent that is the cancel, as only its own answer counts then."""
        if payment.settled:
            return payment
        self._see(payment)
        if payment.cancel_sent:
            return self._settle(payment, self._ask_to_cancel(lane, payment), By.CANCEL)
        answer = self.ask(lane, payment, lambda gateway: gateway.lookup(payment.key))
        return self._settle(payment, answer, By.LOOKUP)

    def _cancel(self, lane: Lane, key: str) -> Payment:
        barred = self._store.bar(lane, key)
        if barred is not None:
            return barred
        payment = self._store.find(lane, key)
        if not payment.settled and not payment.cancel_sent:
            account = self._gateways.of(payment.gateway, payment.contract)
            if account is not None and self._too_early(payment, account):
                return self._with_code(payment)
            # Right before the cancel, with no gap: whoever paid at the last moment has paid.
            payment = self._resolve(lane, payment)
            if account is None or payment.settled:
                return payment
            payment = self._store.begin_cancel(key)
        return self._resolve(lane, payment)

    def _ask_to_cancel(self, lane: Lane, payment: Payment) -> PaymentResult:
        return self.ask(lane, payment, lambda gateway: gateway.cancel(payment.key))

    def _too_early(self, payment: Payment, account: Account) -> bool:
        """Whether the gateway's own time must still pass, or another hub's start may still be on its way."""
        since = self._see(payment)
        age_s = self._steady() - since
        sending_s = payment.sending_until - payment.created_at if payment.sending_until else 0
        return age_s < max(account.traits.cancel_earliest_s, sending_s)

    def _refund(self, lane: Lane, key: str, refund_key: str, amount_minor: int) -> Refund:
        payment = self._store.find(lane, key)
        refund = self._store.intend_refund(lane, key, refund_key, amount_minor)
        if refund.result.outcome in FINAL:
            return refund
        if payment.amount is None:  # barred: nothing was ever taken
            result = PaymentResult(Outcome.DECLINED, Reason.REFUSED)
        else:
            request = RefundRequest(key, refund_key, Money(amount_minor, payment.amount.currency), payment.amount)
            result = self.ask(lane, payment, lambda gateway: gateway.refund(request))
        self._store.settle_refund(key, refund_key, result)
        return Refund(amount_minor, result)

    def _settle(self, payment: Payment, answer: PaymentResult, by: By) -> Payment:
        settled = self._store.settle(payment.key, answer, by)
        if answer.show and not settled.settled:
            _remember(self._shown, payment.key, answer.show)
        return self._with_code(settled)

    def _with_code(self, payment: Payment) -> Payment:
        """With the QR code that the shopper is to scan: kept in memory alone, as whoever has it may pay."""
        show = self._shown.get(payment.key, "") if payment.result.outcome is Outcome.PENDING else ""
        return replace(payment, result=replace(payment.result, show=show)) if show else payment

    def _see(self, payment: Payment, *, is_new: bool = False) -> float:
        """When it was started, by the clock that nobody sets. For what another hub, or another life of this one,
        started, the time on disk must do once; a whole second less, as it was rounded down."""
        age_s = 0 if is_new else max(0, self._store.now() - payment.created_at - 1)
        return _remember(self._since, payment.key, self._steady() - age_s)

    def _seat(self, lane: Lane, account: Account) -> Seat:
        with self._guard:
            seat = self._seats.get((lane.id, account.name))
            if seat is None:
                name = f"{account.name}-{lane.store}-{lane.name}"
                seat = Seat(name, lambda: self._gateways.open(account, lane), account.deadline_s)
                self._seats[lane.id, account.name] = seat
            return seat

    def _miss(self, payment: Payment) -> None:
        """Once for each payment: lanes ask every few seconds."""
        if payment.key not in self._missed and len(self._missed) < _MOST_REMEMBERED:
            self._missed.add(payment.key)
            log.error(
                "payment %s was ordered from %s (%s), which the hub no longer has: put it back into the file of "
                "--payments, with ways = [] if it is to take no new orders",
                payment.key,
                payment.gateway or "no gateway",
                payment.contract,
            )

    def _joined(self, lane: Lane, act: str, key: str, work: Callable[[], Payment]) -> Future[Payment]:
        """The same question again, while the first is waiting for its answer, waits for that."""
        with self._guard:
            asking = self._asking.get((lane.id, act, key))
        if asking is not None:
            return asking
        asking = self.on_lane(lane, work)
        with self._guard:
            self._asking[lane.id, act, key] = asking
        asking.add_done_callback(lambda _: self._asking.pop((lane.id, act, key), None))
        return asking

    @contextmanager
    def _being_started(self, key: str) -> Iterator[None]:
        with self._guard:
            self._starting.add(key)
        try:
            yield
        finally:
            with self._guard:
                self._starting.discard(key)


def _remember(memory: OrderedDict[str, _T], key: str, value: _T) -> _T:
    """The first value for the key; the oldest keys are forgotten."""
    while len(memory) >= _MOST_REMEMBERED:
        memory.popitem(last=False)
    return memory.setdefault(key, value)
