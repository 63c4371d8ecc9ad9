"""A picture as ESC/POS raster strips (GS v 0), small enough for any printer's buffer, and safe to send."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL.Image import Image

STRIP_ROWS: Final = 64
"""8 mm: 4.6 kB at 576 dots. Printers with 4 kB of buffer take a strip while they print it; ours wait for each other."""
_BLACK_BELOW: Final = 128
_DLE: Final = 0x10
_REAL_TIME: Final = frozenset({0x04, 0x05, 0x14})
_MORE_INK: Final = 0x18


def dots_of(png: bytes, dots: int) -> tuple[bytes, int]:
    """A picture as rows of `dots` / 8 bytes, the leftmost dot in the highest bit, 1 for ink; and how many rows.

    Not by python-escpos' `image()`: it dithers, which frays letters, and prints to stdout that it knows no paper width.
    Raises ValueError for a picture that is not `dots` wide.
    """
    from PIL import Image, ImageOps  # noqa: PLC0415 - loaded on the printer's own thread

    with Image.open(io.BytesIO(png)) as picture:
        if picture.width != dots:
            raise ValueError(f"the picture is {picture.width} dots wide, the paper {dots}")
        ink = ImageOps.invert(_on_white(picture)).point([255 * (level > 255 - _BLACK_BELOW) for level in range(256)])
        return ink.convert("1").tobytes(), picture.height


def strips(rows: bytes, dots: int, height: int) -> list[bytes]:
    """The commands that print rows of dots, one a strip."""
    row_bytes = dots // 8
    made = []
    for top in range(0, height, STRIP_ROWS):
        many = min(STRIP_ROWS, height - top)
        head = b"\x1dv0\x00" + row_bytes.to_bytes(2, "little") + many.to_bytes(2, "little")
        made.append(head + harmless(rows[top * row_bytes : (top + many) * row_bytes]))
    return made


def harmless(raster: bytes) -> bytes:
    """The same dots without real-time commands in them, at the price of a dot beside another one.

    Printers look for DLE EOT, DLE ENQ and DLE DC4 (status, recover, switch off, empty the buffer) in everything that
    arrives, pictures included: "graphic data might accidentally include a data string matching this command" (Epson's
    and HPRT's command references). Two thin strokes, seven dots apart, are enough.
    """
    if not any(bytes((_DLE, second)) in raster for second in _REAL_TIME):
        return raster
    changed = bytearray(raster)
    for place in range(len(changed) - 1):
        if changed[place] == _DLE and changed[place + 1] in _REAL_TIME:
            changed[place] = _MORE_INK
    return bytes(changed)


def _on_white(picture: Image) -> Image:
    from PIL import Image  # noqa: PLC0415 - as above

    if picture.mode in {"L", "1"} and "transparency" not in picture.info:
        return picture.convert("L")
    colours = picture.convert("RGBA")
    paper = Image.new("RGBA", colours.size, "white")
    paper.alpha_composite(colours)
    return paper.convert("L")
