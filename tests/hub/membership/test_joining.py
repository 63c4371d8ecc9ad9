"""Joining: by the wallet, by phone, by who is known already; the steps, and what becomes of those that fail."""

from __future__ import annotations

import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from hub.database import open_database
from hub.errors import MemberRefused
from hub.membership.members import Members
from hub.membership.points_book import balance
from hub.membership.problems import problems
from hub.membership.programmes import Programmes
from hub.membership.tables import CLAIM, JOIN_STEP, PAYER
from hub.tables import SALE
from retail.membership.member_code import card_number
from retail.membership.programme import Purpose
from tests.hub.conftest import Clock
from tests.hub.databases import Databases, only_sqlite
from tests.hub.membership.member_shop import ALL_STEPS, NUMBER, MemberShop

PLUG_IN = """
import pathlib
from hub.membership.steps import StepFailed, StepSkipped

class Step:
    def take(self, joining):
        book = pathlib.Path(__file__).with_name("calls.txt")
        book.write_text((book.read_text() if book.exists() else "") + f"{joining.claim} {joining.club}\\n")
        {does}
"""


@pytest.fixture
def plug_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Installs a step 'crm' that does this; where it notes its calls."""

    def install(does: str = "pass") -> Path:
        facts = tmp_path / "crm_step-1.0.dist-info"
        facts.mkdir(exist_ok=True)
        (facts / "METADATA").write_text("Metadata-Version: 2.1\nName: crm-step\nVersion: 1.0\n")
        (facts / "entry_points.txt").write_text("[kiosk.member_steps]\ncrm = crm_step_of_a_test:Step\n")
        (tmp_path / "crm_step_of_a_test.py").write_text(PLUG_IN.replace("{does}", does))
        sys.modules.pop("crm_step_of_a_test", None)
        monkeypatch.syspath_prepend(str(tmp_path))
        return tmp_path / "calls.txt"

    return install


def test_a_wallet_joins_mall_and_brand_by_the_payment_alone(shop: MemberShop) -> None:
    key = shop.sell("s1", claim="c1", joining=("wallet", shop.given("member", "north")))
    assert shop.settle("s1") is None
    assert shop.people() == 0
    (problem,) = problems(shop.database)
    assert "nobody has told who paid" in problem.detail
    shop.members.payer(shop.lanes[0], key, "wechat:app:alice")
    member = shop.settle("s1")
    assert member is not None
    assert problems(shop.database) == []
    assert shop.clubs(member) == ("member", "north")
    assert shop.kept_of("s1") == member
    assert shop.count(PAYER) == 0
    assert shop.outcomes("c1", "north") == dict.fromkeys(ALL_STEPS, "done") | {"follow": "skipped"}
    assert shop.settle("s1") == member
    assert shop.people() == 1


@only_sqlite
def test_a_payer_is_kept_until_the_steps_of_joining_were_taken(shop: MemberShop) -> None:
    key = shop.sell("s1", claim="c1", joining=("wallet", shop.given("member")))
    shop.members.payer(shop.lanes[0], key, "wechat:app:alice")
    with shop.database.write() as connection:
        row = connection.execute(select(SALE)).one()
        assert shop.members.whose(connection, row) is None
    assert shop.count(PAYER) == 1
    assert shop.settle("s1") is not None


@only_sqlite
def test_a_payer_may_be_told_before_the_sale(shop: MemberShop) -> None:
    shop.members.payer(shop.lanes[0], "key-s1", "wechat:app:alice")
    shop.members.payer(shop.lanes[0], "key-s1", "wechat:app:alice")
    shop.sell("s1", claim="c1", joining=("wallet", shop.given("member")))
    assert shop.settle("s1") is not None


def test_a_wallet_that_is_a_member_already_is_the_same_member(shop: MemberShop) -> None:
    first = shop.join_by_wallet("s1")
    assert shop.join_by_wallet("s2", lane=1, given=shop.given("member", "north", "south")) == first
    assert shop.clubs(first) == ("member", "north", "south")
    assert {step: shop.outcomes("claim-s2", "member")[step] for step in ("join", "welcome")} == {
        "join": "skipped",
        "welcome": "skipped",
    }
    with shop.database.read() as connection:
        assert shop.members.joined(connection, "claim-s2") == ("south",)
        assert balance(connection, first) == 100  # welcomed by the mall once


def test_a_wallet_that_joins_at_two_lanes_at_once_is_one_member(
    shop: MemberShop, databases: Databases, data: Path
) -> None:
    for lane, sale in enumerate(("s1", "s2")):
        key = shop.sell(sale, lane=lane, claim=f"c-{sale}", joining=("wallet", shop.given("member", "north")))
        shop.members.payer(shop.lanes[lane], key, "wechat:app:alice")
    other = open_database(databases.address(data) or f"sqlite:///{shop.database.file}")
    second = Members(other, shop.secrets, Programmes(other, shop.secrets), shop.hub.clock, data)
    with ThreadPoolExecutor(8) as threads:
        for doing in [threads.submit(book.join, sale) for sale in ("s1", "s2") for book in (shop.members, second)] * 2:
            doing.result(30)
    other.close()
    assert shop.settle("s1") == shop.settle("s2")
    assert shop.people() == 1
    with shop.database.read() as connection:
        assert balance(connection, 1) == 100 or balance(connection, shop.settle("s1") or 0) == 100


@only_sqlite
def test_who_pays_with_a_members_wallet_and_joins_nothing_gets_what_members_get(shop: MemberShop) -> None:
    member = shop.join_by_wallet("s1")
    key = shop.sell("s2")
    shop.members.payer(shop.lanes[0], key, "wechat:app:alice")
    assert shop.settle("s2") == member


@only_sqlite
def test_a_payer_who_is_nobody_is_forgotten_with_the_sale(shop: MemberShop) -> None:
    key = shop.sell("s1")
    shop.members.payer(shop.lanes[0], key, "wechat:app:bob")
    assert shop.settle("s1") is None
    assert (shop.count(PAYER), shop.people()) == (0, 0)


@only_sqlite
def test_nobody_is_a_member_by_a_text_that_the_hub_does_not_have(shop: MemberShop) -> None:
    strange = tuple(replace(one, text_sha256="0" * 64) for one in shop.given("member"))
    key = shop.sell("s1", claim="c1", joining=("wallet", strange))
    shop.members.payer(shop.lanes[0], key, "wechat:app:alice")
    assert shop.settle("s1") is None
    assert shop.people() == 0
    assert {problem.step for problem in shop.members.step_problems()} == set(ALL_STEPS)


@only_sqlite
def test_a_step_that_fails_leaves_nothing_of_what_it_had_begun(shop: MemberShop) -> None:
    shop.members.claim(shop.lanes[1], "c1", "card", card_number("80000000000000"))  # another lane's
    key = shop.sell("s1", claim="c1", joining=("wallet", shop.given("member")))
    shop.members.payer(shop.lanes[0], key, "wechat:app:alice")
    assert shop.settle("s1") is None
    assert shop.outcomes("c1", "member")["identify"] == "failed"
    assert shop.people() == 0


@only_sqlite
def test_a_join_that_is_not_consented_to_makes_no_member_of_that_club(shop: MemberShop) -> None:
    given = [
        replace(one, purpose=Purpose.MARKETING) if one.club == "north" else one for one in shop.given("member", "north")
    ]
    member = shop.join_by_wallet("s1", given=given)
    assert shop.clubs(member) == ("member",)
    assert shop.outcomes("claim-s1", "north")["join"] == "failed"


@only_sqlite
def test_a_step_that_nobody_knows_is_written_down_and_the_others_go_on(shop: MemberShop, clock: Clock) -> None:
    shop.declare(steps=["identify", "consent", "loyalty-cloud", "join", "welcome"])
    member = shop.join_by_wallet("s1")
    assert shop.clubs(member) == ("member", "north")
    (problem,) = shop.members.step_problems()
    assert (problem.step, problem.outcome, problem.club) == ("loyalty-cloud", "unknown", "north")
    assert "0 installed" in problem.detail
    shop.declare()
    clock.pass_time(minutes=11)
    assert shop.members.sweep(10) == 1
    assert shop.members.step_problems() == []  # it is declared no more


@only_sqlite
def test_steps_are_taken_in_their_order_and_a_plug_in_is_told_who_joins_what(
    shop: MemberShop, plug_in: Callable[..., Path]
) -> None:
    calls = plug_in("assert joining.member_id and joining.card and 'marketing' not in joining.purposes")
    shop.declare(steps=["identify", "consent", "crm", "join"])
    member = shop.join_by_wallet("s1")
    assert calls.read_text() == "claim-s1 north\n"
    assert shop.settle("s1") == member
    assert calls.read_text() == "claim-s1 north\n"  # once
    assert shop.outcomes("claim-s1", "north") == dict.fromkeys(["identify", "consent", "crm", "join"], "done")


@only_sqlite
def test_a_failing_plug_in_breaks_nothing_names_nobody_and_is_tried_again_later(
    shop: MemberShop, plug_in: Callable[..., Path], clock: Clock
) -> None:
    calls = plug_in("raise OSError('alice is not at home')")
    shop.declare(steps=[*ALL_STEPS, "crm"])
    member = shop.join_by_wallet("s1")
    assert shop.clubs(member) == ("member", "north")
    (problem,) = shop.members.step_problems()
    assert problem.detail == "step 'crm' fails with OSError"
    shop.settle("s1")
    assert shop.members.sweep(10) == 0
    assert len(calls.read_text().splitlines()) == 1  # not at once
    plug_in("pass")
    clock.pass_time(minutes=11)
    assert shop.members.sweep(10) == 1
    assert len(calls.read_text().splitlines()) == 2
    assert shop.members.step_problems() == []


@only_sqlite
def test_a_plug_in_that_ends_the_process_or_says_no_is_heard(shop: MemberShop, plug_in: Callable[..., Path]) -> None:
    plug_in("raise SystemExit(3)")
    shop.declare(steps=[*ALL_STEPS, "crm"])
    shop.join_by_wallet("s1")
    plug_in("raise StepSkipped('not in this town')")
    shop.join_by_wallet("s2", "wechat:app:bob")
    assert [shop.outcomes(f"claim-{sale}", "north")["crm"] for sale in ("s1", "s2")] == ["failed", "skipped"]


@only_sqlite
def test_a_number_joins_by_its_code_and_the_later_steps_do_not_make_it_wait(
    shop: MemberShop, plug_in: Callable[..., Path]
) -> None:
    calls = plug_in()
    shop.declare(steps=[*ALL_STEPS, "crm"])
    shop.members.send_code(shop.lanes[0], NUMBER, "zh-CN")
    known = shop.members.join_by_phone(
        shop.lanes[0], "c1", NUMBER, shop.last_code(), shop.given("member", "north", language="zh-CN")
    )
    assert (known.clubs, known.masked, known.proved) == (("member", "north"), "138····8000", True)
    assert not calls.exists()
    assert shop.outcomes("c1", "north")["welcome"] == "waiting"
    assert shop.members.sweep(10) >= 1
    assert calls.read_text() == "c1 north\n"
    shop.sell("s1", claim="c1", joining=("phone", shop.given("member", "north", language="zh-CN")))
    assert shop.settle("s1") == known.member_id
    assert calls.read_text() == "c1 north\n"


@only_sqlite
def test_an_answer_that_was_lost_is_given_again_without_the_code(shop: MemberShop) -> None:
    member = shop.join_by_phone("c1")
    again = shop.members.join_by_phone(shop.lanes[0], "c1", NUMBER, "000000", shop.given("member"))
    assert again.member_id == member
    with pytest.raises(MemberRefused, match="another lane's") as refusal:
        shop.members.join_by_phone(shop.lanes[1], "c1", NUMBER, "000000", shop.given("south"))
    assert refusal.value.code == "taken"
    assert shop.clubs(member) == ("member",)


@only_sqlite
def test_who_is_known_joins_further_brands_under_the_same_claim(shop: MemberShop) -> None:
    member = shop.join_by_phone("c0")
    shop.members.claim(shop.lanes[0], "c1", "card", shop.card(member))
    shop.sell("s1", claim="c1", joining=("claim", shop.given("south")))
    assert shop.settle("s1") == member
    assert shop.clubs(member) == ("member", "south")


@only_sqlite
def test_a_number_that_was_only_typed_consents_to_nothing_for_its_member(shop: MemberShop) -> None:
    member = shop.join_by_phone("c0")
    before = shop.members.consents(member)
    shop.members.claim(shop.lanes[0], "c1", "phone", NUMBER)
    shop.sell("s1", claim="c1", joining=("claim", shop.given("south")))
    assert shop.settle("s1") == member  # the points are theirs all the same
    assert shop.clubs(member) == ("member",)
    assert shop.members.consents(member) == before


@only_sqlite
def test_a_join_by_a_claim_waits_until_the_claim_is_told(shop: MemberShop) -> None:
    member = shop.join_by_phone("c0")
    shop.sell("s1", claim="c1", joining=("claim", shop.given("south")))
    assert shop.settle("s1") is None
    shop.members.claim(shop.lanes[0], "c1", "code", shop.members.code_of(member, "demo"))
    assert shop.settle("s1") == member
    assert shop.clubs(member) == ("member", "south")


@only_sqlite
def test_a_club_that_was_left_is_joined_again_and_not_by_what_was_said_before(shop: MemberShop, clock: Clock) -> None:
    member = shop.join_by_wallet("s1")
    shop.members.leave(member, "north")
    shop.join_by_wallet("s2")  # at nine, by the lane; it was left at noon
    assert shop.clubs(member) == ("member",)
    assert shop.outcomes("claim-s2", "north") | {"follow": ""} == {
        "identify": "done",
        "consent": "done",
        "join": "skipped",
        "follow": "",
        "welcome": "skipped",
    }
    clock.pass_time(days=2)
    shop.join_by_wallet("s3", day=1)
    assert shop.clubs(member) == ("member", "north")
    with shop.database.read() as connection:
        assert balance(connection, member) == 100  # welcomed once in a life


@only_sqlite
def test_a_sale_without_members_touches_nothing(shop: MemberShop) -> None:
    shop.sell("s1")
    assert shop.settle("s1") is None
    shop.members.run_steps("c-of-nobody")
    assert [shop.count(table) for table in (CLAIM, JOIN_STEP, PAYER)] == [0, 0, 0]
