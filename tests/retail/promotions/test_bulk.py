"""Hundreds of pieces of one product are sold in bulk, but what counts for a sum counts whole."""

import pytest

from retail.promotions.campaign import Campaign, Kind, Taking, Terms
from retail.promotions.engine import Engine
from retail.promotions.goods import Goods
from tests.retail.promotions.settled import total_of

OVER_150 = Campaign("150", Terms(Kind.BASKET, amount_from=15_000, off=1_000), everything=True)
OVER_180 = Campaign("180", Terms(Kind.BASKET, amount_from=18_000, off=1_500), everything=True)
GIFT = Campaign("gift", Terms(Kind.BASKET, amount_from=15_000, counts=(0, 1), percent_bp=10_000), everything=True)


def total(goods: list[Goods], *campaigns: Campaign) -> int:
    return total_of(goods, Engine().price(goods, {one.id: one for one in campaigns}))


@pytest.mark.parametrize(
    "goods",
    [[Goods(1, "nails", 100, 200)], [Goods(1, "nails", 100, 160), Goods(2, "screws", 100, 40)]],
)
def test_hundreds_of_pieces_count_for_each_of_several_baskets(goods):
    assert total(goods, OVER_150, OVER_180) == 20_000 - 1_500


def test_only_one_of_a_group_of_baskets_is_given_for_hundreds_of_pieces():
    both = [Campaign(one.id, one.terms, everything=True, group="one of") for one in (OVER_150, OVER_180)]
    assert total([Goods(1, "nails", 100, 400)], *both) == 40_000 - 1_500


def test_hundreds_of_pieces_count_for_a_gift():
    goods = [Goods(1, "nails", 100, 200), Goods(2, "box", 700, takings=(Taking("gift", 1),))]
    assert total(goods, GIFT) == 20_000


def test_pieces_at_the_edge_of_a_bulk_are_sold_as_well_as_they_can_be():
    seven = Campaign("7", Terms(Kind.N_FOR_X, quantity=7, price=600))
    two = Campaign("2", Terms(Kind.N_FOR_X, quantity=2, price=180))
    goods = [Goods(1, "nails", 100, 1_000, takings=(Taking("7"), Taking("2")))]
    assert total(goods, seven, two) == 142 * 600 + 3 * 180
