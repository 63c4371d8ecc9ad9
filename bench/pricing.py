"""pricing: a basket of 60 lines with 10 offers, beside the bare sum of the same lines."""

from __future__ import annotations

import random
from pathlib import Path

from bench.figure import Figure, side_by_side
from retail.pricing import price_basket
from retail.promotions.body import reference
from retail.promotions.campaign import Campaign, Kind, Taking, Terms
from retail.sale import Line


def measure(_folder: Path, *, lines: int = 60, offers: int = 10, baskets: int = 50, rounds: int = 5) -> list[Figure]:
    """Microseconds a basket."""
    chance = random.Random(1)
    several = [
        Campaign(f"o{number}", Terms(Kind.N_FOR_X, 2 + number % 3, price=400 + 50 * number)) for number in range(offers)
    ]
    known = {reference(one): one for one in several}
    takings = [Taking(named) for named in known]
    basket = [
        Line(
            number,
            f"{number}",
            sku=f"S{number}",
            quantity=chance.randint(1, 4),
            unit_minor=chance.randint(200, 900),
            tax_rate_bp=1300,
            takings=(takings[number % offers],),
        )
        for number in range(1, lines + 1)
    ]
    plain = sum(line.unit_minor * line.quantity for line in basket)
    assert price_basket(basket, known).total_minor < plain

    def ours() -> None:
        for _ in range(baskets):
            price_basket(basket, known)

    def bare() -> None:
        for _ in range(baskets):
            sum(line.unit_minor * line.quantity for line in basket)

    mine, least = side_by_side(ours, bare, rounds=rounds)
    what = f"price {lines} lines, {offers} offers"
    return [Figure("pricing", what, mine / baskets * 1000, "µs", bare=least / baskets * 1000)]
