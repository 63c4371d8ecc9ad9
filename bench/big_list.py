"""A price list of any length, invented, the same each time: what look-ups and scans are measured on."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from offline_cache.price_list.writer import Meta, OfferRow, PriceListWriter, PriceRow, TakingRow
from retail.product import Product
from retail.promotions.campaign import Campaign, Kind, Terms, When

PRODUCTS = 50_000
_OFFER_EVERY = 10
_BATCH = 20
_GOODS_OF_ONE = 10
_WEEKLY_EVERY = 10


def write_big_list(
    path: Path, products: int = PRODUCTS, *, campaigns: int = 0, membership: Mapping[str, Any] | None = None
) -> list[str]:
    """Write it; its codes are answered in the list's order. `campaigns`: so many, with ten products each, instead of a
    few multi-buys; every tenth holds on some weekdays only. `membership`: the shop's programme, see Meta."""
    takings = _takings(products, campaigns)
    codes = [ean13(f"20{number:010d}") for number in range(products)]
    meta = Meta("bench", 1, "CNY", datetime.now(UTC), membership=membership or {})
    with PriceListWriter(path, meta) as writer:
        for number, code in enumerate(codes):
            names = {"en": f"Product {number}", "zh-CN": f"商品{number}", "zh-TW": f"商品{number}"}
            product = Product(f"S{number}", names, category=f"c{number % 30}", tax_rate_bp=1300)
            prices = [PriceRow("list", 100 + number % 5000)]
            if number % 7 == 0:
                prices.append(PriceRow("special", 90 + number % 5000))
            writer.add_product(product, codes={code: 1}, prices=prices, takings=takings.get(number, ()))
        for number in range(campaigns):
            writer.add_campaign(_campaign(number))
        for first in range(0, 0 if campaigns else products - _BATCH, _BATCH * _OFFER_EVERY):
            skus = tuple(f"S{number}" for number in range(first, first + _BATCH))
            writer.add_offer(OfferRow(f"o{first}", 2, 150, {"en": "Any two"}, skus))
    return codes


def _takings(products: int, campaigns: int) -> dict[int, list[TakingRow]]:
    found: dict[int, list[TakingRow]] = {}
    chance = random.Random(2)
    for number in range(campaigns):
        for product in chance.sample(range(products), _GOODS_OF_ONE):
            found.setdefault(product, []).append(TakingRow(f"c{number}"))
    return found


def _campaign(number: int) -> Campaign:
    when = When(weekdays=(0, 1, 2, 3, 4)) if number % _WEEKLY_EVERY == 0 else When()
    return Campaign(f"c{number}", Terms(Kind.N_FOR_X, 2, price=150), {"en": f"Any two, number {number}"}, when)


def ean13(twelve: str) -> str:
    """Twelve digits with their check digit (GS1 General Specifications, 7.9)."""
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(twelve))
    return f"{twelve}{-weighted % 10}"
