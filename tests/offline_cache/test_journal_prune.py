"""The journal's beginning goes, a little at a time: only what is old, over, paid for and safe at the hub."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from offline_cache.errors import JournalDamaged, JournalError
from offline_cache.journal import Journal, JournalReader, verify
from offline_cache.journal_file import VERSION
from offline_cache.journal_keeping import JournalKeeping
from offline_cache.status import SyncStatus, write_status
from retail.events import Draft, EventKind, first_break
from tests.offline_cache.sales import (
    AT,
    as_version_1,
    as_version_2,
    as_version_3,
    completed,
    help_called,
    intended,
    line,
    resolved,
    started,
    tamper,
    whole_sale,
)

LATER = AT + timedelta(days=100)


class LaneClock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def lane_clock() -> LaneClock:
    return LaneClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def journal(path: Path, lane_clock: LaneClock) -> Iterator[Journal]:
    with closing(Journal(path, lane_clock)) as journal:
        yield journal


def prune(journal: Journal, *, before: datetime = LATER, confirmed: int | None = None, most: int = 500) -> int:
    number = journal.head()[0] if confirmed is None else confirmed
    return journal.prune((number, journal.hash_of(number) or ""), before=before, newest=0, most=most)


def numbers(journal: JournalReader) -> list[int]:
    return [event.number for event in journal.events()]


def test_what_is_old_and_confirmed_goes_and_the_latest_sale_stays(path, journal):
    journal.append(*whole_sale("s1"), help_called(1), *whole_sale("s2"), help_called(2), *whole_sale("s3"))
    anchor = journal.events()[11]
    assert prune(journal) == 12
    assert numbers(journal) == [13, 14, 15, 16, 17]
    assert journal.pruned() == (12, anchor.hash)
    assert [event.sale_id for event in journal.last_sale()] == ["s3"] * 5
    assert prune(journal) == 0
    report = verify(path)
    assert (report.ok, report.events, report.pruned, report.completed) == (True, 5, 12, 1)
    assert report.head == journal.head()[1]


def test_a_pruned_journal_is_opened_and_appended_to_as_any(path, journal, lane_clock):
    journal.append(*whole_sale("s1"), *whole_sale("s2"))
    prune(journal)
    before = journal.head()
    journal.close()
    with closing(Journal(path, lane_clock)) as again:
        assert again.head() == before
        (event,) = again.append(help_called(1))
        assert (event.number, event.previous_hash) == (11, before[1])
        number, digest = again.pruned()
        assert first_break(again.events(), number=number, head=digest) is None
    assert verify(path).ok


def test_only_what_the_hub_has_confirmed_goes(journal):
    journal.append(*whole_sale("s1"), *whole_sale("s2"), *whole_sale("s3"))
    assert prune(journal, confirmed=9) == 5
    assert prune(journal, confirmed=9) == 0
    assert prune(journal, confirmed=10) == 5


def test_a_confirmation_of_another_journal_lets_nothing_go(journal):
    journal.append(*whole_sale("s1"), *whole_sale("s2"))
    for confirmed in ((10, "f" * 64), (10, ""), (11, journal.head()[1]), (0, ""), (-1, "")):
        assert journal.prune(confirmed, before=LATER, newest=0) == 0
    assert len(journal.events()) == 10


def test_what_is_young_stays_and_so_does_all_after_it(journal, lane_clock):
    journal.append(*whole_sale("s1"))
    lane_clock.now = AT + timedelta(days=2)
    journal.append(*whole_sale("s2"))
    lane_clock.now = AT + timedelta(days=1)  # put back: nothing that follows a young event is old
    journal.append(*whole_sale("s3"), *whole_sale("s4"))
    assert prune(journal, before=AT + timedelta(days=2)) == 5
    assert prune(journal, before=AT + timedelta(days=2)) == 0
    assert prune(journal, before=AT + timedelta(days=2, seconds=1)) == 10


def test_the_newest_stay_however_old(journal):
    for sale in range(4):
        journal.append(*whole_sale(f"s{sale}"))
    assert journal.prune(journal.head(), before=LATER, newest=12) == 5
    assert journal.prune(journal.head(), before=LATER) == 0


@pytest.mark.parametrize(
    "doubt",
    [
        (intended("s2", "k"),),
        (intended("s2", "k"), Draft(EventKind.PAYMENT_SUBMITTED, "s2", {"key": "k"})),
        (intended("s2", "k"), resolved("s2", "k", "unknown")),
        (intended("s2", "k"), resolved("s2", "k", "approved")),
        (intended("s2", "k"), resolved("s2", "k", "declined"), intended("s2", "k2")),
    ],
)
def test_a_sale_with_money_in_doubt_stays_and_so_does_all_after_it(journal, doubt):
    journal.append(*whole_sale("s1"), started("s2"), line("s2"), *doubt, *whole_sale("s3"), *whole_sale("s4"))
    assert prune(journal) == 5
    assert prune(journal) == 0


def test_a_doubt_that_ended_holds_nothing_back(journal):
    journal.append(started("s1"), line("s1"), intended("s1", "k"), resolved("s1", "k", "unknown"))
    journal.append(resolved("s1", "k", "approved"), completed("s1"))
    journal.append(started("s2"), line("s2"), intended("s2", "k"), resolved("s2", "k", "declined"))
    journal.append(Draft(EventKind.BASKET_CANCELLED, "s2", {}), *whole_sale("s3"))
    assert prune(journal) == 11


def test_a_sale_is_never_cut_in_two(journal):
    journal.append(started("s1"), *(line("s1", number) for number in range(1, 40)), *whole_sale("s2"))
    assert prune(journal, most=10) == 40


def test_a_call_takes_a_part_only(journal):
    for sale in range(10):
        journal.append(*whole_sale(f"s{sale}"))
    assert [prune(journal, most=12) for _ in range(5)] == [15, 15, 15, 0, 0]


def test_whether_the_lane_was_closed_is_still_known(path, journal):
    journal.append(Draft(EventKind.LANE_OPENED, None, {}), Draft(EventKind.LANE_CLOSED, None, {"by": "Ann"}))
    closed = journal.events()[1]
    journal.append(*whole_sale("s1"), help_called(1), *whole_sale("s2"), *whole_sale("s3"))
    prune(journal, most=7)
    prune(journal)
    assert numbers(journal)[0] == 14
    assert journal.latest(EventKind.LANE_OPENED, EventKind.LANE_CLOSED) == closed
    assert journal.latest(EventKind.SALE_COMPLETED) == journal.events()[-1]
    with JournalReader(path) as reader:
        assert reader.latest(EventKind.HELP_CALLED) is not None
        assert reader.latest(EventKind.BASKET_CANCELLED) is None


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM event WHERE number = 6",
        "DELETE FROM pruned",
        "UPDATE pruned SET number = 4, hash = (SELECT hash FROM event WHERE number = 4)",
        "UPDATE pruned SET number = 8, hash = 'x'",
        "UPDATE pruned SET number = 99, hash = NULL",
        "INSERT OR REPLACE INTO pruned VALUES (1, 0, '')",
        "INSERT INTO pruned VALUES (2, 9, 'x')",
    ],
)
def test_the_file_itself_refuses_to_forget_more(path, journal, statement):
    journal.append(*whole_sale("s1"), *whole_sale("s2"))
    prune(journal)
    with (
        closing(sqlite3.connect(path)) as db,
        pytest.raises(sqlite3.IntegrityError, match=r"append-only|pruned up to|NOT NULL"),
    ):
        db.execute(statement)


@pytest.mark.parametrize(
    ("statement", "at"),
    [
        ("UPDATE pruned SET hash = 'x'", 6),
        ("UPDATE pruned SET number = 4", 6),
        ("DELETE FROM event WHERE number = 6", 7),
        ("UPDATE event SET previous_hash = 'x' WHERE number = 6", 6),
    ],
)
def test_a_false_beginning_is_found(path, journal, lane_clock, statement, at):
    journal.append(*whole_sale("s1"), *whole_sale("s2"))
    prune(journal)
    journal.close()
    tamper(path, statement)
    report = verify(path)
    assert (report.ok, report.at) == (False, at)
    with pytest.raises(JournalDamaged):
        Journal(path, lane_clock)


def test_an_event_that_cannot_be_read_holds_everything(path, journal, lane_clock):
    journal.append(*whole_sale("s1"), *whole_sale("s2"))
    tamper(path, "UPDATE event SET body = 'no JSON' WHERE number = 4")
    with pytest.raises(JournalDamaged, match="not JSON"):
        prune(journal)
    assert journal.pruned() == (0, "")


def test_a_journal_has_nothing_to_send_beyond_its_head(path, journal):
    journal.append(*whole_sale("s1"))
    with JournalReader(path) as reader, pytest.raises(JournalDamaged, match="event 6 is gone"):
        reader.batch(5, most=10, most_bytes=1000)


@pytest.mark.parametrize("older", [as_version_1, as_version_2, as_version_3])
def test_an_older_journal_is_read_as_it_is_and_brought_up_to_date_by_its_writer(path, journal, lane_clock, older):
    written = journal.append(*whole_sale("s1"), *whole_sale("s2"))
    journal.close()
    older(path)
    with JournalReader(path) as reader:
        assert (reader.pruned(), reader.head(), reader.hash_of(5)) == ((0, ""), (10, written[-1].hash), written[4].hash)
        assert reader.latest(EventKind.LANE_CLOSED) is None
        assert not reader.sold("tea", "7")
        assert reader.stored_payments() == []
    assert verify(path).ok
    with closing(Journal(path, lane_clock)) as again:
        assert again.events() == list(written)
        again.append(*whole_sale("s3"), *started_and_sold("s4", "7"))
        assert again.sold("tea", "7")
        again.append(started("s5"), intended("s5", "k5", may_store=True))
        assert [payment.key for payment in again.stored_payments()] == ["k5"]
        assert prune(again) == 20
    with closing(sqlite3.connect(path)) as db:
        assert db.execute("PRAGMA user_version").fetchone() == (VERSION,)
    assert verify(path).ok


def test_the_room_is_used_again(path, journal):
    def sell(first: int) -> None:
        journal.append(*(draft for sale in range(first, first + 100) for draft in whole_sale(f"s{sale}")))

    sell(0)
    sell(100)
    prune(journal)  # this also moves the log into the file
    full = path.stat().st_size
    for round_ in range(2, 8):
        sell(round_ * 100)
        assert prune(journal) == 500
    assert path.stat().st_size < full * 1.2


def test_a_full_disk_keeps_everything_until_there_is_room(path, journal, tmp_path, caplog):
    journal.append(Draft(EventKind.STAFF_ACT, None, {"note": "x" * 100_000}))  # is kept aside before anything goes
    many_sales(journal)
    confirm(tmp_path, journal)
    db, now = journal._db, [0.0]
    db.execute(f"PRAGMA max_page_count = {db.execute('PRAGMA page_count').fetchone()[0]}")
    keeping = JournalKeeping(tmp_path, keep=timedelta(days=1), clock=lambda: LATER, steady=lambda: now[0])
    assert keeping.step(journal) == 0
    assert "old events stay for now" in caplog.text
    assert journal.pruned() == (0, "")
    db.execute("PRAGMA max_page_count = 1000000")
    now[0] = 3601
    assert keeping.step(journal) == 201
    assert verify(path).ok


def confirm(folder: Path, journal: Journal, **changes: object) -> None:
    number, digest = journal.head()
    told = {"uploaded": number, "uploaded_hash": digest, "hub_time_seen": LATER.isoformat(), **changes}
    write_status(folder, SyncStatus(**told))  # type: ignore[arg-type]


def many_sales(journal: Journal, count: int = 2200) -> None:
    for first in range(0, count, 200):
        journal.append(*(draft for sale in range(first, first + 200) for draft in whole_sale(f"s{sale}")))


def test_idle_moments_let_go_of_what_the_status_says_is_safe(tmp_path, journal):
    many_sales(journal)
    confirm(tmp_path, journal)
    seconds = iter(range(0, 100_000, 1))
    keeping = JournalKeeping(tmp_path, keep=timedelta(days=90), clock=lambda: LATER, steady=lambda: next(seconds))
    assert [keeping.step(journal) for _ in range(7)] == [200] * 5 + [0, 0]
    assert len(journal.events()) == 10_000


def test_after_nothing_was_left_to_do_it_looks_again_in_an_hour(tmp_path, journal):
    many_sales(journal)
    confirm(tmp_path, journal, uploaded_hash="")
    now = [0.0]
    keeping = JournalKeeping(tmp_path, keep=timedelta(days=90), clock=lambda: LATER, steady=lambda: now[0])
    assert keeping.step(journal) == 0
    confirm(tmp_path, journal)
    assert keeping.step(journal) == 0
    now[0] = 3601
    assert keeping.step(journal) == 200


@pytest.mark.parametrize("seen", ["", AT.isoformat(), (AT + timedelta(days=89)).isoformat()])
def test_a_lane_whose_clock_runs_ahead_of_the_hub_keeps_its_sales(tmp_path, journal, seen):
    many_sales(journal)
    confirm(tmp_path, journal, hub_time_seen=seen)
    assert JournalKeeping(tmp_path, keep=timedelta(days=90), clock=lambda: LATER).step(journal) == 0


def test_without_a_status_nothing_goes(tmp_path, journal):
    many_sales(journal)
    assert JournalKeeping(tmp_path, keep=timedelta(days=2), clock=lambda: LATER).step(journal) == 0


def test_a_step_is_short(tmp_path, journal):
    many_sales(journal)
    confirm(tmp_path, journal)
    keeping = JournalKeeping(tmp_path, keep=timedelta(days=90), clock=lambda: LATER)
    began = time.perf_counter()
    assert keeping.step(journal) == 200
    assert time.perf_counter() - began < 1.0  # some 10 ms; this only tells milliseconds from a walk of everything


def started_and_sold(sale: str, serial: str) -> tuple[Draft, ...]:
    *before, _ = whole_sale(sale)
    return (*before, completed(sale, serials=[["tea", serial]]))


def test_what_was_sold_once_is_known_after_its_sale_is_gone(path, journal, lane_clock):
    journal.append(*started_and_sold("s1", "7"), *whole_sale("s2"))
    assert prune(journal) == 5
    journal.close()
    with closing(Journal(path, lane_clock)) as again:
        assert [again.sold("tea", "7"), again.sold("tea", "8"), again.sold("milk", "7")] == [True, False, False]


def test_a_sale_that_is_not_written_sells_no_serial_number(path, journal):
    with closing(sqlite3.connect(path)) as db:
        db.execute("CREATE TRIGGER no BEFORE INSERT ON sold_serial BEGIN SELECT RAISE(ABORT, 'no'); END")
    with pytest.raises(JournalError):
        journal.append(*started_and_sold("s1", "7"))
    assert journal.events() == []


@pytest.mark.parametrize("serials", ["7", [["tea"]], [7]])
def test_serial_numbers_that_make_no_sense_are_not_written(journal, serials):
    with pytest.raises((ValueError, TypeError)):
        journal.append(completed("s1", serials=serials))
    assert journal.head() == (0, "")
    journal.append(*whole_sale("s1"))
