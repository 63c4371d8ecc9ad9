"""A receipt's text as a picture of its paper, in a real typeface: its columns hold though signs differ in width."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QImage, QPainter, QPen

from kiosk.adapters.qr_image import qr_image
from kiosk.services.receipt import CODE, RULE, STRONG_RULE, WIDTH, columns

PAPER_DOTS: Final = 576  # an 80 mm printer at 203 dpi; one of 58 mm has 384
_MARGIN: Final = 24  # of the paper's width on either side: what a head that sits askew leaves out
_LEAST_COLUMN: Final = 11  # dots: at 203 dpi Chinese characters of 22 dots are as small as old eyes can read
_LINE: Final = 1.5  # line height in font sizes
_FAMILIES: Final = ["Noto Sans CJK SC", "Noto Sans SC", "Source Han Sans SC", "Noto Sans", "sans-serif"]
_RUN: Final = re.compile(r"\S+(?: \S+)*")  # words with single spaces; two or more part the columns


@dataclass(frozen=True, slots=True)
class _Run:
    """A piece of a line with the columns it stands in."""

    text: str
    start: int
    end: int


def columns_on(dots: int) -> int:
    """How many columns of text fit on paper of this width."""
    return min(WIDTH, (dots - 2 * (dots // _MARGIN)) // _LEAST_COLUMN)


def receipt_png(text: str, *, dots: int = PAPER_DOTS, mark: str = "", title: str = "") -> bytes:
    """The receipt as a PNG, which carries its title and its text too. See `receipt_image`."""
    image = receipt_image(text, dots=dots, mark=mark)
    image.setText("Title", title)
    image.setText("Description", f"{mark}\n{text}" if mark else text)
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG")  # type: ignore[call-overload]
    return bytes(content.data())


def receipt_image(text: str, *, dots: int = PAPER_DOTS, mark: str = "") -> QImage:
    """Draw the receipt, black on white, under a mark such as 'COPY' if there is one.

    Needs a QGuiApplication for its fonts; may run on any thread.
    """
    lines = text.splitlines()
    written = [columns(line) for line in lines if not line.startswith(CODE)]
    page = _Page(dots, max([columns_on(dots), *written]), mark)
    height = page.top + page.margin + sum(page.height(lines, row) for row in range(len(lines)))
    image = QImage(dots, int(height), QImage.Format.Format_Grayscale8)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    page.draw_mark(painter)
    top = page.top
    for row in range(len(lines)):
        page.draw(painter, lines, row, top)
        top += page.height(lines, row)
    painter.end()
    return image


class _Page:
    """Knows how a line is set: the first is the shop's name, the one under a strong rule is the total."""

    def __init__(self, dots: int, width: int, mark: str) -> None:
        self.margin = float(dots // _MARGIN)
        self._mark = mark
        self._dots = dots
        self._width = width
        self._cell = (dots - 2 * self.margin) / width
        self._plain = _font(2 * self._cell, QFont.Weight.Normal)
        self._name = _font(2.8 * self._cell, QFont.Weight.Bold)
        self._total = _font(2.6 * self._cell, QFont.Weight.Bold)
        self._band = round(self._name.pixelSize() * _LINE + self.margin) if mark else 0

    @property
    def top(self) -> float:
        """Where the first line begins."""
        return self.margin + self._band

    def draw_mark(self, painter: QPainter) -> None:
        """White on black across the paper: nobody takes it for the first one."""
        if not self._mark:
            return
        band = QRectF(self.margin, self.margin, self._dots - 2 * self.margin, self._band - self.margin)
        painter.fillRect(band, QColor("black"))
        painter.setPen(QColor("white"))
        painter.setFont(self._name)
        painter.drawText(band, Qt.AlignmentFlag.AlignCenter, self._mark)

    def height(self, lines: list[str], row: int) -> int:
        """Height of a line in pixels."""
        if lines[row].startswith(CODE):
            return self._code(lines[row]).height()
        if _is_rule(lines[row]):
            return round(2 * self._cell)
        return round(self._font(lines, row).pixelSize() * _LINE)

    def draw(self, painter: QPainter, lines: list[str], row: int, top: float) -> None:
        """Draw one line whose upper edge is at `top`."""
        height = self.height(lines, row)
        if lines[row].startswith(CODE):
            code = self._code(lines[row])
            painter.drawImage((self._dots - code.width()) // 2, int(top), code)
            return
        if _is_rule(lines[row]):
            self._draw_rule(painter, top + height / 2, strong=lines[row][0] == STRONG_RULE)
            return
        font = self._font(lines, row)
        painter.setPen(QColor("black"))
        runs = _runs(lines[row])
        for place, run in enumerate(runs):
            box, align = self._place(run, alone=len(runs) == 1)
            if align == Qt.AlignmentFlag.AlignLeft and place + 1 < len(runs):
                box.setRight(self.margin + (runs[place + 1].start - 1) * self._cell)
            painter.setFont(font)
            if QFontMetricsF(font).horizontalAdvance(run.text) > box.width():
                painter.setFont(_fitted(font, run.text, box.width()))
            box.moveTop(top)
            box.setHeight(height)
            painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, run.text)

    def _code(self, line: str) -> QImage:
        """As large as the paper is wide: what a phone shows is read from anywhere, paper from where it lies."""
        return qr_image(line.removeprefix(CODE), int(self._dots - 2 * self.margin))

    def _font(self, lines: list[str], row: int) -> QFont:
        if row == 0:
            return self._name
        return self._total if _is_rule(lines[row - 1]) and lines[row - 1][0] == STRONG_RULE else self._plain

    def _place(self, run: _Run, *, alone: bool) -> tuple[QRectF, Qt.AlignmentFlag]:
        """Where a run stands: at the left edge or an indent, centred, or flush with its last column."""
        paper = QRectF(self.margin, 0, self._dots - 2 * self.margin, 0)
        if alone and run.start > 0 and abs(run.start - (self._width - run.end)) <= 1:
            return paper, Qt.AlignmentFlag.AlignHCenter
        if run.start <= 2:  # noqa: PLR2004 - the indent of a receipt's details
            return paper.adjusted(run.start * self._cell, 0, 0, 0), Qt.AlignmentFlag.AlignLeft
        return paper.adjusted(0, 0, -(self._width - run.end) * self._cell, 0), Qt.AlignmentFlag.AlignRight

    def _draw_rule(self, painter: QPainter, y: float, *, strong: bool) -> None:
        painter.setPen(QPen(QColor("black"), 3 if strong else 1))
        painter.drawLine(int(self.margin), int(y), int(self._dots - self.margin), int(y))


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
