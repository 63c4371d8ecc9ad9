"""A client that is not ours vouches for the make-believe Alipay: python-alipay-sdk, signatures on, both ways."""

import http.server
import threading
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import alipay  # type: ignore[import-untyped]
import pytest
from alipay.exceptions import AliPayException, AliPayValidationError  # type: ignore[import-untyped]

from payments.fakes.alipay import APP_ID, FakeAlipay
from payments.fakes.server import Reply
from tests.payments.alipay_rig import alipay_bank, code


@pytest.fixture
def bank(tmp_path):
    with alipay_bank(tmp_path) as bank:
        yield bank


@pytest.fixture
def sdk(bank):
    return client(bank.fake, bank.folder / "bank")


def client(fake: FakeAlipay, folder: Path, app_id: str = APP_ID) -> alipay.AliPay:
    made = alipay.AliPay(
        appid=app_id,
        app_private_key_string=(folder / "alipay-merchant-key.pem").read_text(),
        alipay_public_key_string=(folder / "alipay-public-key.pem").read_text(),
    )
    made._gateway = fake.url
    return made


def pay(sdk: alipay.AliPay, ending: str = "00", number: str = "order_1", **more: str) -> Any:
    return sdk.api_alipay_trade_pay(number, "bar_code", code(ending), "自助收银", total_amount="25.60", **more)


def test_it_pays_and_asks(bank, sdk):
    paid = pay(sdk)
    assert (paid["code"], paid["out_trade_no"], paid["total_amount"]) == ("10000", "order_1", "25.60")
    asked = sdk.api_alipay_trade_query("order_1")
    assert (asked["trade_status"], asked["trade_no"]) == ("TRADE_SUCCESS", paid["trade_no"])
    assert [tuple(charge) for charge in bank.fake.books.charges()] == [("order_1", 2560, 0, "TRADE_SUCCESS")]


def test_it_waits_for_a_shopper(bank, sdk):
    assert pay(sdk, "02")["code"] == "10003"
    assert sdk.api_alipay_trade_query("order_1")["trade_status"] == "WAIT_BUYER_PAY"
    bank.pass_time()
    assert sdk.api_alipay_trade_query("order_1")["trade_status"] == "TRADE_SUCCESS"


def test_it_makes_a_code_that_a_shopper_scans(bank, sdk):
    made = sdk.api_alipay_trade_precreate("自助收银", "order_1", "25.60")
    assert made["qr_code"].startswith("https://qr.alipay.com/")
    assert sdk.api_alipay_trade_query("order_1")["sub_code"] == "ACQ.TRADE_NOT_EXIST"
    bank.scan(made["qr_code"])
    assert sdk.api_alipay_trade_query("order_1")["trade_status"] == "TRADE_SUCCESS"


def test_it_cancels_what_is_paid_what_waits_and_what_never_came(bank, sdk):
    pay(sdk)
    pay(sdk, "02", "order_2")
    said = [sdk.api_alipay_trade_cancel(number) for number in ("order_1", "order_2", "order_3")]
    assert [answer.get("action") for answer in said] == ["refund", "close", None]
    assert [answer["retry_flag"] for answer in said] == ["N", "N", "N"]
    assert pay(sdk, number="order_3")["sub_code"] == "ACQ.TRADE_HAS_CLOSE"
    assert [bank.taken(number) for number in ("order_1", "order_2", "order_3")] == [0, 0, 0]


def test_it_gives_back_once_for_each_number(bank, sdk):
    pay(sdk)
    first, again = (sdk.api_alipay_trade_refund("5.60", "order_1", out_request_no="back_1") for _ in range(2))
    assert [first["fund_change"], again["fund_change"]] == ["Y", "N"]
    asked = sdk.api_alipay_trade_fastpay_refund_query("back_1", out_trade_no="order_1")
    assert (asked["refund_amount"], asked["refund_status"]) == ("5.60", "REFUND_SUCCESS")
    assert "refund_amount" not in sdk.api_alipay_trade_fastpay_refund_query("back_2", out_trade_no="order_1")
    more = sdk.api_alipay_trade_refund("20.01", "order_1", out_request_no="back_2")
    assert more["sub_code"] == "ACQ.REASON_TRADE_REFUND_FEE_ERR"
    assert bank.taken("order_1") == 2000


def test_it_closes_only_what_waits(bank, sdk):
    pay(sdk, "02")
    assert sdk.api_alipay_trade_close("order_1")["code"] == "10000"
    pay(sdk, number="order_2")
    assert sdk.api_alipay_trade_close("order_2")["sub_code"] == "ACQ.REASON_TRADE_STATUS_INVALID"


def test_another_amount_under_a_known_number_is_never_a_second_charge(bank, sdk):
    pay(sdk)
    other = sdk.api_alipay_trade_pay("order_1", "bar_code", code("00"), "x", total_amount="1.00")
    assert other["sub_code"] == "ACQ.CONTEXT_INCONSISTENT"
    assert bank.taken("order_1") == 2560


def test_the_client_refuses_an_answer_that_was_changed_on_the_way(bank, sdk):
    def change(_call, answer, wire):
        reply = answer()
        wire.send(Reply(200, reply.body.replace(b'"25.60"', b'"25.61"'), reply.headers))

    bank.fake.server.fault = change
    with pytest.raises(AliPayValidationError):
        pay(sdk)


@pytest.mark.parametrize("app_id", ["2021000000000009", ""])
def test_it_does_not_sign_for_strangers(bank, app_id):
    with pytest.raises(AliPayException, match=r"isv\.invalid-app-id"):
        pay(client(bank.fake, bank.folder / "bank", app_id))
    assert not bank.fake.books.charges()


def test_it_refuses_an_order_that_is_signed_by_another_key(bank, tmp_path):
    FakeAlipay(tmp_path / "stranger").close()
    with pytest.raises(AliPayException, match=r"isv\.invalid-signature"):
        pay(client(bank.fake, tmp_path / "stranger"))
    assert not bank.fake.books.charges()


def test_the_client_believes_its_pushes(bank, sdk):
    pay(sdk)
    form = dict(parse_qsl(bank.fake.push_of("order_1").decode()))
    signature = form.pop("sign")
    assert sdk.verify(dict(form), signature)
    assert not sdk.verify({**form, "total_amount": "0.01"}, signature)


class Hub(http.server.HTTPServer):
    """Thanks for a push as it is told to."""

    def __init__(self, answers: list[bytes]) -> None:
        self.answers = answers
        self.came: list[bytes] = []
        super().__init__(("127.0.0.1", 0), _Thanks)


class _Thanks(http.server.BaseHTTPRequestHandler):
    server: Hub

    def do_POST(self) -> None:
        self.server.came.append(self.rfile.read(int(self.headers["Content-Length"])))
        body = self.server.answers.pop(0)
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: Any) -> None:
        """Quiet."""


def test_it_pushes_until_it_is_thanked(bank, sdk):
    with Hub([b"fail", b"success"]) as hub:
        threading.Thread(target=hub.serve_forever, args=(0.01,), daemon=True).start()
        pay(sdk, notify_url=f"http://127.0.0.1:{hub.server_port}/v1/notifications/alipay")
        assert [bank.fake.deliver() for _ in range(3)] == [0, 1, 0]
        hub.shutdown()
    assert len(hub.came) == 2


def test_keys_and_books_outlive_it(bank, sdk):
    pay(sdk)
    again = FakeAlipay(bank.folder / "bank")
    try:
        assert client(again, bank.folder / "bank").api_alipay_trade_query("order_1")["trade_status"] == "TRADE_SUCCESS"
    finally:
        again.close()
