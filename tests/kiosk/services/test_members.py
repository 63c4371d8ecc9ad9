"""Who the shopper is: by code, card or number; what the hub says counts while the basket is open; nobody waits."""

import gc
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.services.lane_view import Screen
from kiosk.services.member_book import OFFLINE, Refused, Reserved
from kiosk.services.visitor import PhoneSheet, Visitor
from tests.kiosk.lane_rig import APPROVED, BREAD, DECLINED, MILK, WALLET, LaneRig
from tests.kiosk.member_rig import CARD, MANY, MEMBERS_MILK, OWN_COUPON, PROGRAMME, MemberRig

CAPPED = replace(MEMBERS_MILK, per_member=1)


@pytest.fixture
def lane(tmp_path: Path) -> MemberRig:
    return MemberRig(tmp_path)


def last_visit(lane: MemberRig) -> tuple[list[str], str, str]:
    body = lane.bodies("member.identified")[-1]
    return body["clubs"], body["by"], body["claim"]


def test_a_code_counts_at_once_while_the_hub_says_nothing(lane):
    lane.scan(MILK, lane.member_code("member", "tea"))
    assert (lane.view.total_minor, lane.view.notice.code) == (1000, "member_known")
    member = lane.view.member
    assert (member.by, member.saving_minor, member.points, member.waiting) == ("code", 280, 10, True)
    assert [names["en"] for names in member.clubs] == ["Lotus Mall", "Tea House"]
    assert last_visit(lane)[:2] == (["member", "tea"], "code")


def test_the_hub_is_told_of_the_claim_before_the_journal_is(lane):
    code = lane.member_code("member")
    lane.scan(code)
    ((claim, kind, value),) = lane.book.of("identify")
    assert (kind, value) == ("code", code.removeprefix("SGM-"))
    assert last_visit(lane)[2] == claim
    assert code.removeprefix("SGM-")[20:60].encode() not in lane.disk()


def test_a_member_may_show_their_code_first_of_all(lane):
    lane.scan(lane.member_code("member"))
    assert lane.view.screen is Screen.BASKET
    assert lane.scan(MILK).total_minor == 1000


def test_a_phone_that_is_read_often_is_one_member(lane):
    code = lane.member_code("member")
    lane.scan(code, code, MILK, code)
    assert len(lane.book.of("identify")) == 1
    assert len(lane.bodies("member.identified")) == 1


@pytest.mark.parametrize(
    ("lives_s", "key", "cut", "word"),
    [
        (-60, None, 0, "member_expired"),
        (3600, None, 0, "member_expired"),
        (60, Ed25519PrivateKey.generate(), 0, "member_forged"),
        (60, None, 30, "member_unreadable"),
    ],
)
def test_a_code_that_proves_nothing_is_a_word_and_nothing_else(lane, lives_s, key, cut, word):
    code = lane.member_code("member", lives_s=lives_s, **({"key": key} if key else {}))
    lane.scan(MILK, code[: len(code) - cut] if cut else code)
    assert (lane.view.notice.code, lane.view.notice.good) == (word, False)
    assert (lane.view.total_minor, lane.view.member) == (1280, None)
    assert lane.book.asked == []


def test_a_card_is_believed_without_the_hub_where_the_shop_wants_it(lane):
    lane.scan(MILK, f"SGM-{CARD}")
    assert (lane.view.total_minor, lane.view.notice.code) == (1000, "member_waits")
    assert last_visit(lane)[:2] == (["member"], "card")


def test_a_card_that_the_hub_does_not_know_is_nobodys(lane):
    lane.scan(MILK, f"SGM-{CARD}")
    lane.answer("identify", Refused("unknown"))
    assert (lane.view.total_minor, lane.view.member, lane.view.notice.code) == (1280, None, "member_not_known")
    assert last_visit(lane) == ([], "", "")


def test_a_card_that_is_not_believed_counts_once_the_hub_knows_it(lane, tmp_path):
    lane.programme = replace(PROGRAMME, cards_offline=False)
    lane.write_list()
    lane.restart()
    lane.scan(MILK, f"SGM-{CARD}")
    assert (lane.view.total_minor, lane.view.notice.code, lane.view.member.waiting) == (1280, "member_asking", True)
    lane.answer("identify", lane.known("member", used={"members-milk": 2}))
    assert (lane.view.total_minor, lane.view.notice.code, lane.view.member.balance) == (1000, "member_known", 40)
    assert lane.bodies("member.identified")[-1]["used"] == {"members-milk": 2}


def test_a_card_may_be_typed_and_a_barcode_stays_goods_that_nobody_knows(lane):
    lane.till.enter_code(CARD)
    assert last_visit(lane)[1] == "card"
    lane.till.enter_code("96385067")  # a sound EAN-8, and by chance a sound card
    assert lane.view.lines[-1].problem == "unknown"
    assert len(lane.book.of("identify")) == 1


@pytest.mark.parametrize("number", ["13800138000", "+8613800138000", "0912345678", CARD[:-1] + "0", "9920000000001234"])
def test_digits_that_can_be_no_goods_are_a_word_and_in_no_journal(lane, number):
    lane.scan(MILK)
    lane.till.enter_code(number)
    assert (lane.view.notice.code, len(lane.view.lines), lane.book.asked) == ("number_unknown", 1, [])
    assert number.encode() not in lane.disk()


def test_a_scanned_number_is_never_a_card_without_the_prefix(lane):
    lane.scan(CARD)
    assert lane.book.asked == []
    assert lane.view.lines[-1].problem == "unknown"


def test_what_the_hub_knows_of_caps_counts_as_soon_as_it_is_told(tmp_path):
    class Capped(MemberRig):
        campaigns = ((CAPPED, ("MILK",)),)

    lane: Any = Capped(tmp_path)
    lane.scan(MILK, lane.member_code("member"))
    assert lane.view.total_minor == 1000
    lane.answer("identify", lane.known("member", used={"members-milk": 1}))
    assert (lane.view.total_minor, lane.view.notice.code) == (1280, "member_dearer")
    assert (lane.view.member.masked, lane.view.member.waiting) == ("138 •• 11", False)


def test_an_answer_after_the_payment_was_begun_changes_nothing_until_it_was_refused(tmp_path):
    class Capped(MemberRig):
        campaigns = ((CAPPED, ("MILK",)),)

    lane: Any = Capped(tmp_path)
    lane.scan(MILK, lane.member_code("member"))
    lane.till.pay()
    lane.runner.held = True
    lane.bank.answers.append(DECLINED)
    lane.scan(WALLET)
    lane.answer("identify", lane.known("member", used={"members-milk": 1}))
    assert (lane.view.screen, lane.view.payment.amount_minor, lane.view.total_minor) == (Screen.PAYING, 1000, 1000)
    lane.runner.flush()
    lane.runner.held = False
    assert lane.view.screen is Screen.PAY
    lane.wait(1)
    assert lane.view.total_minor == 1280


def test_an_answer_after_the_visit_is_nobodys(lane):
    lane.scan(MILK, lane.member_code("member"))
    known = lane.known("member")
    lane.till.cancel_basket()
    lane.scan(MILK)
    lane.answer("identify", known)
    assert (lane.view.total_minor, lane.view.member) == (1280, None)


def test_another_member_takes_the_place_of_the_one_before_with_all_that_was_theirs(lane):
    lane.recognised("member", coupons=(OWN_COUPON,))
    lane.scan(MILK)
    lane.till.use_coupon("SGC-OWN1")
    lane.answer("reserve", Reserved("SGC-OWN1", OWN_COUPON.campaign, own=True))
    assert lane.view.total_minor == 800
    lane.scan(lane.member_code("tea"))
    assert (lane.view.total_minor, lane.view.coupons, lane.view.own_coupons) == (1280, (), ())
    assert lane.view.notice.code == "member_dearer"
    assert [code for code, _ in lane.book.of("release")] == ["SGC-OWN1"]


def test_an_answer_about_the_member_before_says_nothing_of_the_one_after(lane):
    lane.scan(MILK, f"SGM-{CARD}")
    before = lane.known("member", masked="masked-1", points=7)
    lane.scan(lane.member_code("tea"))
    lane.answer("identify", before)
    assert (lane.view.total_minor, lane.view.member.balance, lane.view.member.masked) == (1280, -1, "")


def test_what_the_hub_says_twice_is_written_once(lane):
    lane.scan(MILK, lane.member_code("member"))
    lane.answer("identify", lane.known("member", "member"))
    lane.wait(3)
    assert len(lane.bodies("member.identified")) == 1


def test_not_me_makes_the_shopper_nobody(lane):
    lane.recognised("member", coupons=(OWN_COUPON,))
    lane.scan(MILK)
    lane.till.forget_member()
    assert (lane.view.total_minor, lane.view.member, lane.view.own_coupons) == (1280, None, ())
    assert last_visit(lane) == ([], "", "")
    assert lane.view.notice.code == "member_forgotten"


@pytest.mark.parametrize("without", ["programme", "hub"])
def test_a_lane_without_members_says_so(tmp_path, without):
    class Without(MemberRig):
        programme = None if without == "programme" else PROGRAMME

        def members(self):
            return None if without == "hub" else self.book

    lane: Any = Without(tmp_path)
    lane.pay_screen()
    lane.scan(lane.member_code("member"))
    assert (lane.view.notice.code, lane.view.has_membership) == ("member_no_programme", False)
    assert (lane.view.join, lane.view.member) == (None, None)
    lane.bank.answers.append(APPROVED)
    lane.scan(WALLET)
    assert lane.view.screen is Screen.DONE
    assert "points" not in lane.bodies("sale.completed")[0]
    assert lane.wait(3).done.rewards.state == "none"
    assert lane.book.asked == []


def test_a_list_whose_programme_is_broken_sells_on_without_members(tmp_path):
    class Broken(MemberRig):
        programme = replace(PROGRAMME, seal_key=b"short")

    lane = Broken(tmp_path)
    assert lane.scan(MILK).total_minor == 1280
    assert not lane.view.has_membership


def test_a_code_after_the_sale_leaves_the_last_screen(lane):
    lane.pay_screen()
    lane.bank.answers.append(APPROVED)
    lane.scan(WALLET, lane.member_code("member"))
    assert (lane.view.screen, lane.view.notice.code) == (Screen.DONE, "member_too_late")


def test_a_disk_that_refuses_the_note_recognises_nobody(lane):
    lane.book.full = True
    lane.scan(MILK, lane.member_code("member"))
    assert (lane.view.total_minor, lane.view.notice.code, lane.view.member) == (1280, "cannot_now", None)


def test_a_member_is_recognised_through_a_power_cut(lane):
    lane.recognised("member")
    lane.scan(MILK)
    lane.restart()
    assert (lane.view.screen, lane.view.total_minor) == (Screen.BASKET, 1000)
    assert (lane.view.member.by, lane.view.member.balance) == ("code", -1)


def test_an_unanswered_question_is_asked_once_and_the_basket_can_be_paid(lane):
    lane.scan(MILK, f"SGM-{CARD}")
    lane.till.pay()
    lane.bank.answers.append(APPROVED)
    lane.scan(WALLET)
    assert (lane.view.screen, lane.view.done.total_minor) == (Screen.DONE, 1000)


def test_the_hub_that_answers_offline_leaves_who_was_believed(lane):
    lane.scan(MILK, f"SGM-{CARD}")
    lane.answer("identify", Refused(OFFLINE))
    assert (lane.view.total_minor, lane.view.member.waiting) == (1000, True)


def test_after_the_visit_nothing_of_the_member_is_on_the_disk_or_in_memory(lane):
    code = lane.member_code("member")
    lane.scan(code)
    lane.answer("identify", lane.known("member", masked="masked-138", coupons=(OWN_COUPON,)))
    lane.pay_screen(MILK)
    lane.bank.answers.append(APPROVED)
    lane.scan(WALLET)
    lane.till.finish()
    lane.views.clear()
    lane.book.asked.clear()
    lane.wait(1)
    gc.collect()
    visitors = [one for one in gc.get_objects() if isinstance(one, Visitor)]
    assert all((one.seen, one.known, one.claim) == ("", None, "") for one in visitors)
    disk = lane.disk()
    assert b"masked-138" not in disk
    assert code[4:].encode() not in disk


def test_the_other_lanes_members_basket_keeps_its_clubs_and_coupons_of_many_uses(tmp_path):
    first: Any
    second: Any
    first, second = MemberRig(tmp_path / "a"), MemberRig(tmp_path / "b")
    code = handed_over(first)
    second.scan(code)
    assert second.view.total_minor == first.view.handed.total_minor
    assert [one.code for one in second.view.coupons] == [MANY.coupon]


def handed_over(lane: LaneRig) -> str:
    assert isinstance(lane, MemberRig)
    lane.scan(MILK, BREAD, lane.member_code("member"), MANY.coupon)
    lane.agent.online = False
    lane.till.pay()
    lane.till.scan("SGB-TEST-1")
    lane.till.staff_act("hand_over")
    assert lane.view.screen is Screen.TO_TILL
    return lane.view.handed.code if lane.view.handed else ""


def test_who_is_recognised_here_is_in_their_own_clubs_whatever_basket_they_fetch(tmp_path):
    there, here = MemberRig(tmp_path / "a"), MemberRig(tmp_path / "b")
    there.recognised("member", "tea")
    there.pay_screen(BREAD)
    there.scan("SGB-TEST-1")
    there.till.staff_act("hand_over")
    assert there.view.handed is not None
    here.recognised("member")
    assert here.scan(there.view.handed.code).total_minor == 650
    assert here.view.notice is not None
    assert here.view.notice.code == "basket_dearer"
    assert here.wait(2).total_minor == 650


def test_a_hub_that_never_answers_keeps_nobody_in_the_lanes_memory(lane):
    code = lane.member_code("member")
    lane.scan(MILK, code)
    lane.till.open_phone([], [])
    lane.till.enter_phone("13800138000")
    lane.till.cancel_basket()
    gc.collect()
    kept = [one for one in gc.get_objects() if isinstance(one, Visitor)]
    assert len(lane.book.waiting) == 2
    assert all((one.seen, one.claim, one.phone) == ("", "", None) for one in kept)
    sheets = [one for one in gc.get_objects() if isinstance(one, PhoneSheet)]
    assert all(one.number == "" for one in sheets)
