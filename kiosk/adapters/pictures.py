"""Pictures for QML: the shop's own out of the price list, and QR codes drawn on the spot."""

from __future__ import annotations

import io
import threading
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtQuick import QQuickImageProvider
from PySide6.QtSvg import QSvgRenderer

from kiosk.adapters.lane_files import NewestPriceList
from offline_cache.price_list.errors import PriceListError

_DEFAULT_PX: Final = 128


class ShopPictures(QQuickImageProvider):
    """`image://shop/<name>`: called on QML's image threads, each with its own connection to the price list."""

    def __init__(self, path: Path) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)
        self._path = path
        self._local = threading.local()

    def requestImage(self, name: str, size: QSize, requested: QSize) -> QImage:
        """The picture at the size asked for; an empty image where the list has none (QML shows its tile)."""
        found = self._picture(unquote(name))
        if found is None:
            return QImage()
        media_type, content = found
        image = _svg(content, requested) if media_type == "image/svg+xml" else _raster(content, requested)
        size.setWidth(image.width())
        size.setHeight(image.height())
        return image

    def _picture(self, name: str) -> tuple[str, bytes] | None:
        if not hasattr(self._local, "prices"):
            self._local.prices = NewestPriceList(self._path)
        try:
            return self._local.prices.current().picture(name)  # type: ignore[no-any-return]
        except PriceListError:
            return None


class QrCodes(QQuickImageProvider):
    """`image://qr/<text>`: black on white, a whole number of pixels a module."""

    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)

    def requestImage(self, text: str, size: QSize, requested: QSize) -> QImage:
        """The code at about the size asked for."""
        import segno  # noqa: PLC0415 - no code is shown before somebody has paid

        # Level L: a screen has no scratches, and the fewer modules the further a phone may be.
        code = segno.make_qr(unquote(text), error="l")
        modules = code.symbol_size(border=4)[0]
        wanted = requested.width() if requested.width() > 0 else _DEFAULT_PX
        buffer = io.BytesIO()
        code.save(buffer, kind="png", scale=max(1, wanted // modules), border=4)
        image = QImage.fromData(QByteArray(buffer.getvalue()))
        size.setWidth(image.width())
        size.setHeight(image.height())
        return image


def _svg(content: bytes, requested: QSize) -> QImage:
    width = requested.width() if requested.width() > 0 else _DEFAULT_PX
    height = requested.height() if requested.height() > 0 else width
    image = QImage(width, height, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer = QSvgRenderer(QByteArray(content))
    renderer.setAspectRatioMode(Qt.AspectRatioMode.KeepAspectRatio)
    renderer.render(painter)
    painter.end()
    return image


def _raster(content: bytes, requested: QSize) -> QImage:
    image = QImage.fromData(QByteArray(content))
    if requested.width() > 0 and requested.height() > 0 and not image.isNull():
        smooth = Qt.TransformationMode.SmoothTransformation
        return image.scaled(requested, Qt.AspectRatioMode.KeepAspectRatio, smooth)
    return image
