"""The hub as a process: ready when it says so, ends when told to, and forgets nothing when killed."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import count

import httpx
import pytest

from hub.data_folder import DataFolder
from hub.services import open_hub
from tests.hub.cli.hub_process import HubProcess
from tests.hub.lane_journal import LaneJournal, wire

EVENTS = "/v1/lanes/1/events"
ORDER = {"amount_minor": 500, "currency": "CNY", "sale_id": "s1", "way": "wallet"}


@pytest.fixture
def where(data, databases):
    return databases.options(data)


@pytest.fixture
def token(hub):
    return hub.lanes.enrol("demo", "1")


def test_it_serves_when_it_says_so_and_ends_cleanly_when_told_to(where, token):
    with HubProcess(where, "--access-log") as process:
        with process.client(token) as lane:
            assert lane.get("/v1/health").json()["status"] == "ok"
            assert lane.get(f"{EVENTS}?token={token}").status_code == 200
        status, said = process.end()
    assert status == 0
    assert f"GET {EVENTS} " in said
    assert token not in said
    assert "Traceback" not in said


def test_what_was_acknowledged_before_a_kill_is_there_after_it_once(where, data, databases, token):
    journal = LaneJournal()
    for number in range(60):
        journal.sell(f"s{number}")
    acknowledged = 0
    for kill_after in (3, 24):
        with HubProcess(where) as process:
            acknowledged = _post_until_killed(process, token, journal, acknowledged, kill_after)
    with open_hub(DataFolder(data), address=databases.address(data)) as hub:
        lane = hub.lanes.by_token(token)
        assert lane is not None
        taken = hub.events.head(lane).next_number - 1
        assert taken >= acknowledged > 0
        hub.events.take(lane, journal.events[taken:])
        assert hub.events.head(lane).hash == journal.events[-1].hash
        sales = hub.sales.of_store("demo")
    assert sorted(sale["id"] for sale in sales) == sorted(f"s{number}" for number in range(60))
    assert {(sale["status"], sale["total_minor"], sale["discrepancy"]) for sale in sales} == {("completed", 4676, "")}


def _post_until_killed(process: HubProcess, token: str, journal: LaneJournal, start: int, kill_after: int) -> int:
    """Post in small runs while another thread kills the hub in the middle; the last number that it acknowledged."""
    acknowledged = start
    answered = threading.Semaphore(0)

    def killer() -> None:
        for _ in range(kill_after):
            answered.acquire()
        process.kill()

    with ThreadPoolExecutor(1) as pool, process.client(token) as lane:
        killing = pool.submit(killer)
        try:
            for _ in count():
                run = journal.events[acknowledged : acknowledged + 7]
                acknowledged = lane.post(EVENTS, json=wire(*run)).json()["next"] - 1
                answered.release()
        except httpx.HTTPError:
            killing.result(10)
    return acknowledged


def test_a_payment_that_a_kill_interrupted_is_settled_after_the_restart(where, token, tmp_path):
    settings = tmp_path / "bank.toml"
    settings.write_text('outcome = "unknown_then_approved"\ndelay_s = 0.0\n')
    with HubProcess(where, "--gateway-settings", str(settings)) as process, process.client(token) as lane:
        first = lane.post("/v1/payments", json={**ORDER, "key": "key-001"}).json()
        assert first["outcome"] == "unknown"
        process.kill()
    with HubProcess(where, "--gateway-settings", str(settings)) as process, process.client(token) as lane:
        settled = lane.get("/v1/payments/key-001").json()
        again = lane.post("/v1/payments", json={**ORDER, "key": "key-001"}).json()
    assert settled["outcome"] == "approved"
    assert again == settled
