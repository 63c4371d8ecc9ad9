"""Joining with the payment: one touch, refused by none, asked once; each way asks for the price that it shows."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kiosk.services.lane_view import Screen
from kiosk.services.member_book import Reserved
from payments.gateway import Outcome, PaymentResult
from retail.membership.programme import Joins, programme_body, text_digest
from retail.promotions.campaign import Campaign, Kind, Terms
from tests.kiosk.lane_rig import APPROVED, BREAD, DECLINED, MILK, UNKNOWN, WALLET, write_list
from tests.kiosk.member_rig import CARD, MEMBERS_MILK, NUMBER, ONCE, PAID, PAYER, PROGRAMME, MemberRig

FREE = replace(ONCE, terms=replace(ONCE.terms, off=1000))


@pytest.fixture
def lane(tmp_path: Path) -> Any:
    return MemberRig(tmp_path)


def asked(lane: MemberRig) -> int:
    return int(lane.bodies("payment.intended")[-1]["amount_minor"])


def test_the_offer_says_what_each_club_saves_on_this_basket_and_asks_nothing_beforehand(lane):
    join = lane.pay_screen(MILK, BREAD).join
    assert [(club.id, club.saving_minor) for club in join.clubs] == [("member", 280), ("tea", 150)]
    assert (join.saving_minor, join.by_wallet, join.by_phone) == (430, True, True)
    assert [(one.purpose, one.required) for one in join.clubs[0].asks] == [("membership", True), ("marketing", False)]
    assert join.clubs[0].asks[0].texts["en"] == "I join member."
    assert lane.view.member is None


def test_a_basket_without_a_brand_is_asked_about_the_shop_alone(lane):
    assert [club.id for club in lane.pay_screen().join.clubs] == ["member"]


def test_the_offer_is_on_the_pay_screen_alone(lane):
    lane.scan(MILK)
    assert lane.view.join is None
    lane.till.join(["member"], [])
    assert lane.bodies("member.joining") == []


def test_one_touch_joins_by_the_wallet_and_the_price_is_there(lane):
    lane.pay_screen(MILK, BREAD)
    lane.till.join(["member", "tea"], [("tea", "marketing"), ("member", "nonsense")])
    assert (lane.view.total_minor, lane.view.join, lane.view.notice.code) == (1500, None, "member_joined")
    member = lane.view.member
    assert (member.by, member.joining, member.saving_minor, member.points) == ("wallet", True, 430, 15)
    (body,) = lane.bodies("member.joining")
    assert (body["by"], body["clubs"], len(body["claim"])) == ("wallet", ["member", "tea"], 32)
    assert [(one["club"], one["purpose"], one["version"], one["language"]) for one in body["consents"]] == [
        ("member", "membership", "1", "en"),
        ("tea", "membership", "1", "en"),
        ("tea", "marketing", "3", "en"),
    ]
    assert body["consents"][2]["text_sha256"] == text_digest("tea may write to me.")


def test_the_text_of_the_language_on_the_screen_is_what_is_consented_to(lane):
    lane.pay_screen()
    lane.till.set_language("zh-CN")
    lane.till.join(["member"], [])
    (consent,) = lane.bodies("member.joining")[0]["consents"]
    assert (consent["language"], consent["text_sha256"]) == ("zh-CN", text_digest("我加入member。"))


@pytest.mark.parametrize("club", ["member", "tea"])
def test_mall_and_brand_can_be_joined_alone(lane, club):
    lane.pay_screen(MILK, BREAD)
    lane.till.join([club, "shoes", "unheard-of"], [])
    assert lane.bodies("member.joining")[0]["clubs"] == [club]
    assert lane.view.total_minor == {"member": 1650, "tea": 1780}[club]


def test_a_way_that_tells_who_pays_asks_for_the_members_price_and_another_for_its_own(lane):
    lane.pay_screen(MILK)
    lane.till.join(["member"], [])
    wallet, card = lane.view.ways
    assert (lane.view.total_minor, wallet.amount_minor, card.amount_minor) == (1000, None, 1280)
    lane.terminal.answers.append(DECLINED)
    lane.till.choose_way("card")
    assert asked(lane) == 1280
    assert "tells_payer" not in lane.bodies("payment.intended")[-1]
    lane.bank.answers.append(PAID)
    lane.scan(WALLET)
    assert (asked(lane), lane.view.done.total_minor) == (1000, 1000)
    assert lane.bodies("payment.intended")[-1]["tells_payer"] is True
    assert lane.bank.requests[-1].amount.minor == 1000


def test_who_joins_and_pays_by_card_pays_without_joining(lane):
    lane.pay_screen(MILK)
    lane.till.join(["member"], [])
    lane.terminal.answers.append(APPROVED)
    lane.till.choose_way("card")
    assert (lane.view.screen, lane.view.done.total_minor) == (Screen.DONE, 1280)
    assert lane.wait(1).done.rewards.state == "none"


def test_the_payer_is_told_to_the_hub_alone_and_before_the_approval_is_on_disk(lane):
    lane.pay_screen(MILK)
    lane.till.join(["member"], [])
    before: list[list[str]] = []
    tell = lane.book.payer

    def payer(key: str, who: str) -> None:
        before.append(lane.kinds())
        tell(key, who)

    lane.book.payer = payer
    lane.bank.answers.append(PAID)
    lane.scan(WALLET)
    assert lane.book.of("payer") == [[lane.bodies("payment.intended")[0]["key"], PAYER]]
    assert before[0][-1] == "payment.submitted"
    assert PAYER.encode() not in lane.disk()


def test_whatever_fails_in_telling_who_paid_the_sale_is_whole(lane):
    def payer(_key: str, _who: str) -> None:
        raise RuntimeError("no room for names")

    lane.pay_screen(MILK)
    lane.book.payer = payer
    lane.bank.answers.append(PAID)
    lane.scan(WALLET)
    assert (lane.view.screen, lane.kinds()[-1]) == (Screen.DONE, "sale.completed")


def test_who_pays_is_told_of_a_payment_that_is_settled_after_a_power_cut(lane):
    lane.pay_screen(MILK)
    lane.till.join(["member"], [])
    lane.bank.answers.append(UNKNOWN)
    lane.scan(WALLET)
    lane.bank.answers.append(PAID)
    lane.restart()
    lane.wait(3)
    assert (lane.view.screen, lane.view.done.total_minor) == (Screen.DONE, 1000)
    assert [payer for _, payer in lane.book.of("payer")] == [PAYER]


@pytest.mark.parametrize("first", ["join", "refuse"])
def test_the_first_answer_counts_and_a_second_tap_of_the_same_finger_does_not(lane, first):
    lane.pay_screen()
    if first == "refuse":
        lane.till.refuse_joining()
    else:
        lane.till.join(["member"], [])
    before = lane.events()
    lane.till.join(["member"], [("member", "marketing")])
    assert lane.events() == before


def test_refusing_is_not_asked_again_in_this_visit_and_changes_nothing(lane):
    lane.pay_screen()
    lane.till.refuse_joining()
    assert (lane.view.join, lane.view.total_minor, lane.view.screen) == (None, 1280, Screen.PAY)
    lane.till.back_to_basket()
    lane.pay_screen(BREAD)
    assert lane.view.join is None
    assert lane.kinds().count("member.refused") == 1
    lane.restart()
    lane.till.pay()
    assert lane.view.join is None


def test_what_was_begun_can_be_taken_back(lane):
    lane.pay_screen()
    lane.till.join(["member"], [])
    lane.till.refuse_joining()
    assert (lane.view.total_minor, lane.view.member, lane.view.join) == (1280, None, None)


def test_ignoring_the_offer_is_refusing_it(lane):
    lane.pay_screen()
    lane.bank.answers.append(PAID)
    lane.scan(WALLET)
    assert (lane.view.done.total_minor, lane.kinds().count("member.joining")) == (1280, 0)
    assert lane.book.of("payer"), "who pays may be a member already"


def test_the_next_shopper_is_asked_again(lane):
    lane.pay_screen()
    lane.till.refuse_joining()
    lane.till.cancel_basket()
    assert lane.pay_screen().join is not None


def test_a_member_of_the_mall_joins_the_baskets_brand_under_the_same_claim(lane):
    lane.recognised("member")
    join = lane.pay_screen(MILK, BREAD).join
    assert ([club.id for club in join.clubs], join.saving_minor) == (["tea"], 150)
    assert (join.by_wallet, join.by_phone) == (True, False)
    lane.till.join(["tea"], [])
    (body,) = lane.bodies("member.joining")
    assert (body["by"], body["claim"]) == ("claim", lane.bodies("member.identified")[0]["claim"])
    assert lane.view.total_minor == 1500
    lane.terminal.answers.append(APPROVED)
    lane.till.choose_way("card")
    assert lane.view.done.total_minor == 1500


def test_who_typed_a_number_joins_for_its_member_by_a_code_alone(lane):
    lane.scan(MILK, BREAD)
    lane.till.open_phone([], [])
    lane.till.enter_phone(NUMBER)
    lane.answer("ask_phone", lane.known("member"))
    lane.till.pay()
    assert lane.view.member.by == "phone"
    assert (lane.view.join.by_wallet, lane.view.join.by_phone) == (False, True)
    lane.till.join(["tea"], [])
    assert lane.bodies("member.joining") == []
    lane.till.open_phone(["tea"], [])
    assert lane.view.phone.joining


def test_who_is_in_all_of_them_is_offered_nothing(lane):
    lane.recognised("member", "tea")
    assert lane.pay_screen(MILK, BREAD).join is None


def test_a_card_that_nobody_has_confirmed_yet_is_not_asked_to_join_what_it_may_be_in(lane):
    lane.programme = replace(PROGRAMME, cards_offline=False)
    lane.write_list()
    lane.restart()
    lane.scan(MILK, f"SGM-{CARD}")
    assert lane.pay_screen().join is None


@pytest.mark.parametrize(
    ("joins", "tells", "offered"),
    [
        ((Joins.WALLET, Joins.PHONE), False, (False, True)),
        ((Joins.PHONE,), True, (False, True)),
        ((Joins.WALLET,), True, (True, False)),
        ((Joins.WALLET,), False, None),
    ],
)
def test_joining_is_offered_by_what_the_shop_and_its_ways_allow(lane, joins, tells, offered):
    lane.programme = replace(PROGRAMME, joins=joins)
    lane.write_list()
    lane.restart()
    lane.bank.traits = replace(lane.bank.traits, tells_payer=tells)
    join = lane.pay_screen().join
    assert (join and (join.by_wallet, join.by_phone)) == offered
    if not offered or not offered[0]:
        lane.till.join(["member"], [])
        assert lane.bodies("member.joining") == []


def test_a_way_that_is_closed_joins_nobody(lane):
    lane.bank.answers.append(PaymentResult(Outcome.DECLINED, reason=DECLINED.reason))
    lane.agent.online = False
    lane.gateway_names = ("hub", "terminal")
    lane.restart()
    join = lane.pay_screen().join
    assert (join.by_wallet, join.by_phone) == (False, True)


def test_a_basket_that_joining_makes_free_is_given_away_as_it_was_shown(tmp_path):
    class Free(MemberRig):
        campaigns = (*MemberRig.campaigns, (replace(FREE, id="free", coupon="FREE"), ()))

    lane: Any = Free(tmp_path)
    lane.pay_screen()
    lane.till.join(["member"], [])
    lane.scan("FREE")
    assert lane.view.total_minor == 0
    wallet, card = lane.view.ways
    assert (wallet.amount_minor, card.amount_minor) == (None, 280)
    lane.scan(WALLET)
    assert (lane.view.screen, lane.view.done.total_minor) == (Screen.DONE, 0)
    assert lane.bank.requests == []
    assert lane.verify().ok


def test_of_a_basket_that_joining_makes_free_the_card_takes_what_its_card_says(tmp_path):
    class Free(MemberRig):
        campaigns = (*MemberRig.campaigns, (replace(FREE, id="free", coupon="FREE"), ()))

    lane: Any = Free(tmp_path)
    lane.pay_screen()
    lane.till.join(["member"], [])
    lane.scan("FREE")
    lane.terminal.answers.append(APPROVED)
    lane.till.choose_way("card")
    assert (asked(lane), lane.view.done.total_minor) == (280, 280)


def test_joining_by_paying_is_not_offered_where_nothing_would_be_left_to_pay(tmp_path):
    class Free(MemberRig):
        campaigns = (*MemberRig.campaigns, (replace(FREE, id="free", coupon="FREE"), ()))

    lane: Any = Free(tmp_path)
    lane.scan("FREE")
    join = lane.pay_screen().join
    assert (join.by_wallet, join.by_phone) == (False, True)


@pytest.mark.parametrize("how", ["card", "refuse"])
def test_a_new_list_makes_it_no_dearer_for_who_pays_without_joining_after_all(tmp_path, how):
    from_list = Campaign("from-list", Terms(Kind.BASKET, amount_from=1280, off=200), everything=True, layer=3)

    class Threshold(MemberRig):
        revision, milk_minor = 1, 1280
        campaigns = ((MEMBERS_MILK, ("MILK",)), (from_list, ()))

        def write_list(self):
            write_list(
                self.folder / "price-list.sqlite",
                revision=self.revision,
                milk_minor=self.milk_minor,
                offers=(),
                campaigns=self.campaigns,
                membership=programme_body(PROGRAMME),
            )

    lane: Any = Threshold(tmp_path)
    lane.pay_screen()
    lane.till.join(["member"], [])
    assert [way.amount_minor for way in lane.view.ways] == [None, 1080]
    lane.revision, lane.milk_minor = 2, 1270  # cheaper, and less than the offer asks for
    lane.write_list()
    lane.wait(3)
    if how == "card":
        assert [way.amount_minor for way in lane.view.ways] == [None, 1080]
    else:
        lane.till.refuse_joining()
        assert lane.view.total_minor == 1080


def test_a_list_without_members_in_the_middle_of_it_leaves_what_each_way_asks_for_in_sight(lane):
    lane.pay_screen()
    lane.till.join(["member"], [])
    write_list(lane.folder / "price-list.sqlite", revision=2, offers=(), campaigns=lane.campaigns)
    lane.wait(3)
    assert (lane.view.has_membership, lane.view.total_minor) == (False, 1000)
    assert [way.amount_minor for way in lane.view.ways] == [None, 1280]
    lane.terminal.answers.append(APPROVED)
    lane.till.choose_way("card")
    assert asked(lane) == 1280


def test_at_the_till_nobody_joins_so_the_number_shows_what_will_be_asked_there(lane):
    lane.pay_screen()
    lane.till.join(["member"], [])
    lane.till.scan("SGB-TEST-1")
    lane.till.staff_act("hand_over")
    assert (lane.view.screen, lane.view.handed.total_minor) == (Screen.TO_TILL, 1280)
    assert lane.bodies("basket.handed_over")[0]["total_minor"] == 1280


@pytest.mark.parametrize("state", ["basket", "paying", "unknown", "done"])
def test_who_joins_is_taken_up_from_the_journal_in_every_state(lane, state):
    lane.pay_screen(MILK)
    lane.till.join(["member"], [])
    if state != "basket":
        lane.runner.held = state == "paying"
        lane.bank.answers.append(PAID if state == "done" else UNKNOWN)
        lane.scan(WALLET)
    lane.restart()
    lane.runner.held = False
    if state == "basket":
        assert (lane.view.screen, lane.view.total_minor) == (Screen.BASKET, 1000)
        lane.till.pay()
        assert (lane.view.join, lane.view.ways[1].amount_minor) == (None, 1280)
    else:
        lane.bank.answers.append(PAID)
        lane.wait(3)
        assert (lane.view.screen, lane.view.done.total_minor) == (Screen.DONE, 1000)
    assert lane.verify().ok


def test_a_sale_earns_points_whoever_its_shopper_is(lane):
    lane.pay_screen(MILK)
    lane.bank.answers.append(APPROVED)
    lane.scan(WALLET)
    assert lane.bodies("sale.completed")[0]["points"] == 12


def test_a_sale_that_is_settled_when_no_list_can_be_read_earns_what_its_payment_said(lane):
    lane.pay_screen(MILK)
    lane.bank.answers.append(UNKNOWN)
    lane.scan(WALLET)
    (lane.folder / "price-list.sqlite").write_bytes(b"torn")
    lane.bank.answers.append(APPROVED)
    lane.restart()
    lane.wait(3)
    assert [body["points"] for body in lane.bodies("sale.completed")] == [12]


def test_points_are_of_what_was_paid_and_of_the_offers_used(tmp_path):
    class Points(MemberRig):
        campaigns = ((replace(ONCE, coupon="", points=5), ()),)

    lane: Any = Points(tmp_path)
    lane.scan(lane.member_code())
    lane.pay_screen(MILK)
    lane.bank.answers.append(APPROVED)
    lane.scan(WALLET)
    assert (lane.bodies("sale.completed")[0]["points"], lane.view.done.points) == (17, 17)


def test_a_member_joins_no_wallet_while_recognised(lane):
    lane.recognised("tea")
    lane.pay_screen(MILK)
    lane.till.join(["member"], [])
    assert lane.bodies("member.joining")[0]["by"] == "claim"


def test_a_reserved_coupon_and_a_joining_are_held_while_the_payment_is_in_doubt(lane):
    lane.scan(MILK, "ONCE-1")
    lane.answer("reserve", Reserved("ONCE-1"))
    lane.till.pay()
    lane.till.join(["member"], [])
    lane.bank.answers.append(UNKNOWN)
    lane.scan(WALLET)
    assert (lane.view.screen, lane.book.of("release"), NUMBER.encode() in lane.disk()) == (
        Screen.PAYMENT_UNKNOWN,
        [],
        False,
    )
    lane.bank.answers.append(PAID)
    lane.wait(3)
    assert (lane.view.done.total_minor, lane.book.of("release")) == (950, [])
    assert lane.bodies("sale.completed")[0]["uses"][-1]["coupons"] == ["ONCE-1"]
