"""A snapshot against its decompression alone, a delta against the sqlite3 shell doing the same INSERT … SELECT."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import zstandard

from bench.figure import Figure
from bench.published import Published, fresh_lane

_CHUNK: Final = 1 << 20
_SHELL: Final = """
ATTACH 'file:{delta}?mode=ro&immutable=1' AS delta;
BEGIN;
DELETE FROM price WHERE (product_id, kind, valid_from) IN (SELECT product_id, kind, valid_from FROM delta.gone_price);
INSERT INTO price SELECT * FROM delta.price WHERE true
  ON CONFLICT (product_id, kind, valid_from) DO UPDATE SET valid_until = excluded.valid_until, minor = excluded.minor;
INSERT INTO meta SELECT * FROM delta.meta WHERE true ON CONFLICT (key) DO UPDATE SET value = excluded.value;
COMMIT;
"""


def measure_snapshot(folder: Path, published: Published, *, rounds: int) -> list[Figure]:
    """Seconds for a list of that size on a lane that has none, and on one whose old list it is compared with."""
    whole = published.route((), whole=True)
    over = published.route(published.steps[:1], whole=True)
    ours, beside, bare = [], [], []
    for _ in range(rounds):
        with fresh_lane(folder / "lane") as lane:
            lane.fetched(published, whole)
            ours.append(_seconds(lambda lane=lane: lane.install(published, whole)))  # type: ignore[misc]
            lane.fetched(published, over)
            beside.append(_seconds(lambda lane=lane: lane.install(published, over)))  # type: ignore[misc]
        bare.append(_seconds(lambda: _unpack_alone(published.packed, folder / "bare")))
        (folder / "bare").unlink()
    least = min(bare)
    what = f"apply {published.products:,} products"
    return [
        Figure("snapshot", what, min(ours), "s", bare=least, floor=3 * least),
        Figure("snapshot, again", f"{what} and a delta over an older list", min(beside), "s", bare=least),
    ]


def measure_delta(folder: Path, published: Published) -> list[Figure]:
    """Seconds for each step, the best of them."""
    ours, bare = [], []
    shell = shutil.which("sqlite3")
    if shell is None:
        print("bench: there is no sqlite3 shell (Debian: sqlite3): deltas are measured alone", flush=True)
    with fresh_lane(folder / "lane") as lane:
        shutil.copyfile(published.plain, lane.folder.price_list)
        shutil.copyfile(published.plain, folder / "copy.sqlite")
        for step in published.steps:
            way = published.route([step], whole=False)
            lane.prepare()
            lane.fetched(published, way)
            ours.append(_seconds(lambda way=way: lane.install(published, way)))  # type: ignore[misc]
            if shell is not None:
                script = _SHELL.format(delta=step.plain)
                command = [shell, "-bail", "-batch", str(folder / "copy.sqlite")]
                bare.append(_seconds(lambda: subprocess.run(command, input=script, text=True, check=True)))  # noqa: B023
    (folder / "copy.sqlite").unlink()
    least = min(bare, default=None)
    rows = f"{published.products // 20:,}"
    floor = None if least is None else 2 * least
    return [Figure("delta", f"apply {rows} prices to {published.products:,}", min(ours), "s", bare=least, floor=floor)]


def _unpack_alone(packed: Path, plain: Path) -> None:
    with packed.open("rb") as source, plain.open("wb") as target:
        zstandard.ZstdDecompressor().copy_stream(source, target, read_size=_CHUNK, write_size=_CHUNK)
        target.flush()
        os.fsync(target.fileno())


def _seconds(work: Callable[[], object]) -> float:
    os.sync()  # what was written before is not ours to wait for
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
