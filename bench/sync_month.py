"""A month of changes taken after a month away: by its chain of deltas, beside a snapshot."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path
from typing import Final

from bench.figure import Figure
from bench.published import Published, fresh_lane, publish

_DAYS: Final = 30
_CHANGED_EVERY: Final = 50  # of a hundred thousand, 2,000 a day


def measure(folder: Path, *, products: int, days: int = _DAYS) -> list[Figure]:
    """Seconds and bytes of both."""
    folder.mkdir()
    month = publish(folder, products, steps=days, changed=products // _CHANGED_EVERY)
    chain, snapshot = month.route(month.steps, whole=False), month.route((), whole=True)
    by_chain = _seconds(folder, month, whole=False)
    by_snapshot = _seconds(folder, month, whole=True)
    shutil.rmtree(folder)
    what = f"{days} × {products // _CHANGED_EVERY:,} changes of {products:,}, a snapshot beside"
    return [
        Figure("month", what, by_chain, "s", bare=by_snapshot),
        Figure("month, wire", what, chain.size / 1e6, "MB", bare=snapshot.size / 1e6),
    ]


def _seconds(folder: Path, month: Published, *, whole: bool) -> float:
    way = month.route(() if whole else month.steps, whole=whole)
    with fresh_lane(folder / "lane") as lane:
        if not whole:
            shutil.copyfile(month.plain, lane.folder.price_list)
        lane.fetched(month, way)
        os.sync()
        started = time.perf_counter()
        lane.install(month, way)
        return time.perf_counter() - started
