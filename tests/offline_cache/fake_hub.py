"""A hub on loopback that speaks the protocol, and breaks it in every way that a test asks for."""

from __future__ import annotations

import hashlib
import json
import re
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from offline_cache.price_list.keys import encode_public_key, key_id, raw_public_key
from tests.offline_cache.lists import Packed

TOKEN = "lane-token-never-to-be-logged"


@dataclass
class Seen:
    """A request that came."""

    method: str
    path: str
    headers: dict[str, str]


@dataclass
class FakeHub:
    """What the hub has, how it misbehaves, and what it was asked. Faults hold until a test takes them away."""

    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    packed: dict[str, Packed] = field(default_factory=dict)  # by store, or store/channel
    files: dict[str, bytes] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    refuse: dict[int, str] = field(default_factory=dict)  # number: reason
    seen: list[Seen] = field(default_factory=list)
    cut_at: list[int] = field(default_factory=list)  # each file answer ends after so many bytes, while any are left
    statuses: dict[str, int] = field(default_factory=dict)  # part of a path: status to answer instead
    raw: dict[str, bytes] = field(default_factory=dict)  # part of a path: body to answer instead
    hangs_up: str = ""  # part of a path: no answer at all
    slow: str = ""  # part of a path: the answer takes a twentieth of a second
    ignores_ranges: bool = False
    pause_s: float = 0.0  # between the pieces of a file
    clock_ahead_s: float = 0.0
    take_at_most: int = 500
    says: dict[str, Any] = field(default_factory=dict)  # what else it answers with where it waits
    most_bytes: int = 1 << 30  # a longer post is answered 413
    parked: int | None = None
    heartbeats: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def publish(self, packed: Packed) -> None:
        """Offer a list; older files stay."""
        store, channel = packed.manifest["store"], packed.manifest["channel"]
        self.packed[store if channel == "lane" else f"{store}/{channel}"] = packed
        self.files |= packed.files

    @property
    def public_key(self) -> str:
        return encode_public_key(raw_public_key(self.key))

    def asked(self, part: str) -> list[Seen]:
        """Requests whose path contains a text."""
        return [one for one in self.seen if part in one.path]

    def take(self, events: list[dict[str, Any]]) -> tuple[int, dict[str, Any]]:
        """The status and answer to a post of events: the hub's own rules, written anew from the protocol."""
        refused = []
        for event in events[: self.take_at_most]:
            following = len(self.events) + 1
            if event["number"] < following:
                if self.events[event["number"] - 1]["hash"] != event["hash"]:
                    return 409, {"detail": "another event has this number", "next": following}
                continue
            fields = [event[name] for name in ("number", "at", "kind", "sale_id", "body", "previous_hash")]
            text = json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
            head = self.events[-1]["hash"] if self.events else ""
            whole = hashlib.sha256(text.encode()).hexdigest() == event["hash"] and event["previous_hash"] == head
            if event["number"] != following or not whole:
                return 409, {"detail": "the chain is broken", "next": following}
            self.events.append(event)
            if event["number"] in self.refuse:
                refused.append({"number": event["number"], "reason": self.refuse[event["number"]]})
        return 200, {"next": len(self.events) + 1, "refused": refused}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # headers and body leave apart; else each answer waits 40 ms for an acknowledgement
    hub: FakeHub

    def log_message(self, *_: object) -> None: ...

    def do_GET(self) -> None:
        if self._faulty(b""):
            return
        hub, path = self.hub, self.path
        if path == "/v1/key":
            self._json(200, {"key_id": key_id(raw_public_key(hub.key)), "public_key": hub.public_key})
        elif match := re.fullmatch(r"/v1/price-lists/(.+)/manifest.json", path):
            self._manifest(match[1])
        elif match := re.fullmatch(r"/v1/price-lists/files/([0-9a-f]{64}).sqlite.zst", path):
            self._file(match[1])
        elif self._authorized():
            head = hub.events[-1]["hash"] if hub.events else ""
            self._json(200, {"next": len(hub.events) + 1, "head": head, **hub.says})

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self._faulty(body) or not self._authorized():
            return
        if self.path.endswith("/heartbeat"):
            now = datetime.fromtimestamp(time.time() + self.hub.clock_ahead_s, UTC)
            self.hub.heartbeats.append(json.loads(body))
            parked = {} if self.hub.parked is None else {"parked": self.hub.parked}
            self._json(200, {"time": now.isoformat(), **parked})
        elif len(body) > self.hub.most_bytes:
            self._json(413, {"detail": "too large"})
        else:
            plain = self._unpacked(body)
            self._json(*(self.hub.take(json.loads(plain)["events"]) if plain else (415, {"detail": "what is this?"})))

    def _unpacked(self, body: bytes) -> bytes:
        encoding = self.headers.get("Content-Encoding")
        if encoding is None:
            return body
        return zstandard.ZstdDecompressor().decompress(body) if encoding in self.hub.says.get("accepts", ()) else b""

    def _faulty(self, _body: bytes) -> bool:
        self.hub.seen.append(Seen(self.command, self.path, dict(self.headers.items())))
        if self.hub.slow and self.hub.slow in self.path:
            time.sleep(0.05)
        if self.hub.hangs_up and self.hub.hangs_up in self.path:
            self.close_connection = True
            return True
        for part, status in self.hub.statuses.items():
            if part in self.path:
                self._json(status, {"detail": "as the test wants it"})
                return True
        for part, content in self.hub.raw.items():
            if part in self.path:
                self._answer(200, content)
                return True
        return False

    def _authorized(self) -> bool:
        if self.headers.get("Authorization") == f"Bearer {TOKEN}":
            return True
        self._json(401, {"detail": "unknown token"})
        return False

    def _manifest(self, store: str) -> None:
        packed = self.hub.packed.get(store)
        if packed is None:
            self._json(404, {"detail": "no such store"})
            return
        content = json.dumps(packed.envelope).encode()
        etag = f'"{hashlib.sha256(content).hexdigest()}"'
        if self.headers.get("If-None-Match") == etag:
            self._answer(304, b"", ETag=etag)
        else:
            self._answer(200, content, ETag=etag)

    def _file(self, sha256: str) -> None:
        content, start = self.hub.files[sha256], 0
        status, headers = 200, {}
        wanted = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
        if wanted and not self.hub.ignores_ranges:
            start = int(wanted[1])
            if start >= len(content):
                self._answer(416, b"")
                return
            status, headers = 206, {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
        rest = content[start:]
        cut = self.hub.cut_at.pop(0) if self.hub.cut_at else None
        self.send_response(status)
        for name, value in {"Content-Length": str(len(rest)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self._pour(rest if cut is None else rest[:cut])
        if cut is not None:
            self.close_connection = True

    def _pour(self, content: bytes) -> None:
        step = 2048 if self.hub.pause_s else len(content) or 1
        try:
            for place in range(0, len(content), step):
                self.wfile.write(content[place : place + step])
                self.wfile.flush()
                time.sleep(self.hub.pause_s)
        except OSError:  # the other side has had enough, which is what such a test wants
            self.close_connection = True

    def _json(self, status: int, value: object) -> None:
        self._answer(status, json.dumps(value).encode())

    def _answer(self, status: int, content: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)


class _Http(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing: an agent that was killed or has had enough leaves in the middle, as the tests want it."""


class Server:
    """The fake hub behind a real socket; can be switched off and on again at the same address."""

    def __init__(self, hub: FakeHub) -> None:
        self._handler = type("Handler", (_Handler,), {"hub": hub})
        self._port = 0
        self.start()
        hub.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Answer."""
        self._http = _Http(("127.0.0.1", self._port), self._handler)
        self._port = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Be away: connections are refused."""
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()
