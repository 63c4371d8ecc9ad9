"""What a hint says comes true: with what it names on the basket, that much is saved, and by that campaign."""

import random
from dataclasses import replace

import pytest

from retail.promotions.body import reference
from retail.promotions.campaign import Campaign, Kind, Taking, Terms, Tier
from retail.promotions.engine import Engine
from retail.promotions.goods import Goods, Hint, Priced

HALF = Campaign("half", Terms(Kind.PERCENT, 1, percent_bp=5000))
THIRD_FREE = Campaign("third", Terms(Kind.N_PLUS_M, 2, free=1))
THREE_CHEAPER = Campaign("three", Terms(Kind.PERCENT, 3, percent_bp=1000))
OVER_10 = Campaign("over", Terms(Kind.BASKET, amount_from=1000, off=200), everything=True)


def goods(*lines: tuple[str, int, int], of: tuple[Campaign, ...]) -> list[Goods]:
    takings = tuple(sorted((Taking(reference(one)) for one in of if not one.everything), key=lambda one: one.campaign))
    return [Goods(at, sku, minor, many, takings=takings) for at, (sku, minor, many) in enumerate(lines, 1)]


def priced(lines: list[Goods], *campaigns: Campaign) -> Priced:
    return Engine().price(lines, {reference(one): one for one in campaigns})


def saved(found: Priced) -> int:
    return sum(one.saving_minor for own in found.discounts.values() for one in own)


def hints(lines: list[Goods], *campaigns: Campaign) -> list[tuple[str, int, int, int]]:
    return [
        (hint.campaign.id, hint.saving_minor, hint.pieces, hint.amount_minor)
        for hint in priced(lines, *campaigns).hints
    ]


def test_a_hint_that_comes_true_is_given() -> None:
    assert hints(goods(("a", 300, 2), of=(THIRD_FREE,)), THIRD_FREE) == [("third", 300, 1, 0)]
    assert hints(goods(("a", 450, 2), of=()), OVER_10) == [("over", 200, 0, 100)]


@pytest.mark.parametrize("limit", [1, 2])
def test_no_hint_of_more_pieces_than_may_be_sold_by_it(limit: int) -> None:
    campaign = replace(THREE_CHEAPER, per_receipt=limit)
    assert hints(goods(("a", 300, 2), of=(campaign,)), campaign) == []


def test_what_a_limit_keeps_from_the_pieces_is_not_promised() -> None:
    tiers = Campaign("tiers", Terms(Kind.TIERS, tiers=(Tier(2, 1000), Tier(4, 2000))), per_receipt=3)
    assert hints(goods(("a", 300, 1), of=(tiers,)), tiers) == [("tiers", 60, 1, 0)]
    assert hints(goods(("a", 300, 3), of=(tiers,)), tiers) == []


def test_no_hint_of_a_campaign_that_another_of_its_group_rules_out() -> None:
    better, other = replace(HALF, group="one of us"), replace(THIRD_FREE, group="one of us")
    lines = [*goods(("a", 1000, 1), of=(better,)), *goods(("b", 100, 2), of=(other,))]
    lines = [replace(one, number=at) for at, one in enumerate(lines, 1)]
    assert hints(lines, better, other) == []


def _made_up(chance: random.Random) -> tuple[list[Goods], list[Campaign]]:
    terms = [
        Terms(Kind.N_FOR_X, 2, price=chance.randint(100, 500)),
        Terms(Kind.N_SAVE_X, 2, off=chance.randint(10, 200)),
        Terms(Kind.N_PLUS_M, chance.randint(1, 2), free=1),
        Terms(Kind.NTH_ITEM, 2, percent_bp=5000),
        Terms(Kind.PERCENT, chance.randint(2, 4), percent_bp=1000),
        Terms(Kind.SPECIAL_PRICE, chance.randint(2, 4), price=chance.randint(50, 200)),
        Terms(Kind.TIERS, tiers=(Tier(2, 1000), Tier(4, 2500))),
        Terms(Kind.BASKET, amount_from=chance.randint(500, 2000), off=chance.randint(50, 400)),
    ]
    campaigns = [
        Campaign(
            f"c{at}",
            one,
            group=chance.choice(("", "", "g")),
            layer=chance.choice((0, 0, 1)),
            per_receipt=chance.choice((None, None, 1, 3)),
            everything=one.kind is Kind.BASKET,
        )
        for at, one in enumerate(chance.sample(terms, 4))
    ]
    lines = goods(*((f"s{at}", chance.choice((100, 150, 199, 500)), chance.randint(1, 3)) for at in range(3)), of=())
    return [replace(one, takings=_some(chance, campaigns)) for one in lines], campaigns


def _some(chance: random.Random, campaigns: list[Campaign]) -> tuple[Taking, ...]:
    return tuple(Taking(reference(one)) for one in campaigns if not one.everything and chance.random() < 0.6)


def _with(lines: list[Goods], hint: Hint) -> list[Goods]:
    if hint.amount_minor:
        return [*lines, Goods(99, "more", hint.amount_minor)]
    named = reference(hint.campaign)
    alike = [one for one in lines if one.sku in hint.skus and Taking(named) in one.takings]
    return [*lines, replace(min(alike, key=lambda one: one.unit_minor), number=99, quantity=hint.pieces)]


def test_one_more_of_the_cheapest_saves_what_the_hint_says() -> None:
    chance = random.Random(6)  # noqa: S311 - no secret
    seen = 0
    for _ in range(250):
        lines, campaigns = _made_up(chance)
        now = priced(lines, *campaigns)
        for hint in now.hints:
            then = priced(_with(lines, hint), *campaigns)
            assert saved(then) - saved(now) == hint.saving_minor
            seen += 1
    assert seen > 50
