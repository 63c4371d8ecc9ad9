"""Fetching the price list: only the announced, signed, whole list replaces the old one; all else leaves it."""

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from offline_cache.errors import ConfigError, DiskTrouble, DownloadRefused, HubAnswerBad, HubAway, HubRefused, SyncError
from offline_cache.folder import LaneFolder
from offline_cache.hub_client import HubClient
from offline_cache.price_list.manifest import encode_public_key, raw_public_key
from offline_cache.price_list.reader import PriceList
from offline_cache.update import PriceListUpdate
from tests.offline_cache.fake_hub import FakeHub
from tests.offline_cache.lists import NOON, pack, write_list


@pytest.fixture
def publish(hub: FakeHub, tmp_path: Path):
    def publish(revision: int = 1, *, products: int = 3, file_says: dict[str, Any] | None = None, **changes):
        says = {"revision": revision, "products": products} | (file_says or {})
        file = write_list(tmp_path / f"source-{revision}.sqlite", **says)
        packed = pack(file, hub.key, revision=revision, **changes)
        hub.publish(packed)
        return packed

    return publish


@pytest.fixture
def update(hub: FakeHub, folder: LaneFolder) -> Iterator[Callable[..., PriceListUpdate]]:
    with contextlib.ExitStack() as clients:

        def update(store: str = "demo", url: str = "", **options) -> PriceListUpdate:
            client = clients.enter_context(HubClient(url or hub.url, store=store, timeout_s=5))
            return PriceListUpdate(folder, client, **options)

        yield update


def price_here(folder: LaneFolder) -> int:
    """Price of the first product of the list in place; it tells the revision."""
    price_list = PriceList(folder.price_list)
    listing = price_list.find("c0", NOON)
    price_list.close()
    assert listing is not None
    return listing.price.unit_minor


def assert_old_list_stays(folder: LaneFolder) -> None:
    assert price_here(folder) == 101
    left = {file.name for file in folder.path.iterdir()}
    assert left <= {"price-list.sqlite", "price-list.part", "hub-key.pub"}


def test_the_first_list_is_put_in_place(hub, folder, update, publish):
    publish(1)
    here = update().look()
    assert (here.store, here.revision, here.products, here.changed) == ("demo", 1, 3, True)
    assert_old_list_stays(folder)
    assert not folder.download.exists()


def test_a_newer_list_replaces_the_old_one_and_the_same_one_is_not_fetched_again(hub, folder, update, publish):
    publish(1)
    looks = update()
    looks.look()
    assert looks.look().changed is False
    assert len(hub.asked("/files/")) == 1
    assert hub.asked("manifest")[1].headers["If-None-Match"]
    publish(2)
    assert looks.look().changed is True
    assert price_here(folder) == 201


def test_a_failed_fetch_is_not_hidden_by_an_unchanged_manifest(hub, folder, update, publish):
    publish(1)
    looks = update()
    looks.look()
    publish(2)
    hub.statuses["/files/"] = 500
    with pytest.raises(HubRefused, match="answered 500"):
        looks.look()
    hub.statuses.clear()
    assert looks.look().revision == 2


def test_a_list_deleted_under_the_agent_is_fetched_again(hub, folder, update, publish):
    publish(1)
    looks = update()
    looks.look()
    folder.price_list.unlink()
    assert looks.look().changed is True
    assert_old_list_stays(folder)


def test_a_damaged_list_is_replaced_by_the_same_revision(hub, folder, update, publish):
    publish(1)
    update().look()
    folder.price_list.write_bytes(b"damaged")
    assert update(floor=1).look().changed is True
    assert_old_list_stays(folder)


def test_a_revision_that_goes_back_is_refused(hub, folder, update, publish):
    publish(1)
    older = hub.packed["demo"]
    publish(2)
    update().look()
    hub.publish(older)
    with pytest.raises(DownloadRefused, match=r"offers revision 1 .* has 2, and a price list never goes back"):
        update().look()
    folder.price_list.write_bytes(b"damaged")
    with pytest.raises(DownloadRefused, match="never goes back"):
        update(floor=2).look()


def test_a_list_of_another_store_in_the_folder_is_replaced(hub, folder, update, publish, tmp_path):
    publish(5)
    update().look()
    hub.publish(pack(write_list(tmp_path / "other.sqlite", store="other"), hub.key, store="other"))
    assert update(store="other").look().revision == 1


def test_an_unknown_store_is_named(hub, folder, update, publish):
    publish(1)
    with pytest.raises(HubRefused, match="has no price list for store 'nowhere'"):
        update(store="nowhere").look()


def test_a_manifest_for_another_store_is_refused(hub, folder, update, publish):
    hub.packed["elsewhere"] = publish(1)
    with pytest.raises(DownloadRefused, match="for store 'demo', this lane belongs to 'elsewhere'"):
        update(store="elsewhere").look()


def test_the_first_key_seen_is_pinned_and_another_refused_later(hub, folder, update, publish, caplog):
    publish(1)
    update().look()
    assert folder.key.read_text() == hub.public_key + "\n"
    assert "pinned the hub's key" in caplog.text
    hub.key = Ed25519PrivateKey.generate()
    publish(2)
    with pytest.raises(DownloadRefused, match=r"not signed by the pinned key .*hub-key.pub"):
        update().look()
    assert_old_list_stays(folder)


def test_a_given_key_wins_and_a_wrong_one_is_refused_without_being_kept(hub, folder, update, publish, tmp_path):
    publish(1)
    right, wrong = tmp_path / "right.pub", tmp_path / "wrong.pub"
    right.write_text(hub.public_key + "\n")
    wrong.write_text(encode_public_key(raw_public_key(Ed25519PrivateKey.generate())))
    with pytest.raises(DownloadRefused, match=r"not signed by the pinned key .*wrong.pub"):
        update(key_file=wrong).look()
    assert not folder.key.exists()
    assert not hub.asked("/v1/key")
    update(key_file=right).look()
    assert folder.key.read_text() == hub.public_key + "\n"


@pytest.mark.parametrize("content", ["", "not base64!", "AAAA", "\xff"])
def test_a_key_file_that_holds_no_key_is_named(hub, folder, update, publish, tmp_path, content):
    publish(1)
    file = tmp_path / "hub.pub"
    file.write_text(content, "latin-1")
    with pytest.raises(ConfigError, match=r"hub.pub: is not the hub's key"):
        update(key_file=file).look()
    with pytest.raises(ConfigError, match="there is no such key file"):
        update(key_file=tmp_path / "none").look()


@pytest.mark.parametrize("field", ["revision", "store", "currency", "published_at"])
def test_a_manifest_changed_on_its_way_is_refused(hub, folder, update, publish, field):
    publish(1)
    update().look()
    packed = publish(2)
    body = packed.envelope["manifest"]
    body[field] = 9 if field == "revision" else "demo2"
    with pytest.raises(DownloadRefused, match="not signed"):
        update().look()
    assert_old_list_stays(folder)


@pytest.mark.parametrize(
    "content", [b"<html>", b"[]", b"null", b'{"manifest": {}}', b"[" * 100_000, b'{"manifest": {"a": NaN}}']
)
def test_something_else_than_a_manifest_is_refused(hub, folder, update, content):
    hub.raw["manifest"] = content
    with pytest.raises(SyncError, match=hub.url):
        update().look()


def test_an_endless_manifest_does_not_fill_the_memory(hub, folder, update):
    hub.raw["manifest"] = b" " * (5 << 20)
    with pytest.raises(HubAnswerBad, match="over"):
        update().look()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"sha256": "0" * 64}, "is not the announced one"),
        ({"size": 50}, "is longer than announced"),
        ({"uncompressed_size": 100}, "does not unpack to the 100 bytes announced"),
        ({"uncompressed_size": 10_000_000}, "does not unpack to the 10000000 bytes announced"),
        ({"content": b"this is not zstandard at all"}, "cannot be unpacked"),
        ({"currency": "EUR"}, "the file says"),
        ({"file_says": {"revision": 7}}, "the file says"),
        ({"file_says": {"store": "other"}}, "the file says"),
    ],
)
def test_a_list_that_is_not_as_announced_is_refused(hub, folder, update, publish, changes, problem):
    publish(1)
    update().look()
    packed = publish(2, **changes)
    hub.files[packed.sha256] = packed.content
    for _ in range(2):  # and again: nothing that is left may turn it into the right one
        with pytest.raises(DownloadRefused, match=problem):
            update().look()
    assert_old_list_stays(folder)


def test_a_list_that_unpacks_without_end_is_stopped_at_the_announced_size(hub, folder, update, publish):
    publish(1)
    update().look()
    bomb = zstandard.ZstdCompressor().compress(bytes(200_000_000))
    publish(2, content=bomb, uncompressed_size=50_000)
    with pytest.raises(DownloadRefused, match="does not unpack"):
        update().look()
    assert_old_list_stays(folder)


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
        ("DROP TABLE offer_product", "tables differ"),
        ("PRAGMA user_version = 2", "has format 2"),
        ("PRAGMA application_id = 1", "not a price list"),
        ("DELETE FROM meta WHERE key = 'revision'", "its own description is incomplete"),
        ("UPDATE meta SET value = '3' WHERE key = 'receipt'", ""),
        ("INSERT INTO label_template VALUES ('2{nonsense}', 'x', 1)", "label template"),
    ],
)
def test_a_signed_file_that_is_no_price_list_is_refused(hub, folder, update, publish, tmp_path, statement, problem):
    publish(1)
    update().look()
    file = write_list(tmp_path / "odd.sqlite", revision=2)
    change_file(file, statement)
    hub.publish(pack(file, hub.key, revision=2))
    if not problem:
        assert update().look().revision == 2
        return
    with pytest.raises(DownloadRefused, match=f"revision 2 is refused: .*{problem}.*the old one stays"):
        update().look()
    assert_old_list_stays(folder)


def test_a_signed_file_with_damaged_pages_is_refused(hub, folder, update, publish, tmp_path):
    publish(1)
    update().look()
    file = write_list(tmp_path / "odd.sqlite", revision=2, products=500)
    content = bytearray(file.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xa5" * 4096
    file.write_bytes(content)
    hub.publish(pack(file, hub.key, revision=2))
    with pytest.raises(DownloadRefused, match="refused"):
        update().look()
    assert_old_list_stays(folder)


def test_a_cut_download_is_resumed_where_it_ended(hub, folder, update, publish):
    packed = publish(1, products=2000)
    hub.cut_at = [1000, 3000, 500]
    assert update().look().revision == 1
    ranges = [one.headers.get("Range") for one in hub.asked("/files/")]
    assert ranges == [None, "bytes=1000-", "bytes=4000-", "bytes=4500-"]
    assert len(packed.content) > 4500


def test_a_download_that_gets_nowhere_is_given_up_and_goes_on_next_time(hub, folder, update, publish):
    publish(1, products=2000)
    hub.cut_at = [1000, 0]
    with pytest.raises(HubAway, match="cannot be reached"):
        update().look()
    assert folder.download.stat().st_size == 1000
    assert update().look().changed is True
    assert hub.asked("/files/")[-1].headers["Range"] == "bytes=1000-"


def test_a_hub_that_ignores_the_range_is_taken_from_the_start(hub, folder, update, publish):
    publish(1, products=2000)
    hub.ignores_ranges = True
    hub.cut_at = [1000]
    assert update().look().revision == 1


@pytest.mark.parametrize("rest", [b"x" * 700, b"x" * 10_000_000])
def test_what_is_left_of_another_file_is_thrown_away(hub, folder, update, publish, rest):
    publish(1)
    folder.download.write_bytes(rest)
    assert update().look().revision == 1
    assert_old_list_stays(folder)


def test_what_is_left_of_the_same_size_is_not_trusted(hub, folder, update, publish):
    packed = publish(1)
    folder.download.write_bytes(bytes(len(packed.content)))
    assert update().look().revision == 1


def test_a_whole_file_from_a_killed_agent_is_not_fetched_again(hub, folder, update, publish):
    packed = publish(1)
    folder.download.write_bytes(packed.content)
    folder.unpacked.write_bytes(b"half unpacked")
    assert update().look().revision == 1
    assert not hub.asked("/files/")
    assert_old_list_stays(folder)


def test_a_stopped_download_is_kept(hub, folder, update, publish):
    publish(1, products=2000)
    with pytest.raises(SyncError, match="stopped"):
        update(stopped=lambda: True).look()
    assert not folder.price_list.exists()


def test_too_little_room_is_said_before_anything_is_fetched(hub, folder, update, publish):
    publish(1, uncompressed_size=shutil.disk_usage(folder.path).total * 2)
    with pytest.raises(DiskTrouble, match="MB free, the new price list needs"):
        update().look()
    assert not hub.asked("/files/")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount the small disk that this fills")
def test_a_disk_that_fills_up_meanwhile_is_a_sentence(hub, folder, update, publish, monkeypatch):
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "small", str(folder.path)], check=False)
    if mounted.returncode != 0:
        pytest.skip("tmpfs cannot be mounted here")
    try:
        publish(1, products=3000)
        monkeypatch.setattr(
            "offline_cache.update._SPARE_BYTES", -(1 << 30)
        )  # as if somebody else took the room just now
        with pytest.raises(DiskTrouble, match="the disk is full; make room"):
            update().look()
        assert not folder.price_list.exists()
    finally:
        subprocess.run(["umount", "-l", str(folder.path)], check=True)


def test_a_hub_that_is_away_is_named(update):
    with pytest.raises(HubAway, match=r"http://127.0.0.1:9: the hub cannot be reached .*check its address"):
        update(url="http://127.0.0.1:9").look()
