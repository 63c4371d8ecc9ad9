"""One exchange with a gateway ends when it must, whatever the rest of the machine does."""

import socket
import threading
import time

import httpx
import pytest

from payments.exchange import Exchanged, Line


def test_a_resolver_that_does_not_answer_holds_nobody_up(monkeypatch):
    """The machine's resolver cannot be made slow from here, so its one door in Python is."""
    answers = threading.Event()

    def silent(*_: object, **__: object) -> list[object]:
        answers.wait(30)
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", silent)
    line = Line("the bank", httpx.URL("http://bank.example"), connect_s=0.1, total_s=0.3)
    begun = time.monotonic()
    try:
        assert line.send("POST", "/") == Exchanged(unsent=True)
        assert time.monotonic() - begun < 10
    finally:
        answers.set()


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "https://127.0.0.1:9"])
def test_a_refused_connection_is_proof_that_nothing_was_sent(address):
    assert Line("the bank", httpx.URL(address), connect_s=1, total_s=1).send("POST", "/").unsent
