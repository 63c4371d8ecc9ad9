"""Receipts at the till: chosen, changed, told truly, printed again by staff; and what a printer's fault leaves."""

from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.services.lane_view import DoneView, Screen
from kiosk.services.paper import PrinterSays, PrinterView, PrintFate
from offline_cache.journal import JournalReader
from tests.kiosk.lane_rig import APPROVED, BADGE, WALLET, LaneRig


@pytest.fixture
def lane(tmp_path: Path) -> LaneRig:
    """A lane whose shopper has just paid."""
    rig = LaneRig(tmp_path)
    rig.pay_screen()
    rig.bank.answers.append(APPROVED)
    rig.scan(WALLET)
    return rig


def done(lane: LaneRig) -> DoneView:
    assert lane.view.done is not None
    return lane.view.done


def noted(lane: LaneRig, kind: str) -> list[dict[str, object]]:
    with JournalReader(lane.folder / "journal.sqlite") as journal:
        return [dict(event.body) for event in journal.events() if event.kind == kind]


@pytest.mark.parametrize("fate", PrintFate)
def test_the_screen_is_told_what_became_of_the_receipt(lane: LaneRig, fate: PrintFate) -> None:
    lane.till.choose_receipt("print")
    lane.receipts.fates[done(lane).receipt_number] = fate
    lane.till.guard(lambda: None)  # what the queue asks for when something changes
    assert (done(lane).receipt, done(lane).fate) == ("print", fate)


def test_who_takes_it_along_on_the_phone_after_all_gets_no_paper(lane: LaneRig) -> None:
    lane.till.choose_receipt("print")
    lane.till.choose_receipt("code")
    assert lane.receipts.taken_back == [done(lane).receipt_number]
    assert [event["form"] for event in noted(lane, "receipt.issued")] == ["print", "code"]


def test_a_choice_without_paper_takes_nothing_back(lane: LaneRig) -> None:
    lane.till.choose_receipt("code")
    lane.till.choose_receipt("none")
    assert lane.receipts.taken_back == []


def test_staff_print_the_last_receipt_again_and_it_is_written_down(lane: LaneRig) -> None:
    lane.receipts.printer = PrinterView(PrinterSays.OK, can_reprint=True)
    lane.till.finish()
    lane.scan(BADGE)
    assert lane.view.staff is not None
    assert "reprint" in lane.view.staff.acts
    lane.till.staff_act("reprint")
    assert lane.receipts.copies == 1
    assert [(event["act"], event["by"]) for event in noted(lane, "staff.act")] == [("reprint", "Li")]


@pytest.mark.parametrize("badge", [True, False])
def test_nothing_to_reprint_or_nobody_signed_in_prints_nothing(lane: LaneRig, badge: bool) -> None:
    lane.receipts.printer = PrinterView(PrinterSays.OK, can_reprint=not badge)
    if badge:
        lane.scan(BADGE)
        assert lane.view.staff is not None
        assert "reprint" not in lane.view.staff.acts
    lane.till.staff_act("reprint")
    assert lane.receipts.copies == 0


def test_while_goods_are_scanned_staff_are_not_offered_an_old_receipt(lane: LaneRig) -> None:
    lane.receipts.printer = PrinterView(PrinterSays.OK, can_reprint=True)
    lane.till.begin()
    lane.scan(BADGE)
    assert (lane.view.screen, "reprint" in (lane.view.staff.acts if lane.view.staff else ())) == (Screen.BASKET, False)


@pytest.mark.parametrize("act", ["finish", "close_lane"])
def test_after_a_restart_the_last_receipt_can_still_be_had(lane: LaneRig, act: str) -> None:
    number = done(lane).receipt_number
    if act == "finish":
        lane.till.finish()
    else:
        lane.scan(BADGE)
        lane.till.staff_act("close_lane")
    lane.now += timedelta(hours=3)
    lane.receipts.made.clear()
    lane.restart()
    assert lane.view.screen is (Screen.IDLE if act == "finish" else Screen.CLOSED)
    assert lane.receipts.made == [number]


def test_a_printers_fault_and_its_end_are_written_and_the_lane_sells_on(lane: LaneRig) -> None:
    lane.till.device_fault("printer", "paper_out")
    lane.till.device_fault("printer", "")
    assert [event["fault"] for event in noted(lane, "device.fault")] == ["paper_out", ""]
    lane.till.finish()
    assert lane.view.screen is Screen.IDLE
    assert lane.verify().ok
