"""An order that the network holds up is not called over while it can still arrive, whoever asks, by any clock."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from payments.fakes.server import Answer, Call, Reply, Wire
from payments.gateway import Gateway, Outcome, PaymentRequest, Reason, RefundRequest
from payments.loader import GatewayContext
from payments.wechat import WechatGateway
from retail.money import Money
from tests.payments import alipay_rig, wechat_rig
from tests.payments.alipay_rig import AlipayBank, alipay_bank
from tests.payments.gateway_contract import PRICE
from tests.payments.wechat_rig import WechatBank, request, wechat_bank

KEY = "payment-0001"


class Held:
    """A line that cuts off the first call to a path and brings it later, when the test says so."""

    def __init__(self, bank: WechatBank | AlipayBank, path: str) -> None:
        self.path = path
        self.order: Answer | None = None
        bank.fake.server.fault = self.carry

    def carry(self, call: Call, answer: Answer, wire: Wire) -> None:
        if self.order is None and self.path in call.path:
            self.order = answer
            wire.cut()
        else:
            wire.send(answer())

    def arrives(self) -> None:
        assert self.order is not None
        self.order()


@pytest.fixture
def wechat(tmp_path: Path) -> Iterator[WechatBank]:
    with wechat_bank(tmp_path) as bank:
        yield bank


@pytest.fixture
def alipay(tmp_path: Path) -> Iterator[AlipayBank]:
    with alipay_bank(tmp_path) as bank:
        yield bank


def beside(bank: WechatBank, *, alone: bool) -> Gateway:
    """The same account from a folder that knows nothing of its orders, as at another hub."""
    folder = bank.folder / "beside"
    folder.mkdir(exist_ok=True)
    return WechatGateway(
        bank.fake.settings(**bank.more),
        GatewayContext("store-1", "3", folder, alone=alone),
        clock=lambda: bank.now,
        monotonic=bank._seconds,
    )


@pytest.mark.parametrize("arrives_after_s", [17, 20, 47, 59])
def test_another_hub_that_never_saw_the_order_leave_does_not_call_it_over(wechat, arrives_after_s):
    held = Held(wechat, "codepay")
    wechat.gateway().start(request())
    wechat.later(16)
    other = beside(wechat, alone=False)
    assert other.cancel(KEY).outcome is Outcome.UNKNOWN
    wechat.later(arrives_after_s - 16)
    held.arrives()
    assert wechat.taken(KEY) == PRICE.minor
    wechat.later(16)
    assert other.cancel(KEY).outcome is Outcome.DECLINED
    assert wechat.taken(KEY) == 0


def test_what_another_hub_may_have_sent_ends_when_no_payment_code_can_be_good_any_more(wechat):
    other = beside(wechat, alone=False)
    assert other.cancel(KEY).outcome is Outcome.UNKNOWN
    wechat.later(60)
    assert other.cancel(KEY).outcome is Outcome.UNKNOWN
    wechat.later(1)
    assert other.cancel(KEY).outcome is Outcome.DECLINED


def test_what_nobody_else_can_have_sent_is_over_at_once(wechat):
    assert beside(wechat, alone=True).cancel(KEY).outcome is Outcome.DECLINED


@pytest.mark.parametrize("first", [timedelta(minutes=-4), timedelta(), timedelta(minutes=4)])
@pytest.mark.parametrize("then", [timedelta(minutes=-4), timedelta(minutes=4)])
def test_a_clock_that_is_set_between_two_lives_makes_no_order_old(wechat, first, then):
    held = Held(wechat, "codepay")
    wechat.ahead = first
    wechat.gateway().start(request())
    wechat.later(20)
    wechat.ahead = then
    assert wechat.gateway().cancel(KEY).outcome is Outcome.UNKNOWN
    held.arrives()
    wechat.later(41)
    assert wechat.gateway().cancel(KEY).outcome is Outcome.DECLINED
    assert wechat.taken(KEY) == 0


@pytest.mark.parametrize("arrives_after_s", [20, 50, 59])
def test_a_cancel_that_found_nothing_at_alipay_does_not_end_what_is_on_its_way(alipay, arrives_after_s):
    held = Held(alipay, "alipay.trade.pay")
    gateway = alipay.gateway()
    gateway.start(alipay_rig.request())
    alipay.later(16)
    done = {"code": "10000", "msg": "Success", "out_trade_no": alipay_rig.KEY, "retry_flag": "N"}
    alipay.fake.instead["alipay.trade.cancel"] = done
    assert gateway.cancel(alipay_rig.KEY).outcome is Outcome.UNKNOWN
    alipay.fake.instead.clear()
    alipay.later(arrives_after_s - 16)
    held.arrives()
    assert alipay.taken(alipay_rig.KEY) == PRICE.minor
    assert alipay.gateway().cancel(alipay_rig.KEY).outcome is Outcome.DECLINED
    assert alipay.taken(alipay_rig.KEY) == 0


def test_a_cancel_that_alipay_refuses_as_it_has_no_order_ends_it_in_a_minute(alipay):
    Held(alipay, "alipay.trade.pay")
    gateway = alipay.gateway()
    gateway.start(alipay_rig.request())
    refused = {"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.TRADE_NOT_EXIST", "sub_msg": "-"}
    alipay.fake.instead["alipay.trade.cancel"] = refused
    assert gateway.cancel(alipay_rig.KEY).outcome is Outcome.UNKNOWN
    alipay.later(61)
    assert alipay.gateway().cancel(alipay_rig.KEY).outcome is Outcome.DECLINED


def test_a_cancel_that_has_no_order_where_the_query_has_one_proves_nothing(alipay):
    """The refusal names no order: it may be the answer to another question."""
    gateway = alipay.gateway()
    gateway.start(alipay_rig.request("08"))
    refused = {"code": "40004", "msg": "Business Failed", "sub_code": "ACQ.TRADE_NOT_EXIST", "sub_msg": "-"}
    alipay.fake.instead["alipay.trade.cancel"] = refused
    alipay.later(61)
    assert gateway.cancel(alipay_rig.KEY).outcome is Outcome.UNKNOWN


@pytest.mark.parametrize(("presents", "act"), [("shopper_code", "/reverse"), ("kiosk_code", "/close")])
def test_an_end_whose_answer_nobody_signed_is_settled_by_the_query(tmp_path, presents, act):
    """204 has no body: not everything between WeChat and us keeps the headers of what is empty."""

    def bare(call: Call, answer: Answer, wire: Wire) -> None:
        reply = answer()
        wire.send(Reply(204) if call.path.endswith(act) else reply)

    with wechat_bank(tmp_path, presents) as bank:
        gateway = bank.gateway()
        order = request("09") if presents == "shopper_code" else replace(request(), instrument="")
        gateway.start(order)
        bank.fake.server.fault = bare
        bank.later(16)
        assert gateway.cancel(KEY).outcome is Outcome.DECLINED


def test_a_second_start_with_a_code_that_is_none_proves_nothing_about_the_first(wechat):
    gateway = wechat.gateway()
    gateway.start(request("03"))
    again = PaymentRequest(KEY, PRICE, "sale-1", "wechat", "no code")
    assert gateway.start(again).outcome is Outcome.PENDING
    assert gateway.start(replace(again, key="payment-0002")).reason is Reason.WRONG_CODE


@pytest.mark.parametrize("word", ["BIZERR_NEED_RETRY", "SYSTEM_ERROR", "FREQUENCY_LIMITED", "INVALID_REQUEST"])
def test_a_refund_that_is_to_be_asked_for_again_is_not_declined(wechat, word):
    gateway = wechat.gateway()
    gateway.start(request())
    told = wechat_rig.bank_wire().reply(400, {"code": word, "message": "-"}, int(wechat.now.timestamp()))
    wechat.fake.server.fault = lambda call, answer, wire: wire.send(told if call.method == "POST" else answer())
    refund = RefundRequest(KEY, "refund-0001", Money(100, "CNY"), PRICE)
    said = gateway.refund(refund).outcome
    assert said is (Outcome.DECLINED if word == "INVALID_REQUEST" else Outcome.UNKNOWN)
    wechat.fake.server.fault = None
    assert gateway.refund(refund).outcome in {Outcome.APPROVED, Outcome.PENDING}
