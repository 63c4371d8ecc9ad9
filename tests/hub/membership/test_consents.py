"""Consents: each purpose by itself, the very words kept, taken back, and what comes late does not undo that."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC

import pytest
from sqlalchemy import select

from hub.errors import MemberRefused
from hub.membership.known import ConsentState
from hub.membership.membership_file import membership_from
from hub.membership.tables import CONSENT, CONSENT_TEXT
from retail.membership.programme import Purpose, text_digest
from tests.hub.conftest import Clock
from tests.hub.databases import only_sqlite
from tests.hub.membership.member_shop import NUMBER, MemberShop, content


def words(shop: MemberShop, member_id: int) -> dict[tuple[str, str], ConsentState]:
    return {(one.club, one.purpose): one for one in shop.members.consents(member_id)}


def test_each_consent_is_kept_with_its_very_words_time_and_lane(shop: MemberShop) -> None:
    given = shop.given("member", "north", ticked=[("north", Purpose.MARKETING)], language="zh-CN")
    member = shop.join_by_wallet("s1", given=given)
    kept = words(shop, member)
    assert set(kept) == {("member", "membership"), ("north", "membership"), ("north", "marketing")}
    one = kept["north", "marketing"]
    assert (one.text, one.language, one.version) == ("North可以向我发送优惠。", "zh-CN", "1")
    assert (one.granted, one.origin, one.store, one.lane) == (True, "lane", "demo", "1")
    assert one.text_sha256 == text_digest(one.text)
    with shop.database.read() as connection:
        completed = connection.exec_driver_sql("SELECT completed_at FROM sale").scalar_one()
    assert str(completed).startswith("2026-11-22T09:00:")
    assert one.at == 1795338000 + int(str(completed)[17:19])  # the lane's time, of the payment
    assert shop.outcomes("claim-s1", "north")["follow"] == "done"


@only_sqlite
def test_the_words_stay_when_the_shop_changes_its_texts(shop: MemberShop) -> None:
    member = shop.join_by_wallet("s1")
    before = words(shop, member)["member", "membership"]
    shop.declare(version="2")
    assert words(shop, member)["member", "membership"] == before
    assert before.text == "I become a member of the mall, v1."
    late = shop.join_by_wallet("s2", "wechat:app:bob", given=shop.given("member"))
    assert words(shop, late)["member", "membership"].text.endswith("v2.")
    with shop.database.read() as connection:
        rows = connection.execute(select(CONSENT_TEXT)).all()
    assert all(text_digest(row.text) == row.text_sha256 for row in rows)


@only_sqlite
def test_a_lane_with_an_older_list_tells_of_words_that_are_still_known(shop: MemberShop) -> None:
    old = shop.given("member")
    shop.declare(version="2")
    member = shop.join_by_wallet("s1", given=old)
    assert words(shop, member)["member", "membership"].text.endswith("v1.")


@only_sqlite
def test_the_same_word_told_twice_counts_once(shop: MemberShop) -> None:
    shop.join_by_wallet("s1")
    count = shop.count(CONSENT)
    shop.settle("s1")
    shop.members.run_steps("claim-s1")
    assert shop.count(CONSENT) == count == 2


def test_a_purpose_is_taken_back_and_given_again_on_the_page(shop: MemberShop, clock: Clock) -> None:
    given = shop.given("member", ticked=[("member", Purpose.MARKETING)])
    member = shop.join_by_wallet("s1", given=given)
    shop.members.withdraw(member, "member", Purpose.MARKETING, store="demo")
    word = words(shop, member)["member", "marketing"]
    assert (word.granted, word.origin, word.store, word.lane) == (False, "page", "demo", "")
    assert word.text == "the mall may send me offers."
    assert shop.clubs(member) == ("member",)
    shop.members.withdraw(member, "member", Purpose.MARKETING)
    shop.members.withdraw(member, "member", Purpose.SHARING)
    assert shop.count(CONSENT) == 3
    clock.pass_time(seconds=1)
    shop.members.grant(member, given[1], store="demo")
    assert words(shop, member)["member", "marketing"].granted
    assert shop.count(CONSENT) == 4


@only_sqlite
def test_what_was_said_before_a_withdrawal_and_is_told_later_does_not_undo_it(shop: MemberShop) -> None:
    given = shop.given("member", ticked=[("member", Purpose.MARKETING)])
    member = shop.join_by_wallet("s1", given=given)
    shop.members.withdraw(member, "member", Purpose.MARKETING)
    shop.join_by_wallet("s2", lane=1, given=given)  # at nine by the lane's clock; it was taken back at noon
    assert not words(shop, member)["member", "marketing"].granted


@only_sqlite
def test_a_clock_that_runs_ahead_does_not_outlive_a_withdrawal(shop: MemberShop, clock: Clock) -> None:
    given = shop.given("member", ticked=[("member", Purpose.MARKETING)])
    member = shop.join_by_wallet("s1", given=given, day=400)
    assert words(shop, member)["member", "marketing"].at == clock().timestamp()
    clock.pass_time(hours=-1)  # the hub's own, too
    shop.members.withdraw(member, "member", Purpose.MARKETING)
    assert not words(shop, member)["member", "marketing"].granted


@only_sqlite
def test_leaving_takes_back_all_of_that_club_and_no_more(shop: MemberShop) -> None:
    given = shop.given("member", "north", ticked=[("north", Purpose.MARKETING)])
    member = shop.join_by_wallet("s1", given=given)
    shop.members.withdraw(member, "north", Purpose.MEMBERSHIP)
    kept = words(shop, member)
    assert {key for key, one in kept.items() if one.granted} == {("member", "membership")}
    assert shop.clubs(member) == ("member",)


@only_sqlite
def test_the_page_takes_no_consent_to_unknown_words_nor_of_others_clubs(shop: MemberShop) -> None:
    member = shop.join_by_phone("c0", NUMBER, "member")
    north = shop.given("north", ticked=[("north", Purpose.MARKETING)])
    for given in (*north, shop.given("member")[0]):
        with pytest.raises(MemberRefused):
            shop.members.grant(member, given)
    assert shop.clubs(member) == ("member",)


@only_sqlite
def test_words_of_another_club_or_purpose_are_no_consent(shop: MemberShop) -> None:
    (north,) = shop.given("north")
    (mall,) = shop.given("member")
    others = (
        replace(north, club="south"),
        replace(mall, purpose=Purpose.SHARING),
        replace(mall, purpose=Purpose.MARKETING),
    )

    member = shop.join_by_wallet("s1", given=[mall, *others])

    assert shop.clubs(member) == ("member",)
    assert [(one.club, one.purpose) for one in shop.members.consents(member)] == [("member", "membership")]


@only_sqlite
def test_two_clubs_may_ask_in_the_same_words(shop: MemberShop) -> None:
    same = {"en": "I join.", "zh-CN": "我加入。"}
    file = content()
    for club in (file["shop"], *file["brand"]):
        club["asks"] = [{"purpose": "membership", "version": "9", "texts": same}]
    shop.programmes.set("demo", membership_from(file, UTC))

    member = shop.join_by_wallet("s1", given=shop.given("member", "south", language="zh-CN"))

    assert shop.clubs(member) == ("member", "south")
    assert {one.text for one in shop.members.consents(member)} == {"我加入。"}
