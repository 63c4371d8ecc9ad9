"""manifests: what a 304 costs a hub, asked by wrk over kept connections, beside a server that does nothing else.

`python -m bench.manifests` is that server: the same HTTP machinery around an application that always says 304.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import httpx
import uvicorn

from bench.figure import Figure
from bench.served_hub import Served, served, served_hub
from hub.cli.serve import listen

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

_CONNECTIONS: Final = 64
_MOST_MS: Final = 1.0  # 1,000 requests a second for one core
_MISSING: Final = "manifests: left out, as wrk is missing: apt-get install wrk"


def measure(folder: Path, *, seconds: int = 5, rounds: int = 2) -> list[Figure]:
    """Processor time of the hub for one answer, and how many it gives a second on this machine as busy as it is."""
    wrk = shutil.which("wrk")
    if wrk is None:
        print(_MISSING, file=sys.stderr)
        return []
    costs: tuple[list[float], list[float]] = ([], [])
    rates: tuple[list[float], list[float]] = ([], [])
    bare = (sys.executable, "-m", "bench.manifests")
    with served_hub(folder / "hub") as ours, served(bare) as least:
        tag = httpx.get(ours.manifest).headers["ETag"]
        for _ in range(rounds):
            for number, one in enumerate((ours, least)):
                cost, rate = _asked(wrk, one, tag, seconds)
                costs[number].append(cost)
                rates[number].append(rate)
    return [
        Figure("manifests", "a 304, the hub's processor", min(costs[0]), "ms", bare=min(costs[1]), floor=_MOST_MS),
        Figure("manifests/s", "one process, all its clients here", max(rates[0]), "a second", bare=max(rates[1])),
    ]


def _asked(wrk: str, one: Served, tag: str, seconds: int) -> tuple[float, float]:
    """Milliseconds of the server's processor for each answer, and answers a second."""
    load = ("--threads", "1", "--connections", str(_CONNECTIONS), "--duration", f"{seconds}s")
    before = one.processor_s()
    said = subprocess.run(
        (wrk, *load, "--header", f"If-None-Match: {tag}", one.manifest),
        check=True,
        capture_output=True,
        text=True,
        timeout=seconds + 30,
    ).stdout
    used = one.processor_s() - before
    assert "Non-2xx" not in said, said
    return used * 1000 / _number(r"(\d+) requests in", said), _number(r"Requests/sec:\s+([\d.]+)", said)


def _number(pattern: str, text: str) -> float:
    found = re.search(pattern, text)
    assert found, text
    return float(found[1])


async def _nothing(_scope: Scope, _receive: Receive, send: Send) -> None:
    headers: list[Any] = [(b"etag", b'"nothing"'), (b"cache-control", b"no-cache")]
    await send({"type": "http.response.start", "status": 304, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def main() -> None:
    """Serve it until told to end."""
    with listen("127.0.0.1", 0) as listener:
        config = uvicorn.Config(_nothing, log_config=None, access_log=False, lifespan="off")
        print(f"serving on http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    main()
