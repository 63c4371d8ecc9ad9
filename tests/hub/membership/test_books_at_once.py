"""Lanes, hubs and threads at once, on both databases: no coupon twice, no point lost or doubled, no budget overrun."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Final

import pytest

from hub.data_folder import DataFolder
from hub.errors import MemberRefused
from hub.membership.books import Books
from hub.membership.tables import COUPON, POINTS, RED_PACKET_DRAW, RED_PACKET_POOL
from hub.services import Hub, open_hub
from tests.hub.conftest import Clock
from tests.hub.databases import Databases
from tests.hub.membership.book_shop import POINTS as EARNED
from tests.hub.membership.book_shop import TEN, BookShop, benefit, pool

SALES: Final = 9
AT_ONCE: Final = 8


@pytest.fixture
def shop(hub: Hub) -> BookShop:
    benefits = [benefit("packet", give="red_packet", pool="spring", members_only=False), benefit("ten", points=10)]
    shop = BookShop(hub, benefits, red_packet=[pool()])
    shop.list_coupons(TEN)
    return shop


@pytest.fixture
def two(shop: BookShop, data: Path, databases: Databases, clock: Clock) -> Iterator[tuple[Books, Books]]:
    """The books of two hubs over one database, each with connections of its own."""
    with ExitStack() as stack:
        other = stack.enter_context(open_hub(DataFolder(data), address=databases.address(data), clock=clock))
        yield shop.books, shop.more_books(other)


def at_once(*acts: Callable[[], object]) -> list[object]:
    """All of them, begun at one moment."""
    barrier = threading.Barrier(len(acts))

    def begun(act: Callable[[], object]) -> object:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return [one.result(60) for one in [threads.submit(begun, act) for act in acts]]


def asked(books: Books, shop: BookShop, code: str, sale_id: str, lane: int) -> str:
    try:
        return books.reserve(shop.lanes[lane], code, sale_id, "").code
    except MemberRefused as exc:
        return exc.code


def test_of_many_that_ask_for_a_coupon_at_once_one_gets_it(shop: BookShop, two: Sequence[Books]) -> None:
    for code in ("TEN-1", "TEN-2", shop.voucher("SGC-1"), shop.voucher("SGC-2")):
        found = at_once(*(partial(asked, two[one % 2], shop, code, f"s{one}", one % 2) for one in range(AT_ONCE)))
        assert sorted(map(str, found)) == sorted([code, *["taken"] * (AT_ONCE - 1)])


def test_hubs_that_settle_the_same_sales_at_once_agree_to_the_unit(shop: BookShop, two: Sequence[Books]) -> None:
    member = shop.join_by_wallet("first")
    ids = [f"s{number}" for number in range(SALES)]
    for number, sale_id in enumerate(ids):
        lane = number % 2
        if number % 3 == 0:
            two[lane].reserve(shop.lanes[lane], f"TEN-{number}", sale_id, "")
        # Two of three coupons are taken unchecked by the sale after the one whose they are.
        shop.sale(sale_id, f"TEN-{number // 3 * 3}", lane=lane, claim=f"c{number}", by="card")
    acts: list[Callable[[], object]] = [
        partial(books.settle_many, some) for books in two for some in (ids, ids[::-1], ids[5:] + ids[:5])
    ]
    acts += [partial(told, shop, member), partial(two[1].sweep, 100)]
    at_once(*acts)
    two[0].sweep(100)
    assert shop.unsettled() == []
    assert shop.books.points_of(member) == (SALES + 1) * (EARNED + 10)
    assert len(shop.rows(POINTS)) == 2 * (SALES + 1)
    used = [row for row in shop.rows(COUPON) if row["code"].startswith("TEN-")]
    assert [(row["code"], row["sale_id"]) for row in used] == [(f"TEN-{n}", f"s{n}") for n in range(0, SALES, 3)]
    assert len(shop.books.problems()) == SALES - SALES // 3
    budget_agrees(shop, SALES + 1)


def told(shop: BookShop, member: int) -> None:
    for number in range(SALES):
        shop.members.claim(shop.lanes[number % 2], f"c{number}", "card", shop.card(member))


def budget_agrees(shop: BookShop, sales: int) -> None:
    draws, (kept,) = shop.rows(RED_PACKET_DRAW), shop.rows(RED_PACKET_POOL)
    assert len(draws) == sales
    assert sorted(row["number"] for row in draws) == list(range(1, sales + 1))
    given = [row["amount_minor"] for row in draws if row["amount_minor"]]
    assert sum(given) + kept["left_minor"] == kept["budget_minor"]
    assert kept["left_minor"] < kept["least_minor"]
    assert len([row for row in shop.rows(COUPON) if row["source"].startswith("red_packet")]) == len(given)


def test_eight_threads_never_draw_more_than_a_budget(shop: BookShop, two: Sequence[Books]) -> None:
    ids = [shop.sale(f"s{number}") for number in range(10)]
    at_once(*(partial(two[one % 2].settle_many, ids[one:] + ids[:one]) for one in range(AT_ONCE)))
    budget_agrees(shop, len(ids))


def test_a_refund_a_release_and_the_next_reservation_at_once_lose_nothing(shop: BookShop, two: Sequence[Books]) -> None:
    for number in range(4):
        code, old, new = f"TEN-{number}", f"old{number}", f"new{number}"
        two[0].reserve(shop.lanes[0], code, old, "")
        shop.sale(old, code)
        shop.books.settle(old)
        shop.refund(old)
        at_once(
            partial(two[0].settle, old),
            partial(two[1].settle, old),
            partial(two[0].release, shop.lanes[0], code, old),
            partial(asked, two[1], shop, code, new, 1),
        )
        two[1].reserve(shop.lanes[1], code, new, "")  # its lane asks again
        shop.sale(new, code, lane=1)
        two[0].settle(new)
        assert shop.coupon(code) == ("used", new)
    assert shop.books.problems() == []
