"""drain: what a lane wrote in a day offline goes up to a hub on the same machine, and what the lane feels of it.

`python -m bench.drain JOURNAL` is that lane: it appends until its input ends, then prints what each append took.
"""

from __future__ import annotations

import json
import select
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Final

from bench.figure import Figure, percentile
from bench.sold_day import sales
from offline_cache.hub_client import HubClient
from offline_cache.journal import Journal, verify
from offline_cache.upload import JournalUpload
from retail.events import Draft, EventKind

_FLOOR_S: Final = 60
_SCAN_EVERY_S: Final = 0.02  # busier than any shopper, so that the worst of them are many enough to mean something
_AT_ONCE: Final = 2000
_LIMIT_S: Final = 60
_TABLE: Final = """
CREATE TABLE event (lane_id INTEGER NOT NULL, life INTEGER NOT NULL, number BIGINT NOT NULL, at TEXT NOT NULL,
  kind TEXT NOT NULL, sale_id TEXT, body TEXT NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL,
  refused TEXT NOT NULL, received_at BIGINT NOT NULL, PRIMARY KEY (lane_id, life, number));
CREATE INDEX event_sale ON event (sale_id);
"""


def measure(folder: Path, *, events: int = 100_000, calm_s: float = 5) -> list[Figure]:
    """Seconds for all events; milliseconds of the lane's appends beside it and without it."""
    path = folder / "journal.sqlite"
    _write_day(path, events)
    bare_s = _plain_inserts(path, folder / "bare.sqlite")
    with _hub(folder / "hub") as (url, token):
        with _lane(path) as calm:
            time.sleep(calm_s)
        with _lane(path) as busy, HubClient(url, store="demo", lane="lane-1", token=lambda: token) as client:
            started = time.perf_counter()
            JournalUpload(path, client).send(lambda _: None)
            ours_s = time.perf_counter() - started
        with HubClient(url, store="demo", lane="lane-1", token=lambda: token) as client:
            assert client.cursor().next > events
    assert verify(path).ok
    return [
        Figure("drain", f"{events:,} events up", ours_s, "s", bare=bare_s, floor=_FLOOR_S * events / 100_000),
        Figure("drain p50", "append beside it", percentile(busy, 50), "ms", bare=percentile(calm, 50)),
        Figure("drain p99", "append beside it", percentile(busy, 99), "ms", bare=percentile(calm, 99)),
    ]


def _write_day(path: Path, events: int) -> None:
    some: list[Draft] = []
    with closing(Journal(path, lambda: datetime.now(UTC))) as journal:
        for sale in sales(events):
            some += sale
            if len(some) >= _AT_ONCE:
                journal.append(*some)
                some = []
        journal.append(*some)


def _plain_inserts(journal: Path, place: Path) -> float:
    """Seconds for the same rows into the same kind of database, as many to a transaction."""
    with closing(sqlite3.connect(journal)) as source:
        rows = source.execute("SELECT 1, 1, number, at, kind, sale_id, body, previous_hash, hash, '', 0 FROM event")
        with closing(sqlite3.connect(place, isolation_level=None)) as db:
            db.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;" + _TABLE)
            taken = 0.0
            while some := rows.fetchmany(_AT_ONCE):
                started = time.perf_counter()
                db.execute("BEGIN IMMEDIATE")
                db.executemany("INSERT INTO event VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", some)
                db.execute("COMMIT")
                taken += time.perf_counter() - started
    return taken


@contextmanager
def _hub(data: Path) -> Iterator[tuple[str, str]]:
    """A hub of its own process: its address and the token of a lane."""
    hub = (sys.executable, "-m", "hub", "--data", str(data))
    subprocess.run((*hub, "demo-shop"), check=True, capture_output=True, timeout=_LIMIT_S)
    enrolled = subprocess.run(
        (*hub, "lane", "--store", "demo", "--lane", "lane-1"),
        check=True,
        capture_output=True,
        text=True,
        timeout=_LIMIT_S,
    )
    with subprocess.Popen((*hub, "serve", "--port", "0"), stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().split()[-1], enrolled.stdout.strip()
        finally:
            process.terminate()


@contextmanager
def _lane(journal: Path) -> Iterator[list[float]]:
    """A lane of its own process that appends all the while: the milliseconds each took, known when it has ended."""
    command = (sys.executable, "-m", "bench.drain", str(journal))
    took: list[float] = []
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield took
        said, _ = process.communicate(timeout=_LIMIT_S)
        took += json.loads(said)


def _scan_until_told(path: Path) -> None:
    took: list[float] = []
    with closing(Journal(path, lambda: datetime.now(UTC))) as journal:
        print("open", flush=True)
        for number in count():
            if select.select([sys.stdin], [], [], _SCAN_EVERY_S)[0]:
                break
            started = time.perf_counter()
            journal.append(Draft(EventKind.HELP_CALLED, None, {"number": number, "reason": "x" * 400}))
            took.append((time.perf_counter() - started) * 1000)
    print(json.dumps(took))


if __name__ == "__main__":
    _scan_until_told(Path(sys.argv[1]))
