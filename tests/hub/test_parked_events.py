"""Events that the hub could not use: listed with their reason, and looked at again after an update."""

from dataclasses import astuple
from typing import Any

import pytest
from sqlalchemy import delete, event, update

from hub.errors import LaneUnknown, StoreUnknown
from hub.lane_rows import parked_counts
from hub.lanes import Heard, Lane
from hub.parked_events import Retried
from hub.refund_tables import REFUND_TOLD
from hub.services import Hub
from hub.tables import LANE_EVENT, SALE
from retail.events import EventKind
from tests.hub.conftest import BAG
from tests.hub.databases import only_sqlite
from tests.hub.lane_journal import LaneJournal


@pytest.fixture
def journal() -> LaneJournal:
    return LaneJournal()


@pytest.fixture
def lane(hub: Hub) -> Lane:
    return enrolled(hub, "1")


def enrolled(hub: Hub, name: str, store: str = "demo", *, rotate: bool = False) -> Lane:
    lane = hub.lanes.by_token(hub.lanes.enrol(store, name, rotate=rotate))
    assert lane is not None
    return lane


def as_an_older_hub_left_it(hub: Hub, **changes: Any) -> None:
    """Events of some kinds parked that this hub knows, and the sales as they were without them."""
    with hub.database.write() as connection:
        for kind in changes.pop("kinds"):
            parked = {"refused": f"this hub does not know events of kind {kind!r}"}
            connection.execute(update(LANE_EVENT).where(LANE_EVENT.c.kind == kind).values(**parked))
        connection.execute(update(SALE).values(status="open", total_minor=1, completed_at="", **changes))


def test_none_are_listed_where_all_could_be_used(hub, lane, journal):
    journal.sell("s1")
    hub.events.take(lane, journal.events)
    assert hub.parked.all() == []
    assert hub.parked.retry() == Retried(0, 0)


def test_what_a_parked_event_says_of_a_refund_is_held_against_the_book_as_well(hub, lane, journal):
    told = {"sale": "s1", "outcome": "approved", "reason": "", "amount_minor": 100, "currency": "CNY"}
    journal.write(EventKind.REFUND_RESOLVED, refund_key="rk-000001", **told)
    hub.events.take(lane, journal.events)
    as_it_was = hub.refunds_told.discrepancies("demo")
    as_an_older_hub_left_it(hub, kinds=["refund.resolved"])
    with hub.database.write() as connection:
        connection.execute(delete(REFUND_TOLD))
    assert hub.parked.retry() == Retried(1, 0)
    assert len(as_it_was) == 1
    assert hub.refunds_told.discrepancies("demo") == as_it_was


def test_they_are_listed_by_store_and_lane_with_the_reason(hub, lane, journal):
    hub.catalogues.replace_goods("second", [BAG], currency="CNY", source="x")
    journal.write("coffee.made", cups=1)
    journal.sell("s1")
    journal.write(EventKind.LINE_VOIDED, "s1", line=1)
    others = {key: LaneJournal(seed=number) for number, key in enumerate([("demo", "2"), ("second", "1")], start=1)}
    hub.events.take(lane, journal.events)
    for (store, name), other in others.items():
        other.write("tea.made")
        hub.events.take(enrolled(hub, name, store), other.events)
    first, second, *rest = hub.parked.all()
    late_reason = "line.voided number 13: sale s1 is completed, not open"
    at, late = journal.events[0].at, journal.events[-1]
    assert astuple(first) == ("demo", "1", 1, 1, at, "coffee.made", None, first.reason)
    assert "coffee.made" in first.reason
    assert (second.number, second.sale_id, second.reason) == (late.number, "s1", late_reason)
    assert [(one.store, one.lane) for one in rest] == [("demo", "2"), ("second", "1")]
    assert hub.parked.all(store="second") == [rest[1]]
    assert hub.parked.all(lane="1") == [first, second, rest[1]]
    assert hub.parked.all(store="demo", lane="2") == [rest[0]]


def test_a_lane_or_store_that_is_not_there_is_told(hub, lane):
    with pytest.raises(StoreUnknown):
        hub.parked.all(store="nowhere")
    with pytest.raises(LaneUnknown, match="no lane '7' in store 'demo'"):
        hub.parked.retry(store="demo", lane="7")


@pytest.mark.parametrize("sales", [1, 300])
def test_after_an_update_their_sales_are_made_whole(hub, lane, journal, sales):
    for number in range(sales):
        journal.sell(f"s{number}")
    journal.write("coffee.made")
    for first in range(0, len(journal.events), 1000):
        hub.events.take(lane, journal.events[first : first + 1000])
    before = hub.sales.of_store("demo")
    as_an_older_hub_left_it(hub, kinds=[EventKind.SALE_COMPLETED, EventKind.RECEIPT_ISSUED, EventKind.LINE_VOIDED])
    assert len(hub.parked.all()) == 3 * sales + 1
    assert hub.parked.retry(lane="1") == Retried(3 * sales, 1)
    assert hub.sales.of_store("demo") == before
    assert [one.kind for one in hub.parked.all()] == ["coffee.made"]


def test_a_sale_of_which_nothing_could_be_used_gets_its_record(hub, lane, journal):
    journal.sell("s1")
    hub.events.take(lane, journal.events)
    whole = hub.sales.of_store("demo")
    as_an_older_hub_left_it(hub, kinds={one.kind for one in journal.events})
    with hub.database.write() as connection:
        connection.execute(delete(SALE))
    assert hub.parked.retry() == Retried(len(journal.events), 0)
    assert hub.sales.of_store("demo") == whole


def test_what_is_still_of_no_use_keeps_its_reason(hub, lane, journal):
    journal.shop("s1")
    journal.write(EventKind.LINE_ADDED, "s1", rubbish=True)
    hub.events.take(lane, journal.events)
    before = hub.parked.all()
    assert hub.parked.retry() == Retried(0, 1)
    assert hub.parked.all() == before


def test_a_lanes_former_journal_is_looked_at_too_and_the_count_is_of_its_new_one(hub, lane, journal):
    journal.write("coffee.made")
    journal.write("coffee.made")
    hub.events.take(lane, journal.events)
    assert hub.lanes.note([Heard(lane.id, 1, "{}")]) == {lane.id: 2}
    other = LaneJournal(seed=1)
    other.write("tea.made")
    hub.events.take(enrolled(hub, "1", rotate=True), other.events)
    assert [(one.life, one.number) for one in hub.parked.all()] == [(1, 1), (1, 2), (2, 1)]
    assert hub.lanes.parked() == {lane.id: 1}
    assert hub.parked.retry() == Retried(0, 3)


@only_sqlite
def test_they_are_counted_by_an_index_of_their_own(hub, lane):
    asked: list[str] = []
    with hub.database.read() as connection:
        event.listen(connection, "before_cursor_execute", lambda *told: asked.append(told[2]))
        parked_counts(connection)
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[-1]}").all()
    assert any("USING INDEX ix_lane_event_parked" in row.detail for row in plan)
