"""Worker threads: in order, one answer each, and alive after a mistake."""

import logging
import queue

import pytest

from kiosk.adapters.worker import GatewayWorker, Worker
from payments.gateway import Outcome, PaymentResult


def test_work_runs_in_order_and_all_of_it_before_the_end() -> None:
    done: list[int] = []
    worker = Worker("test")
    for number in range(100):
        worker.post(lambda number=number: done.append(number))  # type: ignore[misc]
    worker.close()
    assert done == list(range(100))


def test_a_mistake_is_logged_and_the_next_work_still_runs(caplog: pytest.LogCaptureFixture) -> None:
    done: list[str] = []
    worker = Worker("test")

    def mistaken() -> None:
        raise KeyError("missing")

    with caplog.at_level(logging.ERROR):
        worker.post(mistaken)
        worker.post(lambda: done.append("next"))
        worker.close()
    assert done == ["next"]
    assert "KeyError" in caplog.text


def test_a_gateway_that_raises_has_proved_nothing(caplog: pytest.LogCaptureFixture) -> None:
    answers: queue.SimpleQueue[PaymentResult] = queue.SimpleQueue()
    payments = Worker("payments")

    def broken() -> PaymentResult:
        raise OSError("cable")

    with caplog.at_level(logging.ERROR):
        GatewayWorker(payments, lambda work: work()).run(broken, answers.put)
        assert answers.get(timeout=10).outcome is Outcome.UNKNOWN
        payments.close()
