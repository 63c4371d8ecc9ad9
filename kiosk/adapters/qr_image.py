"""A QR code as an image, black on white: for the screen and for paper alike."""

from __future__ import annotations

import io
import logging

from PySide6.QtCore import QByteArray
from PySide6.QtGui import QImage

logger = logging.getLogger(__name__)


def qr_image(text: str, wanted: int) -> QImage:
    """The code, a whole number of pixels a module, at most `wanted` pixels wide if that is possible at all; an empty
    image for what no code can hold."""
    import segno  # noqa: PLC0415 - no code is shown before somebody has paid

    try:
        # Level L: a screen has no scratches, and the fewer modules the further away a phone may be.
        code = segno.make_qr(text, error="l")
    except segno.DataOverflowError:
        logger.warning("a text of %d characters does not fit into a code", len(text))
        return QImage()
    modules = code.symbol_size(border=4)[0]
    buffer = io.BytesIO()
    code.save(buffer, kind="png", scale=max(1, wanted // modules), border=4)
    return QImage.fromData(QByteArray(buffer.getvalue()))
