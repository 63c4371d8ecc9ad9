"""Barcode pictures for tests, drawn bar by bar from the standard's tables."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hardware.opencv import cv2

_LEFT_ODD = (
    "0001101",
    "0011001",
    "0010011",
    "0111101",
    "0100011",
    "0110001",
    "0101111",
    "0111011",
    "0110111",
    "0001011",
)
_PARITY = ("OOOOOO", "OOEOEE", "OOEEOE", "OOEEEO", "OEOOEE", "OEEOOE", "OEEEOO", "OEOEOE", "OEOEEO", "OEEOEO")
_ITF = ("NNWWN", "WNNNW", "NWNNW", "WWNNN", "NNWNW", "WNWNN", "NWWNN", "NNNWW", "WNNWN", "NWNWN")


def _right(digit: str) -> str:
    return "".join("10"[int(bit)] for bit in _LEFT_ODD[int(digit)])


def _left(digit: str, parity: str) -> str:
    return _LEFT_ODD[int(digit)] if parity == "O" else _right(digit)[::-1]


def ean13_bars(code: str) -> str:
    left = "".join(map(_left, code[1:7], _PARITY[int(code[0])]))
    return "101" + left + "01010" + "".join(map(_right, code[7:])) + "101"


def ean8_bars(code: str) -> str:
    return "101" + "".join(_left(d, "O") for d in code[:4]) + "01010" + "".join(map(_right, code[4:])) + "101"


def itf_bars(code: str) -> str:
    wide = {"N": 1, "W": 3}
    bars = "1010"
    for dark, light in zip(code[::2], code[1::2], strict=True):
        for bar, space in zip(_ITF[int(dark)], _ITF[int(light)], strict=True):
            bars += "1" * wide[bar] + "0" * wide[space]
    return bars + "11101"


def picture(*bars: str, module: int = 3, columns: int = 640, rows: int = 360) -> NDArray[np.uint8]:
    """The codes one below the other on a light mat."""
    grey = np.full((rows, columns), 225, np.uint8)
    height = rows // (2 * max(len(bars), 1))
    for index, code in enumerate(bars):
        line = np.repeat(np.array([20 if bit == "1" else 235 for bit in code], np.uint8), module)
        top, left = height // 2 + index * 2 * height, (columns - line.size) // 2
        grey[top : top + height, left - 30 : left + line.size + 30] = 235
        grey[top : top + height, left : left + line.size] = line
    return grey


def ean13(*codes: str, **layout: int) -> NDArray[np.uint8]:
    return picture(*map(ean13_bars, codes), **layout)


def write_video(path: Path, frames: list[NDArray[np.uint8]]) -> None:
    """A real file at 30 pictures a second."""
    rows, columns = frames[0].shape
    writer = cv2.VideoWriter(str(path), cv2.VideoWriter.fourcc(*"MJPG"), 30, (columns, rows))
    assert writer.isOpened()
    for frame in frames:
        writer.write(cv2.cvtColor(frame, cv2.COLOR_GRAY2BGR))
    writer.release()
