"""What one decoder read in one rendition of a picture: evidence, not yet a code."""

from dataclasses import dataclass
from typing import Final, TypeAlias

from hardware.opencv import Grey

Pixels: TypeAlias = tuple[tuple[float, float], ...]
"""Four corners as column and row, clockwise from the code's own top left."""

MATRIX: Final = frozenset({"QR", "DATAMATRIX", "AZTEC", "PDF417"})
"""Reed-Solomon corrected: what is read is right, or nothing is read."""
EAN: Final = frozenset({"EAN13", "UPCA"})
SHORT_EAN: Final = frozenset({"EAN8", "UPCE"})
"""Parts of a longer code read as these, right check digit included."""
DATABAR: Final = frozenset({"DATABAR", "DATABARLTD", "DATABAREXP"})

_EAN13_DIGITS: Final = 13
_GTIN14_DIGITS: Final = 14


@dataclass(frozen=True, slots=True)
class Reading:
    text: str
    symbology: str
    corners: Pixels
    engine: str
    gs1: bool | None = None

    @property
    def key(self) -> tuple[str, str]:
        """Equal where two decoders mean the same: zbar drops FNC1 and the eighth bit of Code 128."""
        if self.symbology == "CODE128":
            return self.symbology, "".join(chr(ord(letter) & 0x7F) for letter in self.text.replace("\x1d", ""))
        return self.symbology, self.text


def ean(digits: str) -> tuple[str, str]:
    """Symbology and canonical text of an EAN-13 as decoders give it: one that begins with 0 was printed as UPC-A."""
    if len(digits) == _EAN13_DIGITS and digits[0] == "0":
        return "UPCA", digits[1:]
    return ("EAN13" if len(digits) == _EAN13_DIGITS else "UPCA"), digits


def is_gtin14(text: str) -> bool:
    """Fourteen digits, the last of which checks the others."""
    if len(text) != _GTIN14_DIGITS or not (text.isascii() and text.isdigit()):
        return False
    return sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(text)) % 10 == 0


def whole(grey: Grey) -> Pixels:
    """The corners of the whole picture, where a decoder does not tell a place."""
    rows, columns = grey.shape
    return (0.0, 0.0), (float(columns), 0.0), (float(columns), float(rows)), (0.0, float(rows))
