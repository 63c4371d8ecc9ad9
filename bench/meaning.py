"""Whether two texts mean the same code: GTINs by their 14 digits, GS1 texts by their elements, not by letters."""

from __future__ import annotations

import re
from typing import Final

from retail.gtin import expand_upc_e

NONE: Final = "NONE"
_NUMBERED: Final = frozenset({"EAN13", "EAN8", "UPCA", "UPCE"})
_GTIN_ELEMENT: Final = 16


def is_meant(kind: str, expected: str, text: str) -> bool:
    """`kind` and `expected` as the manifest of the photographs has them."""
    if kind == NONE:
        return False
    if kind in _NUMBERED:
        return bool(_gtins(expected) & _gtins(text))
    if kind == "DATABAR":
        return _item(expected) == _item(text)
    return _plain(expected) == _plain(text)


def _gtins(text: str) -> set[str]:
    """Eight digits may be an EAN-8 or a UPC-E: both are tried."""
    if not text.isdecimal():
        return set()
    long = expand_upc_e(text)
    return {text.zfill(14)} | ({long.zfill(14)} if long else set())


def _item(text: str) -> str:
    plain = _plain(text)
    return plain[2:] if len(plain) == _GTIN_ELEMENT and plain.startswith("01") else plain.zfill(14)


def _plain(text: str) -> str:
    """Without brackets and separators, and with the manifest's own escapes undone."""
    return re.sub(r"[()\x1d\r\n]", "", text.replace('\\"', '"').replace("\\n", "\n")).rstrip()
