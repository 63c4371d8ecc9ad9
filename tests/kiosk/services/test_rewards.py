"""What a sale brought, on the last screen: told when the hub has told it, and never waited for."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.services.lane_view import Screen
from kiosk.services.member_book import OFFLINE, Parked, Refused, Reward, Rewards
from kiosk.services.receipt import ReceiptHeader, receipt_text
from kiosk.services.texts import Texts
from offline_cache.price_list.reader import PriceList
from retail.sale import fold
from retail.sale_pricing import price_sale
from tests.kiosk.lane_rig import APPROVED, BREAD, MILK, WALLET
from tests.kiosk.member_rig import OWN, PAID, MemberRig

NOT_YET = Rewards(ready=False)
READY = Rewards(
    ready=True,
    member=True,
    masked="masked-138",
    joined=("member", "tea"),
    points=15,
    balance=55,
    rewards=(Reward("red_packet", "SGC-OWN1", OWN, amount_minor=200), Reward("points", points=5)),
    parking_minutes=60,
    page="https://hub/m/s#page-secret",
)


@pytest.fixture
def lane(tmp_path: Path) -> Any:
    return MemberRig(tmp_path)


@pytest.fixture
def paid(lane: Any) -> Any:
    """Two clubs were joined, and the wallet has paid."""
    lane.pay_screen(MILK, BREAD)
    lane.till.join(["member", "tea"], [])
    lane.bank.answers.append(PAID)
    lane.scan(WALLET)
    return lane


def test_points_are_there_at_once_and_all_else_once_the_hub_has_seen_the_sale(paid):
    rewards = paid.view.done.rewards
    assert (rewards.state, rewards.points, rewards.balance, rewards.rewards) == ("waiting", 15, -1, ())
    paid.wait(1)
    paid.answer("rewards", NOT_YET)
    paid.wait(1)
    rewards = paid.answer("rewards", READY).done.rewards
    assert (rewards.state, rewards.points, rewards.balance, rewards.parking) == ("ready", 15, 55, "offered")
    assert [names["en"] for names in rewards.joined] == ["Lotus Mall", "Tea House"]
    assert [(one.kind, one.amount_minor, one.points) for one in rewards.rewards] == [
        ("red_packet", 200, 0),
        ("points", 0, 5),
    ]
    paid.wait(5)
    assert len(paid.book.of("rewards")) == 2, "what is known is not asked again"


def test_a_hub_that_is_away_is_asked_again_now_and_then_and_holds_up_nobody(paid):
    paid.wait(1)
    assert paid.answer("rewards", Refused(OFFLINE)).done.rewards.state == "offline"
    paid.wait(4)
    assert len(paid.book.of("rewards")) == 1
    paid.wait(2)
    assert len(paid.book.of("rewards")) == 2
    assert paid.wait(20).screen is Screen.IDLE


def test_a_hub_that_keeps_silent_is_asked_once(paid):
    paid.wait(15)
    assert len(paid.book.of("rewards")) == 1
    assert paid.view.done.rewards.state == "waiting"


def test_the_next_shopper_sees_nothing_of_it_and_nothing_of_it_stays(paid):
    paid.wait(1)
    paid.till.finish()
    paid.pay_screen(MILK)
    paid.bank.answers.append(APPROVED)
    paid.scan("130000000000000001")
    paid.answer("rewards", READY)
    assert paid.view.done.rewards.state == "none"
    disk = paid.disk()
    assert b"masked-138" not in disk
    assert b"page-secret" not in disk


def test_a_shopper_who_is_nobody_sees_what_is_for_everybody(lane):
    lane.pay_screen()
    lane.bank.answers.append(APPROVED)
    lane.scan(WALLET)
    assert lane.wait(1).done.rewards.state == "none"
    gift = Rewards(ready=True, rewards=(Reward("coupon", "SGC-OWN1", OWN),))
    rewards = lane.answer("rewards", gift).done.rewards
    assert (rewards.state, rewards.member, rewards.points, rewards.balance) == ("ready", False, 0, -1)
    assert len(rewards.rewards) == 1


def test_who_is_nobody_is_promised_no_points(lane):
    lane.pay_screen(MILK)
    lane.bank.answers.append(APPROVED)
    lane.scan(WALLET)
    assert (lane.bodies("sale.completed")[0]["points"], lane.view.done.points) == (12, 0)


def test_a_member_whom_the_wallet_alone_tells_has_their_points(lane):
    lane.pay_screen()
    lane.bank.answers.append(PAID)
    lane.scan(WALLET)
    lane.wait(1)
    rewards = lane.answer("rewards", Rewards(ready=True, member=True, points=12, balance=52)).done.rewards
    assert (rewards.points, rewards.balance, rewards.member) == (12, 52, True)


def test_after_a_power_cut_the_last_screen_asks_anew(paid):
    paid.restart()
    paid.wait(1)
    assert paid.answer("rewards", READY).done.rewards.state == "ready"


@pytest.mark.parametrize(
    ("answer", "state", "minutes"),
    [(Parked(90), "granted", 90), (Refused("refused"), "refused", 60), (Refused(OFFLINE), "offline", 60)],
)
def test_a_car_gets_its_minutes_or_a_word(paid, answer, state, minutes):
    paid.wait(1)
    paid.answer("rewards", READY)
    paid.till.park("plate", " 沪A12345 ")
    assert paid.view.done.rewards.parking == "asking"
    paid.till.park("plate", "沪B9")
    ((_, kind, value),) = paid.book.of("park")
    assert (kind, value) == ("plate", "沪A12345")
    rewards = paid.answer("park", answer).done.rewards
    assert (rewards.parking, rewards.parking_minutes) == (state, minutes)
    assert "沪A12345".encode() not in paid.disk()
    if state != "granted":
        paid.scan("TICKET/77")
        assert paid.book.of("park")[-1][1:] == ["ticket", "TICKET/77"]


def test_a_ticket_is_taken_while_a_car_is_asked_for_and_is_no_goods(paid):
    paid.wait(1)
    paid.answer("rewards", READY)
    paid.scan("https://park.example/t/77")
    assert (paid.view.screen, paid.view.done.rewards.parking) == (Screen.DONE, "asking")
    assert paid.book.of("park")[0][1:] == ["ticket", "https://park.example/t/77"]


@pytest.mark.parametrize("code", [MILK, "SGC-MANY", "MANY", WALLET])
def test_what_is_the_shops_own_is_no_ticket(paid, code):
    paid.wait(1)
    paid.answer("rewards", READY)
    paid.scan(code)
    assert paid.book.of("park") == []


def test_goods_of_the_next_shopper_that_nobody_knows_are_no_ticket(paid):
    paid.wait(1)
    paid.answer("rewards", READY)
    paid.scan("4006381333931")
    assert (paid.view.screen, paid.book.of("park")) == (Screen.BASKET, [])
    assert paid.view.lines[0].problem == "unknown"


def test_the_hub_is_asked_on_while_it_has_the_sale_and_has_not_been_told_whose_it_is(paid):
    paid.wait(1)
    assert not paid.answer("rewards", replace(READY, member=False, joined=(), points=0)).done.rewards.member
    paid.wait(1)
    rewards = paid.answer("rewards", READY).done.rewards
    assert (rewards.member, rewards.points) == (True, 15)
    paid.wait(3)
    assert len(paid.book.of("rewards")) == 2


def test_without_minutes_to_be_had_a_strange_code_is_what_it_always_was(paid):
    paid.scan("TICKET/77")
    assert (paid.view.screen, paid.book.of("park")) == (Screen.BASKET, [])


@pytest.mark.parametrize(("language", "words"), [("en", ("Member", "Tea House")), ("zh-TW", ("會員", "Tea House"))])
def test_the_receipt_names_the_clubs_and_the_points_and_nobody(paid, language, words):
    text = receipt(paid, language)
    assert all(word in text for word in words)
    assert "15" in text.rpartition("Lotus Mall")[2].splitlines()[2]


def test_the_receipt_of_a_shopper_who_is_nobody_says_nothing_of_members(lane):
    lane.pay_screen(MILK)
    lane.till.join(["member"], [])
    lane.terminal.answers.append(APPROVED)
    lane.till.choose_way("card")
    assert "Member" not in receipt(lane, "en")
    assert "Points" not in receipt(lane, "en")


def receipt(lane: MemberRig, language: str) -> str:
    sale = fold(lane.events())
    assert sale is not None
    prices = PriceList(lane.folder / "price-list.sqlite")
    try:
        header = ReceiptHeader.of(prices.meta, language)
    finally:
        prices.close()
    return receipt_text(sale, price_sale(sale), header, Texts.load(), language)
