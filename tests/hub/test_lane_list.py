"""How each lane stands: what it said of itself beside what the hub knows, and what somebody should look at."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from hub.lane_list import LaneSummary, Told, told_by
from hub.lanes import Heard, Lane
from hub.services import Hub
from tests.hub.lane_journal import LaneJournal

SAID: dict[str, Any] = {
    "revision": 1,
    "channel": "lane",
    "state": "ab" * 16,
    "published_at": "2026-11-22T12:00:00+00:00",
    "checked_at": "2026-11-22T12:00:00+00:00",
    "refused_list": None,
    "hub_time_skew_s": -0.2,
    "queued": 3,
    "last_error": "",
    "version": "1.0",
}


@pytest.fixture
def lane(hub: Hub) -> Lane:
    lane = hub.lanes.by_token(hub.lanes.enrol("demo", "1"))
    assert lane is not None
    return lane


def says(hub: Hub, lane: Lane, **changes: Any) -> LaneSummary:
    at = int(hub.clock().timestamp())
    hub.lanes.note([Heard(lane.id, at, json.dumps(SAID | changes))])
    return listed(hub)


def listed(hub: Hub) -> LaneSummary:
    (summary,) = hub.lanes.all()
    return summary


def test_a_lane_that_was_never_heard_of_is_silent(hub, lane, clock):
    summary = listed(hub)
    assert (summary.seen_at, summary.told, summary.marks) == (None, Told(), ("silent",))
    assert summary.enrolled_at == clock.now


def test_a_lane_with_the_newest_list_has_no_marks(hub, lane, clock):
    hub.publisher.publish("demo")
    summary = says(hub, lane)
    assert (summary.newest, summary.behind, summary.parked, summary.marks) == (1, 0, 0, ())
    assert (summary.told.revision, summary.told.queued, summary.told.hub_time_skew_s) == (1, 3, -0.2)
    assert summary.seen_at == clock.now


def test_a_lane_is_silent_after_two_minutes(hub, lane, clock):
    says(hub, lane)
    clock.pass_time(minutes=2)
    assert listed(hub).marks == ()
    clock.pass_time(seconds=1)
    assert listed(hub).marks == ("silent",)


def test_a_lane_is_behind_once_the_newer_list_has_been_there_for_a_while(hub, lane, clock):
    hub.publisher.publish("demo")
    assert says(hub, lane, revision=0).behind == 1
    assert says(hub, lane, revision=0).marks == ()
    clock.pass_time(minutes=6)
    assert says(hub, lane, revision=0).marks == ("behind",)
    assert says(hub, lane, revision=1).marks == ()


def test_a_lane_of_a_channel_without_a_list_is_not_behind(hub, lane, clock):
    hub.publisher.publish("demo")
    clock.pass_time(minutes=6)
    summary = says(hub, lane, revision=0, channel="web")
    assert (summary.newest, summary.behind, summary.marks) == (0, 0, ())


def test_a_list_that_a_lane_refuses_is_told_in_its_words(hub, lane):
    refused = {"sentence": "30 % of the products are gone", "refused_at": "2026-11-22T12:00:00+00:00", "revision": 2}
    summary = says(hub, lane, refused_list=refused)
    assert (summary.told.refused_list, summary.marks) == ("30 % of the products are gone", ("refuses",))


@pytest.mark.parametrize(("skew_s", "marks"), [(60, ()), (-60, ()), (60.1, ("clock",)), (-3600, ("clock",))])
def test_a_clock_that_is_wrong_is_marked(hub, lane, skew_s, marks):
    assert says(hub, lane, hub_time_skew_s=skew_s).marks == marks


def test_parked_events_are_counted_and_marked(hub, lane):
    journal = LaneJournal()
    journal.write("coffee.made")
    journal.write("coffee.made")
    hub.events.take(lane, journal.events)
    summary = says(hub, lane)
    assert (summary.parked, summary.marks) == (2, ("parked",))


@pytest.mark.parametrize(
    "odd",
    [
        {},
        {"revision": "7", "queued": -1, "hub_time_skew_s": "much", "refused_list": [], "channel": 5, "version": None},
        {"revision": True, "queued": 1.5, "hub_time_skew_s": False, "refused_list": {"why": "x"}, "channel": ""},
    ],
)
def test_what_a_lane_of_another_version_says_is_taken_as_far_as_it_goes(odd):
    assert told_by(json.dumps(odd)) == Told()


def test_the_newest_word_stays_whichever_hub_writes_last(hub, lane):
    hub.lanes.note([Heard(lane.id, 200, json.dumps({"revision": 2}))])
    hub.lanes.note([Heard(lane.id, 100, json.dumps({"revision": 1}))])
    assert (listed(hub).told.revision, listed(hub).seen_at) == (2, datetime.fromtimestamp(200, UTC))
