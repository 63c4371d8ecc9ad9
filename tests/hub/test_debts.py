"""Debts: what a terminal stored and the bank refused stands at the hub, with all that is needed to ask for it."""

from __future__ import annotations

import pytest

from hub.errors import StoreUnknown
from hub.lanes import Lane
from hub.services import Hub
from retail.events import EventKind
from tests.hub.lane_journal import LaneJournal


@pytest.fixture
def lane(hub: Hub) -> Lane:
    found = hub.lanes.by_token(hub.lanes.enrol("demo", "1"))
    assert found is not None
    return found


def sell_stored(journal: LaneJournal, sale: str) -> None:
    """A sale by card, stored; `forward` is what the bank said later."""
    journal.shop(sale)
    key = f"key-{sale}"
    intent = {"key": key, "way": "card", "gateway": "terminal", "amount_minor": 4676, "currency": "CNY"}
    journal.write(EventKind.PAYMENT_INTENDED, sale, **intent, may_store=True)
    journal.write(EventKind.PAYMENT_SUBMITTED, sale, key=key)
    journal.write(EventKind.PAYMENT_RESOLVED, sale, key=key, outcome="approved", reason="", reference="T1", stored=True)


def forward(journal: LaneJournal, sale: str, outcome: str, reason: str = "") -> None:
    body = {"key": f"key-{sale}", "outcome": outcome, "reason": reason, "reference": "T1"}
    journal.write(EventKind.PAYMENT_FORWARDED, sale, **body)


def test_only_what_the_bank_refused_is_a_debt(hub: Hub, lane: Lane) -> None:
    journal = LaneJournal()
    for sale in ("a", "b", "c"):
        sell_stored(journal, sale)
    forward(journal, "a", "approved")
    forward(journal, "b", "declined", "funds")
    assert hub.events.take(lane, journal.events).refused == ()
    [debt] = hub.debts.of_store("demo")
    assert (debt.lane, debt.sale_id, debt.key, debt.way, debt.gateway) == ("1", "b", "key-b", "card", "terminal")
    assert (debt.amount_minor, debt.currency, debt.reason, debt.reference) == (4676, "CNY", "funds", "T1")
    assert debt.paid_at < debt.at


def test_a_debt_of_another_store_is_not_ours(hub: Hub, lane: Lane) -> None:
    journal = LaneJournal()
    sell_stored(journal, "a")
    forward(journal, "a", "declined", "funds")
    hub.events.take(lane, journal.events)
    hub.catalogues.add_store("north", currency="CNY")
    assert hub.debts.of_store("north") == []
    with pytest.raises(StoreUnknown):
        hub.debts.of_store("domo")


def test_what_says_nothing_clear_of_a_stored_payment_is_parked_and_no_debt(hub: Hub, lane: Lane) -> None:
    journal = LaneJournal()
    sell_stored(journal, "a")
    forward(journal, "a", "perhaps")
    [refused] = hub.events.take(lane, journal.events).refused
    assert "payment.forwarded: outcome" in refused.reason
    assert hub.debts.of_store("demo") == []


def test_a_basket_that_was_handed_over_says_so_in_its_record(hub: Hub, lane: Lane) -> None:
    journal = LaneJournal()
    journal.shop("a")
    journal.write(EventKind.BASKET_HANDED_OVER, "a", number="1 0007", total_minor=4676, lines=2, currency="CNY")
    hub.events.take(lane, journal.events)
    assert [(sale["status"], sale["total_minor"]) for sale in hub.sales.of_store("demo")] == [("handed_over", 4676)]
