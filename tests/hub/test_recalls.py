"""Goods that were called back: on record with who and when, and at the lanes with the next publication."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from hub.catalogue import CatalogueItem
from hub.errors import CodeUnknown, RecallRefused, StoreUnknown
from hub.imports import ImportRefused
from hub.recall_rows import Goods
from hub.scopes import Scope
from hub.services import Hub
from hub.shop_folder import read_shop_folder
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import PriceRow
from retail.product import Product
from tests.hub.conftest import MILK
from tests.hub.following_lane import FollowingLane, lane_of

ALL, DEMO = Scope("all"), Scope("store", "demo")
EAN = "6901234567892"


@pytest.fixture
def lane(hub: Hub, tmp_path: Path) -> FollowingLane:
    hub.publisher.publish("demo")
    found = lane_of(hub, tmp_path / "lane")
    found.follow()
    return found


def why(lane: FollowingLane, sku: str, lot: str, serial: str) -> str | None:
    with closing(PriceList(lane.path)) as price_list:
        return price_list.recall(sku, lot, serial)


def test_a_recall_reaches_lanes_as_a_delta_and_leaves_them_again(hub, lane):
    done = hub.recalls.add(ALL, Goods(EAN, lots=("L1", "L2")), reason="glass", by="Li")
    assert (done.id, done.skus, done.lots, done.added_by, done.holds) == (1, ("milk",), ("L1", "L2"), "Li", True)
    assert hub.publisher.publish("demo").kind == "delta"
    assert lane.follow().snapshot is None
    assert [why(lane, "milk", lot, "") for lot in ("L1", "L2", "L3")] == ["glass", "glass", None]
    ended = hub.recalls.end(1, by="Wang")
    assert (ended.holds, ended.ended_by) == (False, "Wang")
    hub.publisher.publish("demo")
    lane.follow()
    assert why(lane, "milk", "L1", "") is None


def test_all_of_a_product_is_called_back_by_its_sku_and_single_items_by_serial_number(hub, lane):
    hub.recalls.add(DEMO, Goods("bag"), reason="torn", by="Li")
    hub.recalls.add(DEMO, Goods("16901234567899", serials=("S7",)), reason="dent", by="Li")
    hub.publisher.publish("demo")
    lane.follow()
    assert why(lane, "bag", "", "") == "torn"
    assert [why(lane, "milk", "", serial) for serial in ("S7", "S8")] == ["dent", None]


def test_a_product_that_is_new_in_the_list_is_stopped_too(hub, lane):
    hub.recalls.add(DEMO, Goods("milk"), reason="sour", by="Li")
    bag = CatalogueItem(Product("bag", {"en": "Bag"}), {"42": 1}, (PriceRow("list", 50),))
    hub.catalogues.replace_goods("demo", [bag], currency="CNY", source="test", approved_by="Li")
    hub.publisher.publish("demo")
    lane.follow()
    assert why(lane, "milk", "", "") == "sour"


def test_what_has_an_end_leaves_the_list_after_it(hub, lane, clock):
    done = hub.recalls.add(DEMO, Goods("bag"), reason="torn", by="Li", until="2026-11-23")
    assert done.until == datetime(2026, 11, 23, 16, tzinfo=UTC)  # the end of the day in Shanghai
    hub.publisher.publish("demo")
    lane.follow()
    with closing(PriceList(lane.path)) as price_list:
        assert price_list.recall("bag", "", "", done.until - timedelta(seconds=1)) == "torn"
        assert price_list.recall("bag", "", "", done.until) is None
    clock.pass_time(days=2)
    assert (hub.recalls.all(), len(hub.recalls.all(ended=True))) == ([], 1)
    hub.publisher.publish("demo")
    lane.follow()
    assert why(lane, "bag", "", "") is None


def test_the_same_goods_called_back_twice_stay_so_until_the_later_end(hub, lane, clock):
    hub.recalls.add(ALL, Goods("bag"), reason="torn", by="Li")
    hub.recalls.add(DEMO, Goods("bag"), reason="dirty", by="Li", until="2026-11-23")
    hub.publisher.publish("demo")
    lane.follow()
    with closing(PriceList(lane.path)) as price_list:
        assert price_list.recall("bag", "", "", clock.now + timedelta(days=400)) == "dirty"
    hub.recalls.end(2, by="Li")
    hub.publisher.publish("demo")
    lane.follow()
    assert why(lane, "bag", "", "") == "torn"


def test_stores_outside_the_scope_go_on_selling(hub, tmp_path):
    tea = CatalogueItem(Product("tea", {"en": "Tea"}), {EAN: 1}, (PriceRow("list", 50),))
    hub.catalogues.replace_goods("other", [tea], currency="CNY", source="test")
    hub.catalogues.set_region("other", "north")
    hub.recalls.add(Scope("region", "north"), Goods(EAN), reason="mould", by="Li")
    for store in ("demo", "other"):
        hub.publisher.publish(store)
    lanes = {store: lane_of(hub, tmp_path / store, store) for store in ("demo", "other")}
    for one in lanes.values():
        one.follow()
    assert (why(lanes["demo"], "milk", "", ""), why(lanes["other"], "tea", "", "")) == (None, "mould")
    assert [one.scope for one in hub.recalls.all("demo")] == []
    assert [str(one.scope) for one in hub.recalls.all("other")] == ["region:north"]
    everywhere = hub.recalls.add(ALL, Goods(EAN), reason="mould", by="Li")
    assert everywhere.skus == ("milk", "tea")  # two shops' numbers for the same goods


@pytest.mark.parametrize(
    ("goods", "words", "error"),
    [
        ((DEMO, Goods("4711"), "x", ""), "4711", CodeUnknown),
        ((Scope("store", "nowhere"), Goods("bag"), "x", ""), "nowhere", StoreUnknown),
        ((Scope("region", "south"), Goods("bag"), "x", ""), "region south", RecallRefused),
        ((DEMO, Goods("bag"), " \n", ""), "--reason", RecallRefused),
        ((DEMO, Goods("bag", lots=("L\x1d1",)), "x", ""), "printable", RecallRefused),
        ((DEMO, Goods("bag", lots=("",)), "x", ""), "printable", RecallRefused),
        ((DEMO, Goods("bag"), "x", "2026-11-21"), "is over already", RecallRefused),
        ((DEMO, Goods("bag"), "x", "soon"), "--until", RecallRefused),
    ],
)
def test_a_recall_that_would_stop_nothing_is_refused_in_a_sentence(hub, goods, words, error):
    scope, what, reason, until = goods
    with pytest.raises(error, match=words):
        hub.recalls.add(scope, what, reason=reason, by="Li", until=until)
    assert hub.recalls.all(ended=True) == []


def test_a_number_that_is_one_products_sku_and_stands_on_the_packs_of_another_stops_both(hub):
    odd = CatalogueItem(Product(EAN, {"en": "Odd"}), {"77": 1}, (PriceRow("list", 50),))
    hub.catalogues.replace_goods("demo", [odd], currency="CNY", source="test")
    hub.catalogues.replace_goods("other", [MILK], currency="CNY", source="test")
    assert set(hub.recalls.add(ALL, Goods(EAN), reason="glass", by="Li").skus) == {EAN, "milk"}


@pytest.mark.parametrize("by", ["\udcff", "a\0b", "x" * 65])
def test_who_has_no_name_calls_nothing_back(hub, by):
    with pytest.raises(RecallRefused, match="--by"):
        hub.recalls.add(DEMO, Goods("bag"), reason="torn", by=by)
    hub.recalls.add(DEMO, Goods("bag"), reason="torn", by="Li")
    with pytest.raises(RecallRefused, match="--by"):
        hub.recalls.end(1, by=by)


def test_a_recall_ends_once(hub):
    hub.recalls.add(DEMO, Goods("bag"), reason="torn", by="Li")
    hub.recalls.end(1, by="Li")
    with pytest.raises(RecallRefused, match="ended before, by Li"):
        hub.recalls.end(1, by="Wang")
    with pytest.raises(RecallRefused, match="no recall 2"):
        hub.recalls.end(2, by="Wang")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "shop"
    path.mkdir()
    (path / "shop.toml").write_text('store = "corner"\ncurrency = "CNY"\ntime_zone = "Asia/Shanghai"\n', "utf-8")
    (path / "products.csv").write_text("sku,codes,price,name_en\nTEA,42,1.00,Tea\nJAM,43,2.00,Jam\n", "utf-8")
    return path


def bring(hub: Hub, folder: Path, *rows: str) -> list[tuple[tuple[str, ...], tuple[str, ...], str]]:
    """Import the folder with these recalls; what holds in the store then."""
    place = folder / "recalls.csv"
    place.unlink(missing_ok=True)
    if rows:
        place.write_text("sku,lot,reason,until\n" + "".join(f"{row}\n" for row in rows), "utf-8")
    catalogue, items = read_shop_folder(folder)
    hub.catalogues.replace_all(catalogue, items, source=str(folder))
    return [(one.skus, one.lots, one.reason) for one in hub.recalls.all("corner")]


def test_a_shop_folder_brings_its_recalls_and_takes_only_those_back(hub, folder):
    assert bring(hub, folder, "TEA,L1,metal,", "JAM,,mould,2027-01-31") == [
        (("TEA",), ("L1",), "metal"),
        (("JAM",), (), "mould"),
    ]
    hub.recalls.add(Scope("store", "corner"), Goods("TEA", lots=("L9",)), reason="by hand", by="Li")
    assert [one[2] for one in bring(hub, folder, "TEA,L1,metal,", "TEA,L2,metal,")] == ["metal", "by hand", "metal"]
    assert [one[2] for one in bring(hub, folder)] == ["by hand"]
    assert [one.id for one in hub.recalls.all("corner", ended=True)] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ("TEE,L1,metal,", "'TEE' is not in products.csv; did you mean 'TEA'"),
        ("TEA,L1,,", "line 2: it does not say its reason"),
        ("TEA,L1,metal,soon", "line 2"),
    ],
)
def test_a_mistake_in_a_folders_recalls_is_named(hub, folder, row, words):
    with pytest.raises(ImportRefused, match=words):
        bring(hub, folder, row)


def test_a_shop_of_another_name_takes_the_folders_recalls_along(hub, folder):
    (folder / "recalls.csv").write_text(json.dumps("sku")[1:-1] + ",serial,reason\nTEA,S1,dent\n", "utf-8")
    catalogue, items = read_shop_folder(folder)
    hub.catalogues.replace_all(catalogue, items, source="x")
    assert [one.serials for one in hub.recalls.all("corner")] == [("S1",)]
