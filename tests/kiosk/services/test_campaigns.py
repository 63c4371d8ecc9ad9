"""Campaigns at a lane: coupons before and after their goods, clubs, and what a way of paying makes of the amount."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hub.sales import build
from kiosk.services.coupon_desk import MAX_COUPONS
from kiosk.services.lane_view import PayBlock, Screen
from offline_cache.journal import JournalReader
from payments.gateway import Outcome, PaymentResult
from retail.events import Event, EventKind
from retail.money import Money
from retail.promotions.campaign import Campaign, Kind, Terms, When
from tests.kiosk.lane_rig import APPROVED, BADGE, BREAD, DECLINED, MILK, START, UNKNOWN, WALLET, LaneRig, write_list

COUPON = Campaign("save", Terms(Kind.N_SAVE_X, 1, off=100), coupon="SAVE", per_receipt=1)
SINGLE = Campaign("ten", Terms(Kind.BASKET, amount_from=1000, off=50), coupon="T-*", everything=True, layer=1)
OVER = Campaign("over", Terms(Kind.N_SAVE_X, 1, off=100), when=When(valid_until=1), coupon="OVER")
CLUB = Campaign("club", Terms(Kind.PERCENT, percent_bp=1000), clubs=("member",))
BY_CARD = Campaign("card", Terms(Kind.BASKET, amount_from=500, off=60), ways=("card",), everything=True, layer=2)
BY_WECHAT = Campaign("wechat", Terms(Kind.BASKET, amount_from=500, off=80), ways=("wechat",), everything=True, layer=2)
ALL: Sequence[tuple[Campaign, Collection[str]]] = [
    (COUPON, ("BREAD",)),
    (SINGLE, ()),
    (OVER, ("BREAD",)),
    (CLUB, ("BREAD",)),
    (BY_CARD, ()),
    (BY_WECHAT, ()),
]


class Lane(LaneRig):
    def sells(self, *, revision: int = 2, campaigns: Sequence[tuple[Campaign, Collection[str]]] = ALL) -> None:
        write_list(self.folder / "price-list.sqlite", revision=revision, campaigns=campaigns)

    def say(self, code: str) -> tuple[str, int]:
        """The word that a scan is answered with, and the total after it."""
        view = self.scan(code)
        return (view.notice.code if view.notice else "", view.total_minor)

    def last(self, kind: EventKind) -> Event:
        with JournalReader(self.folder / "journal.sqlite") as journal:
            return [event for event in journal.events() if event.kind == kind][-1]

    def asked_minor(self) -> int:
        return self.bank.requests[-1].amount.minor


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[Lane]:
    lane = Lane(tmp_path)
    lane.sells()
    lane.restart()
    yield lane
    report = lane.verify()
    assert report.ok, report.problem


# --- coupons ----------------------------------------------------------------------------------------------------------


def test_a_coupon_before_its_goods_counts_when_they_come(lane: Lane) -> None:
    assert lane.say("SAVE") == ("coupon_waits", 0)
    assert lane.view.screen is Screen.BASKET
    assert lane.scan(BREAD).total_minor == 550


def test_a_coupon_after_its_goods_needs_no_price_list_to_count(lane: Lane) -> None:
    lane.scan(BREAD)
    lane.sells(revision=3, campaigns=())
    lane.wait(2)
    assert lane.say("SAVE") == ("coupon_taken", 550)


def test_a_coupon_counts_once_and_can_be_taken_back(lane: Lane) -> None:
    lane.scan(BREAD, BREAD)
    assert lane.say("SGC-SAVE") == ("coupon_taken", 1200)  # the shop's prefix is no part of it
    assert lane.say("SAVE") == ("coupon_there", 1200)
    lane.till.withdraw_coupon("SAVE")
    assert lane.view.total_minor == 1300
    assert lane.say("SAVE") == ("coupon_taken", 1200)
    assert [one.code for one in lane.view.coupons] == ["SAVE"]


def test_a_single_coupon_is_one_with_the_shops_prefix_and_without(lane: Lane) -> None:
    single = Campaign("one", Terms(Kind.N_SAVE_X, 1, off=100), coupon="S*")
    lane.sells(revision=3, campaigns=[(single, ("BREAD",))])
    lane.wait(2)
    lane.scan(BREAD, BREAD)
    assert lane.say("SGC-S1") == ("coupon_taken", 1200)
    assert lane.say("S1") == ("coupon_there", 1200)


def test_a_code_of_single_coupons_is_each_good_for_one_use(lane: Lane) -> None:
    lane.scan(BREAD, MILK)
    assert lane.say("T-0001") == ("coupon_taken", 1880)
    assert lane.say("T-0001") == ("coupon_there", 1880)


@pytest.mark.parametrize(("code", "word"), [("SGC-NOBODYS", "coupon_noted"), ("OVER", "unknown_code")])
def test_a_coupon_that_nothing_takes_is_a_word_and_stops_nobody(lane: Lane, code: str, word: str) -> None:
    lane.scan(BREAD)
    assert lane.say(code) == (word, 650)
    assert EventKind.COUPON_PRESENTED not in lane.kinds()


def test_a_coupon_on_the_pay_screen_changes_the_amount_there(lane: Lane) -> None:
    lane.pay_screen(BREAD)
    assert lane.say("SAVE") == ("coupon_taken", 550)
    assert lane.view.screen is Screen.PAY


def test_a_coupon_while_the_screen_says_paid_begins_nothing(lane: Lane) -> None:
    lane.bank.answers.append(APPROVED)
    lane.pay_screen(BREAD)
    lane.scan(WALLET)
    assert lane.say("SAVE")[0] == "coupon_too_late"
    lane.till.member(["member"])
    assert lane.view.screen is Screen.DONE


def test_there_is_an_end_to_coupons(lane: Lane) -> None:
    lane.scan(*(f"T-{number}" for number in range(MAX_COUPONS)))
    assert lane.say("T-more")[0] == "limit_reached"


def test_coupons_are_there_after_a_restart(lane: Lane) -> None:
    lane.scan("SAVE", BREAD)
    lane.restart()
    assert (lane.view.total_minor, [one.code for one in lane.view.coupons]) == (550, ["SAVE"])


# --- clubs ------------------------------------------------------------------------------------------------------------


def test_a_member_pays_member_prices_for_goods_from_before_and_after(lane: Lane) -> None:
    lane.scan(BREAD)
    lane.till.member(["member"])
    assert lane.view.total_minor == 585
    assert lane.scan(BREAD).total_minor == 1170
    lane.till.member([])
    assert lane.view.total_minor == 1300
    assert lane.last(EventKind.MEMBER_IDENTIFIED).body == {"clubs": []}


# --- ways -------------------------------------------------------------------------------------------------------------


def test_the_amount_asked_for_is_that_of_the_way_and_so_is_the_completion(lane: Lane) -> None:
    lane.bank.answers.append(APPROVED)
    lane.pay_screen(BREAD)
    assert lane.view.total_minor == 650
    view = lane.scan(WALLET)
    assert (lane.asked_minor(), view.screen) == (570, Screen.DONE)
    body = lane.last(EventKind.SALE_COMPLETED).body
    assert (body["total_minor"], body["saved_minor"]) == (570, 80)
    (line,) = body["priced"]
    assert (line["net_minor"], [one["saving_minor"] for one in line["discounts"]]) == (570, [80])
    assert [(one["campaign"].partition("#")[0], one["times"]) for one in body["uses"]] == [("wechat", 1)]


def test_after_a_refusal_another_way_has_its_own_amount(lane: Lane) -> None:
    lane.bank.answers.append(DECLINED)
    lane.terminal.answers.append(APPROVED)
    lane.pay_screen(BREAD)
    view = lane.scan(WALLET)
    assert (view.screen, view.total_minor, lane.asked_minor()) == (Screen.PAY, 650, 570)
    lane.till.choose_way("card")
    assert lane.terminal.requests[-1].amount == Money(590, "CNY")
    assert lane.last(EventKind.SALE_COMPLETED).body["total_minor"] == 590


def test_a_payment_in_doubt_keeps_its_amount_over_a_restart(lane: Lane) -> None:
    lane.pay_screen(BREAD)
    lane.scan(WALLET)
    lane.sells(revision=3, campaigns=())
    lane.restart()
    assert (lane.view.screen, lane.view.total_minor) == (Screen.PAYMENT_UNKNOWN, 570)
    lane.bank.answers.append(APPROVED)
    lane.wait(10)
    assert (lane.view.screen, lane.last(EventKind.SALE_COMPLETED).body["total_minor"]) == (Screen.DONE, 570)


def test_one_that_was_set_aside_is_completed_at_its_own_amount(lane: Lane) -> None:
    lane.pay_screen(BREAD)
    lane.scan(WALLET, BADGE)
    lane.till.staff_act("set_aside")
    assert lane.scan(MILK).total_minor == 1280
    lane.bank.answers.extend([UNKNOWN, APPROVED])
    lane.later(timedelta(seconds=30))
    lane.later(timedelta(seconds=30))
    assert lane.last(EventKind.SALE_COMPLETED).body["total_minor"] == 570
    assert lane.view.total_minor == 1280


def test_an_approval_of_the_amount_without_the_campaign_is_not_ours(lane: Lane) -> None:
    lane.bank.answers.append(PaymentResult(Outcome.APPROVED, paid=Money(650, "CNY")))
    lane.pay_screen(BREAD)
    assert lane.scan(WALLET).screen is Screen.PAYMENT_UNKNOWN


def test_a_way_that_would_be_asked_for_nothing_is_not_asked(lane: Lane) -> None:
    free = Campaign("free", Terms(Kind.BASKET, percent_bp=10_000), ways=("card",), everything=True)
    lane.sells(revision=3, campaigns=[(free, ())])
    lane.wait(2)
    lane.pay_screen(BREAD)
    lane.till.choose_way("card")
    assert (lane.view.screen, lane.terminal.requests) == (Screen.PAY, [])


def test_what_coupons_leave_nothing_to_pay_of_is_given_away(lane: Lane) -> None:
    gift = Campaign("gift", Terms(Kind.PERCENT, percent_bp=10_000), coupon="GIFT", coupon_single=True, per_receipt=1)
    lane.sells(revision=3, campaigns=[(gift, ("BREAD",))])
    lane.wait(2)
    lane.scan(BREAD, "GIFT")
    assert (lane.view.total_minor, lane.view.pay_block) == (0, PayBlock.NONE)
    lane.till.pay()
    assert (lane.view.screen, lane.bank.requests, lane.terminal.requests) == (Screen.DONE, [], [])
    body = lane.last(EventKind.SALE_COMPLETED).body
    assert (body["total_minor"], body["saved_minor"], body["uses"][0]["coupons"]) == (0, 650, ["GIFT"])
    with JournalReader(lane.folder / "journal.sqlite") as journal:
        built = build(event for event in journal.events() if event.sale_id)
    assert built.record is not None
    assert (built.refused, built.record.discrepancy, built.record.status) == ({}, "", "completed")
    lane.restart()
    assert lane.view.screen is Screen.DONE


@pytest.mark.parametrize("how", ["code", "touch"])
def test_a_coupon_for_all_on_the_pay_screen_leaves_nobody_to_ask(lane: Lane, how: str) -> None:
    free = Campaign("free", Terms(Kind.BASKET, percent_bp=10_000), coupon="FREE", everything=True)
    lane.sells(revision=3, campaigns=[(free, ())])
    lane.wait(2)
    lane.pay_screen(BREAD)
    assert lane.say("FREE") == ("coupon_taken", 0)
    if how == "code":
        lane.scan(WALLET)
    else:
        lane.till.choose_way("card")
    assert (lane.view.screen, lane.bank.requests, lane.terminal.requests) == (Screen.DONE, [], [])


# --- goods ------------------------------------------------------------------------------------------------------------


def test_the_same_goods_with_other_campaigns_are_a_line_of_their_own(lane: Lane) -> None:
    lane.scan(BREAD, BREAD)
    changed = Campaign("save", Terms(Kind.N_SAVE_X, 2, off=300))
    lane.sells(revision=3, campaigns=[(changed, ("BREAD",))])
    lane.wait(2)
    view = lane.scan(BREAD)
    assert (sum(line.quantity for line in view.lines), view.total_minor) == (3, 3 * 650 - 300)


def test_goods_whose_campaign_is_over_are_a_line_of_their_own_and_those_from_before_keep_it(lane: Lane) -> None:
    lane.scan(MILK)
    lane.sells(revision=3)
    lane.wait(2)
    lane.scan(MILK)
    assert [line.quantity for line in lane.view.lines] == [2]  # the multi-buy goes on
    write_list(lane.folder / "price-list.sqlite", revision=4, offers=())
    lane.wait(2)
    view = lane.scan(MILK)
    assert ([line.quantity for line in view.lines], view.total_minor) == ([2, 1], 2200 + 1280)


def test_a_campaign_for_everything_is_not_for_goods_that_come_after_its_end(lane: Lane) -> None:
    ends = int(START.timestamp()) + 60
    half = Campaign("half", Terms(Kind.PERCENT, percent_bp=5000), when=When(valid_until=ends), everything=True)
    lane.sells(revision=3, campaigns=[(half, ())])
    lane.wait(2)
    lane.scan(BREAD)
    lane.later(timedelta(seconds=60))
    assert lane.view.total_minor == 325
    view = lane.scan(BREAD, BREAD)
    assert ([line.net_minor for line in view.lines], view.total_minor) == ([325, 1300], 1625)
    lane.sells(revision=4, campaigns=[(replace(half, when=When()), ())])  # and once it holds again, it is for all
    assert lane.wait(2).total_minor == 975


def test_a_lower_price_does_not_take_away_what_paying_by_card_was_said_to_save(lane: Lane) -> None:
    by_card = Campaign("card", Terms(Kind.BASKET, amount_from=1280, off=100), ways=("card",), everything=True)
    lane.sells(revision=3, campaigns=[(by_card, ())])
    lane.wait(2)
    lane.pay_screen(MILK)
    assert [(hint.way, hint.saving_minor) for hint in lane.view.way_hints] == [("card", 100)]
    write_list(lane.folder / "price-list.sqlite", revision=4, milk_minor=1270, campaigns=[(by_card, ())])
    lane.wait(2)
    lane.terminal.answers.append(APPROVED)
    lane.till.choose_way("card")
    assert lane.terminal.requests[-1].amount == Money(1180, "CNY")
