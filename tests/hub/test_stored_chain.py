"""The chain of a lane's journal as the hub holds it, proved from the first event to the head."""

from typing import Any

import pytest
from sqlalchemy import delete, update

from hub.lanes import Lane
from hub.services import Hub
from hub.tables import LANE, LANE_EVENT
from tests.hub.lane_journal import LaneJournal


@pytest.fixture
def journal() -> LaneJournal:
    journal = LaneJournal()
    for number in range(250):
        journal.sell(f"s{number}")
    return journal


@pytest.fixture
def lane(hub: Hub, journal: LaneJournal) -> Lane:
    lane = enrolled(hub, "1")
    for first in range(0, len(journal.events), 2000):
        hub.events.take(lane, journal.events[first : first + 2000])
    return lane


def enrolled(hub: Hub, name: str, *, rotate: bool = False) -> Lane:
    lane = hub.lanes.by_token(hub.lanes.enrol("demo", name, rotate=rotate))
    assert lane is not None
    return lane


def change(hub: Hub, statement: Any) -> None:
    with hub.database.write() as connection:
        connection.execute(statement)


def test_a_whole_chain_is_proved_in_several_readings(hub, lane, journal):
    (report,) = hub.chains.verify(store="demo", lane="1")
    assert (report.events, report.head, report.problem) == (len(journal.events), journal.events[-1].hash, "")
    assert report.events > 2000


def test_a_lane_that_sent_nothing_is_whole(hub):
    enrolled(hub, "2")
    (report,) = hub.chains.verify(lane="2")
    assert (report.events, report.head, report.problem) == (0, "", "")


@pytest.mark.parametrize(
    ("statement", "sound", "problem"),
    [
        (update(LANE_EVENT).where(LANE_EVENT.c.number == 2100).values(body="{}"), 2099, "event 2100: was changed"),
        (update(LANE_EVENT).where(LANE_EVENT.c.number == 7).values(at="2020"), 6, "event 7: was changed"),
        (delete(LANE_EVENT).where(LANE_EVENT.c.number == 2001), 2000, "event 2002: number 2001 is missing"),
        (delete(LANE_EVENT).where(LANE_EVENT.c.number == 1), 0, "event 2: number 1 is missing"),
        (delete(LANE_EVENT).where(LANE_EVENT.c.number > 2490), 2490, "ends at event 2490, but"),
        (update(LANE).values(head_hash="0" * 64), 2750, "ends at event 2750, but event 2750, 000000000000…, was"),
    ],
)
def test_each_way_to_falsify_is_found_and_placed(hub, lane, statement, sound, problem):
    change(hub, statement)
    (report,) = hub.chains.verify(lane="1")
    assert report.events == sound
    assert problem in report.problem


def test_each_life_of_a_journal_is_a_chain_of_its_own(hub, lane, journal):
    other = LaneJournal(seed=1)
    other.sell("new")
    hub.events.take(enrolled(hub, "1", rotate=True), other.events)
    assert [(one.life, one.events, one.problem) for one in hub.chains.verify(lane="1")] == [
        (1, len(journal.events), ""),
        (2, len(other.events), ""),
    ]
