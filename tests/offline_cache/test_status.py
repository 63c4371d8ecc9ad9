"""sync-status.json: written whole, read without ever failing."""

from datetime import UTC, datetime, timedelta

import pytest

from offline_cache.board import StatusBoard
from offline_cache.status import RefusedEvent, RefusedList, SyncStatus, read_status, write_status
from offline_cache.update import ListInPlace

MOMENT = "2026-03-01T06:00:00+00:00"
NOON = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_a_status_is_read_back_as_written(tmp_path):
    status = SyncStatus(
        3, "p", "c", "e", 17, (RefusedEvent(5, "why"),), -1.5, online=True, channel="web", state="s", signed_at=MOMENT,
        fresh_until=MOMENT, refused_list=RefusedList("why", "at", 7), hub_time_seen=MOMENT, uploaded_hash="h",
    )  # fmt: skip
    write_status(tmp_path, status)
    assert read_status(tmp_path) == status
    assert [file.name for file in tmp_path.iterdir()] == ["sync-status.json"]


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        "{",
        "null",
        '{"revision": "x"}',
        '{"refused": [1]}',
        '{"refused": 3}',
        '{"refused_list": {}}',
        '{"refused_list": 3}',
        '{"hub_time_seen": "yesterday"}',
        '{"signed_at": "2026-03-01T06:00:00"}',
    ],
)
def test_a_damaged_status_is_the_default(tmp_path, content):
    (tmp_path / "sync-status.json").write_text(content)
    assert read_status(tmp_path) == SyncStatus()


def test_a_status_of_an_older_version_is_read(tmp_path):
    (tmp_path / "sync-status.json").write_text('{"revision": 3, "uploaded": 9, "refused": []}')
    assert read_status(tmp_path) == SyncStatus(revision=3, uploaded=9)


def test_a_missing_status_is_the_default(tmp_path):
    assert read_status(tmp_path / "none") == SyncStatus()


def test_troubles_of_the_parts_stand_side_by_side_until_each_is_over(tmp_path):
    board = StatusBoard(tmp_path)
    board.trouble("price list", "no list")
    board.trouble("journal", "no upload")
    assert read_status(tmp_path).last_error == "no list; no upload"
    board.trouble("price list", "")
    assert read_status(tmp_path).last_error == "no upload"


def test_what_was_known_is_known_after_a_restart_but_the_connection(tmp_path):
    write_status(tmp_path, SyncStatus(revision=3, uploaded=9, last_error="e", online=True))
    assert StatusBoard(tmp_path).status == SyncStatus(revision=3, uploaded=9)


def test_a_refused_event_is_listed_once(tmp_path):
    board = StatusBoard(tmp_path)
    board.refused((RefusedEvent(5, "why"),))
    board.refused((RefusedEvent(5, "why"), RefusedEvent(2, "that")))
    assert [one.number for one in read_status(tmp_path).refused] == [2, 5]


def test_coming_online_is_told_once(tmp_path):
    told = []
    board = StatusBoard(tmp_path, on_online=lambda: told.append(1))
    board.connection(online=True)
    board.connection(online=True)
    board.connection(online=False)
    board.connection(online=True)
    assert len(told) == 2


def test_the_same_refused_list_keeps_the_time_of_the_first(tmp_path):
    now = NOON
    board = StatusBoard(tmp_path, clock=lambda: now)
    board.refused_list("why", 3)
    now += timedelta(hours=1)
    board.refused_list("why", 3)
    assert read_status(tmp_path).refused_list == RefusedList("why", "2026-03-01T12:00:00+00:00", 3)
    board.refused_list("why", 4)
    assert read_status(tmp_path).refused_list == RefusedList("why", "2026-03-01T13:00:00+00:00", 4)
    assert StatusBoard(tmp_path).status.refused_list == RefusedList("why", "2026-03-01T13:00:00+00:00", 4)


def test_a_confirmed_list_ends_the_refusal(tmp_path):
    board = StatusBoard(tmp_path, clock=lambda: NOON)
    board.refused_list("why", 3)
    board.confirmed(ListInPlace("demo", "web", 4, "s", "p", 7, changed=True, signed_at=MOMENT, fresh_until=MOMENT))
    assert read_status(tmp_path) == SyncStatus(
        4, "p", "2026-03-01T12:00:00+00:00", channel="web", state="s", signed_at=MOMENT, fresh_until=MOMENT
    )


def test_the_newest_time_of_the_hub_is_kept(tmp_path):
    board = StatusBoard(tmp_path)
    assert board.hub_time_seen is None
    board.note_hub_time(None)
    board.note_hub_time(NOON)
    assert StatusBoard(tmp_path).hub_time_seen == NOON
