"""What an answer of the engine comes to, in money."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from retail.promotions.goods import Discount, Goods, Priced
from tests.retail.promotions.made_up import gross


def discounts_of(goods: Sequence[Goods], priced: Priced) -> Iterator[tuple[int, tuple[Discount, ...]]]:
    """What is to be paid for each line, and its discounts."""
    for one in goods:
        discounts = priced.discounts.get(one.number, ())
        yield gross(one) - sum(discount.saving_minor for discount in discounts), discounts


def total_of(goods: Sequence[Goods], priced: Priced) -> int:
    """What is to be paid for the basket."""
    return sum(net for net, _ in discounts_of(goods, priced))
