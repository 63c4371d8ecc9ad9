"""Pictures of codes with what they say: the shared photographs, or drawn ones where a machine has none."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from bench.meaning import NONE

Grey = NDArray[np.uint8]

SHARED: Final = Path(__file__).resolve().parent.parent.parent / "shared" / "data" / "barcodes"
_F: Final = zxingcpp.BarcodeFormat
_DRAWN: Final = (
    ("EAN13", _F.EAN13, "690123456789"),
    ("UPCA", _F.UPCA, "03600029145"),
    ("EAN8", _F.EAN8, "9638507"),
    ("UPCE", _F.UPCE, "0123456"),
    ("CODE128", _F.Code128, "SCAN-0815"),
    ("ITF", _F.ITF, "15400141288763"),
    ("QR", _F.QRCode, "https://example.org/01/06901234567892"),
    ("DM", _F.DataMatrix, "SCAN-0815"),
)
_TURNS: Final = (0, 7, 45, 90, 180)
_BLURS: Final = (0.0, 1.0, 2.0)


@dataclass(frozen=True, slots=True)
class Photograph:
    name: str
    kind: str
    expected: str
    grey: Grey


def photographs() -> Iterator[Photograph]:
    """Those of the shared collections, as `manifest.csv` lists them."""
    with (SHARED / "manifest.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            grey = cv2.imread(str(SHARED / row["file"]), cv2.IMREAD_GRAYSCALE)
            if grey is not None:
                kind = "DATABAR" if row["format"] == "DATABARLTD" else row["format"]
                yield Photograph(row["file"], kind, row["expected"], np.asarray(grey, np.uint8))


def drawn() -> Iterator[Photograph]:
    """Codes of most kinds, turned and blurred."""
    for kind, symbology, text in _DRAWN:
        symbol = zxingcpp.create_barcode(text, symbology)
        modules = np.array(symbol.to_image(scale=3, add_quiet_zones=True))
        expected = symbol.text
        for turn in _TURNS:
            for blur in _BLURS:
                yield Photograph(f"{kind} {turn} {blur}", kind, expected, _seen(modules, turn, blur))
    yield Photograph("nothing", NONE, "", np.full((360, 640), 200, np.uint8))


def _seen(modules: Grey, turn: int, blur: float) -> Grey:
    rows, columns = modules.shape
    there = cv2.getRotationMatrix2D((columns / 2, rows / 2), turn, 1.0)
    there[:, 2] += np.array([320 - columns / 2, 180 - rows / 2])
    grey = cv2.warpAffine(modules, there, (640, 360), borderValue=(225.0,))
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), blur) if blur else grey, np.uint8)
