"""Reads the codes in one grey picture: each look at another scale, and only what a shop can trust."""

from collections.abc import Iterable, Iterator
from typing import Final

from hardware.opencv import Grey, scaled
from hardware.sightings import Box, Code
from hardware.zbar import Symbol, ZBar

_SCALES_LARGE: Final = (1.0, 0.8, 0.65)
_SCALES_SMALL: Final = (1.0, 1.25, 0.8)
_SMALL_COLUMNS: Final = 800
"""Under this, thin bars suffer from making the picture smaller, and gain from making it larger."""
_QR_COLUMNS: Final = 720
_LINES_THAT_AGREE: Final = 2
_EDGE: Final = 0.01
_ITF14_DIGITS: Final = 14


class PictureReader:
    """Bound to one thread, as zbar is.

    Measured on the photographs of the barcode test set (median 400 columns): half of the wrong texts of
    one look are gone with lines that agree, the rest with looks at other scales that agree.
    """

    LOOKS: Final = len(_SCALES_LARGE)
    """So many looks at a still picture, and every scale has been tried."""

    def __init__(self, symbologies: Iterable[str], *, columns: int = 1280) -> None:
        wanted = frozenset(symbologies)
        self._columns = columns
        self._linear = ZBar(wanted - {"QR"}, density=2) if wanted - {"QR"} else None
        self._qr = ZBar(wanted & {"QR"}, density=1) if "QR" in wanted else None
        self._turn = 0

    def look(self, grey: Grey) -> tuple[Code, ...]:
        scales = _SCALES_SMALL if grey.shape[1] < _SMALL_COLUMNS else _SCALES_LARGE
        scale = scales[self._turn % len(scales)]
        self._turn += 1
        codes: list[Code] = []
        if self._linear is not None:
            codes += _codes(self._linear, grey, round(min(grey.shape[1], self._columns) * scale))
        if self._qr is not None:
            codes += _codes(self._qr, grey, round(min(grey.shape[1], _QR_COLUMNS) * scale))
        return tuple(codes)

    def close(self) -> None:
        for engine in (self._linear, self._qr):
            if engine is not None:
                engine.close()


def _codes(engine: ZBar, grey: Grey, columns: int) -> Iterator[Code]:
    picture = scaled(grey, max(columns, 1))
    for symbol in engine.read(picture):
        code = Code(_text(symbol), symbol.symbology, _box(symbol, picture))
        if _is_trusted(symbol, code):
            yield code


def _is_trusted(symbol: Symbol, code: Code) -> bool:
    if symbol.symbology == "QR":
        return True
    if symbol.agreeing_lines < _LINES_THAT_AGREE:
        return False
    return symbol.symbology != "ITF" or (_is_gtin14(code.text) and _is_whole(code.box))


def _is_gtin14(text: str) -> bool:
    if len(text) != _ITF14_DIGITS or not (text.isascii() and text.isdigit()):
        return False
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(text))
    return weighted % 10 == 0


def _is_whole(box: Box) -> bool:
    """A code cut by the picture's edge may be read as another, shorter one."""
    return min(box.left, box.top) > _EDGE and max(box.right, box.bottom) < 1 - _EDGE


def _box(symbol: Symbol, picture: Grey) -> Box:
    rows, columns = picture.shape
    if not symbol.points:
        return Box(0.0, 0.0, 1.0, 1.0)
    xs, ys = zip(*symbol.points, strict=True)
    return Box(min(xs) / columns, min(ys) / rows, max(xs) / columns, max(ys) / rows)


def _text(symbol: Symbol) -> str:
    """QR codes of wallets are UTF-8 or plain ASCII; older Chinese ones GB 18030."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return symbol.content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return symbol.content.decode("latin-1")
