from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, func, select
from sqlalchemy.event import listen

from hub.data_folder import DataFolder
from hub.errors import ChainBroken
from hub.events_store import Head
from hub.lane_rows import events_of_sales
from hub.lanes import Lane
from hub.services import Hub, open_hub
from hub.tables import LANE_EVENT, SALE
from retail.events import EventKind
from retail.line import Marks
from retail.sale import line_body
from tests.hub.databases import only_sqlite
from tests.hub.lane_journal import MILK, LaneJournal


@pytest.fixture
def journal() -> LaneJournal:
    return LaneJournal()


@pytest.fixture
def lane(hub: Hub) -> Lane:
    return enrolled(hub, "1")


def enrolled(hub: Hub, name: str, *, rotate: bool = False) -> Lane:
    lane = hub.lanes.by_token(hub.lanes.enrol("demo", name, rotate=rotate))
    assert lane is not None
    return lane


def stored(hub: Hub) -> int:
    with hub.database.read() as connection:
        return connection.execute(select(func.count()).select_from(LANE_EVENT)).scalar_one()


def sale(hub: Hub, sale_id: str) -> dict[str, Any]:
    found = hub.sales.find(sale_id, store="demo")
    assert found is not None
    return found


def test_events_make_the_sales_record(hub, lane, journal):
    journal.sell("s1")
    taken = hub.events.take(lane, journal.events)
    assert (taken.next_number, taken.refused) == (len(journal.events) + 1, ())
    assert hub.events.head(lane) == Head(taken.next_number, journal.events[-1].hash)
    assert (sale(hub, "s1")["status"], sale(hub, "s1")["total_minor"]) == ("completed", 4676)


def test_a_record_follows_its_events_one_by_one(hub, lane, journal):
    journal.sell("s1")
    seen = []
    for event in journal.events:
        hub.events.take(lane, [event])
        seen.append(sale(hub, "s1")["status"])
    assert list(dict.fromkeys(seen)) == ["open", "paying", "paid", "completed"]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 50])
def test_sales_spread_over_posts_come_to_the_same(hub, lane, journal, size):
    for number in range(4):
        journal.sell(f"s{number}")
        journal.write(EventKind.LINE_VOIDED, f"s{number}", line=1)  # too late, thus parked
        journal.write(EventKind.HELP_CALLED)
    journal.shop("open")
    hub.events.take(lane, journal.events)
    whole, parked = hub.sales.of_store("demo"), hub.parked.all(lane="1")
    other = LaneJournal(lane="2")
    other.events = journal.events
    second = enrolled(hub, "2")
    forget(hub)
    for first in range(0, len(journal.events), size):
        hub.events.take(second, journal.events[first : first + size])
    assert [{**one, "lane": "1"} for one in hub.sales.of_store("demo")] == whole
    assert [(one.number, one.reason) for one in hub.parked.all(lane="2")] == [(p.number, p.reason) for p in parked]
    assert [one.number for one in parked] == [12, 25, 38, 51]


def forget(hub: Hub) -> None:
    with hub.database.write() as connection:
        connection.execute(delete(SALE))


@only_sqlite
def test_the_events_of_a_sale_are_found_without_walking_the_lanes_journal(hub, lane, journal):
    journal.sell("s1")
    hub.events.take(lane, journal.events)
    asked: list[str] = []
    with hub.database.read() as connection:
        listen(connection, "before_cursor_execute", lambda *told: asked.append(told[2]))
        assert len(events_of_sales(connection, lane.id, 1, ["s1"])["s1"]) == len(journal.events)
        (plan,) = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked[-1]}", ("s1",))
    assert "USING INDEX ix_lane_event_sale_id" in plan.detail


def test_posts_of_one_lane_to_two_hubs_at_once_count_once_and_in_order(hub, data, databases, lane, journal):
    for number in range(12):
        journal.sell(f"s{number}")
    posts = [journal.events[first : first + 17] for first in range(0, len(journal.events), 17)]
    with open_hub(DataFolder(data), address=databases.address(data)) as other, ThreadPoolExecutor(4) as pool:

        def bring(own: Hub) -> None:
            place = 0
            while place < len(journal.events):
                try:
                    place = own.events.take(lane, posts[place // 17]).next_number - 1
                except ChainBroken as exc:
                    place = exc.next_number - 1

        list(pool.map(bring, [hub, other, hub, other]))
    (report,) = hub.chains.verify(lane="1")
    assert (report.events, report.problem) == (len(journal.events), "")
    assert {one["status"] for one in hub.sales.of_store("demo")} == {"completed"}


def test_a_repeat_is_ignored_and_the_rest_of_the_post_taken(hub, lane, journal):
    journal.sell("s1")
    hub.events.take(lane, journal.events[:5])
    hub.events.take(lane, journal.events[:5])
    taken = hub.events.take(lane, journal.events[2:])
    assert taken.next_number == len(journal.events) + 1
    assert stored(hub) == len(journal.events)
    assert len(hub.sales.of_store("demo")) == 1


def test_a_repeat_hears_again_what_was_refused(hub, lane, journal):
    journal.write("coffee.made")
    first = hub.events.take(lane, journal.events)
    assert [one.number for one in first.refused] == [1]
    assert hub.events.take(lane, journal.events) == first


def test_a_parked_event_does_not_block_those_after_it(hub, lane, journal):
    journal.shop("s1")
    journal.write(EventKind.LINE_ADDED, "s1", rubbish=True)
    journal.pay("s1")
    taken = hub.events.take(lane, journal.events)
    assert [one.number for one in taken.refused] == [7]
    assert sale(hub, "s1")["status"] == "completed"


def gap(journal: LaneJournal) -> Any:
    return [*journal.events[:2], *journal.events[3:]]


def changed(journal: LaneJournal) -> Any:
    return [*journal.events[:2], replace(journal.events[2], body={"line": 1}), *journal.events[3:]]


def unlinked(journal: LaneJournal) -> Any:
    return [journal.events[0], replace(journal.events[1], previous_hash="0" * 64)]


def backwards(journal: LaneJournal) -> Any:
    return journal.events[::-1]


@pytest.mark.parametrize("broken", [gap, changed, unlinked, backwards])
def test_of_a_broken_chain_nothing_is_taken(hub, lane, journal, broken):
    journal.sell("s1")
    with pytest.raises(ChainBroken) as caught:
        hub.events.take(lane, broken(journal))
    assert caught.value.next_number == 1
    assert stored(hub) == 0


def test_a_journal_ahead_of_the_hub_is_asked_for_what_is_missing(hub, lane, journal):
    journal.sell("s1")
    hub.events.take(lane, journal.events[:3])
    with pytest.raises(ChainBroken, match="number 4 is missing") as caught:
        hub.events.take(lane, journal.events[5:])
    assert caught.value.next_number == 4


def test_a_new_journal_under_an_old_token_is_refused_with_the_remedy(hub, lane, journal):
    journal.sell("s1")
    hub.events.take(lane, journal.events)
    other = LaneJournal(seed=1)
    other.sell("s2")
    with pytest.raises(ChainBroken, match="--rotate"):
        hub.events.take(lane, other.events)
    assert hub.sales.find("s2", store="demo") is None


def test_after_rotation_a_lane_with_a_new_disk_begins_anew_and_its_past_stays(hub, lane, journal):
    journal.sell("s1")
    hub.events.take(lane, journal.events)
    again = enrolled(hub, "1", rotate=True)
    assert hub.events.head(again) == Head(1, "", (len(journal.events) + 1, journal.events[-1].hash))
    other = LaneJournal(seed=1)
    other.sell("s2")
    assert hub.events.take(again, other.events).next_number == len(other.events) + 1
    assert [one["id"] for one in hub.sales.of_store("demo")] == ["s1", "s2"]
    assert stored(hub) == len(journal.events) + len(other.events)
    third = LaneJournal(seed=2)
    third.start("s3")
    with pytest.raises(ChainBroken):  # once only
        hub.events.take(again, third.events)


@pytest.mark.parametrize("begin", [0, 10])
def test_after_rotation_a_lane_with_its_old_journal_goes_on(hub, lane, journal, begin):
    journal.sell("s1")
    hub.events.take(lane, journal.events[:10])
    again = enrolled(hub, "1", rotate=True)
    taken = hub.events.take(again, journal.events[begin:])
    assert taken.next_number == len(journal.events) + 1
    assert taken.refused == ()
    assert stored(hub) == len(journal.events)
    assert hub.events.head(again) == Head(taken.next_number, journal.events[-1].hash)


def test_an_old_token_ends_with_rotation(hub):
    old = hub.lanes.enrol("demo", "1")
    new = hub.lanes.enrol("demo", "1", rotate=True)
    assert hub.lanes.by_token(old) is None
    assert hub.lanes.by_token(new) is not None


def test_a_sale_of_another_lane_cannot_be_written_into(hub, lane, journal):
    journal.sell("s1")
    hub.events.take(lane, journal.events)
    before = sale(hub, "s1")
    other = LaneJournal(lane="2", seed=3)
    other.start("s1")
    taken = hub.events.take(enrolled(hub, "2"), other.events)
    assert [(one.number, one.reason) for one in taken.refused] == [(1, "sale s1 belongs to another lane or journal")]
    assert sale(hub, "s1") == before


def test_two_lanes_of_one_number_each_have_their_own_chain(hub, lane, journal):
    second = enrolled(hub, "2")
    other = LaneJournal(lane="2", seed=5)
    journal.sell("s1")
    other.sell("s2")
    hub.events.take(lane, journal.events)
    hub.events.take(second, other.events)
    assert {one["id"]: one["lane"] for one in hub.sales.of_store("demo")} == {"s1": "1", "s2": "2"}


def test_the_same_post_many_times_at_once_counts_once(hub, lane, journal):
    for number in range(5):
        journal.sell(f"s{number}")
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: hub.events.take(lane, journal.events), range(12)))
    assert {answer.next_number for answer in answers} == {len(journal.events) + 1}
    assert stored(hub) == len(journal.events)
    assert len(hub.sales.of_store("demo")) == 5


def test_nothing_posted_changes_nothing(hub, lane):
    assert hub.events.take(lane, []).next_number == 1


@pytest.mark.parametrize("name", ["serial", "gtin", "sku", "lot"])
def test_a_sign_that_a_database_cannot_hold_is_parked_and_stops_nobody(hub, lane, journal, name):
    journal.start("s1")
    marks = Marks("S1", "L1", "06901234567892")
    journal.write(EventKind.LINE_ADDED, "s1", **{**line_body(MILK, number=1, marks=marks), name: "S\0"})
    journal.write(EventKind.LINE_ADDED, "s1", **line_body(MILK, number=2, marks=marks))
    journal.write(EventKind.GUIDE_IDENTIFIED, "s1", code="SGG-\0")
    journal.pay("s1", total_minor=1280, saved_minor=0, lines=1)
    journal.write(EventKind.PAYMENT_RESOLVED, "s1", key="\0", outcome="approved")
    taken = hub.events.take(lane, journal.events)
    assert [one.number for one in taken.refused] == [2, 4, len(journal.events)]
    assert (sale(hub, "s1")["status"], sale(hub, "s1")["total_minor"]) == ("completed", 1280)
    assert [one.serial for one in hub.sold_items.of()] == ["S1"]
