"""Takes the money: the key is on disk before anything is sent, and doubt is settled by asking, never by trying again.

One recovery path: a time-out, a restart and a late answer all end in `lookup` with the same key. Runs on the till's
thread; gateway calls go through the runner. See payments.gateway for what the outcomes mean.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from kiosk.services.lane_view import PaymentView
from kiosk.services.ports import GatewayRunner, PaymentWay, Ways
from kiosk.services.register import Register
from kiosk.services.stages import Step
from payments.answers import understood
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Presents, Reason
from retail.events import Draft, EventKind
from retail.money import Money
from retail.sale import Attempt, AttemptState, Sale, SaleStatus

logger = logging.getLogger(__name__)

_ASK_EVERY_S: Final = (1, 2, 3, 5)  # then every 5 s


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a payment may be open, in seconds, before the lane does something about it."""

    doubt_after_s: int = 30  # no answer at all: say so to the shopper
    cancel_after_s: int = 60  # still pending or unknown: ask the gateway to end it (never sooner than its trait says)


class PaymentDesk:
    """The one attempt to pay that may be open. `settled(step, reason)` tells the till how it went."""

    def __init__(
        self,
        register: Register,
        ways: Ways,
        runner: GatewayRunner,
        settled: Callable[[Step, str], None],
        patience: Patience | None = None,
        steady: Callable[[], float] = time.monotonic,
    ) -> None:
        self._register = register
        self._ways = {way.id: way for way in ways}
        self._runner = runner
        self._settled = settled
        self._patience = patience or Patience()
        self._steady = steady
        self._asking = False
        self._asked = 0
        self._since: float | None = None
        self._next_ask: float | None = None

    def begin(self, way_id: str, instrument: str = "") -> None:
        """Ask for the basket's total by one way. Raises JournalError before anything is sent."""
        way, sale = self._ways[way_id], self._register.open_sale
        key, total = self._register.new_key(), self._register.priced.total_minor
        intent = {
            "key": key,
            "way": way.id,
            "gateway": way.gateway_name,
            "amount_minor": total,
            "currency": sale.currency,
        }
        self._register.record(self._register.draft(EventKind.PAYMENT_INTENDED, **intent))
        self._register.record(self._register.draft(EventKind.PAYMENT_SUBMITTED, key=key))
        self._start_clock()
        request = PaymentRequest(key, Money(total, sale.currency), sale.id, way.id, instrument)
        self._call(key, lambda: way.gateway.start(request))

    def recover(self) -> Step | None:
        """Take up the attempt that a restart interrupted; the step that the lane's screen follows from, if any."""
        sale = self._register.open_sale
        attempt = sale.attempt
        if sale.status is SaleStatus.PAID:
            self._register.record(self._completion(sale))
            return Step.APPROVE
        if attempt is None or sale.status not in {SaleStatus.PAYING, SaleStatus.UNKNOWN}:
            return None
        if attempt.state is AttemptState.INTENDED:
            self._resolve(attempt, "declined", PaymentResult(Outcome.DECLINED, Reason.NOT_SENT))
            return Step.DECLINE
        self._start_clock()
        self._next_ask = self._steady()
        if sale.status is SaleStatus.PAYING:
            self._resolve(attempt, "unknown", PaymentResult(Outcome.UNKNOWN))
        return Step.DOUBT

    def tick(self) -> None:
        """Once a second: ask again, begin to doubt, or end what takes too long."""
        attempt = self._open_attempt()
        if attempt is None:
            return
        if self._asking:
            if self.elapsed_s >= self._patience.doubt_after_s:
                self._doubt(attempt)
            return
        if self._next_ask is None or self._steady() >= self._next_ask:
            self.ask()

    def ask(self) -> None:
        """Ask the gateway what became of the open attempt (or for its end, once that was begun)."""
        attempt = self._open_attempt()
        if attempt is None or self._asking:
            return
        way = self._way_of(attempt)
        if way is None:
            logger.error("gateway %r is no longer configured: payment %s stays open", attempt.gateway, attempt.key)
            self._schedule()
            return
        self._asked += 1
        limit = max(self._patience.cancel_after_s, way.gateway.traits.cancel_earliest_s)
        if attempt.cancel_sent or self.elapsed_s >= limit:
            self._end(attempt, way)
        else:
            self._call(attempt.key, lambda: way.gateway.lookup(attempt.key))

    def cancel(self) -> None:
        """The shopper wants to stop; only where the way allows it."""
        attempt, way = self._open_attempt(), self._way()
        if attempt is not None and way is not None and self._may_cancel(way, attempt):
            self._end(attempt, way)

    @property
    def elapsed_s(self) -> int:
        """Whole seconds since the attempt was sent, or since the restart that found it."""
        return 0 if self._since is None else int(self._steady() - self._since)

    def view(self) -> PaymentView | None:
        """What the screen shows of the open attempt."""
        attempt, way = self._open_attempt(), self._way()
        if attempt is None:
            return None
        return PaymentView(
            way=attempt.way,
            presents=way.gateway.traits.presents if way else Presents.SHOPPER_CODE,
            amount_minor=attempt.amount_minor,
            elapsed_s=self.elapsed_s,
            usual_s=way.usual_s if way else 0,
            can_cancel=way is not None and self._may_cancel(way, attempt),
            reference=attempt.key,
        )

    def _way(self) -> PaymentWay | None:
        attempt = self._open_attempt()
        return None if attempt is None else self._way_of(attempt)

    def _way_of(self, attempt: Attempt) -> PaymentWay | None:
        """A way to the gateway that has the key: after a change of configuration its name may lead elsewhere, and
        another gateway would truly say that it took no money."""
        ways = [way for way in self._ways.values() if way.gateway_name == attempt.gateway]
        return next((way for way in ways if way.id == attempt.way), ways[0] if ways else None)

    def _open_attempt(self) -> Attempt | None:
        sale = self._register.sale
        if sale is None or sale.status not in {SaleStatus.PAYING, SaleStatus.UNKNOWN}:
            return None
        return sale.attempt

    def _end(self, attempt: Attempt, way: PaymentWay) -> None:
        if not attempt.cancel_sent:
            self._register.record(self._register.draft(EventKind.PAYMENT_CANCEL_SENT, key=attempt.key))
        self._call(attempt.key, lambda: way.gateway.cancel(attempt.key), is_cancel=True)

    def _call(self, key: str, call: Callable[[], PaymentResult], *, is_cancel: bool = False) -> None:
        self._asking = True
        try:
            self._runner.run(call, lambda result: self._answered(key, understood(result), is_cancel=is_cancel))
        except Exception:
            self._asking = False
            raise

    def _answered(self, key: str, result: PaymentResult, *, is_cancel: bool) -> None:
        self._asking = False
        attempt = self._open_attempt()
        if attempt is None or attempt.key != key:
            logger.warning("an answer to payment %s came after it was settled", key)
            return
        if result.outcome is Outcome.APPROVED and self._counts(attempt, result, is_cancel=is_cancel):
            self._approve(attempt, result)
        elif result.outcome is Outcome.DECLINED:
            self._resolve(attempt, "declined", result)
            self._settled(Step.DECLINE, result.reason.value)
        elif result.outcome is Outcome.PENDING:
            self._schedule()
        else:
            self._doubt(attempt)
            self._schedule()

    def _counts(self, attempt: Attempt, result: PaymentResult, *, is_cancel: bool) -> bool:
        if attempt.cancel_sent and not is_cancel:
            # The cancel may still give the money back: only its own answer may release the goods.
            return False
        expected = Money(attempt.amount_minor, self._register.open_sale.currency)
        if result.paid is not None and result.paid != expected:
            logger.error("payment %s: the gateway says %s, asked were %s", attempt.key, result.paid, expected)
            return False
        return True

    def _approve(self, attempt: Attempt, result: PaymentResult) -> None:
        sale = self._register.open_sale
        resolved = self._resolution(attempt, "approved", result)
        # One transaction: there is no moment at which the money is ours and the sale is not whole.
        self._register.record(resolved, self._completion(sale))
        self._settled(Step.APPROVE, "")

    def _doubt(self, attempt: Attempt) -> None:
        if self._register.open_sale.status is SaleStatus.PAYING:
            self._resolve(attempt, "unknown", PaymentResult(Outcome.UNKNOWN))
            self._settled(Step.DOUBT, "")

    def _resolve(self, attempt: Attempt, outcome: str, result: PaymentResult) -> None:
        self._register.record(self._resolution(attempt, outcome, result))

    def _resolution(self, attempt: Attempt, outcome: str, result: PaymentResult) -> Draft:
        return self._register.draft(
            EventKind.PAYMENT_RESOLVED,
            key=attempt.key,
            outcome=outcome,
            reason=result.reason.value,
            reference=result.reference,
        )

    def _completion(self, sale: Sale) -> Draft:
        priced = self._register.priced
        return self._register.draft(
            EventKind.SALE_COMPLETED,
            total_minor=priced.total_minor,
            saved_minor=priced.saved_minor,
            currency=sale.currency,
            lines=len(sale.lines),
            tax=[
                {"rate_bp": part.rate_bp, "gross_minor": part.gross_minor, "tax_minor": part.tax_minor}
                for part in priced.tax
            ],
            payment_key=sale.attempts[-1].key,
            receipt_number=f"{sale.lane}-{sale.id[:10].upper()}",
            **_serials(sale),
        )

    def _start_clock(self) -> None:
        self._since = self._steady()
        self._asked = 0
        self._next_ask = None

    def _schedule(self) -> None:
        wait = _ASK_EVERY_S[min(self._asked, len(_ASK_EVERY_S) - 1)]
        self._next_ask = self._steady() + wait

    def _may_cancel(self, way: PaymentWay, attempt: Attempt) -> bool:
        """A terminal waits for the card: the shopper may change their mind. A wallet's bank has its code."""
        traits = way.gateway.traits
        if self._asking or attempt.cancel_sent or self.elapsed_s < traits.cancel_earliest_s:
            return False
        return traits.presents is not Presents.SHOPPER_CODE


def _serials(sale: Sale) -> dict[str, list[list[str]]]:
    """What the journal is to remember as sold, for ever: item and serial number of each that has one."""
    sold = [[line.item, line.serial] for line in sale.lines if line.serial]
    return {"serials": sold} if sold else {}
