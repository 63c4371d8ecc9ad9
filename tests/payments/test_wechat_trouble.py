"""What the gateway does when line, clock, keys or disk fail it: the right blame, and no order twice."""

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from payments.fakes.server import FakeServer, Reply
from payments.gateway import Outcome, Reason, RefundRequest, Trouble
from payments.loader import GatewayContext
from payments.wechat import FILE_NAME, WechatGateway
from retail.money import Money
from tests.payments.gateway_contract import PRICE
from tests.payments.wechat_rig import WechatBank, code, request, wechat_bank

KEY = "payment-0001"
NOWHERE = "http://127.0.0.1:9"  # nothing listens at the discard port


@pytest.fixture
def bank(tmp_path):
    with wechat_bank(tmp_path) as bank:
        yield bank


@pytest.fixture
def gateway(bank):
    return bank.gateway()


def tails(bank: WechatBank) -> list[str]:
    """What was called, by the last word of its path."""
    return [call.path.partition("?")[0].rsplit("/", 1)[-1] for call in bank.fake.server.calls]


def test_an_order_is_held_to_be_on_its_way_though_our_clock_is_behind(bank):
    """Four minutes wrong is no trouble to WeChat; the order is still only fifteen seconds old."""
    bank.ahead = timedelta(minutes=-4)
    gateway = bank.gateway()
    gateway.start(request("11"))
    bank.later(15)
    assert gateway.cancel(KEY).outcome is Outcome.UNKNOWN
    assert bank.gateway().cancel(KEY).outcome is Outcome.UNKNOWN


def test_an_order_that_was_signed_in_another_year_ends_when_the_clock_is_right(bank):
    """By the clock that nobody sets: a minute after it left, when the shopper's code is good for nothing."""
    bank.ahead = timedelta(days=400)
    assert bank.gateway().start(request()).outcome is Outcome.UNKNOWN
    bank.ahead = timedelta()
    assert bank.gateway().cancel(KEY).outcome is Outcome.UNKNOWN
    bank.later(61)
    assert bank.gateway().cancel(KEY).outcome is Outcome.DECLINED


def test_no_line_at_all_is_no_order(bank):
    bank.more["address"] = NOWHERE
    gateway = bank.gateway()
    answer = gateway.start(request())
    assert (answer.outcome, answer.reason) == (Outcome.DECLINED, Reason.UNAVAILABLE)
    assert gateway.lookup(KEY).trouble is Trouble.NO_ANSWER
    assert gateway.start(request()).reason is Reason.UNAVAILABLE


def test_the_other_host_gets_what_never_left_for_the_first(bank):
    bank.more |= {"address": NOWHERE, "backup_address": bank.fake.url}
    assert bank.gateway().start(request()).outcome is Outcome.APPROVED
    assert tails(bank) == ["codepay"]


def test_an_order_that_may_have_left_is_not_sent_to_the_other_host_but_a_query_is(bank):
    mute = FakeServer(lambda call: Reply(200, cut=True))
    try:
        bank.more |= {"address": mute.url, "backup_address": bank.fake.url}
        gateway = bank.gateway()
        assert gateway.start(request()).trouble is Trouble.NO_ANSWER
        assert bank.fake.server.calls == []
        gateway.lookup(KEY)
        assert tails(bank) == [KEY]
    finally:
        mute.close()


def test_a_stand_ins_orders_never_leave_for_the_real_wechat(bank):
    assert [str(host) for host in bank.gateway()._settings.hosts] == [bank.fake.url]
    del bank.more["total_timeout_s"]
    settings = bank.fake.settings() | {"address": "https://api.mch.weixin.qq.com"}
    real = WechatGateway(settings, GatewayContext("s", "1", bank.folder / "lane"))
    assert [host.host for host in real._settings.hosts] == ["api.mch.weixin.qq.com", "api2.mch.weixin.qq.com"]


def test_an_order_that_cannot_be_noted_is_not_sent(bank, gateway, caplog):
    with closing(sqlite3.connect(bank.folder / "lane" / FILE_NAME)) as notes:
        notes.execute("DROP TABLE orders")
    assert gateway.start(request()).reason is Reason.NOT_SENT
    assert gateway.lookup(KEY).outcome is gateway.cancel(KEY).outcome is Outcome.UNKNOWN
    assert gateway.refund(RefundRequest(KEY, "refund-1", Money(1, "CNY"), PRICE)).outcome is Outcome.UNKNOWN
    assert bank.fake.server.calls == []
    assert "cannot be noted" in caplog.text


@pytest.mark.parametrize(
    "ahead", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=400), timedelta(seconds=-302)]
)
def test_a_wrong_clock_of_ours_is_blamed_by_name(bank, ahead, caplog):
    """WeChat refuses what we sign then; what it says of that is not signed either, but dated."""
    bank.ahead = ahead
    bank.fake.server.fault = lambda call, answer, wire: wire.send(
        Reply(401, answer().body, {"Date": bank.now.strftime("%a, %d %b %Y %H:%M:%S GMT")})
    )
    answer = bank.gateway().start(request())
    assert (answer.outcome, answer.trouble) == (Outcome.UNKNOWN, Trouble.CLOCK)
    assert "set the clock right (NTP)" in caplog.text
    assert bank.fake.books.charges() == []


def test_a_signed_answer_of_another_time_is_blamed_on_the_clock_too(bank, gateway, caplog):
    gateway.start(request())

    def jumps(_call, answer, wire):
        bank.ahead = timedelta(seconds=400)
        wire.send(answer())

    bank.fake.server.fault = jumps
    assert gateway.lookup(KEY).trouble is Trouble.CLOCK
    assert "set the clock right" in caplog.text


@pytest.mark.parametrize("seconds", [1, -1, 250, -250])
def test_a_little_wrong_is_no_trouble(tmp_path, seconds):
    with wechat_bank(tmp_path, code_lives_s=600) as bank:
        bank.ahead = timedelta(seconds=seconds)
        assert bank.gateway().start(request()).outcome is Outcome.APPROVED


def test_an_order_that_comes_when_its_code_has_run_out_is_refused(bank):
    """What makes it safe to end an order that WeChat has never seen: see test_an_order_that_never_came."""
    bank.ahead = timedelta(seconds=-61)
    assert bank.gateway().start(request()).reason is Reason.EXPIRED_CODE


@pytest.mark.parametrize("is_signed", [False, True])
def test_keys_that_wechat_does_not_know_are_blamed_by_name(bank, caplog, is_signed):
    if is_signed:
        bank.fake.spoil = lambda call, told: (401, {"code": "SIGN_ERROR", "message": "签名错误"})
    else:
        bank.more["merchant_serial"] = "ABC"
    answer = bank.gateway().start(request())
    assert (answer.outcome, answer.trouble) == (Outcome.UNKNOWN, Trouble.KEYS)
    assert "check merchant_id, merchant_serial and merchant_key_file" in caplog.text


def test_after_close_nothing_leaves(bank, gateway):
    gateway.start(request())
    gateway.close()
    assert gateway.lookup(KEY).outcome is Outcome.UNKNOWN
    assert gateway.start(request(key="payment-0002")).outcome is Outcome.DECLINED
    assert tails(bank) == ["codepay"]


def test_no_key_and_no_code_is_shown(bank, gateway):
    gateway.start(request("02"))
    secrets = [code("02"), bank.fake.files.api_v3_key.read_text()]
    shown = repr(gateway) + repr(vars(gateway)) + repr(gateway._settings) + repr(gateway._line.__dict__)
    assert not [secret for secret in secrets if secret in shown or repr(secret.encode()) in shown]
