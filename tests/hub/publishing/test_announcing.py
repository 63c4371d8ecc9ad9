"""Manifests that stay fresh, wherever they lie, whoever signs them."""

from __future__ import annotations

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from hub.errors import StorageUnusable
from hub.publishing.caretaker import taking_care
from hub.publishing.current import CurrentManifests
from hub.services import Hub
from hub.storage.objects import ObjectStorage
from tests.hub.buckets import empty_bucket, s3_server
from tests.hub.databases import only_sqlite
from tests.hub.following_lane import FollowingLane, lane_of

MANIFEST = "demo/manifest.json"


@pytest.fixture
def lane(hub: Hub, tmp_path) -> FollowingLane:
    hub.publisher.publish("demo")
    return lane_of(hub, tmp_path / "lane")


def test_a_manifest_is_fresh_for_a_week(hub, lane):
    manifest = lane.manifest()
    assert datetime.fromisoformat(manifest.signed_at) == hub.clock()
    assert datetime.fromisoformat(manifest.fresh_until) == hub.clock() + timedelta(days=7)


def test_a_manifest_is_signed_again_when_a_day_is_over_and_not_before(hub, lane, clock):
    first = lane.manifest()
    clock.pass_time(hours=23)
    hub.announcer.take_care(everything=True)
    assert lane.manifest() == first
    clock.pass_time(hours=1)
    hub.announcer.take_care(everything=False)
    again = lane.manifest()
    assert datetime.fromisoformat(again.signed_at) == clock()
    assert again.model_copy(update={"signed_at": first.signed_at, "fresh_until": first.fresh_until}) == first


def test_what_was_committed_but_not_announced_is_found_without_looking_at_everything(hub, lane, clock):
    first = lane.manifest()
    clock.pass_time(minutes=1)
    place = hub.folder.price_lists / "demo"
    place.rename(place.with_name("away"))
    place.write_text("in the way")
    with pytest.raises(StorageUnusable, match="is a file where a folder"):
        hub.announcer.sign_again("demo", "lane", always=True)
    place.unlink()
    place.with_name("away").rename(place)
    assert lane.manifest() == first
    hub.announcer.take_care(everything=False)
    assert lane.manifest() != first
    hub.storage.put_bytes(MANIFEST, b"what somebody else wrote")
    hub.announcer.take_care(everything=False)
    assert hub.storage.read(MANIFEST) == b"what somebody else wrote"  # nothing told of that
    hub.announcer.take_care(everything=True)
    assert lane.manifest() != first


def test_all_manifests_are_signed_when_somebody_says_so(hub, lane, clock):
    hub.publisher.publish("demo", "web")
    clock.pass_time(minutes=1)
    assert hub.announcer.sign_all_again() == 0
    assert hub.announcer.sign_all_again(always=True) == 2
    assert datetime.fromisoformat(lane.manifest().signed_at) == clock()


def test_a_hub_whose_clock_is_behind_signs_nothing_that_lanes_take_for_old(hub, lane, clock):
    first = lane.manifest()
    clock.pass_time(hours=-5)
    hub.announcer.sign_all_again(always=True)
    assert lane.manifest().signed_at == first.signed_at
    hub.publisher.publish("demo")
    assert lane.manifest().signed_at == first.signed_at
    assert lane.manifest().published_at < first.published_at


def test_a_hub_that_lacks_a_key_serves_on_and_says_what_it_cannot_do(hub, lane, clock, caplog):
    clock.pass_time(days=2)
    (file,) = hub.folder.keys.iterdir()
    file.rename(file.with_suffix(".away"))
    with caplog.at_level(logging.WARNING):
        hub.announcer.take_care(everything=True)
    assert "not signed again" in caplog.text
    assert "copy the folder's files" in caplog.text
    assert lane.manifest().revision == 1


def test_while_a_hub_serves_its_manifests_are_looked_after_at_once(hub, lane):
    (hub.folder.price_lists / MANIFEST).write_bytes(b"what a killed hub left")
    with taking_care(hub.announcer):
        pass  # its end waits for the round that was begun
    assert lane.manifest().revision == 1


def test_whoever_announces_last_the_newest_stays(hub, lane):
    hub.publisher.publish("demo")
    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(lambda _: hub.announcer.announce("demo", "lane"), range(12))) == {2}
    assert lane.manifest().revision == 2


@only_sqlite
def test_what_is_served_is_what_lies_there_now(hub, lane):
    manifests = CurrentManifests(hub.storage)
    first = manifests.current("demo", "lane")
    assert first is not None
    assert first == manifests.at_hand("demo", "lane")
    assert first.content == hub.storage.read(MANIFEST)
    hub.publisher.publish("demo")
    second = manifests.at_hand("demo", "lane")
    assert second is not None
    assert second.content == hub.storage.read(MANIFEST)
    assert second.etag != first.etag
    hub.storage.delete(MANIFEST)
    assert manifests.current("demo", "lane") is None


def told(manifests: CurrentManifests, *, at_hand: bool = False) -> bytes:
    found = manifests.at_hand("demo", "lane") if at_hand else manifests.current("demo", "lane")
    assert found is not None
    return found.content


def test_a_bucket_is_asked_once_in_three_seconds_and_not_missed_when_it_is_away(caplog):
    now = [0.0]
    with s3_server() as port:
        bucket = empty_bucket(port)
        storage = ObjectStorage(bucket.address, bucket.options)
        manifests = CurrentManifests(storage, lambda: now[0])
        assert manifests.at_hand("demo", "lane") is None
        assert manifests.current("demo", "lane") is None
        storage.put_bytes(MANIFEST, b"one")
        assert told(manifests) == b"one"
        storage.put_bytes(MANIFEST, b"two")
        now[0] = 2.9
        assert told(manifests, at_hand=True) == told(manifests) == b"one"
        now[0] = 3.0
        assert manifests.at_hand("demo", "lane") is None
        assert told(manifests) == b"two"
    now[0] = 6.0
    with caplog.at_level(logging.WARNING):
        assert told(manifests) == b"two"
    assert "served as it was last known" in caplog.text
