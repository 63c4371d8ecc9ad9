"""Reads a picture's file as a person would see it: turned upright, on white where it is transparent."""

from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hardware.errors import DeviceMissing, DeviceRefused
from hardware.opencv import Grey, cv2

_CHANNELS_WITH_ALPHA: Final = 4
_WITH_ALPHA: Final = frozenset({".png", ".webp", ".tif", ".tiff", ".gif", ".avif"})
_DEEP: Final = 256.0
_NAME: Final = "picture"


def photograph(path: Path) -> Grey:
    """The luminance. Raises DeviceMissing or DeviceRefused."""
    try:
        content = np.fromfile(path, np.uint8)
    except FileNotFoundError as exc:
        raise DeviceMissing(f"there is no file {path}", device=_NAME) from exc
    except OSError as exc:
        raise DeviceRefused(f"{path} cannot be read ({exc.strerror}): give another file", device=_NAME) from exc
    if not content.size:
        raise DeviceRefused(f"{path} is empty: give another file", device=_NAME)
    grey = _decoded(content, cv2.IMREAD_GRAYSCALE)
    if grey is None:
        grey = _by_pillow(path)
    if grey is None:
        raise DeviceRefused(f"{path} is not a picture that can be read: give another file", device=_NAME)
    if path.suffix.lower() in _WITH_ALPHA:
        full = _decoded(content, cv2.IMREAD_UNCHANGED)
        if full is not None and full.ndim > grey.ndim and full.shape[2] == _CHANNELS_WITH_ALPHA:
            return _on_white(full)
    return np.asarray(grey, np.uint8)


def _decoded(content: NDArray[np.uint8], how: int) -> NDArray[Any] | None:
    try:
        return cv2.imdecode(content, how)
    except cv2.error:  # larger than OpenCV takes, or broken in a way of its own
        return None


def _by_pillow(path: Path) -> Grey | None:
    """OpenCV 5.0.0 refuses pictures of a few bytes, and knows fewer formats. The receipts' printer brings Pillow."""
    from PIL import Image, ImageOps  # noqa: PLC0415 - hardly ever needed

    try:
        with Image.open(path) as picture:
            upright = ImageOps.exif_transpose(picture).convert("LA")
            return _on_white(np.asarray(upright)[:, :, [0, 0, 0, 1]])
    except (OSError, ValueError, Image.DecompressionBombError, Image.DecompressionBombWarning):
        return None


def _on_white(full: NDArray[Any]) -> Grey:
    """Black bars on nothing are black on black to who ignores what is transparent."""
    deep = full.dtype == np.uint16
    shades = cv2.cvtColor(full, cv2.COLOR_BGRA2GRAY).astype(np.float32) / (_DEEP if deep else 1.0)
    opaque = full[:, :, 3].astype(np.float32) / (np.iinfo(full.dtype).max if deep else 255.0)
    return np.asarray(np.clip(shades * opaque + 255.0 * (1.0 - opaque), 0, 255), np.uint8)
