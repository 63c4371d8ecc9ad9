"""Whose goods are, and the programme, on their way from a shop's list to its lanes."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hub.errors import KeyUnusable
from hub.imports.headers import recognise
from hub.membership.membership_file import membership_from
from hub.services import Hub
from offline_cache.price_list.reader import PriceList
from retail.membership.programme import Programme, programme_from
from tests.hub.conftest import BAG, MILK
from tests.hub.following_lane import FollowingLane, lane_of
from tests.hub.membership.test_programmes import content

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def lane(hub: Hub, tmp_path: Path) -> FollowingLane:
    return lane_of(hub, tmp_path / "lane")


def sell(hub: Hub, brand: str) -> None:
    milk = replace(MILK, product=replace(MILK.product, brand=brand))
    hub.catalogues.replace_goods("demo", [milk, BAG], currency="CNY", source="tests", approved_by="tests")
    hub.publisher.publish("demo")


def brands(lane: FollowingLane) -> list[str]:
    lane.follow()
    with closing(PriceList(lane.path)) as prices:
        found = [prices.find(code, NOW) for code in ("6901234567892", "42")]
        return [one.product.brand for one in found if one]


def programme(lane: FollowingLane) -> Programme | None:
    lane.follow()
    with closing(PriceList(lane.path)) as prices:
        return programme_from(prices.meta.membership)


def test_a_brand_reaches_the_lanes_by_snapshot_and_by_delta(hub: Hub, lane: FollowingLane) -> None:
    sell(hub, "north")
    assert brands(lane) == ["north", ""]
    sell(hub, "south")
    assert brands(lane) == ["south", ""]
    sell(hub, "")
    assert brands(lane) == ["", ""]


def test_the_programme_reaches_the_lanes_with_the_next_list(hub: Hub, lane: FollowingLane) -> None:
    hub.publisher.publish("demo")
    assert programme(lane) is None
    hub.programmes.set("demo", membership_from(content(), UTC))
    assert hub.publisher.publish("demo").changed == 0
    told = programme(lane)
    assert told is not None
    assert told.code_keys == hub.member_secrets.code_keys
    assert [club.id for club in told.clubs] == ["member", "north"]


def test_a_hub_without_the_members_keys_publishes_nothing_and_says_why(hub: Hub) -> None:
    hub.programmes.set("demo", membership_from(content(), UTC))
    hub.member_secrets.path.unlink()
    with pytest.raises(KeyUnusable, match=r"members\.key: is not the key"):
        hub.publisher.publish("demo")


@pytest.mark.parametrize("header", ["Brand", "品牌"])
def test_a_header_says_which_column_is_the_brand(header: str) -> None:
    assert recognise(["code", "price", header]).brand == header
