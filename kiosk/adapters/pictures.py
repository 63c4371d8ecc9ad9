"""Pictures for QML: the shop's own as files beside the price list, and QR codes drawn on the spot."""

from __future__ import annotations

import logging
import re
import shutil
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from PySide6.QtCore import QSize
from PySide6.QtGui import QImage
from PySide6.QtQuick import QQuickImageProvider

from kiosk.adapters.qr_image import qr_image
from offline_cache.price_list.errors import PriceListError
from offline_cache.price_list.reader import PriceList

logger = logging.getLogger(__name__)

_DEFAULT_PX: Final = 128
_PLAIN_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}", re.ASCII)


def lay_out_pictures(prices: PriceList, folder: Path, *, keep: str = "") -> str:
    """Write a list's pictures as files, once for each revision; the address to put before a name, "" if that failed.

    Those of other revisions are removed, but for the ones at the address `keep`, which the screen still shows.

    Files and not an image provider in Python: QML's reader thread would hold a lock while it waits for the
    interpreter, which the screen's thread holds while it waits for that lock (seen: the lane stood still for ever).
    """
    meta = prices.meta
    # With the time: a hub that was set up anew begins at revision 1 again.
    place = folder / f"{meta.store}-{meta.revision}-{int(meta.published_at.timestamp())}"
    try:
        if not place.is_dir():
            _write(prices, place)
            for old in folder.iterdir():
                if old != place and _address(old) != keep:
                    shutil.rmtree(old, ignore_errors=True)
    except (OSError, PriceListError) as exc:
        logger.warning("the shop's pictures cannot be laid out in %s: %s", folder, exc)
        return ""
    return _address(place)


def _address(place: Path) -> str:
    return place.resolve().as_uri() + "/"


def _write(prices: PriceList, place: Path) -> None:
    part = place.with_name(place.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name, content in prices.pictures():
        if _PLAIN_NAME.fullmatch(name):
            (part / name).write_bytes(content)
    part.rename(place)


class QrCodes(QQuickImageProvider):
    """`image://qr/<text>`: black on white, a whole number of pixels a module.

    Only for images that are not asynchronous, see lay_out_pictures.
    """

    def __init__(self) -> None:
        super().__init__(QQuickImageProvider.ImageType.Image)

    def requestImage(self, text: str, size: QSize, requested: QSize) -> QImage:
        """The code at about the size asked for; an empty image for what no code can hold."""
        image = qr_image(unquote(text), requested.width() if requested.width() > 0 else _DEFAULT_PX)
        size.setWidth(image.width())
        size.setHeight(image.height())
        return image
