from datetime import UTC, datetime, timedelta
from pathlib import Path

from offline_cache.journal import Journal
from retail.events import Draft, EventKind

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def refund(kind: EventKind, key: str, **body: str) -> Draft:
    return Draft(kind, None, {"refund_key": key, **body})


def started(sale: str) -> Draft:
    return Draft(EventKind.BASKET_STARTED, sale, {"store": "s", "lane": "1", "currency": "CNY"})


def test_refunds_that_nobody_answered_for_are_open(tmp_path: Path):
    journal = Journal(tmp_path / "journal.sqlite", lambda: NOW)
    for key in ("one", "two", "three"):
        journal.append(refund(EventKind.REFUND_INTENDED, key))
    journal.append(
        refund(EventKind.REFUND_SUBMITTED, "two"), refund(EventKind.REFUND_RESOLVED, "one", outcome="approved")
    )
    found = [(event.kind, event.body["refund_key"]) for event in journal.open_refunds()]
    assert found == [("refund.intended", "two"), ("refund.intended", "three"), ("refund.submitted", "two")]
    journal.close()


def test_an_open_refund_is_never_let_go_of(tmp_path: Path):
    journal = Journal(tmp_path / "journal.sqlite", lambda: NOW)
    journal.append(started("a"), started("b"), refund(EventKind.REFUND_INTENDED, "one"), started("c"), started("d"))
    later = NOW + timedelta(days=400)
    assert journal.prune(journal.head(), before=later, newest=0) == 1
    assert [event.body["refund_key"] for event in journal.open_refunds()] == ["one"]
    journal.append(refund(EventKind.REFUND_RESOLVED, "one", outcome="declined"), started("e"))
    assert journal.prune(journal.head(), before=later, newest=0) > 1
    assert journal.open_refunds() == []
    journal.close()
