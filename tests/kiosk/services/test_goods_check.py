"""Goods that must not be sold: called back, or sold once before; and how a shopper gets out of it again."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from kiosk.services.basket import add_product
from kiosk.services.lane_view import PayBlock, Screen
from offline_cache.price_list.writer import PriceRow, RecallRow
from retail.product import Listing, Price, Product
from retail.recall import Recall
from retail.router import ProductScan
from retail.sale import Line, Sale
from tests.kiosk.lane_rig import APPROVED, BADGE, BREAD, DECLINED, MILK, START, WALLET, LaneRig, write_list

GTIN = f"01{MILK.zfill(14)}"
FIRST, SECOND = f"{GTIN}21S1", f"{GTIN}21S2"
LOT_1, LOT_2 = f"{GTIN}10L1", f"{GTIN}10L2"
MILK_L1 = RecallRow("MILK", Recall("glass", lot="L1"))
MILK_L2 = RecallRow("MILK", Recall("glass", lot="L2"))
ALL_MILK = RecallRow("MILK", Recall("glass"))


@pytest.fixture
def lane(tmp_path: Path) -> LaneRig:
    return LaneRig(tmp_path)


def said(lane: LaneRig) -> str:
    assert lane.view.notice is not None
    return lane.view.notice.code


def problems(lane: LaneRig) -> list[str]:
    return [line.problem for line in lane.view.lines]


def screen_of(lane: LaneRig) -> Screen:
    """The screen of now: a type checker holds `lane.view.screen` to be what it was when last asked."""
    return lane.view.screen


def call_back(lane: LaneRig, *recalls: RecallRow, revision: int = 2, milk_minor: int = 1280) -> None:
    """A new list, and the second in which the lane takes it."""
    write_list(lane.folder / "price-list.sqlite", revision=revision, milk_minor=milk_minor, recalls=recalls)
    lane.wait(1)


def sell(lane: LaneRig, *codes: str) -> None:
    lane.pay_screen(*codes)
    lane.terminal.answers.append(APPROVED)
    lane.till.choose_way("card")
    assert screen_of(lane) is Screen.DONE
    lane.till.finish()


# --- sold once ---


def test_the_same_item_twice_is_one_line_and_a_kind_word(lane: LaneRig) -> None:
    view = lane.scan(FIRST, FIRST)
    assert [(line.quantity, line.problem) for line in view.lines] == [(1, "")]
    assert (said(lane), view.changed_line) == ("already_in_basket", 1)


def test_items_are_lines_of_their_own_cannot_be_counted_and_have_their_offers(lane: LaneRig) -> None:
    view = lane.scan(FIRST, SECOND, MILK)
    assert [line.quantity for line in view.lines] == [1, 1, 1]
    assert [line.countable for line in view.lines] == [False, False, True]
    assert (view.pieces, view.total_minor) == (3, 2200 + 1280)
    lane.till.set_quantity(1, 5)
    assert (lane.view.lines[0].quantity, said(lane)) == (1, "cannot_now")


def test_an_item_that_this_lane_sold_stays_as_a_problem_for_staff_also_after_a_restart(lane: LaneRig) -> None:
    sell(lane, FIRST)
    view = lane.scan(FIRST, FIRST)
    assert [(line.problem, line.names["en"]) for line in view.lines] == [("sold_already", "Milk")]
    assert (said(lane), view.pay_block) == ("sold_already", PayBlock.PROBLEM)
    lane.till.cancel_basket()
    lane.restart()
    assert lane.scan(FIRST).lines[0].problem == "sold_already"
    assert lane.scan(SECOND).lines[1].problem == ""


def test_each_item_that_was_sold_is_a_problem_of_its_own(lane: LaneRig) -> None:
    sell(lane, FIRST, SECOND)
    lane.scan(FIRST, SECOND, FIRST)
    assert problems(lane) == ["sold_already", "sold_already"]
    assert [line.code.rpartition(" ")[2] for line in lane.view.lines] == ["S1", "S2"]


def test_an_item_taken_off_again_or_of_a_basket_given_up_may_be_sold(lane: LaneRig) -> None:
    lane.scan(FIRST)
    lane.till.remove_line(1)
    assert problems(lane) == []
    assert lane.scan(FIRST).lines[0].problem == ""
    lane.till.cancel_basket()
    assert lane.scan(FIRST).lines[0].problem == ""


def test_an_item_whose_payment_was_declined_is_not_sold(lane: LaneRig) -> None:
    lane.pay_screen(FIRST)
    lane.terminal.answers.append(DECLINED)
    lane.till.choose_way("card")
    lane.till.cancel_basket()
    lane.restart()
    assert lane.scan(FIRST).lines[0].problem == ""


def test_an_item_in_a_basket_that_a_power_cut_interrupted_is_there_once(lane: LaneRig) -> None:
    before = lane.scan(FIRST)
    lane.restart()
    assert lane.view.lines == before.lines
    assert (len(lane.scan(FIRST).lines), said(lane)) == (1, "already_in_basket")


# --- called back ---


def test_a_product_that_was_called_back_is_stopped_whatever_code_it_has(lane: LaneRig) -> None:
    call_back(lane, ALL_MILK, RecallRow("LEMON", Recall("")))
    for code in (MILK, LOT_2, FIRST):
        assert lane.scan(code).lines[-1].problem == "recalled"
    assert (said(lane), lane.view.lines[0].names["en"]) == ("recalled", "Milk")
    lane.till.add_loose("LEMON", 2)
    assert problems(lane)[-1] == "recalled"
    lane.till.pay()
    assert (screen_of(lane), lane.view.pay_block) == (Screen.BASKET, PayBlock.PROBLEM)


def test_of_some_lots_only_those_are_stopped(lane: LaneRig) -> None:
    call_back(lane, MILK_L1)
    assert [line.problem for line in lane.scan(LOT_2, LOT_1, BREAD).lines] == ["", "recalled", ""]


def test_a_code_that_does_not_say_the_lot_asks_staff_who_may_let_it_go(lane: LaneRig) -> None:
    call_back(lane, MILK_L1)
    view = lane.scan(MILK)
    assert (view.lines[0].problem, view.lines[0].names["en"], view.pay_block) == (
        "recall_check",
        "Milk",
        PayBlock.PROBLEM,
    )
    assert said(lane) == "recall_check"
    lane.scan(BADGE)
    assert lane.view.staff is not None
    assert lane.view.staff.acts[:2] == ("recall_checked", "remove_problems")
    lane.till.call_help()
    lane.till.staff_act("recall_checked")
    assert (problems(lane), lane.view.total_minor, lane.view.lines[0].countable) == ([""], 1280, False)
    assert not lane.view.help_called
    sell(lane, BREAD)


def test_a_serial_number_that_may_hold_a_lot_does_not_tell_that_all_is_well(lane: LaneRig) -> None:
    call_back(lane, RecallRow("MILK", Recall("glass", serial="S1")))
    assert [line.problem for line in lane.scan(FIRST, SECOND, f"{GTIN}21S310L1").lines] == [
        "recalled",
        "",
        "recall_check",
    ]


def test_what_staff_looked_at_is_not_asked_again_until_something_else_is_called_back(lane: LaneRig) -> None:
    call_back(lane, MILK_L1)
    lane.scan(MILK, BADGE)
    lane.till.staff_act("recall_checked")
    lane.restart()
    call_back(lane, MILK_L1, revision=3, milk_minor=1100)
    assert (problems(lane), lane.view.total_minor) == ([""], 1100)
    assert [line.problem for line in lane.scan(MILK).lines] == ["", "recall_check"]
    call_back(lane, MILK_L1, MILK_L2, revision=4)
    assert problems(lane) == ["recall_check", "recall_check"]


@pytest.mark.parametrize("taken", [True, False])
def test_staff_cannot_let_go_what_was_called_back_for_certain_meanwhile(lane: LaneRig, taken: bool) -> None:
    call_back(lane, MILK_L1)
    lane.scan(MILK, BADGE)
    write_list(lane.folder / "price-list.sqlite", revision=3, recalls=(MILK_L1, ALL_MILK))
    if taken:
        lane.wait(1)
        assert problems(lane) == ["recalled"]
    else:
        lane.prices.renew()
    lane.till.staff_act("recall_checked")
    lane.wait(1)
    assert (problems(lane), lane.view.pay_block) == (["recalled"], PayBlock.PROBLEM)
    lane.restart()
    assert problems(lane) == ["recalled"]
    lane.till.remove_line(1)
    assert problems(lane) == []


def test_nobody_without_a_badge_lets_goods_go(lane: LaneRig) -> None:
    call_back(lane, MILK_L1)
    lane.scan(MILK)
    lane.till.staff_act("recall_checked")
    assert problems(lane) == ["recall_check"]


def test_a_recall_reaches_goods_that_lie_in_the_basket(lane: LaneRig) -> None:
    lane.scan(MILK, LOT_1, LOT_2, BREAD)
    call_back(lane, MILK_L1)
    assert problems(lane) == ["recall_check", "recalled", "", ""]
    assert (said(lane), lane.view.total_minor) == ("recalled_meanwhile", 1280 + 650)
    lane.restart()
    assert problems(lane) == ["recall_check", "recalled", "", ""]


def test_a_recall_that_comes_on_the_pay_screen_leads_back_to_the_basket(lane: LaneRig) -> None:
    lane.pay_screen(MILK, BREAD)
    call_back(lane, ALL_MILK)
    assert (screen_of(lane), problems(lane)) == (Screen.BASKET, ["recalled", ""])
    lane.till.remove_line(1)
    lane.till.pay()
    assert screen_of(lane) is Screen.PAY


@pytest.mark.parametrize("pay", [lambda lane: lane.till.choose_way("card"), lambda lane: lane.scan(WALLET)])
def test_a_recall_that_came_this_very_second_is_in_time(lane: LaneRig, pay: Callable[[LaneRig], object]) -> None:
    lane.pay_screen(MILK)
    write_list(lane.folder / "price-list.sqlite", revision=2, recalls=(ALL_MILK,))
    lane.prices.renew()
    pay(lane)
    assert (screen_of(lane), problems(lane)) == (Screen.BASKET, ["recalled"])
    assert lane.terminal.asked + lane.bank.asked == []


def test_while_a_payment_is_open_nothing_changes_and_a_refused_one_leads_back(lane: LaneRig) -> None:
    lane.runner.held = True
    lane.pay_screen(MILK)
    lane.till.choose_way("card")
    call_back(lane, ALL_MILK)
    assert (screen_of(lane), problems(lane), lane.view.total_minor) == (Screen.PAYING, [""], 1280)
    assert said(lane) == "added"
    lane.terminal.answers.append(DECLINED)
    lane.runner.flush()
    assert lane.wait(1).screen is Screen.BASKET
    assert problems(lane) == ["recalled"]


def test_a_recall_is_over_on_time_and_offline(lane: LaneRig) -> None:
    until = int((START + timedelta(minutes=10)).timestamp())
    call_back(lane, RecallRow("MILK", Recall("glass"), until))
    assert lane.scan(MILK).lines[0].problem == "recalled"
    lane.till.cancel_basket()
    lane.later(timedelta(minutes=11))
    assert lane.scan(MILK).lines[0].problem == ""


def test_what_cannot_be_sold_can_be_put_back_by_the_shopper_and_by_staff(lane: LaneRig) -> None:
    call_back(lane, ALL_MILK)
    lane.scan(MILK, BREAD)
    lane.till.remove_line(1)
    assert lane.view.pay_block is PayBlock.NONE
    lane.scan(MILK, BADGE)
    lane.till.staff_act("remove_problems")
    assert (problems(lane), lane.view.pay_block) == ([""], PayBlock.NONE)


def test_goods_of_two_lots_are_two_lines_and_those_of_one_count_up(lane: LaneRig) -> None:
    assert [line.quantity for line in lane.scan(LOT_1, LOT_2, LOT_1).lines] == [2, 1]


def test_prices_fall_for_items_as_for_all_other_goods(lane: LaneRig) -> None:
    lane.scan(FIRST)
    write_list(lane.folder / "price-list.sqlite", revision=2, dated={"MILK": [PriceRow("list", 900)]})
    assert lane.wait(1).total_minor == 900


def test_goods_that_were_called_back_are_not_even_weighed(lane: LaneRig) -> None:
    call_back(lane, RecallRow("APPLE", Recall("mould")))
    lane.till.add_loose("APPLE", 1)
    assert problems(lane) == ["recalled"]


def test_goods_that_staff_must_look_at_never_count_up_others() -> None:
    sale = Sale("1", "s", "lane-1", "CNY", "", (Line(1, MILK, "MILK", unit_minor=1280),), 1)
    scan = ProductScan(Listing(MILK, Product("MILK", {"en": "Milk"}), Price(1280)))
    assert add_product(sale, scan).then is None
    change = add_product(sale, scan, look=True)
    assert (change.draft and change.draft.kind, change.then and change.then.kind) == ("line.added", "line.stopped")
