"""Hundreds of pieces of one product are sold in bulk, but what counts for a sum counts whole."""

from retail.promotions.campaign import Campaign, Kind, Taking, Terms
from retail.promotions.engine import Engine
from retail.promotions.goods import Goods
from tests.retail.promotions.settled import total_of

GIFT = Campaign("gift", Terms(Kind.BASKET, amount_from=15_000, counts=(0, 1), percent_bp=10_000), everything=True)


def total(goods: list[Goods], *campaigns: Campaign) -> int:
    priced = Engine().price(goods, {one.id: one for one in campaigns})
    assert priced.off_at_most_minor == 0
    return total_of(goods, priced)


def test_hundreds_of_pieces_count_for_a_gift():
    goods = [Goods(1, "nails", 100, 200), Goods(2, "box", 700, takings=(Taking("gift", 1),))]
    assert total(goods, GIFT) == 20_000


def test_pieces_at_the_edge_of_a_bulk_are_sold_as_well_as_they_can_be():
    seven = Campaign("7", Terms(Kind.N_FOR_X, quantity=7, price=600))
    two = Campaign("2", Terms(Kind.N_FOR_X, quantity=2, price=180))
    goods = [Goods(1, "nails", 100, 1_000, takings=(Taking("7"), Taking("2")))]
    assert total(goods, seven, two) == 142 * 600 + 3 * 180
