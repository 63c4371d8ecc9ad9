"""The engine's total is the least that an integer programming solver proves, on real days and made-up hostile sets."""

import os
from collections.abc import Callable
from itertools import islice
from random import Random

import pytest

from bench.real_days import baskets, read_day
from retail.promotions.body import reference
from retail.promotions.campaign import Campaign, Kind, Taking, Terms
from retail.promotions.engine import Engine
from retail.promotions.goods import Goods
from tests.retail.promotions.brute_force import cheapest
from tests.retail.promotions.made_up import Asked, seeded, terms
from tests.retail.promotions.milp import lowest
from tests.retail.promotions.settled import total_of
from tests.shared_data import shared_file

NIGHTLY = bool(os.environ.get("KIOSK_NIGHTLY"))
DAYS = [("10", "שופרסל"), ("10", "ויקטורי"), ("21", "אושר עד"), ("22", "רמי לוי")]
REWARDS = {Kind.N_FOR_X: {"price": 700}, Kind.N_SAVE_X: {"off": 170}, Kind.PERCENT: {"percent_bp": 1500}}
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


def test_a_long_chain_of_campaigns_that_share_goods_is_proved() -> None:
    """Two for a price on each pair of neighbours, three in a row save more, and a percentage on every fifth."""
    chance = Random(6)  # noqa: S311 - repeatable, no secret
    case = asked_of(chance, 48, [(Kind.N_FOR_X, 2, 1), (Kind.N_SAVE_X, 3, 3), (Kind.PERCENT, 1, 5)])
    priced = Engine().price(case.goods, case.campaigns)
    assert priced.off_at_most_minor == 0
    assert total_of(case.goods, priced) == lowest(case.goods, case.campaigns)


@pytest.mark.parametrize("seed", range(20 if NIGHTLY else 3))
def test_campaigns_that_all_hang_together_are_priced_with_an_honest_bound(seed: int) -> None:
    chance = Random(seed)  # noqa: S311 - repeatable, no secret
    offers = {reference(one): one for one in (Campaign(f"c{n}", terms(chance, Kind.N_FOR_X)) for n in range(30))}
    goods = tuple(
        Goods(
            number, f"s{number}", chance.randint(100, 900), chance.randint(1, 2), takings=some_of(chance, list(offers))
        )
        for number in range(1, 51)
    )
    agree(Asked(goods, offers))


def some_of(chance: Random, names: list[str]) -> tuple[Taking, ...]:
    return tuple(Taking(name) for name in chance.sample(names, 2))


def asked_of(chance: Random, length: int, shapes: list[tuple[Kind, int, int]]) -> Asked:
    """Lines in a row; of each shape a campaign on so many neighbours, beginning at every so many lines."""
    takings: list[list[Taking]] = [[] for _ in range(length)]
    offers = {}
    for kind, size, step in shapes:
        for begins in range(0, length - size + 1, step):
            figures = Terms(kind, size, **REWARDS[kind])  # type: ignore[arg-type]
            one = Campaign(f"{kind}-{begins}", figures)
            offers[reference(one)] = one
            for line in range(begins, begins + size):
                takings[line].append(Taking(reference(one)))
    prices = [chance.randint(300, 600) for _ in takings]
    goods = (
        Goods(number, f"s{number}", price, takings=tuple(own))
        for number, (price, own) in enumerate(zip(prices, takings, strict=True), 1)
    )
    return Asked(tuple(goods), offers)


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
