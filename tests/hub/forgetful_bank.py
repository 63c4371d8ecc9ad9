"""A bank with books of its own, whose answers get lost now and then after it did what was asked."""

from __future__ import annotations

import random
import threading
from collections import Counter

from payments.gateway import Outcome, PaymentRequest, PaymentResult, Presents, Reason, RefundRequest, Traits

_LOST = PaymentResult(Outcome.UNKNOWN)


class ForgetfulBank:
    """One bank for all gateway objects and threads. A cancel gives back what was paid, and bars what was not seen."""

    traits = Traits(Presents.SHOPPER_CODE, resend_start_is_safe=False, cancel_refunds=True)

    def __init__(self, seed: int, *, loses: float) -> None:
        self._chance = random.Random(seed)  # noqa: S311 - repeatable randomness, no secret
        self._loses = loses
        self._guard = threading.Lock()
        self._state: dict[str, Outcome] = {}
        self.starts: Counter[str] = Counter()
        self.charged: set[str] = set()
        self.given_back: set[str] = set()

    def start(self, request: PaymentRequest) -> PaymentResult:
        with self._guard:
            self.starts[request.key] += 1
            if request.key not in self._state:
                approves = self._chance.random() < 0.8
                self._state[request.key] = Outcome.APPROVED if approves else Outcome.DECLINED
                if approves:
                    self.charged.add(request.key)
            return self._told(request.key)

    def lookup(self, key: str) -> PaymentResult:
        with self._guard:
            return self._told(key)

    def cancel(self, key: str) -> PaymentResult:
        with self._guard:
            if key in self.charged:
                self.given_back.add(key)
            self._state[key] = Outcome.DECLINED
            return self._told(key)

    def refund(self, request: RefundRequest) -> PaymentResult:
        raise NotImplementedError

    def close(self) -> None:
        """Nothing is open."""

    def kept(self) -> set[str]:
        """The keys under which it has money."""
        return self.charged - self.given_back

    def _told(self, key: str) -> PaymentResult:
        if key not in self._state or self._chance.random() < self._loses:
            return _LOST
        outcome = self._state[key]
        return PaymentResult(outcome, Reason.NONE if outcome is Outcome.APPROVED else Reason.REFUSED, f"R-{key}")
