"""A heartbeat by the short way, which a token takes from its second on, is answered as by the route."""

import socket
from typing import Any

import httpx
import pytest

PATH = "/v1/lanes/1/heartbeat"


@pytest.fixture
def known(lane: httpx.Client) -> httpx.Client:
    """The lane, whose token is at hand."""
    assert lane.post(PATH, json={}).status_code == 200
    return lane


def told(answer: httpx.Response) -> tuple[int, Any, str]:
    return answer.status_code, answer.json(), answer.headers["Content-Type"]


BODIES = {
    "a usual one": b'{"revision": 3, "state": "open", "said": {"\xe7\x89\x9b": 1.5}}',
    "no JSON": b"{",
    "no object": b"[]",
    "no number": b'{"skew": NaN}',
    "too much": b'{"x": "' + b"x" * 70_000 + b'"}',
    "nothing": b"",
}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_it_is_answered_as_by_the_route(known, body):
    (name, value), *_ = [(name, value) for name, value in known.headers.raw if name.lower() == b"authorization"]
    # Twice the same header is for the route: the short way takes what is plain.
    by_route = known.post(PATH, content=body, headers=[(name, value), (b"X-Padding", b"1"), (name, value)])
    assert told(known.post(PATH, content=body)) == told(by_route)


def test_what_it_says_is_kept(served, known):
    known.post(PATH, json={"revision": 7})
    served.parts.heartbeats.write()
    assert [one.told.revision for one in served.hub.lanes.all()] == [7]


def test_nobody_beats_for_another_lane(known):
    assert known.post("/v1/lanes/2/heartbeat", json={}).status_code == 403


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer x", "Basic x", "Bearer \xe9"])
def test_nobody_beats_without_a_token(known, served, authorization):
    with served.client(authorization.encode("latin-1")) as stranger:
        assert stranger.post(PATH, json={}).status_code == 401


def test_only_posts_are_heartbeats(known):
    assert known.get(PATH).status_code == 405


@pytest.mark.parametrize("path", [PATH, "/v1/lanes/1/events", "/v1/payments"])
def test_a_lane_that_is_cut_off_while_it_sends_is_no_fault_of_the_hub(served, known, path, caplog):
    host, port = served.url.removeprefix("http://").split(":")
    token = known.headers["Authorization"]
    begun = f"POST {path} HTTP/1.1\r\nHost: hub\r\nAuthorization: {token}\r\nContent-Length: 100\r\n\r\n{{"
    with socket.create_connection((host, int(port))) as line:
        line.sendall(begun.encode())
        assert known.post(PATH, json={}).status_code == 200
    for _ in range(3):  # by then it has been seen that nobody is there
        assert known.post(PATH, json={}).status_code == 200
    assert [record.message for record in caplog.records if record.levelname == "ERROR"] == []
