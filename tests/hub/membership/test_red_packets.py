"""Red packets: drawn once a sale, within bounds and budget, and the same whoever draws again."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter

import pytest
from sqlalchemy import update

from hub.errors import MembershipRefused
from hub.membership.red_packet_audit import audit
from hub.membership.red_packets import amount_of, commitment_of, pools_of
from hub.membership.tables import COUPON, RED_PACKET_DRAW, RED_PACKET_POOL
from hub.services import Hub
from tests.hub.databases import only_sqlite
from tests.hub.membership.book_shop import BookShop, benefit, pool

PACKET = benefit("packet", give="red_packet", pool="spring", members_only=False)
SEED = "00" * 32
OVER = 1_800_000_000  # long after all pools of the tests are over


@pytest.fixture
def shop(hub: Hub) -> BookShop:
    return BookShop(hub, [PACKET], red_packet=[pool()])


def sell(shop: BookShop, *sale_ids: str) -> None:
    for sale_id in sale_ids:
        shop.sale(sale_id)
        shop.books.settle(sale_id)


def drawn(shop: BookShop) -> dict[str, int]:
    return {row["sale_id"]: row["amount_minor"] for row in shop.rows(RED_PACKET_DRAW)}


def test_an_amount_is_what_anybody_reckons_from_seed_and_sale() -> None:
    digest = hmac.new(SEED.encode(), b"s1", hashlib.sha256).digest()
    assert amount_of(SEED, "s1", 100, 300) == 100 + int.from_bytes(digest, "big") % 201
    assert amount_of(SEED, "s1", 70, 70) == 70
    found = Counter(amount_of(SEED, f"sale{number}", 1, 4) for number in range(4000))
    assert set(found) == {1, 2, 3, 4}
    assert all(900 < count < 1100 for count in found.values())


@only_sqlite
@pytest.mark.parametrize("over", [0, 50, 99, 100, 299])
def test_a_budget_is_drawn_to_the_unit_and_never_over(hub: Hub, over: int) -> None:
    budget = over + sum(amount_of(SEED, f"s{number}", 100, 300) for number in range(3))
    shop = BookShop(hub, [PACKET], red_packet=[pool(budget_minor=budget)])
    shop.seed("spring", SEED)
    sell(shop, *(f"s{number}" for number in range(6)))
    left, expected = budget, {}
    for number in range(6):
        wanted = amount_of(SEED, f"s{number}", 100, 300)
        paid = wanted if wanted <= left else left if left >= 100 else 0
        expected[f"s{number}"] = paid
        left -= paid
    assert drawn(shop) == expected
    assert 0 in expected.values()
    (found,) = pools_of(shop.database, "demo", 0)
    assert (found.left_minor, sum(expected.values())) == (left, budget - left)
    assert sorted(row["number"] for row in shop.rows(RED_PACKET_DRAW)) == list(range(1, 7))


@only_sqlite
def test_a_draw_is_paid_as_a_coupon_over_its_amount(shop: BookShop) -> None:
    sell(shop, "s1")
    shop.books.settle("s1")
    (reward,) = shop.books.rewards(shop.lanes[0], "s1").rewards
    assert (reward.kind, reward.amount_minor) == ("red_packet", drawn(shop)["s1"])
    assert reward.campaign is not None
    assert reward.campaign["terms"]["off"] == reward.amount_minor
    assert shop.books.reserve(shop.lanes[1], reward.code, "s2", "").campaign == reward.campaign


@only_sqlite
def test_a_pool_is_for_sales_of_its_days_and_amount_alone(hub: Hub) -> None:
    pools = [
        pool("over", opens="2026-10-01", closes="2026-10-31"),
        pool("dear", over_minor=4677),
        pool("just", over_minor=4676),
    ]
    shop = BookShop(
        hub,
        [benefit(one["id"], give="red_packet", pool=one["id"], members_only=False) for one in pools],
        red_packet=pools,
    )
    sell(shop, "s1")
    assert [row["pool"] for row in shop.rows(RED_PACKET_DRAW)] == ["demo/just"]


@only_sqlite
def test_a_sale_given_back_voids_its_red_packet_and_the_budget_stays_drawn(shop: BookShop) -> None:
    sell(shop, "s1")
    before = shop.rows(RED_PACKET_POOL)
    shop.refund("s1")
    shop.books.settle("s1")
    assert [row["state"] for row in shop.rows(COUPON)] == ["void"]
    assert shop.rows(RED_PACKET_POOL) == before
    assert shop.books.rewards(shop.lanes[0], "s1").rewards == ()


@only_sqlite
def test_a_red_packet_that_was_used_before_its_sale_was_given_back_stays_used(shop: BookShop) -> None:
    sell(shop, "s1")
    (code,) = (row["code"] for row in shop.rows(COUPON))
    shop.books.reserve(shop.lanes[0], code, "s2", "")
    shop.refund("s1")
    shop.books.settle("s1")
    assert shop.coupon(code) == ("reserved", "s2")
    shop.begin("s2")
    shop.cancel("s2")
    shop.books.settle("s2")
    assert shop.coupon(code) == ("void", "")


@only_sqlite
def test_the_seed_is_published_before_and_told_when_the_pool_is_over(shop: BookShop) -> None:
    (published,) = pools_of(shop.database, "demo", 0)
    assert (published.seed, len(published.commitment)) == ("", 64)
    sell(shop, "s1", "s2", "s3")
    open_ = audit(shop.database, "demo", "spring", 0)
    assert (open_.pool.seed, open_.faults, {one.should_minor for one in open_.draws}) == ("", (), {None})
    found = audit(shop.database, "demo", "spring", OVER)
    assert commitment_of(found.pool.seed) == published.commitment
    assert hashlib.sha256(found.pool.seed.encode()).hexdigest() == published.commitment
    assert [one.should_minor for one in found.draws] == [one.amount_minor for one in found.draws]
    assert found.faults == ()


@only_sqlite
def test_an_audit_finds_whatever_somebody_changed(shop: BookShop) -> None:
    sell(shop, "s1", "s2")
    with shop.database.write() as connection:
        connection.execute(update(RED_PACKET_DRAW).where(RED_PACKET_DRAW.c.sale_id == "s1").values(amount_minor=301))
        connection.execute(update(RED_PACKET_DRAW).where(RED_PACKET_DRAW.c.sale_id == "s2").values(number=5))
    assert len(audit(shop.database, "demo", "spring", 0).faults) == 2
    shop.seed("spring", SEED)
    faults = " ".join(audit(shop.database, "demo", "spring", OVER).faults)
    assert "not the one that was published" in faults
    assert "301 was drawn of" in faults or "is left" in faults
    assert "without a gap" in faults
    assert "gave 301" in faults


@only_sqlite
def test_a_pool_stays_as_it_was_declared(shop: BookShop) -> None:
    sell(shop, "s1")
    shop.declare()
    with pytest.raises(MembershipRefused, match="red packets spring: were declared with other figures"):
        shop.declare(red_packet=[pool(budget_minor=2000)])
    assert sum(drawn(shop).values()) + shop.rows(RED_PACKET_POOL)[0]["left_minor"] == 1000
    with pytest.raises(MembershipRefused, match="no red packets autumn"):
        audit(shop.database, "demo", "autumn", 0)
