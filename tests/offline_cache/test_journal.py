"""The journal: what is appended is there, in order, chained, and cannot be changed."""

import os
import re
import sqlite3
import subprocess
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from offline_cache.errors import JournalBusy, JournalDamaged, JournalError, JournalFull, JournalMissing, JournalTooNew
from offline_cache.journal import Journal, JournalReader, verify
from offline_cache.journal_file import VERSION
from retail.events import Draft, EventKind, first_break
from tests.offline_cache.programs import python
from tests.offline_cache.sales import clock, completed, help_called, line, started, tamper, whole_sale


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


def fill(path: Path, count: int = 5) -> None:
    journal = Journal(path, clock)
    for number in range(count):
        journal.append(help_called(number))
    journal.close()


def test_what_was_appended_is_read_back_the_same_after_reopening(path):
    journal = Journal(path, clock)
    written = [*journal.append(*whole_sale("s1")), *journal.append(help_called(1))]
    journal.close()
    journal = Journal(path, clock)
    assert journal.events() == written
    assert journal.head() == (written[-1].number, written[-1].hash)
    assert [event.number for event in written] == [1, 2, 3, 4, 5, 6]
    assert first_break(written) is None
    journal.close()


def test_events_after_a_number_come_in_order_and_limited(path):
    fill(path, 5)
    with JournalReader(path) as reader:
        assert [event.number for event in reader.events(after=2, limit=2)] == [3, 4]
        assert reader.events(after=5) == []


def test_the_last_sale_starts_at_the_latest_basket(path):
    journal = Journal(path, clock)
    assert journal.last_sale() == []
    journal.append(*whole_sale("s1"))
    journal.append(started("s2"), line("s2"))
    journal.append(help_called(1))
    assert [event.kind for event in journal.last_sale()] == ["basket.started", "line.added", "help.called"]
    journal.close()


def test_the_latest_of_several_kinds_is_found_or_none(path):
    journal = Journal(path, clock)
    assert journal.latest(EventKind.LANE_OPENED, EventKind.LANE_CLOSED) is None
    journal.append(Draft(EventKind.LANE_CLOSED, None, {}), Draft(EventKind.LANE_OPENED, None, {}), help_called(1))
    latest = journal.latest(EventKind.LANE_OPENED, EventKind.LANE_CLOSED)
    assert latest is not None
    assert latest.kind == EventKind.LANE_OPENED
    journal.close()


def test_a_body_hashes_as_it_will_be_read_back(path):
    journal = Journal(path, clock)
    (event,) = journal.append(Draft(EventKind.STAFF_ACT, None, {"codes": ("a", "b"), "counts": {10: 1, 9: 2}}))
    assert event.body == {"codes": ["a", "b"], "counts": {"10": 1, "9": 2}}
    assert first_break(journal.events()) is None
    journal.close()


def test_times_are_written_in_utc_and_a_naive_clock_is_refused(path):
    shop = timezone(timedelta(hours=8))
    journal = Journal(path, lambda: datetime(2026, 3, 1, 20, 0, tzinfo=shop))
    assert journal.append(help_called(1))[0].at == "2026-03-01T12:00:00.000+00:00"
    journal.close()
    journal = Journal(path, lambda: datetime(2026, 3, 1, 20, 0))  # noqa: DTZ001 - the point
    with pytest.raises(ValueError, match="aware"):
        journal.append(help_called(2))
    assert journal.head()[0] == 1
    journal.close()


@pytest.mark.parametrize("body", [{"x": float("nan")}, {"x": object()}, {"x": "\ud800"}])
def test_a_body_that_is_not_json_leaves_the_journal_as_it_was(path, body):
    journal = Journal(path, clock)
    with pytest.raises((TypeError, ValueError)):
        journal.append(help_called(1), Draft(EventKind.STAFF_ACT, None, body))
    assert journal.head() == (0, "")
    assert journal.append(help_called(1))[0].number == 1
    journal.close()


def test_nothing_appended_writes_nothing(path):
    journal = Journal(path, clock)
    assert journal.append() == ()
    assert journal.head() == (0, "")
    journal.close()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE event SET body = '{}' WHERE number = 2",
        "DELETE FROM event WHERE number = 5",
        "INSERT OR REPLACE INTO event SELECT 2, at, kind, sale_id, '{}', '', hash FROM event WHERE number = 2",
        "INSERT INTO event SELECT 7, at, kind, sale_id, body, hash, hash FROM event WHERE number = 5",
        "INSERT INTO event SELECT 6, at, kind, sale_id, body, 'x', hash FROM event WHERE number = 5",
    ],
)
def test_the_file_itself_refuses_to_forget_or_change(path, statement):
    fill(path)
    with sqlite3.connect(path) as db, pytest.raises(sqlite3.IntegrityError, match=r"append-only|follow"):
        db.execute(statement)
    db.close()


def test_the_file_is_strict_synchronous_and_known_by_its_header(path):
    fill(path)
    journal = Journal(path, clock)
    db = journal._db
    assert db.execute("PRAGMA synchronous").fetchone() == (2,)
    assert db.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert db.execute("PRAGMA application_id").fetchone() == (0x53474F4A,)
    assert "STRICT" in db.execute("SELECT sql FROM sqlite_schema WHERE name = 'event'").fetchone()[0]
    journal.close()


def test_a_second_program_is_refused_and_told_why(path):
    journal = Journal(path, clock)
    code = "from pathlib import Path; from offline_cache.journal import Journal; Journal(Path({!r}), None)"
    other = python("-c", code.format(str(path)))
    assert other.returncode != 0
    assert re.search(r"JournalBusy: .*journal.sqlite: another program writes this journal", other.stderr)
    with pytest.raises(JournalBusy):
        Journal(path, clock)
    journal.close()
    Journal(path, clock).close()


def test_a_reader_sees_what_the_writer_just_wrote(path):
    journal = Journal(path, clock)
    with JournalReader(path) as reader:
        assert reader.head() == (0, "")
        journal.append(help_called(1))
        assert reader.head() == journal.head()
    journal.close()


def test_a_missing_journal_is_only_missing_for_readers(path):
    with pytest.raises(JournalMissing, match="there is no journal"):
        JournalReader(path)


def test_another_thread_may_not_append(path):
    journal = Journal(path, clock)
    errors = []

    def append():
        try:
            journal.append(help_called(1))
        except JournalError as exc:
            errors.append(exc)

    thread = threading.Thread(target=append)
    thread.start()
    thread.join()
    assert "thread" in str(errors[0])
    journal.close()


def test_a_closed_journal_says_so_and_closing_twice_is_silent(path):
    journal = Journal(path, clock)
    journal.close()
    journal.close()
    with pytest.raises(JournalError, match="closed"):
        journal.append(help_called(1))


def test_a_full_disk_keeps_nothing_of_the_append_and_the_next_one_follows_on(path):
    journal = Journal(path, clock)
    journal.append(help_called(1))
    before = journal.head()
    (pages,) = journal._db.execute("PRAGMA page_count").fetchone()
    journal._db.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(JournalFull, match="disk is full"):
        journal.append(*(Draft(EventKind.STAFF_ACT, None, {"note": "x" * 3000}) for _ in range(9)))
    assert journal.head() == before
    journal._db.execute("PRAGMA max_page_count = 1000000")
    assert journal.append(help_called(2))[0].previous_hash == before[1]
    assert first_break(journal.events()) is None
    journal.close()


def test_after_a_disk_error_nothing_is_appended_until_the_journal_is_opened_anew(path):
    fill(path, 3)
    script = """
import resource, sys
from pathlib import Path
from offline_cache.errors import JournalError, JournalFull
from offline_cache.journal import Journal
from tests.offline_cache.sales import clock, help_called
journal = Journal(Path(sys.argv[1]), clock)
journal.append(help_called(3))
limits = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (0, limits[1]))  # each write now fails with EFBIG: an I/O error to SQLite
outcomes = []
for attempt in range(2):
    try:
        journal.append(help_called(4))
    except JournalFull:
        outcomes.append("full")
    except JournalError as exc:
        outcomes.append([word for word in ("disk failed", "opened anew") if word in str(exc)])
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
journal.close()
journal = Journal(Path(sys.argv[1]), clock)
print(outcomes, journal.append(help_called(5))[0].number)
"""
    done = python("-c", script, str(path))
    assert done.stdout == "[['disk failed'], ['disk failed', 'opened anew']] 5\n", done.stderr


def test_a_journal_removed_under_the_lane_takes_no_more(path):
    journal = Journal(path, clock)
    journal.append(help_called(1))
    path.rename(path.with_name("elsewhere"))
    with pytest.raises(JournalError, match="replaced or removed"):
        journal.append(help_called(2))
    journal.close()


def test_a_read_only_folder_is_named_with_the_remedy(tmp_path):
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o555)
    code = "from pathlib import Path; from offline_cache.journal import Journal; Journal(Path({!r}), None)"
    done = python("-c", code.format(str(folder / "journal.sqlite")), ordinary=True)
    assert re.search(r"JournalReadOnly: .*locked: may not be written .*give the kiosk's user the right to", done.stderr)


def test_a_read_only_journal_is_named_with_the_remedy(path):
    fill(path)
    path.chmod(0o444)
    code = "from pathlib import Path; from offline_cache.journal import Journal; Journal(Path({!r}), None)"
    done = python("-c", code.format(str(path)), ordinary=True)
    assert "JournalReadOnly: " in done.stderr
    assert "may not be written" in done.stderr


def test_a_newer_journal_is_refused(path):
    fill(path)
    with sqlite3.connect(path) as db:
        db.execute(f"PRAGMA user_version = {VERSION + 1}")
    db.close()
    with pytest.raises(JournalTooNew, match=f"version {VERSION + 1}"):
        Journal(path, clock)
    with pytest.raises(JournalTooNew):
        JournalReader(path)


def test_an_empty_file_is_damage_not_a_new_journal(path):
    path.touch()
    with pytest.raises(JournalDamaged, match=r"is not a journal; move journal.sqlite\* aside"):
        Journal(path, clock)


def test_text_or_another_database_is_no_journal(path):
    path.write_text("no database " * 1000)
    with pytest.raises(JournalDamaged, match="not sound"):
        Journal(path, clock)
    path.unlink()
    sqlite3.connect(path).execute("CREATE TABLE t (x)").connection.close()
    with pytest.raises(JournalDamaged, match="not a journal"):
        Journal(path, clock)


def test_a_folder_in_its_place_is_named(path):
    path.mkdir()
    with pytest.raises(JournalError, match="cannot be opened"):
        Journal(path, clock)


def test_a_log_without_its_journal_is_not_thrown_away(path):
    journal = Journal(path, clock)
    journal.append(help_called(1))
    path.unlink()
    journal._db.execute("PRAGMA no_such")  # keeps the log: nobody closes the connection before
    with pytest.raises(JournalBusy):
        Journal(path, clock)
    log = path.with_name("journal.sqlite-wal").read_bytes()
    journal.close()
    path.with_name("journal.sqlite-wal").write_bytes(log)
    with pytest.raises(JournalDamaged, match=r"is gone, but journal.sqlite-wal is still there"):
        Journal(path, clock)


def test_a_start_that_was_cut_leaves_nothing_in_the_way(path):
    path.with_name("journal.sqlite.new").write_bytes(b"half a header")
    path.with_name("journal.sqlite.new-wal").write_bytes(b"rest")
    fill(path, 1)
    assert sorted(file.name for file in path.parent.iterdir()) == ["journal.lock", "journal.sqlite"]


def test_a_journal_whose_triggers_are_gone_is_refused(path):
    fill(path)
    with sqlite3.connect(path) as db:
        db.execute("DROP TRIGGER event_never_goes")
    db.close()
    with pytest.raises(JournalDamaged, match="event_never_goes"):
        Journal(path, clock)


def test_a_tampered_tail_is_found_at_the_start(path):
    fill(path, 300)
    tamper(path, "UPDATE event SET body = '{\"n\":0}' WHERE number = 250")
    with pytest.raises(JournalDamaged, match="event 250 was changed after it was written"):
        Journal(path, clock)


def append_until_it_fails(journal: Journal, appended: list[int]) -> None:
    while len(appended) < 2000:
        appended.append(journal.append(help_called(0))[0].number)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount the small disk that this fills")
def test_a_really_full_disk_stops_appends_until_there_is_room(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "small", str(disk)], check=False).returncode != 0:
        pytest.skip("tmpfs cannot be mounted here")
    try:
        ballast = disk / "ballast"
        ballast.write_bytes(bytes(500_000))
        journal = Journal(disk / "journal.sqlite", clock)
        appended: list[int] = []
        with pytest.raises(JournalFull):
            append_until_it_fails(journal, appended)
        assert journal.head()[0] == appended[-1]
        ballast.unlink()
        assert journal.append(help_called(0))[0].number == appended[-1] + 1
        journal.close()
        assert verify(disk / "journal.sqlite").ok
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_long_journals_are_folded_into_the_file_and_stay_whole(path):
    journal = Journal(path, clock)
    for sale in range(60):
        journal.append(*whole_sale(f"s{sale}"))
    assert path.stat().st_size > 20 * 4096
    assert first_break(journal.events()) is None
    journal.close()


def test_room_on_the_disk_is_told(path):
    journal = Journal(path, clock)
    assert journal.free_bytes() > 0
    journal.close()


def test_a_completed_sale_is_one_transaction_for_readers(path):
    journal = Journal(path, clock)
    journal.append(*whole_sale("s1")[:4])
    with JournalReader(path) as reader:
        journal.append(completed("s1"), Draft(EventKind.RECEIPT_ISSUED, "s1", {}))
        assert [event.kind for event in reader.events(4)] == ["sale.completed", "receipt.issued"]
    journal.close()


def test_the_clock_is_asked_once_for_an_append(path):
    times = iter([datetime(2026, 3, 1, tzinfo=UTC)])
    journal = Journal(path, lambda: next(times))
    first, second = journal.append(help_called(1), help_called(2))
    assert first.at == second.at
    journal.close()
