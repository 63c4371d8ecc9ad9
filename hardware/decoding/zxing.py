"""zxing-cpp as one of the decoders: fast, the only one for DataBar Expanded, Data Matrix and stacked codes."""

from collections.abc import Iterable, Iterator
from typing import Any, Final

import zxingcpp

from hardware.decoding.letters import text_of
from hardware.decoding.reading import DATABAR, MATRIX, Pixels, Reading, ean
from hardware.opencv import Grey

_F: Final = zxingcpp.BarcodeFormat
_FORMATS: Final = {
    "EAN13": (_F.EAN13,),
    "EAN8": (_F.EAN8,),
    "UPCA": (_F.UPCA, _F.EAN13),
    "UPCE": (_F.UPCE,),
    "CODE128": (_F.Code128,),
    "CODE39": (_F.Code39,),
    "CODE93": (_F.Code93,),
    "CODABAR": (_F.Codabar,),
    "ITF": (_F.ITF,),
    "DATABAR": (_F.DataBarOmni, _F.DataBarStk, _F.DataBarStkOmni),
    "DATABARLTD": (_F.DataBarLtd,),
    "DATABAREXP": (_F.DataBarExp, _F.DataBarExpStk),
    "QR": (_F.QRCode,),
    "DATAMATRIX": (_F.DataMatrix,),
    "PDF417": (_F.PDF417,),
    "AZTEC": (_F.AztecCode,),
}
SYMBOLOGIES: Final = frozenset(_FORMATS)
_NAMES: Final = {found: name for name, formats in _FORMATS.items() for found in formats if name != "UPCA"} | {
    _F.UPCA: "UPCA"
}
_ECI: Final = frozenset({"]Q2", "]Q4", "]Q6"})
"""Symbology identifiers of QR codes that name their character set."""
_CANNOT_TELL: Final = frozenset({"EAN13", "EAN8", "UPCA", "UPCE", "ITF"})


class Zxing:
    """Any thread may use it. zxing-cpp releases the interpreter lock while it looks."""

    def __init__(self, symbologies: Iterable[str]) -> None:
        wanted = frozenset(symbologies) & SYMBOLOGIES
        self._wanted = wanted
        self._formats = {
            "all": _either(wanted),
            "linear": _either(wanted - MATRIX),
            "matrix": _either(wanted & MATRIX),
            "databar": _either(wanted & DATABAR),
        }

    def read(
        self, grey: Grey, kind: str = "all", *, rotate: bool = False, thorough: bool = False, histogram: bool = False
    ) -> list[Reading]:
        """`rotate`: codes that stand upright too. `thorough`: also light on dark, and in smaller copies.

        Without any of them, a third of the time for 97 % of the codes of the photographs.
        """
        formats = self._formats[kind]
        if not formats:
            return []
        found = zxingcpp.read_barcodes(
            grey,
            formats=formats,
            try_rotate=rotate or thorough,
            try_downscale=thorough,
            try_invert=thorough,
            binarizer=zxingcpp.Binarizer.GlobalHistogram if histogram else zxingcpp.Binarizer.LocalAverage,
            text_mode=zxingcpp.TextMode.Plain,
        )
        return list(self._readings(found))

    def _readings(self, found: Iterable[Any]) -> Iterator[Reading]:
        for symbol in found:
            symbology = _NAMES.get(symbol.format, "")
            text = _text(symbol, symbology)
            if symbology in ("EAN13", "UPCA"):
                symbology, text = ean(text)
            if symbology in self._wanted and text:
                yield Reading(text, symbology, _corners(symbol), "zxing", _gs1(symbol, symbology))


def _either(symbologies: Iterable[str]) -> Any:
    return [found for name in sorted(symbologies) for found in _FORMATS[name]]


def _text(symbol: Any, symbology: str) -> str:
    if symbology == "QR" and symbol.symbology_identifier not in _ECI:
        return text_of(symbol.bytes)
    if symbology == "UPCE":
        return str((symbol.extra or {}).get("UPCE", ""))
    return str(symbol.text)


def _gs1(symbol: Any, symbology: str) -> bool | None:
    if symbology in _CANNOT_TELL:
        return None
    return bool(symbol.content_type == zxingcpp.ContentType.GS1)


def _corners(symbol: Any) -> Pixels:
    place = symbol.position
    return tuple(
        (float(point.x), float(point.y))
        for point in (place.top_left, place.top_right, place.bottom_right, place.bottom_left)
    )
