"""What lanes get when a store is published: the same list by whatever way, always forward, always signed."""

from __future__ import annotations

import json
import secrets
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import delete, select

from hub.catalogue import CatalogueItem
from hub.errors import Busy, NameRefused, NothingToPublish, StorageUnusable, StoreUnknown
from hub.publishing.tables import LIST_FILE, LIST_HEAD, PUBLICATION
from hub.publishing.working_copy import WorkingCopy
from hub.services import Hub
from hub.storage.folder import FolderStorage
from hub.tables import LISTING
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import PriceRow
from retail.product import PriceKind, Product
from tests.hub.conftest import APPLES, BAG, GOODS, MILK, SHOP, WINE
from tests.hub.following_lane import FollowingLane, lane_of

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
DEARER_MILK = replace(MILK, prices=(PriceRow("list", 1380),))


@pytest.fixture
def lane(hub: Hub, tmp_path) -> FollowingLane:
    return lane_of(hub, tmp_path / "lane")


def many_pens() -> list[CatalogueItem]:
    """So many that they outweigh the rest of the shop, each time under other names."""
    return [
        CatalogueItem(Product(f"p{n}", {"en": secrets.token_hex(40)}), {f"{n + 100}": 1}, (PriceRow("list", 99),))
        for n in range(400)
    ]


def sell(hub: Hub, *goods, store: str = "demo") -> None:
    hub.catalogues.replace_goods(store, goods, currency="CNY", source="tests", approved_by="tests")


def files_of(hub: Hub) -> set[str]:
    return {path.name.partition(".")[0] for path in (hub.folder.price_lists / "files").iterdir()}


def announced_files(lane: FollowingLane) -> set[str]:
    manifest = lane.manifest()
    return {manifest.snapshot.sha256, *(delta.sha256 for delta in manifest.deltas)}


def test_a_lane_reads_what_the_shop_put_in(hub, lane):
    publication = hub.publisher.publish("demo")
    assert (publication.kind, publication.changed, publication.channel) == ("snapshot", 4, "lane")
    lane.follow()
    prices = PriceList(lane.path)
    assert (prices.meta.store, prices.meta.channel, prices.meta.revision) == ("demo", "lane", 1)
    assert prices.meta.currency == "CNY"
    assert prices.meta.published_at == publication.published_at == NOW
    assert prices.meta.receipt == SHOP.receipt
    assert prices.meta.time_zone == "Asia/Shanghai"
    assert prices.meta.limits["gone_percent"] == 10
    assert prices.count() == publication.products == 4
    milk = prices.find("16901234567899", NOW)
    assert milk is not None
    assert (milk.product, milk.pieces) == (MILK.product, 6)
    assert (milk.price.unit_minor, milk.price.kind, milk.price.list_minor) == (1190, PriceKind.SPECIAL, 1280)
    assert [one.id for one in milk.campaigns] == ["milk3"]
    assert [one.product.sku for one in prices.loose_goods(NOW, search="pg")] == ["apples"]
    assert [category.id for category in prices.loose_categories()] == ["fruit"]
    assert prices.picture("fruit.svg") == ("image/svg+xml", b"<svg/>")
    assert len(prices.templates) == 2
    prices.close()


def test_each_publication_is_a_new_revision_with_a_new_date_even_if_nothing_changed(hub, lane, clock):
    hub.publisher.publish("demo")
    lane.follow()
    clock.pass_time(hours=1)
    again = hub.publisher.publish("demo")
    assert (again.revision, again.kind, again.changed, again.products) == (2, "none", 0, 4)
    assert lane.manifest().published_at == "2026-11-22T13:00:00+00:00"
    way = lane.follow()
    assert (way.snapshot, len(way.deltas)) == (None, 1)
    assert lane.meta()["published_at"] == "2026-11-22T13:00:00+00:00"


def test_a_changed_price_travels_as_a_delta_of_that_product_alone(hub, lane):
    hub.publisher.publish("demo")
    lane.follow()
    sell(hub, DEARER_MILK, APPLES, BAG, WINE)
    done = hub.publisher.publish("demo")
    assert (done.changed, done.products) == (1, 4)
    assert lane.follow().snapshot is None
    prices = PriceList(lane.path)
    milk = prices.find("6901234567892", NOW)
    prices.close()
    assert milk is not None
    assert (milk.price.unit_minor, milk.price.kind) == (1380, PriceKind.LIST)


def test_every_way_leads_to_the_same_rows(hub, tmp_path, clock):
    """A lane that takes every delta, one that comes now and then, and one that is new."""
    weeks = [
        (DEARER_MILK, APPLES, BAG, WINE),
        (DEARER_MILK, BAG),
        (MILK, BAG, WINE),
        (replace(MILK, codes={"6901234567892": 1}), APPLES, replace(BAG, codes={"42": 1, "16901234567899": 2}), WINE),
        GOODS,
    ]
    faithful, seldom = lane_of(hub, tmp_path / "faithful"), lane_of(hub, tmp_path / "seldom")
    for number, goods in enumerate(weeks):
        sell(hub, *goods)
        clock.pass_time(days=7)
        hub.publisher.publish("demo")
        faithful.follow()
        if number % 2 == 0:
            seldom.follow()
        new = lane_of(hub, tmp_path / f"new-{number}")
        new.follow()
        assert faithful.rows() == new.rows()
    assert seldom.rows() == faithful.rows()
    hub.publisher.publish("demo", full=True)
    new = lane_of(hub, tmp_path / "whole")
    new.follow()
    assert new.rows() == faithful.rows()


def test_a_full_publication_finds_what_no_change_told_of(hub, lane):
    hub.publisher.publish("demo")
    with hub.database.write() as connection:
        connection.execute(delete(LISTING).where(LISTING.c.codes.contains('"43"')))  # wine, behind our back
    assert hub.publisher.publish("demo").changed == 0
    assert hub.publisher.publish("demo", full=True).changed == 1
    lane.follow()
    prices = PriceList(lane.path)
    assert prices.find("43", NOW) is None
    prices.close()


def test_stores_and_channels_have_their_own_revisions_and_addresses(hub, tmp_path):
    sell(hub, BAG, store="second")
    hub.publisher.publish("demo")
    hub.publisher.publish("demo")
    assert hub.publisher.publish("second").revision == 1
    phone = hub.publisher.publish("demo", "phone")
    assert (phone.revision, phone.channel, phone.kind) == (1, "phone", "snapshot")
    lanes = [
        lane_of(hub, tmp_path / "1"),
        lane_of(hub, tmp_path / "2", "second"),
        lane_of(hub, tmp_path / "3", "demo", "phone"),
    ]
    for one in lanes:
        one.follow()
    assert [(one.meta()["store"], one.meta()["channel"], one.meta()["revision"]) for one in lanes] == [
        ("demo", "lane", "2"),
        ("second", "lane", "1"),
        ("demo", "phone", "1"),
    ]
    assert lanes[0].rows() == lanes[2].rows()  # all channels share one price unless a rule says otherwise


def test_a_channel_that_is_none_is_told_with_those_there_are(hub):
    for channel in ("any", "../lane", ""):
        with pytest.raises(NameRefused, match="lane, phone, web, live"):
            hub.publisher.publish("demo", channel)


def test_an_offer_loses_products_that_the_list_no_longer_has_and_gets_them_back(hub, lane):
    hub.publisher.publish("demo")
    lane.follow()
    offers = lane.rows()["taking"]
    sell(hub, BAG)
    hub.publisher.publish("demo")
    lane.follow()
    prices = PriceList(lane.path)
    bag = prices.find("42", NOW)
    prices.close()
    assert bag is not None
    assert [one.id for one in bag.campaigns] == ["mixed"]
    assert len(lane.rows()["taking"]) == 1
    sell(hub, *GOODS)
    hub.publisher.publish("demo")
    lane.follow()
    assert lane.rows()["taking"] == offers


def test_a_database_from_a_backup_does_not_go_behind_what_lanes_have_seen(hub, lane):
    for _ in range(3):
        hub.publisher.publish("demo")
    lane.follow()
    with hub.database.write() as connection:
        connection.execute(delete(PUBLICATION))
        connection.execute(delete(LIST_HEAD))
    assert hub.announcer.announce("demo", "lane") == 3
    assert hub.publisher.publish("demo").revision == 4
    lane.follow()


def test_a_lost_or_damaged_working_copy_is_made_anew_from_what_was_published(hub, lane):
    hub.publisher.publish("demo")
    hub.publisher.publish("demo")
    lane.follow()
    copy = hub.folder.work / "demo" / "lane.sqlite"
    for damage in (copy.unlink, lambda: copy.write_bytes(b"rubbish"), lambda: copy.write_bytes(b"")):
        damage()
        sell(hub, DEARER_MILK, APPLES, BAG, WINE)
        done = hub.publisher.publish("demo")
        assert (done.changed, done.kind) == (1, "delta")
        assert lane.follow().snapshot is None
        sell(hub, *GOODS)
        hub.publisher.publish("demo")
        lane.follow()
    new = lane_of(hub, lane.path.parent.with_name("new"))
    new.follow()
    assert new.rows() == lane.rows()


def test_a_working_copy_that_is_behind_catches_up(hub, lane, tmp_path):
    hub.publisher.publish("demo")
    copy = hub.folder.work / "demo" / "lane.sqlite"
    old = copy.read_bytes()
    sell(hub, DEARER_MILK, APPLES, BAG, WINE)
    hub.publisher.publish("demo")
    lane.follow()
    copy.write_bytes(old)
    sell(hub, DEARER_MILK, APPLES, BAG)
    assert hub.publisher.publish("demo").changed == 1
    assert lane.follow().snapshot is None


def test_a_storage_that_lost_its_files_gets_a_new_snapshot_and_no_manifest_that_leads_nowhere(hub, tmp_path):
    hub.publisher.publish("demo")
    hub.publisher.publish("demo")
    for sha256 in files_of(hub):
        hub.storage.delete(f"files/{sha256}.sqlite.zst")
    done = hub.publisher.publish("demo")
    assert (done.revision, done.kind) == (3, "snapshot")
    lane_of(hub, tmp_path / "new").follow()


def test_a_hub_that_moves_to_another_storage_announces_nothing_there_before_it_has_published(hub, tmp_path):
    hub.publisher.publish("demo")
    moved = replace(hub, storage=FolderStorage(tmp_path / "elsewhere"))
    moved.announcer.take_care(everything=True)
    assert moved.storage.read("demo/manifest.json") is None
    assert moved.publisher.publish("demo").revision == 2
    lane_of(moved, tmp_path / "lane").follow()


def test_full_mends_a_chain_of_which_somebody_took_a_file(hub, lane, tmp_path):
    hub.publisher.publish("demo")
    lane.follow()
    taken = hub.publisher.publish("demo")
    hub.storage.delete(f"files/{taken.sha256}.sqlite.zst")
    assert hub.publisher.publish("demo", full=True).kind == "snapshot"
    lane.follow()
    lane_of(hub, tmp_path / "new").follow()


def test_files_stay_while_a_lane_may_be_fetching_them_and_go_afterwards(hub, lane, clock):
    first = hub.publisher.publish("demo").sha256
    seen = set()
    for _ in range(10):
        clock.pass_time(hours=8)
        sell(hub, *GOODS, *many_pens())
        assert hub.publisher.publish("demo").kind == "snapshot"
        assert announced_files(lane) <= files_of(hub)
        seen |= files_of(hub)
    assert first in seen - files_of(hub)
    with hub.database.read() as connection:
        rows = {row.sha256: row for row in connection.execute(select(LIST_FILE))}
    assert set(rows) == files_of(hub)
    unnamed = files_of(hub) - announced_files(lane)
    assert unnamed, "a lane that had the manifest before this one finds nothing any more"
    long_ago = int(clock().timestamp()) - 86_400
    assert all(rows[sha256].left_at > long_ago or rows[sha256].left_revision > 11 - 5 for sha256 in unnamed)


def test_a_file_that_another_list_names_is_not_deleted(hub, lane, clock):
    first = hub.publisher.publish("demo").sha256
    with hub.database.write() as connection:
        row = {"store": "demo", "channel": "web", "sha256": first, "made_at": 0}
        connection.execute(LIST_FILE.insert().values(**row))
    for _ in range(12):
        hub.folder.work.joinpath("demo", "lane.sqlite").unlink(missing_ok=True)
        clock.pass_time(days=1)
        hub.publisher.publish("demo", full=True)
    assert first not in announced_files(lane)
    assert first in files_of(hub)


def test_nothing_half_done_stays_behind(hub):
    left = hub.folder.work / "demo" / "lane.new"
    left.mkdir(parents=True)
    (left / "fresh.sqlite.part").write_text("of a hub that was killed")
    hub.publisher.publish("demo")
    assert {path.name for path in left.parent.iterdir()} == {"lane.sqlite", "lane.lock"}
    assert {path.name for path in hub.folder.price_lists.rglob("*") if path.name[0] == "."} == set()


def test_a_store_without_products_is_not_published(hub):
    hub.publisher.publish("demo")
    with hub.database.write() as connection:
        connection.execute(delete(LISTING))
    with pytest.raises(NothingToPublish, match="import"):
        hub.publisher.publish("demo", full=True)
    assert json.loads(hub.storage.read("demo/manifest.json"))["manifest"]["revision"] == 1


def test_an_unknown_store_is_told_with_those_there_are(hub):
    with pytest.raises(StoreUnknown, match="there are: demo"):
        hub.publisher.publish("domo")


def test_two_publications_of_one_store_on_one_machine_wait_for_each_other_but_not_for_ever(hub):
    copies = [WorkingCopy(hub.folder.work, "demo", "lane", hub.storage) for _ in range(2)]
    with copies[0].held(), pytest.raises(Busy, match="demo, lane: another publish is at work"), copies[1].held(0):
        pass
    with copies[1].held(0):
        pass


def test_lanes_are_told_who_let_a_change_through_until_the_next_one(hub, lane):
    sell(hub, *GOODS, *many_pens())
    hub.publisher.publish("demo")
    assert lane.manifest().approved is None
    hub.catalogues.replace_goods("demo", [MILK], currency="CNY", source="x", approved_by="Wang Fang")
    hub.publisher.publish("demo")
    approved = lane.manifest().approved
    assert approved is not None
    assert (approved.revision, approved.by) == (2, "Wang Fang")
    hub.publisher.publish("demo")
    assert lane.manifest().approved == approved


def test_a_list_says_how_many_imports_it_holds_each_judged_by_itself(hub, lane):
    pens = many_pens()
    counts = []
    for day in range(4):
        hub.catalogues.replace_goods(
            "demo", pens[2 * day :], currency="CNY", source="feed", approved_by="x" * (not day)
        )
        if day != 2:
            hub.publisher.publish("demo")
            lane.follow()
            counts.append(int(lane.meta()["imports"]))
    assert [count - counts[0] for count in counts] == [0, 1, 3]


def test_a_manifest_that_could_not_be_announced_is_announced_by_whoever_comes_next(hub, lane):
    hub.publisher.publish("demo")
    manifest = hub.folder.price_lists / "demo" / "manifest.json"
    old = manifest.read_bytes()
    hub.publisher.publish("demo")
    manifest.write_bytes(old)  # as a hub leaves it that was killed after its commit
    hub.announcer.take_care(everything=True)
    assert lane.manifest().revision == 2
    manifest.write_bytes(old)
    assert hub.publisher.publish("demo").revision == 3
    assert lane.manifest().revision == 3


def test_a_storage_that_refuses_changes_nothing(hub, lane):
    hub.publisher.publish("demo")
    files = hub.folder.price_lists / "files"
    files.rename(files.with_name("away"))
    files.write_text("")
    with pytest.raises(StorageUnusable, match="is a file where a folder"):
        hub.publisher.publish("demo")
    files.unlink()
    files.with_name("away").rename(files)
    assert hub.publisher.publish("demo").revision == 2
    lane.follow()


def test_what_was_published_is_written_down(hub):
    done = hub.publisher.publish("demo")
    with hub.database.read() as connection:
        (row,) = connection.execute(select(PUBLICATION))
    assert (row.store, row.channel, row.revision, row.kind) == ("demo", "lane", 1, "snapshot")
    assert (row.products, row.changed, row.sha256, row.size) == (4, 4, done.sha256, done.size)
    assert row.published_at == int(NOW.timestamp())


def test_a_snapshot_after_many_changes_is_the_whole_list_close_together(hub, lane, tmp_path):
    sell(hub, *GOODS, *many_pens())
    hub.publisher.publish("demo")
    lane.follow()
    sell(hub, *GOODS, *many_pens())
    assert hub.publisher.publish("demo").kind == "snapshot"  # the delta weighs more than a quarter of the list
    assert lane.manifest().snapshot.revision == 2
    lane.follow()
    new = lane_of(hub, tmp_path / "new")
    assert new.follow().deltas == ()
    assert new.rows() == lane.rows()
    with closing(sqlite3.connect(new.path)) as db:
        assert db.execute("PRAGMA freelist_count").fetchone() == (0,)
