"""What a campaign does to the price of one product alone: cheaper, the same, or dearer than without it."""

from __future__ import annotations

from typing import Final

from hub.promotions.store_goods import Good
from retail.product import Unit
from retail.promotions.campaign import Kind, Terms

_BY_PIECES: Final = frozenset({Kind.N_FOR_X, Kind.N_SAVE_X, Kind.N_PLUS_M, Kind.NTH_ITEM})
_OF_SEVERAL: Final = frozenset({Kind.MIX_AND_MATCH, Kind.BUY_A_GET_B, Kind.BASKET})


def dearer_by(terms: Terms, price: int | None, good: Good) -> int | None:
    """How much more a piece, a kilogram or a bundle of a product would cost by it, below 0 where it saves.

    `price`: what the product costs by it, where it has one of its own. None where the product alone does not tell, or
    has no price. A bundle by pieces takes no weighed goods: that is 0.
    """
    if good.minor is None or terms.kind in _OF_SEVERAL:
        return None
    if terms.kind in _BY_PIECES and good.unit is Unit.KG:
        return 0
    if terms.kind is Kind.TIERS:
        return min(_tier(tier.price, tier.percent_bp, good.minor) for tier in terms.tiers)
    asked = terms.price if price is None else price
    if asked is None:
        return -good.minor  # an amount or a part off: never dearer
    return asked - good.minor * (terms.quantity if terms.kind is Kind.N_FOR_X else 1)


def _tier(price: int | None, percent_bp: int | None, minor: int) -> int:
    if price is not None:
        return price - minor
    return -(minor * (percent_bp or 0) // 10000)
