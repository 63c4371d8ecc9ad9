"""The hub's refund book over a real socket: only whole and sensible answers about the very refund count."""

import json
import queue
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from kiosk.adapters.hub_refunds import HubRefunds
from kiosk.services.refund_book import BookRefused, Promised, RefundOrder
from offline_cache.errors import ConfigError
from payments.gateway import Outcome
from retail.refunding import Part

ORDER = RefundOrder("refund-1", "1-0123456789", (Part(1, 2),), 2000, "damaged", "Li", "Li")
GOOD = {
    "refund_key": "refund-1",
    "sale_id": "s1",
    "receipt_number": "1-0123456789",
    "payment_key": "key-1",
    "lane": "1",
    "gateway": "hub",
    "way": "wallet",
    "brand": "wechat",
    "route": "hub",
    "amount_minor": 2000,
    "paid_minor": 4676,
    "currency": "CNY",
    "lines": [[1, 2, 2000]],
    "outcome": "approved",
    "reason": "",
    "reference": "R1",
}


class Hub:
    """Answers every request the same, and keeps what it was asked."""

    def __init__(self) -> None:
        self.status, self.body = 200, json.dumps(GOOD).encode()
        self.asked: list[tuple[str, str, dict[str, object]]] = []
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length) or b"{}")
                hub.asked.append((self.path, str(self.headers["Authorization"]), body))
                self.send_response(hub.status)
                self.send_header("Content-Length", str(len(hub.body)))
                self.end_headers()
                self.wfile.write(hub.body)

            do_GET = do_POST = _answer  # noqa: N815 - the standard library's names

            def log_message(self, *_args: object) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


@pytest.fixture
def hub() -> Iterator[Hub]:
    hub = Hub()
    yield hub
    hub.close()


@pytest.fixture
def book(hub: Hub) -> Iterator[HubRefunds]:
    book = HubRefunds(f"http://127.0.0.1:{hub.server.server_port}", lambda: "token-1", lambda work: work())
    yield book
    book.close()


def ordered(book: HubRefunds) -> Promised | BookRefused:
    heard: queue.SimpleQueue[Promised | BookRefused] = queue.SimpleQueue()
    book.order(ORDER, heard.put)
    return heard.get(timeout=10)


def test_an_order_says_who_what_and_why_and_its_answer_is_read(hub, book):
    answer = ordered(book)
    assert isinstance(answer, Promised)
    assert (answer.outcome, answer.amount_minor, answer.brand) == (Outcome.APPROVED, 2000, "wechat")
    ((path, authorization, body),) = hub.asked
    assert (path, authorization) == ("/v1/refunds", "Bearer token-1")
    assert body == {
        "refund_key": "refund-1",
        "receipt": "1-0123456789",
        "lines": [{"line": 1, "quantity": 2}],
        "amount_minor": 2000,
        "why": "damaged",
        "by": "Li",
        "approved_by": "Li",
    }


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, b"{}"),
        (502, b"<html>"),
        (200, b""),
        (200, b"[]"),
        (200, b"null"),
        (200, b"{"),
        (200, json.dumps({**GOOD, "refund_key": "refund-2"}).encode()),
        (200, json.dumps({**GOOD, "amount_minor": 1}).encode()),
        (200, json.dumps({**GOOD, "amount_minor": "2000"}).encode()),
        (200, json.dumps({**GOOD, "outcome": "perhaps"}).encode()),
        (200, json.dumps({key: value for key, value in GOOD.items() if key != "route"}).encode()),
        (401, b'{"detail": "no enrolled lane"}'),
        (409, b'{"detail": "the key is known with another order"}'),
        (500, b'{"code": "nothing_left"}'),
        (404, b'{"detail": "Not Found"}'),
    ],
)
def test_what_is_no_whole_answer_about_this_refund_proves_nothing(hub, book, status, body):
    hub.status, hub.body = status, body
    assert ordered(book) == BookRefused("offline")


@pytest.mark.parametrize(("status", "code"), [(404, "not_known"), (409, "nothing_left")])
def test_the_books_own_word_is_final(hub, book, status, code):
    hub.status, hub.body = status, json.dumps({"detail": "...", "code": code}).encode()
    assert ordered(book) == BookRefused(code, final=True)


def test_a_hub_that_is_not_there_was_sent_nothing():
    heard: queue.SimpleQueue[Promised | BookRefused] = queue.SimpleQueue()
    book = HubRefunds("http://127.0.0.1:9", lambda: "token-1", lambda work: work())
    book.order(ORDER, heard.put)
    assert heard.get(timeout=10) == BookRefused("offline", unsent=True)
    book.close()


def test_a_token_that_cannot_be_read_sends_nothing_and_leaves_no_order_open(hub):
    def token() -> str:
        raise ConfigError("lane.token: must hold the lane's token and nothing else")

    book = HubRefunds(f"http://127.0.0.1:{hub.server.server_port}", token, lambda work: work())
    try:
        assert ordered(book) == BookRefused("offline", unsent=True)
    finally:
        book.close()
    assert hub.asked == []
