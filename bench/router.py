"""router: a million hostile texts through both steps to an answer; and a known code, beside its bare look-up."""

from __future__ import annotations

import random
import time
from array import array
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bench.big_list import PRODUCTS, write_big_list
from bench.figure import Figure, percentile, side_by_side
from bench.hostile_texts import hostile_texts
from offline_cache.price_list.reader import PriceList
from retail.labels import LabelTemplate
from retail.router import ProductScan, resolve, warm_up

TEXTS = 1_000_000
_TEMPLATES = ("21{item:5}{price:5}{check}", "22{item:5}{weight:5}{check}", "cn-18")


def measure(folder: Path, *, texts: int = TEXTS, products: int = PRODUCTS, rounds: int = 5) -> list[Figure]:
    """Microseconds a text, in a list of so many products; whatever raises, raises here."""
    path = folder / "router.sqlite"
    codes = write_big_list(path, products)
    warm_up()
    with closing(PriceList(path)) as prices:
        prices.templates = tuple(LabelTemplate.parse(pattern) for pattern in _TEMPLATES)
        times, goods = _hostile(prices, texts)
        known = random.Random(1).choices(codes, k=2000)
        hit, bare = _known(prices, known, rounds)
    what = f"{texts:,} hostile texts, {products:,} products"
    return [
        Figure("router p50", what, percentile(times, 50), "µs", floor=50),
        Figure("router p99", what, percentile(times, 99), "µs"),
        Figure("router worst", what, max(times), "µs"),
        Figure("router goods", f"of {what}, taken for goods", goods, ""),
        Figure("router hit", "EAN-13 that the list has", hit, "µs", bare=bare),
    ]


def _hostile(prices: PriceList, texts: int) -> tuple[array[float], int]:
    at = datetime.now(UTC)
    times = array("d")
    goods = 0
    for number, text in enumerate(hostile_texts(texts)):
        began = time.perf_counter_ns()
        found = resolve(text, at=at, lookup=prices, paying=number % 4 == 0)
        times.append((time.perf_counter_ns() - began) / 1000)
        goods += isinstance(found, ProductScan)
    return times, goods


def _known(prices: PriceList, codes: list[str], rounds: int) -> tuple[float, float]:
    at = datetime.now(UTC)

    def ours() -> None:
        for code in codes:
            assert isinstance(resolve(code, at=at, lookup=prices), ProductScan)

    def bare() -> None:
        for code in codes:
            assert prices.find(code, at) is not None

    mine, least = side_by_side(ours, bare, rounds=rounds)
    return mine / len(codes) * 1000, least / len(codes) * 1000
