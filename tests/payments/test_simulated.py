"""The simulated gateway keeps the contract, plays its stories on demand, and survives a killed lane."""

import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from payments.errors import GatewayMisconfigured
from payments.gateway import Gateway, Outcome, PaymentRequest, PaymentResult, Presents, Reason
from payments.loader import GatewayContext, load_gateway
from payments.simulated import FILE_NAME, SimulatedGateway
from retail.money import Money
from tests.payments.gateway_contract import PRICE, Bank, GatewayContract, Story

ENDINGS = {
    Story.APPROVE: "00",
    Story.DECLINE: "01",
    Story.SLOW: "02",
    Story.UNKNOWN_THEN_APPROVED: "03",
    Story.UNKNOWN_THEN_DECLINED: "04",
}


class SimulatedBank(Bank):
    def __init__(self, folder: Path, **settings: Any) -> None:
        self.context = GatewayContext("demo", "1", folder)
        self.settings = settings
        self.lane_folder = folder
        self.now = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)

    def gateway(self) -> SimulatedGateway:
        return SimulatedGateway(self.settings, self.context, clock=lambda: self.now)

    def instrument(self, story: Story) -> str:
        return "1300000000000000" + ENDINGS[story]

    def pass_time(self) -> None:
        self.now += timedelta(seconds=2)

    def taken(self, key: str) -> int:
        with closing(sqlite3.connect(self.context.data_dir / FILE_NAME)) as books:
            paid = books.execute(
                "SELECT coalesce(sum(amount_minor), 0) FROM payments WHERE key = ? AND state = 'approved'", (key,)
            ).fetchone()[0]
            back = books.execute("SELECT coalesce(sum(amount_minor), 0) FROM refunds WHERE key = ?", (key,)).fetchone()[
                0
            ]
        return int(paid - back)


class TestContract(GatewayContract):
    @pytest.fixture
    def bank(self, tmp_path):
        return SimulatedBank(tmp_path)

    def test_the_shoppers_code_is_not_on_disk(self, bank, gateway, tmp_path):
        request = self.request(bank, Story.SLOW)
        gateway.start(request)
        assert not [path for path in tmp_path.iterdir() if request.instrument.encode() in path.read_bytes()]


def pay(gateway: Gateway, instrument: str = "", key: str = "payment-1") -> PaymentResult:
    return gateway.start(PaymentRequest(key, PRICE, "sale-1", "card", instrument))


@pytest.mark.parametrize(
    ("outcome", "first"),
    [
        ("approve", Outcome.APPROVED),
        ("decline", Outcome.DECLINED),
        ("slow", Outcome.PENDING),
        ("unknown_then_approved", Outcome.UNKNOWN),
        ("unknown_then_declined", Outcome.UNKNOWN),
    ],
)
@pytest.mark.parametrize("instrument", ["", "130000000000000099"])
def test_the_configuration_tells_the_story_where_no_code_does(tmp_path, outcome, first, instrument):
    bank = SimulatedBank(tmp_path, outcome=outcome, presents="terminal")
    assert pay(bank.gateway(), instrument).outcome is first
    assert bank.gateway().traits.presents is Presents.TERMINAL


def test_a_code_outranks_the_configuration(tmp_path):
    gateway = SimulatedBank(tmp_path, outcome="decline").gateway()
    assert pay(gateway, "130000000000000000").outcome is Outcome.APPROVED


def test_a_declined_shopper_learns_why(tmp_path):
    assert pay(SimulatedBank(tmp_path).gateway(), "130000000000000001").reason is Reason.FUNDS


def test_it_settles_not_a_moment_before_its_delay(tmp_path):
    bank = SimulatedBank(tmp_path, outcome="slow", delay_s=2.5)
    gateway = bank.gateway()
    pay(gateway)
    bank.now += timedelta(seconds=2.499)
    assert gateway.lookup("payment-1").outcome is Outcome.PENDING
    bank.now += timedelta(seconds=0.001)
    assert gateway.lookup("payment-1").paid == PRICE


def test_another_currency_is_another_amount(tmp_path):
    gateway = SimulatedBank(tmp_path).gateway()
    pay(gateway)
    assert gateway.start(PaymentRequest("payment-1", Money(2560, "EUR"), "s", "w")).outcome is Outcome.UNKNOWN


def test_a_declined_key_stays_declined_for_any_amount(tmp_path):
    gateway = SimulatedBank(tmp_path).gateway()
    pay(gateway, "130000000000000001")
    answer = gateway.start(PaymentRequest("payment-1", Money(1, "CNY"), "s", "w", "130000000000000000"))
    assert answer.outcome is Outcome.DECLINED


def test_a_kill_right_after_the_answer_loses_nothing(tmp_path):
    script = (
        "import os, sys, pathlib; from payments.simulated import SimulatedGateway;"
        "from payments.loader import GatewayContext; from payments.gateway import PaymentRequest;"
        "from retail.money import Money;"
        "g = SimulatedGateway({}, GatewayContext('demo', '1', pathlib.Path(sys.argv[1])));"
        "a = g.start(PaymentRequest('payment-1', Money(2560, 'CNY'), 's', 'w'));"
        "os.kill(os.getpid(), 9)"
    )
    killed = subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert SimulatedBank(tmp_path).gateway().lookup("payment-1").paid == PRICE


def test_books_that_cannot_be_written_make_no_promise(tmp_path, caplog):
    bank = SimulatedBank(tmp_path)
    gateway = bank.gateway()
    with closing(sqlite3.connect(tmp_path / FILE_NAME)) as books:
        books.execute("DROP TABLE payments")
    assert pay(gateway).outcome is gateway.lookup("x").outcome is gateway.cancel("x").outcome is Outcome.UNKNOWN
    assert "cannot use its books" in caplog.text


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"outcom": "approve"}, "'outcom'; did you mean 'outcome'"),
        ({"colour": 1}, "it has: delay_s, forwarded, line, outcome, payer, presents"),
        ({"outcome": "maybe"}, "outcome is 'maybe'; it must be one of: approve, decline, slow"),
        ({"outcome": ["approve"]}, "must be one of"),
        ({"delay_s": "2"}, "delay_s is '2'; it must be a number of seconds"),
        ({"delay_s": True}, "delay_s is True"),
        ({"delay_s": -1}, "from 0 to 3600"),
        ({"delay_s": float("nan")}, "delay_s is nan"),
        ({"line": "dwon"}, "line is 'dwon'; it must be up, down, or a file"),
        ({"forwarded": "none"}, "forwarded is 'none'; it must be one of: approve, decline, some"),
        ({"presents": "cash"}, "presents is 'cash'; it must be one of: shopper_code, kiosk_code, terminal"),
    ],
)
def test_wrong_settings_are_named_with_their_remedy(tmp_path, settings, words):
    with pytest.raises(GatewayMisconfigured) as refused:
        SimulatedGateway(settings, GatewayContext("demo", "1", tmp_path))
    assert words in str(refused.value)


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(GatewayMisconfigured, match="nowhere"):
        SimulatedGateway({}, GatewayContext("demo", "1", tmp_path / "nowhere"))


def test_the_loader_finds_it_by_its_entry_point(tmp_path):
    gateway = load_gateway("simulated", {"outcome": "slow"}, GatewayContext("demo", "1", tmp_path))
    assert isinstance(gateway, SimulatedGateway)
