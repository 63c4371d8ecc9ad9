import logging
from concurrent.futures import ThreadPoolExecutor

import pytest

from hub.lanes import Lane
from payments.gateway import Outcome, PaymentResult, Reason
from payments.hub_routed import HubGateway
from payments.loader import GatewayContext
from retail.money import Money

PAYMENTS = "/v1/payments"
SECRET = "134567890123456789"
ORDER = {
    "key": "key-001",
    "amount_minor": 500,
    "currency": "CNY",
    "sale_id": "s1",
    "way": "wallet",
    "instrument": SECRET,
}


def test_a_payment_is_started_looked_up_and_refunded(served, lane):
    answer = lane.post(PAYMENTS, json=ORDER)
    assert answer.status_code == 200
    assert answer.json() == {
        "key": "key-001",
        "outcome": "approved",
        "reason": "",
        "reference": "R-key-001",
        "trouble": "",
        "show": "",
        "amount_minor": 500,
        "currency": "CNY",
    }
    assert lane.get(f"{PAYMENTS}/key-001").json() == answer.json()
    refund = {"refund_key": "refund-1", "amount_minor": 200}
    refunded = {"outcome": "approved", "reason": "", "reference": "R-refund-1", "trouble": "", "amount_minor": 200}
    answers = [lane.post(f"{PAYMENTS}/key-001/refunds", json=refund).json() for _ in range(2)]
    assert answers == [refunded] * 2
    assert len(served.bank.refunded) == 1


def test_two_posts_of_one_key_at_once_are_one_start(served, lane):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: lane.post(PAYMENTS, json=ORDER), range(8)))
    assert {(one.status_code, one.json()["outcome"]) for one in answers} == {(200, "approved")}
    assert len(served.bank.started) == 1


def test_while_the_bank_thinks_the_payment_is_pending_and_other_work_goes_on(served, lane):
    with ThreadPoolExecutor(1) as pool:
        with served.bank.held():
            slow = pool.submit(lane.post, PAYMENTS, json=ORDER)
            assert served.bank.called.wait(10)
            assert lane.get(f"{PAYMENTS}/key-001").json()["outcome"] == "pending"
            assert lane.get("/v1/lanes/1/events").status_code == 200
        assert slow.result(10).json()["outcome"] == "approved"


def test_the_same_key_with_another_amount_is_409(lane):
    lane.post(PAYMENTS, json=ORDER)
    assert lane.post(PAYMENTS, json={**ORDER, "amount_minor": 501}).status_code == 409


def test_a_key_of_another_lane_is_404(served, lane, another_lane):
    lane.post(PAYMENTS, json=ORDER)
    other = another_lane("2")
    refund = {"refund_key": "refund-1", "amount_minor": 200}
    assert other.get(f"{PAYMENTS}/key-001").status_code == 404
    assert other.post(f"{PAYMENTS}/key-001/cancel").status_code == 404
    assert other.post(f"{PAYMENTS}/key-001/refunds", json=refund).status_code == 404
    assert (served.bank.cancelled, served.bank.refunded) == ([], [])
    assert lane.get(f"{PAYMENTS}/never-seen").status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"key": "short"},
        {"key": "k" * 33},
        {"key": "../../etc"},
        {"amount_minor": 0},
        {"amount_minor": -5},
        {"amount_minor": 5.0},
        {"amount_minor": "500"},
        {"amount_minor": True},
        {"currency": "yuan"},
        {"sale_id": ""},
        {"instrument": [SECRET]},
        {"instrument": SECRET * 100},
    ],
)
def test_an_order_that_is_none_is_422_never_started_and_never_repeated(served, lane, change):
    answer = lane.post(PAYMENTS, json={**ORDER, **change})
    assert answer.status_code == 422
    assert SECRET not in answer.text
    assert served.bank.started == []


def test_a_broken_order_is_not_quoted(lane):
    answer = lane.post(PAYMENTS, content=f'{{"instrument": "{SECRET}", "key": {SECRET}'.encode())
    assert answer.status_code == 422
    assert SECRET not in answer.text


def test_neither_token_nor_instrument_is_logged(served, lane, caplog):
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpcore").setLevel(logging.WARNING)  # the lane's own side, in this process
    served.bank.answer = lambda _request: PaymentResult(Outcome.DECLINED, Reason.FUNDS)
    lane.post(PAYMENTS, json=ORDER)
    lane.post(PAYMENTS, json={**ORDER, "key": "x"})
    assert SECRET not in caplog.text
    assert lane.headers["Authorization"].removeprefix("Bearer ") not in caplog.text


def test_the_lanes_gateway_and_the_hub_agree(served):
    token = served.hub.lanes.enrol("demo", "till")
    context = GatewayContext("demo", "till", served.hub.folder.path, served.url, token)
    gateway = HubGateway({}, context)
    from payments.gateway import PaymentRequest, RefundRequest

    amount = Money(500, "CNY")
    assert gateway.start(PaymentRequest("key-001", amount, "s1", "wallet", SECRET)).outcome is Outcome.APPROVED
    assert gateway.lookup("key-001").reference == "R-key-001"
    assert gateway.lookup("never-seen").outcome is Outcome.UNKNOWN
    assert gateway.cancel("never-seen") == PaymentResult(Outcome.DECLINED, Reason.CANCELLED)
    late = gateway.start(PaymentRequest("never-seen", amount, "s2", "wallet", SECRET))
    assert late == PaymentResult(Outcome.DECLINED, Reason.CANCELLED)
    assert gateway.refund(RefundRequest("key-001", "refund-1", Money(200, "CNY"))).outcome is Outcome.APPROVED
    gateway.close()
    lane = served.hub.lanes.by_token(token)
    assert isinstance(lane, Lane)
    assert [one.key for one in served.bank.started] == ["key-001"]
