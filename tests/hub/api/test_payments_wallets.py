"""Both wallets behind one hub: make-believe banks with signatures, the hub's own gateways, the lane's gateway."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from hub.payments_desk import PaymentsDesk
from hub.payments_file import read_payments_file
from payments.fakes.alipay import FakeAlipay
from payments.fakes.wechat import FakeWechat
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Reason, RefundRequest
from payments.hub_routed import HubGateway
from payments.loader import GatewayContext
from retail.money import Money
from tests.hub.databases import only_sqlite

WECHAT, ALIPAY = "1345678901234567", "28345678901234567"
PRICE = Money(1280, "CNY")
PUSHED_TO = "/v1/notifications"


@dataclass
class Wallets:
    """The banks, the desk before them, and a lane's gateways to the hub."""

    wechat: FakeWechat
    alipay: FakeAlipay
    desk: PaymentsDesk
    url: str
    token: str
    lane: HubGateway
    lanes_code: HubGateway

    def forged(self, headers: Mapping[str, str], body: bytes, name: str) -> int:
        return httpx.post(f"{self.url}{PUSHED_TO}/{name}", content=body, headers=headers, trust_env=False).status_code


def table(name: str, plug_in: str, ways: list[str], settings: Mapping[str, Any]) -> str:
    lines = [f"{key} = {json.dumps(value)}" for key, value in settings.items()]
    head = f'[[gateway]]\nname = "{name}"\ngateway = "{plug_in}"\nways = {json.dumps(ways)}\n[gateway.settings]'
    return "\n".join([head, *lines, ""])


@pytest.fixture(scope="module")
def banks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[FakeWechat, FakeAlipay]]:
    folder = tmp_path_factory.mktemp("banks")
    wechat, alipay = FakeWechat(folder / "wechat", settle_s=0.1), FakeAlipay(folder / "alipay", delay_s=0.1)
    yield wechat, alipay
    wechat.close()
    alipay.close()


@pytest.fixture
def wallets(server, served, banks, tmp_path: Path) -> Iterator[Wallets]:
    url, app = server
    wechat, alipay = banks
    shown = {"presents": "kiosk_code"}
    file = tmp_path / "payments.toml"
    file.write_text(
        table("wechat", "wechat", ["wallet", "wechat"], wechat.settings())
        + table("alipay", "alipay", ["wallet", "alipay"], alipay.settings())
        + table("wechat-qr", "wechat", ["wechat"], wechat.settings(notify_url=f"{url}{PUSHED_TO}/wechat-qr", **shown))
        + table("alipay-qr", "alipay", ["alipay"], alipay.settings(notify_url=f"{url}{PUSHED_TO}/alipay-qr", **shown)),
        encoding="utf-8",
    )
    desk = served.hub.payments(read_payments_file(file))
    app.state.parts = replace(served.parts, payments=desk)
    token = served.hub.lanes.enrol("demo", "till")
    context = GatewayContext("demo", "till", tmp_path, url, token)
    with ExitStack() as stack:
        gateways = [HubGateway(settings, context) for settings in ({}, shown)]
        for part in (*gateways, desk):
            stack.callback(part.close)
        yield Wallets(wechat, alipay, desk, url, token, *gateways)


def order(key: str, code: str = "", way: str = "wallet") -> PaymentRequest:
    return PaymentRequest(key, PRICE, "s1", way, code)


@only_sqlite
def test_each_code_goes_to_its_bank_and_the_money_back_too(wallets):
    wechat = wallets.lane.start(order("wechat-001", f"{WECHAT}00"))
    alipay = wallets.lane.start(order("alipay-001", f"{ALIPAY}00"))
    assert (wechat.outcome, wechat.paid, alipay.outcome, alipay.paid) == (
        Outcome.APPROVED,
        PRICE,
        Outcome.APPROVED,
        PRICE,
    )
    for number in ("wechat-001", "alipay-001"):
        refund = RefundRequest(number, f"back-{number}", Money(280, "CNY"), PRICE)
        assert {wallets.lane.refund(refund).outcome for _ in range(2)} == {Outcome.APPROVED}
    assert (wallets.wechat.books.taken("wechat-001"), wallets.alipay.books.taken("wechat-001")) == (1000, 0)
    assert (wallets.alipay.books.taken("alipay-001"), wallets.wechat.books.taken("alipay-001")) == (1000, 0)


@only_sqlite
@pytest.mark.parametrize(("code", "way"), [("999999", "wallet"), (f"{ALIPAY}00", "wechat"), (f"{WECHAT}00", "alipay")])
def test_a_code_of_no_bank_here_is_declined_and_no_bank_hears_of_it(wallets, code, way):
    calls = len(wallets.wechat.server.calls) + len(wallets.alipay.server.calls)
    assert wallets.lane.start(order("nobody-001", code, way)) == PaymentResult(Outcome.DECLINED, Reason.WRONG_CODE)
    assert len(wallets.wechat.server.calls) + len(wallets.alipay.server.calls) == calls


@only_sqlite
def test_a_code_of_wechats_is_shown_until_it_is_paid_and_the_push_says_so(wallets):
    code = wallets.lanes_code.start(order("shown-w01", way="wechat"))
    assert (code.outcome, code.show.startswith("weixin://")) == (Outcome.PENDING, True)
    assert wallets.lanes_code.lookup("shown-w01").show == code.show
    assert wallets.wechat.scan(code.show) == "shown-w01"
    headers, body = wallets.wechat.notification("shown-w01")
    assert wallets.forged(headers, body.replace(b"SUCCESS", b"SUCCES5"), "wechat-qr") == 400
    assert wallets.forged({**headers, "Wechatpay-Signature": "WECHATPAY/SIGNTEST/abc"}, body, "wechat-qr") == 400
    assert wallets.forged(headers, body, "wechat") == 404
    assert wallets.wechat.push("shown-w01") in {200, 204}
    asked = len(wallets.wechat.server.calls)
    assert wallets.lanes_code.lookup("shown-w01") == replace(
        wallets.lanes_code.lookup("shown-w01"), outcome=Outcome.APPROVED, paid=PRICE, show=""
    )
    assert len(wallets.wechat.server.calls) == asked
    assert wallets.wechat.push("shown-w01") in {200, 204}


@only_sqlite
def test_a_code_of_alipays_is_shown_until_it_is_paid_and_the_push_says_so(wallets):
    code = wallets.lanes_code.start(order("shown-a01", way="alipay"))
    assert code.outcome is Outcome.PENDING
    assert wallets.lanes_code.lookup("shown-a01").show == code.show != ""
    wallets.alipay.bank.scan("shown-a01")
    form = wallets.alipay.push_of("shown-a01")
    assert wallets.forged({}, form.replace(b"12.80", b"12.81"), "alipay-qr") == 400
    assert wallets.alipay.deliver() == 1
    asked = len(wallets.alipay.server.calls)
    assert wallets.lanes_code.lookup("shown-a01").outcome is Outcome.APPROVED
    assert len(wallets.alipay.server.calls) == asked


@only_sqlite
def test_a_code_that_nobody_scanned_is_ended_and_can_be_paid_no_more(wallets):
    code = wallets.lanes_code.start(order("shown-w02", way="wechat"))
    assert wallets.lanes_code.cancel("shown-w02").outcome is Outcome.DECLINED
    assert wallets.wechat.scan(code.show) == ""
    assert wallets.wechat.books.taken("shown-w02") == 0


@only_sqlite
def test_no_code_and_no_key_is_in_any_log_or_in_the_database(wallets, served, caplog):
    with caplog.at_level(logging.DEBUG):
        for story in ("00", "01", "03", "13"):
            wallets.lane.start(order(f"secret-w{story}", f"{WECHAT}{story}"))
            wallets.lane.start(order(f"secret-a{story}", f"{ALIPAY}{story}"))
            wallets.lane.lookup(f"secret-a{story}")
        code = wallets.lanes_code.start(order("secret-qr1", way="wechat"))
    files = [
        path.read_bytes() for path in served.hub.folder.path.rglob("*") if path.is_file() and "keys" not in path.parts
    ]
    written = b"".join(files) + caplog.text.encode()
    assert b"secret-w13" in written
    assert not [
        secret for secret in (WECHAT, ALIPAY, code.show, wallets.token, "PRIVATE KEY") if secret.encode() in written
    ]
