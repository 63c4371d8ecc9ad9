"""The gateway keeps WeChat Pay's rules: when to reverse, what a refusal proves, what may still be on its way."""

from pathlib import Path

import pytest

from payments.gateway import Outcome, PaymentRequest, Presents, Reason, RefundRequest, Trouble
from payments.loader import GatewayContext, load_gateway
from payments.wechat import WechatGateway
from retail.money import Money
from tests.payments.gateway_contract import PRICE
from tests.payments.wechat_rig import WechatBank, request, wechat_bank

KEY = "payment-0001"


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


def test_a_refund_number_of_another_amount_is_neither_done_nor_declined(bank, gateway):
    """Not even after a restart: a refund of that number is there, and it is not the one that is asked for."""
    gateway.start(request())
    gateway.refund(RefundRequest(KEY, "refund-1", Money(100, "CNY"), PRICE))
    answer = bank.gateway().refund(RefundRequest(KEY, "refund-1", Money(99, "CNY"), PRICE))
    assert (answer.outcome, answer.trouble) == (Outcome.UNKNOWN, Trouble.OTHER)
    assert bank.taken(KEY) == 2460
