"""One attempt in doubt: the last look before the end, the time a gateway gives, too little paid, calls that hang."""

import json
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.adapters.bounded_gateway import BoundedGateway
from kiosk.services.lane_view import Screen
from offline_cache.journal import JournalReader
from payments.gateway import Outcome, PaymentRequest, PaymentResult, Presents, Reason, RefundRequest, Trouble
from retail.money import Money
from tests.kiosk.lane_rig import (
    APPROVED,
    DECLINED,
    MILK,
    PENDING,
    UNKNOWN,
    WALLET,
    BenchWay,
    LaneRig,
    ScriptedBank,
)

ALIPAY = "280000000000000000"
PART = PaymentResult(Outcome.APPROVED, reference="p-1", paid=Money(500, "CNY"))
CODE = "weixin://wxpay/bizpayurl?pr=SECRETCODE"
SHOWN = PaymentResult(Outcome.PENDING, show=CODE)


class ToldBank(ScriptedBank):
    """Calls `on_call(verb)` before it answers."""

    def __init__(self, presents: Presents = Presents.SHOPPER_CODE) -> None:
        super().__init__(presents)
        self.on_call: Callable[[str], None] = lambda _verb: None
        self.refunds: list[RefundRequest] = []

    def refund(self, request: RefundRequest) -> PaymentResult:
        self.refunds.append(request)
        return super().refund(request)

    def _answer(self, verb: str, key: str) -> PaymentResult:
        self.on_call(verb)
        return super()._answer(verb, key)


class CaseRig(LaneRig):
    bank: ToldBank

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.bank, self.screen_code = ToldBank(), ToldBank(Presents.KIOSK_CODE)
        self.more_ways = (BenchWay("wechat", "native", self.screen_code),)
        self.restart()
        self.pay_screen(MILK)

    def bodies(self, kind: str) -> list[dict[str, object]]:
        with JournalReader(self.folder / "journal.sqlite") as journal:
            return [dict(event.body) for event in journal.events() if event.kind == kind]

    def verbs(self) -> list[str]:
        return [verb for verb, _ in self.bank.asked]


@pytest.fixture
def lane(tmp_path: Path) -> CaseRig:
    return CaseRig(tmp_path)


def test_the_journal_says_whose_code_it_was_and_why_an_answer_proved_nothing(lane: CaseRig) -> None:
    lane.bank.answers.append(PaymentResult(Outcome.UNKNOWN, trouble=Trouble.SIGNATURE))
    lane.scan(ALIPAY)
    assert lane.bodies("payment.intended")[0]["brand"] == "alipay"
    assert lane.bodies("payment.resolved")[0]["trouble"] == "signature"
    lane.bank.answers.append(APPROVED)
    lane.wait(2)
    assert "trouble" not in lane.bodies("payment.resolved")[-1]


# --- which way takes a code ------------------------------------------------------------------------------------------


def test_a_payment_code_goes_to_the_way_that_takes_its_brand(lane: CaseRig) -> None:
    lane.bank.traits = replace(lane.bank.traits, brands=("wechat",))
    other = ToldBank()
    other.traits = replace(other.traits, brands=("alipay",))
    lane.more_ways = (BenchWay("alipay", "alipay-bank", other),)
    lane.restart()
    lane.till.pay()
    lane.scan(ALIPAY)
    assert (lane.bank.asked, [verb for verb, _ in other.asked]) == ([], ["start"])
    assert lane.bodies("payment.intended")[0]["way"] == "alipay"


def test_of_two_ways_that_take_any_code_the_one_that_bears_its_name_goes_first(lane: CaseRig) -> None:
    other = ToldBank()
    lane.more_ways = (BenchWay("alipay", "hub", other),)
    lane.restart()
    lane.till.pay()
    lane.scan(ALIPAY)
    assert (lane.bank.asked, [verb for verb, _ in other.asked]) == ([], ["start"])


@pytest.mark.parametrize(("takes", "shown"), [("wechat", ALIPAY), ("alipay", WALLET)])
def test_a_code_that_nobody_takes_is_told_what_this_lane_takes(lane: CaseRig, takes: str, shown: str) -> None:
    for bank in (lane.bank, lane.screen_code):
        bank.traits = replace(bank.traits, brands=(takes,))
    view = lane.scan(shown)
    assert view.notice is not None
    assert (view.screen, view.notice.code, lane.bank.asked) == (Screen.PAY, f"takes_{takes}", [])


def test_where_the_shopper_scans_us_a_shown_code_is_told_so(lane: CaseRig) -> None:
    lane.bank.traits = replace(lane.bank.traits, presents=Presents.TERMINAL)
    assert lane.scan(WALLET).notice.code == "scan_our_code"  # type: ignore[union-attr]


def test_a_lane_without_wallets_says_so_and_one_whose_wallet_rests_as_well(lane: CaseRig) -> None:
    lane.more_ways = ()
    lane.restart()
    lane.till.pay()
    lane.bank.answers.append(PaymentResult(Outcome.DECLINED, Reason.UNAVAILABLE))
    lane.scan(WALLET)
    assert [(way.available, way.why) for way in lane.view.ways] == [(False, "resting"), (True, "")]
    lane.wait(3)
    assert lane.scan(WALLET).notice.code == "wallet_shut"  # type: ignore[union-attr]
    assert not lane.wait(4).ways[0].available
    assert lane.wait(1).ways[0].available
    lane.bank.traits = replace(lane.bank.traits, presents=Presents.TERMINAL)
    assert lane.scan(WALLET).notice.code == "takes_no_wallet"  # type: ignore[union-attr]


def test_a_phone_that_is_held_there_while_its_wallet_rests_pays_as_soon_as_it_is_back(lane: CaseRig) -> None:
    lane.more_ways = ()
    lane.restart()
    lane.till.pay()
    lane.bank.answers.append(PaymentResult(Outcome.DECLINED, Reason.UNAVAILABLE))
    lane.scan(WALLET)
    lane.bank.answers.append(APPROVED)
    for _ in range(7):
        lane.wait(1)
        assert lane.scan(ALIPAY).screen is Screen.PAY
    lane.wait(1)
    assert lane.scan(ALIPAY).screen is Screen.DONE
    assert lane.verbs() == ["start", "start"]


# --- a code on our screen ---------------------------------------------------------------------------------------------


def test_the_code_to_be_scanned_is_shown_until_the_payment_ends_and_never_written(lane: CaseRig) -> None:
    lane.screen_code.answers.extend([SHOWN, PENDING, APPROVED])
    lane.till.choose_way("wechat")
    assert lane.view.payment is not None
    assert (lane.view.screen, lane.view.payment.show) == (Screen.PAYING, CODE)
    assert "SECRETCODE" not in repr(lane.view)
    assert lane.wait(4).screen is Screen.DONE
    assert lane.view.payment is None
    lane.verify()
    assert all(b"SECRETCODE" not in file.read_bytes() for file in lane.folder.iterdir())


def test_the_code_may_come_with_a_later_answer_also_after_doubt(lane: CaseRig) -> None:
    lane.screen_code.answers.extend([UNKNOWN, SHOWN, APPROVED])
    lane.till.choose_way("wechat")
    assert (lane.view.screen, lane.view.help_called) == (Screen.PAYMENT_UNKNOWN, True)
    lane.wait(2)
    assert lane.view.payment is not None
    assert (lane.view.screen, lane.view.payment.show, lane.view.help_called) == (Screen.PAYING, CODE, False)
    assert lane.wait(4).screen is Screen.DONE


def test_a_code_that_comes_while_the_lane_is_out_of_service_waits_until_it_is_taken_up(lane: CaseRig) -> None:
    lane.till.choose_way("wechat")
    lane.runner.held = True
    assert lane.wait(1).screen is Screen.PAYMENT_UNKNOWN

    def wrong() -> None:
        raise KeyError("ours")

    lane.till.guard(wrong)
    lane.screen_code.answers.extend([SHOWN] * 5)
    lane.runner.held = False
    lane.runner.flush()
    assert lane.view.screen is Screen.OUT_OF_SERVICE
    assert lane.wait(9).screen is Screen.PAYING
    assert lane.view.payment is not None
    assert lane.view.payment.show == CODE


def test_one_lost_answer_takes_no_code_from_the_screen_but_half_a_minute_of_them_does(lane: CaseRig) -> None:
    lane.screen_code.answers.append(SHOWN)
    lane.till.choose_way("wechat")
    assert lane.wait(28).screen is Screen.PAYING
    assert lane.wait(5).screen is Screen.PAYMENT_UNKNOWN


def test_the_gateways_own_time_goes_before_the_lanes_patience(lane: CaseRig) -> None:
    lane.screen_code.traits = replace(lane.screen_code.traits, open_for_s=120)
    lane.screen_code.answers.extend([SHOWN, *[PENDING] * 100])
    lane.till.choose_way("wechat")
    lane.wait(118)
    assert {verb for verb, _ in lane.screen_code.asked} == {"start", "lookup"}
    lane.wait(10)
    assert lane.view.payment is not None
    assert (lane.view.payment.show, lane.view.payment.can_cancel) == ("", False)
    assert [verb for verb, _ in lane.screen_code.asked][-2:] != ["lookup", "lookup"]
    assert "cancel" in [verb for verb, _ in lane.screen_code.asked]


@pytest.mark.parametrize("by_hand", [True, False])
def test_after_a_restart_without_its_code_the_shopper_may_stop_or_the_lane_does(lane: CaseRig, by_hand: bool) -> None:
    lane.screen_code.traits = replace(lane.screen_code.traits, open_for_s=7200)
    lane.screen_code.answers.append(SHOWN)
    lane.till.choose_way("wechat")
    lane.restart()
    lane.screen_code.answers.extend([PENDING] * 30)
    lane.wait(2)
    assert lane.view.payment is not None
    assert (lane.view.screen, lane.view.payment.show) == (Screen.PAYMENT_UNKNOWN, "")
    assert lane.view.payment.can_cancel
    if by_hand:
        lane.till.cancel_payment()
    else:
        lane.wait(48)
    assert lane.screen_code.asked[-1][0] == "cancel"
    lane.screen_code.answers.clear()
    lane.screen_code.answers.append(DECLINED)
    assert lane.wait(6).screen is Screen.PAY


# --- the end ------------------------------------------------------------------------------------------------------


def test_the_last_look_and_the_cancel_have_nothing_between_them_but_the_record(lane: CaseRig) -> None:
    written: list[tuple[str, bool]] = []
    lane.bank.on_call = lambda verb: written.append((verb, "payment.cancel_sent" in lane.kinds()))
    lane.scan(WALLET)
    lane.wait(43)
    before = len(written)
    assert not any(verb == "cancel" for verb, _ in written)
    lane.wait(5)
    assert written[before:] == [("lookup", False), ("cancel", True)]


@pytest.mark.parametrize(("answer", "screen"), [(APPROVED, Screen.DONE), (DECLINED, Screen.PAY)])
def test_what_the_last_look_finds_out_is_not_cancelled(lane: CaseRig, answer: PaymentResult, screen: Screen) -> None:
    lane.bank.answers.extend([PENDING] * 11)
    lane.scan(WALLET)
    lane.wait(43)
    lane.bank.answers.clear()
    lane.bank.answers.append(answer)
    assert lane.wait(5).screen is screen
    assert "cancel" not in lane.verbs()


@pytest.mark.parametrize("restarted", [False, True])
def test_nothing_is_cancelled_sooner_than_its_gateway_allows(lane: CaseRig, restarted: bool) -> None:
    lane.bank.traits = replace(lane.bank.traits, cancel_earliest_s=90)
    lane.scan(WALLET)
    if restarted:
        lane.restart()
    lane.wait(88)
    assert "cancel" not in lane.verbs()
    lane.wait(8)
    assert lane.verbs()[-1] == "cancel"


@pytest.mark.parametrize("restarted", [False, True])
@pytest.mark.parametrize("open_for_s", [0, 120])
@pytest.mark.parametrize("presents", ["wallet", "wechat"])
@pytest.mark.parametrize("away_s", [0, 1, 7, 29, 31, 44, 46, 61, 200])
def test_a_minute_after_the_line_is_back_nothing_is_unknown(
    tmp_path: Path, away_s: int, presents: str, open_for_s: int, restarted: bool
) -> None:
    """The order never arrived: the gateway knows no such key, and only a cancel is a proof."""
    lane = CaseRig(tmp_path)
    bank = lane.bank if presents == "wallet" else lane.screen_code
    bank.traits = replace(bank.traits, open_for_s=open_for_s, cancel_earliest_s=15)
    if presents == "wallet":
        lane.scan(WALLET)
    lane.till.choose_way(presents)
    if restarted:
        lane.restart()
    lane.wait(away_s)

    def answer(verb: str) -> None:
        bank.answers.append(DECLINED if verb == "cancel" else UNKNOWN)

    bank.on_call = answer
    assert lane.wait(60).screen is Screen.PAY


def test_an_order_that_waited_behind_a_call_that_hung_has_its_whole_time_once_it_is_sent(lane: CaseRig) -> None:
    lane.runner.held = True
    lane.scan(WALLET)
    assert lane.wait(50).screen is Screen.PAYMENT_UNKNOWN
    lane.runner.held = False
    lane.bank.on_call = lambda verb: lane.bank.answers.append(DECLINED if verb == "cancel" else PENDING)
    lane.runner.flush()
    lane.wait(40)
    assert "cancel" not in lane.verbs(), "the shopper has just been asked for the password"
    assert lane.wait(10).screen is Screen.PAY


@pytest.mark.parametrize(
    ("presents", "refunds", "word"),
    [
        (Presents.SHOPPER_CODE, True, "ended"),
        (Presents.SHOPPER_CODE, False, "ended"),  # of the hub's banks nobody knows
        (Presents.TERMINAL, True, "ended"),
        (Presents.TERMINAL, False, "cancelled"),
    ],
)
def test_where_ending_it_may_give_money_back_nobody_says_that_nothing_was_charged(
    lane: CaseRig, presents: Presents, refunds: bool, word: str
) -> None:
    lane.bank.traits = replace(lane.bank.traits, presents=presents, cancel_refunds=refunds)
    ended = PaymentResult(Outcome.DECLINED, Reason.CANCELLED)
    lane.bank.on_call = lambda verb: lane.bank.answers.append(ended if verb == "cancel" else UNKNOWN)
    lane.scan(WALLET)
    lane.till.choose_way("wallet")
    assert lane.wait(60).decline == word
    assert lane.bodies("payment.resolved")[-1]["reason"] == "cancelled"


# --- too little -------------------------------------------------------------------------------------------------------


@pytest.fixture
def partial(lane: CaseRig) -> CaseRig:
    lane.bank.traits = replace(lane.bank.traits, can_be_partial=True)
    return lane


def test_after_a_part_an_approval_that_names_no_sum_is_not_taken_for_the_whole(partial: CaseRig) -> None:
    partial.bank.answers.append(PART)
    assert partial.scan(WALLET).screen is Screen.PAYMENT_UNKNOWN
    partial.restart()
    partial.bank.answers.append(APPROVED)
    assert partial.wait(3).screen is Screen.PAYMENT_UNKNOWN
    partial.bank.answers.extend([PART, APPROVED])
    assert partial.wait(12).decline == "partial"


def test_a_part_is_given_back_and_the_shopper_told_so(partial: CaseRig) -> None:
    partial.bank.answers.extend([PART, UNKNOWN, PaymentResult(Outcome.PENDING), APPROVED])
    on_disk: list[str] = []
    partial.bank.on_call = lambda verb: on_disk.append(f"{verb} {partial.bodies('payment.resolved')[-1:]}")
    assert partial.scan(WALLET).screen is Screen.PAYMENT_UNKNOWN
    assert partial.wait(12).screen is Screen.PAY
    assert partial.view.decline == "partial"
    assert partial.verbs() == ["start", "refund", "refund", "refund"]
    assert len({request.refund_key for request in partial.bank.refunds}) == 1
    assert {(request.amount.minor, request.key) for request in partial.bank.refunds} == {
        (500, partial.bank.requests[0].key)
    }
    assert partial.bank.refunds[0].refund_key in on_disk[1]
    assert "sale.completed" not in partial.kinds()
    assert partial.verify().ok


def test_a_part_is_given_back_under_the_same_key_after_a_restart(partial: CaseRig) -> None:
    partial.bank.answers.extend([PART, UNKNOWN])
    partial.scan(WALLET)
    partial.restart()
    partial.bank.answers.extend([PART, APPROVED])
    assert partial.wait(3).screen is Screen.PAY
    assert len({request.refund_key for request in partial.bank.refunds}) == 1
    assert partial.view.decline == "partial"


def test_a_part_that_was_given_back_before_the_restart_is_found_as_such(partial: CaseRig) -> None:
    partial.bank.answers.extend([PART, UNKNOWN])
    partial.scan(WALLET)
    partial.restart()
    partial.bank.answers.append(DECLINED)
    assert partial.wait(2).screen is Screen.PAY
    assert (partial.view.decline, len(partial.bank.refunds)) == ("partial", 1)


def test_a_part_that_the_bank_will_not_give_back_stays_open_and_staff_see_it(partial: CaseRig) -> None:
    refused = PaymentResult(Outcome.DECLINED, Reason.REFUSED)
    partial.bank.on_call = lambda verb: partial.bank.answers.append(refused if verb == "refund" else PART)
    partial.scan(WALLET)
    view = partial.wait(100)
    assert view.screen is Screen.PAYMENT_UNKNOWN
    assert view.cases[0].trouble == "other"
    assert len({request.refund_key for request in partial.bank.refunds}) == 1
    assert partial.bank.asked[-1][0] == "refund"


@pytest.mark.parametrize("paid", [Money(500, "CNY"), Money(5000, "CNY"), Money(500, "JPY"), Money(0, "CNY")])
def test_another_amount_where_no_part_is_to_be_expected_is_no_approval(lane: CaseRig, paid: Money) -> None:
    lane.bank.answers.append(PaymentResult(Outcome.APPROVED, paid=paid))
    view = lane.scan(WALLET)
    assert view.screen is Screen.PAYMENT_UNKNOWN
    assert (view.cases[0].trouble, lane.bodies("payment.resolved")[0]["trouble"]) == ("other", "other")
    assert lane.bank.refunds == []


# --- calls that hang --------------------------------------------------------------------------------------------------


def test_a_start_that_never_returns_is_settled_by_looking_it_up(lane: CaseRig) -> None:
    let_go = threading.Event()

    class Hanging(ToldBank):
        def start(self, request: PaymentRequest) -> PaymentResult:
            self.requests.append(request)
            assert let_go.wait(20)
            return APPROVED

        def lookup(self, key: str) -> PaymentResult:
            return replace(APPROVED, reference=key)

    lane.more_ways = (BenchWay("alipay", "acme", BoundedGateway("acme", Hanging, limit_s=0.05)),)  # type: ignore[arg-type]
    lane.bank.traits = replace(lane.bank.traits, presents=Presents.TERMINAL)
    lane.restart()
    lane.till.pay()
    assert lane.scan(ALIPAY).screen is Screen.PAYMENT_UNKNOWN
    assert lane.bodies("payment.resolved")[0]["trouble"] == "no_answer"
    assert lane.wait(2).screen is Screen.DONE
    let_go.set()
    assert len(lane.bodies("sale.completed")) == 1
    assert json.dumps(lane.bodies("payment.resolved")[-1]).count("approved") == 1
