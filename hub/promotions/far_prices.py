"""Special prices under half of what goods cost: that many at once are a slip more often than an offer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from hub.plausibility import moved_far
from hub.promotions.asked_prices import AskedPrices
from hub.promotions.goods import Name
from hub.promotions.rows import Kept
from retail.promotions.campaign import Kind

_EXAMPLES: Final = 10

Far = Mapping[int, tuple[int, int]]  # by product: what it costs at most without the campaign, and by it


def far_prices(kept: Iterable[Kept], named: Mapping[Name, frozenset[int]], asked: AskedPrices) -> Far:
    """The products whose lowest special price is under half of what they cost without it."""
    found: dict[int, tuple[int, int]] = {}
    for one in kept:
        if f'"{Kind.SPECIAL_PRICE}"' not in one.row.terms:
            continue  # most campaigns of most feeds: to decode them all would take a second
        campaign = one.campaign
        for goods in one.goods:
            price = campaign.terms.price if goods.price_minor is None else goods.price_minor
            for product in named.get(goods.name, frozenset()) & asked.sold.keys():
                costs = asked.highest(product, campaign.when)
                if price is not None and costs is not None and costs > price and moved_far(costs, price):
                    before = found.get(product, (costs, price))
                    found[product] = (costs, min(before[1], price))
    return found


def far_examples(far: Far, asked: AskedPrices) -> list[dict[str, Any]]:
    """The farthest of them, as hub.plausibility.Difference has examples of prices that moved."""
    farthest = sorted(far.items(), key=lambda one: (-one[1][0] * 1000 // max(one[1][1], 1), one[0]))[:_EXAMPLES]
    return [
        {
            "sku": asked.sold[product].sku,
            "code": asked.sold[product].code,
            "name": asked.sold[product].name,
            "from_minor": costs,
            "to_minor": price,
        }
        for product, (costs, price) in farthest
    ]
