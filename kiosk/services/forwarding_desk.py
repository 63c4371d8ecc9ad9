"""Asks what became of payments that a terminal stored, while the lane is idle: money in at last, or a debt to be seen.

A terminal forwards by itself once it has its line again; the lane only looks. Nothing that it stored is ever let go of
without an answer, and what the bank refused is written down before anything else is done.
"""

from __future__ import annotations

import logging
from typing import Final

from kiosk.services.lane import Lane
from kiosk.services.ports import GatewayCall, PaymentWay
from offline_cache.stored_payments import StoredPayment
from payments.answers import understood
from payments.gateway import Outcome, PaymentResult
from retail.events import Draft, EventKind

logger = logging.getLogger(__name__)

_ASK_EVERY_S: Final = (5, 10, 30, 60)  # then every minute: what waits for a line may wait for hours


class ForwardingDesk:
    """One question at a time, and only while nobody wants to pay: a shopper must not wait behind it."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._asking = False
        self._in_vain = 0
        self._next_ask = lane.ports.steady()
        self._last = ""

    def tick(self) -> None:
        """Once a second while the lane is idle. Raises JournalError."""
        ports = self._lane.ports
        if self._asking or ports.steady() < self._next_ask:
            return
        self._next_ask = ports.steady() + _ASK_EVERY_S[0]
        found = self._next()
        if found is not None:
            self._ask(*found)

    def _next(self) -> tuple[StoredPayment, PaymentWay] | None:
        """The one after the last that was asked for: one that gets no answer must not keep the others waiting."""
        lane, asked = self._lane, list[tuple[StoredPayment, PaymentWay]]()
        for payment in lane.ladder.waiting():
            ways = [way for way in lane.ports.ways if way.gateway_name == payment.gateway]
            # Of two terminals of one make only that which stored it knows of it.
            way = next((way for way in ways if way.id == payment.way), ways[0] if ways else None)
            if way is not None and lane.ladder.can_ask(way):
                asked.append((payment, way))
        after = next((place + 1 for place, (payment, _) in enumerate(asked) if payment.key == self._last), 0)
        return asked[after % len(asked)] if asked else None

    def _ask(self, payment: StoredPayment, way: PaymentWay) -> None:
        self._asking, self._last = True, payment.key

        def done(result: PaymentResult) -> None:
            self._asking = False
            self._answered(payment, understood(result))

        try:
            call = GatewayCall(way.gateway_name, lambda: way.gateway.lookup(payment.key))
            self._lane.ports.runner.run(call, done)
        except Exception:
            self._asking = False
            raise

    def _answered(self, payment: StoredPayment, result: PaymentResult) -> None:
        if not self._is_final(payment, result):
            wait = _ASK_EVERY_S[min(self._in_vain, len(_ASK_EVERY_S) - 1)]
            self._in_vain += 1
            self._next_ask = self._lane.ports.steady() + wait
            return
        self._in_vain = 0
        self._next_ask = self._lane.ports.steady()
        self._lane.way_watch.works(payment.way)
        declined = result.outcome is Outcome.DECLINED
        if declined:
            logger.error("stored payment %s was refused by the bank (%s): a debt", payment.key, result.reason or "-")
        body = {
            "key": payment.key,
            "outcome": result.outcome.value,
            "reason": result.reason.value,
            "reference": result.reference,
        }
        # Of a sale that is over: the register's own, which may be another shopper's by now, stays as it is.
        self._lane.ports.journal.append(Draft(EventKind.PAYMENT_FORWARDED, payment.sale_id, body))

    def _is_final(self, payment: StoredPayment, result: PaymentResult) -> bool:
        """Whether the bank itself has answered, and for this amount."""
        if result.outcome is Outcome.DECLINED:
            return True
        if result.outcome is not Outcome.APPROVED or result.stored:
            return False
        paid = result.paid
        if paid is not None and (paid.minor, paid.currency) != (payment.amount_minor, payment.currency):
            logger.error("stored payment %s: the bank says %s, %s were stored", payment.key, paid, payment.amount_minor)
            return False
        return True
