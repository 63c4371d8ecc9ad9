"""The power goes while a lane writes its journal: what was acknowledged is there, whole, at every moment."""

from __future__ import annotations

import errno
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from offline_cache.errors import JournalError
from offline_cache.journal import Journal, verify
from retail.events import first_break
from tests.faults.moments import moments
from tests.faults.mounted_disk import MountedDisk
from tests.offline_cache.sales import clock, help_called, whole_sale

SALES = 4
EVENTS_OF_A_SALE = len(whole_sale("s"))


def numbers(journal: Journal) -> list[int]:
    return [event.number for event in journal.events()]


def test_what_was_acknowledged_outlives_a_power_cut_at_every_moment(disk: MountedDisk, quick: Path) -> None:
    acknowledged = [(0, 0)]
    with closing(Journal(disk.path / "journal.sqlite", clock)) as journal:
        disk.settle()
        for sale in range(SALES):
            number = journal.append(*whole_sale(f"s{sale}"))[-1].number
            acknowledged.append((disk.count(), number))
    seen: set[int] = set()
    for moment in moments(disk, quick / "then"):
        least = max(number for steps, number in acknowledged if steps <= moment.steps)
        with closing(Journal(moment.folder / "journal.sqlite", clock)) as journal:
            head = journal.head()[0]
            assert head >= least, moment
            assert head % EVENTS_OF_A_SALE == 0, f"{moment}: half of an append was kept"
            assert first_break(journal.events()) is None, moment
            journal.append(help_called(1))
            assert numbers(journal) == list(range(1, head + 2)), moment
        seen.add(head)
    assert seen == {sale * EVENTS_OF_A_SALE for sale in range(SALES + 1)}


def test_the_same_cuts_lose_events_where_the_disk_is_not_waited_for(disk: MountedDisk, quick: Path) -> None:
    with closing(Journal(disk.path / "journal.sqlite", clock)) as journal:
        journal._db.execute("PRAGMA synchronous = NORMAL")
        disk.settle()
        journal.append(*whole_sale("s"))
        disk.cut()
    with closing(Journal(disk.path / "journal.sqlite", clock)) as journal:
        assert journal.head()[0] == 0


def test_a_power_cut_while_the_journal_is_made_leaves_none_or_a_good_one(disk: MountedDisk, quick: Path) -> None:
    with closing(Journal(disk.path / "journal.sqlite", clock)):
        made = disk.count()
    for moment in moments(disk, quick / "then"):
        path = moment.folder / "journal.sqlite"
        assert path.exists() or moment.steps < made, moment
        with closing(Journal(path, clock)) as journal:
            assert journal.append(help_called(1))[0].number == 1


def test_a_power_cut_while_old_events_are_let_go_of_loses_no_other(disk: MountedDisk, quick: Path) -> None:
    path = disk.path / "journal.sqlite"
    with closing(Journal(path, clock)) as journal:
        for sale in range(SALES):
            journal.append(*whole_sale(f"s{sale}"))
        confirmed = journal.head()
        disk.settle()
        later = clock() + timedelta(days=1)
        assert journal.prune(confirmed, before=later, newest=0, most=EVENTS_OF_A_SALE) > 0
        let_go = disk.count()
        journal.append(help_called(1))
        left = numbers(journal)
        appended = disk.count()
    starts = set()
    for moment in moments(disk, quick / "then"):
        with closing(Journal(moment.folder / "journal.sqlite", clock)) as journal:
            found = numbers(journal)
            assert verify(moment.folder / "journal.sqlite").ok, moment
        assert found == list(range(found[0], found[-1] + 1)), moment
        assert found[0] in {1, left[0]}, moment
        assert found[-1] in {confirmed[0], left[-1]}, moment
        if moment.steps >= let_go:
            assert found[0] == left[0], moment
        if moment.steps >= appended:
            assert found == left, moment
        starts.add(found[0])
    assert starts == {1, left[0]}


@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_a_disk_that_fails_at_any_step_takes_no_acknowledged_event_with_it(disk: MountedDisk, number: int) -> None:
    whole = disk.path / "journal.sqlite"
    with closing(Journal(whole, clock)) as journal:
        journal.append(*whole_sale("s0"))
    told = 0
    for step in range(1, 100):
        with closing(Journal(whole, clock)) as journal:
            kept, trouble = journal.head()[0], ""
            # A failed fsync of the folder is not among them: SQLite does not look, and file systems go read-only then.
            disk.fail(step, number, kinds=("create", "write", "resize", "fsync"))
            try:
                kept = journal.append(*whole_sale(f"s{step}"))[-1].number
            except JournalError as exc:
                trouble = str(exc)
            failed = disk.mend()
        disk.cut()
        with closing(Journal(whole, clock)) as journal:
            assert journal.head()[0] >= kept
            assert verify(whole).ok
        if not failed:
            break
        # Without a word only if it was the shared memory's file, which the kernel writes when it likes.
        assert not trouble or str(whole) in trouble
        told += bool(trouble)
    assert told > 1
