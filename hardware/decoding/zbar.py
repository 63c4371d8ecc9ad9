"""zbar, through pyzbar's bindings, with settings that `pyzbar.decode` cannot make: density and raw bytes.

Loaded only when pictures are read; the import fails with ImportError where libzbar0 is not installed.
"""

from collections.abc import Iterable, Iterator
from ctypes import c_char_p, c_void_p, cast, string_at
from typing import Any, Final

from pyzbar import wrapper

from hardware.decoding.letters import text_of
from hardware.decoding.reading import Pixels, Reading, ean, whole
from hardware.opencv import Grey

_NUMBERS: Final = {
    "EAN13": 13,
    "EAN8": 8,
    "UPCA": 12,
    "UPCE": 9,
    "CODE128": 128,
    "CODE39": 39,
    "CODE93": 93,
    "CODABAR": 38,
    "ITF": 25,
    "DATABAR": 34,
    "QR": 64,
}
"""Our names to zbar's numbers. No DataBar Expanded: zbar reads it wrongly after a separator."""
SYMBOLOGIES: Final = frozenset(_NUMBERS)

_NAMES: Final = {number: name for name, number in _NUMBERS.items()}
_ALL: Final = 0
_ENABLE: Final = 0
_BINARY: Final = 4  # zbar 0.23.1: bytes as they are; its guess at the character set is often wrong
_MIN_LENGTH: Final = 0x20
_COLUMN_DENSITY, _ROW_DENSITY = 0x100, 0x101
_GREY: Final = 0x30303859  # the fourcc 'Y800'
_ITF_DIGITS: Final = 6


class ZBar:
    """Bound to the thread that uses it. zbar releases the interpreter lock while it looks."""

    def __init__(self, symbologies: Iterable[str], *, rows: int = 1, columns: int = 1) -> None:
        """Looks along every n-th row and down every n-th column; 0: along none."""
        self._settings = [(_ALL, _ENABLE, 0)]
        self._settings += [(_NUMBERS[name], _ENABLE, 1) for name in sorted(frozenset(symbologies) & SYMBOLOGIES)]
        self._settings += [(_ALL, _COLUMN_DENSITY, columns), (_ALL, _ROW_DENSITY, rows)]
        self._settings += [(_NUMBERS["ITF"], _MIN_LENGTH, _ITF_DIGITS), (_NUMBERS["QR"], _BINARY, 1)]

    def read(self, grey: Grey) -> list[Reading]:
        # A new one each time, for 0.03 ms: a scanner's answer depends on the pictures that it saw before (measured).
        scanner = wrapper.zbar_image_scanner_create()
        try:
            for setting in self._settings:
                wrapper.zbar_image_scanner_set_config(scanner, *setting)
            return _read(scanner, grey)
        finally:
            wrapper.zbar_image_scanner_destroy(scanner)


def _read(scanner: Any, grey: Grey) -> list[Reading]:
    pixels = grey.tobytes()
    rows, columns = grey.shape
    image = wrapper.zbar_image_create()
    try:
        wrapper.zbar_image_set_format(image, _GREY)
        wrapper.zbar_image_set_size(image, columns, rows)
        wrapper.zbar_image_set_data(image, cast(c_char_p(pixels), c_void_p), len(pixels), None)
        wrapper.zbar_scan_image(scanner, image)
        return list(_readings(image, grey))
    finally:
        wrapper.zbar_image_destroy(image)


def _readings(image: Any, grey: Grey) -> Iterator[Reading]:
    symbol = wrapper.zbar_image_first_symbol(image)
    while symbol:
        name = _NAMES.get(symbol.contents.type)
        if name is not None:
            size = wrapper.zbar_symbol_get_data_length(symbol)
            content = string_at(wrapper.zbar_symbol_get_data(symbol), size)
            name, text = _named(name, content)
            yield Reading(text, name, _corners(symbol, grey), "zbar")
        symbol = wrapper.zbar_symbol_next(symbol)


def _named(name: str, content: bytes) -> tuple[str, str]:
    if name == "QR":
        return name, text_of(content)
    text = content.decode("latin-1")
    return ean(text) if name in ("EAN13", "UPCA") else (name, text)


def _corners(symbol: Any, grey: Grey) -> Pixels:
    size = wrapper.zbar_symbol_get_loc_size(symbol)
    points = [(wrapper.zbar_symbol_get_loc_x(symbol, i), wrapper.zbar_symbol_get_loc_y(symbol, i)) for i in range(size)]
    if not points:
        return whole(grey)
    columns, rows = zip(*points, strict=True)
    left, right, top, bottom = float(min(columns)), float(max(columns)), float(min(rows)), float(max(rows))
    return (left, top), (right, top), (right, bottom), (left, bottom)
