"""Pushes from WeChat Pay: proved, decrypted and compared, or refused; nothing is asked, and a repeat does no harm."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from payments.errors import NotificationRefused
from payments.gateway import Notice, Outcome, PaymentRequest, PaymentResult
from retail.money import Money
from tests.payments.gateway_contract import PRICE
from tests.payments.wechat_rig import bank_wire, stranger, wechat_bank

KEY = "payment-0001"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """One bank and gateway for all: reading a push changes neither."""
    with wechat_bank(tmp_path_factory.mktemp("notices"), "kiosk_code") as bank:
        gateway = bank.gateway()
        bank.scan(gateway.start(PaymentRequest(KEY, PRICE, "s", "wechat")).show)
        yield bank, gateway


@pytest.fixture
def bank(shop):
    yield shop[0]
    shop[0].ahead = timedelta()


@pytest.fixture
def gateway(shop):
    shop[0].fake.server.calls.clear()
    return shop[1]


def lowered(pushed: tuple[dict[str, str], bytes]) -> tuple[dict[str, str], bytes]:
    headers, body = pushed
    return {name.lower(): value for name, value in headers.items()}, body


def resigned(body: bytes, now_s: int = 1_772_618_400) -> dict[str, str]:
    return {name.lower(): value for name, value in bank_wire().headers(body, now_s).items()}


def test_a_push_says_what_a_query_says_and_asks_nobody(bank, gateway):
    notice = gateway.notified(*lowered(bank.fake.notification(KEY)))
    assert isinstance(notice, Notice)
    assert (notice.key, notice.result.outcome, notice.result.paid) == (KEY, Outcome.APPROVED, PRICE)
    assert bank.fake.server.calls == []
    assert notice.result == gateway.lookup(KEY)


def test_it_wants_no_words_of_thanks(bank, gateway):
    assert gateway.notified(*lowered(bank.fake.notification(KEY))).reply == b""


def test_a_push_that_comes_twenty_times_says_the_same(bank, gateway):
    pushed = lowered(bank.fake.notification(KEY))
    assert len({repr(gateway.notified(*pushed)) for _ in range(20)}) == 1


def test_pushes_out_of_order_each_speak_of_their_own_payment(bank, gateway):
    bank.scan(gateway.start(PaymentRequest("payment-0002", Money(99, "CNY"), "s", "wechat")).show)
    late, early = (bank.fake.notification(key) for key in ("payment-0002", KEY))
    told = [gateway.notified(*lowered(pushed)) for pushed in (late, early)]
    assert [(notice.key, notice.result.paid) for notice in told] == [("payment-0002", Money(99, "CNY")), (KEY, PRICE)]


def test_a_push_is_read_after_a_restart_too(bank, gateway):
    assert bank.gateway().notified(*lowered(bank.fake.notification(KEY))).key == KEY


@pytest.mark.parametrize("away_s", [301, 86_400, -301, -3600])
def test_an_old_push_is_refused_and_so_is_one_of_the_future(bank, gateway, away_s):
    pushed = lowered(bank.fake.notification(KEY))
    bank.ahead = timedelta(seconds=away_s)
    with pytest.raises(NotificationRefused, match="seconds from now"):
        gateway.notified(*pushed)


@pytest.mark.parametrize("away_s", [0, 299, -299])
def test_a_push_of_the_last_five_minutes_is_taken(bank, gateway, away_s):
    pushed = lowered(bank.fake.notification(KEY))
    bank.ahead = timedelta(seconds=away_s)
    assert gateway.notified(*pushed).key == KEY


def test_a_probe_is_refused(bank, gateway):
    headers, body = lowered(bank.fake.notification(KEY))
    headers["wechatpay-signature"] = "WECHATPAY/SIGNTEST/" + headers["wechatpay-signature"]
    with pytest.raises(NotificationRefused, match="not signed"):
        gateway.notified(headers, body)


@pytest.mark.parametrize("name", ["timestamp", "nonce", "signature", "serial"])
def test_a_push_without_a_part_of_its_proof_is_refused(bank, gateway, name):
    headers, body = lowered(bank.fake.notification(KEY))
    del headers[f"wechatpay-{name}"]
    with pytest.raises(NotificationRefused):
        gateway.notified(headers, body)


def test_a_strangers_push_is_refused(bank, gateway):
    headers, body = lowered(bank.fake.notification(KEY))
    text = f"{headers['wechatpay-timestamp']}\n{headers['wechatpay-nonce']}\n".encode() + body + b"\n"
    with pytest.raises(NotificationRefused, match="not signed"):
        gateway.notified({**headers, "wechatpay-signature": stranger().sign(text)}, body)


def test_no_byte_of_a_push_may_change(bank, gateway):
    headers, body = lowered(bank.fake.notification(KEY))
    for at in range(0, len(body), 7):
        with pytest.raises(NotificationRefused):
            gateway.notified(headers, body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :])


def test_what_is_hidden_must_be_hidden_by_our_key(bank, gateway):
    _, body = bank.fake.notification(KEY)
    for change in ({"nonce": "000000000000"}, {"associated_data": "refund"}, {"ciphertext": "AAAA"}, {"nonce": None}):
        told = json.loads(body)
        told["resource"] |= change
        forged = json.dumps(told).encode()
        with pytest.raises(NotificationRefused, match="not encrypted with our API v3 key"):
            gateway.notified(resigned(forged), forged)


@pytest.mark.parametrize(
    "changed",
    [
        {"mchid": "1900000001"},
        {"appid": "wx0000000000000000"},
        {"out_trade_no": ""},
        {"out_trade_no": None},
        {"transaction_id": ""},
        {"transaction_id": 4200},
        {"trade_state": "NOTPAY"},
        {"trade_state": "REFUND"},
        {"amount": None},
        {"amount": {"total": 1, "currency": "CNY"}},
        {"amount": {"total": 2560, "currency": "USD"}},
        {"amount": {"total": "2560", "currency": "CNY"}},
        {"amount": {"total": True, "currency": "CNY"}},
    ],
)
def test_a_push_about_something_else_than_was_asked_is_refused(bank, gateway, changed):
    with pytest.raises(NotificationRefused):
        gateway.notified(*lowered(bank.fake.notification(KEY, **changed)))


@pytest.mark.parametrize(
    "change",
    [
        {"event_type": "REFUND.SUCCESS"},
        {"event_type": None},
        {"resource": None},
        {"resource": []},
        {"resource": {"algorithm": "NONE"}},
    ],
)
def test_a_signed_push_of_another_kind_is_refused(bank, gateway, change):
    _, body = bank.fake.notification(KEY)
    other = json.dumps({**json.loads(body), **change}).encode()
    with pytest.raises(NotificationRefused):
        gateway.notified(resigned(other), other)


@pytest.mark.parametrize("body", [b"", b"null", b"[]", b"\xff", b"[" * 50_000, b"{}" + b" " * 70_000])
def test_noise_is_refused_even_if_it_is_signed(gateway, body):
    with pytest.raises(NotificationRefused):
        gateway.notified(resigned(body), body)


def test_a_refusal_holds_no_secret(bank, gateway):
    key = bank.fake.files.api_v3_key.read_text()
    headers, body = lowered(bank.fake.notification(KEY, mchid="1900000001"))
    with pytest.raises(NotificationRefused) as refused:
        gateway.notified(headers, body)
    assert key not in repr(refused.value)


def test_a_push_of_another_lanes_payment_carries_its_amount(bank, gateway):
    """The hub's gateway may get a push of an order that it did not make itself: who takes it compares."""
    with bank.fake.books.page() as page:
        order = page.order(KEY)
        page.put(replace(order, number="elsewhere-1"))
    notice: Any = gateway.notified(*lowered(bank.fake.notification("elsewhere-1")))
    assert replace(notice.result, payer="") == PaymentResult(
        Outcome.APPROVED, reference=notice.result.reference, paid=PRICE
    )
