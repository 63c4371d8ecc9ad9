"""lookup: a code's product, price and offers from the lane's list, beside one bare SELECT by primary key."""

from __future__ import annotations

import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from bench.big_list import PRODUCTS, write_big_list
from bench.figure import Figure, side_by_side
from offline_cache.price_list.reader import PriceList


def measure(folder: Path, *, products: int = PRODUCTS, lookups: int = 2000, rounds: int = 5) -> list[Figure]:
    """Microseconds a look-up."""
    path = folder / "lookup.sqlite"
    codes = random.Random(1).choices(write_big_list(path, products), k=lookups)
    at = datetime.now(UTC)
    prices = PriceList(path)
    with closing(prices), closing(sqlite3.connect(f"{path.as_uri()}?mode=ro&immutable=1", uri=True)) as db:

        def ours() -> None:
            for code in codes:
                found = prices.find(code, at)
                assert found is not None
                assert found.code == code

        def bare() -> None:
            for number in range(1, lookups + 1):
                db.execute("SELECT names FROM product WHERE id = ?", (number * 7919 % products + 1,)).fetchall()

        mine, least = side_by_side(ours, bare, rounds=rounds)
    return [
        Figure("lookup", f"find a code among {products:,}", mine / lookups * 1000, "µs", bare=least / lookups * 1000)
    ]
