"""A gateway that hangs: given up, opened anew, never waited for, and never more than a few of it."""

import logging
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from kiosk.adapters.bounded_gateway import MOST_GIVEN_UP, BoundedGateway, close_all
from kiosk.adapters.worker import GatewayLines
from kiosk.services.ports import GatewayCall
from payments.errors import GatewayMisconfigured
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Presents, Reason, RefundRequest, Traits, Trouble
from retail.money import Money

REQUEST = PaymentRequest("key-000001", Money(1280, "CNY"), "sale", "wallet")
APPROVED = PaymentResult(Outcome.APPROVED, reference="late")
UNKNOWN = PaymentResult(Outcome.UNKNOWN, trouble=Trouble.NO_ANSWER)


class Stuck:
    """A gateway whose calls return once `let_go` is set; its `starts` count over all its objects."""

    traits = Traits(Presents.TERMINAL, resend_start_is_safe=False, cancel_refunds=False)

    def __init__(self, bank: "Bank") -> None:
        self._bank = bank
        self.closed = threading.Event()

    def start(self, _request: PaymentRequest) -> PaymentResult:
        self._bank.called.set()
        assert self._bank.let_go.wait(20)
        return APPROVED

    def lookup(self, key: str) -> PaymentResult:
        return PaymentResult(Outcome.APPROVED, reference=f"looked up {key}")

    def cancel(self, _key: str) -> PaymentResult:
        return self.start(REQUEST)

    def refund(self, _request: RefundRequest) -> PaymentResult:
        return self.start(REQUEST)

    def close(self) -> None:
        self.closed.set()


class Bank:
    def __init__(self) -> None:
        self.let_go, self.called = threading.Event(), threading.Event()
        self.opened: list[Stuck] = []

    def open(self) -> Stuck:
        self.opened.append(Stuck(self))
        return self.opened[-1]


@pytest.fixture
def bank() -> Iterator[Bank]:
    bank = Bank()
    yield bank
    bank.let_go.set()


def until(condition: Callable[[], bool], seconds: float = 10.0) -> bool:
    tick, end = threading.Event(), time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        tick.wait(0.005)
    return condition()


@pytest.mark.parametrize(
    "call",
    [
        lambda gateway: gateway.start(REQUEST),
        lambda gateway: gateway.cancel("key-000001"),
        lambda gateway: gateway.refund(RefundRequest("key-000001", "back-00001", Money(1, "CNY"))),
    ],
)
def test_a_call_that_hangs_is_given_up_and_the_gateway_opened_anew(
    bank: Bank, call: Callable[[BoundedGateway], PaymentResult], caplog: pytest.LogCaptureFixture
) -> None:
    gateway = BoundedGateway("acme", bank.open, limit_s=0.05)
    with caplog.at_level(logging.ERROR):
        assert call(gateway) == UNKNOWN
        assert gateway.lookup("key-000001").reference == "looked up key-000001"
    assert "payment gateway acme: a call did not return within 0.05 s" in caplog.text
    assert len(bank.opened) == 2
    gateway.close()


def test_the_answer_that_comes_too_late_is_dropped_and_its_gateway_closed(
    bank: Bank, caplog: pytest.LogCaptureFixture
) -> None:
    gateway = BoundedGateway("acme", bank.open, limit_s=0.05)
    with caplog.at_level(logging.WARNING):
        assert gateway.start(REQUEST) == UNKNOWN
        bank.let_go.set()
        assert until(lambda: "a call returned after" in caplog.text)
    assert bank.opened[0].closed.wait(10)
    assert gateway.lookup("key-000002").reference == "looked up key-000002"
    gateway.close()


def test_a_gateway_that_is_given_up_is_closed_before_its_call_returns(bank: Bank) -> None:
    gateway = BoundedGateway("acme", bank.open, limit_s=0.05)
    assert gateway.start(REQUEST) == UNKNOWN
    assert bank.opened[0].closed.wait(10), "what it has not sent yet must not go out after a cancel"
    assert not bank.let_go.is_set()
    gateway.close()


def test_so_many_hang_and_no_more_until_one_returns(bank: Bank, caplog: pytest.LogCaptureFixture) -> None:
    gateway = BoundedGateway("acme", bank.open, limit_s=0.01)
    threads = threading.active_count()
    with caplog.at_level(logging.WARNING):
        assert [gateway.cancel("key-000001") for _ in range(MOST_GIVEN_UP)] == [UNKNOWN] * MOST_GIVEN_UP
        refused = gateway.start(REQUEST)
        assert (refused.outcome, refused.reason) == (Outcome.DECLINED, Reason.UNAVAILABLE)
        assert [gateway.lookup("key-000001") for _ in range(50)] == [UNKNOWN] * 50
        assert threading.active_count() - threads <= MOST_GIVEN_UP
        bank.let_go.set()
        assert until(lambda: gateway.lookup("key-000001").outcome is Outcome.APPROVED)
    assert "no more are made" in caplog.text
    gateway.close()


def test_a_gateway_that_cannot_be_opened_again_proves_nothing(bank: Bank, caplog: pytest.LogCaptureFixture) -> None:
    gone = False

    def opened() -> Stuck:
        if gone:
            raise GatewayMisconfigured("acme: merchant_key_file is not there; put it back")
        return bank.open()

    gateway = BoundedGateway("acme", opened, limit_s=0.05)
    with caplog.at_level(logging.ERROR):
        gateway.start(REQUEST)
        gone = True
        answer = gateway.lookup("key-000001")
        gone = False
    assert (answer.outcome, answer.trouble) == (Outcome.UNKNOWN, Trouble.KEYS)
    assert "put it back" in caplog.text
    assert gateway.lookup("key-000001").outcome is Outcome.APPROVED
    gateway.close()


def test_gateways_whose_close_hangs_hold_the_end_for_a_moment_in_sum(caplog: pytest.LogCaptureFixture) -> None:
    let_go = threading.Event()

    class Clinging(Stuck):
        def close(self) -> None:
            let_go.wait(20)

    began = time.monotonic()
    with caplog.at_level(logging.ERROR):
        close_all([(f"way-{number}", Clinging(Bank())) for number in range(5)], within_s=0.1)
    assert time.monotonic() - began < 2
    assert caplog.text.count("it is left behind") == 5
    let_go.set()


def test_a_gateway_that_hangs_keeps_no_call_to_another_one_waiting(bank: Bank) -> None:
    lines, answers = GatewayLines(lambda work: work()), threading.Event()
    stuck = bank.open()
    lines.run(GatewayCall("stuck", lambda: stuck.start(REQUEST)), lambda _: None)
    assert bank.called.wait(10)
    lines.run(GatewayCall("other", lambda: APPROVED), lambda _: answers.set())
    assert answers.wait(10)
    lines.run(lambda: APPROVED, lambda _: answers.clear())
    assert until(lambda: not answers.is_set())
    lines.close(0.05)
