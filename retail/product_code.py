"""Numbers that products are sold by: EAN, UPC, GTIN-14, shops' own numbers, books, magazines with an issue.

Which product a number means, only a price list knows: a reading says under which numbers to look, best first.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from retail.book_numbers import book_ean
from retail.gtin import (
    GTIN_LENGTH,
    expand_short_upc_e,
    expand_upc_e,
    gtin14,
    has_valid_check_digit,
    is_digits,
    shorten_upc_a,
)

LONGEST_NUMBER: Final = 24
_UPC_E: Final = 8
_UPC_A: Final = 12
_WITH_CHECK_DIGIT: Final = {8, 12, 13, 14}
_ZEROS_LOST: Final = {7, 9, 10, 11}
_SPACED_ADD_ON: Final = re.compile(r"(\d{8}|\d{12,13})[ +-](\d{2}|\d{5})", re.ASCII)
_SPACED: Final = re.compile(r"\d(?:[ -]?\d){7,13}", re.ASCII)
# Length of the main symbol by that of the text, which may have an add-on of 2 or 5 digits behind it.
_BASE_LENGTHS: Final[Mapping[str, Mapping[int, int]]] = MappingProxyType(
    {
        "EAN13": {12: 12, 13: 13, 15: 13, 18: 13},
        "UPCA": {12: 12, 13: 13, 14: 12, 17: 12},
        "EAN8": {8: 8, 10: 8, 13: 8},
        "UPCE": {6: 6, 7: 7, 8: 8, 10: 8, 12: 12, 13: 8},
    }
)
# Where nobody says what the symbol was: magazines, books and music (491: Japan's magazines), and UPCs of 17 digits.
_ADD_ONS: Final = re.compile(r"((?:97[789]|491)\d{10}|0\d{11}(?=.{5}$))(\d{2}|\d{5})", re.ASCII)


@dataclass(frozen=True, slots=True)
class ProductCode:
    """`gtin` has 14 digits, None if no check digit says that it is one; `ways`: under what to look; `issue`: add-on."""

    ways: tuple[str, ...]
    gtin: str | None = None
    issue: str = ""
    warnings: tuple[str, ...] = ()


def read_product_code(code: str, symbology: str = "") -> ProductCode | None:
    """What a text means as a product's number, or None if it can be none."""
    if is_digits(code):
        if len(code) > LONGEST_NUMBER:
            return None
        return _by_symbol(code, symbology) if symbology in _BASE_LENGTHS else _by_form(code)
    spaced = _SPACED_ADD_ON.fullmatch(code)
    if spaced and (gtin := gtin14(spaced[1])):
        return ProductCode((code, spaced[1] + spaced[2], *_ways(spaced[1], gtin)), gtin, spaced[2])
    ean = book_ean(code) or (re.sub("[ -]", "", code) if _SPACED.fullmatch(code) else "")
    gtin = gtin14(ean)
    return ProductCode((code, *_ways(ean, gtin)), gtin) if gtin else None


def is_coupon(gtin: str) -> bool:
    """EAN-13 of 98 and 99 (refunds and coupons), UPC-A of number system 5: GS1 General Specifications 1.4."""
    return gtin.startswith(("098", "099", "005"))


def is_in_store(gtin: str) -> bool:
    """Numbers that mean something in one shop or country only: EAN-13 of 02, 04 and 2, EAN-8 of 0 and 2."""
    return gtin.startswith(("02", "002", "004", "0000000", "0000002"))


def has_add_on(code: str) -> bool:
    """Whether digits of no known symbol are those of a magazine or book and of its add-on."""
    add_on = _ADD_ONS.fullmatch(code)
    return add_on is not None and gtin14(add_on[1]) is not None


def is_trade_symbol(symbology: str) -> bool:
    """Whether a symbol holds the number of a product and nothing else: EAN, UPC, with add-on or without."""
    return symbology in _BASE_LENGTHS


def _by_symbol(code: str, symbology: str) -> ProductCode:
    """The symbol has so many digits and a right check digit, or something is wrong."""
    length = _BASE_LENGTHS[symbology].get(len(code))
    if length is None:
        return ProductCode((code,), warnings=("not_of_its_symbol",))
    base, issue = code[:length], code[length:]
    whole = _upc_a(base) if symbology == "UPCE" else base
    gtin = gtin14(whole)
    ways = _ways(base if symbology != "UPCE" else whole, gtin, symbology) if gtin else (base,)
    if symbology == "UPCE" and base not in ways:
        ways = (*ways, base)
    warnings = () if gtin else ("check_digit",)
    if symbology == "EAN13" and length == _UPC_A:
        warnings = ("not_of_its_symbol",)
    return ProductCode((code, *ways) if issue else ways, gtin, issue, warnings)


def _upc_a(code: str) -> str:
    return (code if len(code) > _UPC_E else expand_upc_e(code) or expand_short_upc_e(code)) or ""


def _by_form(code: str) -> ProductCode:
    """No device said what the symbol was: the number of digits and the check digit have to tell."""
    gtin = gtin14(code)
    if gtin is not None:
        return ProductCode(_ways(code, gtin), gtin)
    with_zero = code.zfill(_UPC_E)
    upc = expand_upc_e(with_zero)
    if len(code) in _ZEROS_LOST and has_valid_check_digit(code):
        return ProductCode((code, code.zfill(GTIN_LENGTH)), code.zfill(GTIN_LENGTH), warnings=("leading_zeros",))
    if upc is not None and len(code) >= _UPC_E - 1:
        return ProductCode((code, upc), gtin14(upc), warnings=() if code == with_zero else ("leading_zeros",))
    return _with_issue(code) or ProductCode((code,), warnings=_oddity(code))


def _with_issue(code: str) -> ProductCode | None:
    """A magazine or book with its add-on, or an ISBN of ten digits."""
    add_on = _ADD_ONS.fullmatch(code)
    if add_on and (gtin := gtin14(add_on[1])):
        return ProductCode((code, *_ways(add_on[1], gtin)), gtin, add_on[2])
    ean = book_ean(code)
    return ProductCode((code, ean), gtin14(ean)) if ean is not None else None


def _oddity(code: str) -> tuple[str, ...]:
    if len(code) in _WITH_CHECK_DIGIT:
        return ("check_digit",)
    return ("odd_length",) if len(code) > _UPC_E else ()


def _ways(code: str, gtin: str, symbology: str = "") -> tuple[str, ...]:
    """A list is asked for a code in all lengths; UPC-E, which shortens a UPC-A, is one more way to write it."""
    if symbology == "EAN8":
        return (gtin,)  # in 14 digits: 8 might be taken for a UPC-E
    short = shorten_upc_a(gtin[2:]) if gtin.startswith("00") and len(code) > _UPC_E else None
    return (code, short) if short else (code,)
