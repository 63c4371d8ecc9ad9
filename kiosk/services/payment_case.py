"""One attempt to pay until it is settled: asked for, doubted, ended; the lane's open one, or one that was set aside.

One recovery path: a time-out, a restart, a call that was given up and a late answer all end in `lookup` with the same
key. Before the first cancel there is one last look, and nothing between the two. Runs on the till's thread.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kiosk.services.payment_record import completion, is_part, part_refund_key, resolution
from kiosk.services.ports import GatewayCall, GatewayRunner, PaymentWay, Ways
from kiosk.services.register import Register
from kiosk.services.stages import Step
from payments.answers import understood
from payments.gateway import Gateway, Outcome, PaymentRequest, PaymentResult, Presents, Reason, RefundRequest, Trouble
from retail.events import EventKind
from retail.money import Money
from retail.sale import Attempt, AttemptState, SaleStatus

logger = logging.getLogger(__name__)

PART: Final = "partial"  # the reason of a payment that took too little, which was given back
ENDED: Final = "ended"  # shown where ending it may have given money back
_ASK_EVERY_S: Final = (1, 2, 3, 5)  # then every 5 s
_OFTEN: Final = 60  # times; after that nobody waits in front of the screen any more
_ASK_SELDOM_S: Final = 20  # so that it is settled within a minute after the line is back
_OPEN: Final = frozenset({SaleStatus.PAYING, SaleStatus.UNKNOWN})

Settled = Callable[[Step, str], None]
TellPayer = Callable[[str, str], None]  # the payment's key, and whose wallet paid
_Ask = Callable[[Gateway], PaymentResult]


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a payment may be open, in seconds, before the lane does something about it."""

    doubt_after_s: int = 30  # no answer at all: say so to the shopper
    # Ask the gateway to end it, never sooner than its trait says. 45: then WeChat revokes by itself what nobody paid.
    cancel_after_s: int = 45


def nobody_to_tell(_key: str, _payer: str) -> None:
    """Where nobody joins by paying."""


@dataclass(frozen=True, slots=True)
class CasePorts:
    """What every case stands on."""

    ways: Ways
    runner: GatewayRunner
    patience: Patience
    steady: Callable[[], float] = time.monotonic
    tell_payer: TellPayer = nobody_to_tell

    def way_of(self, attempt: Attempt) -> PaymentWay | None:
        """A way to the gateway that has the key: after a change of configuration its name may lead elsewhere, and
        another gateway would truly say that it took no money."""
        ways = [way for way in self.ways if way.gateway_name == attempt.gateway]
        return next((way for way in ways if way.id == attempt.way), ways[0] if ways else None)


class PaymentCase:
    """The attempt `key` of the sale in `register`. `settled(step, reason)` tells how it went on.

    Seconds count from the start, or from the restart that found it: never too many, as a clock may have been set.
    `sent_at` is for people.
    """

    def __init__(
        self, key: str, register: Register, ports: CasePorts, settled: Settled, *, sent_at: str, taken_up: bool = False
    ) -> None:
        self.key = key
        self.register = register
        self.settled = settled
        self.sent_at = sent_at
        self.asked = 0
        self.trouble = Trouble.NONE
        self.asking = False
        self._ports = ports
        self._taken_up = taken_up
        self._began = self._heard = self._sent = ports.steady()
        self._next_ask: float | None = None
        self._pending = False  # the gateway said that it works on it
        self._ending = False
        self.in_doubt = taken_up
        self._show = ""
        self._part: PaymentResult | None = None  # took too little: being given back

    # --- what is known --------------------------------------------------------------------------------------------

    @property
    def attempt(self) -> Attempt | None:
        """The attempt, while it is open."""
        sale = self.register.sale
        if sale is None or sale.status not in _OPEN or sale.attempt is None or sale.attempt.key != self.key:
            return None
        return sale.attempt

    @property
    def way(self) -> PaymentWay | None:
        """The way that its gateway is reached by; None once the configuration has none."""
        attempt = self.attempt
        return None if attempt is None else self._ports.way_of(attempt)

    @property
    def elapsed_s(self) -> int:
        """Whole seconds since it was sent, or since the restart that found it."""
        return int(self._ports.steady() - self._began)

    @property
    def _open_s(self) -> int:
        """Whole seconds since its gateway was asked for the money, or since the restart."""
        return int(self._ports.steady() - self._sent)

    @property
    def show(self) -> str:
        """What the shopper's phone is to scan, while that makes sense; in memory only."""
        return self._show if self.left_s else ""

    @property
    def left_s(self) -> int:
        """Whole seconds for which `show` can be scanned."""
        way = self.way
        if way is None or self.ending or not self._show:
            return 0
        open_for_s = self._open_for_s(way) or self._ports.patience.cancel_after_s
        return max(0, int(open_for_s) - self._open_s)

    @property
    def ending(self) -> bool:
        """Whether its end is on the way."""
        attempt = self.attempt
        return self._ending or (attempt is not None and attempt.cancel_sent)

    @property
    def can_cancel(self) -> bool:
        """Whether the shopper may stop it. At a terminal while it waits for the card; our own code at any time, as
        nobody may be scanning it. A wallet's bank has its code already, and works on it."""
        attempt, way = self.attempt, self.way
        if attempt is None or way is None or self.ending or (self.asking and not self.asked):
            return False  # a start that has not returned would not hear of it
        traits = way.gateway.traits
        if self._open_s < traits.cancel_earliest_s or self._part is not None:
            return False
        return traits.presents is Presents.KIOSK_CODE or (traits.presents is Presents.TERMINAL and not self.in_doubt)

    # --- what is done ---------------------------------------------------------------------------------------------

    def start(self, request: PaymentRequest) -> None:
        """Ask for the money; intent and key are on disk."""
        way = self.way

        def send(gateway: Gateway) -> PaymentResult:
            self._sent = self._ports.steady()  # it may have waited behind a call that hung
            return gateway.start(request)

        if way is not None:
            self._call(way, send, self._answered)

    def tick(self) -> None:
        """Once a second: ask again, begin to doubt, or end what takes too long."""
        if self.attempt is None:
            return
        if self.asking:
            if self._ports.steady() - self._heard >= self._ports.patience.doubt_after_s:
                self._doubt()
        elif self._next_ask is None or self._ports.steady() >= self._next_ask:
            self.ask()

    def ask(self) -> None:
        """Ask the gateway what became of it, or for its end once that is due."""
        attempt = self.attempt
        if attempt is None or self.asking:
            return
        way = self.way
        if way is None:
            self._nobody_to_ask(attempt)
            return
        self.asked += 1
        if self._part is not None:
            self._give_back(attempt, way, self._part)
        elif attempt.cancel_sent:
            self._end(attempt, way)
        else:
            if self._is_over(way):
                self._begin_end()
            self._call(way, lambda gateway: gateway.lookup(self.key), self._answered)

    def cancel(self) -> None:
        """The shopper wants to stop; only where the way allows it."""
        if self.can_cancel:
            self._begin_end()
            self.ask()  # unless a question is on its way, whose answer is the last look then

    def later(self) -> None:
        """Ask again after a pause."""
        wait = _ASK_EVERY_S[min(self.asked, len(_ASK_EVERY_S) - 1)]
        if self.asked >= _OFTEN and self.register.open_sale.aside:
            wait = _ASK_SELDOM_S
        self._next_ask = self._ports.steady() + wait

    def _begin_end(self) -> None:
        """From the next answer on it is to be over; nobody shall scan its code meanwhile."""
        self._ending, self._show = True, ""

    def _nobody_to_ask(self, attempt: Attempt) -> None:
        if self.trouble is not Trouble.KEYS:  # once, and not every five seconds for days
            logger.error("gateway %r is no longer configured: payment %s stays open", attempt.gateway, self.key)
        self.trouble = Trouble.KEYS
        self.later()

    def _open_for_s(self, way: PaymentWay) -> float:
        """How long the shopper has by the gateway's own word; 0 where that does not help: it never said that it works
        on this payment, or the code to be scanned was lost with a restart."""
        lost = self._taken_up and not self._show and way.gateway.traits.presents is Presents.KIOSK_CODE
        return 0.0 if lost or not self._pending else way.gateway.traits.open_for_s

    def _is_over(self, way: PaymentWay) -> bool:
        """Whether the lane has waited long enough. While the gateway answers that it works on it, that is the time it
        gives; silence is never waited for longer than the lane's own patience."""
        patience_s, open_for_s = self._ports.patience.cancel_after_s, self._open_for_s(way)
        if self._open_s < way.gateway.traits.cancel_earliest_s:
            return False
        if open_for_s:
            return self._open_s >= open_for_s or self._ports.steady() - self._heard >= patience_s
        return self._open_s >= patience_s

    def _end(self, attempt: Attempt, way: PaymentWay) -> None:
        if not attempt.cancel_sent:
            self.register.record(self.register.draft(EventKind.PAYMENT_CANCEL_SENT, key=self.key))
        self._call(way, lambda gateway: gateway.cancel(self.key), self._cancel_answered)

    def _call(self, way: PaymentWay, ask: _Ask, answered: Callable[[PaymentResult], None]) -> None:
        self.asking = True

        def done(result: PaymentResult) -> None:
            self.asking = False
            if self.attempt is None:
                logger.warning("an answer to payment %s came after it was settled", self.key)
            else:
                answered(understood(result))

        try:
            self._ports.runner.run(GatewayCall(way.gateway_name, lambda: ask(way.gateway)), done)
        except Exception:
            self.asking = False
            raise

    # --- what is answered -----------------------------------------------------------------------------------------

    def _answered(self, result: PaymentResult) -> None:
        attempt, way = self.attempt, self.way
        if attempt is None or attempt.cancel_sent:
            # A cancel is on its way, which may still give the money back: only its own answer counts.
            self.later()
        elif not self._is_settled_by(attempt, result):
            if self._ending and way is not None and self._part is None:
                self._end(attempt, way)  # at once: whatever the shopper does in between, the cancel settles it
            else:
                self.later()

    def _cancel_answered(self, result: PaymentResult) -> None:
        attempt = self.attempt
        if attempt is not None and not self._is_settled_by(attempt, result):
            self._doubt(result.trouble)
            self.later()

    def _is_settled_by(self, attempt: Attempt, result: PaymentResult) -> bool:
        if result.outcome is Outcome.DECLINED:
            self._decline(attempt, result)
            return True
        if result.outcome is Outcome.APPROVED:
            return self._is_approved_by(attempt, result)
        if result.outcome is Outcome.PENDING:
            self._wait_for(result)
        elif not self.show or self._ports.steady() - self._heard >= self._ports.patience.doubt_after_s:
            # One lost answer does not take the code from the screen that somebody is just scanning.
            self._doubt(result.trouble or Trouble.NO_ANSWER)
        else:
            self.trouble = result.trouble or Trouble.NO_ANSWER
        return False

    def _is_approved_by(self, attempt: Attempt, result: PaymentResult) -> bool:
        way, asked = self.way, Money(attempt.amount_minor, self.register.open_sale.currency)
        # An approval that names no sum is of the whole, unless the gateway has said before that it was a part.
        if result.paid == asked or (result.paid is None and attempt.reason != PART):
            self._approve(attempt, result)
            return True
        logger.error("payment %s: the gateway says %s, asked were %s", self.key, result.paid, asked)
        if way is not None and way.gateway.traits.can_be_partial and is_part(result.paid, asked):
            self._part = result
            self._give_back(attempt, way, result)
            return self.attempt is None
        self._doubt(Trouble.OTHER)
        return False

    def _wait_for(self, result: PaymentResult) -> None:
        """It is being worked on; whatever was wrong with the line is over."""
        self._pending, self._heard, self.trouble = True, self._ports.steady(), Trouble.NONE
        self._show = result.show or self._show
        if self.in_doubt and self.show and not self.register.open_sale.aside:
            self.in_doubt = False
            self.settled(Step.SHOW_CODE, "")

    def _approve(self, attempt: Attempt, result: PaymentResult) -> None:
        sale = self.register.open_sale
        if result.payer:  # before the approval, as nobody asks for it again: told twice is told once
            self._tell_payer(result.payer)
        completed = completion(sale, self.register.priced)
        # One transaction: there is no moment at which the money is ours and the sale is not whole.
        self.register.record(
            self.register.draft(EventKind.PAYMENT_RESOLVED, **resolution(attempt, AttemptState.APPROVED, result)),
            self.register.draft(EventKind.SALE_COMPLETED, **completed),
        )
        self.settled(Step.APPROVE, "")

    def _tell_payer(self, payer: str) -> None:
        try:
            self._ports.tell_payer(self.key, payer)
        except Exception as exc:  # noqa: BLE001 - whatever it is, asked again it would be so again: the money is ours
            logger.error("payment %s: who paid is not told (%s)", self.key, type(exc).__name__)  # noqa: TRY400 - no name

    def _decline(self, attempt: Attempt, result: PaymentResult) -> None:
        part = attempt.reason == PART  # what it took was given back
        body = resolution(attempt, AttemptState.DECLINED, result) | ({"reason": PART} if part else {})
        # Of a sale that was set aside nobody waits to pay in another way: its goods go back.
        gone = [EventKind.BASKET_CANCELLED] if self.register.open_sale.aside else []
        self.register.record(
            self.register.draft(EventKind.PAYMENT_RESOLVED, **body),
            *(self.register.draft(kind, reason="payment") for kind in gone),
        )
        reason = str(body["reason"])
        self.settled(Step.DECLINE, ENDED if self._may_be_given_back(attempt, reason) else reason)

    def _may_be_given_back(self, attempt: Attempt, reason: str) -> bool:
        """Whether the shopper's phone may say 'paid', as ending it may have given money back: then nobody must be told
        that nothing was charged."""
        way = self._ports.way_of(attempt)
        if way is None or not attempt.cancel_sent or reason not in {Reason.NONE, Reason.CANCELLED}:
            return False
        return way.gateway.traits.cancel_refunds or way.gateway.traits.presents is Presents.SHOPPER_CODE

    def _doubt(self, trouble: Trouble = Trouble.NO_ANSWER) -> None:
        """Say aloud, once, that nobody knows; on disk as well."""
        self.trouble = trouble or self.trouble
        attempt = self.attempt
        if attempt is not None and self.register.open_sale.status is SaleStatus.PAYING:
            self._record(attempt, AttemptState.UNKNOWN, PaymentResult(Outcome.UNKNOWN, trouble=self.trouble))
        if not self.in_doubt:
            self.in_doubt = True
            self.settled(Step.DOUBT, "")

    def _record(self, attempt: Attempt, state: AttemptState, result: PaymentResult, **more: object) -> None:
        body = resolution(attempt, state, result) | more
        self.register.record(self.register.draft(EventKind.PAYMENT_RESOLVED, **body))

    # --- too little -----------------------------------------------------------------------------------------------

    def _give_back(self, attempt: Attempt, way: PaymentWay, part: PaymentResult) -> None:
        """Never the goods for less: what was taken goes back, under a key that is the same whenever it is asked for."""
        assert part.paid is not None  # noqa: S101 - for the type checker: a part is an amount
        request = RefundRequest(self.key, part_refund_key(self.key), part.paid, part.paid)
        if attempt.reason != PART:  # on disk before it is asked for; a restart finds the part by asking for the payment
            taken = PaymentResult(Outcome.UNKNOWN, reference=part.reference)
            more = {"reason": PART, "paid_minor": part.paid.minor, "refund_key": request.refund_key}
            self._record(attempt, AttemptState.UNKNOWN, taken, **more)
        self._doubt(part.trouble)
        self._call(way, lambda gateway: gateway.refund(request), self._given_back)

    def _given_back(self, result: PaymentResult) -> None:
        attempt = self.attempt
        if attempt is not None and result.outcome is Outcome.APPROVED:
            self._decline(attempt, PaymentResult(Outcome.DECLINED, reference=result.reference or attempt.reference))
        elif result.outcome is Outcome.DECLINED:
            # It says that there is nothing to give back, or will not: what became of the payment is asked anew.
            self._part, self.trouble = None, Trouble.OTHER
            self.later()
        else:
            self.trouble = result.trouble or Trouble.NO_ANSWER
            self.later()
