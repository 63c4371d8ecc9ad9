"""lookup: a code's product, price and campaigns from the lane's list, beside one bare SELECT by primary key."""

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
        Figure("lookup", f"find a code among {products:,}", mine / lookups * 1000, "µs", bare=least / lookups * 1000),
        among_campaigns(folder, products=products, campaigns=products // 5, lookups=lookups),
    ]


def among_campaigns(folder: Path, *, products: int = PRODUCTS, campaigns: int = 10_000, lookups: int = 2000) -> Figure:
    """Microseconds a look-up in a list with ten rows of goods for each campaign, beside the same list without any."""
    paths = [folder / "lookup-campaigns.sqlite", folder / "lookup-none.sqlite"]
    codes = write_big_list(paths[0], products, campaigns=campaigns)
    write_big_list(paths[1], products, campaigns=1)
    asked, at = random.Random(1).choices(codes, k=lookups), datetime.now(UTC)
    with closing(PriceList(paths[0])) as many, closing(PriceList(paths[1])) as none:

        def ask(prices: PriceList) -> None:
            for code in asked:
                assert prices.find(code, at) is not None

        mine, least = side_by_side(lambda: ask(many), lambda: ask(none), rounds=7)
    what = f"find a code, {campaigns * 10:,} rows of campaigns"
    return Figure("lookup", what, mine / lookups * 1000, "µs", bare=least / lookups * 1000)
