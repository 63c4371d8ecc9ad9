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

from retail.carried_amounts import by_gs1, by_label
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

_LONGEST_LISTED: Final = 70  # what hub.imports.codes takes
_SHORT_SYMBOLS: Final = {"UPCE", "EAN8"}  # eight digits of one look like the other's
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
                return _unless_recalled(by_label(reading.code, found, label), at, lookup)
    return _unless_recalled(RefusedScan(shown(reading.code), Why.NEEDS_WEIGHT, listing), at, lookup)


def _first(ways: tuple[str, ...], code: str, at: datetime, lookup: PriceLookup) -> Listing | None:
    """The first that the list knows; it is called by the code that was scanned."""
    for way in ways:
        listing = lookup.find(way, at)
        if listing is not None:
            return replace(listing, code=code)
    return None


def _unless_recalled(found: Resolution, at: datetime, lookup: PriceLookup) -> Resolution:
    """Goods that a lane's own scale could still weigh are asked for, too."""
    if isinstance(found, ProductScan):
        listing, lot, serial = found.listing, found.lot, found.serial
    elif isinstance(found, RefusedScan) and found.why is Why.NEEDS_WEIGHT and found.listing is not None:
        listing, lot, serial = found.listing, "", ""
    else:
        return found
    reason = lookup.recall(listing.product.sku, lot, serial, at)
    return found if reason is None else RefusedScan(listing.code, Why.RECALLED, listing, reason)


# --- products ---------------------------------------------------------------------------------------------------------


def _product(reading: Reading, at: datetime, lookup: PriceLookup, currency: str) -> Resolution:
    name = reading.gtin if reading.elements and reading.gtin else shown(reading.code)
    if "label_check" in reading.warnings:
        return RefusedScan(name, Why.LABEL_DAMAGED)
    listing = _first(reading.ways, name, at, lookup)
    if listing is None:
        return RefusedScan(name, Why.UNKNOWN)
    if reading.elements:
        return _unless_recalled(by_gs1(reading, listing, at, currency), at, lookup)
    weighed = listing.product.unit is Unit.KG
    found = RefusedScan(name, Why.NEEDS_WEIGHT, listing) if weighed else ProductScan(listing, warnings=reading.warnings)
    return _unless_recalled(found, at, lookup)


# --- labels of the shop -----------------------------------------------------------------------------------------------


def _label(reading: Reading, at: datetime, lookup: PriceLookup, _currency: str) -> Resolution:
    """Of several templates that fit, the first whose item is in the list."""
    for label in reading.labels:
        listing = _labelled(label, at, lookup)
        if listing is not None:
            return _unless_recalled(by_label(shown(reading.code), listing, label), at, lookup)
    return RefusedScan(shown(reading.code), Why.LABEL_UNKNOWN)


def _labelled(label: LabelReading, at: datetime, lookup: PriceLookup) -> Listing | None:
    return (lookup.find_item(label.item, at) or lookup.find(label.base_code, at)) if label.sound else None


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
