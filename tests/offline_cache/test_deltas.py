"""Deltas: the file that the lane reads is never written, and what comes out is what the hub has, row for row."""

import contextlib
import json
import os
import random
import shutil
import sqlite3
from pathlib import Path

import pytest

from offline_cache.errors import DiskTrouble, DownloadRefused, HubRefused, ListRefused
from offline_cache.price_list.in_use import hold
from offline_cache.price_list.manifest import Manifest, route
from offline_cache.price_list.schema import TABLES
from tests.offline_cache.lists import packed_delta

GOODS = 1000


def rows(file: Path) -> dict[str, list[tuple[object, ...]]]:
    with contextlib.closing(sqlite3.connect(f"{file.as_uri()}?mode=ro&immutable=1", uri=True)) as db:
        return {table: db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in TABLES}


def assert_same(lane, shop, revision: int) -> None:
    assert rows(lane.folder.price_list) == rows(shop.lists[revision])


def snapshots_asked(hub) -> int:
    wanted = {packed.sha256 for packed in hub.packed.values()}
    return sum(any(sha in one.path for sha in wanted) for one in hub.asked("/files/"))


@pytest.fixture
def looks(lane, shop):
    """An agent that has revision 1 and its spare."""
    shop.publish(1, products=GOODS)
    looks = lane.update()
    looks.look()
    looks.prepare()
    return looks


def test_a_delta_leads_to_the_hubs_list_without_a_snapshot(hub, lane, shop, looks):
    shop.publish(2, products=GOODS + 5, file_says={"prices": {7: 1100}, "gone": [9]}, since=1)
    here = looks.look()
    assert (here.revision, here.products, here.changed) == (2, GOODS + 4, True)
    assert snapshots_asked(hub) == 0
    assert_same(lane, shop, 2)


def test_every_delta_of_a_month_and_one_look_after_it_come_to_the_same(lane, shop, looks, tmp_path):
    for revision in range(2, 31):
        shop.publish(revision, products=GOODS + revision, file_says={"gone": [revision]}, since=revision - 1)
        assert looks.look().revision == revision
        if revision % 3:
            looks.prepare()
    assert_same(lane, shop, 30)
    for file in lane.folder.path.iterdir():
        file.unlink()
    shop.publish(1, products=GOODS, deltas=[])
    late = lane.update()
    late.look()
    late.prepare()
    shop.publish(30, products=GOODS + 30, file_says={"gone": [30]})
    assert late.look().revision == 30
    assert_same(lane, shop, 30)


def test_several_deltas_are_one_change_of_the_list(hub, lane, shop, looks):
    for revision in (2, 3, 4):
        shop.publish(revision, products=GOODS, since=revision - 1)
    before = lane.folder.price_list.stat().st_ino
    assert looks.look().revision == 4
    assert len(hub.asked("/files/")) == 1 + 3
    assert_same(lane, shop, 4)
    assert lane.folder.spare.stat().st_ino == before


def test_the_list_that_a_lane_reads_is_never_written(lane, shop, looks):
    for revision in range(2, 8):
        with lane.folder.price_list.open("rb") as held:
            content = held.read()
            descriptor = hold(lane.folder.price_list)
            shop.publish(revision, products=GOODS, since=revision - 1)
            looks.look()
            looks.prepare()
            held.seek(0)
            assert held.read() == content
            os.close(descriptor)
        assert_same(lane, shop, revision)


def test_while_the_old_list_is_read_it_stays_behind_and_catches_up_later(lane, shop, looks):
    descriptor = hold(lane.folder.price_list)
    shop.publish(2, products=GOODS, since=1)
    looks.look()
    looks.prepare()
    assert list(lane.folder.path.glob("*.delta"))
    os.close(descriptor)
    looks.prepare()
    assert not list(lane.folder.path.glob("*.delta"))
    assert rows(lane.folder.spare) == rows(shop.lists[2])


def test_a_spare_that_is_behind_gets_the_missing_deltas_with_the_next(lane, shop, looks, monkeypatch):
    shop.publish(2, products=GOODS, since=1)
    looks.look()
    shop.publish(3, products=GOODS, since=2)
    monkeypatch.setattr("offline_cache.spare.copy", lambda *_: pytest.fail("there was no need of a copy"))
    looks.look()
    assert_same(lane, shop, 3)


def test_a_damaged_spare_is_no_obstacle(hub, lane, shop, looks):
    content = bytearray(lane.folder.spare.read_bytes())
    content[4096:] = bytes(len(content) - 4096)
    lane.folder.spare.write_bytes(content)
    shop.publish(2, products=GOODS, since=1)
    assert looks.look().revision == 2
    assert snapshots_asked(hub) == 0
    assert_same(lane, shop, 2)


def test_what_a_killed_agent_left_is_removed(hub, lane, shop, looks):
    for name in ("price-list.new", "price-list.part", "price-list.0123456789abcdef.delta"):
        (lane.folder.path / name).write_bytes(b"half")
    os.link(lane.folder.price_list, lane.folder.old)
    lane.folder.spare.unlink()
    os.link(lane.folder.price_list, lane.folder.spare)
    lane.update().look()
    assert lane.files() == {"price-list.sqlite", "hub-key.pub"}
    assert lane.folder.price_list.stat().st_nlink == 1


def test_a_spare_of_another_state_is_not_kept_over_a_restart(lane, shop, looks):
    shop.publish(2, products=GOODS, since=1)
    looks.look()
    assert lane.folder.spare.exists()
    lane.update().look()
    assert lane.files() == {"price-list.sqlite", "hub-key.pub"}


def test_without_hard_links_there_is_no_spare_and_all_works(lane, shop, looks, monkeypatch):
    def refuse(*_args, **_options):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuse)
    for revision in (2, 3):
        shop.publish(revision, products=GOODS, since=revision - 1)
        assert looks.look().revision == revision
        assert not lane.folder.spare.exists()
        assert not list(lane.folder.path.glob("*.delta"))


def test_a_snapshot_is_taken_where_it_is_cheaper(hub, lane, shop, looks):
    packed = shop.publish(2, products=GOODS, deltas=[])
    assert looks.look().revision == 2
    assert hub.asked("/files/")[-1].path.endswith(f"{packed.sha256}.sqlite.zst")
    looks.prepare()
    assert rows(lane.folder.spare) == rows(shop.lists[2])


def test_a_lane_that_was_off_takes_a_snapshot_and_the_deltas_after_it(hub, lane, shop):
    shop.write(1, products=GOODS)
    shop.write(2, products=GOODS)
    delta = shop.delta(1, 2)
    first = shop.publish(1, products=GOODS)
    shop.publish(2, products=GOODS, deltas=[delta], snapshot=first.manifest["snapshot"], content=first.content)
    assert lane.update().look().revision == 2
    assert_same(lane, shop, 2)


@pytest.mark.parametrize(
    "fault",
    [
        "CREATE TRIGGER t AFTER INSERT ON product BEGIN DELETE FROM price; END",
        "CREATE VIEW v AS SELECT 1",
        "CREATE TABLE extra (x)",
        "CREATE INDEX extra ON product (sku)",
        "DROP TABLE gone_price",
        "PRAGMA application_id = 1",
        "PRAGMA user_version = 9",
        "UPDATE step SET value = 'ffffffffffffffffffffffffffffffff' WHERE key = 'from_state'",
        "UPDATE step SET value = '{\"product\": 1}' WHERE key = 'counts'",
        "UPDATE step SET value = 'nonsense' WHERE key = 'counts'",
        "DELETE FROM step",
        "DELETE FROM meta WHERE key = 'state'",
        "INSERT INTO meta VALUES ('store', 'other')",
        "INSERT INTO gone_product VALUES (5)",
    ],
)
def test_a_delta_that_is_not_right_is_passed_over_for_the_snapshot(lane, shop, looks, tmp_path, fault):
    shop.write(2, products=GOODS)
    shop.delta(1, 2)
    file = tmp_path / "shop" / "1-2.delta"
    with contextlib.closing(sqlite3.connect(file)) as db:
        db.execute(fault)
        db.commit()
    shop.publish(2, products=GOODS, deltas=[packed_delta(file, shop.meta(1), shop.meta(2))])
    assert looks.look().revision == 2
    assert "price list revision 2 is refused" in looks.passed_over
    assert_same(lane, shop, 2)
    assert lane.files() <= {"price-list.sqlite", "price-list.spare", "hub-key.pub"}


@pytest.mark.parametrize("changes", [{"size": 10}, {"uncompressed_size": 10}, {"sha256": "0" * 64}])
def test_a_delta_that_is_not_as_announced_is_passed_over_for_the_snapshot(hub, lane, shop, looks, changes):
    shop.write(2, products=GOODS)
    odd = shop.delta(1, 2, **changes)
    shop.publish(2, products=GOODS, deltas=[odd])
    assert looks.look().revision == 2
    assert looks.passed_over
    assert_same(lane, shop, 2)


def test_a_delta_that_is_not_there_is_passed_over_for_the_snapshot(hub, lane, shop, looks):
    packed = shop.publish(2, products=GOODS, since=1)
    hub.statuses[packed.manifest["deltas"][0]["sha256"]] = 404
    assert looks.look().revision == 2
    assert_same(lane, shop, 2)


def test_if_the_snapshot_is_no_better_the_old_list_stays(hub, lane, shop, looks):
    before = lane.fingerprint()
    shop.write(2, products=GOODS)
    nonsense = random.Random(1).randbytes(200_000)  # noqa: S311
    shop.publish(2, products=GOODS, deltas=[shop.delta(1, 2, uncompressed_size=10)], content=nonsense)
    for _ in range(2):
        with pytest.raises(ListRefused, match="cannot be unpacked"):
            looks.look()
    assert len(hub.asked("/files/")) == 1 + 2  # the first list, then each file once
    assert lane.fingerprint() == before
    lane.assert_old_list_stays()


def test_the_same_revision_with_another_content_is_refused(hub, lane, shop, looks, tmp_path):
    shop.publish(1, products=GOODS, manifest={"state": "0" * 32}, snapshot={"state": "0" * 32})
    with pytest.raises(DownloadRefused, match="revision 1 of store demo with another content"):
        looks.look()
    lane.assert_old_list_stays()


def test_the_same_content_under_another_revision_is_refused(hub, lane, shop, looks):
    state = hub.packed["demo"].manifest["state"]
    shop.publish(2, products=GOODS, manifest={"state": state}, snapshot={"state": state})
    with pytest.raises(DownloadRefused, match="revision 2 of store demo with another content"):
        looks.look()


def test_a_way_is_cheapest_in_bytes(hub, shop):
    shop.publish(1, products=GOODS)
    shop.publish(2, products=GOODS, since=1)
    shop.publish(3, products=GOODS, since=2)
    shop.deltas.append(shop.delta(1, 3))
    packed = shop.publish(3, products=GOODS)
    way = route(Manifest.model_validate_json(json.dumps(packed.manifest)), shop.deltas[0].file.from_state)
    assert [file.from_revision for file in way.deltas] == [1]


def test_an_unreachable_file_is_not_hidden(hub, lane, shop, looks):
    shop.publish(2, products=GOODS, since=1)
    hub.statuses["/files/"] = 500
    with pytest.raises(HubRefused, match="answered 500"):
        looks.look()
    hub.statuses.clear()
    assert looks.look().revision == 2


def test_a_list_put_there_by_hand_is_no_way_back_either(hub, lane, shop, looks):
    looks.look()
    shutil.copy(shop.write(5, products=GOODS), lane.folder.new)
    lane.folder.new.replace(lane.folder.price_list)
    with pytest.raises(DownloadRefused, match="this lane has 5, and a price list never goes back"):
        looks.look()


def test_a_disk_that_cannot_be_read_now_is_no_refusal(lane, shop, looks, monkeypatch):
    """The next look tries the same files again: nothing is wrong with them."""
    shop.publish(2, products=GOODS, since=1)
    with monkeypatch.context() as patch:
        patch.setattr("offline_cache.install.difference", lambda *_args, **_at: sqlite3.connect("/nowhere/at/all"))
        with pytest.raises(DiskTrouble):
            looks.look()
    assert looks.look().revision == 2
