"""F7: a line to Alipay that breaks at any byte, either way: never a wrong word, and then the truth.

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
from tests.payments.alipay_rig import AlipayBank, alipay_bank, request
from tests.payments.gateway_contract import PRICE

NIGHTLY = bool(os.environ.get("KIOSK_NIGHTLY"))
SAMPLE = 4
SETTLED = {Outcome.APPROVED, Outcome.DECLINED}


class BrokenLine:
    """A gateway before whose Alipay stands a proxy that cuts. A call has two exchanges or more; bytes are counted over
    all of them."""

    def __init__(self, bank: AlipayBank) -> None:
        self.bank = bank
        self.proxy = CutProxy(httpx.URL(bank.fake.url).port or 0)
        self.gateway = bank.gateway(address=f"{self.proxy.url}/gateway.do")
        self.count = 0

    def order(self) -> PaymentRequest:
        self.count += 1
        key = f"payment_{self.count:05}"
        return request(key=key) if self.bank.presents == "shopper_code" else PaymentRequest(key, PRICE, "s", "alipay")

    def begun(self) -> str:
        order = self.order()
        self.gateway.start(order)
        return order.key

    def cut(self, way: Way, at: int, call: Callable[[], PaymentResult]) -> PaymentResult:
        self.proxy.spoil(Trouble(way, at, Deed.RESET if at % 2 else Deed.CUT))
        answer = call()
        self.proxy.spoil(None)
        return answer

    def places(self, call: Callable[[], PaymentResult]) -> list[tuple[Way, int]]:
        """Where to cut a call like this one."""
        self.proxy.spoil(None)
        call()
        lengths = [(way, self.proxy.passed(way)) for way in Way]
        step = 1 if NIGHTLY else max(length for _, length in lengths) // SAMPLE
        return [(way, at) for way, length in lengths for at in range(0, length + 1, step)]

    def is_true(self, key: str, answer: PaymentResult) -> bool:
        return self.bank.taken(key) == (PRICE.minor if answer.outcome is Outcome.APPROVED else 0)


@contextmanager
def broken(folder: Path, presents: str) -> Iterator[BrokenLine]:
    with alipay_bank(folder, presents) as bank:
        line = BrokenLine(bank)
        try:
            yield line
        finally:
            line.gateway.close()
            line.proxy.close()


@pytest.fixture
def line(tmp_path):
    with broken(tmp_path, "shopper_code") as line:
        yield line


@pytest.mark.parametrize("presents", ["shopper_code", "kiosk_code"])
def test_a_cut_start_is_settled_by_the_truth(tmp_path, presents):
    with broken(tmp_path, presents) as line:
        unknown = 0
        for way, at in line.places(lambda: line.gateway.start(line.order())):
            order = line.order()
            answer = line.cut(way, at, partial(line.gateway.start, order))
            assert answer.outcome is not Outcome.DECLINED, (way, at)
            assert answer.outcome is not Outcome.APPROVED or line.is_true(order.key, answer), (way, at)
            unknown += answer.outcome is Outcome.UNKNOWN
            truth = line.gateway.lookup(order.key)
            if truth.outcome not in SETTLED:
                line.bank.later(61)  # by then an order that was held up on its way finds its payment code run out
                truth = line.gateway.cancel(order.key)
            assert truth.outcome in SETTLED, (way, at)
            assert line.is_true(order.key, truth), (way, at)
        assert unknown > SAMPLE


def test_a_cut_start_that_is_sent_again_is_one_charge(line):
    restarted = line.bank.gateway()
    for way, at in line.places(lambda: line.gateway.start(line.order())):
        order = line.order()
        line.cut(way, at, partial(line.gateway.start, order))
        assert restarted.start(order).paid == PRICE, (way, at)
        assert line.bank.taken(order.key) == PRICE.minor, (way, at)


def test_a_cut_query_changes_nothing(line):
    key = line.begun()
    for way, at in line.places(lambda: line.gateway.lookup(key)):
        answer = line.cut(way, at, partial(line.gateway.lookup, key))
        assert answer.outcome in {Outcome.UNKNOWN, Outcome.APPROVED}, (way, at)
    assert line.gateway.lookup(key).outcome is Outcome.APPROVED


def test_a_cut_cancel_is_asked_again_until_it_is_true(line):
    for way, at in line.places(lambda: line.gateway.cancel(line.begun())):
        key = line.begun()
        answer = line.cut(way, at, partial(line.gateway.cancel, key))
        assert answer.outcome in {Outcome.UNKNOWN, Outcome.DECLINED}, (way, at)
        assert answer.outcome is Outcome.UNKNOWN or line.is_true(key, answer), (way, at)
        assert line.gateway.cancel(key).outcome is Outcome.DECLINED, (way, at)
        assert line.bank.taken(key) == 0, (way, at)


def test_a_cut_refund_is_asked_again_and_counts_once(line):
    def back(key: str) -> RefundRequest:
        return RefundRequest(key, "back_1", Money(100, "CNY"), PRICE)

    for way, at in line.places(partial(line.gateway.refund, back(line.begun()))):
        key = line.begun()
        answer = line.cut(way, at, partial(line.gateway.refund, back(key)))
        assert answer.outcome in {Outcome.UNKNOWN, Outcome.APPROVED}, (way, at)
        assert line.gateway.refund(back(key)).outcome is Outcome.APPROVED, (way, at)
        assert line.bank.taken(key) == PRICE.minor - 100, (way, at)
