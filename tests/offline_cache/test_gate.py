"""Manifests in order and in time: old ones shown again, stale ones, and those of another store or channel."""

from datetime import UTC, datetime, timedelta

import pytest

from offline_cache.errors import DownloadRefused
from offline_cache.gate import Accepted
from offline_cache.hub_time import HubTime

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def test_an_older_manifest_of_the_same_list_is_refused(hub, lane, shop):
    older = shop.publish(1)
    newer = shop.publish(1)
    looks = lane.update()
    looks.look()
    hub.publish(older)
    for agent in (looks, lane.update(accepted=Accepted(1, newer.manifest["state"], newer.manifest["signed_at"]))):
        with pytest.raises(DownloadRefused, match="an old one is shown to it; if the hub's clock was set back"):
            agent.look()
    hub.publish(newer)
    assert looks.look().revision == 1


def test_an_older_manifest_is_refused_though_its_revision_would_be_new(hub, lane, shop):
    second = shop.publish(2)
    hub.publish(shop.publish(1, signed_at=datetime.now(UTC) + timedelta(seconds=1)))
    looks = lane.update()
    looks.look()
    hub.publish(second)
    with pytest.raises(DownloadRefused, match="an old one is shown"):
        looks.look()
    lane.assert_old_list_stays()


def test_a_list_deleted_by_a_person_makes_the_lane_forget_what_it_had(hub, lane, shop):
    shop.publish(5)
    looks = lane.update()
    looks.look()
    shop.publish(1, signed_at=datetime.now(UTC) - DAY)
    lane.folder.price_list.unlink()
    assert looks.look().revision == 1


def test_a_list_deleted_by_a_person_makes_the_lane_forget_the_time_of_a_hub_that_was_ahead(lane, shop):
    time = HubTime(lambda: NOON)
    looks = lane.update(time=time)
    shop.publish(1, signed_at=NOON + 30 * DAY)
    looks.look()
    time.heard(NOON, asked=NOON, answered=NOON)
    shop.publish(2, signed_at=NOON)
    with pytest.raises(DownloadRefused, match="if the hub's clock was set back"):
        looks.look()
    assert time.seen == NOON + 30 * DAY
    lane.folder.price_list.unlink()
    assert looks.look().revision == 2
    assert time.seen == NOON


def test_the_same_list_signed_again_is_confirmed_without_a_fetch(hub, lane, shop):
    shop.publish(1)
    looks = lane.update()
    first = looks.look()
    shop.publish(1)
    second = looks.look()
    assert not second.changed
    assert second.signed_at > first.signed_at
    assert len(hub.asked("/files/")) == 1


def test_a_stale_manifest_is_refused(lane, shop):
    shop.publish(1, signed_at=NOON, fresh_until=NOON + DAY)
    with pytest.raises(DownloadRefused, match=r"was to be renewed by 2026-03-02.*, 3 days ago"):
        lane.update(clock=lambda: NOON + 4 * DAY).look()
    assert not lane.folder.price_list.exists()


def test_an_unchanged_manifest_goes_stale_too(hub, lane, shop):
    now = NOON
    shop.publish(1, signed_at=NOON, fresh_until=NOON + DAY)
    looks = lane.update(clock=lambda: now)
    looks.look()
    assert looks.look().revision == 1
    now = NOON + 2 * DAY
    with pytest.raises(DownloadRefused, match="was to be renewed"):
        looks.look()
    assert hub.asked("manifest")[-1].headers.get("If-None-Match") is None
    shop.publish(1, signed_at=now)
    assert looks.look().revision == 1


def test_freshness_goes_by_the_hubs_time_where_that_was_heard(lane, shop):
    shop.publish(1, signed_at=NOON, fresh_until=NOON + DAY)
    time = HubTime(lambda: NOON + 400 * DAY)
    time.heard(NOON, asked=NOON + 400 * DAY, answered=NOON + 400 * DAY)
    assert lane.update(time=time).look().revision == 1


def test_freshness_is_not_fooled_by_a_clock_that_fell_back(lane, shop):
    shop.publish(1, signed_at=NOON, fresh_until=NOON + DAY)
    with pytest.raises(DownloadRefused, match="was to be renewed"):
        lane.update(time=HubTime(lambda: NOON - 4000 * DAY, seen=NOON + 2 * DAY)).look()


def test_an_accepted_manifest_tells_the_time_and_a_refused_one_does_not(lane, shop):
    shop.publish(1, signed_at=NOON)
    time = HubTime(lambda: NOON)
    lane.update(time=time).look()
    assert time.seen == NOON
    shop.publish(1, signed_at=NOON + DAY, manifest={"revision": 1, "state": "0" * 32}, snapshot={"state": "0" * 32})
    with pytest.raises(DownloadRefused):
        lane.update(time=time).look()
    assert time.seen == NOON


def test_a_list_of_another_channel_is_asked_for_by_its_address(hub, lane, shop):
    shop.publish(1, file_says={"channel": "web"})
    here = lane.update(channel="web").look()
    assert (here.channel, here.revision) == ("web", 1)
    assert hub.asked("/demo/web/manifest.json")


def test_a_manifest_of_another_channel_is_refused(hub, lane, shop):
    hub.packed["demo"] = shop.publish(1, file_says={"channel": "web"})
    with pytest.raises(DownloadRefused, match="for channel 'web', this is channel 'lane'"):
        lane.update().look()


def test_a_lane_that_changes_its_channel_takes_that_list_whatever_its_revision(lane, shop):
    shop.publish(5)
    lane.update().look()
    shop.publish(2, file_says={"channel": "web"})
    assert lane.update(channel="web", accepted=Accepted(5, "0" * 32, "2099-01-01T00:00:00+00:00")).look().revision == 2
