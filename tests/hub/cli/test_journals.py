"""The commands about lanes and their journals, as a person types them and as a machine reads them."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete

from hub.data_folder import DataFolder
from hub.lanes import Heard
from hub.services import open_hub
from hub.tables import LANE_EVENT
from tests.hub.cli.command_line import Said
from tests.hub.databases import Databases
from tests.hub.lane_journal import LaneJournal


@pytest.fixture
def journal(data: Path, databases: Databases) -> LaneJournal:
    """Of a lane that sold once and made a coffee, and is heard of."""
    journal = LaneJournal()
    journal.sell("s1")
    journal.write("coffee.made")
    refused = {"sentence": "every price has doubled", "refused_at": "2026-11-22T12:00:00+00:00", "revision": 9}
    said = {"revision": 4, "queued": 1234, "version": "1.0", "hub_time_skew_s": 7200, "refused_list": refused}
    with open_hub(DataFolder(data), address=databases.address(data)) as hub:
        lane = hub.lanes.by_token(hub.lanes.enrol("demo", "1"))
        assert lane is not None
        hub.events.take(lane, journal.events)
        hub.lanes.note([Heard(lane.id, int(datetime.now(UTC).timestamp()), json.dumps(said))])
    return journal


def test_lanes_are_listed_with_what_somebody_should_look_at(run, journal):
    text = run("lanes").out
    for part in (
        "1,234",
        "refuses clock parked",
        "every price has doubled",
        "its clock is 2 h behind ours",
        "events parked: 1;",
    ):
        assert part in text
    (lane,) = json.loads(run("lanes", "--json").out)
    assert {"store", "lane", "events", "life", "enrolled_at", "seen_at"} < lane.keys()  # those before it was more
    assert (lane["lane"], lane["events"], lane["life"]) == ("1", len(journal.events), 1)
    assert (lane["revision"], lane["queued"], lane["parked"], lane["behind"]) == (4, 1234, 1, 0)
    assert (lane["refused_list"], lane["marks"]) == ("every price has doubled", ["refuses", "clock", "parked"])


def test_events_that_could_not_be_used_are_listed_and_tried_again(run, journal):
    text = run("events", "--refused").out
    assert "coffee.made" in text
    assert "this hub does not know events of kind" in text
    (parked,) = json.loads(run("events", "--refused", "--store", "demo", "--lane", "1", "--json").out)
    assert (parked["number"], parked["kind"], parked["sale_id"]) == (len(journal.events), "coffee.made", None)
    assert run("events", "--retry").out == "used now: 0; parked still: 1\n"
    assert json.loads(run("events", "--retry", "--json").out) == {"used": 0, "parked": 1}


def test_a_hub_that_could_use_everything_says_so(run):
    assert run("events", "--refused").out == "the hub could use every event\n"
    assert json.loads(run("events", "--refused", "--json").out) == []


def test_the_chain_is_checked_and_a_broken_one_is_status_1(run, data, databases, journal):
    assert run("events", "--verify", "--store", "demo", "--lane", "1") == Said(
        0, f"store demo, lane 1: the chain is whole, 12 events, head {journal.events[-1].hash}\n", ""
    )
    with open_hub(DataFolder(data), address=databases.address(data)) as hub, hub.database.write() as connection:
        connection.execute(delete(LANE_EVENT).where(LANE_EVENT.c.number == 5))
    said = run("events", "--verify", "--lane", "1")
    assert (said.status, said.err) == (1, "")
    assert "the chain is broken after 4 events: event 6: number 5 is missing" in said.out
    (report,) = json.loads(run("events", "--verify", "--json").out)
    assert (report["events"], report["problem"]) == (4, "event 6: number 5 is missing")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--verify", "--lane", "7"), "kiosk-hub: there is no lane '7'"),
        (("--refused", "--store", "nowhere"), "nowhere"),
        ((), "one of the arguments --refused --retry --verify is required"),
        (("--refused", "--retry"), "not allowed with"),
    ],
)
def test_what_cannot_be_is_told(run, arguments, sentence):
    said = run("events", *arguments)
    assert said.status == 2
    assert sentence in said.err
