"""What a price list's codes give away: odd ones are taken with a remark, those a spreadsheet rounded are not."""

from __future__ import annotations

import re
from typing import Final

from hub.imports.errors import RowRefused
from retail.gtin import check_digit, expand_upc_e, is_digits, restore_leading_zeros

_SCIENTIFIC: Final = re.compile(r"[+-]?\d(?:[.,]\d+[eE]\+?\d{1,3}|[eE]\+\d{1,3})", re.ASCII)
_ROUNDED: Final = re.compile(r"[1-9]\d*0{8,}", re.ASCII)  # 8.00E+12 written out again
_FLOATED: Final = re.compile(r"(\d+)\.0+", re.ASCII)
_TEXT_FORMULA: Final = re.compile(r'="?([^"]*)"?|\'(.*)', re.DOTALL)
_PIECES: Final = re.compile(r"(.+?)[*×](\d{1,4})")
_LONGEST: Final = 70  # GS1-128 carries 48; nothing longer is scanned as one code
_SHORTEST_GTIN: Final = 8
_LONG_CODE: Final = 12

Remark = tuple[str, str]


def lost_its_digits(code: str) -> bool:
    """Whether a spreadsheet has turned the code into a rounded number: "8.00E+12", "8,00E+12", "8.0E12"."""
    return ("E" in code or "e" in code) and _SCIENTIFIC.fullmatch(code) is not None


def looks_rounded(code: str) -> bool:
    """Whether the code seems to be such a number written out again: 8000000000000. A single one may be a real code."""
    if len(code) < _LONG_CODE or not code.endswith("00000000"):
        return False
    return _ROUNDED.fullmatch(code) is not None and check_digit(code[:-1]) != "0"


def clean_code(text: str) -> tuple[str, Remark | None]:
    """The code of a cell, stripped, and what was taken off beside spaces. RowRefused if it can be none."""
    code, remark = text.strip(), None
    if code[:1] in {"=", "'"} and (match := _TEXT_FORMULA.fullmatch(code)):
        code = (match[1] if match[1] is not None else match[2]).strip()
        remark = ("code_as_formula", f"its code was written as {text.strip()!r}")
    elif "." in code and (match := _FLOATED.fullmatch(code)):
        code, remark = match[1], ("code_as_decimal", f"its code was written as {text.strip()!r}")
    if not code:
        raise RowRefused("no_code", "it has no code")
    if len(code) > _LONGEST or not code.isprintable():
        raise RowRefused("bad_code", f"its code {code[:_LONGEST]!r} cannot be one")
    if len(code) >= _SHORTEST_GTIN and not code.strip("0"):
        raise RowRefused("zero_code", f"its code {code} is a placeholder")
    return code, remark


def split_codes(text: str) -> dict[str, int]:
    """Codes of one cell, separated by spaces, commas, semicolons or bars; `CODE*6` means six pieces."""
    codes: dict[str, int] = {}
    for part in re.split(r"[\s,;|]+", text.strip()):
        match = _PIECES.fullmatch(part)
        code, pieces = (match[1], int(match[2])) if match else (part, 1)
        if code:
            codes[code] = pieces
    return codes


def remarks(code: str) -> list[Remark]:
    """What is odd about a code that is taken nevertheless: shops sell under codes of every kind."""
    if not is_digits(code):
        return [("code_not_digits", f"code {code} has other signs than digits")]
    if len(code) < _SHORTEST_GTIN:
        return [("short_code", f"code {code} is a number of the shop's own")]
    if len(code) not in {8, 12, 13, 14}:
        if restore_leading_zeros(code):
            return [("leading_zeros_lost", f"code {code} is a UPC without its leading zeros")]
        return [("odd_length", f"code {code} has {len(code)} digits, which no GTIN has")]
    found = (
        [] if check_digit(code[:-1]) == code[-1] else [("wrong_check_digit", f"code {code} has a wrong check digit")]
    )
    return [*found, *_range_remarks(code)]


def _range_remarks(code: str) -> list[Remark]:
    """Ranges of the GS1 General Specifications 1.4 that are not for goods in open trade."""
    own_use = [("restricted_code", f"code {code} is of the range for a shop's own use")]
    if len(code) == 8:  # noqa: PLR2004 - GTIN-8
        return own_use if code[0] in "02" and expand_upc_e(code) is None else []
    if len(code) == 14 and code[0] != "0":  # noqa: PLR2004 - GTIN-14
        return [("case_code", f"code {code} is that of a case or of a variable measure")]
    thirteen = code[-13:].zfill(13)
    if thirteen[0] == "2" or thirteen[:2] in {"02", "04"}:
        return own_use
    if thirteen[:2] in {"05", "98", "99"}:
        return [("coupon_code", f"code {code} is of the range for coupons")]
    if thirteen[:3] == "977":
        return [("periodical_code", f"code {code} is an ISSN: all issues share it")]
    return []
