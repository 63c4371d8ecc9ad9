"""kiosk-hub membership red-packets, problems and coupons."""

from __future__ import annotations

import json

import pytest

from hub.services import Hub
from tests.hub.cli.command_line import Run
from tests.hub.databases import only_sqlite
from tests.hub.membership.book_shop import TEN, BookShop, benefit, pool

pytestmark = only_sqlite


@pytest.fixture
def shop(hub: Hub) -> BookShop:
    packet = benefit("packet", give="red_packet", pool="spring", members_only=False)
    shop = BookShop(hub, [packet], red_packet=[pool(opens="2020-01-01", closes="2037-01-01")])
    shop.list_coupons(TEN)
    return shop


def test_red_packets_are_listed_and_audited(run: Run, shop: BookShop) -> None:
    assert "10.00 CNY  1.00 CNY to 3.00 CNY" in run("membership", "red-packets", "--store", "demo").out
    shop.books.settle(shop.sale("s1"))
    said = run("membership", "red-packets", "--store", "demo", "--audit", "spring")
    assert said.status == 0
    assert said.out.splitlines()[-2:] == ["seed: told after 2037-01-02T00:00:00+00:00", "everything agrees"]
    lines = run("membership", "red-packets", "--store", "demo", "--audit", "spring", "--json").out.splitlines()
    known, draw = map(json.loads, lines)
    assert (known["id"], known["seed"], draw["sale_id"]) == ("spring", None, "s1")
    assert known["left_minor"] + draw["amount_minor"] == known["budget_minor"]


def test_what_is_not_there_is_a_sentence(run: Run, shop: BookShop) -> None:
    said = run("membership", "red-packets", "--store", "demo", "--audit", "autumn")
    assert (said.status, said.out) == (2, "")
    assert said.err == (
        "kiosk-hub: store demo has no red packets autumn; `kiosk-hub membership red-packets --store demo` lists them\n"
    )
    said = run("membership", "coupons", "release", "TEN-1")
    assert (said.status, said.err) == (2, "kiosk-hub: coupon TEN-1: there is none; look at its letters again\n")
    assert "nowhere" in run("membership", "red-packets", "--store", "nowhere").err
    assert shop.books.problems() == []


def test_a_coupon_that_nobody_lets_go_of_is_found_and_freed(run: Run, shop: BookShop) -> None:
    assert run("membership", "coupons", "held").out == "no coupon lies on a basket\n"
    shop.books.reserve(shop.lanes[0], "TEN-1", "s1", "")
    (found,) = map(json.loads, run("membership", "coupons", "held", "--json").out.splitlines())
    assert (found["code"], found["lane"], found["sale_id"], found["status"]) == ("TEN-1", "1", "s1", "")
    assert "TEN-1" in run("membership", "coupons", "held").out
    assert run("membership", "coupons", "release", "TEN-1").out.startswith(
        "coupon TEN-1: is free again; should sale s1"
    )
    assert shop.coupon("TEN-1") == ("free", "")
    assert run("membership", "coupons", "release", "TEN-1").err == (
        "kiosk-hub: coupon TEN-1: is free, and reserved for nobody\n"
    )


def test_problems_are_told_with_receipts_and_lanes(run: Run, shop: BookShop) -> None:
    assert run("membership", "problems").out == "there are no problems\n"
    shop.books.settle_many([shop.sale("s1", "TEN-1"), shop.sale("s2", "TEN-1", lane=1)])
    assert "coupon: receipt r-s2 (store demo, lane 2) took coupon TEN-1" in run("membership", "problems").out
    (found,) = map(json.loads, run("membership", "problems", "--json").out.splitlines())
    assert found["kind"] == "coupon"
