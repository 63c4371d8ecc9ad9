"""A small threaded HTTP server on the loopback for make-believe banks, which breaks an answer wherever a test wants it.

A fault is called instead of the bank: `fault(call, answer, wire)`. `answer()` lets the bank do its work and returns the
right reply, so a fault that never calls it has a bank that never got the order; `wire` sends, dribbles or cuts.
"""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

_RESET: Final = struct.pack("ii", 1, 0)
_LONGEST_BODY: Final = 1 << 20
_SILENT_CLIENT_S: Final = 30.0
_TICK_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class Call:
    """One request; `path` with its query, `headers` by lower-case name."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)  # holds payment codes


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer; the length is told unless `headers` tell another. `late_s`: sent only then; `cut`: never sent."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    late_s: float = 0.0
    cut: bool = False


class Wire:
    """What a fault does to the connection instead of sending the whole answer."""

    def __init__(self, handler: BaseHTTPRequestHandler, closing: threading.Event) -> None:
        self._handler = handler
        self._closing = closing

    def send(self, reply: Reply) -> None:
        """The answer as it is meant to be sent."""
        self.wait(reply.late_s)
        if reply.cut:
            self.cut()
        else:
            self.raw(head(reply) + reply.body)

    def raw(self, content: bytes) -> None:
        """Any bytes; a client that has gone is no error."""
        with suppress(OSError):
            self._handler.wfile.write(content)
            self._handler.wfile.flush()

    def wait(self, seconds: float) -> None:
        """Let the client wait, but not a server that is being closed."""
        self._closing.wait(seconds)

    def cut(self, *, reset: bool = False) -> None:
        """End the connection here and now."""
        connection = self._handler.connection
        with suppress(OSError):
            if reset:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            else:
                connection.shutdown(socket.SHUT_RDWR)


Answer = Callable[[], Reply]
Fault = Callable[[Call, Answer, Wire], None]


class FakeServer:
    """Answers every request by `answer` until `close`. Set `fault` to spoil the next ones; `calls` is what came."""

    def __init__(self, answer: Callable[[Call], Reply], *, port: int = 0) -> None:
        self.fault: Fault | None = None
        self.calls: list[Call] = []
        self._answer = answer
        self._closing = threading.Event()
        owner = self

        class Handler(_Handler):
            def serve(self, call: Call) -> None:
                owner.serve(call, Wire(self, owner._closing))

        self._server = _Server(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(_TICK_S,), daemon=True)
        self._thread.start()

    def serve(self, call: Call, wire: Wire) -> None:
        """Answer one call, or do to it what the fault says."""
        self.calls.append(call)
        fault = self.fault
        if fault is None:
            wire.send(self._answer(call))
        else:
            fault(call, lambda: self._answer(call), wire)

    def close(self) -> None:
        """Take no more, let nobody wait any longer; idempotent."""
        self._closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64  # the five of socketserver are too few for a rush of lanes

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that cut the line is what these servers are for."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = _SILENT_CLIENT_S

    def serve(self, call: Call) -> None:
        raise NotImplementedError

    def do_GET(self) -> None:
        self._take(b"")

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(min(length, _LONGEST_BODY))
        if len(body) == length:  # less: the request was cut, and no bank acts on half an order
            self._take(body)

    def _take(self, body: bytes) -> None:
        self.close_connection = True
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.serve(Call(self.command, self.path, headers, body))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Quiet: who wants to know reads `calls`."""


def head(reply: Reply) -> bytes:
    """The status line and headers of a reply, up to where its body begins."""
    headers = {"Content-Length": str(len(reply.body)), "Connection": "close", **reply.headers}
    lines = [f"HTTP/1.1 {reply.status} Fake", *(f"{name}: {value}" for name, value in headers.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
