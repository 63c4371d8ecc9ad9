"""GTINs: check digits and the one 14-digit form under which all ways to write a code compare equal."""

from __future__ import annotations

from collections.abc import Iterator

GTIN_LENGTH = 14
_SHORTEST = 8  # GTIN-8; anything shorter is a shop's own number and is never padded
_UPC_E_LENGTH = 8


def check_digit(digits: str) -> str:
    """GS1 modulo-10 check digit of the digits before it (GS1 General Specifications 7.9)."""
    total = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-total % 10)


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
    if _SHORTEST < len(code) < 12 and has_valid_check_digit(code):  # noqa: PLR2004 - a UPC-A has 12
        return code.zfill(GTIN_LENGTH)
    return None


def expand_upc_e(code: str) -> str | None:
    """UPC-A of an 8-digit UPC-E (number system 0 or 1), or None if it is not one."""
    if len(code) != _UPC_E_LENGTH or not is_digits(code) or code[0] not in "01":
        return None
    system, body, check = code[0], code[1:7], code[7]
    last = body[5]
    if last in "012":
        middle = body[:2] + last + "0000" + body[2:5]
    elif last == "3":
        middle = body[:3] + "00000" + body[3:5]
    elif last == "4":
        middle = body[:4] + "00000" + body[4]
    else:
        middle = body[:5] + "0000" + last
    upc = system + middle + check
    return upc if has_valid_check_digit(upc) else None


def written_ways(code: str) -> Iterator[tuple[str, ...]]:
    """How a list may have written a code, best first: just so, then as the same GTIN in all lengths.

    Those of 9 to 11 digits are UPCs whose leading zeros a spreadsheet ate. UPC-E stands for the UPC-A that it shortens.
    """
    yield (code,)
    for form in (gtin14(code), gtin14(expand_upc_e(code) or "")):
        if form is not None:
            lengths = range(_SHORTEST, GTIN_LENGTH + 1)
            yield tuple(form[-length:] for length in lengths if not form[:-length].strip("0"))
