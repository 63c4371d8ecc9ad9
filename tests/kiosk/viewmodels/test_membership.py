"""Membership's view-models: ticks belong to one offer, numbers are gone with their sheet, words are honest."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from kiosk.services.lane_view import LaneView, Notice
from kiosk.services.member_view import RewardsView
from kiosk.services.texts import Texts
from kiosk.viewmodels.lane import LaneViewModel
from kiosk.viewmodels.phone import grouped
from tests.kiosk.qml.lane_window import Asked
from tests.kiosk.qml.member_views import (
    ALL,
    BASKET,
    BY_NUMBER,
    COUPON,
    GIFT,
    KNOWN,
    MALL,
    MEMBERS,
    OFFERED,
    ONE,
    OWN_COUPONS,
    PACKET,
    done,
    phone,
)
from tests.kiosk.viewmodels.shown import as_qml, rows

pytestmark = pytest.mark.usefixtures("qapp")
TEXTS = Texts.load()


class Bench:
    def __init__(self) -> None:
        self.asked = Asked()
        self.model = LaneViewModel(self.asked, TEXTS)

    def show(self, view: LaneView) -> None:
        self.model.show(view)
        self.asked.acts.clear()

    def __getattr__(self, part: str) -> object:
        return as_qml(getattr(self.model, part))


@pytest.fixture
def bench() -> Iterator[Bench]:
    yield Bench()  # noqa: PT022 - the model must outlive the test


def ticked(bench: Bench) -> list[object]:
    return [row["key"] for row in rows(as_qml(bench.model.join).asks) if row["ticked"]]


def test_ticks_are_gone_when_the_sheet_opens_anew_and_with_the_offer(bench: Bench) -> None:
    bench.show(replace(OFFERED, join=MALL))
    join = as_qml(bench.model.join)
    bench.model.openSheet("joining")
    join.tick("member membership")
    assert ticked(bench) == ["member membership"]
    bench.model.openSheet("joining")
    assert ticked(bench) == []
    join.tick("member membership")
    bench.show(MEMBERS)
    bench.show(replace(OFFERED, join=MALL))
    assert ticked(bench) == []


def test_a_further_purpose_of_a_club_that_is_not_joined_is_not_consented_to(bench: Bench) -> None:
    bench.show(replace(OFFERED, join=MALL))
    join = as_qml(bench.model.join)
    for key in ("cloud-leaf membership", "cloud-leaf sharing", "member membership", "member marketing"):
        join.tick(key)
    join.tick("member membership")  # taken back
    join.joinTicked(False)
    assert bench.asked.acts == [("join", ("cloud-leaf",), (("cloud-leaf", "sharing"),))]


def test_the_only_club_needs_no_box_of_its_own(bench: Bench) -> None:
    bench.show(replace(OFFERED, join=ONE))
    boxed = {row["key"]: row["boxed"] for row in rows(as_qml(bench.model.join).asks)}
    assert boxed == {"member membership": False, "member marketing": True, "member profiling": True}
    as_qml(bench.model.join).tick("member marketing")
    as_qml(bench.model.join).joinTicked(True)
    assert bench.asked.acts == [("open_phone", ("member",), (("member", "marketing"),))]


def test_where_no_payment_tells_who_pays_joining_asks_for_a_number(bench: Bench) -> None:
    bench.show(replace(OFFERED, join=BY_NUMBER))
    assert as_qml(bench.model.join).property("title") == "Become a member by phone number"
    as_qml(bench.model.join).joinAll()
    as_qml(bench.model.join).refuse()
    assert bench.asked.acts == [("open_phone", ("member",), ()), ("refuse_joining",)]


def test_an_offer_that_nothing_can_answer_is_none(bench: Bench) -> None:
    bench.show(replace(OFFERED, join=replace(ONE, by_wallet=False, by_phone=False)))
    assert as_qml(bench.model.join).property("offered") is False


@pytest.mark.parametrize(
    "after",
    [
        MEMBERS,
        replace(OFFERED, phone=phone("number")),
        replace(OFFERED, notice=Notice("takes_wechat", 77)),
    ],
    ids=["answered", "a number is asked for", "something is said"],
)
def test_the_sheet_of_consents_closes_with_what_it_was_opened_for(bench: Bench, after: LaneView) -> None:
    bench.show(OFFERED)
    bench.model.openSheet("joining")
    bench.model.show(after)
    assert bench.model.property("sheet") == ""


def test_keys_that_a_person_types_reach_the_number(bench: Bench) -> None:
    bench.show(replace(BASKET, phone=phone("number", joining=False)))
    for key in "1380013800x0\b0":
        bench.model.typed(key)
    number = as_qml(bench.model.phone)
    assert number.property("typed") == "138 0013 8000"
    number.enter()
    assert bench.asked.acts[-1] == ("enter_phone", "13800138000")
    number.clear()
    number.enter()
    assert bench.asked.acts[-1] == ("enter_phone", "13800138000")
    assert number.property("canEnter") is False


def test_a_number_that_was_refused_can_be_mended_and_a_wrong_code_is_typed_anew(bench: Bench) -> None:
    number = as_qml(bench.model.phone)
    bench.show(replace(OFFERED, phone=phone("number")))
    for key in "13800138":
        number.press(key)
    number.enter()
    bench.model.show(replace(OFFERED, phone=phone("checking")))
    bench.model.show(replace(OFFERED, phone=phone("number", problem="offline")))
    assert number.property("typed") == "138 0013 8"
    bench.model.show(replace(OFFERED, phone=phone("checking")))
    bench.model.show(replace(OFFERED, phone=phone("code")))
    number.press("4")
    bench.model.show(replace(OFFERED, phone=phone("checking")))
    bench.model.show(replace(OFFERED, phone=phone("code", problem="wrong_code")))
    assert number.property("typed") == ""
    assert number.property("problem") == "That is not the code we sent. Please look again."


def test_nothing_of_a_number_outlives_its_sheet(bench: Bench) -> None:
    number = as_qml(bench.model.phone)
    bench.show(replace(OFFERED, phone=phone("number")))
    for key in "13800138000":
        number.press(key)
    number.enter()
    bench.model.show(OFFERED)
    assert "138" not in repr(vars(number))
    bench.show(replace(OFFERED, phone=phone("code")))
    assert number.property("canAskAgain") is False


@pytest.mark.parametrize(
    ("digits", "shown"), [("138", "138"), ("13800138000", "138 0013 8000"), ("0912345678", "0912 3456 78"), ("", "")]
)
def test_numbers_are_grouped_as_people_say_them(digits: str, shown: str) -> None:
    assert grouped(digits) == shown


def test_the_strip_of_the_pay_screen_is_not_said_twice(bench: Bench) -> None:
    known = Notice("member_known", 5, good=True)
    bench.show(replace(MEMBERS, member=KNOWN, notice=known))
    assert bench.model.property("noticeText") == ""
    bench.show(replace(BASKET, member=KNOWN, notice=known))
    assert bench.model.property("noticeText") == "Welcome back. Member prices count."
    bench.show(replace(MEMBERS, notice=Notice("member_expired", 6)))
    assert str(bench.model.property("noticeText")).startswith("This member code has run out.")


def test_where_a_code_went_is_shown_with_stars(bench: Bench) -> None:
    bench.show(replace(OFFERED, phone=phone("code", shown="•••••••5678")))
    assert as_qml(bench.model.phone).property("lead") == "A code is on its way to *******5678."


def test_own_coupons_say_what_they_give_and_until_when(bench: Bench) -> None:
    bench.show(replace(MEMBERS, member=KNOWN, own_coupons=OWN_COUPONS))
    first, second = rows(as_qml(bench.model.member).coupons)
    assert (first["text"], first["until"], first["waiting"]) == ("Spend ¥50.00, save ¥5.00", "Until 2026-04-30", False)
    assert (second["until"], second["waiting"]) == ("", True)
    as_qml(bench.model.member).useCoupon("OWN-5")
    as_qml(bench.model.member).leave()
    assert bench.asked.acts == [("use_coupon", "OWN-5"), ("forget_member",)]


def test_a_members_coupon_is_on_their_page_and_a_strangers_is_shown(bench: Bench) -> None:
    bench.show(done(RewardsView("ready", member=True, rewards=(COUPON, PACKET))))
    assert [card["code"] for card in rows(as_qml(bench.model.rewards).cards)] == ["", ""]
    bench.show(done(RewardsView("ready", rewards=(COUPON, GIFT))))
    cards = rows(as_qml(bench.model.rewards).cards)
    assert [card["code"] for card in cards] == ["SGC-A1", "SGC-B2"]
    assert cards[0]["text"] == "Show next time: SGC-A1"


def test_a_shop_without_membership_shows_the_last_screen_as_ever(bench: Bench) -> None:
    bench.show(done(RewardsView()))
    assert as_qml(bench.model.rewards).property("shown") is False


def test_a_plate_elsewhere_begins_with_letters(bench: Bench) -> None:
    parking = as_qml(bench.model.parking)
    bench.show(replace(done(ALL), currency="TWD"))
    bench.model.openSheet("plate")
    assert parking.property("provinces") is False
    for key in "abc1234":
        bench.model.typed(key)
    parking.enter()
    assert bench.asked.acts[-1] == ("park", "plate", "ABC1234")
    assert parking.property("typed") == ""


def test_the_pad_turns_to_letters_after_the_province_and_back_when_it_is_erased(bench: Bench) -> None:
    parking = as_qml(bench.model.parking)
    bench.show(done(ALL))
    bench.model.openSheet("plate")
    assert parking.property("keys")[0] == "京"
    parking.press("沪")
    assert (parking.property("provinces"), parking.property("typed")) == (False, "沪")
    parking.press("\b")
    assert (parking.property("provinces"), parking.property("typed")) == (True, "")
    parking.turn()
    assert parking.property("provinces") is False


def test_what_was_typed_of_a_car_is_gone_with_its_sheet(bench: Bench) -> None:
    bench.show(done(ALL))
    bench.model.openSheet("ticket")
    for key in "47a-!\b11":
        bench.model.typed(key)
    assert as_qml(bench.model.parking).property("typed") == "47A11"
    bench.model.closeSheet()
    assert as_qml(bench.model.parking).property("typed") == ""
    as_qml(bench.model.parking).enter()
    assert ("park", "ticket", "47A11") not in bench.asked.acts
