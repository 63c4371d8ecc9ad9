"""A gateway that answers as it is told to, and remembers what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from hub.lanes import Lane
from hub.payment_gateways import Account, PaymentGateways
from payments.gateway import Gateway, Outcome, PaymentRequest, PaymentResult, Presents, Reason, RefundRequest, Traits

_UNKNOWN = PaymentResult(Outcome.UNKNOWN)
_TRAITS = Traits(Presents.SHOPPER_CODE, resend_start_is_safe=False, cancel_refunds=True)


@dataclass
class ScriptedGateway:
    """One for all lanes, as the bank is. `answer` decides on start, `truth` on look-up, `end` or `truth` on cancel."""

    answer: Callable[[PaymentRequest], PaymentResult] = lambda request: PaymentResult(
        Outcome.APPROVED, Reason.NONE, f"R-{request.key}", request.amount
    )
    truth: PaymentResult = _UNKNOWN
    end: PaymentResult | None = None
    started: list[PaymentRequest] = field(default_factory=list)
    looked_up: list[str] = field(default_factory=list)
    cancelled: list[str] = field(default_factory=list)
    refunded: list[RefundRequest] = field(default_factory=list)
    called: threading.Event = field(default_factory=threading.Event)
    free: threading.Event = field(default_factory=threading.Event)
    traits: Traits = _TRAITS

    def __post_init__(self) -> None:
        self.free.set()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Starts wait at the bank until the block ends."""
        self.called.clear()
        self.free.clear()
        try:
            yield
        finally:
            self.free.set()

    def start(self, request: PaymentRequest) -> PaymentResult:
        self.started.append(request)
        self.called.set()
        assert self.free.wait(10)
        return self.answer(request)

    def lookup(self, key: str) -> PaymentResult:
        self.looked_up.append(key)
        return self.truth

    def cancel(self, key: str) -> PaymentResult:
        self.cancelled.append(key)
        return self.truth if self.end is None else self.end

    def refund(self, request: RefundRequest) -> PaymentResult:
        self.refunded.append(request)
        return PaymentResult(Outcome.APPROVED, Reason.NONE, f"R-{request.refund_key}")

    def close(self) -> None:
        """Nothing is open."""


def only(gateway: Gateway | Callable[[Lane], Gateway], **about: Any) -> PaymentGateways:
    """A hub's gateways, where there is but one, for every order; or, with `ways`, for those."""
    open_for = gateway if callable(gateway) else lambda _lane: gateway
    traits = _TRAITS if callable(gateway) else gateway.traits
    account = Account(**{"name": "scripted", "plug_in": "scripted", "traits": traits, **about})
    return PaymentGateways([account], lambda _account, lane: open_for(lane))
