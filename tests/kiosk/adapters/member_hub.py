"""A hub's book of members on a real socket: it opens seals and answers as told, or keeps silent until it may."""

from __future__ import annotations

import base64
import json
import queue
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from retail.membership.sealing import unseal

Answer = tuple[int, Any]


class MemberHub:
    """`answers` by the last word of the path; `held` keeps every answer back until it is cleared."""

    def __init__(self, port: int = 0) -> None:
        self.key = X25519PrivateKey.generate()
        self.answers: dict[str, Answer] = {}
        self.asked: queue.SimpleQueue[tuple[str, dict[str, Any]]] = queue.SimpleQueue()
        self.free = threading.Event()
        self.free.set()
        hub = self

        class Handler(BaseHTTPRequestHandler):
            def _answer(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length) or b"{}")
                hub.asked.put((self.path, body))
                hub.free.wait(20)
                status, said = hub.answers.get(self.path.rpartition("/")[2], (200, {}))
                answer = (
                    said if isinstance(said, bytes) else json.dumps(said(body) if callable(said) else said).encode()
                )
                self.send_response(status)
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            do_GET = do_POST = _answer  # noqa: N815 - the standard library's names

            def log_message(self, *_args: object) -> None:
                """Silent."""

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.server.daemon_threads = True
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.01})
        self.thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}"

    @property
    def public(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def next(self) -> tuple[str, dict[str, Any]]:
        """The next request that came."""
        return self.asked.get(timeout=10)

    def opened(self, body: Mapping[str, Any], info: str) -> dict[str, str]:
        """What a lane sealed."""
        return unseal(self.key, base64.b64decode(body["sealed"]), info)

    def close(self) -> None:
        self.free.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)


def heard(ask: Callable[[Callable[[Any], None]], None]) -> Any:
    """The answer to one question."""
    answers: queue.SimpleQueue[Any] = queue.SimpleQueue()
    ask(answers.put)
    return answers.get(timeout=20)


def known(body: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """That a claim's shopper is a member."""
    return {
        "claim": body["claim"],
        "state": "known",
        "clubs": ["member"],
        "masked": "138 •• 11",
        "points": 12,
        "coupons": [],
        "used": {"tea": 1},
    } | more
