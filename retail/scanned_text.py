"""What a device says of a code, taken off its text: AIM identifier, FNC1, a composite's second part, padding."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from retail.gs1 import SEPARATOR

LONGEST: Final = 1024  # a QR code holds up to 7,089 digits; no code that a shop sells by is that long
_CUT: Final = 4096  # but a basket of some hundred lines that is handed over is (retail.handed_basket)

_SHOWN: Final = 40
_PADDING: Final = " \t\r\n\0"
_AIM: Final = re.compile(r"\]([A-Za-z])([0-9A-Za-z])")
# AIM identifiers (ISO/IEC 15424) of the symbols that retail knows: name as in hardware.scan, modifiers that mean GS1.
_SYMBOLOGIES: Final = {
    "E": ("EAN13", ""),
    "C": ("CODE128", "1"),
    "e": ("DATABAR", "0123"),
    "d": ("DATAMATRIX", "2"),
    "Q": ("QR", "34"),
    "J": ("", "1"),  # DotCode: no product of ours reads it, some scanners do
    "I": ("ITF", ""),
    "A": ("CODE39", ""),
    "F": ("CODABAR", ""),
    "G": ("CODE93", ""),
    "L": ("PDF417", ""),
    "z": ("AZTEC", "1"),
}
_EAN_8: Final = "4"
_COMPOSITE: Final = "|]e0"  # between the bars and the composite component over them


@dataclass(frozen=True, slots=True)
class ScannedText:
    """`code` is the text alone; `gs1` None where nobody said; `composite` holds GS1 elements of a second part."""

    code: str
    symbology: str
    gs1: bool | None
    composite: str = ""


def scanned_text(text: str, symbology: str = "", gs1: bool | None = None) -> ScannedText:
    """Take apart what a scanner sent. `symbology` and `gs1` from the device count, unless the text itself says more.

    A text that is too long to be a code comes back cut, and longer than LONGEST.
    """
    code, composite = text[:_CUT].strip(_PADDING), ""
    if code.startswith("]"):
        aim = _AIM.match(code)
        if aim and aim[1] in _SYMBOLOGIES:
            symbology, modifiers = _SYMBOLOGIES[aim[1]]
            gs1 = aim[2] in modifiers
            if aim[0] == f"]E{_EAN_8}":
                symbology = "EAN8"
            code = code[3:]
            code, _, composite = code.partition(_COMPOSITE)
    elif symbology == "UNKNOWN":
        symbology = ""
    if code.startswith(SEPARATOR):
        code, gs1 = code[1:], True
    return ScannedText(code, symbology, gs1, composite)


def shown(code: str) -> str:
    """What may stand on a screen: no control characters, not a whole page of text."""
    short = code[:_SHOWN]
    return short if short.isprintable() else "".join(one if one.isprintable() else "·" for one in short)
