"""Paying: the key is on disk first, doubt is settled by asking, and a shopper is charged once or not at all."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.services.lane_view import Screen
from payments.gateway import Outcome, PaymentResult
from retail.money import Money
from tests.kiosk.lane_rig import APPROVED, DECLINED, MILK, PENDING, UNKNOWN, WALLET, LaneRig


@pytest.fixture
def lane(tmp_path: Path) -> LaneRig:
    rig = LaneRig(tmp_path)
    rig.pay_screen(MILK, MILK)
    return rig


def test_an_approved_wallet_completes_the_sale_and_the_record_is_whole(lane: LaneRig) -> None:
    lane.bank.answers.append(APPROVED)
    view = lane.scan(WALLET)
    assert view.screen is Screen.DONE
    assert view.done is not None
    assert (view.done.total_minor, view.done.saved_minor) == (2200, 360)
    assert lane.kinds()[-4:] == ["payment.intended", "payment.submitted", "payment.resolved", "sale.completed"]
    report = lane.verify()
    assert (report.ok, report.completed) == (True, 1)


def test_the_intent_is_on_disk_before_the_bank_hears_of_it(lane: LaneRig) -> None:
    lane.runner.held = True
    lane.scan(WALLET)
    assert lane.bank.asked == []
    assert lane.kinds()[-2:] == ["payment.intended", "payment.submitted"]


def test_the_wallets_code_is_nowhere_on_disk(lane: LaneRig) -> None:
    lane.bank.answers.append(APPROVED)
    lane.scan(WALLET)
    assert lane.bank.requests[0].instrument == WALLET
    lane.verify()
    for file in lane.folder.iterdir():
        assert WALLET.encode() not in file.read_bytes()


def test_a_code_scanned_twice_or_while_pending_is_one_payment(lane: LaneRig) -> None:
    lane.runner.held = True
    lane.scan(WALLET, WALLET, "280000000000000000")
    lane.bank.answers.append(PENDING)
    lane.runner.flush()
    lane.scan(WALLET)
    assert [verb for verb, _ in lane.bank.asked] == ["start"]


def test_pending_is_asked_for_until_it_is_answered(lane: LaneRig) -> None:
    lane.bank.answers.extend([PENDING, PENDING, APPROVED])
    lane.scan(WALLET)
    assert lane.view.screen is Screen.PAYING
    assert lane.wait(4).screen is Screen.DONE
    assert len({key for _, key in lane.bank.asked}) == 1


def test_unknown_has_its_own_screen_and_is_settled_by_asking(lane: LaneRig) -> None:
    lane.bank.answers.extend([UNKNOWN, UNKNOWN, APPROVED])
    view = lane.scan(WALLET)
    assert (view.screen, view.help_called) == (Screen.PAYMENT_UNKNOWN, True)
    assert view.payment is not None
    assert view.payment.reference == lane.bank.requests[0].key
    assert lane.wait(5).screen is Screen.DONE
    assert [verb for verb, _ in lane.bank.asked] == ["start", "lookup", "lookup"]
    assert not lane.view.help_called


def test_unknown_then_declined_leads_back_to_paying_under_a_new_key(lane: LaneRig) -> None:
    lane.bank.answers.extend([UNKNOWN, DECLINED, APPROVED])
    lane.scan(WALLET)
    lane.wait(2)
    assert (lane.view.screen, lane.view.decline) == (Screen.PAY, "funds")
    assert lane.scan(WALLET).screen is Screen.DONE
    assert len({request.key for request in lane.bank.requests}) == 2


@pytest.mark.parametrize(
    "touch",
    [
        lambda lane: lane.till.cancel_basket(),
        lambda lane: lane.till.back_to_basket(),
        lambda lane: lane.till.remove_line(1),
        lambda lane: lane.till.set_quantity(1, 5),
        lambda lane: lane.till.choose_way("card"),
        lambda lane: lane.till.finish(),
        lambda lane: lane.till.begin(),
        lambda lane: lane.till.cancel_payment(),
        lambda lane: lane.scan(MILK),
        lambda lane: lane.scan(WALLET),
        lambda lane: lane.wait(25),
    ],
)
def test_nothing_a_shopper_does_disturbs_a_payment_in_doubt(lane: LaneRig, touch: Callable[[LaneRig], object]) -> None:
    lane.scan(WALLET)
    touch(lane)
    assert lane.view.screen is Screen.PAYMENT_UNKNOWN
    assert (lane.view.lines[0].quantity, lane.terminal.asked) == (2, [])
    assert [verb for verb, _ in lane.bank.asked].count("start") == 1


def test_a_silent_bank_is_doubted_aloud_and_its_late_answer_still_counts(lane: LaneRig) -> None:
    lane.runner.held = True
    lane.bank.answers.append(APPROVED)
    lane.scan(WALLET)
    assert lane.wait(29).screen is Screen.PAYING
    assert lane.wait(2).screen is Screen.PAYMENT_UNKNOWN
    lane.runner.flush()
    assert lane.view.screen is Screen.DONE


def test_what_stays_unknown_is_ended_and_only_the_cancels_answer_counts_then(lane: LaneRig) -> None:
    lane.scan(WALLET)
    lane.wait(44)
    assert "cancel" not in [verb for verb, _ in lane.bank.asked]
    lane.wait(5)
    assert lane.bank.asked[-1][0] == "cancel"
    assert "payment.cancel_sent" in lane.kinds()
    lane.bank.answers.append(DECLINED)
    lane.wait(6)
    assert lane.view.screen is Screen.PAY


def test_after_a_cancel_was_sent_an_approval_by_lookup_releases_nothing(lane: LaneRig) -> None:
    lane.scan(WALLET)
    lane.wait(66)
    lane.restart()
    before = len(lane.bank.asked)
    lane.bank.answers.extend([UNKNOWN, UNKNOWN, DECLINED])
    lane.wait(12)
    assert {verb for verb, _ in lane.bank.asked[before:]} == {"cancel"}
    assert lane.view.screen is Screen.PAY


def test_another_amount_than_asked_is_no_approval(lane: LaneRig) -> None:
    lane.bank.answers.append(PaymentResult(Outcome.APPROVED, paid=Money(100, "CNY")))
    assert lane.scan(WALLET).screen is Screen.PAYMENT_UNKNOWN


def test_a_terminal_can_be_left_before_the_card_is_held(lane: LaneRig) -> None:
    lane.terminal.answers.extend([PENDING, PENDING, DECLINED])
    lane.till.choose_way("card")
    assert lane.view.payment is not None
    assert lane.view.payment.can_cancel
    lane.till.cancel_payment()
    assert lane.view.screen is Screen.PAY
    assert [verb for verb, _ in lane.terminal.asked] == ["start", "lookup", "cancel"]


@pytest.mark.parametrize("answer", [APPROVED, DECLINED])
def test_a_power_cut_while_paying_is_settled_by_asking(lane: LaneRig, answer: PaymentResult) -> None:
    lane.runner.held = True
    lane.scan(WALLET)
    lane.runner.held = False
    lane.restart()
    assert lane.view.screen is Screen.PAYMENT_UNKNOWN
    lane.bank.answers.append(answer)
    expected = Screen.DONE if answer is APPROVED else Screen.PAY
    assert lane.wait(2).screen is expected
    assert [verb for verb, _ in lane.bank.asked] == ["lookup"]
    assert lane.verify().ok


def test_a_done_lane_goes_back_to_idle_and_the_next_scan_is_a_new_sale(lane: LaneRig) -> None:
    lane.bank.answers.append(APPROVED)
    lane.scan(WALLET)
    lane.till.choose_receipt("print")
    assert lane.view.done is not None
    assert lane.receipts.printed == [lane.view.done.receipt_number]
    view = lane.scan(MILK)
    assert (view.screen, len(view.lines), view.done) == (Screen.BASKET, 1, None)
    lane.till.cancel_basket()
    assert lane.verify().ok


def test_the_last_screen_ends_by_itself(lane: LaneRig) -> None:
    lane.bank.answers.append(APPROVED)
    lane.scan(WALLET)
    assert lane.wait(20).screen is Screen.IDLE


def test_staff_can_have_the_bank_asked_again(lane: LaneRig) -> None:
    lane.scan(WALLET)
    lane.bank.answers.append(APPROVED)
    lane.scan("SGB-TEST-1")
    lane.till.staff_act("ask_payment")
    assert lane.view.screen is Screen.DONE
