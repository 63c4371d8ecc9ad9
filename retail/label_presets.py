"""In-store labels that whole countries or makes of scales have in common, by name.

National rules: GS1 Denmark, Finland, Germany, Latvia (for the Baltics), Sweden and UK on variable measure, as biip's
`rcn` module collects and cites them; Norway has no published one and follows Sweden's. Amounts count in hundredths of
the currency. `us`: random weight UPC-A of number system 2 (GS1 US, GS1 General Specifications 2.1.11). `cn-...`:
layouts of Chinese counter scales (大华, 托利多): FF or F shop flag, item, amount in fen or weight in grams.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

_BALTICS: Final = (
    "23{item:6}{weight:4}{check}",
    "24{item:6}{weight:4:10g}{check}",
    "25{item:6}{weight:4:100g}{check}",
)
_SWEDEN: Final = (
    "20{item:6}{price:4}{check}",
    "21{item:6}{price:4:10}{check}",
    "22{item:6}{price:4:100}{check}",
    *_BALTICS,
)

LABEL_PRESETS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "baltics": _BALTICS,
        "ee": _BALTICS,
        "lt": _BALTICS,
        "lv": _BALTICS,
        "fi": _BALTICS,
        "no": _SWEDEN,
        "se": _SWEDEN,
        "dk": (
            "21{item:4}{price:6}{check}",
            "22{item:4}{price:6}{check}",
            "23{item:4}{price:6}{check}",
            "24{item:4}{price:6}{check}",
            "26{item:4}{weight:6}{check}",
            "27{item:5}{weight:5}{check}",
            "28{item:4}{weight:6}{check}",
        ),
        "de": (
            "22{item:4}{price_check}{price:5}{check}",
            "23{item:4}{price_check}{price:5}{check}",
            "25{item:4}{count_check}{count:5}{check}",
            "26{item:4}{count_check}{count:5}{check}",
            "28{item:4}{weight_check}{weight:5}{check}",
            "29{item:4}{weight_check}{weight:5}{check}",
        ),
        "gb": ("20{item:5}{price_check}{price:4}{check}",),
        "us": ("2{item:5}{price_check}{price:4}{check}",),
        "cn-13-price": ("2{any:1}{item:5}{price:5}{check}",),
        "cn-13-weight": ("2{any:1}{item:5}{weight:5}{check}",),
        "cn-13-item6-price": ("2{item:6}{price:5}{check}",),
        "cn-13-item6-weight": ("2{item:6}{weight:5}{check}",),
        "cn-18": ("26{item:5}{price:5}{weight:5}{check}",),
        "cn-18-weight-price": ("26{item:5}{weight:5}{price:5}{check}",),
    }
)
