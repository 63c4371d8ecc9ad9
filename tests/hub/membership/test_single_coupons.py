"""Single coupons: one sale's alone from the hub's yes until it is over, across lanes, offline and after refunds."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hub.errors import MemberRefused
from hub.membership.coupon_book import new_code
from hub.membership.tables import COUPON, COUPON_USE
from hub.services import Hub
from retail.scan_rules import ScanRules
from tests.hub.databases import only_sqlite
from tests.hub.membership.book_shop import TEN, BookShop

pytestmark = only_sqlite


@pytest.fixture
def shop(hub: Hub) -> BookShop:
    shop = BookShop(hub)
    shop.list_coupons(TEN)
    return shop


def why(shop: BookShop, code: str, sale_id: str, *, lane: int = 0, claim: str = "") -> str:
    with pytest.raises(MemberRefused) as caught:
        shop.books.reserve(shop.lanes[lane], code, sale_id, claim)
    assert code not in str(caught.value)
    return caught.value.code


def reserve(shop: BookShop, code: str, sale_id: str, *, lane: int = 0, claim: str = "") -> None:
    assert shop.books.reserve(shop.lanes[lane], code, sale_id, claim).code == code


def test_a_coupon_of_the_list_is_known_by_its_first_reservation(shop: BookShop) -> None:
    assert shop.rows(COUPON) == []
    for _ in range(2):
        found = shop.books.reserve(shop.lanes[0], "TEN-1", "s1", "")
        assert (found.code, found.own, found.campaign) == ("TEN-1", False, None)
    assert shop.coupon("TEN-1") == ("reserved", "s1")
    assert why(shop, "TEN-1", "s2", lane=1) == "taken"
    assert why(shop, "ELEVEN-1", "s1") == "unknown"


def test_a_coupon_is_used_when_its_sale_is_completed_with_it(shop: BookShop) -> None:
    reserve(shop, "TEN-1", "s1")
    shop.sale("s1", "TEN-1")
    assert why(shop, "TEN-1", "s2", lane=1) == "used"
    assert shop.coupon("TEN-1") == ("used", "s1")


@pytest.mark.parametrize("end", ["without", "cancelled", "handed_over"])
def test_a_coupon_is_free_again_when_its_sale_ends_without_it(shop: BookShop, end: str) -> None:
    reserve(shop, "TEN-1", "s1")
    shop.begin("s1", *(() if end == "without" else ("TEN-1",)))
    {"without": shop.pay, "cancelled": shop.cancel, "handed_over": shop.hand_over}[end]("s1")
    reserve(shop, "TEN-1", "s2", lane=1)  # nobody had settled the first: whoever asks does
    assert shop.coupon("TEN-1") == ("reserved", "s2")


def test_a_coupon_stays_reserved_as_long_as_its_payment_is_in_doubt(shop: BookShop) -> None:
    reserve(shop, "TEN-1", "s1")
    shop.begin("s1", "TEN-1")
    shop.doubt("s1")
    shop.books.settle("s1")
    shop.books.release(shop.lanes[0], "TEN-1", "s1")
    assert why(shop, "TEN-1", "s2", lane=1) == "taken"
    shop.resolve("s1", "declined")
    shop.books.release(shop.lanes[0], "TEN-1", "s1")
    reserve(shop, "TEN-1", "s2", lane=1)


def test_a_lane_takes_back_its_own_reservation_alone(shop: BookShop) -> None:
    reserve(shop, "TEN-1", "s1")
    shop.books.release(shop.lanes[1], "TEN-1", "s1")
    shop.books.release(shop.lanes[0], "TEN-1", "s2")
    shop.books.release(shop.lanes[0], "TEN-2", "s1")
    assert shop.coupon("TEN-1") == ("reserved", "s1")
    shop.books.release(shop.lanes[0], "TEN-1", "s1")
    shop.books.release(shop.lanes[0], "TEN-1", "s1")
    assert shop.coupon("TEN-1") == ("free", "")


def test_a_question_that_comes_after_the_sale_takes_no_coupon(shop: BookShop) -> None:
    shop.sale("s1")
    shop.begin("s3", lane=1)
    assert why(shop, "TEN-1", "s1") == "taken"
    assert why(shop, "TEN-1", "s3", lane=0) == "taken"  # that sale is another lane's
    assert shop.rows(COUPON) == []


def test_a_release_that_comes_after_the_sale_leaves_it_used(shop: BookShop) -> None:
    reserve(shop, "TEN-1", "s1")
    shop.sale("s1", "TEN-1")
    shop.books.release(shop.lanes[0], "TEN-1", "s1")
    assert shop.coupon("TEN-1") == ("used", "s1")


def test_a_personal_coupon_is_its_members_who_has_proved_it(shop: BookShop) -> None:
    member, other = shop.join_by_wallet("m1"), shop.join_by_phone("phone", lane=1)
    code = shop.voucher("SGC-MINE", member)
    shop.members.claim(shop.lanes[0], "card", "card", shop.card(member))
    assert why(shop, code, "s1") == "not_yours"
    assert why(shop, code, "s1", claim="phone") == "not_yours"
    assert why(shop, code, "s1", claim="made-up") == "not_yours"
    assert other != member
    found = shop.books.reserve(shop.lanes[0], code, "s1", "card")
    assert found.own
    assert found.campaign is not None
    assert found.campaign["coupon"] == code


def test_a_number_that_was_only_typed_takes_no_personal_coupon(shop: BookShop) -> None:
    member = shop.join_by_phone("proved")
    code = shop.voucher("SGC-MINE", member)
    shop.members.claim(shop.lanes[0], "typed", "phone", "138 0013 8000")
    assert why(shop, code, "s1", claim="typed") == "not_yours"
    assert shop.books.reserve(shop.lanes[0], code, "s1", "proved").own


def test_a_coupon_that_is_over_is_refused_and_one_that_lies_on_the_basket_stays(shop: BookShop) -> None:
    shop.voucher("SGC-A", days=1)
    shop.voucher("SGC-B", days=1)
    reserve(shop, "SGC-A", "s1")
    shop.hub.clock.pass_time(days=1)  # type: ignore[attr-defined]
    reserve(shop, "SGC-A", "s1")
    assert why(shop, "SGC-B", "s1") == "expired"


def test_a_personal_coupon_of_the_list_is_nobodys_whom_the_hub_knows(shop: BookShop) -> None:
    shop.list_coupons(replace(TEN, personal=True))
    assert why(shop, "TEN-1", "s1") == "not_yours"


def test_a_coupon_taken_offline_that_another_sale_used_is_told_of(shop: BookShop) -> None:
    shop.begin("off", "TEN-1")
    shop.pay("off", upload=False)
    reserve(shop, "TEN-1", "on", lane=1)
    shop.sale("on", "TEN-1", lane=1)
    shop.books.settle("on")
    shop.upload()
    shop.books.settle("off")
    shop.books.settle("on")
    assert shop.coupon("TEN-1") == ("used", "on")
    (problem,) = shop.books.problems()
    assert (problem.kind, problem.key) == ("coupon", "coupon:TEN-1:off")
    assert problem.detail == (
        "receipt r-off (store demo, lane 1) took coupon TEN-1 of ten unchecked; "
        "it was that of receipt r-on (store demo, lane 2)"
    )


@pytest.mark.parametrize("order", [("off", "on"), ("on", "off")])
def test_whom_the_hub_said_yes_to_has_the_right_whoever_is_settled_first(
    shop: BookShop, order: tuple[str, ...]
) -> None:
    reserve(shop, "TEN-1", "on", lane=1)
    shop.sale("before", lane=1)
    shop.sale("off", "TEN-1")  # completed before the other one
    shop.sale("on", "TEN-1", lane=1)
    for sale_id in order:
        shop.books.settle(sale_id)
    assert shop.coupon("TEN-1") == ("used", "on")
    assert [one.key for one in shop.books.problems()] == ["coupon:TEN-1:off"]


@pytest.mark.parametrize("order", [("a", "b", "c"), ("c", "b", "a"), ("b", "c", "a")])
def test_of_sales_that_took_it_unchecked_the_earliest_has_the_right(shop: BookShop, order: tuple[str, ...]) -> None:
    shop.sale("a", "TEN-1")
    shop.sale("b", "TEN-1")
    shop.sale("c", "TEN-1")
    for sale_id in order:
        shop.books.settle(sale_id)
    assert shop.coupon("TEN-1") == ("used", "a")
    assert [one.key for one in shop.books.problems()] == ["coupon:TEN-1:b", "coupon:TEN-1:c"]
    shop.refund("a")
    shop.books.settle("a")
    assert shop.coupon("TEN-1") == ("used", "b")
    assert [one.key for one in shop.books.problems()] == ["coupon:TEN-1:c"]
    shop.refund("b")
    shop.books.settle("b")
    assert (shop.coupon("TEN-1"), shop.books.problems()) == (("used", "c"), [])


def test_a_sale_that_was_given_back_whole_gives_its_coupon_back(shop: BookShop) -> None:
    reserve(shop, "TEN-1", "s1")
    shop.sale("s1", "TEN-1")
    shop.refund("s1", (1, 3), key="refund-1")
    shop.books.settle("s1")
    assert shop.coupon("TEN-1") == ("used", "s1")
    shop.refund("s1", key="refund-2")
    shop.books.settle("s1")
    assert shop.coupon("TEN-1") == ("free", "")
    assert shop.rows(COUPON_USE) == []
    reserve(shop, "TEN-1", "s2", lane=1)


def test_a_person_frees_what_a_lane_will_never_tell_of_and_what_it_tells_after_all_counts(shop: BookShop) -> None:
    reserve(shop, "TEN-1", "s1")
    assert shop.books.release_by_hand("TEN-1") == "s1"
    reserve(shop, "TEN-1", "s2", lane=1)
    shop.sale("s2", "TEN-1", lane=1)
    shop.sale("s1", "TEN-1")
    shop.books.settle_many(["s1", "s2"])
    assert shop.coupon("TEN-1") == ("used", "s2")
    assert [one.key for one in shop.books.problems()] == ["coupon:TEN-1:s1"]
    for code, said in (("TEN-1", "refused"), ("NONE", "unknown")):
        with pytest.raises(MemberRefused) as caught:
            shop.books.release_by_hand(code)
        assert caught.value.code == said


def test_codes_are_coupons_to_any_lane_and_never_the_same(shop: BookShop) -> None:
    assert shop.rows(COUPON) == []
    codes = {new_code() for _ in range(100)}
    assert len(codes) == 100
    assert all(code.startswith(ScanRules().coupon_prefix) and code[4:].isalnum() for code in codes)
