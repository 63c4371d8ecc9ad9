"""A gateway may be anybody's: what it hands back either keeps to the contract or proves nothing."""

import logging
from decimal import Decimal

import pytest

from payments.answers import answer_of, understood
from payments.gateway import Outcome, PaymentResult, Reason, Trouble
from retail.money import Money

UNKNOWN = PaymentResult(Outcome.UNKNOWN, trouble=Trouble.GARBLED)
APPROVED = PaymentResult(Outcome.APPROVED, Reason.NONE, "R-1", Money(500, "CNY"))


def test_an_answer_that_keeps_to_the_contract_is_left_as_it_is():
    assert understood(APPROVED) == APPROVED
    assert answer_of(lambda: APPROVED) == APPROVED


@pytest.mark.parametrize(
    "odd",
    [
        None,
        "approved",
        {"outcome": "approved"},
        PaymentResult("approved"),  # type: ignore[arg-type]
        PaymentResult(Outcome.APPROVED, paid=500),  # type: ignore[arg-type]
        PaymentResult(Outcome.APPROVED, paid=Decimal("5.00")),  # type: ignore[arg-type]
    ],
)
def test_an_odd_answer_is_unknown(odd):
    assert understood(odd) == UNKNOWN


def test_an_odd_reason_or_reference_does_not_spoil_a_definite_answer():
    odd = PaymentResult(Outcome.DECLINED, "moon", 7)  # type: ignore[arg-type]
    assert understood(odd) == PaymentResult(Outcome.DECLINED)
    assert understood(PaymentResult(Outcome.APPROVED, reference="\ud800" * 300)).reference == "?" * 200


@pytest.mark.parametrize("error", [ValueError, SystemExit, KeyboardInterrupt])
def test_a_call_that_raises_is_unknown_and_its_words_stay_out_of_the_log(error, caplog):
    def call() -> PaymentResult:
        raise error("code 134567890123456789")

    with caplog.at_level(logging.ERROR):
        assert answer_of(call, "key-1") == UNKNOWN
    assert f"key-1: the gateway raised {error.__name__}" in caplog.text
    assert "134567890123456789" not in caplog.text
