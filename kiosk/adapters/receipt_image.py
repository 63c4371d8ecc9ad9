"""A receipt's text as a picture for 80 mm paper, in a real typeface: its columns hold though signs differ in width."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from kiosk.services.receipt import RULE, STRONG_RULE, WIDTH, columns

PAPER_PX: Final = 576  # the dots of an 80 mm printer at 203 dpi
_MARGIN_PX: Final = 24
_LINE: Final = 1.5  # line height in font sizes
_FAMILIES: Final = ["Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Noto Sans", "sans-serif"]
_RUN: Final = re.compile(r"\S+(?: \S+)*")  # words with single spaces; two or more part the columns


@dataclass(frozen=True, slots=True)
class _Run:
    """A piece of a line with the columns it stands in."""

    text: str
    start: int
    end: int


def receipt_png(text: str, path: Path) -> None:
    """Write the receipt as a PNG. Raises OSError where it cannot be written."""
    if not receipt_image(text).save(str(path), "PNG"):  # type: ignore[call-overload]
        raise OSError(f"{path}: the receipt's picture cannot be written; check the folder and free space")


def receipt_image(text: str) -> QImage:
    """Draw the receipt, black on white. Needs a QGuiApplication for its fonts; may run on any thread."""
    lines = text.splitlines()
    cell = (PAPER_PX - 2 * _MARGIN_PX) / max([WIDTH, *map(columns, lines)])
    page = _Page(cell)
    height = 2 * _MARGIN_PX + sum(page.height(lines, row) for row in range(len(lines)))
    image = QImage(PAPER_PX, int(height), QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    top = float(_MARGIN_PX)
    for row in range(len(lines)):
        page.draw(painter, lines, row, top)
        top += page.height(lines, row)
    painter.end()
    return image


class _Page:
    """Knows how a line is set: the first is the shop's name, the one under a strong rule is the total."""

    def __init__(self, cell: float) -> None:
        self._cell = cell
        self._plain = _font(2 * cell, QFont.Weight.Normal)
        self._name = _font(2.8 * cell, QFont.Weight.Bold)
        self._total = _font(2.6 * cell, QFont.Weight.Bold)

    def height(self, lines: list[str], row: int) -> float:
        """Height of a line in pixels."""
        if _is_rule(lines[row]):
            return 2 * self._cell
        return self._font(lines, row).pixelSize() * _LINE

    def draw(self, painter: QPainter, lines: list[str], row: int, top: float) -> None:
        """Draw one line whose upper edge is at `top`."""
        height = self.height(lines, row)
        if _is_rule(lines[row]):
            self._draw_rule(painter, top + height / 2, strong=lines[row][0] == STRONG_RULE)
            return
        font = self._font(lines, row)
        painter.setPen(QColor("black"))
        runs = _runs(lines[row])
        for place, run in enumerate(runs):
            box, align = self._place(run, alone=len(runs) == 1)
            if align == Qt.AlignmentFlag.AlignLeft and place + 1 < len(runs):
                box.setRight(_MARGIN_PX + (runs[place + 1].start - 1) * self._cell)
            painter.setFont(font)
            if QFontMetricsF(font).horizontalAdvance(run.text) > box.width():
                painter.setFont(_fitted(font, run.text, box.width()))
            box.moveTop(top)
            box.setHeight(height)
            painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, run.text)

    def _font(self, lines: list[str], row: int) -> QFont:
        if row == 0:
            return self._name
        return self._total if _is_rule(lines[row - 1]) and lines[row - 1][0] == STRONG_RULE else self._plain

    def _place(self, run: _Run, *, alone: bool) -> tuple[QRectF, Qt.AlignmentFlag]:
        """Where a run stands: at the left edge or an indent, centred, or flush with its last column."""
        paper = QRectF(_MARGIN_PX, 0, PAPER_PX - 2 * _MARGIN_PX, 0)
        if alone and run.start > 0 and abs(run.start - (WIDTH - run.end)) <= 1:
            return paper, Qt.AlignmentFlag.AlignHCenter
        if run.start <= 2:  # noqa: PLR2004 - the indent of a receipt's details
            return paper.adjusted(run.start * self._cell, 0, 0, 0), Qt.AlignmentFlag.AlignLeft
        return paper.adjusted(0, 0, -(WIDTH - run.end) * self._cell, 0), Qt.AlignmentFlag.AlignRight

    def _draw_rule(self, painter: QPainter, y: float, *, strong: bool) -> None:
        painter.setPen(QPen(QColor("black"), 3 if strong else 1))
        painter.drawLine(_MARGIN_PX, int(y), PAPER_PX - _MARGIN_PX, int(y))


def _runs(line: str) -> list[_Run]:
    found = []
    for match in _RUN.finditer(line):
        start = columns(line[: match.start()])
        found.append(_Run(match.group(), start, start + columns(match.group())))
    return found


def _is_rule(line: str) -> bool:
    return bool(line) and (set(line) == {RULE} or set(line) == {STRONG_RULE})


def _font(pixels: float, weight: QFont.Weight) -> QFont:
    font = QFont(_FAMILIES)
    font.setPixelSize(round(pixels))
    font.setWeight(weight)
    return font


def _fitted(font: QFont, text: str, width: float) -> QFont:
    """The font, smaller by as much as the text is too wide for it."""
    smaller = QFont(font)
    smaller.setPixelSize(max(1, int(font.pixelSize() * width / QFontMetricsF(font).horizontalAdvance(text))))
    return smaller
