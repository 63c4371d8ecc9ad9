"""What the line of a basket that was handed over is at this lane: looked up anew, as if its code were scanned here."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from kiosk.services.basket import MAX_QUANTITY
from kiosk.services.lane import Lane
from retail.handed_basket import HandedLine
from retail.product import Listing, Unit
from retail.resolution import ProductScan, RefusedScan, Why
from retail.router import resolve
from retail.scanned_text import shown

Goods = ProductScan | RefusedScan

_VARIABLE: Final = "9"  # GTIN-14 of goods of which no two pieces are alike: their code may carry their price
_MOST_GRAMS: Final = 9_999_999
_MOST_MINOR: Final = 999_999_999


def goods_of(line: HandedLine, lane: Lane) -> Goods:
    """The goods, or a problem that stays in sight. Raises PriceListError."""
    prices, now = lane.prices(), lane.now()
    found = resolve(line.code, at=now, lookup=prices, rules=lane.rules.scan, currency=prices.meta.currency)
    if isinstance(found, RefusedScan) and found.listing is not None and found.why is Why.NEEDS_WEIGHT:
        return _amounted(line, found.listing)
    if isinstance(found, RefusedScan) and found.why is Why.UNKNOWN:
        listing = prices.find_item(line.code, now) or prices.find_sku(line.code, now)  # goods without a barcode
        return found if listing is None else _amounted(line, listing)
    if isinstance(found, ProductScan):
        return _marked(line, found)
    return found if isinstance(found, RefusedScan) else RefusedScan(shown(line.code), Why.UNKNOWN)


def _marked(line: HandedLine, found: ProductScan) -> Goods:
    """A label says itself what it stands for; of other goods the basket tells how many, and which ones."""
    if found.label_minor is not None or found.grams is not None:
        return found
    return _amounted(line, found.listing)


def _amounted(line: HandedLine, listing: Listing) -> Goods:
    """With the weight or the price that a code or a scale told there, where goods of that kind have one."""
    beyond = (line.grams or 0) > _MOST_GRAMS or (line.label_minor or 0) > _MOST_MINOR or line.quantity > MAX_QUANTITY
    if beyond:
        return RefusedScan(shown(line.code), Why.CONTRADICTORY, listing)
    by_weight = listing.product.unit is Unit.KG
    if by_weight and not line.grams and not line.label_minor:
        return RefusedScan(shown(line.code), Why.CONTRADICTORY, listing)
    own_price = by_weight or line.gtin.startswith(_VARIABLE)
    found = ProductScan(
        replace(listing, pieces=1 if by_weight else line.quantity),
        grams=(line.grams or None) if by_weight else None,
        label_minor=(line.label_minor or None) if own_price else None,
    )
    return replace(found, serial=line.serial, lot=line.lot, gtin=line.gtin)
