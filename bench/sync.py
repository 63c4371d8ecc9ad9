"""sync: a million products from hub to lane, each figure beside the least that it could be; some minutes."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bench import sync_apply, sync_beside, sync_first, sync_memory, sync_month
from bench.figure import Figure
from bench.published import publish

PRODUCTS: Final = 1_000_000
_STEPS: Final = 4
# A tenth of what is measured on a million is measured on a tenth of it: first sync, month.
_TENTH: Final = 10


def measure(folder: Path) -> Iterator[Figure]:
    """All of it; BENCH_SYNC_PRODUCTS makes it smaller, and then the floors mean little."""
    return figures(folder, products=int(os.environ.get("BENCH_SYNC_PRODUCTS", PRODUCTS)), scans=200, rounds=3)


def figures(folder: Path, *, products: int, scans: int, rounds: int) -> Iterator[Figure]:
    """One after the other, each with a folder of its own."""
    place = folder / "list"
    place.mkdir()
    published = publish(place, products, steps=_STEPS, changed=products // 20)
    yield from sync_apply.measure_snapshot(_own(folder), published, rounds=rounds)
    yield from sync_apply.measure_delta(_own(folder), published)
    yield from sync_beside.measure_lookups(_own(folder), published)
    yield from sync_beside.measure_frames(_own(folder), published, scans=scans)
    yield from sync_beside.measure_sizes(_own(folder), published)
    shutil.rmtree(place)
    yield from sync_month.measure(_own(folder) / "month", products=products // _TENTH)
    yield from sync_first.measure(_own(folder), products=products // _TENTH)
    yield from sync_memory.measure(_own(folder), products=products)


def _own(folder: Path) -> Path:
    """A new folder, the one before it removed: a million products take room."""
    place = folder / "own"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir()
    return place
