"""price: a look-up in a list with 100,000 rows of goods in campaigns, beside the same list without any."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bench.big_list import PRODUCTS, ean13
from bench.figure import Figure, side_by_side
from offline_cache.price_list.reader import PriceList
from offline_cache.price_list.writer import Meta, PriceListWriter, PriceRow, TakingRow
from retail.product import Product
from retail.promotions.campaign import Campaign

_TAKINGS: Final = 2
_SLOWER_AT_MOST: Final = 1.15


def look_ups(folder: Path, campaigns: Sequence[Campaign], *, products: int = PRODUCTS) -> Iterator[Figure]:
    """Microseconds a look-up, each code once: nothing is found that was found before."""
    codes = _write(folder / "without.sqlite", products, ())
    _write(folder / "with.sqlite", products, campaigns)
    asked = random.Random(1).sample(codes, k=4000)
    at = datetime.now(UTC)
    with closing(PriceList(folder / "with.sqlite")) as promoted, closing(PriceList(folder / "without.sqlite")) as plain:

        def look(prices: PriceList, *, takings: int) -> None:
            for code in asked:
                found = prices.find(code, at)
                assert found is not None
                assert len(found.takings) == takings

        ours, bare = side_by_side(lambda: look(promoted, takings=_TAKINGS), lambda: look(plain, takings=0), rounds=9)
    what = f"a look-up among {products:,} with {products * _TAKINGS:,} rows in {len(campaigns):,} campaigns, or none"
    each, least = ours / len(asked) * 1000, bare / len(asked) * 1000
    yield Figure("price", what, each, "µs", least, least * _SLOWER_AT_MOST)


def _write(path: Path, products: int, campaigns: Sequence[Campaign]) -> list[str]:
    codes = [ean13(f"20{number:010d}") for number in range(products)]
    with PriceListWriter(path, Meta("bench", 1, "CNY", datetime.now(UTC))) as writer:
        for campaign in campaigns:
            writer.add_campaign(campaign)
        for number, code in enumerate(codes):
            names = {"en": f"Product {number}", "zh-CN": f"商品{number}", "zh-TW": f"商品{number}"}
            own = [campaigns[(number * 7 + 13 * row) % len(campaigns)] for row in range(_TAKINGS if campaigns else 0)]
            writer.add_product(
                Product(f"S{number}", names, category=f"c{number % 30}", tax_rate_bp=1300),
                codes={code: 1},
                prices=[PriceRow("list", 100 + number % 5000)],
                takings=[TakingRow(one.id) for one in own],
            )
    return codes
