"""The first of two steps from a scan to a line of the basket: what a text is, without any price list.

Pure and quick: nothing is looked up, opened or executed. The second step is retail.router; docs/codes.md has the
kinds and the warnings.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Any, Final

from retail.digital_link import read_digital_link
from retail.gs1 import SEPARATOR, Pairs, faults, may_hide_more, read_bracketed, read_elements
from retail.gs1_goods import gs1_goods
from retail.gtin import GTIN_LENGTH, has_valid_check_digit, is_digits
from retail.labels import LabelReading, LabelTemplate
from retail.product_code import (
    LONGEST_NUMBER,
    has_add_on,
    is_coupon,
    is_in_store,
    is_trade_symbol,
    read_product_code,
)
from retail.scan_rules import ScanRules
from retail.scanned_text import LONGEST, ScannedText, scanned_text
from retail.wallet import wallet_brand

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_ADDRESS: Final = re.compile(
    r"[a-z][a-z0-9+.-]{0,30}://|www\.|(?:data|geo|intent|javascript|mailto|market|sms|smsto|tel|urn|wifi):",
    re.IGNORECASE,
)
_DOMAIN: Final = re.compile(r"[a-z]+://([a-z0-9.-]+)", re.IGNORECASE)
_LONGEST_SPECIAL: Final = 70
_SHORTEST_MESSAGE: Final = 16  # AI 01 and 14 digits
_GOODS: Final = ("01", "02", "03", "8006")
_COUPONS: Final = ("255", "8110", "8112")
_SSCC: Final = 18


class Kind(StrEnum):
    """What a text is."""

    PRODUCT = "product"
    LABEL = "label"
    COUPON = "coupon"
    MEMBER = "member"
    GUIDE = "guide"
    BADGE = "badge"
    BASKET = "basket"
    WALLET = "wallet"
    LINK = "link"
    LOGISTIC = "logistic"
    UNKNOWN = "unknown"


_SPECIAL: Final = (Kind.BADGE, Kind.MEMBER, Kind.COUPON, Kind.GUIDE, Kind.BASKET)  # in the order of ScanRules.prefixes
SECRET: Final = frozenset({Kind.BADGE, Kind.MEMBER, Kind.WALLET})
"""Kinds whose codes are shown and logged by nobody."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says by itself. `code`: the text without what the device put around it; "", None: not said.

    `ways`: numbers to look a product up by, best first. `labels`: what the shop's templates make of it, in their order.
    `sound` False: it contradicts itself, and nothing is to be sold by it.
    """

    kind: Kind
    code: str
    gtin: str | None = None
    item: str = ""
    serial: str = ""
    lot: str = ""
    expiry: date | None = None
    best_before: date | None = None
    sell_by: date | None = None
    weight_g: int | None = None
    price_minor: int | None = None
    currency: str = ""
    unit_price_minor: int | None = None
    quantity: int | None = None
    issue: str = ""
    template: str = ""
    domain: str = ""
    brand: str = ""
    symbology: str = ""
    elements: Mapping[str, str] = field(default_factory=lambda: _NOTHING)
    warnings: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    labels: tuple[LabelReading, ...] = ()
    sound: bool = True

    @property
    def secret(self) -> bool:
        return self.kind in SECRET


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What the meaning of a text depends on, beside itself: the shop's day and rules, and what the lane is doing."""

    today: date
    templates: Sequence[LabelTemplate] = ()
    rules: ScanRules = field(default_factory=ScanRules)
    paying: bool = False
    currency: str = "CNY"


def read(text: str, *, today: date, symbology: str = "", gs1: bool | None = None, **circumstances: Any) -> Reading:
    """What any text is. `symbology` and `gs1`: what the device said of it; the rest as in Circumstances."""
    return read_scanned(scanned_text(text, symbology, gs1), Circumstances(today, **circumstances))


def read_scanned(scanned: ScannedText, at: Circumstances) -> Reading:
    """As `read`, of a text that was taken apart already."""
    code = scanned.code
    special = special_kind(code, at.rules)
    if special is not None:
        return Reading(special, code)
    if len(code) > LONGEST:
        return Reading(Kind.LINK if _ADDRESS.match(code) else Kind.UNKNOWN, code, warnings=("too_long",))
    if is_digits(code):
        return _number(scanned, at)
    if _ADDRESS.match(code):
        return _address(code, at)
    pairs = _pairs(scanned)
    return _words(scanned, at) if pairs is None else _message(scanned, pairs, at)


def special_kind(code: str, rules: ScanRules) -> Kind | None:
    """Badge, member, coupon, guide or basket by the shop's prefixes; None for all else.

    A secret that came mangled is one all the same: as an unknown code it would stand on the screen. So is a basket,
    which is long, and tells by itself whether it was read whole.
    """
    if not code.startswith(rules.prefixes):
        return None
    kind = next(kind for prefix, kind in zip(rules.prefixes, _SPECIAL, strict=True) if code.startswith(prefix))
    if kind in SECRET or kind is Kind.BASKET:
        return kind
    return kind if len(code) <= _LONGEST_SPECIAL and code.isprintable() else None


def _number(scanned: ScannedText, at: Circumstances) -> Reading:
    """Digits only: a payment code or a label of the shop, GS1 elements, else a product's number."""
    if scanned.gs1 is not True and len(scanned.code) <= LONGEST_NUMBER:
        own = _own_number(scanned, at)
        if own is not None:
            return own
    pairs = _pairs(scanned)
    if pairs is not None:
        return _message(scanned, pairs, at)
    if scanned.gs1 and not (scanned.symbology.startswith("DATABAR") and len(scanned.code) == GTIN_LENGTH):
        return Reading(Kind.UNKNOWN, scanned.code, symbology=scanned.symbology, warnings=("gs1_unreadable",))
    return _product(scanned, at)


def _own_number(scanned: ScannedText, at: Circumstances) -> Reading | None:
    """Payment code, label of the shop, or pallet; None for all else.

    On the pay screen what may be a payment code is one, whatever else it may be: see docs/codes.md.
    """
    code = scanned.code
    labels = tuple(found for template in at.templates if (found := template.read(code)))
    label = next((label for label in labels if label.sound), None)
    trade = is_trade_symbol(scanned.symbology)  # a magazine's number and its add-on have 18 digits, too
    brand = "" if trade else wallet_brand(code)
    if brand and at.paying:
        return Reading(Kind.WALLET, code, brand=brand, labels=labels, warnings=("label_or_wallet",) if label else ())
    if label is not None:
        return _label(scanned, label, labels, at.currency)
    if labels:
        reading = _product(scanned, at)
        return replace(reading, warnings=(*reading.warnings, "label_check"), labels=labels)
    if brand:
        return Reading(Kind.WALLET, code, brand=brand, warnings=("not_paying",))
    if len(code) == _SSCC and has_valid_check_digit(code) and not (trade or has_add_on(code)):
        return _elements(code, (("00", code),), at, scanned.symbology)
    return None


def _label(scanned: ScannedText, label: LabelReading, labels: tuple[LabelReading, ...], currency: str) -> Reading:
    return Reading(
        Kind.LABEL,
        scanned.code,
        item=label.item,
        weight_g=label.grams,
        price_minor=label.price_minor,
        currency="" if label.price_minor is None else currency,
        quantity=label.count,
        template=label.template,
        symbology=scanned.symbology,
        labels=labels,
    )


def _product(scanned: ScannedText, at: Circumstances) -> Reading:
    found = read_product_code(scanned.code, scanned.symbology)
    if found is None:
        return Reading(Kind.UNKNOWN, scanned.code, symbology=scanned.symbology)
    gtin = found.gtin
    pairs = read_elements(scanned.composite) if scanned.composite else None
    if pairs is not None and gtin is not None:
        return _elements(scanned.code, (("01", gtin), *pairs), at, scanned.symbology)
    return Reading(
        Kind.COUPON if gtin is not None and is_coupon(gtin) else Kind.PRODUCT,
        scanned.code,
        gtin=gtin,
        issue=found.issue,
        symbology=scanned.symbology,
        warnings=(*found.warnings, "in_store") if gtin is not None and is_in_store(gtin) else found.warnings,
        ways=found.ways,
    )


def _pairs(scanned: ScannedText) -> Pairs | None:
    """GS1 elements, if the device says that there are some, or the text leaves no doubt."""
    code = scanned.code
    if code.startswith("("):
        return read_bracketed(code)
    if code.startswith("^"):
        return read_elements(code[1:].replace("^", SEPARATOR))
    if scanned.gs1 or SEPARATOR in code:
        return read_elements(code)
    if len(code) < _SHORTEST_MESSAGE or not is_digits(code[:4]):
        return None
    pairs = read_elements(code)
    if pairs is None or not any(identifier in (*_GOODS, "00") for identifier, _ in pairs):
        return pairs if pairs and pairs[0][0] in _COUPONS else None
    return None if set(faults(pairs)) & {*_GOODS, "00"} else pairs


def _message(scanned: ScannedText, pairs: Pairs, at: Circumstances) -> Reading:
    """The elements of a code; a keyboard wedge may have swallowed what parts them."""
    reading = _elements(scanned.code, pairs, at, scanned.symbology)
    marked = scanned.gs1 or SEPARATOR in scanned.code or scanned.code.startswith(("^", "("))
    if marked or not may_hide_more(pairs):
        return reading
    return replace(reading, warnings=(*reading.warnings, "separator_lost"))


def _elements(
    code: str, pairs: Pairs, at: Circumstances, symbology: str, domain: str = "", unreadable: tuple[str, ...] = ()
) -> Reading:
    goods = gs1_goods(pairs, today=at.today, currency=at.currency, unreadable=unreadable)
    elements: dict[str, str] = {}
    for identifier, value in pairs:
        elements.setdefault(identifier, value)
    in_store = goods.gtin is not None and is_in_store(goods.gtin)
    if in_store and len(pairs) == 1:  # DataBar on a scale's label
        labels = tuple(found for template in at.templates if (found := template.read(goods.key)))
        label = next((label for label in labels if label.sound), None)
        if label is not None:
            return _label(ScannedText(code, symbology, gs1=True), label, labels, at.currency)
    if goods.key:
        kind = Kind.COUPON if goods.gtin and is_coupon(goods.gtin) else Kind.PRODUCT
    else:
        kind = Kind.COUPON if any(identifier in elements for identifier in _COUPONS) else Kind.LOGISTIC
    return Reading(
        kind,
        code,
        gtin=goods.gtin,
        serial=goods.serial,
        lot=goods.lot,
        expiry=goods.expiry,
        best_before=goods.best_before,
        sell_by=goods.sell_by,
        weight_g=goods.weight_g,
        price_minor=goods.price_minor,
        currency=goods.currency,
        unit_price_minor=goods.unit_price_minor,
        quantity=goods.quantity,
        domain=domain,
        symbology=symbology,
        elements=MappingProxyType(elements),
        warnings=(*goods.warnings, *(("in_store",) if in_store else ())),
        ways=_gtin_ways(goods.key),
        sound=goods.sound,
    )


def _gtin_ways(key: str) -> tuple[str, ...]:
    """Most lists write 13 digits: they are asked first, in all lengths; a number that is no GTIN just as it is."""
    if not key:
        return ()
    return (key[1:], key) if key[0] == "0" else (key,)


def _address(code: str, at: Circumstances) -> Reading:
    link = read_digital_link(code)
    domain = _DOMAIN.match(code)
    if link is None:
        return Reading(Kind.LINK, code, domain=domain[1].lower() if domain else "")
    if link.packed:
        return Reading(Kind.LINK, code, domain=link.domain, warnings=("compressed_link",))
    reading = _elements(code, link.pairs, at, "", link.domain, link.unreadable)
    if not link.out_of_form:
        return reading
    return replace(reading, warnings=(*reading.warnings, "link_form"))


def _words(scanned: ScannedText, at: Circumstances) -> Reading:
    """Letters and signs: the number of a book, or nothing that is known."""
    if scanned.gs1 or SEPARATOR in scanned.code or scanned.code.startswith(("^", "(")):
        return Reading(Kind.UNKNOWN, scanned.code, symbology=scanned.symbology, warnings=("gs1_unreadable",))
    if scanned.code and not scanned.code.isprintable():
        return Reading(Kind.UNKNOWN, scanned.code, symbology=scanned.symbology, warnings=("not_printable",))
    return _product(scanned, at)
