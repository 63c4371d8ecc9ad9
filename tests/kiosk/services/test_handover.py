"""Pay at the till: the basket goes as a code, the lane is free again, and another one takes it at its own prices."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.services.lane_view import LaneView, Screen
from offline_cache.price_list.writer import RecallRow
from retail.handed_basket import HandedLine, basket_code, read_basket_code
from retail.payment_policy import Rung
from retail.promotions.campaign import Campaign, Kind, Terms
from retail.recall import Recall
from tests.kiosk.lane_rig import BADGE, BREAD, CHEESE, LABEL, MILK, UNKNOWN, WALLET, WINE, LaneRig, write_list

PREFIX = "SGP-"
COUPON = Campaign("save", Terms(Kind.N_SAVE_X, 1, off=100), coupon="SAVE")
CLUB = Campaign("club", Terms(Kind.N_SAVE_X, 1, off=100), clubs=("member",))


class Lane(LaneRig):
    def sells(self, **changes: Any) -> None:
        write_list(self.folder / "price-list.sqlite", revision=2, **changes)
        self.restart()

    def to_till(self, *codes: str) -> LaneView:
        """Shop, and hand the basket over."""
        self.agent.online = False
        self.pay_screen(*codes)
        self.till.pay_at_till()
        return self.view

    @property
    def said(self) -> str:
        return self.view.notice.code if self.view.notice else ""


def lane_in(folder: Path) -> Lane:
    folder.mkdir()
    lane = Lane(folder)
    lane.bank.traits = replace(lane.bank.traits, works_offline=False)
    lane.gateway_names = ("hub", "hub")
    lane.restart()
    return lane


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[Lane]:
    lane = lane_in(tmp_path / "one")
    yield lane
    report = lane.verify()
    assert report.ok, report.problem


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Lane]:
    lane = lane_in(tmp_path / "other")
    yield lane
    report = lane.verify()
    assert report.ok, report.problem


def code_of(lane: Lane) -> str:
    assert lane.view.handed is not None
    return lane.view.handed.code


# --- handing over -----------------------------------------------------------------------------------------------------


def test_where_no_way_is_left_the_basket_goes_to_the_till(lane: Lane) -> None:
    view = lane.to_till(MILK, BREAD, BREAD)
    assert (view.screen, view.handed is not None) == (Screen.TO_TILL, True)
    basket = read_basket_code(code_of(lane), PREFIX)
    assert basket.lines == (HandedLine(MILK), HandedLine(BREAD, 2))
    assert (basket.lane, basket.total_minor, basket.pieces) == ("lane-1", 2580, 3)
    assert view.handed is not None
    assert (view.handed.number, view.handed.total_minor, view.handed.whole) == (basket.number, 2580, True)
    assert basket.number.startswith("lane-1-")
    assert basket.number[-4:].isdigit()
    assert lane.kinds()[-1] == "basket.handed_over"
    assert [code for _, code in lane.receipts.slips] == [code_of(lane)]


def test_it_is_not_offered_while_there_is_a_way_to_pay(lane: Lane) -> None:
    lane.pay_screen()
    lane.till.pay_at_till()
    assert lane.view.screen is Screen.PAY


def test_nor_where_the_shop_does_not_want_it(lane: Lane) -> None:
    lane.sells(payments={"pay_at_till": False})
    lane.pay_screen()
    lane.agent.online = False
    lane.till.pay_at_till()
    assert (lane.view.screen, lane.view.offline.rung) == (Screen.PAY, Rung.CLOSED)


def test_staff_may_choose_it_whatever_the_rung(lane: Lane) -> None:
    lane.pay_screen()
    lane.scan(BADGE)
    lane.till.staff_act("hand_over")
    assert lane.view.screen is Screen.TO_TILL


def test_never_while_a_payment_is_open_or_unknown(lane: Lane) -> None:
    lane.pay_screen()
    lane.runner.held = True
    lane.scan(WALLET)
    lane.scan(BADGE)
    for screen in (Screen.PAYING, Screen.PAYMENT_UNKNOWN):
        lane.agent.online = False
        lane.till.pay_at_till()
        lane.till.staff_act("hand_over")
        assert lane.view.screen is screen
        lane.runner.held = False
        lane.bank.answers.append(UNKNOWN)
        lane.runner.flush()
    assert "basket.handed_over" not in lane.kinds()


@pytest.mark.parametrize("wait_s", [0, 60])
def test_the_lane_is_free_again_after_a_touch_or_a_minute(lane: Lane, wait_s: int) -> None:
    lane.to_till()
    if wait_s:
        assert lane.wait(wait_s - 1).screen is Screen.TO_TILL
        lane.wait(1)
    else:
        lane.till.finish()
    assert (lane.view.screen, lane.view.lines, lane.view.handed) == (Screen.IDLE, (), None)


def test_a_scan_meanwhile_changes_nothing(lane: Lane) -> None:
    lane.to_till()
    before = code_of(lane)
    assert lane.scan(BREAD, before).screen is Screen.TO_TILL
    assert code_of(lane) == before


def test_the_code_is_shown_again_after_a_power_cut_while_the_shopper_still_stands_there(lane: Lane) -> None:
    lane.to_till(MILK)
    before = lane.view.handed
    lane.restart()
    assert before is not None
    assert lane.view.screen is Screen.TO_TILL
    assert lane.view.handed is not None
    assert (lane.view.handed.code, lane.view.handed.number) == (before.code, before.number)
    lane.now += timedelta(seconds=61)
    lane.restart()
    assert (lane.view.screen, lane.view.lines) == (Screen.IDLE, ())


def test_numbers_of_baskets_do_not_repeat_for_days(lane: Lane) -> None:
    numbers = set()
    for _ in range(3):
        view = lane.to_till()
        assert view.handed is not None
        numbers.add(view.handed.number)
        lane.till.finish()
    assert len(numbers) == 3


def test_where_nobody_could_pay_anywhere_no_basket_is_begun(lane: Lane) -> None:
    lane.sells(payments={"pay_at_till": False})
    lane.agent.online = False
    assert lane.wait(1).screen is Screen.NO_WAY
    lane.till.begin()
    assert lane.scan(MILK).screen is Screen.NO_WAY
    lane.agent.online = True
    assert lane.wait(1).screen is Screen.IDLE


# --- taking over ------------------------------------------------------------------------------------------------------


def test_another_lane_takes_the_lines_over_at_its_own_prices(lane: Lane, other: Lane) -> None:
    lane.to_till(MILK, BREAD, LABEL)
    other.sells(milk_minor=1000)
    view = other.scan(code_of(lane))
    assert view.screen is Screen.BASKET
    found = [(line.names["en"], line.quantity, line.net_minor) for line in view.lines]
    assert found == [("Milk", 1, 1000), ("Bread", 1, 650), ("Cheese", 1, 1000)]
    assert (other.said, view.notice and view.notice.good) == ("basket_fetched", True)
    other.till.pay()
    assert other.view.screen is Screen.PAY


def test_it_joins_a_basket_that_was_begun(lane: Lane, other: Lane) -> None:
    lane.to_till(MILK, MILK)
    other.scan(MILK)
    view = other.scan(code_of(lane))
    assert [(line.names["en"], line.quantity) for line in view.lines] == [("Milk", 3)]


def test_one_basket_is_not_taken_over_twice_into_one_sale(lane: Lane, other: Lane) -> None:
    lane.to_till(MILK)
    code = code_of(lane)
    other.scan(code)
    assert [line.quantity for line in other.scan(code).lines] == [1]
    assert other.said == "basket_there"
    other.restart()
    assert [line.quantity for line in other.scan(code).lines] == [1]
    other.till.cancel_basket()
    assert [line.quantity for line in other.scan(code).lines] == [1]


def test_all_of_it_is_one_transaction(lane: Lane, other: Lane) -> None:
    lane.to_till(MILK, BREAD)
    code = code_of(lane)
    other.scan(code)
    assert other.kinds()[-3:] == ["basket.fetched", "line.added", "line.added"]


def test_loose_goods_and_those_that_the_other_lane_weighed_come_along(lane: Lane, other: Lane) -> None:
    lane.till.add_loose("LEMON", 3)
    lane.to_till(MILK)
    basket = read_basket_code(code_of(lane), PREFIX)
    weighed = replace(basket, lines=(*basket.lines, HandedLine("4017", grams=500)))
    view = other.scan(basket_code(weighed, PREFIX))
    found = [(line.names["en"], line.quantity, line.grams, line.net_minor) for line in view.lines]
    assert found == [("Lemon", 3, None, 600), ("Milk", 1, None, 1280), ("Apple", 1, 500, 595)]


def test_items_with_a_serial_number_stay_the_same_item(lane: Lane, other: Lane) -> None:
    lane.to_till(f"01{MILK.zfill(14)}21A7")
    other.scan(code_of(lane))
    view = other.scan(f"01{MILK.zfill(14)}21A7")
    assert (other.said, [line.quantity for line in view.lines]) == ("already_in_basket", [1])


def test_what_this_lane_does_not_know_or_may_not_sell_stays_in_sight(lane: Lane, other: Lane) -> None:
    lane.to_till(MILK, BREAD)
    other.sells(without={"MILK"}, offers=(), recalls=[RecallRow("BREAD", Recall("glass"))])
    view = other.scan(code_of(lane))
    assert [(line.code, line.problem) for line in view.lines] == [(MILK, "unknown"), (BREAD, "recalled")]
    other.till.pay()
    assert other.view.screen is Screen.BASKET


def test_coupons_and_clubs_go_with_the_basket(lane: Lane, other: Lane) -> None:
    for one in (lane, other):
        one.sells(campaigns=[(COUPON, ("BREAD",)), (CLUB, ("MILK",))])
    lane.till.member(["member"])
    lane.scan("SAVE")
    lane.to_till(MILK, BREAD)
    there = lane.view.handed
    view = other.scan(code_of(lane))
    assert there is not None
    assert (other.said, view.total_minor, there.total_minor) == ("basket_fetched", 1180 + 550, 1180 + 550)
    assert other.scan("SAVE").notice is not None
    assert other.said == "coupon_there"


def test_a_basket_that_is_dearer_here_says_so(lane: Lane, other: Lane) -> None:
    lane.to_till(MILK, MILK)
    other.sells(offers=())
    view = other.scan(code_of(lane))
    assert (other.said, view.notice is not None and view.notice.good, view.total_minor) == (
        "basket_dearer",
        False,
        2560,
    )


def test_nothing_is_taken_over_at_prices_in_another_currency(lane: Lane, other: Lane) -> None:
    lane.to_till(MILK)
    other.scan(BREAD)
    write_list(other.folder / "price-list.sqlite", revision=2, currency="EUR")
    other.wait(1)
    view = other.scan(code_of(lane))
    assert (other.said, [line.names["en"] for line in view.lines]) == ("cannot_now", ["Bread"])


def test_age_is_asked_for_anew(lane: Lane, other: Lane) -> None:
    lane.scan(WINE, BADGE)
    lane.till.staff_act("approve_age")
    lane.to_till(MILK)
    other.scan(code_of(lane))
    other.till.pay()
    assert (other.view.screen, other.view.needs_age) == (Screen.BASKET, 18)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        (lambda code: code[:-9], "basket_damaged"),
        (lambda code: PREFIX + "MINE", "basket_damaged"),
        (lambda code: PREFIX, "basket_damaged"),
        (
            lambda code: basket_code(replace(read_basket_code(code, PREFIX), lines=(), whole=False), PREFIX),
            "basket_to_staff",
        ),
    ],
)
def test_a_code_that_cannot_be_taken_over_is_answered_in_words(lane: Lane, other: Lane, change: Any, word: str) -> None:
    lane.to_till(MILK)
    view = other.scan(change(code_of(lane)))
    assert (other.said, view.lines, view.screen) == (word, (), Screen.IDLE)


def test_a_forged_code_gets_no_goods_cheaper_than_a_forged_label_would(lane: Lane, other: Lane) -> None:
    lane.to_till(MILK)
    basket = read_basket_code(code_of(lane), PREFIX)
    forged = (
        HandedLine(MILK, label_minor=1),
        HandedLine(BREAD, grams=1),
        HandedLine(CHEESE),
        HandedLine(BREAD, quantity=5000),
    )
    view = other.scan(basket_code(replace(basket, lines=forged), PREFIX))
    assert [(line.net_minor, bool(line.problem)) for line in view.lines] == [
        (1280, False),
        (650, False),
        (0, True),
        (0, True),
    ]
