"""A lane while another process brings its list up to date: look-ups, frames; and look-ups by size of the list."""

from __future__ import annotations

import contextlib
import random
import shutil
import statistics
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench import goods, lane
from bench.applying import applying
from bench.figure import Figure, percentile
from bench.published import Published, fresh_lane
from kiosk.adapters.lane_files import NewestPriceList
from offline_cache.price_list.reader import PriceList

_SAMPLE: Final = 10_000
_SMALL: Final = 10_000
_PAUSE_S: Final = 0.001


def measure_lookups(folder: Path, published: Published, *, calm_s: float = 5) -> list[Figure]:
    """Milliseconds that 99 of 100 look-ups in the lane's process stay under, while deltas come and without."""
    codes = _codes(published.products)
    with fresh_lane(folder / "lane") as one:
        shutil.copyfile(published.plain, one.folder.price_list)
        prices = NewestPriceList(one.folder.price_list)
        begin = folder / "begin"
        with contextlib.closing(prices), applying(one.folder.path, published, begin=begin) as worker:
            _look_up(prices, codes, _for_seconds(calm_s / 5))  # pages that a lane has in memory long since
            until_prepared = (one.folder.spare).exists
            while not until_prepared():
                time.sleep(_PAUSE_S)
            calm = _look_up(prices, codes, _for_seconds(calm_s))
            begin.touch()
            busy = _look_up(prices, codes, worker.is_alive)
        begin.unlink()
        with contextlib.closing(PriceList(one.folder.price_list)) as newest:
            assert newest.meta.revision == published.steps[-1].announced.revision
    least = percentile(calm, 99)
    what = f"p99 beside {len(published.steps)} deltas of {published.products // 20:,}"
    return [Figure("look-up beside", what, percentile(busy, 99), "ms", bare=least, floor=least + 2)]


def measure_frames(folder: Path, published: Published, *, scans: int) -> list[Figure]:
    """The longest time that the screen's thread did not answer: beside deltas, and (bare) the same lane in peace."""
    lane.write_config(folder)
    data = folder / "data"
    shutil.copyfile(published.plain, data / "price-list.sqlite")
    codes = [goods.code(number) for number in _pieces(published.products, scans)]
    begin = folder / "begin"
    calm = lane.visit(folder, codes)
    with applying(data, published, begin=begin):
        busy = lane.visit(folder, codes, began=begin)
    shutil.rmtree(data)
    block = f"screen's thread in {scans} scans, deltas beside"
    p95 = [percentile(one["shown_ms"], 95) for one in (busy, calm)]
    return [
        Figure("frame beside", block, busy["max_block_ms"], "ms", bare=calm["max_block_ms"], floor=50),
        Figure("scan beside", "scan to frame, p95, deltas beside", p95[0], "ms", bare=p95[1]),
    ]


def measure_sizes(folder: Path, published: Published) -> list[Figure]:
    """Microseconds of the median look-up of a code with its price, beside the same in a small list."""
    small = folder / "small.sqlite"
    size = min(_SMALL, published.products)
    goods.write_list(small, size)
    medians: dict[int, list[float]] = {0: [], 1: []}
    for _ in range(3):
        for place, (path, products) in enumerate(((published.plain, published.products), (small, size))):
            with contextlib.closing(PriceList(path)) as prices:
                codes = _codes(products)
                _find_all(prices, codes)
                medians[place].append(statistics.median(_find_all(prices, codes)))
    big, little = min(medians[0]), min(medians[1])
    what = f"a code with its price among {published.products:,}, beside {size:,}"
    return [Figure("look-up", what, big, "µs", bare=little, floor=min(100.0, 1.5 * little))]


def _codes(products: int) -> list[str]:
    chance = random.Random(2)
    return [goods.code(chance.randint(1, products)) for _ in range(_SAMPLE)]


def _pieces(products: int, count: int) -> list[int]:
    """Goods that a scan puts straight onto the bill: no age to check, nothing to weigh."""
    chance = random.Random(3)
    plain = (chance.randint(1, products) for _ in iter(int, 1))
    return [number for number, _ in zip((n for n in plain if goods.is_plain(n)), range(count), strict=False)]


def _find_all(prices: PriceList, codes: Sequence[str]) -> list[float]:
    taken: list[float] = []
    at = datetime.now(UTC)
    for code in codes:
        started = time.perf_counter_ns()
        found = prices.find(code, at)
        taken.append((time.perf_counter_ns() - started) / 1000)
        assert found is not None
    return taken


def _look_up(prices: NewestPriceList, codes: Sequence[str], go_on: Callable[[], bool]) -> list[float]:
    """Milliseconds of each look-up; the list is changed between two of them, as the till does it."""
    taken: list[float] = []
    at = datetime.now(UTC)
    while go_on():
        for code in codes[len(taken) % len(codes) :][:100]:
            prices.renew()
            started = time.perf_counter_ns()
            found = prices.current().find(code, at)
            taken.append((time.perf_counter_ns() - started) / 1e6)
            assert found is not None
            time.sleep(_PAUSE_S)
    return taken


def _for_seconds(seconds: float) -> Callable[[], bool]:
    end = time.monotonic() + seconds
    return lambda: time.monotonic() < end
