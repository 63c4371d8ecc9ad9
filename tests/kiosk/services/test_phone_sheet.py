"""The sheet for a phone number: recognised by it, joined by it and a code; refused, offline, closed at any step."""

import gc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.services.lane_view import Screen
from kiosk.services.member_book import OFFLINE, CodeSent, Refused
from kiosk.services.visitor import PhoneSheet
from retail.membership.programme import Joins
from tests.kiosk.lane_rig import APPROVED, BREAD, DECLINED, MILK, WALLET
from tests.kiosk.member_rig import CARD, NUMBER, PROGRAMME, MemberRig


@pytest.fixture
def lane(tmp_path: Path) -> Any:
    return MemberRig(tmp_path)


@pytest.fixture
def joining(lane: Any) -> Any:
    """The sheet is open, to join mall and brand."""
    lane.pay_screen(MILK, BREAD)
    lane.till.open_phone(["member", "tea"], [("member", "marketing")])
    return lane


def step(lane: MemberRig) -> tuple[str, str]:
    phone = lane.view.phone
    return (phone.step, phone.problem) if phone else ("", "")


def test_a_member_is_recognised_by_a_number_that_stays_nowhere(lane):
    lane.scan(MILK)
    lane.till.open_phone([], [])
    assert (step(lane), lane.view.phone.joining) == (("number", ""), False)
    lane.till.enter_phone("138-0013 8000")
    assert step(lane) == ("checking", "")
    assert lane.book.of("ask_phone")[0][1] == NUMBER
    assert lane.bodies("member.identified") == []
    lane.answer("ask_phone", lane.known("member", used={"x": 1}))
    assert (lane.view.phone, lane.view.total_minor, lane.view.member.by) == (None, 1000, "phone")
    assert lane.bodies("member.identified")[0]["used"] == {"x": 1}
    assert NUMBER.encode() not in lane.disk()


@pytest.mark.parametrize("why", ["unknown", OFFLINE, "too_many"])
def test_why_a_number_finds_nobody_stands_on_the_sheet_and_it_can_be_typed_again(lane, why):
    lane.scan(MILK)
    lane.till.open_phone([], [])
    lane.till.enter_phone(NUMBER)
    lane.answer("ask_phone", Refused(why))
    assert step(lane) == ("number", why)
    lane.till.enter_phone("13900139000")
    first, second = lane.book.of("ask_phone")
    assert first[0] != second[0], "another number is another claim"


@pytest.mark.parametrize("number", ["12", "abc", "1" * 20])
def test_what_is_no_number_is_sent_nowhere(lane, number):
    lane.scan(MILK)
    lane.till.open_phone([], [])
    lane.till.enter_phone(number)
    assert (step(lane), lane.book.asked) == (("number", "unknown"), [])


def test_a_number_and_its_code_join_mall_and_brand(joining):
    lane = joining
    lane.till.enter_phone(NUMBER)
    lane.answer("send_code", CodeSent(300, 60))
    phone = lane.view.phone
    assert (phone.step, phone.shown, phone.again_in_s, phone.joining) == ("code", "•••••••8000", 60, True)
    lane.till.enter_phone_code("123456")
    ((claim, number, code, given),) = lane.book.of("join_by_phone")
    assert (number, code, [(one.club, one.purpose.value) for one in given]) == (
        NUMBER,
        "123456",
        [("member", "membership"), ("member", "marketing"), ("tea", "membership")],
    )
    assert lane.bodies("member.joining") == [], "the hub has not said yes"
    lane.answer("join_by_phone", lane.known("member", "tea"))
    assert (lane.view.phone, lane.view.total_minor, lane.view.join) == (None, 1500, None)
    assert (lane.view.member.by, lane.view.member.joining) == ("phone", False)
    (joined,) = lane.bodies("member.joining")
    assert (joined["by"], joined["claim"], joined["clubs"]) == ("phone", claim, ["member", "tea"])
    lane.terminal.answers.append(APPROVED)
    lane.till.choose_way("card")
    assert lane.view.done.total_minor == 1500
    assert NUMBER.encode() not in lane.disk()


@pytest.mark.parametrize("why", ["wrong_code", "expired", "too_many", OFFLINE])
def test_a_code_that_is_refused_can_be_typed_again_under_the_same_claim(joining, why):
    lane = joining
    lane.till.enter_phone(NUMBER)
    lane.answer("send_code", CodeSent(300, 60))
    lane.till.enter_phone_code("111111")
    lane.answer("join_by_phone", Refused(why))
    assert step(lane) == ("code", why)
    lane.till.enter_phone_code("222222")
    first, second = lane.book.of("join_by_phone")
    assert (first[0], second[2]) == (second[0], "222222")


def test_another_code_is_sent_when_its_time_has_come_and_at_once_to_another_number(joining):
    lane = joining
    lane.till.enter_phone(NUMBER)
    lane.answer("send_code", CodeSent(300, 60))
    lane.till.enter_phone("")
    assert (step(lane), len(lane.book.of("send_code"))) == (("code", ""), 1)
    lane.wait(60)
    assert lane.view.phone.again_in_s == 0
    lane.till.enter_phone("")
    assert [number for number, _ in lane.book.of("send_code")] == [NUMBER, NUMBER]
    lane.answer("send_code", CodeSent(300, 60))
    lane.till.enter_phone("13900139000")
    assert lane.book.of("send_code")[-1][0] == "13900139000"


def test_a_number_to_which_nothing_can_be_sent_says_so(joining):
    lane = joining
    lane.till.enter_phone(NUMBER)
    lane.answer("send_code", Refused("refused"))
    assert step(lane) == ("number", "refused")


def test_nobody_need_wait_the_sheet_is_closed_and_what_comes_later_counts(lane):
    lane.scan(MILK)
    lane.till.open_phone([], [])
    lane.till.enter_phone(NUMBER)
    lane.till.close_phone()
    assert lane.view.phone is None
    gc.collect()
    assert [one.number for one in gc.get_objects() if isinstance(one, PhoneSheet) and one.number] == []
    lane.answer("ask_phone", lane.known("member"))
    assert lane.view.total_minor == 1000


def test_a_number_that_is_found_after_another_member_showed_their_card_changes_nothing(lane):
    lane.scan(MILK)
    lane.till.open_phone([], [])
    lane.till.enter_phone(NUMBER)
    known = lane.known("tea")
    lane.scan(f"SGM-{CARD}")
    lane.answer("ask_phone", known)
    assert (lane.view.total_minor, lane.view.member.by) == (1000, "card")


def test_paying_goes_on_while_the_hub_looks_and_its_answer_waits_for_an_open_basket(lane):
    lane.pay_screen(MILK)
    lane.till.open_phone([], [])
    lane.till.enter_phone(NUMBER)
    known = lane.known("member")
    lane.runner.held = True
    lane.bank.answers.append(DECLINED)
    lane.scan(WALLET)
    lane.answer("ask_phone", known)
    assert (lane.view.screen, lane.view.payment.amount_minor) == (Screen.PAYING, 1280)
    lane.runner.flush()
    lane.wait(1)
    assert (lane.view.screen, lane.view.total_minor) == (Screen.PAY, 1000)


def test_an_answer_after_the_visit_is_nobodys(lane):
    lane.scan(MILK)
    lane.till.open_phone([], [])
    lane.till.enter_phone(NUMBER)
    known = lane.known("member")
    lane.till.cancel_basket()
    lane.scan(MILK)
    lane.answer("ask_phone", known)
    assert (lane.view.total_minor, lane.view.phone) == (1280, None)


def test_the_sheet_of_a_shop_that_joins_by_wallet_alone_does_not_open_to_join(tmp_path):
    class Wallets(MemberRig):
        programme = replace(PROGRAMME, joins=(Joins.WALLET,))

    lane: Any = Wallets(tmp_path)
    lane.pay_screen(MILK)
    lane.till.open_phone(["member"], [])
    assert lane.view.phone is None
    lane.till.open_phone([], [])
    assert lane.view.phone is not None


@pytest.mark.parametrize("then", ["another_member", "nobody"])
def test_an_answer_that_waited_for_the_payment_is_not_for_who_came_after(lane, then):
    lane.recognised("member")
    lane.pay_screen()
    lane.till.open_phone((), ())
    lane.till.enter_phone(NUMBER)
    lane.runner.held = True
    lane.bank.answers.append(DECLINED)
    lane.scan(WALLET)
    lane.answer("ask_phone", lane.known("shoes"))
    lane.runner.flush()
    if then == "nobody":
        lane.till.forget_member()
    else:
        lane.scan(lane.member_code("tea"))
    lane.wait(1)
    assert lane.bodies("member.identified")[-1]["clubs"] == ([] if then == "nobody" else ["tea"])
