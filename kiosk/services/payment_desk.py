"""Takes the money: the key is on disk before anything is sent, and doubt is settled by asking, never by trying again.

Holds the one attempt of the open sale; how it goes on is the affair of its PaymentCase. Runs on the till's thread;
gateway calls go through the runner. See payments.gateway for what the outcomes mean.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from kiosk.services.lane_view import PaymentView
from kiosk.services.payment_case import CasePorts, Patience, PaymentCase, Settled, TellPayer, nobody_to_tell
from kiosk.services.payment_record import NO_WAY, completion, earning, resolution
from kiosk.services.ports import GatewayRunner, PaymentWay, Ways
from kiosk.services.register import Register
from kiosk.services.stages import Step
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Presents, Reason
from retail.events import EventKind
from retail.money import Money
from retail.pricing import PricedBasket
from retail.sale import Attempt, AttemptState, SaleStatus

__all__ = ["Patience", "PaymentDesk"]


class PaymentDesk:
    """The one attempt to pay that may be open. `settled(step, reason)` tells the till how it went."""

    def __init__(
        self,
        register: Register,
        ways: Ways,
        runner: GatewayRunner,
        settled: Settled,
        patience: Patience | None = None,
        steady: Callable[[], float] = time.monotonic,
        tell_payer: TellPayer = nobody_to_tell,
    ) -> None:
        self.ports = CasePorts(ways, runner, patience or Patience(), steady, tell_payer)
        self._register = register
        self._settled = settled
        self._case: PaymentCase | None = None

    def begin(self, way: PaymentWay, instrument: str = "", brand: str = "", *, may_store: bool = False) -> None:
        """Ask for the basket's total by one way. Raises JournalError before anything is sent."""
        register = self._register
        sale, key = register.open_sale, register.new_key()
        brand = _brand(way, brand)
        priced = self._priced_for(way, brand)
        total = priced.total_minor
        intent: dict[str, Any] = {
            "key": key,
            "way": way.id,
            "gateway": way.gateway_name,
            "amount_minor": total,
            "currency": sale.currency,
            "brand": brand,
        }
        intent |= earning(register.points(), priced)
        if way.gateway.traits.tells_payer:
            intent["tells_payer"] = True
        if may_store:  # counts against the shop's limits from now on, whatever becomes of it
            intent["may_store"] = True
        register.record(register.draft(EventKind.PAYMENT_INTENDED, **intent))
        register.record(register.draft(EventKind.PAYMENT_SUBMITTED, key=key))
        self._case = self._open(key)
        self._case.start(PaymentRequest(key, Money(total, sale.currency), sale.id, way.id, instrument, may_store))

    def take_nothing(self) -> None:
        """Complete a sale that comes to nothing: in the journal it has an attempt as any other, by no way."""
        register = self._register
        key, nobody = register.new_key(), {"way": NO_WAY, "gateway": "", "brand": ""}
        intent = {"key": key, "amount_minor": 0, "currency": register.open_sale.currency, **nobody}
        intent |= earning(register.points(), register.priced)
        if register.open_sale.visit.joining is not None:  # nobody joins by paying nothing, but what was shown stays
            intent["tells_payer"] = True
        register.record(register.draft(EventKind.PAYMENT_INTENDED, **intent))
        sale = register.open_sale
        approved = resolution(sale.attempts[-1], AttemptState.APPROVED, PaymentResult(Outcome.APPROVED))
        register.record(
            register.draft(EventKind.PAYMENT_RESOLVED, **approved),
            register.draft(EventKind.SALE_COMPLETED, **completion(sale, register.priced)),
        )

    def amount_minor(self, way: PaymentWay, brand: str = "") -> int:
        """What would be asked for by this way, as campaigns may be for one."""
        return self._priced_for(way, brand).total_minor

    def _priced_for(self, way: PaymentWay, brand: str) -> PricedBasket:
        tells = way.gateway.traits.tells_payer
        return self._register.priced_for(way.id, _brand(way, brand), tells_payer=tells)

    def recover(self) -> Step | None:
        """Take up the attempt that a restart interrupted; the step that the lane's screen follows from, if any."""
        register, sale = self._register, self._register.open_sale
        attempt = sale.attempt
        if sale.status is SaleStatus.PAID:
            completed = completion(sale, register.priced)
            register.record(register.draft(EventKind.SALE_COMPLETED, **completed))
            return Step.APPROVE
        if attempt is None or sale.status not in {SaleStatus.PAYING, SaleStatus.UNKNOWN}:
            return None
        if attempt.state is AttemptState.INTENDED:
            self._resolve(attempt, AttemptState.DECLINED, PaymentResult(Outcome.DECLINED, Reason.NOT_SENT))
            return Step.DECLINE
        if sale.status is SaleStatus.PAYING:
            self._resolve(attempt, AttemptState.UNKNOWN, PaymentResult(Outcome.UNKNOWN))
        if self._case is None or self._case.key != attempt.key:  # after a mere fault its call may still be on its way
            self._case = self._open(attempt.key, taken_up=True)
        self._case.in_doubt = True
        return Step.DOUBT

    def tick(self) -> None:
        """Once a second: ask again, begin to doubt, or end what takes too long."""
        if self._case is not None:
            self._case.tick()

    def ask(self) -> None:
        """Ask the gateway what became of the open attempt (or for its end, once that was begun)."""
        if self._case is not None:
            self._case.ask()

    def cancel(self) -> None:
        """The shopper wants to stop; only where the way allows it."""
        if self._case is not None:
            self._case.cancel()

    def give_up(self) -> PaymentCase | None:
        """Let go of the open attempt: somebody else goes on asking."""
        case, self._case = self.case, None
        return case

    @property
    def case(self) -> PaymentCase | None:
        """The open attempt."""
        return self._case if self._case is not None and self._case.attempt is not None else None

    def view(self) -> PaymentView | None:
        """What the screen shows of the open attempt."""
        case = self.case
        attempt = None if case is None else case.attempt
        if case is None or attempt is None:
            return None
        way = case.way
        return PaymentView(
            way=attempt.way,
            presents=way.gateway.traits.presents if way else Presents.SHOPPER_CODE,
            amount_minor=attempt.amount_minor,
            elapsed_s=case.elapsed_s,
            usual_s=way.usual_s if way else 0,
            can_cancel=case.can_cancel,
            reference=attempt.key,
            brand=attempt.brand,
            show=case.show,
            left_s=case.left_s,
            ending=case.ending,
        )

    def _open(self, key: str, *, taken_up: bool = False) -> PaymentCase:
        sent_at = self._register.sent_at(key)
        return PaymentCase(key, self._register, self.ports, self._settled, sent_at=sent_at, taken_up=taken_up)

    def _resolve(self, attempt: Attempt, state: AttemptState, result: PaymentResult) -> None:
        body = resolution(attempt, state, result)
        self._register.record(self._register.draft(EventKind.PAYMENT_RESOLVED, **body))


def _brand(way: PaymentWay, shown: str) -> str:
    """Whose wallet it is: the code that was shown tells, or the way takes no other."""
    brands = way.gateway.traits.brands or tuple({way.id} & {"wechat", "alipay"})
    return shown or (brands[0] if len(brands) == 1 else "")
