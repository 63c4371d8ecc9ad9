"""Every request of the WeChat Pay gateway is as a description says that is not ours; a signature costs little."""

import json
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from payments.fakes.server import Call
from payments.gateway import Outcome, PaymentRequest, RefundRequest
from retail.money import Money
from tests.payments.gateway_contract import PRICE
from tests.payments.wechat_openapi import faults
from tests.payments.wechat_rig import NOTIFY_URL, request, wechat_bank
from tests.shared_data import shared_file


@pytest.fixture
def described():
    return shared_file("wechatpay-openapi", "docs")


def by_code(folder: Path) -> list[Call]:
    """The calls of a payment code's whole life."""
    with wechat_bank(folder) as bank:
        gateway = bank.gateway()
        gateway.start(request())
        gateway.lookup("payment-0001")
        gateway.refund(RefundRequest("payment-0001", "refund-1", Money(100, "CNY"), PRICE, "坏了的鸡蛋"))
        gateway.refund(RefundRequest("payment-0001", "refund-2", Money(2560, "CNY"), PRICE))
        bank.later(15)
        gateway.cancel("payment-0001")
        return bank.fake.server.calls


def by_qr(folder: Path) -> list[Call]:
    with wechat_bank(folder, "kiosk_code") as bank:
        gateway = bank.gateway()
        gateway.start(PaymentRequest("payment-0001", PRICE, "s", "wechat"))
        gateway.lookup("payment-0001")
        gateway.cancel("payment-0001")
        return bank.fake.server.calls


def test_a_payment_codes_calls_are_as_described(described, tmp_path):
    calls = by_code(tmp_path)
    assert [(call.method, urlsplit(call.path).path.rsplit("/", 1)[-1]) for call in calls] == [
        ("POST", "codepay"),
        ("GET", "payment-0001"),
        ("POST", "refunds"),
        ("POST", "refunds"),
        ("GET", "refund-2"),
        ("POST", "reverse"),
        ("GET", "payment-0001"),
    ]
    assert [faults(described, call) for call in calls] == [[]] * len(calls)


def test_a_qr_codes_calls_are_as_described(described, tmp_path):
    calls = by_qr(tmp_path)
    assert [call.path.partition("?")[0].rsplit("/", 1)[-1] for call in calls] == [
        "native",
        "payment-0001",
        "payment-0001",
        "close",
        "payment-0001",
    ]
    assert [faults(described, call) for call in calls] == [[]] * len(calls)


def test_the_description_does_find_faults(described):
    headers = {"wechatpay-serial": "x"}
    wrong = Call("POST", "/v3/pay/transactions/codepay", headers, b'{"appid": 1, "amount": {}}')
    assert len(faults(described, wrong)) > 3
    assert faults(described, Call("GET", "/v3/pay/transactions/out-trade-no/x", headers, b"")) == [
        "mchid is missing in query"
    ]
    assert faults(described, Call("POST", "/v3/pay/nothing", headers, b"{}")) == ["there is no POST /v3/pay/nothing"]


def test_a_qr_code_ends_when_the_lane_ends_the_attempt(tmp_path):
    with wechat_bank(tmp_path, "kiosk_code") as bank:
        gateway = bank.gateway()
        gateway.start(PaymentRequest("payment-0001", PRICE, "s", "wechat"))
        order = json.loads(bank.fake.server.calls[0].body)
        assert gateway.traits.open_for_s == 120
    assert (order["time_expire"], order["notify_url"]) == ("2026-03-04T18:02:00+08:00", NOTIFY_URL)


def test_an_order_names_the_shop_and_nothing_of_the_shopper_but_the_code(tmp_path):
    order = json.loads(by_code(tmp_path)[0].body)
    assert order["scene_info"] == {"device_id": "store-1-3", "store_info": {"out_id": "store-1"}}
    assert order["payer"] == {"auth_code": "130000000000000000"}


def test_a_signature_takes_less_than_five_milliseconds(tmp_path):
    with wechat_bank(tmp_path) as bank:
        keys = bank.gateway()._settings.keys
        took = []
        for _ in range(50):
            begun = time.thread_time()
            keys.authorization("POST", "/v3/pay/transactions/codepay", 1, b"x" * 600)
            took.append(time.thread_time() - begun)
    assert sorted(took)[len(took) * 95 // 100] < 0.005


def test_our_own_share_of_a_payment_is_small(tmp_path):
    """All of it but the bank's answer, on this thread: notes, signature, HTTP, checks."""
    with wechat_bank(tmp_path) as bank:
        gateway = bank.gateway()
        gateway.start(request())  # what is imported once does not count
        took = []
        for number in range(2, 22):
            begun = time.thread_time()
            assert gateway.start(request(key=f"payment-{number:04}")).outcome is Outcome.APPROVED
            took.append(time.thread_time() - begun)
    assert sorted(took)[len(took) * 95 // 100] < 0.1
