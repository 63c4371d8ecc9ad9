"""Multi-buys as a shop's own campaigns, for tests."""

from __future__ import annotations

from hub.promotions.found import Found, Named
from offline_cache.price_list.writer import OfferRow


def found(offer: OfferRow, number: int = 1) -> Found:
    return Found(number, f"row {number}", offer.campaign, (Named(skus=offer.skus),))
