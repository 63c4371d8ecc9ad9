"""kill -9 of a serving hub between itself and Alipay: what it had begun is what the next one goes on with."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs

import httpx
import pytest

from payments.fakes.alipay import FakeAlipay
from payments.fakes.alipay_bank import SUCCESS
from payments.fakes.server import Answer, Call, Wire
from tests.hub.cli.hub_process import HubProcess
from tests.hub.databases import only_sqlite

KEY = "key-001"
ORDER = {"key": KEY, "amount_minor": 1280, "currency": "CNY", "sale_id": "s1", "way": "wallet"}
CODE = "28345678901234567"


@pytest.fixture
def bank(tmp_path: Path) -> Iterator[FakeAlipay]:
    bank = FakeAlipay(tmp_path / "alipay", delay_s=0.1)
    lines = [f"{key} = {json.dumps(value)}" for key, value in bank.settings().items()]
    head = '[[gateway]]\nname = "alipay"\ngateway = "alipay"\nways = ["wallet"]\n[gateway.settings]'
    (tmp_path / "payments.toml").write_text("\n".join([head, *lines]), encoding="utf-8")
    yield bank
    bank.close()


@pytest.fixture
def serve(hub, data, databases, tmp_path):
    """Starts a hub, and gives a lane's client to it."""
    options = (databases.options(data), "--payments", str(tmp_path / "payments.toml"))
    return lambda: HubProcess(*options)


def method(call: Call) -> str:
    fields = parse_qs(call.path.partition("?")[2]) | parse_qs(call.body.decode())
    return fields["method"][0].removeprefix("alipay.trade.")


def asked(bank: FakeAlipay) -> list[str]:
    return [method(call) for call in bank.server.calls]


@only_sqlite
def test_killed_while_the_bank_had_the_order_the_next_hub_finds_it_paid_and_pays_no_second_time(hub, bank, serve):
    token, reached = hub.lanes.enrol("demo", "1"), threading.Event()

    def paid_and_silent(_call: Call, answer: Answer, wire: Wire) -> None:
        answer()
        reached.set()
        wire.wait(20)

    bank.server.fault = paid_and_silent
    with serve() as process, process.client(token) as lane, ThreadPoolExecutor(1) as pool:
        posting = pool.submit(lane.post, "/v1/payments", json={**ORDER, "instrument": f"{CODE}00"})
        assert reached.wait(20)
        process.kill()
        assert isinstance(posting.exception(20), httpx.HTTPError)
    bank.server.fault = None
    with serve() as process, process.client(token) as lane:
        assert lane.get(f"/v1/payments/{KEY}").json()["outcome"] == "approved"
        again = lane.post("/v1/payments", json={**ORDER, "instrument": f"{CODE}00"}).json()
    assert (again["outcome"], again["amount_minor"]) == ("approved", 1280)
    assert (asked(bank).count("pay"), bank.books.taken(KEY)) == (1, 1280)


@only_sqlite
def test_killed_after_a_cancel_was_sent_the_next_hub_believes_only_a_cancel_although_the_shopper_paid(hub, bank, serve):
    token = hub.lanes.enrol("demo", "1")

    def cancel_lost(call: Call, answer: Answer, wire: Wire) -> None:
        if method(call) == "cancel":
            wire.cut()
        else:
            wire.send(answer())

    with serve() as process, process.client(token) as lane:
        started = lane.post("/v1/payments", json={**ORDER, "instrument": f"{CODE}08"}).json()
        assert started["outcome"] == "pending"
        bank.server.fault = cancel_lost
        assert lane.post(f"/v1/payments/{KEY}/cancel", json={}).json()["outcome"] == "unknown"
        process.kill()
    bank.server.fault = None
    with bank.books.page() as page:  # the shopper types the password after all
        order = page.order(KEY)
        assert order is not None
        page.put(replace(order, state=SUCCESS, charged_minor=order.amount_minor, due_at_ms=None))
    bank.server.calls.clear()
    with serve() as process, process.client(token) as lane:
        assert lane.get(f"/v1/payments/{KEY}").json()["outcome"] == "declined"
    assert "cancel" in asked(bank)
    assert bank.books.taken(KEY) == 0
