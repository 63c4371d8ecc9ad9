"""The books of a sale: points, coupons, uses and benefits come to the same whatever was told first, twice or late."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import permutations
from typing import Any

import pytest

from hub.membership.tables import CAMPAIGN_USE, COUPON, COUPON_USE, MEMBER_PROBLEM, POINTS, RED_PACKET_DRAW
from hub.services import Hub
from retail.promotions.body import campaign_body
from retail.promotions.campaign import Campaign, Kind, Terms
from tests.hub.databases import only_sqlite
from tests.hub.membership.book_shop import PAID, TEN, VOUCHER, BookShop, benefit, pool
from tests.hub.membership.book_shop import POINTS as EARNED

MILKS, APPLES = (1, 3), (2, 1)
BENEFITS = (
    benefit("hello", on="joined", points=100),
    benefit("twenty", points=20),
    benefit("voucher", give="coupon", coupon=VOUCHER, members_only=False),
    benefit("packet", give="red_packet", pool="spring", members_only=False),
)


@pytest.fixture
def shop(hub: Hub) -> BookShop:
    return BookShop(hub, BENEFITS, red_packet=[pool(budget_minor=100_000)])


@pytest.fixture
def member(shop: BookShop) -> int:
    return shop.join_by_wallet("first")


def told(shop: BookShop, member: int, claim: str) -> None:
    shop.members.claim(shop.lanes[0], claim, "card", shop.card(member))


def books(shop: BookShop, sale_id: str) -> str:
    """What all books say of a sale, without what is drawn by chance."""
    found: list[dict[str, Any]] = []
    for table in (POINTS, COUPON, COUPON_USE, CAMPAIGN_USE, RED_PACKET_DRAW, MEMBER_PROBLEM):
        rows = shop.rows(table)
        found += [{"table": table.name, **row} for row in rows if sale_id in str(row)]
    by_chance = ("code", "coupon", "amount_minor", "number", "campaign", "lane_id")
    for row in found:
        if row["table"] != "coupon" or row["source"].startswith(("sale", "red_packet")):
            row.update(dict.fromkeys(by_chance, "?"))
    return repr(sorted(found, key=repr)).replace(sale_id, "SALE")


def orders(first: str, *others: str) -> Iterator[tuple[str, ...]]:
    """All orders in which `refund…` comes after the sale."""
    for order in permutations((first, *others)):
        if all(order.index(one) > order.index(first) for one in others if one.startswith("refund")):
            yield order


@only_sqlite
def test_a_sale_a_claim_and_refunds_come_to_the_same_in_any_order(shop: BookShop, member: int) -> None:
    seen: dict[str, tuple[str, ...]] = {}
    for number, order in enumerate(orders("sale", "claim", "refund-milk", "refund-apples")):
        sale_id, claim = f"sale{number:02}", f"claim{number:02}"
        shop.voucher(f"V{sale_id}")
        shop.books.reserve(shop.lanes[0], f"V{sale_id}", sale_id, "")
        acts: dict[str, Callable[[], object]] = {
            "sale": lambda i=sale_id, c=claim: shop.sale(i, f"V{i}", claim=c, by="card"),  # type: ignore[misc]
            "claim": lambda c=claim: told(shop, member, c),  # type: ignore[misc]
            "refund-milk": lambda i=sale_id: shop.refund(i, MILKS, key=f"milk-{i}"),  # type: ignore[misc]
            "refund-apples": lambda i=sale_id: shop.refund(i, APPLES, key=f"apple-{i}"),  # type: ignore[misc]
        }
        for act in order:
            acts[act]()
            shop.books.settle(sale_id)
            shop.books.settle(sale_id)
        seen.setdefault(books(shop, sale_id), order)
    assert len(seen) == 1, seen
    (said,) = seen
    assert "'kind': 'sale'" in said
    assert "'kind': 'refund'" in said
    assert shop.books.points_of(member) == 100  # what welcomed them: of every other sale nothing was kept


def test_points_are_given_once_however_often_anything_is_told(shop: BookShop, member: int) -> None:
    shop.sale("s2", claim="c2", by="card")
    for _ in range(2):
        told(shop, member, "c2")
        shop.books.settle_many(["s2", "s2", "nobody-told-of-this"])
        shop.books.settle_claim("c2")
        shop.books.sweep(10)
    assert shop.books.points_of(member) == 2 * (EARNED + 20) + 100
    assert shop.unsettled() == []


@only_sqlite
def test_a_refund_leaves_the_share_of_what_was_kept(shop: BookShop, member: int) -> None:
    other = shop.join_by_wallet("second", "wechat:app:bob")
    shop.sale("s2", claim="c2", by="card")
    told(shop, other, "c2")
    shop.books.settle_many(["first", "second", "s2"])
    before = shop.books.points_of(member), shop.books.points_of(other)
    shop.refund("s2", (1, 1))
    shop.books.sweep(10)
    kept = EARNED * (PAID - 1000) // PAID
    assert (shop.books.points_of(member), shop.books.points_of(other)) == (before[0], before[1] - EARNED + kept)
    assert [entry.points for entry in shop.books.account_of(other) if entry.key == "s2"] == [20, kept - EARNED, EARNED]


@only_sqlite
def test_a_refund_in_doubt_or_declined_takes_nothing(shop: BookShop, member: int) -> None:
    shop.voucher("V")
    shop.books.reserve(shop.lanes[0], "V", "s2", "")
    shop.sale("s2", "V", claim="c2", by="card")
    told(shop, member, "c2")
    shop.books.settle("s2")
    before = shop.books.points_of(member), shop.coupon("V")
    shop.promise("s2")
    shop.books.settle("s2")
    assert (shop.books.points_of(member), shop.coupon("V")) == before
    shop.refund("s2", approved=False)
    shop.books.settle("s2")
    assert (shop.books.points_of(member), shop.coupon("V")) == before == (before[0], ("used", "s2"))


@only_sqlite
def test_a_refund_of_a_member_who_was_erased_touches_no_other(shop: BookShop, member: int) -> None:
    shop.books.settle("first")
    shop.members.erase(member)
    shop.refund("first")
    shop.books.sweep(10)
    assert {row["member_id"] for row in shop.rows(POINTS)} == {member}
    assert sum(row["points"] for row in shop.rows(POINTS)) == 100  # what welcomed them
    assert shop.books.receipts_of(member) == ()


@only_sqlite
def test_what_was_declared_later_is_not_given_for_a_sale_of_before(shop: BookShop, member: int) -> None:
    shop.books.settle("first")
    shop.declare(benefit=[*BENEFITS, benefit("late", points=500)])
    shop.refund("first", APPLES)
    shop.books.sweep(10)
    assert not [row for row in shop.rows(POINTS) if "late" in row["kind"]]
    shop.sale("s2", claim="c2", by="card")
    told(shop, member, "c2")
    shop.books.settle("s2")
    assert [row["points"] for row in shop.rows(POINTS) if "late" in row["kind"]] == [500]


@only_sqlite
def test_a_shopper_who_is_nobody_gets_what_everybody_gets(shop: BookShop) -> None:
    shop.sale("s1")
    shop.books.settle("s1")
    assert shop.rows(POINTS) == []
    assert sorted(row["source"].partition(":")[0] for row in shop.rows(COUPON)) == ["red_packet", "sale"]
    assert {row["member_id"] for row in shop.rows(COUPON)} == {None}


@only_sqlite
def test_a_coupon_for_everybody_is_its_members_once_they_are_known(shop: BookShop, member: int) -> None:
    shop.sale("s2", claim="c2", by="card")
    shop.books.settle("s2")
    assert not [one for one in shop.books.coupons_of(member) if "s2" in one.source]
    told(shop, member, "c2")
    shop.books.sweep(10)
    mine = [row for row in shop.rows(COUPON) if row["given_for"] == "s2"]
    assert {row["member_id"] for row in mine} == {member}
    assert {row["code"] for row in mine} <= {one.code for one in shop.books.free_coupons(member, "demo")}
    assert shop.books.free_coupons(member, "another") == ()


@only_sqlite
def test_uses_of_campaigns_with_a_cap_are_counted_by_member(shop: BookShop, member: int) -> None:
    capped = Campaign("capped", Terms(Kind.BASKET, off=100), everything=True, layer=7, per_member=2)
    for number in range(2):
        sale_id = f"c{number}"
        shop.begin(sale_id, claim=f"k{number}", by="card")
        journal = shop.journal()
        journal.write("coupon.presented", sale_id, code="any", campaigns=[campaign_body(capped)])
        shop.pay(sale_id)
        told(shop, member, f"k{number}")
        shop.books.settle(sale_id)
        shop.books.settle(sale_id)
    known = shop.members.known(member)
    assert known is not None
    assert known.used == {"capped": 2}


@only_sqlite
def test_receipts_are_a_members_own_and_say_what_was_given_back(shop: BookShop, member: int) -> None:
    shop.sale("s2", claim="c2", by="card")
    shop.sale("s3")
    told(shop, member, "c2")
    shop.refund("s2", APPLES)
    shop.books.settle_many(["first", "s2", "s3"])
    found = shop.books.receipts_of(member)
    assert [one.sale_id for one in found] == ["s2", "first"]
    assert (found[0].number, found[0].given_back_minor, found[0].total_minor) == ("r-s2", 1676, PAID)


class StoreWithoutMembers(BookShop):
    def declare(self, **changes: Any) -> None:
        """It has declared nothing."""


def test_in_a_store_without_members_sales_are_marked_and_coupons_hold_all_the_same(hub: Hub) -> None:
    shop = StoreWithoutMembers(hub)
    shop.list_coupons(TEN)
    shop.books.reserve(shop.lanes[0], "TEN-1", "s3", "")
    for sale_id in ("s1", "s2", "s3", "s4"):
        shop.sale(sale_id, *(("TEN-2",) if sale_id == "s2" else ()))
    assert shop.books.sweep(10) == 4
    assert shop.unsettled() == []
    assert (shop.coupon("TEN-1"), shop.coupon("TEN-2")) == (("free", ""), ("used", "s2"))
    BookShop.declare(shop, benefit=[benefit("all", give="coupon", coupon=VOUCHER, members_only=False)])
    for sale_id in ("s1", "s3"):
        shop.refund(sale_id, APPLES)
    assert shop.books.sweep(10) == 2
    assert [row["campaign_id"] for row in shop.rows(COUPON)] == ["ten", "ten"]  # what was declared since is not due


def test_a_sweep_finds_what_nobody_told_of(shop: BookShop, member: int) -> None:
    for number in range(3):
        shop.sale(f"s{number}", claim=f"c{number}", by="card")
    shop.begin("gone")
    shop.cancel("gone")
    shop.begin("open")
    told(shop, member, "c0")
    assert shop.books.sweep(3) == 3
    assert shop.books.sweep(3) == 2  # the sale by which the member joined was not settled either
    assert shop.books.sweep(3) == 0
    assert shop.unsettled() == ["open"]
    assert {entry.key for entry in shop.books.account_of(member)} >= {"first", "s0"}
