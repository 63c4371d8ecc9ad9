"""A payment in doubt is set aside: staff keep the goods, the next shopper is served, and the truth still comes out."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.services.lane_view import Screen
from kiosk.services.signal import CARE, signal_of
from offline_cache.errors import JournalFull
from offline_cache.journal import JournalReader
from payments.gateway import OnceBy, PaymentResult
from retail.sale import SaleStatus, fold
from tests.kiosk.lane_rig import APPROVED, BADGE, BREAD, DECLINED, MILK, UNKNOWN, WALLET, LaneRig

OTHER_WALLET = "130000000000000017"


@pytest.fixture
def lane(tmp_path: Path) -> LaneRig:
    """One payment of a bottle of milk is set aside."""
    rig = LaneRig(tmp_path)
    set_aside(rig)
    return rig


def set_aside(rig: LaneRig, code: str = WALLET, *goods: str) -> str:
    """Pay, without an answer, and have it set aside; the payment's key."""
    rig.pay_screen(*(goods or (MILK,)))
    rig.scan(code, BADGE)
    assert rig.view.screen is Screen.PAYMENT_UNKNOWN
    rig.till.staff_act("set_aside")
    return rig.bank.requests[-1].key


def status(rig: LaneRig, key: str) -> SaleStatus:
    """Where the sale stands, by its own events alone."""
    with JournalReader(rig.folder / "journal.sqlite") as journal:
        events = journal.events()
    sale_id = next(e.sale_id for e in events if e.kind == "payment.intended" and e.body["key"] == key)
    sale = fold(event for event in events if event.sale_id == sale_id)
    assert sale is not None
    return sale.status


def test_it_is_on_disk_who_set_it_aside_and_the_lane_is_free(lane: LaneRig) -> None:
    assert (lane.view.screen, lane.view.lines, lane.view.help_called) == (Screen.IDLE, (), False)
    with JournalReader(lane.folder / "journal.sqlite") as journal:
        (written,) = [event for event in journal.events() if event.kind == "payment.set_aside"]
    assert written.body == {"key": lane.bank.requests[0].key, "by": "Li"}
    (case,) = lane.view.cases
    assert (case.aside, case.outcome, case.amount_minor) == (True, "", 1280)


def test_a_terminal_that_keeps_only_its_last_payment_takes_no_other_meanwhile(tmp_path: Path) -> None:
    rig = LaneRig(tmp_path)
    rig.bank.traits = replace(rig.bank.traits, once_by=OnceBy.NOTHING)
    set_aside(rig)
    rig.bank.answers.clear()
    rig.pay_screen(BREAD)
    assert [way.id for way in rig.view.ways if way.available] == ["card"]
    rig.scan(OTHER_WALLET)
    assert len(rig.bank.requests) == 1
    rig.bank.answers.append(DECLINED)
    rig.wait(6)
    assert [way.id for way in rig.view.ways if way.available] == ["wallet", "card"]


def test_only_staff_set_a_payment_aside_and_only_one_in_doubt(tmp_path: Path) -> None:
    rig = LaneRig(tmp_path)
    rig.pay_screen()
    rig.runner.held = True
    rig.scan(WALLET, BADGE)
    rig.till.staff_act("set_aside")
    assert rig.view.screen is Screen.PAYING
    rig.runner.flush()
    rig.wait(35)
    rig.till.staff_act("set_aside")
    assert (rig.view.staff, rig.view.screen) == (None, Screen.PAYMENT_UNKNOWN)


@pytest.mark.parametrize("restarts", [0, 1, 3])
@pytest.mark.parametrize(
    ("answer", "ends"), [(APPROVED, SaleStatus.COMPLETED), (DECLINED, SaleStatus.CANCELLED)], ids=["paid", "unpaid"]
)
def test_the_next_shopper_pays_and_the_one_set_aside_ends_by_itself(
    lane: LaneRig, answer: PaymentResult, ends: SaleStatus, restarts: int
) -> None:
    key = lane.bank.requests[0].key
    lane.pay_screen(BREAD)
    for _ in range(restarts):
        lane.restart()
        assert lane.view.screen is Screen.BASKET
        assert [line.code for line in lane.view.lines] == [BREAD]
        assert status(lane, key) is SaleStatus.UNKNOWN
    lane.till.pay()
    lane.terminal.answers.append(APPROVED)
    lane.till.choose_way("card")
    assert lane.view.done is not None
    assert lane.view.done.total_minor == 650
    lane.bank.answers.append(answer)
    lane.wait(7)
    assert (status(lane, key), lane.view.cases[0].outcome) == (ends, answer.outcome.value)
    assert lane.view.screen is Screen.DONE
    assert lane.verify().ok


def test_events_of_both_sales_interleave_and_neither_sees_the_others(lane: LaneRig) -> None:
    first = lane.bank.requests[0].key
    lane.scan(MILK)
    lane.wait(47)
    lane.scan(MILK)
    assert "cancel" in [verb for verb, key in lane.bank.asked if key == first]
    lane.restart()
    assert (lane.view.screen, lane.view.total_minor) == (Screen.BASKET, 2200)
    lane.till.pay()
    lane.runner.held = True
    lane.scan(OTHER_WALLET)
    lane.runner.held = False
    lane.restart()
    assert lane.view.screen is Screen.PAYMENT_UNKNOWN
    asked = len(lane.bank.asked)
    lane.bank.answers.extend([UNKNOWN, DECLINED, APPROVED])
    lane.wait(5)
    second = lane.bank.requests
    assert len(second) == 1, "held on the way, and lost with the restart"
    assert {verb for verb, key in lane.bank.asked[asked:] if key == first} == {"cancel"}
    report = lane.verify()
    assert (report.ok, len({key for _, key in lane.bank.asked})) == (True, 2)


def test_after_a_cancel_was_sent_only_its_answer_counts_for_one_set_aside_too(lane: LaneRig) -> None:
    key = lane.bank.requests[0].key
    lane.wait(50)
    assert lane.bank.asked[-1] == ("cancel", key)
    lane.restart()
    before = len(lane.bank.asked)
    lane.wait(12)
    assert {verb for verb, _ in lane.bank.asked[before:]} == {"cancel"}
    lane.bank.answers.append(DECLINED)
    lane.wait(6)
    assert status(lane, key) is SaleStatus.CANCELLED


def test_several_at_once_are_each_asked_with_their_own_key(lane: LaneRig) -> None:
    keys = {lane.bank.requests[0].key}
    lane.wait(3)
    keys.add(set_aside(lane, OTHER_WALLET, BREAD))
    lane.wait(3)
    keys.add(set_aside(lane, WALLET, MILK, MILK))
    assert len(lane.view.cases) == len(keys) == 3
    lane.restart()
    assert {case.key for case in lane.view.cases} == keys
    lane.bank.answers.extend([APPROVED] * 3)
    lane.wait(7)
    assert {status(lane, key) for key in keys} == {SaleStatus.COMPLETED}
    with JournalReader(lane.folder / "journal.sqlite") as journal:
        totals = [event.body["total_minor"] for event in journal.events() if event.kind == "sale.completed"]
    assert sorted(totals) == [650, 1280, 2200]
    assert lane.verify().ok


def test_background_questions_wait_for_each_other_at_one_gateway(lane: LaneRig) -> None:
    lane.wait(3)
    set_aside(lane, OTHER_WALLET, BREAD)
    lane.wait(20)
    lane.runner.held = True
    lane.wait(20)
    assert len(lane.runner.waiting) == 1
    lane.till.staff_act("ask_payment")
    lane.runner.held = False
    lane.runner.flush()


def test_staff_are_told_print_the_receipt_and_say_that_the_goods_are_gone(lane: LaneRig) -> None:
    key = lane.bank.requests[0].key
    lane.bank.answers.append(APPROVED)
    lane.wait(3)
    assert signal_of(lane.view) == CARE
    lane.scan(BADGE)
    assert lane.view.staff is not None
    assert {"print_aside", "close_aside"} <= set(lane.view.staff.acts)
    lane.till.staff_act("print_aside")
    assert len(lane.receipts.printed) == 1
    lane.restart()
    assert [(case.key, case.outcome) for case in lane.view.cases] == [(key, "approved")]
    lane.scan(BADGE)
    lane.till.staff_act("close_aside")
    assert lane.view.cases == ()
    lane.restart()
    assert (lane.view.cases, lane.view.screen) == ((), Screen.IDLE)
    assert lane.verify().ok


def test_to_have_dealt_with_one_says_nothing_of_the_sale_that_was_open_then(lane: LaneRig) -> None:
    lane.bank.answers.append(APPROVED)
    lane.wait(3)
    lane.scan(BREAD, BADGE)
    lane.till.staff_act("close_aside")
    lane.till.pay()
    lane.up += 3
    lane.scan(OTHER_WALLET, BADGE)
    lane.till.staff_act("set_aside")
    lane.bank.answers.append(APPROVED)
    lane.wait(7)
    lane.restart()
    assert [case.outcome for case in lane.view.cases] == ["approved"]


def test_the_receipt_of_one_set_aside_does_not_disturb_a_shopper_at_the_end(lane: LaneRig) -> None:
    lane.bank.answers.append(APPROVED)
    lane.wait(3)
    lane.pay_screen(BREAD)
    lane.terminal.answers.append(APPROVED)
    lane.till.choose_way("card")
    lane.scan(BADGE)
    lane.till.staff_act("print_aside")
    assert (lane.view.screen, lane.receipts.printed) == (Screen.DONE, [])


def test_staff_ask_for_all_of_them_at_once(lane: LaneRig) -> None:
    lane.wait(30)
    lane.bank.answers.append(APPROVED)
    lane.scan(BADGE)
    lane.till.staff_act("ask_aside")
    assert lane.view.cases[0].outcome == "approved"


def test_a_restart_with_nothing_but_one_set_aside_is_an_idle_lane(lane: LaneRig) -> None:
    lane.restart()
    assert lane.view.screen is Screen.IDLE
    assert lane.verify().open_sale is None


def test_what_is_in_doubt_is_never_let_go_of_and_what_is_settled_holds_nothing_up(lane: LaneRig) -> None:
    key = lane.bank.requests[0].key

    def others() -> None:
        for _ in range(6):
            lane.scan(BREAD)
            lane.till.cancel_basket()
            lane.wait(1)

    def prune() -> int:
        assert lane.journal is not None
        journal = lane.journal._opened()  # the writer itself: what tidies calls only while idle
        gone = 0
        while went := journal.prune(journal.head(), before=lane.now + timedelta(days=1), newest=0, most=5):
            gone += went
        return gone

    others()
    assert prune() == 0
    lane.restart()
    assert lane.view.cases[0].key == key
    lane.bank.answers.append(DECLINED)
    lane.wait(7)
    others()
    assert prune() > 20
    lane.scan(BADGE)
    lane.till.staff_act("close_aside")  # late, but an act all the same
    lane.restart()
    assert lane.view.cases == ()
    assert lane.verify().ok


def test_after_a_while_the_bank_is_asked_less_often_but_each_minute(lane: LaneRig) -> None:
    lane.wait(400)
    before = len(lane.bank.asked)
    lane.wait(120)
    assert 5 <= len(lane.bank.asked) - before <= 8


def test_a_lane_that_is_taken_up_in_vain_writes_an_answer_on_its_way_once(
    lane: LaneRig, monkeypatch: pytest.MonkeyPatch
) -> None:
    lane.runner.held = True
    lane.wait(6)
    journal = lane.journal

    def fail(*_: object) -> None:
        raise JournalFull("the disk is full")

    with monkeypatch.context() as full:
        full.setattr(journal, "append", fail)
        full.setattr(journal, "set_aside", fail)
        lane.scan(MILK)
        assert lane.wait(12).screen is Screen.OUT_OF_SERVICE
    assert lane.wait(6).screen is Screen.IDLE
    lane.bank.answers.extend([APPROVED, APPROVED])
    lane.wait(12)
    lane.runner.flush()
    assert lane.kinds().count("sale.completed") == 1
    lane.restart()
    assert lane.view.screen is Screen.IDLE


def test_a_second_tap_of_the_same_finger_does_not_close_another_case(lane: LaneRig) -> None:
    other = set_aside(lane, OTHER_WALLET, BREAD)
    lane.bank.answers.extend([APPROVED, DECLINED])
    lane.wait(12)
    lane.scan(BADGE)
    for _ in range(2):
        lane.till.staff_act("close_aside")
    assert [(case.key, case.outcome) for case in lane.view.cases] == [(other, "declined")]
    lane.wait(3)
    lane.till.staff_act("close_aside")
    assert lane.view.cases == ()
