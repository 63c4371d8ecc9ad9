import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any

import pytest
import zstandard

from tests.hub.conftest import BAG
from tests.hub.databases import only_postgres, only_sqlite
from tests.hub.lane_journal import LaneJournal, wire

EVENTS = "/v1/lanes/1/events"
TAKES = {"accepts": ["zstd"], "events_at_once": 2000}


@pytest.fixture
def journal():
    journal = LaneJournal()
    journal.sell("s1")
    return journal


def test_events_go_up_and_the_sale_can_be_read(lane, journal):
    assert lane.get(EVENTS).json() == {"next": 1, "head": "", **TAKES}
    answer = lane.post(EVENTS, json=wire(*journal.events))
    assert (answer.status_code, answer.json()) == (200, {"next": len(journal.events) + 1, "refused": []})
    assert lane.get(EVENTS).json() == {"next": len(journal.events) + 1, "head": journal.events[-1].hash, **TAKES}
    sale = lane.get("/v1/sales/s1").json()
    assert {key: sale[key] for key in ("id", "store", "lane", "status", "total_minor", "currency", "lines")} == {
        "id": "s1",
        "store": "demo",
        "lane": "1",
        "status": "completed",
        "total_minor": 4676,
        "currency": "CNY",
        "lines": 2,
    }
    assert sale["saved_minor"] == 840
    assert sale["completed_at"] == journal.events[-2].at
    assert [item["net_minor"] for item in sale["items"]] == [3000, 1676]
    assert sale["tax"][0] == {"rate_bp": 900, "gross_minor": 3000, "tax_minor": 248}


def test_after_rotation_the_hub_says_where_it_is_with_the_old_journal_too(served, lane, journal):
    lane.post(EVENTS, json=wire(*journal.events[:9]))
    token = served.hub.lanes.enrol("demo", "1", rotate=True)
    with served.client(f"Bearer {token}".encode()) as again:
        resume = {"next": 10, "head": journal.events[8].hash}
        assert again.get(EVENTS).json() == {"next": 1, "head": "", "resume": resume, **TAKES}
        assert again.post(EVENTS, json=wire(*journal.events[9:])).json()["next"] == len(journal.events) + 1
        assert "resume" not in again.get(EVENTS).json()


def test_a_broken_chain_is_409_with_the_number_that_the_hub_wants(lane, journal):
    lane.post(EVENTS, json=wire(*journal.events[:2]))
    answer = lane.post(EVENTS, json=wire(*journal.events[4:]))
    assert (answer.status_code, answer.json()["next"]) == (409, 3)
    assert "number 3 is missing" in answer.json()["detail"]


def test_events_that_cannot_be_used_are_taken_and_listed(lane):
    journal = LaneJournal()
    journal.write("coffee.made", None, milk=True)
    journal.sell("s1")
    answer = lane.post(EVENTS, json=wire(*journal.events)).json()
    assert answer["next"] == len(journal.events) + 1
    assert [one["number"] for one in answer["refused"]] == [1]
    assert "coffee.made" in answer["refused"][0]["reason"]


def test_the_same_post_twice_at_once_is_taken_once(served, lane, journal):
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: lane.post(EVENTS, json=wire(*journal.events)), range(8)))
    assert {(one.status_code, one.json()["next"]) for one in answers} == {(200, len(journal.events) + 1)}
    assert len(served.hub.sales.of_store("demo")) == 1


@pytest.mark.parametrize("token", [None, "", "Bearer", "Bearer wrong", "Basic dXNlcg==", "Bearer \u00ff"])
def test_without_an_enrolled_token_nothing_is_told_or_taken(served, lane, token):
    with served.client(None if token is None else token.encode("latin-1")) as stranger:
        for path in (EVENTS, "/v1/sales/s1", "/v1/payments/key-001"):
            assert stranger.get(path).status_code == 401
        for path in (EVENTS, "/v1/lanes/1/heartbeat", "/v1/payments", "/v1/payments/key-001/cancel"):
            answer = stranger.post(path, json={})
            assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Bearer")


def test_a_lane_may_not_write_into_anothers_journal(lane, another_lane, journal):
    assert another_lane("2").post(EVENTS, json=wire(*journal.events)).status_code == 403
    assert lane.get(EVENTS).json()["next"] == 1


def test_a_sale_is_for_lanes_of_its_store_only(served, lane, another_lane, journal):
    served.hub.catalogues.replace_goods("second", [BAG], currency="CNY", source="x")
    lane.post(EVENTS, json=wire(*journal.events))
    assert another_lane("2").get("/v1/sales/s1").status_code == 200
    stranger = another_lane("1", "second").get("/v1/sales/s1")
    assert (stranger.status_code, stranger.json()) == (404, {"detail": "this store has no such sale"})


def good(**changes: Any) -> bytes:
    """The body of a post that would be taken, but for the changes."""
    journal = LaneJournal()
    journal.start("s1")
    event = wire(*journal.events)["events"][0]
    return json.dumps({"events": [{**event, **changes}]}).encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"nonsense",
        b"\xff\xfe",
        b'{"events": 1}',
        b'{"events": [{}]}',
        b'{"events": ' + b"[" * 100_000,
        good(number="1"),
        good(number=0),
        good(number=2**60),
        good(body=[]),
        good(sale_id=5),
        good(sale_id="x" * 65),
        good(body={"x": float("nan")}),
        good(kind="\ud800"),
        b'{"events": [{"secret-value": 1}]}',
    ],
)
def test_a_body_that_is_none_is_422_and_changes_nothing(lane, body):
    answer = lane.post(EVENTS, content=body)
    assert answer.status_code == 422
    assert len(answer.json()["detail"]) < 300
    assert "nonsense" not in answer.text
    assert lane.get(EVENTS).json()["next"] == 1


def test_more_than_2000_events_are_too_many_at_once(lane):
    journal = LaneJournal()
    for _ in range(2001):
        journal.write("help.called")
    assert lane.post(EVENTS, json=wire(*journal.events)).status_code == 422
    assert lane.post(EVENTS, json=wire(*journal.events[:2000])).json()["next"] == 2001


def packed(content: bytes, **settings: Any) -> bytes:
    return zstandard.ZstdCompressor(**settings).compress(content)


def wide(content: bytes) -> bytes:
    """Packed in such a way that whoever unpacks it would need 128 MB."""
    parameters = zstandard.ZstdCompressionParameters.from_level(1, window_log=27)
    packer = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    return packer.compress(content) + packer.flush()


@pytest.mark.parametrize("settings", [{}, {"level": 19}, {"write_content_size": False}])
def test_a_packed_post_is_taken_as_a_plain_one(lane, journal, settings):
    content = packed(json.dumps(wire(*journal.events)).encode(), **settings)
    answer = lane.post(EVENTS, content=content, headers={"Content-Encoding": "zstd"})
    assert (answer.status_code, answer.json()["next"]) == (200, len(journal.events) + 1)
    assert lane.get("/v1/sales/s1").json()["status"] == "completed"


@pytest.mark.parametrize(
    ("content", "encoding", "status"),
    [
        (lambda: packed(b" " * (1 << 30)), "zstd", 413),  # 32 kB on the wire
        (lambda: packed(b" " * 5_000_000, write_content_size=False), "zstd", 413),
        (lambda: b"no zstd at all", "zstd", 422),
        (lambda: b"", "zstd", 422),
        (lambda: packed(b'{"events": []}')[:-3], "zstd", 422),
        (lambda: wide(b'{"events": []}' + b" " * 1000), "zstd", 422),
        (lambda: packed(b'{"events": []}') + b"more", "zstd", 422),
        (lambda: b'{"events": []}', "gzip", 415),
        (lambda: packed(packed(b'{"events": []}')), "zstd, zstd", 415),
    ],
)
def test_what_is_packed_badly_changes_nothing(lane, content, encoding, status):
    answer = lane.post(EVENTS, content=content(), headers={"Content-Encoding": encoding})
    assert answer.status_code == status
    assert lane.get(EVENTS).json()["next"] == 1


@pytest.mark.parametrize("streamed", [False, True])
def test_a_body_that_is_too_large_is_413(lane, streamed):
    size, piece = 5 * 1024 * 1024, 64 * 1024
    content = (b" " * piece for _ in range(size // piece)) if streamed else b" " * size
    answer = lane.post(EVENTS, content=content)
    assert answer.status_code == 413
    assert lane.get(EVENTS).status_code == 200


def test_a_heartbeat_tells_the_hubs_time_and_when_the_lane_was_heard_of(served, clock, lane):
    answer = lane.post("/v1/lanes/1/heartbeat", json={"revision": 3, "state": "open"})
    assert datetime.fromisoformat(answer.json()["time"]) == clock.now
    clock.pass_time(minutes=5)
    lane.post("/v1/lanes/1/heartbeat", json={})
    served.parts.heartbeats.write()
    (summary,) = served.hub.lanes.all()
    assert summary.seen_at == clock.now
    assert clock.now - datetime.fromisoformat(answer.json()["time"]) == timedelta(minutes=5)


def test_a_heartbeat_tells_how_many_events_are_parked(served, lane):
    assert lane.post("/v1/lanes/1/heartbeat", json={}).json()["parked"] == 0
    journal = LaneJournal()
    journal.write("coffee.made")
    journal.write("coffee.drunk")
    lane.post(EVENTS, json=wire(*journal.events))
    served.parts.heartbeats.write()  # as it does every second
    assert lane.post("/v1/lanes/1/heartbeat", json={}).json()["parked"] == 2


def test_a_heartbeat_that_is_no_json_is_422(lane):
    assert lane.post("/v1/lanes/1/heartbeat", content=b'{"skew": NaN}').status_code == 422


@only_sqlite
def test_a_hub_whose_disk_fails_answers_503_without_its_insides(served, lane, journal):
    served.hub.database.close()
    served.hub.folder.database.rename(served.hub.folder.path / "away")
    served.hub.folder.database.mkdir()
    answer = lane.post(EVENTS, json=wire(*journal.events))
    assert answer.status_code == 503
    assert answer.json() == {"detail": "the hub cannot do this now; its log says why"}


@only_postgres
def test_a_hub_whose_database_is_away_answers_503_and_goes_on_when_it_is_back(lane, journal, postgres, caplog):
    lane.post(EVENTS, json=wire(*journal.events[:3]))
    postgres.stop()
    try:
        answer = lane.post(EVENTS, json=wire(*journal.events))
    finally:
        postgres.start()
    assert answer.status_code == 503
    assert answer.json() == {"detail": "the hub cannot do this now; its log says why"}
    assert answer.headers["Retry-After"] == "5"
    assert "the server cannot be reached" in caplog.text
    assert lane.post(EVENTS, json=wire(*journal.events)).json()["next"] == len(journal.events) + 1


@only_postgres
def test_connections_that_were_lost_fail_one_request_at_most(lane, journal, postgres):
    lane.post(EVENTS, json=wire(*journal.events[:3]))
    postgres.tell("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'kiosk-hub'")
    answers = [lane.post(EVENTS, json=wire(*journal.events)).status_code for _ in range(2)]
    assert answers[0] in {200, 503}
    assert answers[1] == 200
