"""A sale that the books cannot settle stands in nobody's way, is told, and is tried again."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event, update

from hub.membership.unsettled import told_late
from hub.services import Hub
from hub.tables import SALE
from tests.hub.conftest import Clock
from tests.hub.databases import only_sqlite
from tests.hub.membership.book_shop import BookShop, benefit, pool


@pytest.fixture
def shop(hub: Hub) -> BookShop:
    return BookShop(hub, [benefit("packet", give="red_packet", pool="spring", members_only=False)], red_packet=[pool()])


def told_at(shop: BookShop, sale_id: str, at: str) -> None:
    with shop.database.write() as connection:
        connection.execute(update(SALE).where(SALE.c.id == sale_id).values(completed_at=at))


def test_the_others_are_settled_and_the_shop_is_told(shop: BookShop) -> None:
    for sale_id in ("a", "b"):
        shop.sale(sale_id)
    told_at(shop, "a", "nonsense")

    assert shop.books.sweep(1) == 1
    assert shop.books.sweep(1) == 1

    assert shop.unsettled() == []
    assert shop.books.rewards(shop.lanes[0], "a").rewards == ()
    assert len(shop.books.rewards(shop.lanes[0], "b").rewards) == 1
    (problem,) = shop.books.problems()
    assert "sale a:" in problem.detail
    assert "nonsense" not in problem.detail


def test_it_is_settled_once_its_fault_is_mended(shop: BookShop, clock: Clock) -> None:
    shop.sale("a")
    told_at(shop, "a", "nonsense")
    shop.books.sweep(10)
    clock.pass_time(minutes=11)
    shop.books.sweep(10)
    assert shop.books.problems(), "it is tried again and fails again"

    told_at(shop, "a", "2026-11-22T09:00:00+00:00")
    shop.books.sweep(10)
    assert shop.books.problems(), "not each minute"
    clock.pass_time(minutes=11)
    shop.books.sweep(10)

    assert shop.books.problems() == []
    assert len(shop.books.rewards(shop.lanes[0], "a").rewards) == 1


@only_sqlite
def test_a_sweep_does_not_read_all_sales_there_ever_were(shop: BookShop) -> None:
    asked: list[tuple[str, tuple[object, ...]]] = []
    with shop.database.write() as connection:

        @event.listens_for(connection, "before_cursor_execute")
        def note(*told: Any) -> None:
            asked.append((told[2], told[3]))

        told_late(connection, 10, 0)
        plans = [
            str(row[3])
            for text, given in asked[:2]
            for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given)
        ]
    assert len(asked) >= len(("payers", "claims"))
    assert not [plan for plan in plans if plan.startswith("SCAN sale")], plans
