"""From a rules file to the price that a lane sells at: whatever moment is asked, lane and `explain` say the same."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.catalogue import CatalogueItem
from hub.promotions.found import Found, Named
from hub.scopes import ALL
from hub.services import Hub
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import OfferRow, PriceRow
from retail.product import Product
from retail.promotions.campaign import Campaign, Kind, Terms
from tests.hub.following_lane import FollowingLane, lane_of
from tests.hub.offers import found

CODES = {"milk": "6901234567892", "bag": "42", "gone-soon": "43"}
RULES = """sku,scope,channel,kind,price,valid_from,valid_until,priority
milk,all,any,list,12.00,,,
milk,region:north,any,list,13.00,2026-12-01,,
milk,store:demo,any,special,9.00,2026-12-10T12:00:00,2026-12-20,
milk,all,any,special,8.00,2026-12-15T00:00+08:00,2026-12-17T00:00+08:00,1
milk,store:demo,lane,special,8.50,2026-12-24,2026-12-26,
bag,all,any,list,0.70,2027-01-01T00:00+08:00,,1
bag,store:demo,any,special,0.70,2026-12-31,2027-01-02,
bag,store:other,any,special,0.10,,,9
bag,store:demo,web,special,0.20,,,9
gone-soon,region:north,any,special,70.00,,2026-12-05,
gone-soon,region:south,any,special,60.00,,,9
gone-soon,store:demo,any,member,50.00,,,
"""
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
# Day and hour of December, UTC: midnights in Shanghai, and one noon.
EDGES = ((5, 16), (9, 16), (10, 4), (14, 16), (16, 16), (20, 16), (23, 16), (26, 16), (30, 16), (31, 16))


@pytest.fixture
def lane(hub: Hub, tmp_path: Path) -> FollowingLane:
    bag = CatalogueItem(Product("bag", {"en": "Bag"}), {"42": 1}, (PriceRow("list", 40),))
    hub.catalogues.replace_goods("other", [bag], currency="CNY", source="test")
    hub.catalogues.replace_goods(ALL, [bag], currency="CNY", source="chain")
    hub.catalogues.set_region("demo", "north")
    hub.catalogues.set_region("other", "south")
    hub.publisher.publish("demo")
    lane = lane_of(hub, tmp_path / "lane")
    lane.follow()
    return lane


def moments() -> list[datetime]:
    """Where a rule begins or ends in Shanghai, the second before, and one long after."""
    edges = [datetime(2026, 12, day, hour, tzinfo=UTC) for day, hour in EDGES]
    return [NOW, *(at - timedelta(seconds=late) for at in edges for late in (1, 0)), NOW + timedelta(days=2000)]


def sold_at(lane: FollowingLane) -> dict[tuple[str, datetime], int | None]:
    prices = PriceList(lane.path)
    try:
        found = {(sku, at): prices.find(code, at) for sku, code in CODES.items() for at in moments()}
    finally:
        prices.close()
    return {key: None if one is None else one.price.unit_minor for key, one in found.items()}


def explained(hub: Hub) -> dict[tuple[str, datetime], int | None]:
    asked = {
        (sku, at): hub.price_questions.explain("demo", code, channel="lane", at=at).price
        for sku, code in CODES.items()
        for at in moments()
    }
    return {key: None if row is None else row.minor for key, row in asked.items()}


def test_the_lane_sells_at_the_price_that_explain_names_at_every_moment(hub, lane, tmp_path):
    path = tmp_path / "rules.csv"
    path.write_text(RULES, "utf-8")
    hub.rules.take(path, source="winter", channel_prices=True, approved_by="Mei")
    hub.publisher.publish("demo")
    way = lane.follow()
    assert way.snapshot is None, "a delta is enough"
    sold = sold_at(lane)
    assert sold == explained(hub)
    assert {sold[one] for one in sold if one[0] == "milk"} == {1190, 900, 800, 850, 1280}
    assert {sold[one] for one in sold if one[0] == "bag"} == {50, 70}
    assert sold["bag", moments()[-1]] == 70
    hub.rules.remove("winter", approved_by="Mei")
    hub.publisher.publish("demo")
    lane.follow()
    assert sold_at(lane) == explained(hub)


def test_a_lane_gets_campaigns_and_loses_them_again(hub, lane):
    hub.limits.set("demo", {"gone_percent": 100})
    ends = int(datetime(2026, 12, 1, tzinfo=UTC).timestamp())
    bags = found(OfferRow("bags", 3, 120, {}, ("bag",), None, ends))
    wine = Campaign("wine", Terms(Kind.SPECIAL_PRICE, price=7900))
    hub.promotions.take([bags, Found(2, "row 2", wine, (Named(skus=("gone-soon",)),))], "demo", source="campaigns")
    hub.publisher.publish("demo")
    lane.follow()
    now, later = hub.clock(), datetime(2026, 12, 2, tzinfo=UTC)
    assert (on_lane(lane, "42", now), on_lane(lane, "42", later)) == (["bags"], [])
    assert on_lane(lane, "43", later) == ["wine"]
    hub.promotions.take([found(OfferRow("other", 2, 90, {}, ("bag",)))], "demo", source="campaigns")
    hub.publisher.publish("demo")
    lane.follow()
    assert (on_lane(lane, "42", now), on_lane(lane, "43", now)) == (["other"], [])


def on_lane(lane: FollowingLane, code: str, at: datetime) -> list[str]:
    prices = PriceList(lane.path)
    listing = prices.find(code, at)
    prices.close()
    assert listing is not None
    return [one.id for one in listing.campaigns]
