"""Keys that sign: made once, rotated with an overlap, retired, revoked; several hubs share them."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from hub.data_folder import DataFolder
from hub.errors import KeyUnusable
from hub.key_files import KeyFiles
from hub.keys import Keys
from hub.services import Hub, open_hub
from offline_cache.price_list.errors import ManifestError
from offline_cache.price_list.keys import key_id, raw_public_key
from tests.hub.databases import only_sqlite
from tests.hub.following_lane import lane_of


@pytest.fixture
def keys(hub: Hub) -> Keys:
    return hub.keys


def standing(keys: Keys) -> list[tuple[str, bool]]:
    return [(one.key_id, one.signs(keys.now())) for one in keys.all()]


def test_the_key_is_made_once_and_only_the_hub_may_read_it(hub, keys):
    first = keys.active()
    assert Keys(hub.database, hub.folder.keys, hub.clock).active() == first
    (file,) = hub.folder.keys.iterdir()
    assert file.name == "price-list.pem"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(hub.folder.keys.stat().st_mode) == 0o700


def test_whoever_asks_first_all_get_the_same_key(hub):
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: hub.keys.active().key_id, range(8)))
    assert len(set(found)) == 1
    assert len(hub.keys.all()) == 1


def test_the_key_of_a_hub_that_had_only_one_stays(hub):
    old = key_id(raw_public_key(KeyFiles(hub.folder.keys).first()))
    assert hub.keys.active().key_id == old


def test_after_a_rotation_both_sign_until_the_overlap_ends(hub, clock, tmp_path):
    old = hub.keys.active()
    hub.publisher.publish("demo")
    lane, asleep = lane_of(hub, tmp_path / "lane"), lane_of(hub, tmp_path / "asleep")
    lane.follow()
    new = hub.keys.rotate(timedelta(days=30))
    assert hub.keys.active() == new
    clock.pass_time(days=29)
    hub.publisher.publish("demo")
    assert [key.key_id for key in lane.manifest().keys] == [old.key_id, new.key_id]
    clock.pass_time(days=1)
    hub.publisher.publish("demo")
    assert [key.key_id for key in lane.manifest().keys] == [new.key_id]
    lane.follow()
    with pytest.raises(ManifestError, match="not signed by the pinned key"):
        asleep.manifest()  # off for the whole overlap: somebody must pin the new key
    lane_of(hub, tmp_path / "new").follow()


def test_a_retired_key_signs_no_more_at_once(hub, keys):
    first = keys.active().key_id
    second = keys.rotate().key_id
    keys.retire(first)
    assert standing(keys) == [(first, False), (second, True)]
    with pytest.raises(KeyUnusable, match="retired already"):
        keys.retire(first)


def test_a_revoked_key_is_refused_by_every_lane_that_hears_of_it(hub, keys, tmp_path):
    stolen = keys.active().key_id
    hub.publisher.publish("demo")
    stolen_envelope = hub.storage.read("demo/manifest.json")
    lane = lane_of(hub, tmp_path / "lane")
    lane.follow()
    keys.rotate()
    hub.announcer.sign_all_again()
    lane.follow()
    keys.revoke(stolen, "the laptop was stolen")
    assert hub.announcer.sign_all_again() == 1
    lane.follow()
    assert lane.manifest().revoked == (stolen,)
    hub.storage.put_bytes("demo/manifest.json", stolen_envelope)
    with pytest.raises(ManifestError, match="revoked"):
        lane.manifest()
    (found, _) = keys.all()
    assert (found.reason, found.revoked_at) == ("the laptop was stolen", keys.now())
    with pytest.raises(KeyUnusable, match="revoked already"):
        keys.revoke(stolen, "again")


def test_if_the_newest_is_revoked_the_one_before_stays_for_good(hub, keys, clock):
    first = keys.active().key_id
    keys.rotate(timedelta(days=1))
    keys.revoke(keys.active().key_id, "made by mistake")
    clock.pass_time(days=400)
    assert keys.active().key_id == first


def test_a_second_rotation_does_not_lengthen_an_overlap(keys, clock):
    first = keys.active().key_id
    keys.rotate(timedelta(days=10))
    keys.rotate(timedelta(days=90))
    clock.pass_time(days=11)
    assert [signs for _, signs in standing(keys)] == [False, True, True]
    assert standing(keys)[0][0] == first


def test_the_only_key_is_not_taken_away(keys):
    only = keys.active().key_id
    with pytest.raises(KeyUnusable, match="key-rotate"):
        keys.retire(only)
    with pytest.raises(KeyUnusable, match="key-rotate"):
        keys.revoke(only, "x")
    assert standing(keys) == [(only, True)]


def test_a_key_that_there_is_not_is_told(keys):
    with pytest.raises(KeyUnusable, match="`kiosk-hub keys` lists them"):
        keys.revoke("0123456789abcdef", "x")


@only_sqlite
def test_a_damaged_key_is_never_replaced_by_a_new_one(hub, keys):
    keys.active()
    file = hub.folder.keys / "price-list.pem"
    file.write_text("rubbish")
    with pytest.raises(KeyUnusable, match="restore it from the backup"):
        hub.publisher.publish("demo")
    assert file.read_text() == "rubbish"


def test_a_file_in_the_folders_place_is_told_in_a_sentence(tmp_path):
    (tmp_path / "hub").mkdir()
    (tmp_path / "hub" / "keys").write_text("")
    with open_hub(DataFolder(tmp_path / "hub")) as hub, pytest.raises(KeyUnusable, match="keys"):
        hub.keys.active()


def test_a_hub_without_the_private_key_publishes_nothing_and_says_what_to_copy(hub, tmp_path):
    hub.publisher.publish("demo")
    other = replace(hub, folder=DataFolder(tmp_path / "other"))
    other.folder.create()
    assert other.keys.active() == hub.keys.active()  # what its lanes ask for
    with pytest.raises(KeyUnusable, match="copy the folder's files from the hub that has it"):
        other.publisher.publish("demo")
    other.folder.keys.mkdir()
    (file,) = hub.folder.keys.iterdir()
    (other.folder.keys / "copied.pem").write_bytes(file.read_bytes())
    assert other.publisher.publish("demo").revision == 2
