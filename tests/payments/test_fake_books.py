"""The make-believe banks' ledger keeps time and truth, and their server breaks answers only where it is told to."""

import http.client
import signal
import socket
import subprocess
import sys
import threading
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from payments.fakes.books import Books, Order, Refund
from payments.fakes.server import FakeServer, Reply


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 3, 4, 10, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def books(tmp_path, clock):
    return Books(tmp_path / "books.sqlite", clock)


def enter(books: Books, number: str = "order-1", **more: object) -> None:
    with books.page() as page:
        page.put(Order(number, "OPEN", 2560, "CNY", page.now_ms, **more))  # type: ignore[arg-type]


def test_what_was_not_charged_is_no_charge(books):
    enter(books)
    assert books.charges() == []


def test_what_time_brings_about_happens_whoever_asks(books, clock, tmp_path):
    at_ms = int(clock.now.timestamp() * 1000) + 2000
    enter(books, due_at_ms=at_ms, due_state="PAID", due_charged_minor=2560)
    clock.now += timedelta(seconds=1.999)
    assert books.charges() == []
    clock.now += timedelta(seconds=0.001)
    another = Books(tmp_path / "books.sqlite", clock)
    assert [tuple(charge) for charge in another.charges()] == [("order-1", 2560, 0, "PAID")]
    with books.page() as page:
        order = page.order("order-1")
        assert order is not None
        assert (order.state, order.due_at_ms) == ("PAID", None)


def test_what_was_given_back_stands_beside_what_was_taken(books):
    enter(books, charged_minor=2560)
    enter(books, "order-2", charged_minor=100)
    with books.page() as page:
        page.put_refund(Refund("r-1", "order-1", 1000, "DONE", "R1", page.now_ms))
        page.put_refund(Refund("r-2", "order-1", 60, "DONE", "R2", page.now_ms))
    assert [charge[:3] for charge in books.charges()] == [("order-1", 2560, 1060), ("order-2", 100, 0)]
    assert (books.taken("order-1"), books.taken("order-3")) == (1500, 0)


def test_what_fails_half_way_never_was(books):
    def half_way() -> None:
        with books.page() as page:
            page.put(Order("order-1", "PAID", 2560, "CNY", page.now_ms, charged_minor=2560))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_way()
    assert books.charges() == []


def test_many_at_once_lose_nothing(books):
    def pay(number: int) -> None:
        for part in range(5):
            enter(books, f"order-{number}-{part}", charged_minor=1)

    threads = [threading.Thread(target=pay, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(books.charges()) == 20


def test_a_killed_bank_keeps_its_books(tmp_path):
    script = (
        "import os, sys, pathlib; from payments.fakes.books import Books, Order;"
        "b = Books(pathlib.Path(sys.argv[1]));"
        "p = b.page(); page = p.__enter__(); page.put(Order('a', 'PAID', 1, 'CNY', 0, charged_minor=1));"
        "p.__exit__(None, None, None); q = b.page(); page = q.__enter__();"
        "page.put(Order('b', 'PAID', 1, 'CNY', 0, charged_minor=1)); os.kill(os.getpid(), 9)"
    )
    path = tmp_path / "books.sqlite"
    assert subprocess.run([sys.executable, "-c", script, str(path)], check=False).returncode == -signal.SIGKILL
    assert [charge.number for charge in Books(path).charges()] == ["a"]


@pytest.fixture
def done():
    return []


@pytest.fixture
def server(done):
    def answer(call):
        done.append(call.path)
        return Reply(200, b"well")

    server = FakeServer(answer)
    yield server
    server.close()


def get(server: FakeServer) -> httpx.Response:
    return httpx.get(f"{server.url}/x?y=1", timeout=5, trust_env=False)


def test_it_answers_and_remembers_what_came(server, done):
    assert get(server).content == b"well"
    assert [call.path for call in server.calls] == done == ["/x?y=1"]


def test_a_fault_that_does_not_ask_the_bank_leaves_it_untouched(server, done):
    server.fault = lambda call, answer, wire: wire.cut()
    with pytest.raises(httpx.HTTPError):
        get(server)
    assert (done, len(server.calls)) == ([], 1)


def test_a_fault_after_the_bank_has_its_work_done(server, done):
    server.fault = lambda call, answer, wire: (answer(), wire.cut(reset=True))
    with pytest.raises(httpx.HTTPError):
        get(server)
    assert done == ["/x?y=1"]


def test_half_an_order_is_no_order(server, done):
    with closing(socket.create_connection(("127.0.0.1", httpx.URL(server.url).port or 0))) as line:
        line.sendall(b"POST /x HTTP/1.1\r\nContent-Length: 10\r\n\r\nhalf")
        line.shutdown(socket.SHUT_WR)
        with suppress(http.client.HTTPException, OSError):
            assert line.recv(100) == b""
    assert done == []


def test_a_late_answer_does_not_hold_up_the_end(done):
    server = FakeServer(lambda call: Reply(200, late_s=600))
    asked = threading.Thread(target=lambda: get(server))
    started = threading.Event()

    def begin(_call, answer, wire):
        started.set()
        wire.send(answer())

    server.fault = begin
    asked.start()
    assert started.wait(5)
    server.close()
    asked.join(5)
    assert not asked.is_alive()
