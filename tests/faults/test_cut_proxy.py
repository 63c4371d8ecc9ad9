"""The proxy that spoils the network spoils just what it was told to."""

from __future__ import annotations

import socketserver
import ssl
import threading
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.faults.cut_proxy import CutProxy, Deed, Trouble, Way

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n0123456789"
HEAD = len(ANSWER) - 10
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # reading the usual authorities takes 0.1 s, each time


class Answering(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        asked = b""
        while piece := self.request.recv(65536):
            asked += piece
            if asked.endswith(b"\r\n\r\n"):
                self.request.sendall(ANSWER)
                asked = b""


class Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        pass  # a cut is what it is here for


@pytest.fixture
def proxy() -> Iterator[CutProxy]:
    with Server(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        proxy = CutProxy(server.server_address[1])
        yield proxy
        proxy.close()
        server.shutdown()


def get(proxy: CutProxy) -> bytes:
    return httpx.get(proxy.url, timeout=5, verify=NO_TLS).content


def test_nothing_is_spoilt_unasked(proxy: CutProxy) -> None:
    assert get(proxy) == get(proxy) == b"0123456789"
    assert proxy.passed(Way.DOWN) == 2 * len(ANSWER)


@pytest.mark.parametrize("deed", [Deed.CUT, Deed.RESET])
@pytest.mark.parametrize(("way", "at"), [(Way.DOWN, 0), (Way.DOWN, HEAD + 3), (Way.UP, 0), (Way.UP, 20)])
def test_a_cut_ends_one_connection_and_the_next_one_works(proxy: CutProxy, way: Way, at: int, deed: Deed) -> None:
    proxy.spoil(Trouble(way, at, deed))
    with pytest.raises(httpx.TransportError):
        get(proxy)
    assert get(proxy) == b"0123456789"


def test_a_lasting_cut_lets_nothing_more_through(proxy: CutProxy) -> None:
    proxy.spoil(Trouble(Way.DOWN, HEAD + 3, lasting=True))
    for _ in range(3):
        with pytest.raises(httpx.TransportError):
            get(proxy)
    proxy.spoil(None)
    assert get(proxy) == b"0123456789"


def test_what_came_before_the_cut_arrives(proxy: CutProxy) -> None:
    proxy.spoil(Trouble(Way.DOWN, HEAD + 3))
    with httpx.stream("GET", proxy.url, verify=NO_TLS) as answer:
        pieces = answer.iter_raw()
        assert next(pieces) == b"012"
        with pytest.raises(httpx.TransportError):
            next(pieces)


def test_one_byte_is_garbled_and_no_other(proxy: CutProxy) -> None:
    proxy.spoil(Trouble(Way.DOWN, HEAD + 3, Deed.GARBLE))
    assert get(proxy) == b"012i456789"
    assert get(proxy) == b"0123456789"


def test_bytes_that_are_held_back_do_not_come(proxy: CutProxy) -> None:
    proxy.spoil(Trouble(Way.DOWN, HEAD + 3, Deed.HOLD))
    with pytest.raises(httpx.ReadTimeout):
        httpx.get(proxy.url, timeout=0.1, verify=NO_TLS)


def test_a_server_that_is_gone_is_a_cut(proxy: CutProxy) -> None:
    other = CutProxy(1)
    with pytest.raises(httpx.TransportError):
        get(other)
    other.close()
