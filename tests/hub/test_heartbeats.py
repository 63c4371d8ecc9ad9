import time

import pytest

from hub.heartbeats import Heartbeats, written_down
from hub.lanes import Lane
from hub.services import Hub
from tests.hub.databases import only_postgres
from tests.hub.lane_journal import LaneJournal


class Seconds:
    """A monotonic clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def heartbeats(hub: Hub, seconds: Seconds) -> Heartbeats:
    return Heartbeats(hub.lanes, hub.clock, seconds)


@pytest.fixture
def token(hub: Hub) -> str:
    return hub.lanes.enrol("demo", "1")


@pytest.fixture
def lane(heartbeats: Heartbeats, token: str) -> Lane:
    lane = heartbeats.lane(token)
    assert lane is not None
    return lane


def seen(hub: Hub) -> list[tuple[str, object]]:
    return [(one.name, one.seen_at) for one in hub.lanes.all()]


def test_what_was_heard_is_on_disk_when_it_is_written(hub, heartbeats, lane, clock):
    assert heartbeats.heard(lane, "{}").time == clock.now
    assert seen(hub) == [("1", None)]
    heartbeats.write()
    assert seen(hub) == [("1", clock.now)]


def test_of_many_words_the_last_is_kept(hub, heartbeats, lane):
    heartbeats.heard(lane, '{"revision": 1}')
    heartbeats.heard(lane, '{"revision": 2}')
    heartbeats.write()
    assert [one.told.revision for one in hub.lanes.all()] == [2]


def test_of_two_hubs_words_the_newest_stays(hub, heartbeats, lane, clock):
    other = Heartbeats(hub.lanes, hub.clock)
    other.heard(lane, '{"revision": 1}')
    clock.pass_time(seconds=10)
    heartbeats.heard(lane, '{"revision": 2}')
    heartbeats.write()
    other.write()
    assert [(one.told.revision, one.seen_at) for one in hub.lanes.all()] == [(2, clock.now)]


def test_a_token_is_looked_up_once_a_minute(hub, heartbeats, token, lane, seconds):
    assert heartbeats.lane_at_hand(token) == lane
    assert heartbeats.lane_at_hand("another") is None
    seconds.now += 59
    assert heartbeats.lane_at_hand(token) == lane
    seconds.now += 2
    assert heartbeats.lane_at_hand(token) is None
    hub.lanes.enrol("demo", "1", rotate=True)
    assert heartbeats.lane(token) is None
    assert heartbeats.lane_at_hand(token) is None


def test_a_hub_that_starts_learns_all_lanes_at_once(hub, heartbeats, token, seconds):
    other = hub.lanes.enrol("demo", "2")
    heartbeats.learn()
    names = [lane.name for one in (token, other) if (lane := heartbeats.lane_at_hand(one)) is not None]
    assert names == ["1", "2"]
    hub.lanes.enrol("demo", "2", rotate=True)
    heartbeats.learn()
    assert heartbeats.lane_at_hand(other) is None
    seconds.now += 61
    assert heartbeats.lane_at_hand(token) is None


def test_after_a_start_it_is_known_what_is_parked(hub, heartbeats, token, lane):
    journal = LaneJournal()
    journal.write("coffee.made")
    hub.events.take(lane, journal.events)
    started_anew = Heartbeats(hub.lanes, hub.clock)
    assert started_anew.lane(token) == lane
    assert started_anew.heard(lane, "{}").parked == 1


def test_while_a_hub_serves_a_thread_writes_and_the_end_writes_the_rest(hub, heartbeats, lane, clock):
    with written_down(heartbeats, every_s=3600):
        heartbeats.heard(lane, "{}")
    assert seen(hub) == [("1", clock.now)]


def test_it_is_written_again_and_again(hub, heartbeats, lane, clock):
    deadline = time.monotonic() + 20
    with written_down(heartbeats, every_s=0.01):
        for _ in range(3):
            clock.pass_time(seconds=1)
            heartbeats.heard(lane, "{}")
            while seen(hub) != [("1", clock.now)]:
                assert time.monotonic() < deadline


@only_postgres
def test_what_could_not_be_written_is_written_when_the_database_is_back(hub, heartbeats, lane, clock, postgres, caplog):
    postgres.stop()
    try:
        with written_down(heartbeats, every_s=3600):
            heartbeats.heard(lane, "{}")
    finally:
        postgres.start()
    assert "heartbeats are not written down" in caplog.text
    heartbeats.write()
    assert seen(hub) == [("1", clock.now)]
