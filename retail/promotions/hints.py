"""What a shopper would gain by a little more: one more piece, a bit more weight, another way to pay."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from retail.promotions.campaign import Campaign, Shopper
from retail.promotions.goods import Goods, Hint
from retail.promotions.parts import Part


def hints_for(
    goods: Sequence[Goods], campaigns: Mapping[str, Campaign], shopper: Shopper, parts: Sequence[Part]
) -> tuple[Hint, ...]:
    """The best first."""
    del goods, campaigns, shopper, parts
    return ()
