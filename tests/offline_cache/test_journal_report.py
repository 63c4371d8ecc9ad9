"""The check of a whole journal: damage and nonsense are named with the event, and counted up to there."""

import json
from pathlib import Path

import pytest

from offline_cache.errors import JournalMissing
from offline_cache.journal import Journal, verify
from retail.events import Draft, EventKind
from tests.offline_cache.programs import python
from tests.offline_cache.sales import (
    clock,
    completed,
    help_called,
    intended,
    line,
    resolved,
    started,
    tamper,
    whole_sale,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


def write(path: Path, *drafts: Draft) -> None:
    journal = Journal(path, clock)
    for draft in drafts:
        journal.append(draft)
    journal.close()


def test_a_sound_journal_is_counted(path):
    write(path, *whole_sale("s1"), help_called(1), *whole_sale("s2"), started("s3"), line("s3"))
    report = verify(path)
    assert report.as_dict() == {
        "ok": True,
        "events": 13,
        "pruned": 0,
        "head": report.head,
        "sales": 3,
        "completed": 2,
        "open_sale": "s3",
        "unresolved_payments": (),
        "problem": "",
        "at": 0,
    }
    assert len(report.head) == 64
    json.dumps(report.as_dict())


def test_an_empty_journal_is_sound(path):
    write(path)
    assert verify(path).ok
    assert verify(path).head == ""


def test_a_payment_without_an_outcome_is_listed_and_is_no_damage(path):
    write(path, started("s1"), line("s1"), intended("s1", "k1"), resolved("s1", "k1", "unknown"))
    report = verify(path)
    assert report.ok
    assert report.open_sale == "s1"
    (payment,) = report.unresolved_payments
    assert (payment.sale_id, payment.key, payment.amount_minor, payment.state) == ("s1", "k1", 450, "unknown")


def test_a_cancelled_sale_is_not_open(path):
    write(path, started("s1"), line("s1"), Draft(EventKind.BASKET_CANCELLED, "s1", {}))
    assert verify(path).open_sale is None


def test_acts_of_staff_at_the_lane_belong_to_no_sale(path):
    write(path, Draft(EventKind.STAFF_ACT, None, {"act": "open_lane"}), *whole_sale("s1"))
    assert verify(path).ok


PAID = (started("s1"), line("s1"), intended("s1", "k1"), resolved("s1", "k1", "approved"))


@pytest.mark.parametrize(
    ("drafts", "at", "problem"),
    [
        ((*whole_sale("s1"), completed("s1")), 6, "completed"),
        ((started("s1"), line("s1"), completed("s1")), 3, "not paid"),
        ((*PAID, intended("s1", "k2")), 5, "is paid, not open"),
        ((*PAID, resolved("s1", "k1", "approved")), 5, "no payment is open"),
        ((started("s1"), started("s1")), 2, "started twice"),
        ((line("s1"),), 1, "was not started"),
        ((*PAID, started("s2")), 5, "s1 was paid, but another was started"),
        ((started("s1"), Draft(EventKind.LINE_ADDED, "s1", {"line": 1})), 2, "line.added number 2"),
    ],
)
def test_a_sale_that_makes_no_sense_is_named(path, drafts, at, problem):
    write(path, *drafts)
    report = verify(path)
    assert not report.ok
    assert report.at == at
    assert problem in report.problem
    assert report.events == at - 1


@pytest.mark.parametrize(
    ("statement", "at", "problem"),
    [
        ("UPDATE event SET body = replace(body, '450', '1') WHERE number = 2", 2, "changed after"),
        ("UPDATE event SET at = '2020-01-01T00:00:00.000+00:00' WHERE number = 3", 3, "changed after"),
        ("DELETE FROM event WHERE number = 4", 5, "number 4 is missing"),
        ("DELETE FROM event WHERE number = 1", 2, "number 1 is missing"),
        ("UPDATE event SET previous_hash = 'x' WHERE number = 4", 4, "does not follow"),
        ("UPDATE event SET body = 'no JSON' WHERE number = 3", 0, "not JSON"),
    ],
)
def test_each_way_to_falsify_is_found_and_placed(path, statement, at, problem):
    write(path, *whole_sale("s1"), *whole_sale("s2"))
    tamper(path, statement)
    report = verify(path)
    assert not report.ok
    assert report.at == at
    assert problem in report.problem


def test_a_damaged_page_is_an_answer_not_a_crash(path):
    write(path, *(help_called(number) for number in range(400)))
    content = bytearray(path.read_bytes())
    content[4096 * 6 : 4096 * 7] = b"\xa5" * 4096
    path.write_bytes(content)
    report = verify(path)
    assert not report.ok
    assert "damaged" in report.problem or "cannot read" in report.problem


def test_what_is_no_database_is_broken(path):
    path.write_text("not a database" * 500)
    assert not verify(path).ok


def test_a_missing_journal_cannot_be_read(path):
    with pytest.raises(JournalMissing):
        verify(path)


def test_a_copy_in_a_read_only_folder_can_be_checked(path):
    write(path, *whole_sale("s1"))
    path.with_suffix(".lock").unlink()
    path.chmod(0o444)
    path.parent.chmod(0o555)
    code = "from pathlib import Path; from offline_cache.journal import verify; print(verify(Path({!r})).ok)"
    try:
        assert python("-c", code.format(str(path)), ordinary=True).stdout == "True\n"
    finally:
        path.parent.chmod(0o755)
