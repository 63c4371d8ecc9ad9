"""The one road for everything a scanner reads: what a text means at this lane, at this moment.

A scan is data: nothing in it is ever opened, typed or executed. Order: staff and member codes by their prefix,
wallet codes while paying, the raw code in the price list, its GTIN-14, shop labels, GS1 element strings and Digital
Links (biip), else unknown.
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Final, Protocol

from retail.labels import LabelReading, LabelTemplate
from retail.money import currency_exponent
from retail.product import Listing, Unit
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

if TYPE_CHECKING:
    from biip.gs1_element_strings import GS1ElementString

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

MAX_LENGTH: Final = 1024  # a QR code holds up to 4,296 characters; no code that a shop sells by is that long

# WeChat: 18 digits from 10 to 15; Alipay: 16 to 24 digits from 25 to 30 (both from the gateways' public documents).
_WECHAT: Final = re.compile(r"1[0-5]\d{16}", re.ASCII)
_ALIPAY: Final = re.compile(r"(?:2[5-9]|30)\d{14,22}", re.ASCII)
# AIM symbology identifier that scanners may put before the text (ISO/IEC 15424).
_AIM: Final = re.compile(r"\][A-Za-z][0-9A-Za-z]")
_GROUP_SEPARATOR: Final = "\x1d"
_GRAMS_PER_KG: Final = 1000
_MOST_IN_A_CARTON: Final = 99


class PriceLookup(Protocol):
    """The questions the router has for a price list; `at` is aware."""

    templates: tuple[LabelTemplate, ...]

    def find(self, code: str, at: datetime) -> Listing | None: ...

    def find_item(self, number: str, at: datetime) -> Listing | None: ...

    def recall(self, sku: str, lot: str, serial: str) -> str | None:
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
    _ = symbology, gs1
    rules = rules or ScanRules()
    code = _clean(text)
    if code.startswith(rules.badge_prefix):
        return BadgeScan(code)
    if code.startswith(rules.member_prefix):
        return MemberScan(code)
    wallet = wallet_brand(code)
    if paying and wallet:
        return WalletScan(code, wallet)
    return (
        _plain(code, at, lookup)
        or _label(code, at, lookup)
        or _gs1(code, at, lookup, currency)
        or RefusedScan(_shown(code), Why.WALLET_TOO_EARLY if wallet else _no_product(code))
    )


def wallet_brand(code: str) -> str:
    """'wechat' or 'alipay' for a text of a payment code's form, else ''.

    A legal SSCC-18 looks the same: believe it only while paying.
    """
    if _WECHAT.fullmatch(code):
        return "wechat"
    return "alipay" if _ALIPAY.fullmatch(code) else ""


def warm_up() -> None:
    """Load what the first GS1 code would otherwise wait for."""
    _elements("")


def _clean(text: str) -> str:
    code = text[:MAX_LENGTH].strip(" \t\r\n\0")
    return code[3:] if _AIM.match(code) else code


def _shown(code: str) -> str:
    """What may stand on a screen: no control characters, not a whole page of text."""
    return "".join(character if character.isprintable() else "·" for character in code)[:40]


def _no_product(code: str) -> Why:
    return Why.URL if re.match(r"[a-z][a-z0-9+.-]*://", code, re.IGNORECASE) else Why.UNKNOWN


def _plain(code: str, at: datetime, lookup: PriceLookup) -> Resolution | None:
    listing = lookup.find(code, at)
    if listing is None:
        return None
    if listing.product.unit is Unit.KG:
        # The list may carry a label's item under its zeroed code: then the label says more than the raw hit.
        return _label(code, at, lookup) or RefusedScan(code, Why.NEEDS_WEIGHT, listing)
    return ProductScan(listing)


def _label(code: str, at: datetime, lookup: PriceLookup) -> Resolution | None:
    matched = False
    for template in lookup.templates:
        reading = template.read(code)
        if reading is None:
            continue
        matched = True
        listing = lookup.find_item(reading.item, at) or lookup.find(reading.base_code, at)
        if listing is not None:
            return _weighed(code, listing, reading)
    return RefusedScan(code, Why.LABEL_UNKNOWN) if matched else None


def _weighed(code: str, listing: Listing, reading: LabelReading) -> Resolution:
    sold = Listing(code, listing.product, listing.price, listing.pieces, ())
    if not reading.price_minor and not reading.grams:
        return RefusedScan(code, Why.NEEDS_WEIGHT, sold)
    if reading.grams and reading.price_minor is None and listing.product.unit is not Unit.KG:
        # A weight of something sold by the piece says nothing about its price.
        return RefusedScan(code, Why.LABEL_UNKNOWN, sold)
    grams = reading.grams
    if grams is None and listing.product.unit is Unit.KG and reading.price_minor is not None:
        grams = _grams_from_price(reading.price_minor, listing.price.unit_minor)
    return ProductScan(sold, grams=grams, label_minor=reading.price_minor)


def _grams_from_price(price_minor: int, unit_minor: int) -> int | None:
    """Weight implied by a price label, for the shopper's eye; the price on the label is what counts."""
    if unit_minor <= 0:
        return None
    return (2 * price_minor * _GRAMS_PER_KG + unit_minor) // (2 * unit_minor)


def _gs1(code: str, at: datetime, lookup: PriceLookup, currency: str) -> Resolution | None:
    elements = _elements(code)
    gtin = elements.get("01") or elements.get("02")
    if gtin is None:
        return None
    listing = lookup.find(gtin.value.lstrip("0"), at) or lookup.find(gtin.value, at)
    if listing is None:
        return RefusedScan(gtin.value, Why.UNKNOWN)
    pieces = listing.pieces * _count(elements)
    if not 0 < pieces <= max(listing.pieces, _MOST_IN_A_CARTON):
        return RefusedScan(gtin.value, Why.UNKNOWN, listing)
    sold = Listing(gtin.value, listing.product, listing.price, pieces, listing.offers)
    last_day = elements["17"].date if "17" in elements else None
    if last_day is not None and last_day < at.date():
        return RefusedScan(gtin.value, Why.EXPIRED, sold)
    return _gs1_amount(sold, elements, currency)


def _count(elements: dict[str, GS1ElementString]) -> int:
    """Pieces that a code stands for: AI 02 names what is in a carton and 37 how many; 0 if that is missing."""
    if "01" in elements:
        return 1
    return int(elements["37"].value) if "37" in elements else 0


def _gs1_amount(sold: Listing, elements: dict[str, GS1ElementString], currency: str) -> Resolution:
    weight = next((element.decimal for ai, element in elements.items() if ai.startswith("310")), None)
    price = next((element.decimal for ai, element in elements.items() if ai.startswith("392")), None)
    if sold.product.unit is Unit.PIECE:
        return ProductScan(sold)
    grams = None if weight is None else int(weight * _GRAMS_PER_KG)
    minor = None if price is None else _minor(price, currency)
    if not grams and not minor:
        return RefusedScan(sold.code, Why.NEEDS_WEIGHT, sold)
    if grams is None and minor is not None:
        grams = _grams_from_price(minor, sold.price.unit_minor)
    return ProductScan(sold, grams=grams, label_minor=minor)


def _minor(price: Decimal, currency: str) -> int | None:
    """An amount of AI 392n, which is in the lane's own currency by definition; None if it is finer than that."""
    scaled = price.scaleb(currency_exponent(currency))
    return int(scaled) if scaled == scaled.to_integral_value() else None


def _elements(code: str) -> dict[str, GS1ElementString]:
    """GS1 elements by application identifier; empty for a text that is no GS1 message or Digital Link."""
    import biip  # noqa: PLC0415 - 0.1 s of tables that the first frame need not wait for; see warm_up

    try:
        parsed = biip.parse(code.lstrip(_GROUP_SEPARATOR))
    except (biip.ParseError, ValueError, IndexError, KeyError):
        return {}
    message = parsed.gs1_message or parsed.gs1_digital_link_uri
    return {} if message is None else {element.ai.ai: element for element in message.element_strings}
