"""A web server that counts its bytes: cuts each exchange where it is told, dribbles, and says what no server should."""

from __future__ import annotations

import re
import socketserver
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Self

ANSWER = "HTTP/1.1 {status} Whatever\r\nContent-Length: {length}\r\nConnection: close\r\n{more}\r\n"


def answer(content: bytes, *, status: int = 200, length: int | None = None, more: str = "") -> bytes:
    """The bytes of a whole answer; `length` if it lies about it."""
    told = len(content) if length is None else length
    return ANSWER.format(status=status, length=told, more=more).encode() + content


@dataclass
class Script:
    """What the server does. `answers`: what to say, by the end of the path, to a request's first byte wanted."""

    answers: dict[str, Callable[[int], bytes]] = field(default_factory=dict)
    cuts: list[int] = field(default_factory=list)  # bytes of each next answer, while any are left
    hear: int | None = None  # hang up after so many bytes of a request
    pause_s: float = 0.0  # between single bytes
    starts: list[int] = field(default_factory=list)  # the first byte wanted of each request that was heard out

    def serve(self, path: str, content: bytes, **told: str) -> None:
        """Answer as a good server, ranges and all."""

        def from_byte(start: int) -> bytes:
            if not start:
                return answer(content)
            where = f"Content-Range: bytes {start}-{len(content) - 1}/{len(content)}\r\n"
            return answer(content[start:], status=206, more=where)

        self.answers[path] = from_byte


class _Handler(socketserver.BaseRequestHandler):
    script: Script
    stopping: threading.Event

    def handle(self) -> None:
        script, heard = self.script, b""
        while b"\r\n\r\n" not in heard:
            if script.hear is not None and len(heard) >= script.hear:
                return
            piece = self.request.recv(65536 if script.hear is None else min(65536, script.hear - len(heard)))
            if not piece:
                return
            heard += piece
        path = heard.split(b" ")[1].decode()
        wanted = re.search(rb"(?i)\r\nRange: bytes=(\d+)-", heard)
        start = int(wanted[1]) if wanted else 0
        script.starts.append(start)
        said = next((say for end, say in script.answers.items() if path.endswith(end)), None)
        content = answer(b"", status=404) if said is None else said(start)
        self._pour(content[: script.cuts.pop(0)] if script.cuts else content)

    def _pour(self, content: bytes) -> None:
        try:
            if not self.script.pause_s:
                self.request.sendall(content)
                return
            for place in range(len(content)):
                self.request.sendall(content[place : place + 1])
                if self.stopping.wait(self.script.pause_s):
                    return
        except OSError:
            pass  # the lane has had enough


class RawServer:
    """Serves a script on loopback. Context manager."""

    def __init__(self) -> None:
        self.script = Script()
        self._stopping = threading.Event()
        handler = type("Handler", (_Handler,), {"script": self.script, "stopping": self._stopping})
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._thread.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
