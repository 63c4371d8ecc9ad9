"""The gateway keeps WeChat Pay's rules: when to reverse, what a refusal proves, which host, whose clock."""

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from payments.fakes.server import FakeServer, Reply
from payments.gateway import Outcome, PaymentRequest, Presents, Reason, RefundRequest, Trouble
from payments.loader import GatewayContext, load_gateway
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


@pytest.mark.parametrize(
    ("ending", "reason"),
    [("01", Reason.FUNDS), ("05", Reason.EXPIRED_CODE), ("06", Reason.WRONG_CODE), ("07", Reason.LIMIT)],
)
def test_a_refusal_says_what_the_shopper_can_do(bank, gateway, ending, reason):
    answer = gateway.start(request(ending))
    assert (answer.outcome, answer.reason) == (Outcome.DECLINED, reason)
    assert bank.gateway().lookup(KEY).reason is reason
    assert bank.fake.books.charges() == []


@pytest.mark.parametrize("instrument", ["", "280000000000000000", "12345", "13000000000000000a", "1" * 19])
def test_a_code_of_another_kind_is_not_even_sent(bank, gateway, instrument):
    answer = gateway.start(PaymentRequest(KEY, PRICE, "s", "wallet", instrument))
    assert (answer.outcome, answer.reason) == (Outcome.DECLINED, Reason.WRONG_CODE)
    assert bank.fake.server.calls == []


@pytest.mark.parametrize("key", ["short", "x" * 33, "key with blanks", "key/../other", "schlüssel"])
def test_a_number_that_wechat_cannot_take_is_not_sent(bank, gateway, key):
    assert gateway.start(request(key=key)).reason is Reason.NOT_SENT
    assert gateway.lookup(key).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize("amount", [Money(2560, "USD"), Money(0, "CNY"), Money(-1, "CNY")])
def test_an_amount_that_wechat_cannot_take_is_not_sent(bank, gateway, amount):
    assert gateway.start(request(amount=amount)).reason is Reason.NOT_SENT
    assert bank.fake.server.calls == []


def test_a_reverse_is_not_asked_for_sooner_than_wechat_allows(bank, gateway):
    gateway.start(request("02"))
    bank.later(14.9)
    assert gateway.cancel(KEY).outcome is Outcome.UNKNOWN
    assert tails(bank) == ["codepay"]
    bank.later(0.1)
    assert gateway.cancel(KEY).outcome is Outcome.DECLINED
    assert tails(bank) == ["codepay", "reverse", KEY]


def test_a_reverse_that_is_refused_is_no_approval(bank, gateway):
    """A restarted lane does not know how long ago it started; and an earlier reverse may still be at work."""
    gateway.start(request())
    assert bank.gateway().cancel(KEY).outcome is Outcome.UNKNOWN
    assert tails(bank) == ["codepay", "reverse", KEY]
    bank.later(15)
    assert bank.gateway().cancel(KEY).outcome is Outcome.DECLINED


def test_one_fen_is_not_true(bank, gateway):
    gateway.start(request(amount=Money(1, "CNY")))
    bank.fake.spoil = lambda call, told: (told[0], {**told[1], "amount": {"total": True, "currency": "CNY"}})
    assert gateway.lookup(KEY).outcome is Outcome.UNKNOWN


def test_while_the_shopper_types_a_reverse_may_fail_and_is_repeated(bank, gateway):
    gateway.start(request("08"))
    bank.later(15)
    assert gateway.cancel(KEY).outcome is Outcome.UNKNOWN
    bank.later(31)
    assert gateway.cancel(KEY).outcome is Outcome.DECLINED
    assert bank.taken(KEY) == 0


def test_a_bank_that_refused_is_reversed_before_that_is_believed(bank, gateway):
    assert gateway.start(request("09")).outcome is Outcome.UNKNOWN
    assert gateway.lookup(KEY).outcome is Outcome.UNKNOWN
    bank.later(15)
    assert gateway.cancel(KEY).outcome is Outcome.DECLINED


def test_a_payment_between_the_last_look_and_the_reverse_is_given_back(bank, gateway):
    gateway.start(request("02"))
    bank.later(15)
    assert gateway.lookup(KEY).outcome is Outcome.PENDING
    bank.later(6)  # the shopper types the password now
    answer = gateway.cancel(KEY)
    assert (answer.outcome, answer.reason) == (Outcome.DECLINED, Reason.CANCELLED)
    assert tuple(bank.fake.books.charges()[0]) == (KEY, 2560, 2560, "REFUND")
    assert gateway.lookup(KEY).outcome is bank.gateway().lookup(KEY).outcome is Outcome.DECLINED


def test_an_order_that_wechat_gave_up_by_itself_is_declined(bank, gateway):
    gateway.start(request("08"))
    bank.later(46)
    assert gateway.lookup(KEY).outcome is Outcome.DECLINED


def test_a_payment_at_the_31st_second_is_found(bank, gateway):
    assert gateway.start(request("14")).outcome is Outcome.PENDING
    bank.later(31)
    assert gateway.lookup(KEY).paid == PRICE


def test_after_a_restart_the_amount_is_still_compared(bank, gateway):
    gateway.start(request())
    bank.fake.spoil = lambda call, told: (told[0], {**told[1], "amount": {"total": 2559, "currency": "CNY"}})
    answer = bank.gateway().lookup(KEY)
    assert (answer.outcome, answer.trouble) == (Outcome.UNKNOWN, Trouble.OTHER)


def test_money_that_somebody_else_gave_back_is_not_approved(bank, gateway):
    """By hand on the merchant platform, say, while nobody knew whether it was paid."""
    gateway.start(request("03"))
    bank.later(21)
    restarted = bank.gateway()
    body = {
        "out_trade_no": KEY,
        "out_refund_no": "by-hand",
        "amount": {"refund": 2560, "total": 2560, "currency": "CNY"},
    }
    restarted._line.call("POST", "/v3/refund/domestic/refunds", body)
    assert restarted.lookup(KEY).outcome is Outcome.UNKNOWN
    assert restarted.cancel(KEY).outcome is Outcome.DECLINED


def test_an_order_that_never_came_is_ended_when_its_code_is_worthless(bank, gateway):
    assert gateway.start(request("11")).outcome is Outcome.UNKNOWN
    assert gateway.lookup(KEY).outcome is Outcome.UNKNOWN
    bank.later(15)
    assert gateway.cancel(KEY).outcome is Outcome.UNKNOWN
    bank.later(46)
    assert gateway.cancel(KEY).outcome is Outcome.DECLINED
    assert bank.gateway().lookup(KEY).outcome is Outcome.DECLINED


def test_a_restart_does_not_forget_when_an_order_left(bank, gateway):
    gateway.start(request("11"))
    restarted = bank.gateway()
    assert restarted.cancel(KEY).outcome is Outcome.UNKNOWN
    bank.later(61)
    assert restarted.cancel(KEY).outcome is Outcome.DECLINED


def test_an_order_is_held_to_be_on_its_way_though_our_clock_is_behind(bank):
    """Four minutes wrong is no trouble to WeChat; the order is still only fifteen seconds old."""
    bank.ahead = timedelta(minutes=-4)
    gateway = bank.gateway()
    gateway.start(request("11"))
    bank.later(15)
    assert gateway.cancel(KEY).outcome is Outcome.UNKNOWN
    assert bank.gateway().cancel(KEY).outcome is Outcome.UNKNOWN


def test_an_order_from_before_the_clock_was_set_back_is_ended_too(bank):
    bank.ahead = timedelta(seconds=250)
    bank.gateway().start(request("11"))
    bank.ahead = timedelta()
    restarted = bank.gateway()
    bank.later(100)
    assert restarted.cancel(KEY).outcome is Outcome.UNKNOWN
    bank.later(515)
    assert restarted.cancel(KEY).outcome is Outcome.DECLINED


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


def test_a_second_start_is_looked_up_and_not_sent(bank, gateway):
    gateway.start(request())
    assert bank.gateway().start(request()).outcome is Outcome.APPROVED
    assert tails(bank) == ["codepay", KEY]


def test_a_refund_in_the_works_is_pending_until_it_is_done(tmp_path):
    with wechat_bank(tmp_path, refund_s=5) as bank:
        gateway = bank.gateway()
        gateway.start(request())
        ask = RefundRequest(KEY, "refund-1", Money(100, "CNY"), PRICE)
        assert gateway.refund(ask).outcome is Outcome.PENDING
        bank.later(5)
        assert gateway.refund(ask).outcome is Outcome.APPROVED
        assert bank.taken(KEY) == 2460


@pytest.mark.parametrize(
    ("status", "outcome"),
    [("CLOSED", Outcome.DECLINED), ("ABNORMAL", Outcome.PENDING), ("PROCESSING", Outcome.PENDING)],
)
def test_what_wechat_says_of_a_refund_is_what_we_say(bank, gateway, status, outcome):
    gateway.start(request())
    bank.fake.spoil = lambda call, told: (told[0], {**told[1], "status": status})
    assert gateway.refund(RefundRequest(KEY, "refund-1", Money(1, "CNY"), PRICE)).outcome is outcome


def test_a_merchants_empty_account_refuses_a_refund_with_the_remedy(bank, gateway, caplog):
    gateway.start(request())
    refused = (403, {"code": "NOT_ENOUGH", "message": "余额不足"})
    missing = (404, {"code": "RESOURCE_NOT_EXISTS", "message": "无"})
    bank.fake.spoil = lambda call, told: refused if call.method == "POST" else missing
    answer = gateway.refund(RefundRequest(KEY, "refund-1", Money(1, "CNY"), PRICE))
    assert (answer.outcome, answer.reason) == (Outcome.DECLINED, Reason.FUNDS)
    assert "pay in" in caplog.text


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


def test_a_qr_code_of_an_attempt_that_was_ended_meanwhile_is_not_shown(tmp_path):
    with wechat_bank(tmp_path, "kiosk_code") as bank:
        gateway, other = bank.gateway(), bank.gateway()

        def ended_meanwhile(call, answer, wire):
            bank.fake.server.fault = None
            reply = answer()
            other.cancel(KEY)
            wire.send(reply)

        bank.fake.server.fault = ended_meanwhile
        answer = gateway.start(PaymentRequest(KEY, PRICE, "s", "wechat"))
        assert (answer.outcome, answer.show) == (Outcome.UNKNOWN, "")
        assert gateway.lookup(KEY).outcome is Outcome.DECLINED


def test_a_qr_code_that_nobody_has_seen_ends_at_once(tmp_path):
    with wechat_bank(tmp_path, "kiosk_code") as bank:
        gateway = bank.gateway()
        bank.fake.server.fault = lambda call, answer, wire: wire.cut()
        assert gateway.start(PaymentRequest(KEY, PRICE, "s", "wechat")).outcome is Outcome.UNKNOWN
        bank.fake.server.fault = None
        assert gateway.cancel(KEY).outcome is Outcome.DECLINED
        assert gateway.start(PaymentRequest(KEY, PRICE, "s", "wechat")).outcome is not Outcome.PENDING


def test_the_loader_finds_it_by_its_entry_point(bank):
    gateway = load_gateway("wechat", bank.fake.settings(), GatewayContext("demo", "1", bank.folder))
    assert isinstance(gateway, WechatGateway)


def row(name: str) -> list[str]:
    page = Path(__file__).parents[2] / "docs" / "payment-gateways.md"
    lines = [line for line in page.read_text(encoding="utf-8").splitlines() if line.startswith(f"| {name} |")]
    assert len(lines) == 1
    return [cell.strip() for cell in lines[0].strip("|").split("|")]


@pytest.mark.parametrize(
    ("presents", "name"), [("shopper_code", "WeChat Pay, payment code"), ("kiosk_code", "WeChat Pay, Native")]
)
def test_the_page_tells_its_traits_truly(tmp_path, presents, name):
    with wechat_bank(tmp_path, presents) as bank:
        traits = bank.gateway().traits
    _, shows, once_by, resend, _, earliest, refunds, push, offline = row(name)
    assert shows == ("shopper's code" if traits.presents is Presents.SHOPPER_CODE else "our code")
    assert once_by.startswith("our key")
    assert traits.once_by == "our_key"
    assert resend.startswith("yes") is traits.resend_start_is_safe
    assert earliest == (f"{traits.cancel_earliest_s:.0f} s" if traits.cancel_earliest_s else "at once")
    assert refunds.startswith("yes") is traits.cancel_refunds
    assert (push != "none") is traits.notifies
    assert (offline != "no") is traits.works_offline


def test_no_key_and_no_code_is_shown(bank, gateway):
    gateway.start(request("02"))
    secrets = [code("02"), bank.fake.files.api_v3_key.read_text()]
    shown = repr(gateway) + repr(vars(gateway)) + repr(gateway._settings) + repr(gateway._line.__dict__)
    assert not [secret for secret in secrets if secret in shown or repr(secret.encode()) in shown]


def test_a_refund_that_was_asked_for_before_is_asked_after(bank, gateway):
    gateway.start(request())
    ask = RefundRequest(KEY, "refund-1", Money(100, "CNY"), PRICE)
    assert [gateway.refund(ask).outcome for _ in range(2)] == [Outcome.APPROVED] * 2
    assert tails(bank) == ["codepay", "refunds", "refund-1"]


def test_an_order_that_wechat_had_and_denies_is_not_ended_by_that(bank, gateway):
    """It arrived: that WeChat's other house has not heard of it yet proves nothing, however long ago it was."""
    assert gateway.start(request("02")).outcome is Outcome.PENDING
    bank.later(70)
    denied = (404, {"code": "ORDER_NOT_EXIST", "message": "订单不存在"})
    bank.fake.spoil = lambda call, told: denied
    assert gateway.cancel(KEY).outcome is Outcome.UNKNOWN
    bank.fake.spoil = None
    assert gateway.cancel(KEY).outcome is Outcome.DECLINED
    assert bank.taken(KEY) == 0
