"""Makes refunds: on disk before anything is sent, asked again under the same key until the answer is definite.

Nothing here waits: the hub and the gateways answer on the till's thread. A refund that nobody has answered for goes on
in the background, after a restart too, and blocks no shopper.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Final

from kiosk.services.lane import Lane
from kiosk.services.ports import GatewayCall, PaymentWay
from kiosk.services.refund_book import BY_LANE, BookRefused, Promised, RefundPorts
from kiosk.services.refund_record import OpenRefund, intended, resolved, still_open, submitted
from payments.answers import understood
from payments.gateway import Outcome, PaymentResult, Presents, Reason, RefundRequest
from retail.money import Money

logger = logging.getLogger(__name__)

_ASK_AGAIN_S: Final = (2, 5, 10, 30, 60)  # then every minute
_ANSWER_WITHIN_S: Final = 120  # an answer that is lost on the way back keeps nobody from asking again
_DECLINED: Final = PaymentResult(Outcome.DECLINED, Reason.NOT_SENT)
_UNKNOWN: Final = PaymentResult(Outcome.UNKNOWN)

# Told of a refund's key: what is known of it, and why nobody could be asked.
News = Callable[[str, PaymentResult, str], None]


class RefundMaker:
    """The lane's refunds that are not settled. Only on the till's thread; raises JournalError."""

    def __init__(self, lane: Lane, ports: RefundPorts, news: News) -> None:
        self._lane = lane
        self._ports = ports
        self._news = news
        self._open: dict[str, OpenRefund] = {}
        self._asked: dict[str, int] = {}
        self._next_ask: dict[str, float] = {}
        self._begun_here: set[str] = set()  # and no gateway of ours was asked yet: what was not sent can be proved

    @property
    def open(self) -> tuple[OpenRefund, ...]:
        """Those that nobody has answered for, oldest first."""
        return tuple(self._open.values())

    def recover(self) -> None:
        """Take up what a restart, or a fault, interrupted. One that was never submitted is not begun now: whoever
        wanted it has gone, or has done it elsewhere."""
        self._begun_here.clear()
        self._open = still_open(self._ports.open_refunds())
        self._next_ask = dict.fromkeys(self._open, self._lane.ports.steady())
        for refund in self.open:
            if not refund.submitted:
                self._resolve(refund, _DECLINED, None)

    def begin(self, refund: OpenRefund) -> None:
        """Staff have confirmed it."""
        self._lane.register.must_have_room()
        self._lane.register.record(intended(refund))
        self._lane.register.record(submitted(refund))
        self._open[refund.key] = refund
        self._begun_here.add(refund.key)
        self._ask(refund)

    def tick(self) -> None:
        """Once a second: ask again for what is due."""
        now = self._lane.ports.steady()
        for refund in self.open:
            if now >= self._next_ask[refund.key]:
                self._ask(refund)

    def ask_now(self) -> None:
        """Somebody wants to know it now."""
        for refund in self.open:
            self._ask(refund)

    def gateway_way(self, gateway: str, lane: str, way_id: str) -> PaymentWay | None:
        """The way whose gateway can give back what that lane's took: a wallet's knows orders by their number wherever
        it is asked, a terminal only its own, and a second one of the same make none of the first's."""
        ways = [way for way in self._lane.ports.ways if way.gateway_name == gateway]
        for way in [way for way in ways if way.id == way_id] or ways:
            own_only = way.gateway.traits.presents is Presents.TERMINAL
            if not own_only or lane == self._lane.rules.lane:
                return way
        return None

    def _ask(self, refund: OpenRefund) -> None:
        key = refund.key
        self._asked[key] = self._asked.get(key, 0) + 1
        self._next_ask[key] = self._lane.ports.steady() + _ANSWER_WITHIN_S
        self._ports.book.order(refund.order, lambda answer: self._heard(key, answer))

    def _heard(self, key: str, answer: Promised | BookRefused) -> None:
        refund = self._open.get(key)
        if refund is None:
            return  # settled meanwhile
        if isinstance(answer, BookRefused):
            first = key in self._begun_here and self._asked[key] == 1
            if answer.final or (answer.unsent and first):
                self._resolve(refund, _DECLINED, None, why=answer.code)
            else:
                self._wait(refund, _UNKNOWN, answer.code)
        elif answer.route == BY_LANE and answer.outcome not in {Outcome.APPROVED, Outcome.DECLINED}:
            self._make(refund, answer)
        else:
            self._answered(refund, answer, PaymentResult(answer.outcome, _reason(answer.reason), answer.reference))

    def _make(self, refund: OpenRefund, promised: Promised) -> None:
        """The hub has promised it, and a gateway of this lane has to do it."""
        way = self.gateway_way(promised.gateway, promised.lane, promised.way)
        if way is None:
            if refund.key in self._begun_here:
                self._resolve(refund, _DECLINED, promised, why="other_lane")
            else:  # it had the gateway before the restart, and may have asked it
                self._wait(refund, _UNKNOWN, "other_lane")
            return
        self._begun_here.discard(refund.key)
        request = RefundRequest(
            promised.payment_key,
            refund.key,
            Money(promised.amount_minor, promised.currency),
            Money(promised.paid_minor, promised.currency),
            refund.order.why,
        )
        call = GatewayCall(way.gateway_name, lambda: way.gateway.refund(request))
        self._lane.ports.runner.run(call, lambda said: self._made(refund.key, promised, understood(said)))

    def _made(self, key: str, promised: Promised, result: PaymentResult) -> None:
        refund = self._open.get(key)
        if refund is not None:
            self._answered(refund, promised, result)

    def _answered(self, refund: OpenRefund, promised: Promised, result: PaymentResult) -> None:
        if result.outcome in {Outcome.APPROVED, Outcome.DECLINED}:
            self._resolve(refund, result, promised)
        else:
            self._wait(refund, result, "")

    def _wait(self, refund: OpenRefund, result: PaymentResult, why: str) -> None:
        tries = self._asked.get(refund.key, 1) - 1
        self._next_ask[refund.key] = self._lane.ports.steady() + _ASK_AGAIN_S[min(tries, len(_ASK_AGAIN_S) - 1)]
        self._news(refund.key, result, why)

    def _resolve(self, refund: OpenRefund, result: PaymentResult, promised: Promised | None, *, why: str = "") -> None:
        self._lane.register.record(resolved(refund, result, promised, why=why))
        for known in (self._open, self._asked, self._next_ask):
            known.pop(refund.key, None)
        self._begun_here.discard(refund.key)
        if promised is not None and promised.route == BY_LANE:
            self._ports.book.made(refund.key, result)
        logger.info("refund %s: %s %s", refund.key, result.outcome, why or result.reason)
        self._news(refund.key, result, why or result.reason.value)


def _reason(word: str) -> Reason:
    try:
        return Reason(word)
    except ValueError:  # a newer hub may know more
        return Reason.REFUSED
