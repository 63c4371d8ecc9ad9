"""Applies one delta after another in a process of its own, as the agent beside a running lane does."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from bench.published import Lane, Published

_NICENESS: Final = 5  # as `kiosk-sync run` gives itself
_PATIENCE_S: Final = 120
_LOOK_S: Final = 0.01


@contextmanager
def applying(lane: Path, published: Published, *, begin: Path) -> Iterator[multiprocessing.Process]:
    """It waits for the file `begin`, works, and ends; at the end of the block it must have ended well."""
    worker = multiprocessing.get_context("spawn").Process(target=_apply_all, args=(lane, published, begin))
    worker.start()
    try:
        yield worker  # type: ignore[misc] # a spawned process has a class of its own, and the same methods
        worker.join(_PATIENCE_S)
        assert worker.exitcode == 0, f"the process that applies deltas ended with {worker.exitcode}"
    finally:
        worker.kill()
        worker.join()


def _apply_all(folder: Path, published: Published, begin: Path) -> None:
    os.nice(_NICENESS)
    lane = Lane(folder)
    lane.prepare()
    deadline = time.monotonic() + _PATIENCE_S
    while not begin.exists():
        assert time.monotonic() < deadline, "nobody began"
        time.sleep(_LOOK_S)
    for step in published.steps:
        way = published.route([step], whole=False)
        lane.fetched(published, way)
        lane.install(published, way)
        lane.prepare()
