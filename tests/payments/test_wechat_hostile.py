"""Whatever WeChat Pay answers that is no proof is 'unknown': in time, without swelling, with the right blame."""

import os
import resource
import time
from collections.abc import Sequence

import pytest

from payments.fakes.server import Reply
from payments.gateway import Outcome, PaymentResult, RefundRequest, Trouble
from retail.money import Money
from tests.payments.gateway_contract import PRICE
from tests.payments.wechat_hostile import Hostile, any_call, of_a_refund, of_an_order
from tests.payments.wechat_rig import request, wechat_bank

MOST_BYTES = 50 * 1024 * 1024
KEY = "payment-0001"  # paid before the answers go wrong
FAST = [case for case in any_call() if not case.slow]
SLOW = [case for case in any_call() if case.slow]
EVERY = 1 if os.environ.get("KIOSK_NIGHTLY") else 4  # what all calls share is checked in one place: a sample will do
FOR_ORDERS = [*FAST, *of_an_order()]
# A refund that is refused is looked up, and that answer is as hostile.
FOR_REFUNDS = [*FAST[::EVERY], *of_a_refund()]
FOR_CANCELS = FAST[::EVERY]
FOR_STARTS = FOR_ORDERS[:: 1 if EVERY == 1 else 2]
# What the gateway cannot tell apart from a word of a newer WeChat, it may blame as either.
VAGUE = {Trouble.OTHER, Trouble.GARBLED, Trouble.NONE}


def names(cases: Sequence[Hostile]) -> list[str]:
    return [case.name for case in cases]


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    with wechat_bank(tmp_path_factory.mktemp("hostile")) as bank:
        yield bank


@pytest.fixture(scope="module")
def gateway(bank):
    gateway = bank.gateway()
    assert gateway.start(request(key=KEY)).outcome is Outcome.APPROVED
    return gateway


@pytest.fixture
def hostile(bank):
    def begin(case: Hostile) -> None:
        bank.fake.server.fault = case.fault

    yield begin
    bank.fake.server.fault = None


def proves_nothing(answer: PaymentResult, case: Hostile) -> None:
    assert answer.outcome is Outcome.UNKNOWN
    assert answer.paid is None
    assert answer.trouble is case.trouble or (case.trouble in VAGUE and answer.trouble in VAGUE)


def test_there_are_enough_of_them():
    assert len(FOR_ORDERS) + len(FOR_STARTS) + len(FOR_REFUNDS) + len(FOR_CANCELS) >= 250


@pytest.mark.parametrize("case", FOR_ORDERS, ids=names(FOR_ORDERS))
def test_a_query_is_unknown(gateway, hostile, case):
    hostile(case)
    proves_nothing(gateway.lookup(KEY), case)


@pytest.mark.parametrize("case", FOR_STARTS, ids=names(FOR_STARTS))
def test_a_start_is_unknown_until_it_is_looked_up(bank, gateway, hostile, case):
    key = f"start-{FOR_ORDERS.index(case):04}"
    hostile(case)
    proves_nothing(gateway.start(request(key=key)), case)
    assert bank.taken(key) == PRICE.minor


@pytest.mark.parametrize("case", FOR_REFUNDS, ids=names(FOR_REFUNDS))
def test_a_refund_is_unknown(gateway, hostile, case):
    hostile(case)
    proves_nothing(gateway.refund(RefundRequest(KEY, "refund-1", Money(100, "CNY"), PRICE)), case)


@pytest.mark.parametrize("case", FOR_CANCELS, ids=names(FOR_CANCELS))
def test_a_cancel_is_unknown(bank, gateway, hostile, case):
    key = f"cancel-{FOR_CANCELS.index(case):04}"
    gateway.start(request("02", key))
    bank.fake.server.calls.clear()
    hostile(case)
    gateway._started_at.clear()  # as after a restart: it does not know how long ago that was
    assert gateway.cancel(key).outcome is Outcome.UNKNOWN
    assert bank.fake.server.calls


@pytest.mark.parametrize("case", SLOW, ids=names(SLOW))
def test_a_slow_answer_ends_by_our_limit(bank, gateway, hostile, case):
    bank.more["total_timeout_s"] = 0.3
    quick = bank.gateway()
    hostile(case)
    begun = time.monotonic()
    proves_nothing(quick.lookup(KEY), case)
    assert time.monotonic() - begun < 10  # a busy machine's patience; the answers would last 30 seconds


def test_all_of_it_needs_next_to_no_memory(bank, gateway, hostile):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for case in FOR_ORDERS:
        if "mega" in case.name or "bomb" in case.name or "long" in case.name:
            hostile(case)
            gateway.lookup(KEY)
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < MOST_BYTES


def test_an_answer_to_another_order_proves_nothing(bank, gateway, hostile):
    """Rightly signed, of now, and about a payment that did succeed."""
    gateway.start(request(key="another-0001"))
    kept: list[Reply] = []

    def keep(_call, answer, wire):
        kept.append(answer())
        wire.send(kept[-1])

    bank.fake.server.fault = keep
    assert gateway.lookup("another-0001").outcome is Outcome.APPROVED
    bank.fake.server.fault = lambda call, answer, wire: wire.send(kept[0])
    assert gateway.lookup(KEY).outcome is Outcome.UNKNOWN


def test_a_decline_of_another_order_declines_nothing(bank, gateway, hostile):
    """An error names no order; one that was used before is not believed again."""
    kept: list[Reply] = []

    def keep(_call, answer, wire):
        kept.append(answer())
        wire.send(kept[-1])

    bank.fake.server.fault = keep
    assert gateway.start(request("01", "refused-0001")).outcome is Outcome.DECLINED
    bank.fake.server.fault = lambda call, answer, wire: (answer(), wire.send(kept[0]))
    assert gateway.start(request("00", "refused-0002")).outcome is Outcome.UNKNOWN
    bank.fake.server.fault = None
    assert gateway.lookup("refused-0002").outcome is Outcome.APPROVED
