"""What all view-models share: values that tell QML only when they change."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtQml import QmlElement

from kiosk.services.lane_view import LaneView

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1


@QmlElement
class Mirror(QObject):
    """Holds a snapshot's values by property name; `put` emits `<name>Changed` on change only.

    Known to QML although it has no use for it: the tools that read types out of Python need a class's bases.
    """

    def __init__(self, parent: QObject | None = None, **values: Any) -> None:
        super().__init__(parent)
        self._values: dict[str, Any] = values

    def value(self, name: str) -> Any:
        """The value behind a property."""
        return self._values[name]

    def put(self, **values: Any) -> None:
        """Take new values over."""
        for name, value in values.items():
            if self._values[name] != value:
                self._values[name] = value
                getattr(self, f"{name}Changed").emit()


def picture_address(view: LaneView, name: str) -> str:
    """The address of a shop's picture; "" if it has none."""
    return view.picture_root + name if name and view.picture_root else ""
