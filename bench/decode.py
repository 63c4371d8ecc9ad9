"""`./dev bench decode`: our reader beside pyzbar, zxing-cpp and OpenCV's detector, each alone, on the same pictures."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any, Final

import cv2
import numpy as np
import zxingcpp
from pyzbar import pyzbar

from bench.figure import Figure, percentile
from bench.meaning import NONE, is_meant
from bench.photographs import SHARED, Grey, Photograph, drawn, photographs
from hardware.picture_reader import PictureReader

_ROUNDS: Final = 3
_OURS, _PYZBAR, _ZXING, _OPENCV = "ours", "pyzbar", "zxing-cpp", "OpenCV"
_SECOND_CODES: Final = ("1920081045006", "http://d-qr.net/ex/")
"""Books from Japan carry a second code, and one QR code a smaller one inside: the manifest names one of each."""
_F: Final = zxingcpp.BarcodeFormat
_RETAIL: Final[Any] = [
    *(_F.EANUPC, _F.Code128, _F.ITF, _F.DataBarOmni, _F.DataBarLtd, _F.DataBarStk, _F.DataBarStkOmni),
    *(_F.DataBarExp, _F.DataBarExpStk, _F.QRCode, _F.DataMatrix),
]

_Decoder = Callable[[Grey], Iterable[str]]


@dataclass(slots=True)
class _Score:
    right: set[str] = field(default_factory=set)
    wrong: dict[str, list[str]] = field(default_factory=dict)
    ms: list[float] = field(default_factory=list)


def measure(_folder: Path) -> Iterator[Figure]:
    """Read rates and wrong texts of every format, then times; a table of all four on stdout."""
    if not (SHARED / "manifest.csv").is_file():
        print(f"there are no photographs in {SHARED}: measured on drawn codes, which say little", file=sys.stderr)
    pictures = list(photographs() if (SHARED / "manifest.csv").is_file() else drawn())
    reader = PictureReader()
    reader.warm_up()
    decoders: dict[str, _Decoder] = {
        _OURS: lambda grey: [code.text for code in reader.read(grey)],
        _PYZBAR: _pyzbar,
        _ZXING: _zxing,
        _OPENCV: _opencv(),
    }
    scores = {kind: _scores(decoders, _of(pictures, kind)) for kind in sorted({one.kind for one in pictures})}
    reader.close()
    for kind, score in scores.items():
        _print_row(kind, score, _of(pictures, kind))
    for kind, score in scores.items():
        yield from _figures(kind, score, _of(pictures, kind))
    yield from _looks(pictures)


def _of(pictures: Iterable[Photograph], kind: str) -> list[Photograph]:
    return [one for one in pictures if one.kind == kind]


def _scores(decoders: dict[str, _Decoder], pictures: Sequence[Photograph]) -> dict[str, _Score]:
    scores = {name: _Score() for name in decoders}
    for picture in pictures:
        best = dict.fromkeys(decoders, float("inf"))
        for turn in range(_ROUNDS):
            for name, decode in decoders.items():
                started = time.thread_time()
                texts = list(decode(picture.grey))
                best[name] = min(best[name], (time.thread_time() - started) * 1000)
                if not turn:
                    _count(scores[name], picture, texts)
        for name, taken in best.items():
            scores[name].ms.append(taken)
    return scores


def _count(score: _Score, picture: Photograph, texts: Sequence[str]) -> None:
    if picture.kind == NONE and not texts:
        score.right.add(picture.name)
    if any(is_meant(picture.kind, picture.expected, text) for text in texts):
        score.right.add(picture.name)
    wrong = [
        text
        for text in texts
        if not is_meant(picture.kind, picture.expected, text) and not text.endswith(_SECOND_CODES)
    ]
    if wrong:
        score.wrong[picture.name] = wrong


def _print_row(kind: str, scores: dict[str, _Score], pictures: Sequence[Photograph]) -> None:
    cells = [
        f"{name} {100 * len(score.right) / len(pictures):.1f} % / {len(score.wrong)} / {median(score.ms):.2f} ms"
        for name, score in scores.items()
    ]
    print(f"{kind} ({len(pictures)}): {', '.join(cells)}, union {100 * len(_union(scores)) / len(pictures):.1f} %")
    for name, texts in scores[_OURS].wrong.items():
        print(f"  not in the manifest: {name}: {texts}")


def _union(scores: dict[str, _Score]) -> set[str]:
    return set[str]().union(*(score.right for name, score in scores.items() if name != _OURS))


def _figures(kind: str, scores: dict[str, _Score], pictures: Sequence[Photograph]) -> Iterator[Figure]:
    ours, share = scores[_OURS], 100 / len(pictures)
    if kind != NONE:
        union = len(_union(scores)) * share
        read = len(ours.right) * share
        yield Figure(
            "decode", f"{kind}: read, beside the union of all three", read, "%", union, union, more_is_better=True
        )
        taken, theirs = median(ours.ms), median(scores[_PYZBAR].ms)
        yield Figure("decode", f"{kind}: median time, beside pyzbar's", taken, "ms", theirs, theirs)
    # Less than one: nothing that is not there.
    yield Figure("decode", f"{kind}: pictures with another text than the manifest's", len(ours.wrong), "", None, 1)


def _looks(pictures: Sequence[Photograph]) -> Iterator[Figure]:
    """A look at a camera's frame: an empty mat, and photographs laid on it."""
    reader = PictureReader()
    mat = np.random.default_rng(1).normal(200, 3, (720, 1280)).astype(np.uint8)
    laid = [_laid(mat, one.grey) for one in pictures if one.kind in {"EAN13", "UPCA", "CODE128", "QR"}][::5]
    for name, frames, floor in (("an empty mat", [mat] * 20, 3.0), ("with a code in view", laid, 50.0)):
        for frame in frames[:2]:
            reader.look(frame)
        taken = []
        for frame in frames:
            for _ in range(reader.LOOKS):
                started = time.thread_time()
                reader.look(frame)
                taken.append((time.thread_time() - started) * 1000)
        yield Figure("look", f"1280 by 720, {name}: median", median(taken), "ms")
        yield Figure("look", f"1280 by 720, {name}: 95th percentile", percentile(taken, 95), "ms", None, floor)
    reader.close()


def _laid(mat: Grey, photo: Grey) -> Grey:
    shrink = min(1.0, 640 / photo.shape[1], 600 / photo.shape[0])
    small = cv2.resize(photo, None, fx=shrink, fy=shrink, interpolation=cv2.INTER_AREA)
    frame = mat.copy()
    top, left = (720 - small.shape[0]) // 2, (1280 - small.shape[1]) // 2
    frame[top : top + small.shape[0], left : left + small.shape[1]] = small
    return frame


def _pyzbar(grey: Grey) -> list[str]:
    return [symbol.data.decode("utf-8", "replace") for symbol in pyzbar.decode(grey)]


def _zxing(grey: Grey) -> list[str]:
    found = zxingcpp.read_barcodes(grey, formats=_RETAIL, text_mode=zxingcpp.TextMode.Plain)
    return [symbol.text for symbol in found]


def _opencv() -> _Decoder:
    detector: Any = cv2.barcode.BarcodeDetector()

    def decode(grey: Grey) -> list[str]:
        try:
            found, texts, _, _ = detector.detectAndDecodeWithType(grey)
        except cv2.error:
            return []
        return [text for text in texts if text] if found else []

    return decode
