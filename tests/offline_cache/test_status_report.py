"""`kiosk-sync status`: how a lane stands, for people and machines."""

import json
from datetime import UTC, datetime

import pytest

from offline_cache.__main__ import main
from offline_cache.folder import LaneFolder
from offline_cache.journal import Journal
from offline_cache.price_list.keys import KeyRing, key_id
from offline_cache.status import RefusedEvent, RefusedList, SyncStatus, write_status
from offline_cache.status_report import lane_report, queued
from offline_cache.trust import TrustStore
from tests.offline_cache.sales import clock, whole_sale

NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
KEY = bytes(range(32))
STATUS = SyncStatus(
    4,
    "2026-03-01T06:00:00+00:00",
    "2026-03-01T11:58:30+00:00",
    "no room",
    17,
    (RefusedEvent(5, "no such product"),),
    -3 * 86400.0,
    online=True,
    channel="web",
    refused_list=RefusedList("price list revision 5 is refused", "2026-03-01T11:00:00+00:00", 5),
)


def test_people_get_a_line_for_each_thing(folder):
    write_status(folder.path, STATUS)
    TrustStore(folder).learn(KeyRing.of([KEY]))
    assert lane_report(folder, NOON).as_text().splitlines() == [
        "price list: revision 4 of channel web, published 2026-03-01T06:00:00+00:00, confirmed 1 minute ago",
        "hub: online",
        "journal: the hub has all up to event 17",
        "clock: wrong by 3 days; the hub's is -259200.0 s from ours",
        f"keys: {key_id(KEY)}",
        "refused by the hub: event 5: no such product",
        "refused here at 2026-03-01T11:00:00+00:00: price list revision 5 is refused",
        "trouble: no room",
    ]


def test_machines_get_all_of_it(folder):
    write_status(folder.path, STATUS)
    told = json.loads(json.dumps(lane_report(folder, NOON).as_dict()))
    assert told == json.loads(json.dumps(STATUS.as_dict())) | {
        "age_s": 90,
        "queued": 0,
        "clock": "wrong by 3 days",
        "keys": [],
    }
    assert told["refused_list"] == {
        "sentence": "price list revision 5 is refused",
        "refused_at": "2026-03-01T11:00:00+00:00",
        "revision": 5,
    }


def test_a_lane_that_was_never_in_step_says_so(folder, capsys):
    assert main(["status", "--dir", str(folder.path)]) == 0
    assert capsys.readouterr().out.splitlines() == [
        "price list: none yet",
        "hub: away",
        "journal: the hub has all up to event 0",
    ]
    assert main(["status", "--dir", str(folder.path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["age_s"], told["clock"], told["refused_list"], told["revision"]) == (None, "unknown", None, 0)


def test_many_refused_events_are_cut_short(folder):
    write_status(folder.path, SyncStatus(refused=tuple(RefusedEvent(number, "why") for number in range(15))))
    assert "refused by the hub: 5 older ones; --json has them" in lane_report(folder, NOON).as_text()


def test_events_that_wait_are_counted(folder):
    assert queued(folder.journal, 0) == 0
    journal = Journal(folder.journal, clock)
    journal.append(*whole_sale("s1"))
    journal.close()
    assert queued(folder.journal, 2) == 3
    assert queued(folder.journal, 99) == 0
    write_status(folder.path, SyncStatus(uploaded=2))
    assert "journal: the hub has all up to event 2, 3 still to send" in lane_report(folder, NOON).as_text()


def test_a_journal_that_cannot_be_read_is_unknown_not_empty(folder):
    folder.journal.write_bytes(b"damaged")
    assert queued(folder.journal, 0) is None
    assert lane_report(folder, NOON).as_dict()["queued"] is None


def test_a_folder_that_is_not_there_is_named(tmp_path, capsys):
    assert main(["status", "--dir", str(tmp_path / "none")]) == 2
    assert "there is no such folder" in capsys.readouterr().err


@pytest.mark.parametrize("checked_at", ["", "nonsense", "2026-03-01T12:00:00"])
def test_an_age_that_cannot_be_told_is_none(tmp_path, checked_at):
    write_status(tmp_path, SyncStatus(1, checked_at=checked_at))
    report = lane_report(LaneFolder(tmp_path), NOON)
    assert report.age_s is None
    assert "never confirmed" in report.as_text()
