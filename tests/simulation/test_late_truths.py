"""Unknown, and then any truth: what the lane says becomes what the bank did, within a minute of the network."""

import logging
import os
from collections.abc import Iterator
from dataclasses import replace

import pytest

from bench.simulation.auditor import SETTLED_WITHIN_MS, Violation
from bench.simulation.bank import Word
from bench.simulation.gateway import SimGateway
from bench.simulation.network import Reply
from bench.simulation.profiles import ALIPAY_CODE, PROFILES, STRIPE_LIKE, WECHAT_CODE, WECHAT_NATIVE, Profile
from kiosk.services.lane_view import Screen
from payments.gateway import Outcome, PaymentResult
from tests.simulation.late_truth import PAID_AFTER_S, RESTS, Story, tell

REFUND_BY_CANCEL = [profile for profile in PROFILES if profile.traits.cancel_refunds]


@pytest.fixture(autouse=True)
def _silence() -> Iterator[None]:
    """A lane logs each answer that proves nothing, and here there are ten thousand."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


@pytest.mark.parametrize("hundred", range(20 if os.environ.get("KIOSK_NIGHTLY") else 10))
def test_of_a_thousand_late_truths_each_is_told_in_time(hundred: int) -> None:
    for seed in range(100 * hundred, 100 * hundred + 100):
        told = tell(Story.from_seed(seed), whole=True)
        assert told.lane.screen in RESTS, seed
        assert told.auditor.slowest_ms <= SETTLED_WITHIN_MS, seed


@pytest.mark.parametrize("after_s", PAID_AFTER_S)
@pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)
def test_a_shopper_who_pays_late_has_goods_or_money(profile: Profile, after_s: int) -> None:
    told = tell(Story(profile, after_s * 1000, start="answer_lost"), whole=True)
    assert told.auditor.sales == (1 if told.kept_minor else 0)
    assert (told.lane.screen in {Screen.DONE, Screen.IDLE}) is bool(told.kept_minor)


@pytest.mark.parametrize("profile", REFUND_BY_CANCEL, ids=lambda profile: profile.name)
def test_paid_between_the_last_look_and_the_cancel_is_given_back_and_no_goods_go(profile: Profile) -> None:
    told = tell(Story(replace(profile, ends_itself_ms=0), None, paid_before_cancel=True), whole=True)
    assert [account.word for account in told.bank.accounts.values()] == [Word.REVERSED]
    assert (told.auditor.sales, told.lane.screen) == (0, Screen.PAY)


@pytest.mark.parametrize("profile", [WECHAT_NATIVE, STRIPE_LIKE], ids=lambda profile: profile.name)
def test_where_a_cancel_gives_nothing_back_a_payment_just_before_it_is_a_sale(profile: Profile) -> None:
    told = tell(Story(profile, None, paid_before_cancel=True), whole=True)
    assert (told.auditor.sales, told.kept_minor > 0) == (1, True)


def test_a_cancel_is_asked_for_again_until_its_answer_is_definite() -> None:
    told = tell(Story(replace(WECHAT_CODE, ends_itself_ms=0), None, still_paying=2, cancels_lost=3), whole=True)
    cancels = [step for step in told.steps if step[2] == "cancel"]
    assert len(cancels) > 3
    assert (told.kept_minor, told.lane.screen) == (0, Screen.PAY)


def test_while_a_cancel_is_unknown_nothing_new_is_begun() -> None:
    """The shopper holds the phone up again and again; the auditor would see a second key."""
    told = tell(Story(ALIPAY_CODE, None, cancels_lost=3), whole=True)
    assert len({step[3] for step in told.steps if step[2] == "start"}) == 1


class Gullible(SimGateway):
    """Takes 'no such order' for 'not paid', as a first draft of an adaptor does."""

    def read(self, reply: Reply) -> PaymentResult:
        if reply.answer is not None and reply.answer.word is Word.NOT_FOUND:
            return PaymentResult(Outcome.DECLINED)
        return super().read(reply)


def test_a_gateway_that_takes_no_such_order_for_unpaid_is_caught() -> None:
    story = Story(ALIPAY_CODE, 0, start="late", start_late_ms=25_000)
    assert tell(story, whole=True).lane.screen in RESTS
    with pytest.raises(Violation, match="I4"):
        tell(story, whole=True, gateway=Gullible)
