"""The offline ladder at a lane: what may be stored, what then waits for the bank, and what becomes of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kiosk.services.lane_view import LaneView, Screen
from payments.gateway import Outcome, PaymentResult, Presents, Reason
from retail.money import Money
from retail.payment_policy import Rung
from tests.kiosk.lane_rig import (
    APPROVED,
    BADGE,
    DECLINED,
    MILK,
    PENDING,
    UNKNOWN,
    WALLET,
    WINE,
    BenchWay,
    LaneRig,
    ScriptedBank,
    write_list,
)

LIMITS = {"per_sale_minor": 2560, "sum_minor": 3840, "count": 3, "oldest_hours": 24}
STORED = PaymentResult(Outcome.APPROVED, reference="T1", stored=True)
UNREACHABLE = PaymentResult(Outcome.DECLINED, Reason.UNAVAILABLE)
CARD = PaymentResult(Outcome.APPROVED, reference="T1")


class Lane(LaneRig):
    """A lane whose wallet asks by the hub, and whose terminal may store up to three milks."""

    def policy(self, **payments: Any) -> None:
        write_list(self.folder / "price-list.sqlite", revision=2, payments=payments)
        self.restart()

    def cut(self) -> LaneView:
        self.agent.online = False
        self.till.tick()
        return self.view

    def pay_by_card(self, *answers: PaymentResult, code: str = MILK) -> LaneView:
        self.pay_screen(code)
        self.terminal.answers.extend(answers)
        self.till.choose_way("card")
        return self.view

    def next_shopper(self) -> LaneView:
        self.till.finish()
        return self.view

    @property
    def whys(self) -> dict[str, str]:
        return {way.id: way.why for way in self.view.ways}


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[Lane]:
    lane = Lane(tmp_path)
    lane.bank.traits = replace(lane.bank.traits, works_offline=False)
    lane.gateway_names = ("hub", "terminal")
    lane.policy(offline_card=LIMITS)
    yield lane
    report = lane.verify()
    assert report.ok, report.problem


def test_with_all_lines_up_a_lane_stands_on_the_first_rung(lane: Lane) -> None:
    assert (lane.view.offline.rung, lane.whys) == (Rung.FULL, {"wallet": "", "card": ""})


def test_without_the_hub_only_cards_are_left_and_they_may_be_stored(lane: Lane) -> None:
    assert lane.cut().offline.rung is Rung.TERMINAL_ONLY
    view = lane.pay_by_card(STORED)
    assert view.screen is Screen.DONE
    assert lane.terminal.requests[-1].may_store
    assert (view.offline.stored, view.offline.stored_minor) == (1, 1280)


def test_what_was_stored_while_the_clock_was_far_ahead_counts_as_too_old(lane: Lane) -> None:
    lane.cut()
    lane.now += timedelta(days=400)
    write_list(lane.folder / "price-list.sqlite", revision=3, published_at=lane.now, payments={"offline_card": LIMITS})
    lane.restart()
    lane.pay_by_card(STORED)
    lane.now -= timedelta(days=400)
    lane.policy(offline_card=LIMITS)
    assert lane.whys["card"] == "limit_age"
    lane.agent.online = True
    lane.terminal.answers.append(CARD)
    lane.wait(10)
    assert lane.cut().offline.stored == 0
    assert lane.whys["card"] == ""


def test_of_two_terminals_of_one_make_that_is_asked_which_stored_it(lane: Lane) -> None:
    other = ScriptedBank(Presents.TERMINAL)
    lane.more_ways = (BenchWay("card-2", "terminal", other),)
    lane.restart()
    lane.cut()
    lane.pay_screen()
    other.answers.append(STORED)
    lane.till.choose_way("card-2")
    lane.wait(40)
    assert (lane.terminal.asked, other.asked[1][0]) == ([], "lookup")


def test_a_wallet_never_stores(lane: Lane) -> None:
    lane.pay_screen()
    lane.bank.answers.append(APPROVED)
    lane.scan(WALLET)
    assert not lane.bank.requests[-1].may_store


def test_limits_hold_to_the_cent_over_many_shoppers(lane: Lane) -> None:
    lane.cut()
    for _ in range(3):
        lane.pay_by_card(STORED)
        lane.next_shopper()
    assert (lane.view.offline.stored_minor, lane.view.offline.rung) == (3840, Rung.PAY_AT_TILL)
    view = lane.pay_screen()
    assert (view.offline.rung, lane.whys["card"]) == (Rung.PAY_AT_TILL, "limit_full")
    lane.till.choose_way("card")
    assert (lane.view.screen, len(lane.terminal.requests)) == (Screen.PAY, 3)


def test_a_dear_basket_and_restricted_goods_are_not_stored(lane: Lane) -> None:
    lane.cut()
    lane.pay_screen(MILK, MILK, MILK)
    assert (lane.view.total_minor, lane.whys["card"]) == (3480, "sale_limit")
    lane.till.cancel_basket()
    lane.scan(WINE, BADGE)
    lane.till.staff_act("approve_age")
    lane.till.pay()
    assert (lane.view.screen, lane.whys["card"]) == (Screen.PAY, "restricted")


def test_restricted_categories_are_looked_up_in_the_list(lane: Lane) -> None:
    lane.policy(offline_card=LIMITS, restricted_categories=["fruit"])
    lane.cut()
    lane.pay_screen(MILK)
    assert lane.whys["card"] == ""
    lane.till.add_loose("LEMON", 1)
    lane.till.pay()
    assert lane.whys["card"] == "restricted"


def test_a_doubtful_payment_counts_as_stored_until_its_outcome_is_known(lane: Lane) -> None:
    lane.cut()
    lane.pay_by_card(UNKNOWN)
    assert (lane.view.offline.stored, lane.view.offline.stored_minor) == (1, 1280)
    lane.terminal.answers.append(DECLINED)
    lane.wait(3)
    assert (lane.view.screen, lane.view.offline.stored) == (Screen.PAY, 0)


def test_what_is_stored_is_known_after_a_restart(lane: Lane) -> None:
    lane.cut()
    lane.pay_by_card(STORED)
    lane.restart()
    assert (lane.view.offline.stored, lane.view.offline.stored_minor) == (1, 1280)


def test_the_bank_is_asked_while_the_lane_is_idle_and_online_and_its_answer_is_written_down(lane: Lane) -> None:
    lane.cut()
    lane.pay_by_card(STORED)
    key = lane.terminal.requests[-1].key
    lane.terminal.answers.extend([STORED, PENDING, UNKNOWN, CARD])
    lane.agent.online = True
    lane.wait(19)  # the shopper is still there
    assert ("lookup", key) not in lane.terminal.asked
    lane.next_shopper()
    lane.wait(120)
    assert lane.terminal.asked.count(("lookup", key)) == 4
    assert (lane.view.offline.stored, lane.kinds()[-1]) == (0, "payment.forwarded")


def test_one_that_gets_no_answer_does_not_keep_the_others_waiting(lane: Lane) -> None:
    lane.cut()
    for _ in range(2):
        lane.pay_by_card(STORED)
        lane.next_shopper()
    keys = {request.key for request in lane.terminal.requests}
    lane.agent.online = True
    lane.terminal.answers.extend([UNKNOWN, CARD])
    lane.wait(12)
    lookups = [key for verb, key in lane.terminal.asked if verb == "lookup"]
    assert set(lookups[:2]) == keys
    assert lane.view.offline.stored == 1


def test_an_answer_about_another_amount_settles_nothing(lane: Lane) -> None:
    lane.cut()
    lane.pay_by_card(STORED)
    lane.next_shopper()
    lane.terminal.answers.append(replace(CARD, paid=Money(1, "CNY")))
    lane.agent.online = True
    lane.wait(4)
    assert lane.view.offline.stored == 1
    assert "payment.forwarded" not in lane.kinds()


def test_what_the_bank_refuses_is_a_debt_until_staff_have_noted_it(lane: Lane) -> None:
    lane.cut()
    lane.pay_by_card(STORED)
    lane.next_shopper()
    lane.agent.online = True
    lane.terminal.answers.append(DECLINED)
    lane.wait(10)
    assert (lane.view.offline.stored, lane.view.offline.debts, lane.view.offline.debts_minor) == (0, 1, 1280)
    lane.restart()
    view = lane.scan(BADGE)
    assert view.staff is not None
    assert (view.offline.debts, "note_debts" in view.staff.acts) == (1, True)
    lane.till.staff_act("note_debts")
    assert lane.view.offline.debts == 0
    assert lane.view.staff is not None
    assert "note_debts" not in lane.view.staff.acts


def test_an_old_stored_payment_closes_the_rung(lane: Lane) -> None:
    lane.cut()
    lane.pay_by_card(STORED)
    lane.next_shopper()
    assert lane.later(timedelta(hours=23, minutes=59)).offline.rung is Rung.TERMINAL_ONLY
    assert lane.later(timedelta(minutes=2)).offline.rung is Rung.PAY_AT_TILL
    lane.pay_screen()
    assert lane.whys["card"] == "limit_age"


def test_a_clock_that_is_set_back_makes_no_stored_payment_younger(lane: Lane) -> None:
    lane.cut()
    lane.pay_by_card(STORED)
    lane.next_shopper()
    lane.later(timedelta(hours=25))
    lane.now -= timedelta(hours=20)
    lane.till.tick()
    assert lane.view.offline.rung is Rung.PAY_AT_TILL


def test_a_shop_that_says_nothing_or_nothing_readable_stores_nothing(lane: Lane) -> None:
    unreadable: list[dict[str, Any]] = [{}, {"offline_card": {"count": -1}}, {"offline_cart": {}}]
    for said in unreadable:
        lane.policy(**said)
        assert lane.cut().offline.rung is Rung.PAY_AT_TILL
        lane.agent.online = True
        lane.pay_by_card(DECLINED)
        assert not lane.terminal.requests[-1].may_store
        lane.till.cancel_basket()


def test_a_wallet_of_the_lanes_own_is_tried_while_the_hub_is_away_and_then_left_alone(lane: Lane) -> None:
    lane.gateway_names = ("wechat", "terminal")
    lane.restart()
    assert lane.cut().offline.rung is Rung.FULL
    lane.pay_screen()
    lane.bank.answers.append(UNREACHABLE)
    lane.scan(WALLET)
    assert (lane.view.screen, lane.whys["wallet"], lane.view.offline.rung) == (
        Screen.PAY,
        "resting",
        Rung.TERMINAL_ONLY,
    )
    lane.wait(60)
    assert lane.whys["wallet"] == "resting"
    lane.agent.online = True
    lane.wait(1)
    assert lane.whys["wallet"] == ""


def test_a_terminal_that_says_that_it_has_no_line_is_held_to_the_limits_for_a_while(lane: Lane) -> None:
    lane.pay_screen(MILK, MILK, MILK)
    lane.terminal.answers.append(PaymentResult(Outcome.DECLINED, Reason.OFFLINE_LIMIT))
    lane.till.choose_way("card")
    assert (lane.view.decline, lane.whys["card"]) == ("offline_limit", "sale_limit")
    lane.wait(60)
    assert lane.whys["card"] == ""
