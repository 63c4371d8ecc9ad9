"""The one road for everything a scanner reads: what a text means at this lane, at this moment.

A scan is data: nothing in it is ever opened, typed or executed. Two steps: retail.reading says what a text is by
itself; here it meets the price list. A code that the list writes just so is that product, before all else but the
shop's own prefixes: shops sell under codes that no standard allows, and a one-time payment code is in no list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Final, Protocol

from retail.gtin import is_digits
from retail.labels import LabelReading, LabelTemplate
from retail.product import Listing, Unit
from retail.product_code import read_product_code
from retail.reading import Circumstances, Kind, Reading, read_scanned
from retail.resolution import (
    BadgeScan,
    BasketScan,
    CouponScan,
    GuideScan,
    MemberScan,
    ProductScan,
    RefusedScan,
    Resolution,
    WalletScan,
    Why,
)
from retail.scan_rules import ScanRules
from retail.scanned_text import ScannedText, scanned_text, shown
from retail.wallet import wallet_brand

__all__ = [
    "BadgeScan",
    "BasketScan",
    "CouponScan",
    "GuideScan",
    "MemberScan",
    "PriceLookup",
    "ProductScan",
    "RefusedScan",
    "Resolution",
    "ScanRules",
    "WalletScan",
    "Why",
    "resolve",
    "wallet_brand",
    "warm_up",
]

_GRAMS_PER_KG: Final = 1000
_MOST_PIECES: Final = 99
_LONGEST_LISTED: Final = 70  # what hub.imports.codes takes
_SHORT_SYMBOLS: Final = {"UPCE", "EAN8"}  # eight digits of one look like the other's
_VARIABLE: Final = "9"  # GTIN-14 of goods of which no two pieces are alike
_COUPONS: Final = ("255", "8110", "8112")
_RULES: Final = ScanRules()


class PriceLookup(Protocol):
    """The questions the router has for a price list; `at` is aware."""

    templates: tuple[LabelTemplate, ...]

    def find(self, code: str, at: datetime) -> Listing | None: ...

    def find_item(self, number: str, at: datetime) -> Listing | None: ...

    def recall(self, sku: str, lot: str, serial: str, at: datetime | None = None) -> str | None:
        """Why these goods were called back, '' if nobody said; None if they were not. `lot` '' is not known."""
        ...


def resolve(
    text: str,
    *,
    at: datetime,
    lookup: PriceLookup,
    paying: bool = False,
    rules: ScanRules | None = None,
    currency: str = "CNY",
    symbology: str = "",
    gs1: bool | None = None,
) -> Resolution:
    """What a scanned text means; `at` is the moment in the shop's time zone (expiry dates compare with its day),
    `currency` that of the lane: a price in a GS1 code counts in its units; `symbology` and `gs1` what the device said
    of the code, if it did."""
    scanned = scanned_text(text, symbology, gs1)
    rules = rules or _RULES
    listing = None if scanned.code.startswith(rules.prefixes) else _as_listed(scanned, at, lookup)
    if listing is not None and listing.product.unit is Unit.PIECE:
        return _unless_recalled(ProductScan(listing), at, lookup)
    reading = read_scanned(scanned, Circumstances(at.date(), lookup.templates, rules, paying, currency))
    if listing is not None:
        return _weighed_as_listed(listing, reading, at, lookup)
    return _ANSWERS[reading.kind](reading, at, lookup, currency)


def warm_up() -> None:
    """Load what the first GS1 code would otherwise wait for."""
    read_scanned(scanned_text("0109521234543213" + "3103000500", gs1=True), Circumstances(date(2000, 1, 1)))


# --- the list first ---------------------------------------------------------------------------------------------------


def _as_listed(scanned: ScannedText, at: datetime, lookup: PriceLookup) -> Listing | None:
    """The product that the list has under this very code, or under the same GTIN written otherwise."""
    code = scanned.code
    if not code or len(code) > _LONGEST_LISTED or not code.isprintable() or scanned.composite:
        return None
    if scanned.symbology in _SHORT_SYMBOLS and is_digits(code):
        found = read_product_code(code, scanned.symbology)
        return _first(found.ways, code, at, lookup) if found else None
    return lookup.find(code, at)


def _weighed_as_listed(listing: Listing, reading: Reading, at: datetime, lookup: PriceLookup) -> Resolution:
    """Weighed goods under the very code: if it is a label of the same goods, it may say how much; else nobody does."""
    if reading.kind is Kind.LABEL:
        for label in reading.labels:
            found = _labelled(label, at, lookup)
            if found is not None and found.product.sku == listing.product.sku:
                return _unless_recalled(_by_label(reading.code, found, label), at, lookup)
    return RefusedScan(shown(reading.code), Why.NEEDS_WEIGHT, listing)


def _first(ways: tuple[str, ...], code: str, at: datetime, lookup: PriceLookup) -> Listing | None:
    """The first that the list knows; it is called by the code that was scanned."""
    for way in ways:
        listing = lookup.find(way, at)
        if listing is not None:
            return Listing(code, listing.product, listing.price, listing.pieces, listing.offers)
    return None


def _unless_recalled(found: Resolution, at: datetime, lookup: PriceLookup) -> Resolution:
    if not isinstance(found, ProductScan):
        return found
    reason = lookup.recall(found.listing.product.sku, found.lot, found.serial, at)
    return found if reason is None else RefusedScan(found.listing.code, Why.RECALLED, found.listing, reason)


# --- products ---------------------------------------------------------------------------------------------------------


def _product(reading: Reading, at: datetime, lookup: PriceLookup, currency: str) -> Resolution:
    name = reading.gtin if reading.elements and reading.gtin else shown(reading.code)
    if "label_check" in reading.warnings:
        return RefusedScan(name, Why.LABEL_DAMAGED)
    listing = _first(reading.ways, name, at, lookup)
    if listing is None:
        return RefusedScan(name, Why.UNKNOWN)
    if reading.elements:
        return _unless_recalled(_gs1(reading, listing, at, currency), at, lookup)
    weighed = listing.product.unit is Unit.KG
    found = RefusedScan(name, Why.NEEDS_WEIGHT, listing) if weighed else ProductScan(listing, warnings=reading.warnings)
    return _unless_recalled(found, at, lookup)


def _gs1(reading: Reading, listing: Listing, at: datetime, currency: str) -> Resolution:
    """Goods whose code says more of them than which they are: what speaks against selling them comes first."""
    pieces = listing.pieces * _count(reading)
    refused = _refused(reading, listing, pieces, currency, at)
    if refused is not None:
        return RefusedScan(listing.code, refused, listing)
    sold = Listing(listing.code, listing.product, listing.price, pieces, listing.offers)
    found = ProductScan(
        sold, serial=reading.serial, lot=reading.lot, gtin=reading.gtin or "", warnings=reading.warnings
    )
    return _with_amount(found, reading)


def _refused(reading: Reading, listing: Listing, pieces: int, currency: str, at: datetime) -> Why | None:
    if not reading.sound:
        return Why.CONTRADICTORY
    if "part_of_item" in reading.warnings:
        return Why.NOT_FOR_SALE
    if any(last is not None and last < at.date() for last in (reading.expiry, reading.sell_by)):
        return Why.EXPIRED
    if not 0 < pieces <= max(listing.pieces, _MOST_PIECES):
        return Why.CONTRADICTORY
    if reading.price_minor is not None and reading.currency != currency:
        return Why.OTHER_CURRENCY
    return None


def _count(reading: Reading) -> int:
    """Pieces that a code stands for: AI 02 names what is in a carton and 37 how many; 0 if that is missing."""
    if reading.quantity is not None:
        return reading.quantity
    return 0 if "02" in reading.elements else 1


def _with_amount(found: ProductScan, reading: Reading) -> Resolution:
    """Weighed goods by weight or price; a price of goods sold by the piece counts if they are of variable measure."""
    listing, grams, minor = found.listing, reading.weight_g, reading.price_minor
    variable = found.gtin.startswith(_VARIABLE)
    if listing.product.unit is Unit.PIECE:
        if variable and not (grams or minor or reading.quantity):
            return RefusedScan(listing.code, Why.NEEDS_WEIGHT, listing)
        return replace(found, label_minor=minor or None) if variable else found
    if not grams and not minor:
        return RefusedScan(listing.code, Why.NEEDS_WEIGHT, listing)
    if grams is None and minor is not None:
        grams = _grams_from_price(minor, listing.price.unit_minor)
    return replace(found, grams=grams, label_minor=minor)


# --- labels of the shop -----------------------------------------------------------------------------------------------


def _label(reading: Reading, at: datetime, lookup: PriceLookup, _currency: str) -> Resolution:
    """Of several templates that fit, the first whose item is in the list."""
    for label in reading.labels:
        listing = _labelled(label, at, lookup)
        if listing is not None:
            return _unless_recalled(_by_label(reading.code, listing, label), at, lookup)
    return RefusedScan(reading.code, Why.LABEL_UNKNOWN)


def _labelled(label: LabelReading, at: datetime, lookup: PriceLookup) -> Listing | None:
    return (lookup.find_item(label.item, at) or lookup.find(label.base_code, at)) if label.sound else None


def _by_label(code: str, listing: Listing, label: LabelReading) -> Resolution:
    by_weight = listing.product.unit is Unit.KG
    sold = Listing(code, listing.product, listing.price, listing.pieces * (label.count or 1), listing.offers)
    if not label.price_minor and not label.grams and not (label.count and not by_weight):
        return RefusedScan(code, Why.NEEDS_WEIGHT, sold)
    if label.price_minor is None and by_weight != (label.grams is not None):
        # A weight of something sold by the piece says nothing about its price.
        return RefusedScan(code, Why.NEEDS_WEIGHT if by_weight else Why.LABEL_UNKNOWN, sold)
    if sold.pieces > max(listing.pieces, _MOST_PIECES):
        return RefusedScan(code, Why.CONTRADICTORY, sold)
    grams = label.grams
    if grams is None and by_weight and label.price_minor is not None:
        grams = _grams_from_price(label.price_minor, listing.price.unit_minor)
    return ProductScan(sold, grams=grams, label_minor=label.price_minor)


def _grams_from_price(price_minor: int, unit_minor: int) -> int | None:
    """Weight implied by a price label, for the shopper's eye; the price on the label is what counts."""
    if unit_minor <= 0:
        return None
    return (2 * price_minor * _GRAMS_PER_KG + unit_minor) // (2 * unit_minor)


# --- all else ---------------------------------------------------------------------------------------------------------


def _wallet(reading: Reading, at: datetime, lookup: PriceLookup, _currency: str) -> Resolution:
    """Only on the pay screen. A scale's label of known goods is never sent off as a payment, nor sold by mistake."""
    if "not_paying" in reading.warnings:
        return RefusedScan(_masked(reading.code), Why.WALLET_TOO_EARLY)
    if any(_labelled(label, at, lookup) is not None for label in reading.labels):
        return RefusedScan(_masked(reading.code), Why.LABEL_OR_WALLET)
    return WalletScan(reading.code, reading.brand)


def _coupon(reading: Reading, at: datetime, lookup: PriceLookup, currency: str) -> Resolution:
    if _first(reading.ways, "", at, lookup) is not None:  # shops sell under codes of this range, too
        return _product(reading, at, lookup, currency)
    number = next((reading.elements[key] for key in _COUPONS if key in reading.elements), reading.code)
    return CouponScan(number)


def _link(reading: Reading, _at: datetime, _lookup: PriceLookup, _currency: str) -> Resolution:
    packed = "compressed_link" in reading.warnings
    return RefusedScan(shown(reading.code), Why.COMPRESSED_LINK if packed else Why.URL)


def _masked(code: str) -> str:
    """Enough to say what kind of code it was."""
    return code[:2] + "····"


_Answer = Callable[[Reading, datetime, PriceLookup, str], Resolution]
_ANSWERS: Final[Mapping[Kind, _Answer]] = MappingProxyType(
    {
        Kind.PRODUCT: _product,
        Kind.LABEL: _label,
        Kind.COUPON: _coupon,
        Kind.WALLET: _wallet,
        Kind.LINK: _link,
        Kind.BADGE: lambda reading, *_: BadgeScan(reading.code),
        Kind.MEMBER: lambda reading, *_: MemberScan(reading.code),
        Kind.GUIDE: lambda reading, *_: GuideScan(reading.code),
        Kind.BASKET: lambda reading, *_: BasketScan(reading.code),
        Kind.LOGISTIC: lambda reading, *_: RefusedScan(shown(reading.code), Why.NOT_FOR_SALE),
        Kind.UNKNOWN: lambda reading, *_: RefusedScan(shown(reading.code), Why.UNKNOWN),
    }
)
