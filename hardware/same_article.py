"""Tells whether two codes in one picture are the same thing, marked or read twice."""

import re
from dataclasses import dataclass
from typing import Final

from hardware.code import Code

_EAN_DIGITS: Final = {"EAN13": 13, "UPCA": 12, "EAN8": 8, "UPCE": 8}
"""Digits before an add-on; what a magazine's add-on says is no other article."""
_GTIN_LENGTHS: Final = frozenset({8, 12, 13, 14})
_GS1_MESSAGE: Final = re.compile(r"01(\d{14})(.*)", re.DOTALL | re.ASCII)
_DIGITAL_LINK: Final = re.compile(
    r"https?://[^?#]*/01/(\d{8}|\d{12,14})(?![\d])(.*)", re.DOTALL | re.ASCII | re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Article:
    number: str
    """Its GTIN in 14 digits, or the whole text where the code holds none."""
    more: str = ""
    """What stands behind the number: a serial, a lot, a date."""
    is_numbered: bool = False

    def is_same(self, other: "Article") -> bool:
        """Packs bear one article in two codes, of which only one tells the serial; two serials are two packs."""
        return self.number == other.number and (self.more == other.more or not self.more or not other.more)


def article(code: Code) -> Article:
    """Lengths and places as in the GS1 General Specifications, sections 3 and 5, and GS1 Digital Link 1.2."""
    text = code.text
    if (digits := _EAN_DIGITS.get(code.symbology)) is not None and _is_number(text):
        number = text[:digits]
        return _numbered(_expanded(number) if code.symbology == "UPCE" else number)
    if (code.gs1 or code.symbology.startswith("DATABAR")) and (message := _GS1_MESSAGE.fullmatch(text)):
        return _numbered(message[1], message[2].strip("\x1d"))
    if link := _DIGITAL_LINK.fullmatch(text):
        return _numbered(link[1], link[2].strip("/"))
    if _is_number(text) and len(text) in _GTIN_LENGTHS:
        return _numbered(text)
    return Article(text)


def _numbered(digits: str, more: str = "") -> Article:
    return Article(digits.zfill(14), more, is_numbered=True)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _expanded(upc_e: str) -> str:
    """The UPC-A that was written short: number system, six digits, check digit."""
    if len(upc_e) != _EAN_DIGITS["UPCE"]:
        return upc_e
    system, body, check = upc_e[0], upc_e[1:7], upc_e[7]
    last = body[5]
    if last in "012":
        maker_and_item = body[:2] + last + "0000" + body[2:5]
    elif last == "3":
        maker_and_item = body[:3] + "00000" + body[3:5]
    elif last == "4":
        maker_and_item = body[:4] + "00000" + body[4]
    else:
        maker_and_item = body[:5] + "0000" + last
    return system + maker_and_item + check
