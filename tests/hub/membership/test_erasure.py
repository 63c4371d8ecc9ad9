"""Erasing a member: nothing that names them is left in a table or file, and nothing late brings them back."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from hub.errors import MemberRefused
from hub.membership.claims import tell
from hub.membership.clubs import clubs_of
from hub.membership.coupon_book import Issue, issue
from hub.membership.points_book import balance, give
from hub.membership.sessions import MemberSessions
from hub.membership.tables import (
    CAR_EVENT,
    CLAIM,
    CONSENT,
    COUPON,
    MEMBER_CLUB,
    MEMBER_IDENTITY,
    MEMBER_SESSION,
    PARKING_GRANT,
    PAYER,
    POINTS,
    SALE_MEMBER,
)
from hub.sales_list import SalesList
from hub.tables import METADATA
from retail.membership.programme import Purpose
from tests.hub.conftest import Clock
from tests.hub.databases import only_sqlite
from tests.hub.membership.member_shop import NUMBER, MemberShop

PLATE = "沪A12345"


@pytest.fixture
def member(shop: MemberShop) -> int:
    """One who has left a trace in every table: number, wallet's sale, car, coupons, points, page."""
    member_id = shop.join_by_phone("c0", NUMBER, "member", "north")
    shop.members.run_steps("c0")
    shop.members.tell_plate(member_id, PLATE)
    shop.members.claim(shop.lanes[0], "c1", "card", shop.card(member_id))
    shop.sell("s1", claim="c1")
    assert shop.settle("s1") == member_id
    MemberSessions(shop.database, shop.hub.clock).open(member_id)
    car = shop.secrets.digest("plate", PLATE)
    with shop.database.write() as connection:
        give(connection, "sale", "s1", member_id=member_id, points=46, at=1)
        for code in ("one", "two"):
            issue(connection, code, Issue(code, "c", {}, member_id, given_for="", expires_at=None), 1)
        connection.execute(update(COUPON).where(COUPON.c.code == "two").values(state="used"))
        parked = {
            "sale_id": "s1",
            "kind": "plate",
            "car": car,
            "minutes": 60,
            "state": "granted",
            "detail": "",
            "at": 1,
        }
        connection.execute(insert(PARKING_GRANT).values(**parked))
        connection.execute(insert(CAR_EVENT).values(id="e1", kind="arrived", car=car, member_id=member_id, at=1))
    return member_id


def names_of(shop: MemberShop, member: int) -> list[str]:
    """Whatever could tell who it is."""
    with shop.database.read() as connection:
        digests = connection.execute(select(MEMBER_IDENTITY.c.digest).filter_by(member_id=member)).scalars().all()
    secret = shop.members.page_of(member)
    return [*digests, shop.card(member), "138····8000", "13800138000", PLATE, secret, secret.partition(".")[2]]


def everything(shop: MemberShop) -> str:
    with shop.database.read() as connection:
        rows = [list(row) for table in METADATA.sorted_tables for row in connection.execute(select(table))]
    return json.dumps(rows, ensure_ascii=False, default=str)


def test_nothing_that_names_them_is_left_in_any_table(shop: MemberShop, member: int) -> None:
    names = names_of(shop, member)
    before = everything(shop)
    assert sum(name in before for name in names) >= 5
    shop.members.erase(member)
    shop.members.erase(member)
    after = everything(shop)
    assert [name for name in names if name in after] == []
    assert [shop.count(table) for table in (MEMBER_IDENTITY, SALE_MEMBER, MEMBER_SESSION)] == [0, 0, 0]
    with shop.database.read() as connection:
        assert not connection.execute(select(CLAIM).where(CLAIM.c.member_id.is_not(None))).all()
        assert not connection.execute(select(MEMBER_CLUB).where(MEMBER_CLUB.c.left_at.is_(None))).all()
        states = connection.execute(select(COUPON.c.state).order_by(COUPON.c.code)).scalars().all()
        assert states == ["void", "used"]
    assert shop.members.known(member) is None
    assert not any(word.granted for word in shop.members.consents(member))


@only_sqlite
def test_nothing_that_names_them_is_left_in_any_file(shop: MemberShop, member: int, data: Path) -> None:
    names = [name.encode() for name in names_of(shop, member)]
    files = [path for path in data.rglob("*") if path.is_file() and path.name != "messages.jsonl"]
    assert any(name in path.read_bytes() for path in files for name in names)
    shop.members.erase(member)
    left = [
        (path.name, name) for path in data.rglob("*") if path in files for name in names if name in path.read_bytes()
    ]
    assert left == []


@only_sqlite
def test_sums_chain_and_sale_records_are_as_they_were(shop: MemberShop, member: int) -> None:
    def books() -> list[object]:
        with shop.database.read() as connection:
            points = connection.execute(select(func.sum(POINTS.c.points))).scalar()
            return [
                points,
                balance(connection, member),
                SalesList(shop.database).of_store("demo"),
                shop.hub.chains.verify(),
            ]

    before, consents = books(), shop.count(CONSENT)
    shop.members.erase(member)
    assert books() == before
    assert all(not report.problem for report in shop.hub.chains.verify())
    assert shop.count(CONSENT) == consents + 2  # each taken back


def test_late_claims_and_sales_of_an_erased_member_are_nobodys(shop: MemberShop, member: int, clock: Clock) -> None:
    code, card, secret = shop.members.code_of(member, "demo"), shop.card(member), shop.members.page_of(member)
    shop.members.erase(member)
    assert shop.members.by_page(secret) is None
    for claim, kind, value in (("c1", "card", card), ("c2", "code", code), ("c3", "phone", NUMBER)):
        assert shop.members.claim(shop.lanes[0], claim, kind, value) is None
        shop.sell(f"late-{claim}", claim=claim)
    assert [shop.settle(f"late-{claim}") for claim in ("c1", "c2")] == [None, None]
    assert shop.settle("s1") is None
    assert shop.members.claim(shop.lanes[0], "c1", "card", shop.card(shop.join_by_wallet("s9"))) is None
    clock.pass_time(minutes=1)
    again = shop.join_by_phone("c9")
    assert again != member
    assert shop.settle("late-c2") is None


def test_a_payment_told_again_does_not_make_an_erased_wallet_a_member_again(shop: MemberShop) -> None:
    shop.declare(steps=["identify", "consent", "join", "crm"])
    mall, north = shop.given("member", "north")
    member = shop.join_by_wallet("s1", given=(mall, replace(north, purpose=Purpose.MARKETING)))
    assert {problem.step for problem in shop.members.step_problems()} == {"consent", "join", "crm"}
    shop.members.payer(shop.lanes[0], "key-s2", "wechat:app:alice")  # its sale is still on its way
    shop.members.erase(member)
    assert shop.count(PAYER) == 0
    shop.sell("s2", claim="c2", joining=("wallet", shop.given("member")))
    shop.members.payer(shop.lanes[0], "key-s1", "wechat:app:alice")
    shop.members.run_steps("claim-s1")
    assert [shop.settle(sale) for sale in ("s1", "s2")] == [None, None]
    assert shop.count(PAYER) == 0
    assert shop.people() == 1
    assert shop.members.step_problems() == []


@only_sqlite
def test_who_is_being_erased_while_their_sale_comes_stays_erased(shop: MemberShop) -> None:
    member = shop.join_by_phone("c0")
    shop.members.claim(shop.lanes[0], "c1", "card", shop.card(member))
    shop.sell("s1", claim="c1", joining=("claim", shop.given("south")))
    shop.members.erase(member)
    with shop.database.write() as connection:  # as if the claim had been told at that very moment
        connection.execute(update(CLAIM).where(CLAIM.c.claim == "c1").values(member_id=member, kind="card"))
        assert tell(connection, shop.lanes[0].id, "c2", "card", member, now=1) is None
    assert shop.settle("s1") is None
    assert shop.kept_of("s1") is None
    with shop.database.read() as connection:
        assert clubs_of(connection, member) == ()
    with pytest.raises(MemberRefused):
        shop.members.tell_plate(member, PLATE)


@only_sqlite
def test_who_was_erased_may_join_again_as_somebody_new(shop: MemberShop) -> None:
    first = shop.join_by_wallet("s1")
    shop.members.erase(first)
    second = shop.join_by_wallet("s2")
    assert second != first
    assert shop.settle("s1") is None
