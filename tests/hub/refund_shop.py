"""A hub with a sold basket, a bank that tells what it gave back, and the desk between them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hub.lanes import Lane
from hub.refund_store import RefundAsked
from hub.services import Hub
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Presents, Reason, RefundRequest, Traits
from retail.money import Money
from retail.refunding import Part
from tests.hub.lane_journal import LaneJournal

SALE = "0123456789abcdef0123456789abcdef"
NUMBER = "1-0123456789"  # as a lane prints it
PAID = 4676  # three milks on offer for 30.00, 842 g of apples for 16.76
UNKNOWN = PaymentResult(Outcome.UNKNOWN)
_TRAITS = Traits(Presents.SHOPPER_CODE, resend_start_is_safe=True, cancel_refunds=False)


@dataclass
class RefundingBank:
    """A bank with books: a refund key counts once, and never more goes back than was paid. `answers` may lose an answer
    (the money went), and `declines` refuses."""

    charged: dict[str, int] = field(default_factory=dict)
    given: dict[str, tuple[str, int]] = field(default_factory=dict)
    asked: list[RefundRequest] = field(default_factory=list)
    answers: Callable[[PaymentResult], PaymentResult] = lambda result: result
    declines: bool = False
    traits: Traits = _TRAITS

    def start(self, request: PaymentRequest) -> PaymentResult:
        self.charged[request.key] = request.amount.minor
        return PaymentResult(Outcome.APPROVED, Reason.NONE, "R1", request.amount)

    def lookup(self, key: str) -> PaymentResult:
        minor = self.charged.get(key)
        return UNKNOWN if minor is None else PaymentResult(Outcome.APPROVED, paid=Money(minor, "CNY"))

    def cancel(self, key: str) -> PaymentResult:
        return self.lookup(key)

    def refund(self, request: RefundRequest) -> PaymentResult:
        self.asked.append(request)
        if self.declines:
            return self.answers(PaymentResult(Outcome.DECLINED, Reason.REFUSED))
        before = self.given.setdefault(request.refund_key, (request.key, request.amount.minor))
        assert before == (request.key, request.amount.minor)
        assert self.back(request.key) <= self.charged[request.key], "more went back than was paid"
        return self.answers(PaymentResult(Outcome.APPROVED, Reason.NONE, f"back-{request.refund_key}"))

    def back(self, key: str) -> int:
        """What went back of a payment."""
        return sum(minor for of, minor in self.given.values() if of == key)

    def close(self) -> None:
        """Nothing is open."""


def enrolled(hub: Hub, name: str) -> Lane:
    lane = hub.lanes.by_token(hub.lanes.enrol("demo", name))
    assert lane is not None
    return lane


def sold(hub: Hub, lane: Lane, *, paid: bool = True) -> LaneJournal:
    """The lane's journal with one sale in it, uploaded."""
    journal = LaneJournal(lane=lane.name)
    journal.shop(SALE)
    if paid:
        journal.pay(SALE, receipt_number=NUMBER)
    hub.events.take(lane, journal.events)
    return journal


def payment_key() -> str:
    return f"key-{SALE}"[:32]


def wanted(refund_key: str, *parts: tuple[int, int], receipt: str = NUMBER, amount: int | None = None) -> RefundAsked:
    """An order of these pieces, or of all that is left."""
    chosen = tuple(Part(*part) for part in parts) or None
    return RefundAsked(refund_key, receipt, chosen, "damaged", "Li", "Li", amount)
