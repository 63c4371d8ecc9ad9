"""A line to WeChat Pay that breaks at any byte, either way: never a wrong word, and then the truth.

All bytes of all calls with KIOSK_NIGHTLY=1, a sample else.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import httpx
import pytest

from payments.gateway import Outcome, PaymentRequest, PaymentResult, RefundRequest
from retail.money import Money
from tests.faults.cut_proxy import CutProxy, Deed, Trouble, Way
from tests.payments.gateway_contract import PRICE
from tests.payments.wechat_rig import WechatBank, request, wechat_bank

NIGHTLY = bool(os.environ.get("KIOSK_NIGHTLY"))
SAMPLE = 4
SETTLED = {Outcome.APPROVED, Outcome.DECLINED}


class Broken:
    """A gateway whose line to its bank goes through a proxy that cuts."""

    def __init__(self, bank: WechatBank) -> None:
        self.bank = bank
        self.proxy = CutProxy(httpx.URL(bank.fake.url).port or 0)
        bank.more["address"] = self.proxy.url
        self.gateway = bank.gateway()
        self.count = 0

    def key(self) -> str:
        self.count += 1
        return f"payment-{self.count:05}"

    def order(self, key: str) -> PaymentRequest:
        return request(key=key) if self.bank.presents == "shopper_code" else PaymentRequest(key, PRICE, "s", "wechat")

    def cut(self, way: Way, at: int, call: Callable[[], PaymentResult]) -> PaymentResult:
        self.proxy.spoil(Trouble(way, at, Deed.RESET if at % 2 else Deed.CUT))
        answer = call()
        self.proxy.spoil(None)
        return answer

    def settled(self, key: str) -> PaymentResult:
        """As a lane settles it: the last look, then cancels until one is definite."""
        answer = self.gateway.lookup(key)
        for _ in range(4):
            if answer.outcome in SETTLED:
                return answer
            self.bank.later(20)
            answer = self.gateway.cancel(key)
        return answer

    def is_true(self, key: str, answer: PaymentResult) -> bool:
        return self.bank.taken(key) == (PRICE.minor if answer.outcome is Outcome.APPROVED else 0)


@contextmanager
def broken(folder: Path, presents: str) -> Iterator[Broken]:
    with wechat_bank(folder, presents) as bank:
        line = Broken(bank)
        try:
            yield line
        finally:
            line.gateway.close()
            line.proxy.close()


@pytest.fixture
def by_code(tmp_path):
    with broken(tmp_path, "shopper_code") as line:
        yield line


@pytest.fixture
def by_qr(tmp_path):
    with broken(tmp_path, "kiosk_code") as line:
        yield line


def places(line: Broken, call: Callable[[], PaymentResult]) -> Iterator[tuple[Way, int]]:
    """Where to cut a call like this one."""
    line.proxy.spoil(None)
    call()
    lengths = {way: line.proxy.passed(way) for way in Way}
    for way, length in lengths.items():
        yield from ((way, at) for at in range(0, length + 1, 1 if NIGHTLY else max(1, length // SAMPLE)))


@pytest.mark.parametrize("kind", ["by_code", "by_qr"])
def test_a_cut_start_is_settled_by_the_truth(request, kind):
    line: Broken = request.getfixturevalue(kind)
    unknown = 0
    for way, at in list(places(line, lambda: line.gateway.start(line.order(line.key())))):
        key = line.key()
        answer = line.cut(way, at, partial(line.gateway.start, line.order(key)))
        assert answer.outcome is not Outcome.DECLINED, (way, at)
        assert answer.outcome is not Outcome.APPROVED or line.is_true(key, answer), (way, at)
        unknown += answer.outcome is Outcome.UNKNOWN
        truth = line.settled(key)
        assert truth.outcome in SETTLED, (way, at)
        assert line.is_true(key, truth), (way, at)
    assert unknown > SAMPLE


def test_a_cut_query_changes_nothing(by_code):
    key = by_code.key()
    by_code.gateway.start(by_code.order(key))
    for way, at in list(places(by_code, lambda: by_code.gateway.lookup(key))):
        answer = by_code.cut(way, at, partial(by_code.gateway.lookup, key))
        assert answer.outcome in {Outcome.UNKNOWN, Outcome.APPROVED}, (way, at)
    assert by_code.gateway.lookup(key).outcome is Outcome.APPROVED


@pytest.mark.parametrize(("kind", "definite"), [("by_code", {Outcome.DECLINED}), ("by_qr", SETTLED)])
def test_a_cut_cancel_is_asked_again_until_it_is_true(request, kind, definite):
    line: Broken = request.getfixturevalue(kind)

    def ready() -> str:
        key = line.key()
        line.gateway.start(line.order(key))
        line.bank.later(15)
        return key

    for way, at in list(places(line, lambda: line.gateway.cancel(ready()))):
        key = ready()
        answer = line.cut(way, at, partial(line.gateway.cancel, key))
        assert answer.outcome is Outcome.UNKNOWN or answer.outcome in definite, (way, at)
        again = line.gateway.cancel(key)
        assert again.outcome in definite, (way, at)
        assert answer.outcome in {Outcome.UNKNOWN, again.outcome}, (way, at)
        assert line.is_true(key, again), (way, at)


def test_a_cut_refund_is_asked_again_and_counts_once(by_code):
    def back(key: str) -> RefundRequest:
        return RefundRequest(key, f"refund-{key}", Money(100, "CNY"), PRICE)

    def paid() -> str:
        key: str = by_code.key()
        by_code.gateway.start(by_code.order(key))
        return key

    for way, at in list(places(by_code, partial(by_code.gateway.refund, back(paid())))):
        key = paid()
        answer = by_code.cut(way, at, partial(by_code.gateway.refund, back(key)))
        assert answer.outcome in {Outcome.UNKNOWN, Outcome.APPROVED}, (way, at)
        assert by_code.gateway.refund(back(key)).outcome is Outcome.APPROVED, (way, at)
        assert by_code.bank.taken(key) == PRICE.minor - 100, (way, at)
