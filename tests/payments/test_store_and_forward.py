"""The simulated terminal without a line: it stores what it may, tells the truth, and hands in once the line is back."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from payments.gateway import Outcome, PaymentRequest, PaymentResult, Reason, RefundRequest, Trouble
from payments.loader import GatewayContext
from payments.simulated import SimulatedGateway
from tests.payments.gateway_contract import PRICE

CUT = "line-down.flag"


@pytest.fixture
def flag(tmp_path: Path) -> Path:
    """The line is down while this file is there."""
    path = tmp_path / CUT
    path.touch()
    return path


def gateway(folder: Path, presents: str = "terminal", **settings: Any) -> SimulatedGateway:
    return SimulatedGateway({"presents": presents, "line": CUT, **settings}, GatewayContext("demo", "1", folder))


def ask(at: SimulatedGateway, key: str = "payment-1", *, may_store: bool = True) -> PaymentResult:
    return at.start(PaymentRequest(key, PRICE, "sale-1", "card", "", may_store))


def test_a_terminal_says_that_it_works_offline_and_a_wallet_does_not(tmp_path: Path) -> None:
    assert gateway(tmp_path).traits.works_offline
    for presents in ("shopper_code", "kiosk_code"):
        assert not gateway(tmp_path, presents).traits.works_offline


def test_without_leave_to_store_nothing_is_taken_now_or_later(tmp_path: Path, flag: Path) -> None:
    terminal = gateway(tmp_path)
    answer = ask(terminal, may_store=False)
    assert (answer.outcome, answer.reason, answer.stored) == (Outcome.DECLINED, Reason.OFFLINE_LIMIT, False)
    flag.unlink()
    assert ask(terminal).outcome is terminal.lookup("payment-1").outcome is Outcome.DECLINED


@pytest.mark.parametrize(
    ("forwarded", "outcome", "reason"),
    [("approve", Outcome.APPROVED, Reason.NONE), ("decline", Outcome.DECLINED, Reason.FUNDS)],
)
def test_what_it_stored_is_the_banks_affair_once_the_line_is_back(
    tmp_path: Path, flag: Path, forwarded: str, outcome: Outcome, reason: Reason
) -> None:
    first = ask(gateway(tmp_path, forwarded=forwarded))
    assert (first.outcome, first.stored, first.paid) == (Outcome.APPROVED, True, PRICE)
    restarted = gateway(tmp_path, forwarded=forwarded)
    for answer in (restarted.lookup("payment-1"), ask(restarted), restarted.cancel("payment-1")):
        assert (answer.outcome, answer.stored) == (Outcome.APPROVED, True)
    flag.unlink()
    for _ in range(2):
        answer = restarted.lookup("payment-1")
        assert (answer.outcome, answer.reason, answer.stored) == (outcome, reason, False)


def test_some_of_many_are_refused_and_always_the_same(tmp_path: Path, flag: Path) -> None:
    terminal = gateway(tmp_path, forwarded="some")
    keys = [f"payment-{number}" for number in range(1, 7)]
    for key in keys:
        ask(terminal, key)
    flag.unlink()
    outcomes = [terminal.lookup(key).outcome for key in reversed(keys)]
    assert [place for place, outcome in enumerate(reversed(outcomes), 1) if outcome is Outcome.DECLINED] == [3, 6]
    assert [terminal.lookup(key).outcome for key in reversed(keys)] == outcomes


def test_a_wallet_without_its_bank_takes_nothing_and_says_so(tmp_path: Path, flag: Path) -> None:
    wallet = gateway(tmp_path, "shopper_code")
    answer = ask(wallet)
    assert (answer.outcome, answer.reason) == (Outcome.DECLINED, Reason.UNAVAILABLE)
    for unknown in (wallet.lookup("another"), wallet.cancel("another")):
        assert (unknown.outcome, unknown.trouble) == (Outcome.UNKNOWN, Trouble.NO_ANSWER)
    flag.unlink()
    assert wallet.lookup("payment-1").outcome is Outcome.DECLINED


def test_a_line_that_goes_down_in_the_middle_makes_a_wallets_payment_unknown(tmp_path: Path) -> None:
    wallet = gateway(tmp_path, "shopper_code", outcome="slow", delay_s=0)
    assert ask(wallet).outcome is Outcome.PENDING
    (tmp_path / CUT).touch()
    assert wallet.lookup("payment-1") == PaymentResult(Outcome.UNKNOWN, trouble=Trouble.NO_ANSWER)
    (tmp_path / CUT).unlink()
    assert wallet.lookup("payment-1").outcome is Outcome.APPROVED


def test_nothing_is_given_back_without_a_line_and_a_stored_payment_not_before_it_was_handed_in(
    tmp_path: Path, flag: Path
) -> None:
    terminal = gateway(tmp_path)
    ask(terminal)
    request = RefundRequest("payment-1", "refund-1", PRICE)
    assert terminal.refund(request).outcome is Outcome.UNKNOWN
    flag.unlink()
    assert terminal.refund(request).outcome is Outcome.APPROVED


@pytest.mark.parametrize(("line", "stored"), [("up", False), ("down", True)])
def test_the_line_may_be_set_for_good(tmp_path: Path, line: str, stored: bool) -> None:
    assert ask(gateway(tmp_path, line=line)).stored is stored
