"""A journal is looked at from outside, and what lies around it stays as it was."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from offline_cache.errors import JournalDamaged, JournalMissing
from offline_cache.journal import Journal
from offline_cache.journal_look import look
from retail.events import Draft, EventKind

NOTE = Draft(EventKind.DEVICE_FAULT, None, {"device": "camera", "fault": ""})


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "journal.sqlite", lambda: datetime.now(UTC))


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_nothing_is_laid_beside_a_closed_one(journal: Journal, tmp_path: Path) -> None:
    journal.append(*[NOTE] * 300)
    journal.close()
    before = names(tmp_path)
    assert look(journal.path, in_use=False).head == 300
    assert names(tmp_path) == before


def test_what_is_only_in_the_log_counts(journal: Journal, tmp_path: Path) -> None:
    journal.append(NOTE)
    assert look(journal.path, in_use=True).head == 1
    cut = tmp_path / "cut"
    cut.mkdir()
    for name in ("journal.sqlite", "journal.sqlite-wal"):
        (cut / name).write_bytes((tmp_path / name).read_bytes())
    journal.close()
    assert look(cut / "journal.sqlite", in_use=False).head == 1
    assert names(cut) == {"journal.sqlite", "journal.sqlite-wal"}


def test_damage_is_told_by_the_files_own_name(journal: Journal) -> None:
    journal.append(*[NOTE] * 300)
    journal.close()
    content = bytearray(journal.path.read_bytes())
    content[8192:12288] = b"\xff" * 4096
    journal.path.write_bytes(content)
    with pytest.raises(JournalDamaged, match=str(journal.path)):
        look(journal.path, in_use=False)


def test_a_missing_event_is_found(journal: Journal) -> None:
    journal.append(*[NOTE] * 3)
    journal.close()
    db = sqlite3.connect(journal.path)
    (trigger,) = db.execute("SELECT sql FROM sqlite_schema WHERE name = 'event_never_goes'").fetchone()
    db.execute("DROP TRIGGER event_never_goes")
    db.execute("DELETE FROM event WHERE number = 2")
    db.execute(trigger)
    db.commit()
    db.close()
    with pytest.raises(JournalDamaged, match="number 2 is missing"):
        look(journal.path, in_use=False)


def test_none_is_missing_and_another_file_is_none(tmp_path: Path) -> None:
    with pytest.raises(JournalMissing):
        look(tmp_path / "journal.sqlite", in_use=False)
    (tmp_path / "journal.sqlite").write_text("hello")
    with pytest.raises(JournalDamaged):
        look(tmp_path / "journal.sqlite", in_use=False)
