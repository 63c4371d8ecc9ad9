"""What must hold of every answer of the engine, for baskets too big to try everything."""

import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from retail.promotions.engine import Engine
from retail.promotions.goods import Goods, Priced
from tests.retail.promotions.brute_force import Answer, cheapest
from tests.retail.promotions.made_up import Asked, asked, gross, seeded
from tests.retail.promotions.oracle_pieces import offers_for
from tests.retail.promotions.settled import discounts_of, total_of

NIGHTLY = bool(os.environ.get("KIOSK_NIGHTLY"))
ANY = st.randoms(use_true_random=False)
often = settings(
    max_examples=500 if NIGHTLY else 40,
    deadline=None,
    derandomize=not NIGHTLY,
    suppress_health_check=list(HealthCheck),
)
# Prints every answer to sixty questions.
ANSWERS = """
from retail.promotions.engine import Engine
from tests.retail.promotions.made_up import seeded
for seed in range(60):
    case = seeded(seed, pieces=10, campaigns=6, layers=2)
    print(Engine().price(case.goods, case.campaigns, case.shopper))
"""


def big(chance: Random, *, layers: int = 1) -> Asked:
    return asked(chance, pieces=chance.choice((5, 10, 16)), campaigns=8, layers=layers)


def price(case: Asked, goods: tuple[Goods, ...] | None = None) -> Priced:
    return Engine().price(case.goods if goods is None else goods, case.campaigns, case.shopper)


def by_sku(goods: tuple[Goods, ...], priced: Priced) -> Counter[str]:
    paid: Counter[str] = Counter()
    for one, (net, _) in zip(goods, discounts_of(goods, priced), strict=True):
        paid[one.sku] += net
    return paid


def renumbered(goods: list[Goods]) -> tuple[Goods, ...]:
    return tuple(replace(one, number=number) for number, one in enumerate(goods, 1))


@often
@given(chance=ANY)
def test_a_basket_is_never_dearer_than_without_campaigns_and_no_line_costs_less_than_nothing(chance: Random) -> None:
    case = big(chance, layers=3)
    priced = price(case)
    assert all(net >= 0 for net, _ in discounts_of(case.goods, priced))
    assert all(one.saving_minor >= 0 for found in priced.discounts.values() for one in found)
    assert total_of(case.goods, priced) <= case.gross


@often
@given(chance=ANY)
def test_the_discounts_of_the_lines_are_those_of_the_uses_to_the_cent(chance: Random) -> None:
    priced = price(big(chance, layers=3))
    of_lines: Counter[str] = Counter()
    for found in priced.discounts.values():
        for one in found:
            of_lines[one.campaign.id] += one.saving_minor
    of_uses = Counter({use.campaign.id: use.saving_minor for use in priced.uses})
    assert +of_lines == +of_uses
    assert all(use.times > 0 for use in priced.uses)


@often
@given(chance=ANY)
def test_an_answer_is_lawful(chance: Random) -> None:
    case = big(chance, layers=3)
    priced = price(case)
    offers = {offer.campaign.id: offer for offer in offers_for(case.campaigns, case.shopper)}
    assert all(offers[use.campaign.id].may_use(use.times) for use in priced.uses)
    groups = Counter(use.campaign.group for use in priced.uses if use.campaign.group)
    assert all(used == 1 for used in groups.values())
    for one in case.goods:
        pieces: Counter[int] = Counter()
        found = priced.discounts.get(one.number, ())
        for discount in found:
            pieces[discount.campaign.layer] += discount.pieces
        alone = sum(discount.pieces for discount in found if discount.campaign.alone)
        others = max((pieces[layer] for layer in pieces), default=0) if alone else 0
        assert all(taken <= one.quantity for taken in pieces.values())
        assert max(alone, others) <= one.quantity


@often
@given(chance=ANY)
def test_the_order_of_scanning_changes_no_total_and_no_product(chance: Random) -> None:
    case = big(chance, layers=2)
    goods = list(case.goods)
    chance.shuffle(goods)
    shuffled = renumbered(goods)
    assert by_sku(shuffled, price(case, shuffled)) == by_sku(case.goods, price(case))


@often
@given(chance=ANY)
def test_the_order_of_the_campaigns_changes_nothing(chance: Random) -> None:
    case = big(chance, layers=2)
    names = list(case.campaigns)
    chance.shuffle(names)
    other = Engine().price(case.goods, {name: case.campaigns[name] for name in names}, case.shopper)
    assert other == price(case)


@often
@given(chance=ANY)
def test_goods_that_are_added_never_cost_more_than_their_own_price(chance: Random) -> None:
    case = big(chance)
    number = chance.randrange(len(case.goods))
    fewer = case.goods[:number] + case.goods[number + 1 :]
    before, after = price(case, fewer), price(case)
    if not before.off_at_most_minor and not after.off_at_most_minor:
        assert total_of(case.goods, after) <= total_of(fewer, before) + gross(case.goods[number])


@often
@given(chance=ANY)
def test_an_engine_that_remembers_answers_as_a_fresh_one_while_lines_come_and_go(chance: Random) -> None:
    case = big(chance, layers=2)
    engine, basket = Engine(), list[Goods]()
    for one in case.goods:
        basket.append(one)
        if len(basket) > 2 and chance.random() < 0.2:
            basket.pop(chance.randrange(len(basket)))
        assert engine.price(basket, case.campaigns, case.shopper) == price(case, tuple(basket))


@often
@given(chance=ANY)
def test_an_engine_remembers_nothing_of_another_shopper_or_other_campaigns(chance: Random) -> None:
    engine = Engine()
    for _ in range(4):
        case = asked(chance, pieces=5, campaigns=3, layers=2)
        assert engine.price(case.goods, case.campaigns, case.shopper) == price(case)


def _by_product(answer: Answer) -> set[frozenset[tuple[str, str, int]]]:
    """What each product saves by each campaign, in every combination that reaches the lowest total."""
    found = set()
    for uses in answer.combinations:
        saved: Counter[tuple[str, str]] = Counter()
        for name, sale in uses:
            for index, off in sale.discounts.items():
                saved[answer.pieces[index].sku, name] += off
        found.add(frozenset((sku, name, off) for (sku, name), off in saved.items() if off))
    return found


@pytest.mark.parametrize("layers", [1, 2])
def test_each_product_saves_what_it_does_in_one_of_the_cheapest_combinations(layers: int) -> None:
    for seed in range(4000 if NIGHTLY else 120):
        case = seeded(seed, pieces=4, campaigns=3, layers=layers)
        names = {campaign.id: name for name, campaign in case.campaigns.items()}
        skus = {one.number: one.sku for one in case.goods}
        saved: Counter[tuple[str, str]] = Counter()
        for line, found in price(case).discounts.items():
            for one in found:
                saved[skus[line], names[one.campaign.id]] += one.saving_minor
        ours = frozenset((sku, name, off) for (sku, name), off in saved.items() if off)
        every = cheapest(case.goods, case.campaigns, case.shopper, every=True)
        assert ours in _by_product(every), f"seeded({seed})"


def test_processes_that_hash_otherwise_give_the_same_answers() -> None:
    answers = {
        subprocess.run(
            [sys.executable, "-c", ANSWERS],
            env={
                **os.environ,
                "PYTHONHASHSEED": seed,
                "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            },
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("0", "1", "77")
    }
    assert len(answers) == 1
    assert b"Priced(" in answers.pop()
