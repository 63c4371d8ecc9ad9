"""The engine's total is the least that an integer programming solver proves, on real days and made-up hostile sets."""

import os
from collections.abc import Callable
from itertools import islice
from random import Random

import pytest

from bench.real_days import baskets, read_day
from retail.promotions.campaign import Kind
from retail.promotions.engine import Engine
from tests.retail.promotions.brute_force import cheapest
from tests.retail.promotions.made_up import Asked, seeded
from tests.retail.promotions.milp import lowest
from tests.retail.promotions.settled import total_of
from tests.shared_data import shared_file

NIGHTLY = bool(os.environ.get("KIOSK_NIGHTLY"))
DAYS = [("10", "שופרסל"), ("10", "ויקטורי"), ("21", "אושר עד"), ("22", "רמי לוי")]
HONG_KONG = [Kind.N_FOR_X, Kind.N_SAVE_X, Kind.N_PLUS_M, Kind.PERCENT]


def agree(case: Asked) -> None:
    priced = Engine().price(case.goods, case.campaigns, case.shopper, hints=False)
    least, ours = lowest(case.goods, case.campaigns, case.shopper), total_of(case.goods, priced)
    assert ours - priced.off_at_most_minor <= least <= ours
    assert ours == least or priced.off_at_most_minor


@pytest.mark.parametrize(("day", "chain"), DAYS)
def test_real_days_cost_the_least_that_the_solver_proves(day: str, chain: str) -> None:
    prices = shared_file("prices", f"il_prices_2026-08-{day}.csv.gz")
    promotions = shared_file("promotions", f"il_promos_2026-08-{day}.csv.gz")
    store, engine = read_day(prices, promotions, chain), Engine()
    chance = Random(int(day))  # noqa: S311 - repeatable, no secret
    for goods, campaigns in islice(baskets(store, chance), 2500 if NIGHTLY else 60):
        priced = engine.price(goods, campaigns, hints=False)
        assert priced.off_at_most_minor == 0
        assert total_of(goods, priced) == lowest(goods, campaigns)


@pytest.mark.parametrize(
    "options",
    [
        {"pieces": 25, "campaigns": 6},
        {"pieces": 25, "campaigns": 6, "kinds": HONG_KONG},
        {"pieces": 12, "campaigns": 16},
    ],
)
def test_bigger_baskets_cost_the_least_that_the_solver_proves(options: dict[str, object]) -> None:
    _all_agree(lambda seed: seeded(seed, **options), 600 if NIGHTLY else 25)


def test_the_solver_agrees_with_trying_everything() -> None:
    for seed in range(2000 if NIGHTLY else 60):
        case = seeded(seed)
        least = cheapest(case.goods, case.campaigns, case.shopper).total
        assert lowest(case.goods, case.campaigns, case.shopper) == least, f"seeded({seed})"


def _all_agree(case: Callable[[int], Asked], count: int) -> None:
    for seed in range(count):
        try:
            agree(case(seed))
        except AssertionError as exc:
            exc.add_note(f"seed {seed}")
            raise
