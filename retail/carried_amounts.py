"""Goods whose code says more than which they are: how many, how heavy, how dear, how old; or why they are not sold."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time
from typing import Final

from retail.gs1 import day
from retail.labels import LabelReading
from retail.product import Listing, Unit
from retail.reading import Reading
from retail.resolution import ProductScan, RefusedScan, Resolution, Why

_GRAMS_PER_KG: Final = 1000
_MOST_PIECES: Final = 99
_MOST_GRAMS: Final = 9_999_999  # nothing a shopper carries; the hub takes no more than ten tonnes, either
_MOST_MINOR: Final = 999_999_999
_VARIABLE: Final = "9"  # GTIN-14 of goods of which no two pieces are alike


def by_gs1(reading: Reading, listing: Listing, at: datetime, currency: str) -> Resolution:
    """Goods whose code says more of them than which they are: what speaks against selling them comes first."""
    pieces = listing.pieces * _count(reading)
    refused = _refused(reading, listing, pieces, currency, at)
    if refused is not None:
        return RefusedScan(listing.code, refused, listing)
    sold = replace(listing, pieces=pieces)
    # A lot that may have swallowed a serial number is not known: staff look where a lot was called back.
    lot = "" if "separator_lost" in reading.warnings else reading.lot
    found = ProductScan(sold, serial=reading.serial, lot=lot, gtin=reading.gtin or "", warnings=reading.warnings)
    return _with_amount(found, reading)


def _refused(reading: Reading, listing: Listing, pieces: int, currency: str, at: datetime) -> Why | None:
    if not reading.sound:
        return Why.CONTRADICTORY
    if "part_of_item" in reading.warnings:
        return Why.NOT_FOR_SALE
    if _is_over(reading, at):
        return Why.EXPIRED
    if not 0 < pieces <= max(listing.pieces, _MOST_PIECES):
        return Why.CONTRADICTORY
    if reading.price_minor is not None and reading.currency != currency:
        return Why.OTHER_CURRENCY
    return Why.CONTRADICTORY if _beyond_belief(reading.weight_g, reading.price_minor) else None


def _is_over(reading: Reading, at: datetime) -> bool:
    """Dates count to their end; AI 7003 to the minute, of the shop's clock, if it is one that a clock shows."""
    if any(last is not None and last < at.date() for last in (reading.expiry, reading.sell_by)):
        return True
    minute = reading.elements.get("7003", "")[6:]
    last = day(reading.elements["7003"][:6], at.date()) if minute else None
    if last is None or int(minute[:2]) > 23 or int(minute[2:]) > 59:  # noqa: PLR2004 - a clock's
        return False
    return datetime.combine(last, time(int(minute[:2]), int(minute[2:])), at.tzinfo) < at


def _count(reading: Reading) -> int:
    """Pieces that a code stands for: AI 02 names what is in a carton and 37 how many; 0 if that is missing."""
    if reading.quantity is not None:
        return reading.quantity
    return 0 if "02" in reading.elements else 1


def _with_amount(found: ProductScan, reading: Reading) -> Resolution:
    """Weighed goods by weight or price; a price of goods sold by the piece counts if they are of variable measure."""
    listing, grams, minor = found.listing, reading.weight_g or None, reading.price_minor or None
    variable = found.gtin.startswith(_VARIABLE)
    if listing.product.unit is Unit.PIECE:
        if variable and not (grams or minor or reading.quantity):
            return RefusedScan(listing.code, Why.NEEDS_WEIGHT, listing)
        return replace(found, label_minor=minor) if variable else found
    if grams is None and minor is None:
        return RefusedScan(listing.code, Why.NEEDS_WEIGHT, listing)
    if grams is None and minor is not None:
        grams = _grams_from_price(minor, listing.price.unit_minor)
    return replace(found, grams=grams, label_minor=minor)


def by_label(code: str, listing: Listing, label: LabelReading) -> Resolution:
    """Goods of a shop label that was scanned as `code`.

    An amount of zero is one that the scale did not print, as where a price has more digits than its field: no goods are
    free for it.
    """
    by_weight = listing.product.unit is Unit.KG
    sold = replace(listing, code=code, pieces=listing.pieces * (label.count or 1))
    grams, minor = label.grams or None, label.price_minor or None
    if minor is None and (grams is None if by_weight else grams is not None or not label.count):
        # A weight of something sold by the piece says nothing about its price.
        return RefusedScan(code, Why.NEEDS_WEIGHT if by_weight else Why.LABEL_UNKNOWN, sold)
    if sold.pieces > max(listing.pieces, _MOST_PIECES) or _beyond_belief(grams, minor):
        return RefusedScan(code, Why.CONTRADICTORY, sold)
    if grams is None and by_weight and minor is not None:
        grams = _grams_from_price(minor, listing.price.unit_minor)
    return ProductScan(sold, grams=grams, label_minor=minor)


def _beyond_belief(grams: int | None, minor: int | None) -> bool:
    return (grams or 0) > _MOST_GRAMS or (minor or 0) > _MOST_MINOR


def _grams_from_price(price_minor: int, unit_minor: int) -> int | None:
    """Weight implied by a price label, for the shopper's eye; the price on the label is what counts."""
    if unit_minor <= 0:
        return None
    grams = (2 * price_minor * _GRAMS_PER_KG + unit_minor) // (2 * unit_minor)
    return grams if grams <= _MOST_GRAMS else None
