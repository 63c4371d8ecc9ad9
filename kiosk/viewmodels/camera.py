"""What the camera sees, for the shopper to aim by."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Property, QObject, Qt, Signal, Slot
from PySide6.QtQml import QmlElement

from kiosk.viewmodels.mirror import Mirror

if TYPE_CHECKING:
    from hardware.camera_picture import CameraPicture, Found  # pulls in OpenCV
    from hardware.code import Corners

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1

_HIGH: Final = 1000
"""The overlay's own units from top to bottom."""


@QmlElement
class CameraViewModel(Mirror):
    """The newest picture of a camera as addresses that hold it: an Image decodes them without a line of Python.

    No painted item and no image provider: their Python would run on Qt's render or reader thread, which waits for the
    interpreter while the screen waits for that thread (kiosk/adapters/pictures.py).
    """

    thereChanged = Signal()
    awayChanged = Signal()
    hintChanged = Signal()
    aspectChanged = Signal()
    pictureChanged = Signal()
    overlayChanged = Signal()
    arrived = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent, there=False, away=False, hint="", aspect=16 / 9, picture="", overlay="")
        self._mirrored = True
        self._newest: dict[str, object] = {}
        self._is_announced = False
        self.arrived.connect(self.show, Qt.ConnectionType.QueuedConnection)

    def expect(self, *, mirrored: bool) -> None:
        """This lane has a camera; `mirrored`: shown as a mirror shows it."""
        self._mirrored = mirrored
        self.put(there=True)

    def take(self, picture: CameraPicture) -> None:
        """A picture came; on any thread. One that the screen had no time for is left out."""
        self._newest = self._values_of(picture)
        if not self._is_announced:
            self._is_announced = True
            self.arrived.emit()

    @Slot()
    def show(self) -> None:
        """Show the newest; on the Qt thread."""
        self._is_announced = False
        self.put(**self._newest)

    def _values_of(self, picture: CameraPicture) -> dict[str, object]:
        if picture.grey is None:
            return {"away": True, "hint": "", "picture": "", "overlay": ""}
        rows, columns = picture.grey.shape
        return {
            "away": False,
            "hint": _hint(picture.found),
            "aspect": columns / rows,
            "picture": "data:image/jpeg;base64," + b64encode(picture.jpeg()).decode("ascii"),
            "overlay": _overlay(picture, columns / rows, mirrored=self._mirrored),
        }

    @Property(bool, notify=thereChanged)
    def there(self) -> bool:
        """Whether this lane has a camera at all."""
        return bool(self.value("there"))

    @Property(bool, notify=awayChanged)
    def away(self) -> bool:
        """Whether it gives no pictures now."""
        return bool(self.value("away"))

    @Property(str, notify=hintChanged)
    def hint(self) -> str:
        """What the shopper should know: 'counted', 'several' codes of which none counts, or ''."""
        return str(self.value("hint"))

    @Property(float, notify=aspectChanged)
    def aspect(self) -> float:
        """The picture's width by its height."""
        return float(self.value("aspect"))

    @Property(str, notify=pictureChanged)
    def picture(self) -> str:
        """Address of the newest picture; '' before the first."""
        return str(self.value("picture"))

    @Property(str, notify=overlayChanged)
    def overlay(self) -> str:
        """Address of a drawing to lie over it: the aiming zone, and the outlines of what was found."""
        return str(self.value("overlay"))

    @Property(bool, constant=True)
    def mirrored(self) -> bool:
        return self._mirrored


def _hint(found: tuple[Found, ...]) -> str:
    if any(it.counted for it in found):
        return "counted"
    return "several" if len(found) > 1 else ""


def _overlay(picture: CameraPicture, aspect: float, *, mirrored: bool) -> str:
    wide = round(_HIGH * aspect)

    def placed(corners: Corners) -> list[tuple[int, int]]:
        return [(round((1 - x if mirrored else x) * wide), round(y * _HIGH)) for x, y in corners]

    parts = [_zone(placed(picture.zone.corners), wide)]
    for found in picture.found:
        parts += _outline(placed(found.corners), counted=found.counted)
    drawing = f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {wide} {_HIGH}'>{''.join(parts)}</svg>"
    return "data:image/svg+xml;base64," + b64encode(drawing.encode("ascii")).decode("ascii")


def _zone(corners: list[tuple[int, int]], wide: int) -> str:
    """What lies outside is dimmed, so that one sees where to hold the code."""
    left, right = sorted((corners[0][0], corners[2][0]))
    top, bottom = corners[0][1], corners[2][1]
    r, width, height = 60, right - left - 120, bottom - top - 120
    corner = f"a{r} {r} 0 0 1"
    inside = (
        f"M{left + r} {top}h{width}{corner} {r} {r}v{height}{corner} {-r} {r}"
        f"h{-width}{corner} {-r} {-r}v{-height}{corner} {r} {-r}z"
    )
    return (
        f"<path d='M0 0h{wide}v{_HIGH}h{-wide}z{inside}' fill='#0A1018' fill-opacity='.45' fill-rule='evenodd'/>"
        f"<path d='{inside}' fill='none' stroke='#FFFFFF' stroke-width='12'/>"
    )


def _outline(corners: list[tuple[int, int]], *, counted: bool) -> Iterable[str]:
    """Each line has another beside it: it must show on a white pack and on a dark one."""
    points = " ".join(f"{x},{y}" for x, y in corners)
    shape = f"<polygon points='{points}' fill='none' stroke-linejoin='round'"
    if not counted:
        yield f"{shape} stroke='#14181F' stroke-opacity='.6' stroke-width='16'/>"
        yield f"{shape} stroke='#FFFFFF' stroke-width='7'/>"
        return
    yield f"{shape} stroke='#FFFFFF' stroke-width='36'/>{shape} stroke='#0F6B43' stroke-width='24'/>"
    x, y = (sum(part) // len(corners) for part in zip(*corners, strict=True))
    yield f"<circle cx='{x}' cy='{y}' r='105' fill='#FFFFFF'/><circle cx='{x}' cy='{y}' r='92' fill='#0F6B43'/>"
    yield (
        f"<path d='M{x - 44} {y + 2}l32 34 58-68' fill='none' stroke='#FFFFFF' stroke-width='20' "
        "stroke-linecap='round' stroke-linejoin='round'/>"
    )
