"""A fleet of lanes in one process, for bench.fleet: each asks for its manifest, beats, and fetches what is new.

`python -m bench.lanes`: takes an order (JSON) as its first line of input, runs until that ends, prints what it saw.
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
import time
from dataclasses import asdict, dataclass, field

import uvloop

_LIMIT_S = 30


@dataclass(frozen=True, slots=True)
class Order:
    """What the fleet does. `tokens`: one for each lane, named after its place from 0 on."""

    port: int
    store: str
    poll_s: float
    keep: bool
    tokens: list[str]


@dataclass(slots=True)
class Told:
    """What came of it. `had`: for each revision the wall-clock time at which each lane had its manifest and file."""

    had: dict[str, list[float]] = field(default_factory=dict)
    answers: int = 0
    failures: dict[str, int] = field(default_factory=dict)

    def failed(self, how: str) -> None:
        """Count a question that had no answer, or another than it should."""
        self.failures[how] = self.failures.get(how, 0) + 1


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer."""

    status: int
    tag: str
    body: bytes


class Line:
    """A lane's connection to the hub: kept, or a new one for each question."""

    def __init__(self, port: int, *, keep: bool) -> None:
        self._port = port
        self._keep = keep
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, headers: str = "", body: bytes = b"") -> Answer:
        """One exchange."""
        reader, writer = self._streams or await asyncio.open_connection("127.0.0.1", self._port)
        self._streams = (reader, writer)
        close = "" if self._keep else "Connection: close\r\n"
        length = f"Content-Length: {len(body)}\r\n" if body else ""
        writer.write(f"{method} {path} HTTP/1.1\r\nHost: hub\r\n{close}{headers}{length}\r\n".encode() + body)
        answer = await _answer(reader)
        if not self._keep:
            self.close()
        return answer

    def close(self) -> None:
        """Hang up."""
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


async def _answer(reader: asyncio.StreamReader) -> Answer:
    first, *lines = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    return Answer(int(first.split()[1]), headers.get("etag", ""), body)


class Lane:
    """One lane of the fleet."""

    def __init__(self, order: Order, number: int, told: Told) -> None:
        self._order = order
        self._told = told
        self._base = f"/v1/price-lists/{order.store}"
        self._beat = f"/v1/lanes/{number}/heartbeat"
        self._token = f"Authorization: Bearer {order.tokens[number]}\r\n"
        self._line = Line(order.port, keep=order.keep)
        self._tag = ""
        self._revision = 0

    async def live(self) -> None:
        """Ask and beat, at moments of its own, until cancelled."""
        every_s = self._order.poll_s
        try:
            await asyncio.sleep(random.random() * every_s)
            while True:
                begun = time.monotonic()
                await self._once()
                wait_s = every_s * random.uniform(0.9, 1.1) - (time.monotonic() - begun)
                await asyncio.sleep(max(0.0, wait_s))
        finally:
            self._line.close()

    async def _once(self) -> None:
        try:
            async with asyncio.timeout(_LIMIT_S):
                await self._look()
                said = json.dumps({"revision": self._revision, "channel": "lane", "queued": 0}).encode()
                self._count(await self._line.ask("POST", self._beat, self._token, said), 200)
        except (OSError, TimeoutError, asyncio.IncompleteReadError) as exc:
            self._told.failed(type(exc).__name__)
            self._line.close()

    async def _look(self) -> None:
        known = f"If-None-Match: {self._tag}\r\n" if self._tag else ""
        answer = await self._line.ask("GET", f"{self._base}/manifest.json", known)
        if self._count(answer, 200, 304) != 200:
            return
        manifest = json.loads(answer.body)["manifest"]
        file = manifest["deltas"][-1] if manifest["deltas"] else manifest["snapshot"]
        fetched = await self._line.ask("GET", f"/v1/price-lists/files/{file['sha256']}.sqlite.zst")
        if self._count(fetched, 200) == 200 and len(fetched.body) == file["size"]:
            self._tag, self._revision = answer.tag, manifest["revision"]
            self._told.had.setdefault(str(self._revision), []).append(time.time())

    def _count(self, answer: Answer, *wanted: int) -> int:
        self._told.answers += 1
        if answer.status not in wanted:
            self._told.failed(str(answer.status))
        return answer.status


async def run(order: Order) -> Told:
    """The fleet, until standard input ends."""
    told = Told()
    lanes = [asyncio.create_task(Lane(order, number, told).live()) for number in range(len(order.tokens))]
    await asyncio.to_thread(sys.stdin.read)
    for lane in lanes:
        lane.cancel()
    await asyncio.gather(*lanes, return_exceptions=True)
    return told


def main() -> None:
    """Run the fleet that the first line of standard input orders."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print(json.dumps(asdict(uvloop.run(run(Order(**json.loads(sys.stdin.readline())))))))


if __name__ == "__main__":
    main()
