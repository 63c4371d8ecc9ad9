"""Fetching the price list: only the announced, signed, whole list replaces the old one; all else leaves it."""

import shutil
import sqlite3
from pathlib import Path

import pytest
import zstandard

from offline_cache.errors import DiskTrouble, DownloadRefused, HubAnswerBad, HubAway, HubRefused, SyncError
from offline_cache.gate import Accepted
from tests.offline_cache.lists import pack, write_list


def test_the_first_list_is_put_in_place(hub, lane, shop):
    shop.publish(1)
    here = lane.update().look()
    assert (here.store, here.revision, here.products, here.changed) == ("demo", 1, 3, True)
    lane.assert_old_list_stays()
    assert lane.parts() == []


def test_a_newer_list_replaces_the_old_one_and_the_same_one_is_not_fetched_again(hub, lane, shop):
    shop.publish(1)
    looks = lane.update()
    looks.look()
    assert looks.look().changed is False
    assert len(hub.asked("/files/")) == 1
    assert hub.asked("manifest")[1].headers["If-None-Match"]
    shop.publish(2)
    assert looks.look().changed is True
    assert lane.price() == 201


def test_a_failed_fetch_is_not_hidden_by_an_unchanged_manifest(hub, lane, shop):
    shop.publish(1)
    looks = lane.update()
    looks.look()
    shop.publish(2)
    hub.statuses["/files/"] = 500
    with pytest.raises(HubRefused, match="answered 500"):
        looks.look()
    hub.statuses.clear()
    assert looks.look().revision == 2


def test_a_list_deleted_under_the_agent_is_fetched_again(hub, lane, shop):
    shop.publish(1)
    looks = lane.update()
    looks.look()
    lane.folder.price_list.unlink()
    assert looks.look().changed is True
    lane.assert_old_list_stays()


def test_a_damaged_list_is_replaced_by_the_same_revision(hub, lane, shop):
    shop.publish(1)
    lane.update().look()
    lane.folder.price_list.write_bytes(b"damaged")
    assert lane.update(accepted=Accepted(1)).look().changed is True
    lane.assert_old_list_stays()


def test_a_revision_that_goes_back_is_refused(hub, lane, shop):
    shop.publish(1)
    older = hub.packed["demo"]
    shop.publish(2)
    lane.update().look()
    hub.publish(older)
    with pytest.raises(DownloadRefused, match=r"offers revision 1 .* has 2, and a price list never goes back"):
        lane.update().look()
    lane.folder.price_list.write_bytes(b"damaged")
    with pytest.raises(DownloadRefused, match="never goes back"):
        lane.update(accepted=Accepted(2)).look()


def test_a_list_of_another_store_in_the_folder_is_replaced(hub, lane, shop, tmp_path):
    shop.publish(5)
    lane.update().look()
    hub.publish(pack(write_list(tmp_path / "other.sqlite", store="other"), hub.key))
    assert lane.update(store="other").look().revision == 1


def test_an_unknown_store_is_named(hub, lane, shop):
    shop.publish(1)
    with pytest.raises(HubRefused, match="there is no price list for store 'nowhere'"):
        lane.update(store="nowhere").look()


def test_a_manifest_for_another_store_is_refused(hub, lane, shop):
    hub.packed["elsewhere"] = shop.publish(1)
    with pytest.raises(DownloadRefused, match="for store 'demo', this lane belongs to 'elsewhere'"):
        lane.update(store="elsewhere").look()


@pytest.mark.parametrize("field", ["revision", "store", "currency", "published_at"])
def test_a_manifest_changed_on_its_way_is_refused(hub, lane, shop, field):
    shop.publish(1)
    lane.update().look()
    packed = shop.publish(2)
    body = packed.envelope["manifest"]
    body[field] = 9 if field == "revision" else "demo2"
    with pytest.raises(DownloadRefused, match="not signed"):
        lane.update().look()
    lane.assert_old_list_stays()


@pytest.mark.parametrize(
    "content", [b"<html>", b"[]", b"null", b'{"manifest": {}}', b"[" * 100_000, b'{"manifest": {"a": NaN}}']
)
def test_something_else_than_a_manifest_is_refused(hub, lane, content):
    hub.raw["manifest"] = content
    with pytest.raises(SyncError, match=hub.url):
        lane.update().look()


def test_an_endless_manifest_does_not_fill_the_memory(hub, lane):
    hub.raw["manifest"] = b" " * (5 << 20)
    with pytest.raises(HubAnswerBad, match="over"):
        lane.update().look()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"sha256": "0" * 64}, "is not the announced one"),
        ({"size": 50}, "is longer than announced"),
        ({"uncompressed_size": 100}, "does not unpack to the 100 bytes announced"),
        ({"uncompressed_size": 10_000_000}, "does not unpack to the 10000000 bytes announced"),
        ({"content": b"this is not zstandard at all"}, "cannot be unpacked"),
        ({"manifest": {"currency": "EUR"}}, "the file says"),
        ({"manifest": {"state": "0" * 32}}, "do not lead to its revision"),
        ({"manifest": {"revision": 7}}, "the file says"),
        ({"file_says": {"store": "other"}, "manifest": {"store": "demo"}}, "the file says"),
        ({"file_says": {"channel": "web"}, "manifest": {"channel": "lane"}}, "the file says"),
    ],
)
def test_a_list_that_is_not_as_announced_is_refused(hub, lane, shop, changes, problem):
    shop.publish(1)
    lane.update().look()
    packed = shop.publish(2, **changes)
    hub.files[packed.sha256] = packed.content
    for _ in range(2):  # and again: nothing that is left may turn it into the right one
        with pytest.raises(DownloadRefused, match=problem):
            lane.update().look()
    lane.assert_old_list_stays()


def test_a_list_that_unpacks_without_end_is_stopped_at_the_announced_size(hub, lane, shop):
    shop.publish(1)
    lane.update().look()
    bomb = zstandard.ZstdCompressor().compress(bytes(200_000_000))
    shop.publish(2, content=bomb, uncompressed_size=50_000)
    with pytest.raises(DownloadRefused, match="does not unpack"):
        lane.update().look()
    lane.assert_old_list_stays()


def change_file(file: Path, *statements: str) -> None:
    db = sqlite3.connect(file)
    for statement in statements:
        db.execute(statement)
    db.commit()
    db.close()


@pytest.mark.parametrize(
    ("statement", "problem"),
    [
        ("CREATE TRIGGER t AFTER INSERT ON product BEGIN DELETE FROM price; END", "tables differ"),
        ("CREATE VIEW v AS SELECT 1", "tables differ"),
        ("CREATE TABLE extra (x)", "tables differ"),
        ("DROP TABLE taking", "tables differ"),
        ("PRAGMA user_version = 1", "has format 1"),
        ("PRAGMA application_id = 1", "not a price list"),
        ("DELETE FROM meta WHERE key = 'revision'", "its own description is incomplete"),
        ("UPDATE meta SET value = '3' WHERE key = 'receipt'", ""),
        ("INSERT INTO label_template VALUES ('2{nonsense}', 'x', 1)", "label template"),
    ],
)
def test_a_signed_file_that_is_no_price_list_is_refused(hub, lane, shop, tmp_path, statement, problem):
    shop.publish(1)
    lane.update().look()
    file = write_list(tmp_path / "odd.sqlite", revision=2)
    change_file(file, statement)
    hub.publish(pack(file, hub.key))
    if not problem:
        assert lane.update().look().revision == 2
        return
    with pytest.raises(DownloadRefused, match=f"revision 2 is refused: .*{problem}.*the old list stays"):
        lane.update().look()
    lane.assert_old_list_stays()


def test_a_signed_file_with_damaged_pages_is_refused(hub, lane, shop, tmp_path):
    shop.publish(1)
    lane.update().look()
    file = write_list(tmp_path / "odd.sqlite", revision=2, products=500)
    content = bytearray(file.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xa5" * 4096
    file.write_bytes(content)
    hub.publish(pack(file, hub.key))
    with pytest.raises(DownloadRefused, match="refused"):
        lane.update().look()
    lane.assert_old_list_stays()


def test_a_cut_download_is_resumed_where_it_ended(hub, lane, shop):
    packed = shop.publish(1, products=2000)
    hub.cut_at = [1000, 3000, 500]
    assert lane.update().look().revision == 1
    ranges = [one.headers.get("Range") for one in hub.asked("/files/")]
    assert ranges == [None, "bytes=1000-", "bytes=4000-", "bytes=4500-"]
    assert len(packed.content) > 4500


def test_a_download_that_gets_nowhere_is_given_up_and_goes_on_next_time(hub, lane, shop):
    shop.publish(1, products=2000)
    hub.cut_at = [1000, 0]
    with pytest.raises(HubAway, match="cannot be reached"):
        lane.update().look()
    assert lane.parts()[0].stat().st_size == 1000
    assert lane.update().look().changed is True
    assert hub.asked("/files/")[-1].headers["Range"] == "bytes=1000-"


def test_a_hub_that_ignores_the_range_is_taken_from_the_start(hub, lane, shop):
    shop.publish(1, products=2000)
    hub.ignores_ranges = True
    hub.cut_at = [1000]
    assert lane.update().look().revision == 1


@pytest.mark.parametrize("rest", [b"x" * 700, b"x" * 10_000_000])
def test_what_is_left_of_another_file_is_thrown_away(hub, lane, shop, rest):
    packed = shop.publish(1)
    lane.folder.part(packed.sha256).write_bytes(rest)
    assert lane.update().look().revision == 1
    lane.assert_old_list_stays()


def test_what_is_left_of_the_same_size_is_not_trusted(hub, lane, shop):
    packed = shop.publish(1)
    lane.folder.part(packed.sha256).write_bytes(bytes(len(packed.content)))
    assert lane.update().look().revision == 1


def test_a_whole_file_from_a_killed_agent_is_not_fetched_again(hub, lane, shop):
    packed = shop.publish(1)
    lane.folder.part(packed.sha256).write_bytes(packed.content)
    lane.folder.new.write_bytes(b"half unpacked")
    assert lane.update().look().revision == 1
    assert not hub.asked("/files/")
    lane.assert_old_list_stays()


def test_a_stopped_download_is_kept(hub, lane, shop):
    shop.publish(1, products=2000)
    with pytest.raises(SyncError, match="stopped"):
        lane.update(stopped=lambda: True).look()
    assert not lane.folder.price_list.exists()


def test_too_little_room_is_said_before_anything_is_fetched(hub, lane, shop):
    shop.publish(1, uncompressed_size=shutil.disk_usage(lane.folder.path).total * 2)
    with pytest.raises(DiskTrouble, match="MB free, the new price list needs"):
        lane.update().look()
    assert not hub.asked("/files/")


def test_a_hub_that_is_away_is_named(lane):
    with pytest.raises(HubAway, match=r"http://127.0.0.1:9: the hub cannot be reached .*check its address"):
        lane.update(url="http://127.0.0.1:9").look()
