"""GTINs: check digits and the one 14-digit form under which all ways to write a code compare equal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

GTIN_LENGTH = 14
_SHORTEST = 8  # GTIN-8; anything shorter is a shop's own number and is never padded
_UPC_A_LENGTH = 12
_UPC_E_LENGTH = 8
_SHORTENED: Final = (  # UPC-A that UPC-E can shorten (GS1 General Specifications 5.2.2.4.2), without its check digit
    (re.compile(r"([01])(\d{2})([0-2])0000(\d{3})"), r"\1\2\4\3"),
    (re.compile(r"([01])(\d{3})00000(\d{2})"), r"\1\2\g<3>3"),
    (re.compile(r"([01])(\d{4})00000(\d)"), r"\1\2\g<3>4"),
    (re.compile(r"([01])(\d{5})0000([5-9])"), r"\1\2\3"),
)


def check_digit(digits: str) -> str:
    """GS1 modulo-10 check digit of the digits before it (GS1 General Specifications 7.9)."""
    return str(-(3 * sum(map(int, digits[::-2])) + sum(map(int, digits[-2::-2]))) % 10)


def has_valid_check_digit(code: str) -> bool:
    """Whether the last digit is the check digit of those before it."""
    return len(code) > 1 and is_digits(code) and check_digit(code[:-1]) == code[-1]


def is_digits(text: str) -> bool:
    """ASCII digits only: str.isdigit also takes other scripts, which no barcode means."""
    return text.isascii() and text.isdigit()


def gtin14(code: str) -> str | None:
    """The 14-digit form of an 8-, 12-, 13- or 14-digit code with a right check digit, else None."""
    if len(code) in {8, 12, 13, 14} and has_valid_check_digit(code):
        return code.zfill(GTIN_LENGTH)
    return None


def restore_leading_zeros(code: str) -> str | None:
    """GTIN-14 of a UPC whose leading zeros a spreadsheet ate (9 to 11 digits, check digit still right)."""
    if _SHORTEST < len(code) < _UPC_A_LENGTH and has_valid_check_digit(code):
        return code.zfill(GTIN_LENGTH)
    return None


def expand_upc_e(code: str) -> str | None:
    """UPC-A of an 8-digit UPC-E (number system 0 or 1), or None if it is not one."""
    if len(code) != _UPC_E_LENGTH or not is_digits(code) or code[0] not in "01":
        return None
    upc = _expanded(code[:7]) + code[7]
    return upc if has_valid_check_digit(upc) else None


def expand_short_upc_e(code: str) -> str | None:
    """UPC-A of a UPC-E of which a scanner left out the check digit (7 digits), the number system (7) or both (6).

    Only where the symbol is known to be a UPC-E: any number of 6 digits would fit.
    """
    if not is_digits(code) or len(code) not in {6, 7}:
        return None
    if len(code) == 7 and code[0] not in "01":  # noqa: PLR2004 - number system 0 left out, check digit there
        return expand_upc_e("0" + code)
    bare = _expanded(code.zfill(7))
    return bare + check_digit(bare)


def shorten_upc_a(upc: str) -> str | None:
    """The 8-digit UPC-E of a UPC-A: some lists write that; None if it has none."""
    for longer, shorter in _SHORTENED:
        match = longer.fullmatch(upc[:-1])
        if match and len(upc) == _UPC_A_LENGTH:
            return match.expand(shorter) + upc[-1]
    return None


def written_ways(code: str) -> Iterator[tuple[str, ...]]:
    """How a list may have written a code, best first: just so, then as the same GTIN in all lengths.

    Those of 9 to 11 digits are UPCs whose leading zeros a spreadsheet ate. UPC-E stands for the UPC-A that it shortens.
    """
    yield (code,)
    for form in (gtin14(code), gtin14(expand_upc_e(code) or "")):
        if form is not None:
            lengths = range(_SHORTEST, GTIN_LENGTH + 1)
            yield tuple(form[-length:] for length in lengths if not form[:-length].strip("0"))


def _expanded(seven: str) -> str:
    """The 11 digits of a UPC-A before its check digit, from a UPC-E's number system and six digits."""
    system, body = seven[0], seven[1:]
    last = body[5]
    if last in "012":
        middle = body[:2] + last + "0000" + body[2:5]
    elif last == "3":
        middle = body[:3] + "00000" + body[3:5]
    elif last == "4":
        middle = body[:4] + "00000" + body[4]
    else:
        middle = body[:5] + "0000" + last
    return system + middle
