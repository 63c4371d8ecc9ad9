"""sync-status.json: written whole, read without ever failing."""

import pytest

from offline_cache.board import StatusBoard
from offline_cache.status import RefusedEvent, SyncStatus, read_status, write_status


def test_a_status_is_read_back_as_written(tmp_path):
    status = SyncStatus(3, "p", "c", "e", 17, (RefusedEvent(5, "why"),), -1.5, online=True)
    write_status(tmp_path, status)
    assert read_status(tmp_path) == status
    assert [file.name for file in tmp_path.iterdir()] == ["sync-status.json"]


@pytest.mark.parametrize("content", ["", "[]", "{", '{"revision": "x"}', '{"refused": [1]}', "null", '{"refused": 3}'])
def test_a_damaged_status_is_the_default(tmp_path, content):
    (tmp_path / "sync-status.json").write_text(content)
    assert read_status(tmp_path) == SyncStatus()


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
