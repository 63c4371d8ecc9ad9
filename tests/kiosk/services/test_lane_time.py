"""A lane whose clock is wrong: it sells at what is certain, says so to staff, and is put right by the hub's word."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.services.lane_view import LaneView, Screen
from offline_cache.journal import JournalReader
from offline_cache.price_list.writer import PriceRow
from offline_cache.status import SyncStatus
from retail.events import EventKind
from tests.kiosk.lane_rig import APPROVED, BREAD, MILK, START, WALLET, LaneRig, write_list

DEAD = datetime(1970, 1, 1, tzinfo=UTC)
YEAR = timedelta(days=365)
HOUR = timedelta(hours=1)


@pytest.fixture
def lane(tmp_path: Path) -> LaneRig:
    return LaneRig(tmp_path)


def screen_of(lane: LaneRig) -> Screen:
    return lane.view.screen


def heard(lane: LaneRig, hub: datetime) -> None:
    """The agent has just asked the hub for its time."""
    skew_s = (hub - lane.now).total_seconds()
    lane.agent.said = replace(lane.agent.said, hub_time_seen=hub.isoformat(), hub_time_skew_s=skew_s)


def start_at(lane: LaneRig, clock: datetime) -> LaneView:
    """Switched off and on again, and the machine's clock shows this now."""
    lane.now = clock
    lane.restart()
    lane.till.tick()
    return lane.view


def test_with_an_empty_battery_a_lane_sells_and_tells_staff(lane: LaneRig) -> None:
    view = start_at(lane, DEAD)
    assert (view.screen, view.price_list.old) == (Screen.IDLE, False)
    assert view.price_list.clock_wrong_s == int((START - DEAD).total_seconds())
    assert lane.scan(MILK).total_minor == 1280


def test_with_an_empty_battery_no_price_of_before_comes_back(lane: LaneRig, tmp_path: Path) -> None:
    ended = PriceRow("special", 500, None, int((START + HOUR).timestamp()))
    write_list(tmp_path / "price-list.sqlite", revision=2, dated={"BREAD": [PriceRow("list", 650), ended]})
    assert lane.later(timedelta()).price_list.revision == 2
    assert lane.scan(BREAD).total_minor == 500
    lane.till.cancel_basket()
    lane.later(2 * HOUR)
    lane.bank.answers.append(APPROVED)
    lane.pay_screen(BREAD)
    lane.scan(WALLET)
    assert lane.view.done is not None
    assert lane.view.done.total_minor == 650
    start_at(lane, DEAD)
    lane.wait(25)
    assert lane.scan(BREAD).total_minor == 650


def test_what_the_hub_last_said_is_certain_too(lane: LaneRig, tmp_path: Path) -> None:
    begins = int((START + HOUR).timestamp())
    rows = [PriceRow("list", 650, None, begins), PriceRow("list", 700, begins)]
    write_list(tmp_path / "price-list.sqlite", revision=2, dated={"BREAD": rows})
    lane.agent.said = SyncStatus(hub_time_seen=(START + HOUR).isoformat(), hub_time_skew_s=0.0)
    start_at(lane, DEAD)
    assert lane.scan(BREAD).total_minor == 700


def test_a_clock_a_year_ahead_is_told_and_put_right_as_soon_as_the_hub_is_heard(lane: LaneRig) -> None:
    assert start_at(lane, START + YEAR).screen is Screen.LIST_TOO_OLD
    assert lane.scan(MILK).lines == ()
    heard(lane, START + HOUR)
    view = lane.wait(1)
    assert (view.screen, view.price_list.clock_wrong_s) == (Screen.IDLE, -int((YEAR - HOUR).total_seconds()))
    assert lane.scan(MILK).total_minor == 1280


def test_a_clock_that_was_a_year_ahead_and_stays_so_is_corrected_without_the_hub(lane: LaneRig) -> None:
    start_at(lane, START + YEAR)
    heard(lane, START + HOUR)
    lane.wait(1)
    lane.scan(MILK)
    lane.till.cancel_basket()
    lane.now += HOUR
    lane.restart()
    assert lane.wait(1).screen is Screen.IDLE
    assert lane.view.price_list.clock_wrong_s == -int((YEAR - HOUR).total_seconds())


def test_records_of_a_clock_that_was_a_year_ahead_do_not_stop_a_lane_that_is_right(lane: LaneRig) -> None:
    start_at(lane, START + YEAR)
    lane.till.device_fault("camera", "lost")
    assert start_at(lane, START + HOUR).screen is Screen.IDLE
    assert lane.view.price_list.clock_wrong_s == 0


def test_a_wrong_clock_is_on_record_once_and_so_is_its_end(lane: LaneRig) -> None:
    lane.now -= HOUR
    lane.wait(3)
    lane.now += HOUR
    lane.wait(3)
    with JournalReader(lane.folder / "journal.sqlite") as journal:
        found = [event.body for event in journal.events() if event.kind == EventKind.DEVICE_FAULT]
    assert found == [{"device": "clock", "fault": "3600 s behind"}, {"device": "clock", "fault": ""}]


def test_receipts_and_records_keep_the_machines_time(lane: LaneRig) -> None:
    start_at(lane, START + YEAR)
    heard(lane, START + HOUR)
    lane.wait(1)
    lane.bank.answers.append(APPROVED)
    lane.pay_screen()
    lane.scan(WALLET)
    assert lane.view.done is not None
    assert datetime.fromisoformat(lane.view.done.completed_at) == lane.now


def test_a_list_that_the_hub_still_signs_is_not_old(lane: LaneRig) -> None:
    week = timedelta(days=8)
    lane.agent.said = SyncStatus(revision=2, signed_at=(START + week).isoformat())  # of another list
    assert lane.later(week + HOUR).screen is Screen.LIST_TOO_OLD
    lane.agent.said = SyncStatus(revision=1, signed_at=(START + week).isoformat())
    view = lane.later(timedelta())
    assert (view.screen, view.price_list.old, view.price_list.age_s) == (Screen.IDLE, False, 3600)


def test_a_status_that_is_none_is_no_reason_to_stop(lane: LaneRig) -> None:
    lane.agent.said = SyncStatus(hub_time_seen="soon", signed_at="2026", hub_time_skew_s=1e6)
    assert lane.wait(1).screen is Screen.IDLE
    assert lane.scan(MILK).total_minor == 1280


def test_staff_see_what_the_agent_says(lane: LaneRig) -> None:
    lane.agent.queued, lane.agent.silent = 12, True
    lane.agent.said = SyncStatus(last_error="hub: away")
    prices = lane.wait(1).price_list
    assert (prices.queued, prices.silent, prices.trouble) == (12, True, "hub: away")
    assert screen_of(lane) is Screen.IDLE


def test_a_list_that_the_hub_confirms_daily_is_not_old_while_the_next_one_is_read(lane: LaneRig) -> None:
    for _ in range(9):
        lane.now += timedelta(days=1)
        lane.up += 86400
        lane.agent.said = SyncStatus(revision=1, signed_at=lane.now.isoformat())
        assert lane.wait(1).screen is Screen.IDLE
    lane.agent.said = replace(lane.agent.said, revision=2)  # the agent is a tick ahead of the kiosk
    view = lane.wait(1)
    assert (view.screen, view.price_list.old) == (Screen.IDLE, False)


@pytest.mark.parametrize("skew_s", [(datetime.max.replace(tzinfo=UTC) - START).total_seconds(), 1e300, float("nan")])
def test_a_hub_that_says_a_time_that_no_calendar_has_does_not_stop_the_lane(lane: LaneRig, skew_s: float) -> None:
    lane.agent.said = SyncStatus(hub_time_seen=START.isoformat(), hub_time_skew_s=skew_s)
    assert lane.wait(2).screen is Screen.IDLE
    assert lane.scan(MILK).total_minor == 1280
