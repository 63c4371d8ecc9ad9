"""Single coupons: one sale's alone before they count; used, given back, or held while a payment is in doubt."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.services.lane_view import Screen
from kiosk.services.member_book import OFFLINE, Refused, Reserved
from retail.scan_rules import ScanRules
from tests.kiosk.lane_rig import APPROVED, BREAD, DECLINED, MILK, UNKNOWN, WALLET
from tests.kiosk.member_rig import OWN, OWN_COUPON, PROGRAMME, MemberRig

GRANTED = Reserved("ONCE-1")
BEARER = replace(OWN, id="bearer", coupon="SGC-GIFT", personal=False)


@pytest.fixture
def lane(tmp_path: Path) -> Any:
    return MemberRig(tmp_path)


def sale_of(lane: MemberRig) -> str:
    return str(lane.events("basket.started")[-1].sale_id)


def test_a_single_coupon_counts_once_the_hub_has_said_yes(lane):
    lane.scan(MILK, "ONCE-1")
    assert (lane.view.total_minor, lane.view.coupons) == (1280, ())
    assert lane.book.of("reserve") == [["ONCE-1", sale_of(lane), ""]]
    lane.answer("reserve", GRANTED)
    assert (lane.view.total_minor, lane.view.notice.code) == (1230, "coupon_taken")
    assert lane.bodies("coupon.presented") == [{"code": "ONCE-1"}]


def test_one_of_many_uses_counts_at_once_and_nobody_is_asked(lane):
    lane.scan(MILK, "SGC-MANY")
    assert (lane.view.total_minor, lane.book.asked) == (1250, [])


def test_without_members_a_single_coupon_is_the_bearers_word_as_ever(tmp_path):
    class Without(MemberRig):
        programme = None

    lane: Any = Without(tmp_path)
    lane.scan(MILK, "ONCE-1")
    assert (lane.view.total_minor, lane.book.asked) == (1230, [])


@pytest.mark.parametrize(
    ("why", "word"),
    [
        ("used", "coupon_used"),
        ("taken", "coupon_reserved"),
        ("unknown", "coupon_unknown"),
        ("not_yours", "coupon_not_yours"),
        ("expired", "coupon_expired"),
        (OFFLINE, "coupon_offline"),
    ],
)
def test_a_refusal_is_a_word_and_the_price_stays(lane, why, word):
    lane.scan(MILK, "ONCE-1")
    lane.answer("reserve", Refused(why))
    assert (lane.view.total_minor, lane.view.notice.code, lane.view.coupons) == (1280, word, ())


def test_scanned_again_while_it_is_asked_for_it_is_asked_for_once_and_after_that_anew(lane):
    lane.scan(MILK, "ONCE-1", "ONCE-1")
    assert len(lane.book.of("reserve")) == 1
    lane.answer("reserve", Refused("taken"))
    lane.scan("ONCE-1")
    assert len(lane.book.of("reserve")) == 2


def test_offline_a_shop_may_take_what_it_knows_unchecked_and_nothing_else(lane):
    lane.programme = replace(PROGRAMME, coupons_offline=True)
    lane.write_list()
    lane.restart()
    lane.scan(MILK, "ONCE-1", "SGC-STRANGE")
    lane.answer("reserve", Refused(OFFLINE))
    lane.answer("reserve", Refused(OFFLINE))
    assert [one.code for one in lane.view.coupons] == ["ONCE-1"]
    assert (lane.view.total_minor, lane.view.notice.code) == (1230, "coupon_offline")


def test_a_question_without_an_answer_is_not_taken_back_as_that_could_overtake_the_next_one(lane):
    lane.scan(MILK, "ONCE-1")
    lane.answer("reserve", Refused(OFFLINE))
    lane.scan("ONCE-1")
    lane.answer("reserve", GRANTED)
    assert (lane.view.total_minor, lane.book.of("release")) == (1230, [])


@pytest.mark.parametrize("then", ["another_member", "nobody"])
def test_a_members_coupon_that_is_granted_once_they_are_gone_goes_back(lane, then):
    lane.recognised("member", coupons=(OWN_COUPON,))
    lane.scan(MILK)
    lane.till.use_coupon("SGC-OWN1")
    if then == "nobody":
        lane.till.forget_member()
    else:
        lane.scan(lane.member_code("member"))
    lane.answer("reserve", Reserved("SGC-OWN1", OWN, own=True))
    assert (lane.view.coupons, lane.bodies("coupon.presented")) == ((), [])
    assert lane.book.of("release") == [["SGC-OWN1", sale_of(lane)]]


def test_offline_a_members_coupon_is_not_taken_for_who_came_after(lane):
    lane.programme = replace(PROGRAMME, coupons_offline=True)
    lane.write_list()
    lane.restart()
    lane.recognised("member", coupons=(OWN_COUPON,))
    lane.scan(MILK)
    lane.till.use_coupon("SGC-OWN1")
    lane.scan(lane.member_code("member"))
    lane.answer("reserve", Refused(OFFLINE))
    assert (lane.view.coupons, lane.view.notice.code) == ((), "member_known")


def test_a_bearers_coupon_counts_whoever_shows_their_code_meanwhile(lane):
    lane.scan(MILK, "ONCE-1", lane.member_code("member"))
    lane.answer("reserve", GRANTED)
    assert (lane.view.total_minor, lane.book.of("release")) == (950, [])


def test_what_is_granted_after_the_payment_was_begun_goes_back_and_the_price_stays(lane):
    lane.scan(MILK, "ONCE-1")
    lane.till.pay()
    lane.runner.held = True
    lane.bank.answers.append(APPROVED)
    lane.scan(WALLET)
    assert lane.view.notice.code == "coupon_offline", "a shopper who did not wait is told that it does not count"
    lane.answer("reserve", GRANTED)
    assert (lane.view.payment.amount_minor, lane.view.coupons) == (1280, ())
    assert lane.book.of("release") == [["ONCE-1", sale_of(lane)]]
    lane.runner.flush()
    assert lane.view.done.total_minor == 1280


@pytest.mark.parametrize("how", ["withdrawn", "cancelled", "idle", "handed_over"])
def test_a_coupon_that_is_not_used_goes_back(lane, how):
    lane.scan(MILK, "ONCE-1", "SGC-MANY")
    lane.answer("reserve", GRANTED)
    lane.restart()  # nobody remembers which ones were reserved
    sale = sale_of(lane)
    if how == "withdrawn":
        lane.till.withdraw_coupon("ONCE-1")
    elif how == "cancelled":
        lane.till.cancel_basket()
    elif how == "idle":
        lane.wait(130)
    else:
        lane.till.pay()
        lane.till.scan("SGB-TEST-1")
        lane.till.staff_act("hand_over")
    assert lane.book.of("release") == [["ONCE-1", sale]]


def test_a_coupon_that_was_asked_for_by_a_basket_that_is_gone_goes_back(lane):
    lane.scan(MILK, "ONCE-1")
    sale = sale_of(lane)
    lane.till.cancel_basket()
    lane.scan(MILK)
    lane.answer("reserve", GRANTED)
    assert (lane.view.coupons, lane.book.of("release")) == ((), [["ONCE-1", sale]])


def test_a_refused_payment_keeps_the_coupon_and_the_next_one_uses_it(lane):
    lane.scan(MILK, "ONCE-1")
    lane.answer("reserve", GRANTED)
    lane.till.pay()
    lane.bank.answers.extend((DECLINED, APPROVED))
    lane.scan(WALLET)
    lane.scan("130000000000000001")
    assert (lane.view.done.total_minor, lane.book.of("release")) == (1230, [])


def test_a_coupon_of_a_sale_that_is_set_aside_is_held(lane):
    lane.scan(MILK, "ONCE-1")
    lane.answer("reserve", GRANTED)
    lane.till.pay()
    lane.bank.answers.append(UNKNOWN)
    lane.scan(WALLET)
    lane.scan("SGB-TEST-1")
    lane.till.staff_act("set_aside")
    assert (lane.view.screen, lane.book.of("release")) == (Screen.IDLE, [])
    lane.bank.answers.append(APPROVED)
    lane.wait(3)
    (done,) = lane.bodies("sale.completed")
    assert (done["total_minor"], done["points"]) == (1230, 12)


def test_the_coupons_of_a_member_are_a_touch_away_and_count_for_goods_that_come_later(lane):
    lane.recognised("member", coupons=(OWN_COUPON,))
    assert [(one.code, one.waiting) for one in lane.view.own_coupons] == [("SGC-OWN1", False)]
    lane.till.use_coupon("SGC-OWN1")
    assert lane.view.own_coupons[0].waiting
    lane.answer("reserve", Reserved("SGC-OWN1", OWN, own=True))
    assert (lane.view.own_coupons, lane.view.notice.code) == ((), "coupon_waits")
    assert lane.scan(MILK, BREAD).total_minor == 1000 + 650 - 200
    assert lane.book.of("reserve")[0][2] == lane.bodies("member.identified")[0]["claim"]
    assert lane.bodies("coupon.presented")[0]["own"] is True
    lane.restart()
    assert lane.view.total_minor == 1450


def test_a_coupon_that_the_hub_gave_out_may_be_scanned_by_whoever_holds_it(lane):
    lane.scan(MILK, "SGC-GIFT")
    assert lane.view.notice is None or lane.view.notice.code != "coupon_noted"
    lane.answer("reserve", Reserved("SGC-GIFT", BEARER))
    assert lane.view.total_minor == 1080
    assert "own" not in lane.bodies("coupon.presented")[0]


def test_a_coupon_of_the_members_that_was_used_elsewhere_is_not_offered_again(lane):
    lane.recognised("member", coupons=(OWN_COUPON,))
    lane.scan(MILK)
    lane.till.use_coupon("SGC-OWN1")
    lane.answer("reserve", Refused("used"))
    assert (lane.view.own_coupons, lane.view.notice.code) == ((), "coupon_used")


def test_one_that_has_run_out_is_not_offered(lane):
    over = replace(OWN_COUPON, expires_at="2026-11-22T03:59:59+00:00")
    assert lane.recognised("member", coupons=(over,)).own_coupons == ()


def test_a_coupon_taken_back_is_offered_again(lane):
    lane.recognised("member", coupons=(OWN_COUPON,))
    lane.scan(MILK)
    lane.till.use_coupon("SGC-OWN1")
    lane.answer("reserve", Reserved("SGC-OWN1", OWN, own=True))
    lane.till.withdraw_coupon("SGC-OWN1")
    assert ([one.code for one in lane.view.own_coupons], lane.view.total_minor) == (["SGC-OWN1"], 1000)
    assert [code for code, _ in lane.book.of("release")] == ["SGC-OWN1"]


def test_single_coupons_of_another_lanes_basket_are_asked_for_here_before_they_count(tmp_path):
    first: Any
    second: Any
    first, second = MemberRig(tmp_path / "a"), MemberRig(tmp_path / "b")
    first.scan(MILK, "ONCE-1", "SGC-MANY")
    first.answer("reserve", GRANTED)
    first.till.pay()
    first.scan("SGB-TEST-1")
    first.till.staff_act("hand_over")
    second.scan(first.view.handed.code)
    assert [one.code for one in second.view.coupons] == ["MANY"]
    assert second.view.total_minor == 1250
    second.answer("reserve", GRANTED)
    assert second.view.total_minor == first.view.handed.total_minor == 1200


def test_a_coupon_of_the_hubs_is_known_whatever_the_lane_calls_its_own(tmp_path):
    class Renamed(MemberRig):
        scan_rules = ScanRules(coupon_prefix="VOUCHER-")

    lane: Any = Renamed(tmp_path)
    lane.scan(MILK, "SGC-GIFT")
    assert lane.book.of("reserve")[0][0] == "SGC-GIFT"
