"""Numbers printed on books, magazines and sheet music, as the EAN-13 that stands for them in a barcode.

ISBN (ISO 2108), ISSN (ISO 3297) and ISMN (ISO 10957) in their ten- or eight-character forms with their own check
characters, which may be X; with or without hyphens, spaces and the name in front.
"""

from __future__ import annotations

import re
from typing import Final

from retail.gtin import check_digit, gtin14

_NAMED: Final = re.compile(r"(ISBN|ISSN|ISMN)(?:-1[03])?:?[ ]?(.+)")
_ISBN_10: Final = re.compile(r"\d{9}[\dX]", re.ASCII)
_ISSN: Final = re.compile(r"\d{4}-\d{3}[\dX]|\d{7}X", re.ASCII)
_ISSN_NAMED: Final = re.compile(r"\d{4}-?\d{3}[\dX]", re.ASCII)
_ISMN: Final = re.compile(r"M\d{9}", re.ASCII)
_LONGEST: Final = 32


def book_ean(text: str) -> str | None:
    """EAN-13 of an ISBN-10, ISSN or ISMN, or None if the text is none or its check character is wrong.

    Eight digits alone are no ISSN: a product's code is likelier.
    """
    if len(text) > _LONGEST:
        return None
    upper = text.upper()
    named = _NAMED.fullmatch(upper)
    name, number = named.groups() if named else ("", upper)
    if (_ISSN_NAMED if name == "ISSN" else _ISSN).fullmatch(number):
        return _issn(number.replace("-", ""))
    bare = number.replace("-", "").replace(" ", "")
    if _ISBN_10.fullmatch(bare) and name in {"", "ISBN"}:
        return _isbn(bare)
    if _ISMN.fullmatch(bare) and name in {"", "ISMN"}:
        ean = f"9790{bare[1:]}"
        return ean if gtin14(ean) else None
    return bare if name and gtin14(bare) and len(bare) == 13 else None  # noqa: PLR2004 - ISBN-13 with its name


def _isbn(number: str) -> str | None:
    return _ean("978" + number[:9]) if _weighed(number, 10) else None


def _issn(number: str) -> str | None:
    return _ean(f"977{number[:7]}00") if _weighed(number, 8) else None


def _weighed(number: str, weight: int) -> bool:
    """Modulo 11 with falling weights, X is ten."""
    return sum((10 if sign == "X" else int(sign)) * (weight - place) for place, sign in enumerate(number)) % 11 == 0


def _ean(twelve: str) -> str:
    return twelve + check_digit(twelve)
