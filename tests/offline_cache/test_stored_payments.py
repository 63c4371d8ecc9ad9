"""Payments taken without the bank: the journal knows them after a restart and after pruning, until the bank answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from offline_cache.journal import Journal, JournalReader, verify
from offline_cache.stored_payments import StoredPayment, StoredState
from retail.events import Draft, EventKind
from tests.offline_cache.sales import AT, clock, completed, intended, line, resolved, started, whole_sale


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "journal.sqlite"


@pytest.fixture
def journal(path: Path) -> Iterator[Journal]:
    with closing(Journal(path, clock)) as journal:
        yield journal


def stored_sale(sale: str, **asked: bool) -> tuple[Draft, ...]:
    """A sale whose card payment the terminal stored."""
    return (
        started(sale),
        line(sale),
        intended(sale, f"k-{sale}", way="card", **asked),
        resolved(sale, f"k-{sale}", "approved", stored=True),
        completed(sale),
    )


def forwarded(sale: str, outcome: str, reason: str = "") -> Draft:
    body = {"key": f"k-{sale}", "outcome": outcome, "reason": reason, "reference": "r"}
    return Draft(EventKind.PAYMENT_FORWARDED, sale, body)


def states(journal: JournalReader) -> dict[str, StoredState]:
    return {payment.sale_id: payment.state for payment in journal.stored_payments()}


def test_a_stored_payment_waits_until_the_bank_approves_it(journal: Journal) -> None:
    journal.append(*stored_sale("s1", may_store=True), *whole_sale("s2"))
    at = "2026-03-01T12:00:00.000+00:00"
    waiting = StoredPayment("k-s1", "s1", "card", "simulated", 450, "CNY", at, StoredState.WAITING)
    assert journal.stored_payments() == [waiting]
    journal.append(forwarded("s1", "approved"))
    assert journal.stored_payments() == []


def test_one_that_may_be_stored_counts_before_anybody_knows(journal: Journal) -> None:
    journal.append(started("s1"), line("s1"), intended("s1", "k1", may_store=True))
    journal.append(resolved("s1", "k1", "unknown"))
    assert states(journal) == {"s1": StoredState.OPEN}
    journal.append(resolved("s1", "k1", "declined"))
    assert states(journal) == {}


@pytest.mark.parametrize("stored", [True, False])
def test_the_outcome_tells_whether_it_was_stored(journal: Journal, stored: bool) -> None:
    journal.append(started("s1"), line("s1"), intended("s1", "k1", may_store=True))
    journal.append(resolved("s1", "k1", "approved", stored=stored), completed("s1"))
    assert states(journal) == ({"s1": StoredState.WAITING} if stored else {})


def test_a_terminal_that_stores_without_leave_is_kept_in_mind_all_the_same(journal: Journal) -> None:
    journal.append(*stored_sale("s1"))
    assert states(journal) == {"s1": StoredState.WAITING}


def test_what_the_bank_refused_stays_as_a_debt_that_staff_have_seen_or_not(journal: Journal) -> None:
    journal.append(*stored_sale("s1", may_store=True), *stored_sale("s2", may_store=True))
    journal.append(forwarded("s1", "declined", "funds"))
    assert states(journal) == {"s1": StoredState.DEBT, "s2": StoredState.WAITING}
    assert journal.stored_payments()[0].reason == "funds"
    journal.append(Draft(EventKind.STAFF_ACT, None, {"act": "note_debts", "by": "Li"}))
    journal.append(forwarded("s2", "declined", "refused"))
    assert states(journal) == {"s1": StoredState.NOTED, "s2": StoredState.DEBT}


def test_all_of_it_is_there_after_a_restart(path: Path, journal: Journal) -> None:
    journal.append(*stored_sale("s1", may_store=True), *stored_sale("s2", may_store=True))
    journal.append(forwarded("s2", "declined", "funds"))
    before = journal.stored_payments()
    journal.close()
    with JournalReader(path) as reader:
        assert reader.stored_payments() == before
    assert verify(path).ok


def test_pruning_stops_before_a_sale_that_the_bank_has_not_answered_for(path: Path, journal: Journal) -> None:
    journal.append(*whole_sale("s1"), *stored_sale("s2", may_store=True), *whole_sale("s3"), *whole_sale("s4"))
    later = AT + timedelta(days=100)

    def prune() -> int:
        return journal.prune(journal.head(), before=later, newest=0)

    assert (prune(), prune()) == (5, 0)
    assert [event.sale_id for event in journal.events(limit=5)] == ["s2"] * 5
    journal.append(forwarded("s2", "declined", "funds"))
    assert prune() == 10
    assert states(journal) == {"s2": StoredState.DEBT}
    assert verify(path).ok


def test_a_sale_that_was_handed_over_is_over(path: Path, journal: Journal) -> None:
    journal.append(started("s1"), line("s1"), Draft(EventKind.BASKET_HANDED_OVER, "s1", {"number": "lane-1 0007"}))
    journal.append(*whole_sale("s2"))
    report = verify(path)
    assert (report.ok, report.open_sale) == (True, None)
