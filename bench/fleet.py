"""fleet: ten thousand lanes that ask and beat every 15 s: what of a hub that takes, and when all have a new list.

The fleet is one process (bench.lanes); both share this machine, so what the hub uses is read from the system.
"""

from __future__ import annotations

import hashlib
import json
import resource
import secrets
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Final

from sqlalchemy import insert

from bench.figure import Figure, percentile
from bench.lanes import Order, Told
from bench.served_hub import STORE, Served, hub, served_hub
from hub.data_folder import DataFolder
from hub.services import open_hub
from hub.tables import LANE

_JITTER: Final = 1.1  # as the lanes have it: the longest that one waits, against the usual
_SETTLED: Final = 0.2  # of the time between two questions; at least a second
_SPARE_FILES: Final = 200
_QUESTIONS: Final = 2  # a manifest and a heartbeat
_LIMIT_S: Final = 60


def measure(folder: Path, *, lanes: int = 10_000, poll_s: float = 15) -> list[Figure]:
    """Share of one core, and seconds from the moment that a manifest is in place."""
    lanes = min(lanes, resource.getrlimit(resource.RLIMIT_NOFILE)[1] - _SPARE_FILES)
    figures: list[Figure] = []
    with served_hub(folder / "hub") as running:
        tokens = _enrol(folder / "hub", lanes)
        for keep in (True, False):
            order = Order(running.port, STORE, poll_s, keep, tokens)
            figures += _measured(folder / "hub", running, order)
    return figures


def _enrol(data: Path, lanes: int) -> list[str]:
    """Tokens of so many lanes, all entered at once: one by one would take minutes."""
    tokens = [secrets.token_urlsafe(32) for _ in range(lanes)]
    same = {"store": STORE, "life": 1, "rejoin": False, "head_number": 0, "head_hash": "", "enrolled_at": 0}
    rows = [
        {**same, "name": str(number), "token_sha256": hashlib.sha256(token.encode()).hexdigest(), "status": "{}"}
        for number, token in enumerate(tokens)
    ]
    with open_hub(DataFolder(data)) as opened, opened.database.write() as connection:
        connection.execute(insert(LANE), rows)
    return tokens


def _measured(data: Path, running: Served, order: Order) -> list[Figure]:
    command = (sys.executable, "-m", "bench.lanes")
    round_s = order.poll_s * _JITTER + max(1.0, order.poll_s * _SETTLED)
    before = running.processor_s()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as fleet:
        assert fleet.stdin is not None
        fleet.stdin.write(json.dumps(asdict(order)) + "\n")
        fleet.stdin.flush()
        time.sleep(round_s + order.poll_s)  # all have come once, and again
        memory = running.memory_mb()
        hub(data, "publish", "--store", STORE)
        published = (data / "price-lists" / STORE / "manifest.json").stat().st_mtime
        time.sleep(round_s)
        told = Told(**json.loads(fleet.communicate(timeout=_LIMIT_S)[0]))
    used_s = running.processor_s() - before
    newest = [at - published for at in told.had[max(told.had, key=int)]]
    if told.failures:
        print(f"fleet: questions that failed: {told.failures}", file=sys.stderr)
    without = sum(told.failures.values()) + len(order.tokens) - len(newest)
    # For each answer, times those that come in a second: the same however long the hub had to wait for the processor.
    share = used_s / told.answers * _QUESTIONS * len(order.tokens) / order.poll_s * 100
    return [*_figures(order, share, memory, newest), _failed(order, without)]


def _failed(order: Order, without: int) -> Figure:
    """Questions without an answer, and lanes without the list: on a machine that is busy with more than this."""
    return Figure("fleet failed", f"of {len(order.tokens):,} lanes, {_how(order)}", without, "", floor=1)


def _how(order: Order) -> str:
    return "kept connections" if order.keep else "a connection each time"


def _figures(order: Order, share: float, memory: float, delays: list[float]) -> list[Figure]:
    fleet = f"{len(order.tokens):,} lanes, {_how(order)}"
    every_s = order.poll_s
    return [
        Figure("fleet", f"{fleet}: of one core", share, "%"),
        Figure("fleet memory", f"{fleet}: the hub", memory, "MB"),
        # Beside it: what asking so seldom takes by itself.
        Figure("fleet p50", f"{fleet}: has the list", percentile(delays, 50), "s", bare=every_s / 2),
        Figure("fleet p99", f"{fleet}: has the list", percentile(delays, 99), "s", bare=every_s),
        Figure("fleet last", f"{fleet}: has the list", max(delays), "s", bare=every_s * _JITTER),
    ]
