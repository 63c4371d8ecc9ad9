"""zbar, through pyzbar's bindings: one scanner object kept for many pictures, with its settings.

`pyzbar.decode` would build one for each picture and cannot set density or raw bytes. Loaded only when a
camera is configured; the import fails with ImportError where libzbar0 is not installed.
"""

from collections.abc import Iterable, Iterator
from ctypes import c_char_p, c_void_p, cast, string_at
from dataclasses import dataclass
from typing import Any, Final

from pyzbar import wrapper

from hardware.opencv import Grey

NUMBERS: Final = {
    "EAN13": 13,
    "EAN8": 8,
    "UPCA": 12,
    "UPCE": 9,
    "CODE128": 128,
    "CODE39": 39,
    "ITF": 25,
    "DATABAR": 34,
    "QR": 64,
}
"""Our names to zbar's numbers. No DataBar Expanded: zbar reads it wrongly after a separator."""

_NAMES: Final = {number: name for name, number in NUMBERS.items()}
_ALL: Final = 0
_ENABLE: Final = 0
_BINARY: Final = 4  # zbar 0.23.1: bytes as they are; its guess at the character set is often wrong
_MIN_LENGTH, _MAX_LENGTH = 0x20, 0x21
_X_DENSITY, _Y_DENSITY = 0x100, 0x101
_GREY: Final = 0x30303859  # the fourcc 'Y800'
_ITF14_DIGITS: Final = 14


@dataclass(frozen=True, slots=True)
class Symbol:
    symbology: str
    content: bytes
    agreeing_lines: int
    points: tuple[tuple[int, int], ...]


class ZBar:
    """Bound to the thread that uses it. zbar releases the interpreter lock while it looks."""

    def __init__(self, symbologies: Iterable[str], *, density: int) -> None:
        """`density`: every n-th line. Linear codes gain from 2 (fewer chance reads), QR needs 1."""
        self._scanner: Any = wrapper.zbar_image_scanner_create()
        self._set(_ALL, _ENABLE, 0)
        for name in symbologies:
            self._set(NUMBERS[name], _ENABLE, 1)
        for option in (_X_DENSITY, _Y_DENSITY):
            self._set(_ALL, option, density)
        for option in (_MIN_LENGTH, _MAX_LENGTH):
            self._set(NUMBERS["ITF"], option, _ITF14_DIGITS)
        self._set(NUMBERS["QR"], _BINARY, 1)

    def read(self, grey: Grey) -> list[Symbol]:
        pixels = grey.tobytes()
        rows, columns = grey.shape
        image = wrapper.zbar_image_create()
        try:
            wrapper.zbar_image_set_format(image, _GREY)
            wrapper.zbar_image_set_size(image, columns, rows)
            wrapper.zbar_image_set_data(image, cast(c_char_p(pixels), c_void_p), len(pixels), None)
            wrapper.zbar_scan_image(self._scanner, image)
            return list(_symbols(image))
        finally:
            wrapper.zbar_image_destroy(image)

    def close(self) -> None:
        if self._scanner is not None:
            wrapper.zbar_image_scanner_destroy(self._scanner)
            self._scanner = None

    def _set(self, symbology: int, option: int, setting: int) -> None:
        wrapper.zbar_image_scanner_set_config(self._scanner, symbology, option, setting)


def _symbols(image: Any) -> Iterator[Symbol]:
    symbol = wrapper.zbar_image_first_symbol(image)
    while symbol:
        name = _NAMES.get(symbol.contents.type)
        if name is not None:
            size = wrapper.zbar_symbol_get_data_length(symbol)
            yield Symbol(
                name,
                string_at(wrapper.zbar_symbol_get_data(symbol), size),
                wrapper.zbar_symbol_get_quality(symbol),
                tuple(
                    (wrapper.zbar_symbol_get_loc_x(symbol, i), wrapper.zbar_symbol_get_loc_y(symbol, i))
                    for i in range(wrapper.zbar_symbol_get_loc_size(symbol))
                ),
            )
        symbol = wrapper.zbar_symbol_next(symbol)
