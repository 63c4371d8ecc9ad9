"""What a lane shows on its last screen: what came of its sale, and of nobody else's."""

from __future__ import annotations

import pytest

from hub.membership.rewards import SaleRewards
from hub.refunds import RefundDesk
from hub.services import Hub
from payments.gateway import Outcome, PaymentResult
from tests.hub.databases import only_sqlite
from tests.hub.membership.book_shop import POINTS, VOUCHER, BookShop, benefit
from tests.hub.membership.member_shop import NUMBER

pytestmark = only_sqlite


@pytest.fixture
def shop(hub: Hub) -> BookShop:
    return BookShop(
        hub,
        [
            benefit("hello", on="joined", give="coupon", coupon=VOUCHER),
            benefit("north", on="joined", club="north", points=7),
            benefit("big", over_minor=4676, points=30),
            benefit("bigger", over_minor=4677, points=60),
            benefit("again", give="coupon", coupon=VOUCHER, club="south"),
        ],
    )


def test_nothing_is_told_of_a_sale_that_the_hub_has_not_seen_or_that_is_another_lanes(shop: BookShop) -> None:
    shop.begin("open")
    shop.sale("s1", lane=1)
    for sale_id in ("never", "open", "s1"):
        assert shop.books.rewards(shop.lanes[0], sale_id) == SaleRewards(ready=False)


def test_who_joined_with_a_sale_sees_what_they_joined_and_what_they_were_given(shop: BookShop) -> None:
    member = shop.join_by_wallet("s1")
    found = shop.books.rewards(shop.lanes[0], "s1")
    assert (found.ready, found.member, found.joined) == (True, True, ("member", "north"))
    assert (found.points, found.balance) == (POINTS, POINTS + 30 + 7)
    assert sorted((one.kind, one.points) for one in found.rewards) == [("points", 7), ("points", 30), ("welcome", 0)]
    assert shop.members.by_page(found.page) == member
    assert found.masked
    assert found.page not in repr(found)


def test_a_number_that_anybody_may_type_does_not_open_its_members_page(shop: BookShop) -> None:
    member = shop.join_by_phone("c0")
    shop.sale("s1", claim="typed", by="phone")
    shop.members.claim(shop.lanes[0], "typed", "phone", NUMBER)
    shop.sale("s2", claim="card", by="card")
    shop.members.claim(shop.lanes[0], "card", "card", shop.card(member))

    typed, card = (shop.books.rewards(shop.lanes[0], sale_id) for sale_id in ("s1", "s2"))

    assert (typed.member, typed.points, typed.page) == (True, POINTS, "")
    assert shop.members.by_page(card.page) == member


def test_who_comes_back_is_not_welcomed_again(shop: BookShop) -> None:
    shop.join_by_wallet("s1")
    shop.books.settle("s1")
    shop.join_by_wallet("s2")
    found = shop.books.rewards(shop.lanes[0], "s2")
    assert found.joined == ()
    assert [(one.kind, one.points) for one in found.rewards] == [("points", 30)]
    assert found.balance == 2 * (POINTS + 30) + 7


def test_nobody_is_told_that_there_is_no_member(shop: BookShop) -> None:
    shop.sale("s1")
    assert shop.books.rewards(shop.lanes[0], "s1") == SaleRewards(ready=True)


def test_a_gift_of_a_club_is_for_its_members(shop: BookShop) -> None:
    shop.join_by_wallet("s1", given=shop.given("member", "south"))
    shop.books.settle("s1")
    shop.sale("s2", claim="c2", by="card")
    member = shop.join_by_wallet("s3")
    shop.members.claim(shop.lanes[0], "c2", "card", shop.card(member))
    kinds = [one.kind for one in shop.books.rewards(shop.lanes[0], "s2").rewards]
    assert sorted(kinds) == ["coupon", "points"]


def test_a_refund_tells_the_books_of_its_sale_once_it_is_answered(shop: BookShop) -> None:
    member = shop.join_by_wallet("s1")
    shop.books.settle("s1")
    told: list[str] = []
    desk = RefundDesk(shop.hub.refunds, None, told.append)  # type: ignore[arg-type]  # the lane's own gateway pays
    key = shop.promise("s1")
    desk.made(shop.lanes[0], key, PaymentResult(Outcome.UNKNOWN))
    assert told == []
    desk.made(shop.lanes[0], key, PaymentResult(Outcome.APPROVED))
    assert told == shop.unsettled() == ["s1"]
    shop.books.settle("s1")
    assert shop.books.points_of(member) == 7  # of the brand that welcomed them
    assert [one.kind for one in shop.books.rewards(shop.lanes[0], "s1").rewards] == ["welcome", "points"]
