"""A client that is not ours vouches for the make-believe WeChat Pay: wechatpayv3, signatures on, both ways."""

import json
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import wechatpayv3  # type: ignore[import-untyped]

from payments.fakes.__main__ import main
from payments.fakes.server import Call, FakeServer, Reply
from payments.fakes.wechat import FakeWechat
from payments.fakes.wechat_wire import APP_ID, MERCHANT_ID, MERCHANT_SERIAL, WECHAT_KEY_ID
from tests.payments.wechat_rig import bank_wire, code, lay_keys

NUMBER = "order-0001"
AMOUNT = {"total": 2560, "currency": "CNY"}
SCENE = {"store_info": {"out_id": "store-1"}}


class Behind:
    """The fake, by the real clock (the client signs by it), put forward when a test says so."""

    def __init__(self, folder: Path) -> None:
        self.ahead = timedelta()
        self.folder = lay_keys(folder)
        self.fake = FakeWechat(folder, clock=lambda: datetime.now(UTC) + self.ahead, wire=bank_wire())

    def client(self, kind: wechatpayv3.WeChatPayType = wechatpayv3.WeChatPayType.NATIVE) -> wechatpayv3.WeChatPay:
        made = wechatpayv3.WeChatPay(
            wechatpay_type=kind,
            mchid=MERCHANT_ID,
            private_key=self.fake.files.merchant_key.read_text(),
            cert_serial_no=MERCHANT_SERIAL,
            appid=APP_ID,
            apiv3_key=self.fake.files.api_v3_key.read_text(),
            notify_url="https://hub.example/v1/notifications/wechat",
            public_key=self.fake.files.wechat_key.read_text(),
            public_key_id=WECHAT_KEY_ID,
            timeout=5,
        )
        made._core._gate_way = self.fake.url
        return made


@pytest.fixture
def behind(tmp_path):
    behind = Behind(tmp_path)
    yield behind
    behind.fake.close()


@pytest.fixture
def client(behind):
    return behind.client()


def pay(client: Any, ending: str = "00", number: str = NUMBER) -> tuple[int, Any]:
    status, text = client.pay(
        "自助收银",
        number,
        AMOUNT,
        payer={"auth_code": code(ending)},
        scene_info=SCENE,
        pay_type=wechatpayv3.WeChatPayType.CODEPAY,
    )
    return status, json.loads(text)


def query(client: Any, number: str = NUMBER) -> tuple[int, Any]:
    status, text = client.query(out_trade_no=number)
    return status, json.loads(text)


def test_it_takes_a_payment_code_and_says_so_again(behind, client):
    status, paid = pay(client)
    assert (status, paid["trade_state"], paid["amount"]["total"]) == (200, "SUCCESS", 2560)
    assert query(client)[1]["transaction_id"] == paid["transaction_id"]
    assert [tuple(charge) for charge in behind.fake.books.charges()] == [(NUMBER, 2560, 0, "SUCCESS")]


def test_it_waits_for_a_password_and_gives_up_by_itself(behind, client):
    assert pay(client, "02")[1] == {"trade_state": "USERPAYING"}
    assert pay(client, "08", "order-0002")[1] == {"trade_state": "USERPAYING"}
    behind.ahead += timedelta(seconds=46)
    assert query(client)[1]["trade_state"] == "SUCCESS"
    assert query(client, "order-0002")[1]["trade_state"] == "REVOKED"


def test_it_refuses_with_a_word(behind, client):
    words = [pay(client, ending, f"order-{ending}-x")[1]["code"] for ending in ("01", "05", "06", "07")]
    assert words == ["NOT_ENOUGH", "AUTH_CODE_EXPIRE", "AUTH_CODE_INVALID", "RULE_LIMIT"]
    assert behind.fake.books.charges() == []


def test_it_shows_a_code_that_a_shopper_scans(behind, client):
    status, text = client.pay("自助收银", NUMBER, AMOUNT)
    assert status == 200
    link = json.loads(text)["code_url"]
    assert query(client)[1]["trade_state"] == "NOTPAY"
    assert behind.fake.scan(link) == NUMBER
    assert query(client)[1]["trade_state"] == "SUCCESS"
    assert client.close(NUMBER)[0] == 400


def test_it_closes_a_code_for_good(behind, client):
    link = json.loads(client.pay("自助收银", NUMBER, AMOUNT)[1])["code_url"]
    assert client.close(NUMBER)[0] == 204
    assert (query(client)[1]["trade_state"], behind.fake.scan(link)) == ("CLOSED", "")


def test_it_reverses_by_giving_back_but_not_at_once(behind, client):
    pay(client)
    assert client.codepay_reverse(NUMBER)[0] == 400
    behind.ahead += timedelta(seconds=15)
    assert [client.codepay_reverse(NUMBER)[0] for _ in range(2)] == [200, 200]
    assert query(client)[1]["trade_state"] == "REFUND"
    assert [tuple(charge) for charge in behind.fake.books.charges()] == [(NUMBER, 2560, 2560, "REFUND")]


def test_it_refunds_once_for_each_number(behind, client):
    pay(client)
    first, again = (
        client.refund("refund-1", {"refund": 1000, "total": 2560, "currency": "CNY"}, out_trade_no=NUMBER)
        for _ in range(2)
    )
    assert first == again
    assert json.loads(client.query_refund("refund-1")[1])["status"] == "SUCCESS"
    too_much = client.refund("refund-2", {"refund": 1561, "total": 2560, "currency": "CNY"}, out_trade_no=NUMBER)
    assert too_much[0] == 400
    assert behind.fake.books.taken(NUMBER) == 1560


def test_its_pushes_are_read_and_its_probes_are_not(behind, client):
    pay(client)
    headers, body = behind.fake.notification(NUMBER)
    told = client.callback(headers, body)
    assert (told["event_type"], told["resource"]["out_trade_no"]) == ("TRANSACTION.SUCCESS", NUMBER)
    probe = headers | {"Wechatpay-Signature": "WECHATPAY/SIGNTEST/" + headers["Wechatpay-Signature"]}
    assert not client.callback(probe, body)


def test_it_pushes_to_where_the_order_says(behind, client):
    came: list[Call] = []
    got = threading.Event()

    def take(call: Call) -> Reply:
        came.append(call)
        got.set()
        return Reply(204)

    hub = FakeServer(take)
    try:
        link = json.loads(client.pay("自助收银", NUMBER, AMOUNT, notify_url=f"{hub.url}/v1/notifications/wechat")[1])
        behind.fake.scan(link["code_url"])
        assert behind.fake.push(NUMBER) == 204
        assert got.wait(5)
        assert client.callback(came[0].headers, came[0].body)["resource"]["out_trade_no"] == NUMBER
    finally:
        hub.close()


def test_it_knows_its_merchant_by_serial_number_and_time(behind, client):
    assert pay(client)[0] == 200
    client._core._cert_serial_no = "ABC"
    assert pay(client, number="order-0002")[0] == 401
    client._core._cert_serial_no = MERCHANT_SERIAL
    behind.ahead += timedelta(seconds=310)
    assert pay(client, number="order-0003")[0] == 401


def test_what_the_client_refuses_is_refused_for_its_signature(behind, client):
    behind.fake.server.fault = lambda call, answer, wire: wire.send(
        replace(answer(), body=answer().body.replace(b"SUCCESS", b"SUCCES5"))
    )
    with pytest.raises(Exception, match="verify the signature"):
        pay(client)


def test_its_truth_outlives_a_kill(behind, client):
    pay(client)
    again = FakeWechat(behind.folder, clock=lambda: datetime.now(UTC))
    assert again.books.taken(NUMBER) == 2560
    again.close()


def test_the_command_serves_and_writes_settings_that_fit(tmp_path):
    command = [sys.executable, "-m", "payments.fakes", "wechat", "--dir", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
        assert served.stdout is not None
        line = served.stdout.readline()
        served.kill()
    assert line.startswith("serving on http://127.0.0.1:")
    settings = (tmp_path / "settings.toml").read_text()
    assert 'gateway = "wechat"' in settings
    assert "[[gateway]]" in (tmp_path / "hub-payments.toml").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["wechat", "--dir", "/proc/nowhere"], "cannot be served from /proc/nowhere"),
        (["wechat", "--dir", "anywhere", "--port", "70000"], "--port is 70000; give one from 0"),
    ],
)
def test_what_cannot_be_served_is_one_sentence(capsys, arguments, words):
    assert main(arguments) == 2
    told = capsys.readouterr().err
    assert words in told
    assert told.count("\n") == 1
