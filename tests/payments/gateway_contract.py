"""What every payment gateway must do: subclass GatewayContract, give it a `bank`, and pytest runs the whole suite.

A `Bank` is the other side of the plug-in: a sandbox, a simulator, or a fake that an independent client has tested.
"""

import logging
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from enum import Enum
from pathlib import Path

import pytest

from payments.errors import NotificationRefused
from payments.gateway import (
    Gateway,
    Notified,
    OnceBy,
    Outcome,
    PaymentRequest,
    PaymentResult,
    Presents,
    Reason,
    RefundRequest,
    Trouble,
)
from retail.money import Money

PRICE = Money(2560, "CNY")
SETTLED = {Outcome.APPROVED, Outcome.DECLINED}


class Story(Enum):
    """How the bank is to treat the next payment; a bank that cannot play one skips its tests."""

    APPROVE = "approve"
    DECLINE = "decline"
    SLOW = "slow"  # pending, approved after `pass_time`
    UNKNOWN_THEN_APPROVED = "unknown then approved"
    UNKNOWN_THEN_DECLINED = "unknown then declined"


class Bank(ABC):
    """The world behind the gateway, as the tests need it. `plays`: the stories that it can; the others' tests skip."""

    plays: Collection[Story] = tuple(Story)
    names_payers = True  # False: whoever asks the bank for us keeps that to itself
    lane_folder: Path | None = None  # where the gateway keeps its files

    @abstractmethod
    def gateway(self) -> Gateway:
        """A new gateway object on the same bank, as after a restart of the lane."""

    @abstractmethod
    def instrument(self, story: Story) -> str:
        """The shopper's code that makes the bank play the story."""

    @abstractmethod
    def pass_time(self) -> None:
        """Let pending payments settle, without sleeping for long."""

    @abstractmethod
    def taken(self, key: str) -> int:
        """Minor units that the bank really took under a key, less what it gave back: from its own books."""

    def scan(self, show: str) -> None:
        """The shopper scans the QR code that a payment shows, and pays."""
        raise NotImplementedError("a bank of a gateway that shows codes has its shopper scan them")

    def let_cancel(self, gateway: Gateway) -> None:
        """Let `traits.cancel_earliest_s` go by since the last start."""
        if gateway.traits.cancel_earliest_s:
            raise NotImplementedError("a bank of a gateway that is not to be cancelled at once lets time go by")


class GatewayContract:
    """The suite. Subclasses define the fixture `bank`."""

    @pytest.fixture
    def bank(self) -> Iterator[Bank]:
        raise NotImplementedError("a subclass gives its bank")

    @pytest.fixture
    def gateway(self, bank: Bank) -> Iterator[Gateway]:
        gateway = bank.gateway()
        yield gateway
        gateway.close()

    def request(self, bank: Bank, story: Story, key: str = "contract-0001", amount: Money = PRICE) -> PaymentRequest:
        if story not in bank.plays:
            pytest.skip(f"this bank does not play {story.value!r}")
        return PaymentRequest(key, amount, "sale-1", "wallet", bank.instrument(story))

    def pay(self, bank: Bank, gateway: Gateway, request: PaymentRequest) -> PaymentResult:
        """Start, and where a QR code is shown, scan it and ask again."""
        answer = gateway.start(request)
        if not answer.show:
            return answer
        bank.scan(answer.show)
        return gateway.lookup(request.key)

    def test_its_traits_are_of_the_contract(self, gateway):
        traits = gateway.traits
        assert isinstance(traits.presents, Presents)
        assert isinstance(traits.once_by, OnceBy)
        assert traits.cancel_earliest_s >= 0
        assert traits.open_for_s >= 0
        assert set(traits.brands) <= {"wechat", "alipay"}
        assert isinstance(gateway, Notified) or not traits.notifies

    def test_a_code_for_the_shopper_comes_with_the_question_and_only_where_one_is_due(self, bank, gateway):
        answer = gateway.start(self.request(bank, Story.SLOW))
        assert answer.outcome is Outcome.PENDING
        assert bool(answer.show) is (gateway.traits.presents is Presents.KIOSK_CODE)
        assert len(answer.show) <= 1000
        assert answer.show not in repr(answer) or not answer.show

    def test_what_is_definite_has_no_trouble_and_nothing_is_stored_unasked(self, bank, gateway):
        answer = self.pay(bank, gateway, self.request(bank, Story.APPROVE))
        assert (answer.trouble, answer.stored, answer.reason) == (Trouble.NONE, False, Reason.NONE)

    @pytest.mark.parametrize(
        ("headers", "body"),
        [({}, b""), ({"content-type": "application/json"}, b"{}"), ({"wechatpay-signature": "x"}, b"\xff" * 2000)],
    )
    def test_a_push_that_is_not_the_banks_is_refused(self, gateway, headers, body):
        if not gateway.traits.notifies or not isinstance(gateway, Notified):
            pytest.skip("this gateway takes no pushes")
        with pytest.raises(NotificationRefused):
            gateway.notified(headers, body)

    def test_a_cancel_that_comes_too_early_is_unknown_and_takes_nothing_back(self, bank, gateway):
        if not gateway.traits.cancel_earliest_s:
            pytest.skip("this gateway may be cancelled at once")
        gateway.start(self.request(bank, Story.APPROVE))
        assert gateway.cancel("contract-0001").outcome is Outcome.UNKNOWN
        assert bank.taken("contract-0001") == PRICE.minor

    def test_a_second_cancel_says_the_same(self, bank, gateway):
        gateway.start(self.request(bank, Story.SLOW))
        bank.let_cancel(gateway)
        assert gateway.cancel("contract-0001").outcome is gateway.cancel("contract-0001").outcome is Outcome.DECLINED

    def test_what_a_cancel_gave_back_is_not_refunded_once_more(self, bank, gateway):
        if not gateway.traits.cancel_refunds:
            pytest.skip("this gateway's cancel gives nothing back")
        self.pay(bank, gateway, self.request(bank, Story.APPROVE))
        bank.let_cancel(gateway)
        gateway.cancel("contract-0001")
        answer = gateway.refund(RefundRequest("contract-0001", "refund-01", Money(1, "CNY"), PRICE))
        assert answer.outcome is Outcome.DECLINED
        assert bank.taken("contract-0001") == 0

    def test_a_refunded_payment_was_still_approved(self, bank, gateway):
        self.pay(bank, gateway, self.request(bank, Story.APPROVE))
        gateway.refund(RefundRequest("contract-0001", "refund-01", Money(100, "CNY"), PRICE, "a broken egg"))
        restarted = bank.gateway()
        assert restarted.lookup("contract-0001").outcome is Outcome.APPROVED
        restarted.close()

    def test_an_approved_payment_took_just_the_amount(self, bank, gateway):
        answer = self.pay(bank, gateway, self.request(bank, Story.APPROVE))
        assert (answer.outcome, answer.paid) == (Outcome.APPROVED, PRICE)
        assert answer.reference
        assert bank.taken("contract-0001") == PRICE.minor

    def test_lookup_repeats_what_start_said(self, bank, gateway):
        for number, story in enumerate({Story.APPROVE, Story.DECLINE} & set(bank.plays)):
            request = self.request(bank, story, f"contract-{number:04}")
            assert self.pay(bank, gateway, request) == gateway.lookup(request.key)

    def test_a_declined_payment_took_nothing_and_never_will(self, bank, gateway):
        answer = gateway.start(self.request(bank, Story.DECLINE))
        bank.pass_time()
        assert answer.outcome is gateway.lookup("contract-0001").outcome is Outcome.DECLINED
        assert bank.taken("contract-0001") == 0

    def test_a_slow_payment_is_pending_until_it_is_approved(self, bank, gateway):
        answer = gateway.start(self.request(bank, Story.SLOW))
        assert answer.outcome is gateway.lookup("contract-0001").outcome is Outcome.PENDING
        bank.pass_time()
        assert gateway.lookup("contract-0001").outcome is Outcome.APPROVED
        assert bank.taken("contract-0001") == PRICE.minor

    @pytest.mark.parametrize(
        ("story", "truth", "taken"),
        [
            (Story.UNKNOWN_THEN_APPROVED, Outcome.APPROVED, PRICE.minor),
            (Story.UNKNOWN_THEN_DECLINED, Outcome.DECLINED, 0),
        ],
    )
    def test_unknown_is_settled_by_lookup_with_the_truth(self, bank, gateway, story, truth, taken):
        assert gateway.start(self.request(bank, story)).outcome is Outcome.UNKNOWN
        assert gateway.lookup("contract-0001").outcome not in SETTLED
        bank.pass_time()
        assert gateway.lookup("contract-0001").outcome is truth
        assert bank.taken("contract-0001") == taken

    def test_the_same_payment_again_is_one_charge(self, bank, gateway):
        if not gateway.traits.resend_start_is_safe:
            pytest.skip("this gateway's start is not to be repeated")
        first, again = (self.pay(bank, gateway, self.request(bank, Story.APPROVE)) for _ in range(2))
        assert first == again
        assert bank.taken("contract-0001") == PRICE.minor

    def test_a_known_key_with_another_amount_takes_nothing_and_is_not_approved(self, bank, gateway):
        self.pay(bank, gateway, self.request(bank, Story.APPROVE))
        answer = gateway.start(self.request(bank, Story.APPROVE, amount=Money(1, "CNY")))
        assert answer.outcome is Outcome.UNKNOWN
        assert bank.taken("contract-0001") == PRICE.minor

    def test_a_key_never_seen_is_unknown(self, gateway):
        assert gateway.lookup("contract-none").outcome is Outcome.UNKNOWN

    def test_a_cancelled_key_is_declined_even_if_its_start_comes_late(self, bank, gateway):
        assert gateway.cancel("contract-0001").outcome is Outcome.DECLINED
        assert gateway.lookup("contract-0001").outcome is Outcome.DECLINED
        assert gateway.start(self.request(bank, Story.APPROVE)).outcome is Outcome.DECLINED
        assert bank.taken("contract-0001") == 0

    def test_a_pending_payment_that_was_cancelled_takes_nothing(self, bank, gateway):
        gateway.start(self.request(bank, Story.SLOW))
        bank.let_cancel(gateway)
        assert gateway.cancel("contract-0001").outcome is Outcome.DECLINED
        bank.pass_time()
        assert gateway.lookup("contract-0001").outcome is Outcome.DECLINED
        assert bank.taken("contract-0001") == 0

    def test_cancel_after_the_money_was_taken_tells_the_truth(self, bank, gateway):
        self.pay(bank, gateway, self.request(bank, Story.APPROVE))
        bank.let_cancel(gateway)
        answer = gateway.cancel("contract-0001")
        assert answer.outcome is (Outcome.DECLINED if gateway.traits.cancel_refunds else Outcome.APPROVED)
        assert bank.taken("contract-0001") == (0 if gateway.traits.cancel_refunds else PRICE.minor)

    def test_cancel_in_doubt_never_contradicts_what_comes_out(self, bank, gateway):
        gateway.start(self.request(bank, Story.UNKNOWN_THEN_APPROVED))
        bank.let_cancel(gateway)
        answer = gateway.cancel("contract-0001")
        bank.pass_time()
        truth = gateway.cancel("contract-0001")
        assert answer.outcome is Outcome.UNKNOWN or answer.outcome is truth.outcome
        assert bank.taken("contract-0001") == (PRICE.minor if truth.outcome is Outcome.APPROVED else 0)

    def test_an_approval_names_the_same_wallet_each_time_where_the_traits_say_so(self, bank, gateway):
        first = self.pay(bank, gateway, self.request(bank, Story.APPROVE))
        second = self.pay(bank, gateway, self.request(bank, Story.APPROVE, "contract-0002"))
        restarted = bank.gateway()
        assert bool(first.payer) is (gateway.traits.tells_payer and bank.names_payers)
        assert first.payer == second.payer == restarted.lookup("contract-0001").payer
        restarted.close()

    def test_who_did_not_pay_is_not_named(self, bank, gateway):
        answers = []
        for number, story in enumerate(set(bank.plays) - {Story.APPROVE}):
            key = f"contract-{number:04}"
            answers.append(gateway.start(self.request(bank, story, key)))
            bank.let_cancel(gateway)
            answers.append(gateway.cancel(key))
        assert not [answer for answer in answers if answer.payer and answer.outcome is not Outcome.APPROVED]

    def test_who_paid_is_in_no_log_no_repr_and_no_file_of_the_lanes(self, bank, gateway, caplog):
        with caplog.at_level(logging.DEBUG):
            answer = self.pay(bank, gateway, self.request(bank, Story.APPROVE))
            gateway.lookup("contract-0001")
        name = answer.payer.rsplit(":", maxsplit=1)[-1]
        if not name:
            pytest.skip("this gateway names nobody")
        shown = [caplog.text, repr(answer), repr(gateway), repr(vars(gateway))]
        assert not [text for text in shown if name in text]
        assert bank.lane_folder is not None
        files = [path for path in bank.lane_folder.iterdir() if path.is_file()]
        assert files
        assert not [path for path in files if name.encode() in path.read_bytes()]

    def test_a_restart_of_the_lane_finds_the_same_answers(self, bank, gateway):
        possible = (Story.APPROVE, Story.DECLINE, Story.SLOW, Story.UNKNOWN_THEN_APPROVED)
        stories = [story for story in possible if story in bank.plays]
        keys = [f"contract-{number:04}" for number in range(len(stories))]
        requests = [self.request(bank, story, key) for story, key in zip(stories, keys, strict=True)]
        before = [
            gateway.start(request) if story is Story.SLOW else self.pay(bank, gateway, request)
            for story, request in zip(stories, requests, strict=True)
        ]
        restarted = bank.gateway()
        after = [restarted.lookup(key).outcome for key in keys]
        assert [outcome for outcome in after if outcome in SETTLED] == [
            answer.outcome for answer in before if answer.outcome in SETTLED
        ]
        restarted.close()

    def test_refunds_add_up_to_what_was_paid_and_no_further(self, bank: Bank, gateway: Gateway):
        self.pay(bank, gateway, self.request(bank, Story.APPROVE))

        def refund(refund_key: str, minor: int) -> Outcome:
            return gateway.refund(RefundRequest("contract-0001", refund_key, Money(minor, "CNY"))).outcome

        assert refund("refund-01", 1000) is Outcome.APPROVED
        assert refund("refund-01", 1000) is Outcome.APPROVED
        assert bank.taken("contract-0001") == 1560
        assert refund("refund-01", 999) is not Outcome.APPROVED
        assert refund("refund-02", 1561) is Outcome.DECLINED
        assert refund("refund-03", 1560) is Outcome.APPROVED
        assert refund("refund-04", 1) is Outcome.DECLINED
        assert bank.taken("contract-0001") == 0

    def test_what_was_not_paid_is_not_refunded(self, bank, gateway):
        keys = ["contract-none"]
        if Story.DECLINE in bank.plays:
            gateway.start(self.request(bank, Story.DECLINE))
            keys.append("contract-0001")
        for key in keys:
            answer = gateway.refund(RefundRequest(key, f"refund-{key}", Money(1, "CNY")))
            assert answer.outcome is Outcome.DECLINED

    def test_the_shoppers_code_is_in_no_log_and_no_repr(self, bank, gateway, caplog):
        request = self.request(bank, Story.UNKNOWN_THEN_APPROVED)
        with caplog.at_level(logging.DEBUG):
            answer = gateway.start(request)
            gateway.start(self.request(bank, Story.APPROVE, amount=Money(1, "CNY")))
            gateway.lookup(request.key)
            gateway.cancel(request.key)
        if request.instrument:
            shown = [caplog.text, repr(request), repr(answer), repr(gateway), repr(vars(gateway))]
            assert not [text for text in shown if request.instrument in text]

    def test_close_may_be_called_twice_and_calls_after_it_do_not_raise(self, bank, gateway):
        gateway.close()
        gateway.close()
        assert isinstance(gateway.lookup("contract-none").outcome, Outcome)
