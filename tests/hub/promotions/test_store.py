"""Campaigns come in source by source: whole, plausible, of goods that are sold, and never at a shopper's cost."""

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from hub.catalogue import CatalogueItem, ImportReport
from hub.errors import ImplausibleImport, StoreUnknown
from hub.imports import ImportRefused
from hub.list_source import head_change, touched
from hub.promotions.found import KEPT_S, Found, Named, NotUnderstood
from hub.promotions.store import PromotionsTaken
from hub.services import Hub
from hub.tables import PRODUCT
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import PriceRow
from retail.product import Listing, Product, Unit
from retail.promotions.campaign import EXCLUDED, Campaign, Kind, Terms, Tier, When
from tests.hub.conftest import GOODS, MILK
from tests.hub.following_lane import FollowingLane, lane_of

UNTIL = int(datetime(2026, 12, 31, tzinfo=UTC).timestamp())
THREE_BAGS = Terms(Kind.N_FOR_X, 3, price=120)
PERCENT = Terms(Kind.PERCENT, percent_bp=1000)
NOTHING = Named()
BAG = Named(skus=("bag",))
WINE = Named(skus=("gone-soon",))
MILK_CODE = Named(codes=("06901234567892",))  # as the feed pads it; the list has 13 digits


@pytest.fixture
def hub(hub: Hub) -> Hub:
    hub.limits.set("demo", {"gone_percent": 100, "moved_far_percent": 100})
    return hub


@pytest.fixture
def lane(hub: Hub, tmp_path) -> FollowingLane:
    hub.publisher.publish("demo")
    return lane_of(hub, tmp_path / "lane")


def offer(key: str, terms: Terms, *groups: Named, number: int = 1, excluded: Named = NOTHING, **more: Any) -> Found:
    return Found(number, f"row {number}", Campaign(key, terms, **more), groups, excluded)


def take(hub: Hub, *offers: Found | NotUnderstood, source: str = "feed", **more: Any) -> PromotionsTaken:
    return hub.promotions.take(offers, "demo", source=source, **more)


def ids(hub: Hub, source: str = "feed") -> list[str]:
    return [one.campaign.id for one in hub.promotions.of_store("demo") if one.source == source]


def refused(report: ImportReport) -> dict[str, list[str]]:
    return {reason: [one["code"] for one in tally.examples] for reason, tally in report.refusals.items()}


def warned(report: ImportReport) -> dict[str, list[str]]:
    return {reason: [one["text"] for one in tally.examples] for reason, tally in report.warnings.items()}


def change_of(hub: Hub) -> int:
    with hub.database.read() as connection:
        return head_change(connection)


def touched_since(hub: Hub, change: int) -> set[str]:
    with hub.database.read() as connection:
        numbers = touched(connection, "demo", after=change)
        return set(connection.execute(select(PRODUCT.c.sku).where(PRODUCT.c.id.in_(numbers))).scalars())


def on_lane(hub: Hub, lane: FollowingLane, code: str, channel_at: datetime | None = None) -> Listing:
    hub.publisher.publish("demo")
    lane.follow()
    prices = PriceList(lane.path)
    listing = prices.find(code, channel_at or hub.clock())
    prices.close()
    assert listing is not None
    return listing


def groups(listing: Listing) -> list[tuple[str, int, int | None]]:
    return [(one.campaign.rpartition("#")[0], one.group, one.price) for one in listing.takings]


def test_a_feed_becomes_the_stores_campaigns_and_the_next_one_replaces_it(hub):
    first = take(hub, offer("bags", THREE_BAGS, BAG), offer("wine", PERCENT, WINE))
    assert (first.added, first.campaigns, first.products, first.rows.taken) == (2, 2, 2, 2)
    second = take(hub, offer("bags", Terms(Kind.N_FOR_X, 3, price=110), BAG), offer("new", PERCENT, BAG))
    assert (second.added, second.changed, second.gone) == (1, 1, 1)
    assert ids(hub) == ["bags", "new"]
    assert {one.campaign.terms.price for one in hub.promotions.of_store("demo") if one.campaign.id == "bags"} == {110}


def test_what_another_source_has_stays_and_its_ids_are_taken(hub):
    assert ids(hub, "campaigns") == ["milk3", "mixed"]
    taken = take(hub, offer("milk3", PERCENT, BAG), offer("a", PERCENT, BAG), offer("a", PERCENT, WINE, number=3))
    assert refused(taken.rows) == {"id_taken": ["milk3", "a"]}
    assert (ids(hub), ids(hub, "campaigns")) == (["a"], ["milk3", "mixed"])


def test_only_goods_that_joined_or_left_are_published_anew(hub):
    take(hub, offer("a", PERCENT, Named(skus=("bag", "milk"))), offer("b", PERCENT, WINE))
    change = change_of(hub)
    take(hub, offer("a", PERCENT, Named(skus=("bag", "apples"))), offer("b", Terms(Kind.PERCENT, percent_bp=5), WINE))
    assert touched_since(hub, change) == {"milk", "apples"}
    change = change_of(hub)
    again = take(
        hub, offer("a", PERCENT, Named(skus=("bag", "apples"))), offer("b", Terms(Kind.PERCENT, percent_bp=5), WINE)
    )
    assert (again.difference, touched_since(hub, change)) == (None, set())


def test_goods_are_found_by_sku_code_in_any_form_and_category(hub, lane):
    take(
        hub,
        offer("sku", PERCENT, BAG),
        offer("code", PERCENT, MILK_CODE),
        offer("category", PERCENT, Named(categories=("fruit",))),
        offer("set", Terms(Kind.MIX_AND_MATCH, counts=(1, 1), off=10), BAG, WINE),
    )
    assert groups(on_lane(hub, lane, "42")) == [("mixed", 0, None), ("set", 0, None), ("sku", 0, None)]
    assert groups(on_lane(hub, lane, "43"))[1:] == [("set", 1, None)]
    assert ("code", 0, None) in groups(on_lane(hub, lane, "6901234567892"))
    prices = PriceList(lane.path)
    apples = prices.find_item("41", hub.clock())
    prices.close()
    assert apples is not None
    assert groups(apples) == [("category", 0, None)]


def test_goods_that_are_imported_later_take_part(hub, lane):
    take(hub, offer("teas", PERCENT, Named(skus=("bag", "tea-1"), codes=("96385074",), categories=("tea",))))
    later = [
        CatalogueItem(Product("tea-1", {"en": "Tea"}), {"51": 1}, (PriceRow("list", 300),)),
        CatalogueItem(Product("tea-2", {"en": "Tea"}), {"00000096385074": 1}, (PriceRow("list", 300),)),
        CatalogueItem(Product("tea-3", {"en": "Tea"}, category="tea"), {"53": 1}, (PriceRow("list", 300),)),
    ]
    hub.catalogues.replace_goods("demo", [*GOODS, *later], currency="CNY", source="list", approved_by="Mei")
    for code in ("51", "96385074", "53"):
        assert groups(on_lane(hub, lane, code)) == [("teas", 0, None)], code


def test_a_price_of_its_own_comes_with_the_goods(hub, lane):
    named = Named(skus=("bag",), codes=("42", "43"), prices={"42": 45, "bag": 40, "43": 8000})
    take(hub, offer("special", Terms(Kind.SPECIAL_PRICE), named))
    assert ("special", 0, 40) in groups(on_lane(hub, lane, "42"))
    assert ("special", 0, 8000) in groups(on_lane(hub, lane, "43"))


def test_what_is_for_everything_leaves_out_what_it_names(hub, lane):
    take(hub, offer("all", Terms(Kind.BASKET, amount_from=1000, off=100), excluded=WINE, everything=True))
    wine, bag = on_lane(hub, lane, "43"), on_lane(hub, lane, "42")
    assert ("all", EXCLUDED, None) in groups(wine)
    assert [one.id for one in bag.campaigns] == ["mixed", "all"]


def test_lists_have_the_campaigns_of_their_channel_and_store(hub, lane):
    take(
        hub,
        offer("web", PERCENT, BAG, channels=("web",)),
        offer("here", PERCENT, BAG, channels=("lane", "web"), stores=("demo", "x")),
        offer("there", PERCENT, BAG, stores=("x",)),
    )
    assert [key for key, _, _ in groups(on_lane(hub, lane, "42"))] == ["here", "mixed"]
    take(hub, offer("web", PERCENT, BAG), offer("here", PERCENT, BAG), offer("there", PERCENT, BAG))
    assert [key for key, _, _ in groups(on_lane(hub, lane, "42"))] == ["here", "mixed", "there", "web"]


def test_what_has_ended_can_be_asked_for_a_year_and_leaves_the_list_with_its_goods(hub, lane, clock):
    take(hub, offer("bags", THREE_BAGS, BAG, when=When(valid_until=UNTIL)))
    on_lane(hub, lane, "42")
    clock.now = datetime.fromtimestamp(UNTIL + KEPT_S - 1, UTC)
    assert [one.id for one in on_lane(hub, lane, "42", datetime.fromtimestamp(UNTIL - 1, UTC)).campaigns] == [
        "bags",
        "mixed",
    ]
    assert [one.id for one in on_lane(hub, lane, "42").campaigns] == ["mixed"]
    clock.pass_time(seconds=1)
    on_lane(hub, lane, "42")
    assert [row[1] for row in lane.rows()["taking"]] == ["milk3", "mixed", "mixed"]
    assert [row[0] for row in lane.rows()["campaign"]] == ["milk3", "mixed"]


HELPS_NOBODY = {
    "special-same": ("saves_nothing", Terms(Kind.SPECIAL_PRICE, price=50), (BAG,)),
    "special-dearer": ("would_raise_a_price", Terms(Kind.SPECIAL_PRICE, price=51), (BAG,)),
    "own-dearer": ("would_raise_a_price", Terms(Kind.SPECIAL_PRICE), (Named(skus=("bag",), prices={"bag": 60}),)),
    "after-the-lists-own": ("saves_nothing", Terms(Kind.SPECIAL_PRICE, price=1280), (MILK_CODE,)),
    "three-same": ("saves_nothing", Terms(Kind.N_FOR_X, 3, price=150), (BAG,)),
    "three-dearer": ("would_raise_a_price", Terms(Kind.N_FOR_X, 3, price=151), (BAG,)),
    "tiers": ("saves_nothing", Terms(Kind.TIERS, tiers=(Tier(2, price=50), Tier(3, price=55))), (BAG,)),
    "second": ("saves_nothing", Terms(Kind.NTH_ITEM, 2, price=50), (BAG,)),
    "mix": ("saves_nothing", Terms(Kind.MIX_AND_MATCH, counts=(1, 2), price=50 + 2 * 8800), (BAG, WINE)),
    "a-and-b": ("saves_nothing", Terms(Kind.BUY_A_GET_B, counts=(1, 1), price=8800), (BAG, WINE)),
    "nought": ("saves_nothing", Terms(Kind.PERCENT, percent_bp=0), (BAG,)),
    "strange": ("no_product", PERCENT, (Named(skus=("sugar",)),)),
    "nameless": ("no_product", PERCENT, ()),
    "half": ("no_product", Terms(Kind.MIX_AND_MATCH, counts=(1, 1), off=10), (BAG, Named(codes=("999",)))),
    "by-weight": ("no_product", Terms(Kind.N_FOR_X, 3, price=1), (Named(skus=("apples",)),)),
}
HELPS_SOMEBODY = {
    "special": (Terms(Kind.SPECIAL_PRICE, price=49), (BAG,)),
    "two": (Terms(Kind.N_FOR_X, 2, price=8850), (Named(skus=("bag", "gone-soon")),)),
    "tiers": (Terms(Kind.TIERS, tiers=(Tier(2, price=50), Tier(3, percent_bp=100))), (BAG,)),
    "free": (Terms(Kind.N_PLUS_M, 2, free=1), (BAG,)),
    "second": (Terms(Kind.NTH_ITEM, 2, price=49), (BAG,)),
    "mix": (Terms(Kind.MIX_AND_MATCH, counts=(1, 2), price=49 + 2 * 8800), (BAG, WINE)),
    "a-and-b": (Terms(Kind.BUY_A_GET_B, counts=(1, 1), price=8799), (BAG, WINE)),
    "gift": (Terms(Kind.BASKET, amount_from=100, counts=(0, 1), price=10), (WINE, BAG)),
    "by-weight": (PERCENT, (Named(skus=("apples",)),)),
}


def test_offers_that_help_nobody_are_refused_by_name_and_the_others_are_taken(hub):
    offers = [offer(key, terms, *named) for key, (_, terms, named) in HELPS_NOBODY.items()]
    taken = take(hub, *offers, offer("good", THREE_BAGS, BAG))
    wanted: dict[str, list[str]] = {}
    for key, (reason, _, _) in HELPS_NOBODY.items():
        wanted.setdefault(reason, []).append(key)
    assert {reason: tally.count for reason, tally in taken.rows.refusals.items()} == {
        reason: len(keys) for reason, keys in wanted.items()
    }
    assert refused(taken.rows) == {reason: keys[:3] for reason, keys in wanted.items()}
    assert (taken.rows.taken, ids(hub)) == (1, ["good"])


def test_offers_that_help_somebody_are_taken(hub):
    taken = take(hub, *(offer(key, terms, *named) for key, (terms, named) in HELPS_SOMEBODY.items()))
    assert (taken.rows.refusals, ids(hub)) == ({}, sorted(HELPS_SOMEBODY))


def test_points_alone_are_something(hub):
    assert take(hub, offer("points", Terms(Kind.PERCENT, percent_bp=0), BAG, points=10)).rows.taken == 1


def test_what_is_over_and_what_was_not_understood_is_told_with_its_reason(hub):
    now = int(hub.clock().timestamp())
    taken = take(
        hub,
        offer("over", PERCENT, BAG, when=When(valid_until=now - KEPT_S)),
        offer("kept", PERCENT, BAG, when=When(valid_until=now - KEPT_S + 1)),
        offer("last-second", PERCENT, BAG, when=When(valid_until=now + 1)),
        NotUnderstood(3, "row 3", "odd", "buy some", "no_mechanics", "its wording names no figure"),
    )
    assert refused(taken.rows) == {"is_over": ["over"], "no_mechanics": ["odd"]}
    assert ids(hub) == ["kept", "last-second"]
    assert [text for text in warned(taken.rows)["has_ended"] if "kept" in text]


def test_goods_that_cannot_take_part_are_told_and_the_rest_is_taken(hub):
    taken = take(
        hub,
        offer("a", THREE_BAGS, Named(skus=("bag", "sugar", "apples"))),
        offer("b", Terms(Kind.SPECIAL_PRICE, price=60), Named(skus=("bag", "gone-soon")), number=2),
    )
    assert (taken.rows.taken, taken.rows.warned) == (2, 2)
    assert warned(taken.rows) == {
        "product_left_out": ["a: apples is sold by the kilogram, and n_for_x is for pieces, and 1 more"],
        "would_raise_a_price": ["b: not for bag, cheaper without it"],
    }


def test_a_price_that_rises_while_the_campaign_lasts_is_seen(hub, tmp_path):
    path = tmp_path / "own.csv"
    path.write_text("sku,scope,price,valid_from,priority\nbag,store:demo,0.60,2026-12-15,1\n")
    hub.rules.take(path, source="own")
    early = When(valid_until=int(datetime(2026, 12, 9, tzinfo=UTC).timestamp()))
    taken = take(
        hub,
        offer("early", Terms(Kind.N_FOR_X, 3, price=160), BAG, when=early),
        offer("later", Terms(Kind.N_FOR_X, 3, price=160), BAG),
    )
    assert refused(taken.rows) == {"would_raise_a_price": ["early"]}


def test_a_feed_of_which_nothing_can_be_taken_changes_nothing(hub):
    take(hub, offer("bags", THREE_BAGS, BAG))
    with pytest.raises(
        ImportRefused,
        match=r"feed.csv: none of its 1 campaigns could be taken \(row 7: x: it ended more than 400 days ago",
    ):
        take(hub, offer("x", PERCENT, BAG, when=When(valid_until=1), number=7), file="feed.csv")
    with pytest.raises(ImportRefused, match="has no campaigns for store 'demo'; nothing was changed"):
        take(hub)
    with pytest.raises(StoreUnknown):
        hub.promotions.take([offer("bags", THREE_BAGS, BAG)], "nowhere", source="feed")
    assert ids(hub) == ["bags"]


def test_a_feed_that_drops_more_than_the_limit_is_held_up_until_a_person_lets_it_through(hub):
    hub.limits.set("demo", {"at_least": 2, "gone_percent": 10})
    now = int(hub.clock().timestamp())
    take(hub, *(offer(f"o{n}", PERCENT, BAG, number=n) for n in range(4)))
    with pytest.raises(ImplausibleImport, match="3 of 4 offers would go"):
        take(hub, offer("o0", PERCENT, BAG))
    dry = take(hub, offer("o0", PERCENT, BAG), dry_run=True)
    assert (len(dry.objections), dry.approved_by, len(ids(hub))) == (1, "", 4)
    assert take(hub, offer("o0", PERCENT, BAG), approved_by="Mei").approved_by == "Mei"
    assert ids(hub) == ["o0"]
    assert now > 0


def test_what_ends_by_itself_is_nothing_that_goes(hub, clock):
    hub.limits.set("demo", {"at_least": 1, "gone_percent": 10})
    take(hub, offer("stays", PERCENT, BAG), offer("ends", PERCENT, BAG, when=When(valid_until=UNTIL)))
    clock.now = datetime.fromtimestamp(UNTIL, UTC)
    assert take(hub, offer("stays", PERCENT, BAG)).gone == 1


def test_special_prices_at_a_tenth_are_held_up_once(hub):
    goods = [CatalogueItem(Product(f"p{n}", {"en": f"P{n}"}), {f"90{n}": 1}, (PriceRow("list", 1000),))
             for n in range(20)]  # fmt: skip
    hub.catalogues.replace_goods("big", goods, currency="CNY", source="test")
    slip = offer("x", Terms(Kind.SPECIAL_PRICE, price=100), Named(skus=tuple(f"p{n}" for n in range(5))))
    with pytest.raises(ImplausibleImport, match="5 of 20 prices would more than double or fall under half"):
        hub.promotions.take([slip], "big", source="feed")
    done = hub.promotions.take([slip], "big", source="feed", approved_by="Mei")
    assert done.difference is not None
    assert done.difference.examples["moved"][0] | {"sku": "p0"} == {
        "sku": "p0", "code": "900", "name": "P0", "from_minor": 1000, "to_minor": 100,
    }  # fmt: skip
    assert hub.promotions.take([slip, offer("y", PERCENT, slip.groups[0])], "big", source="feed").objections == []


def test_a_currency_that_changes_takes_the_campaigns_of_all_sources_away(hub):
    take(hub, offer("bags", THREE_BAGS, BAG))
    hub.catalogues.replace_goods("demo", [MILK], currency="EUR", source="list", approved_by="Ann")
    assert hub.promotions.of_store("demo") == []


def test_goods_that_no_discount_is_for_stay_so_on_their_way_to_the_lane(hub, lane):
    tobacco = CatalogueItem(Product("tobacco", {"en": "T"}, discountable=False), {"77": 1}, (PriceRow("list", 900),))
    wine = CatalogueItem(Product("wine-2", {"en": "W"}, Unit.PIECE), {"78": 1}, (PriceRow("list", 900),))
    hub.catalogues.replace_goods("demo", [*GOODS, tobacco, wine], currency="CNY", source="list", approved_by="Ann")
    take(hub, offer("all", Terms(Kind.BASKET, percent_bp=100), everything=True))
    assert groups(on_lane(hub, lane, "77")) == [("all", EXCLUDED, None)]
    assert groups(on_lane(hub, lane, "78")) == []
    again = hub.catalogues.replace_goods("demo", [*GOODS, tobacco, wine], currency="CNY", source="list")
    assert again.difference.changes_nothing
