"""List models that mirror a tuple of rows: row-exact signals, so that a list keeps its place and its motion."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QByteArray, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtQml import QmlElement

QML_IMPORT_NAME = "ScanAndGo"
QML_IMPORT_MAJOR_VERSION = 1

Row = dict[str, Any]
_FIRST_ROLE = Qt.ItemDataRole.UserRole + 1


@QmlElement
class RowModel(QAbstractListModel):
    """Rows of named values; `key` is the value by which a row is recognised again."""

    def __init__(self, names: Sequence[str], key: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._names = tuple(names)
        self._key = key
        self._rows: list[Row] = []

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008 - Qt's way
        """How many rows; a row has no children."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = _FIRST_ROLE) -> Any:
        """The value of a role."""
        if not index.isValid() or not 0 <= role - _FIRST_ROLE < len(self._names):
            return None
        return self._rows[index.row()][self._names[role - _FIRST_ROLE]]

    def roleNames(self) -> dict[int, QByteArray]:
        """Role numbers to the names that QML uses."""
        return {_FIRST_ROLE + place: QByteArray(name.encode()) for place, name in enumerate(self._names)}

    def show(self, rows: Sequence[Row]) -> None:
        """Become these rows, by removing, inserting and changing only what differs."""
        self._remove_gone({row[self._key] for row in rows})
        for place, row in enumerate(rows):
            if place < len(self._rows) and self._rows[place][self._key] == row[self._key]:
                self._change(place, row)
            elif self._place_of(row[self._key]) is not None:
                self._reset(rows)  # an order that changed: rare enough to begin anew
                return
            else:
                self.beginInsertRows(QModelIndex(), place, place)
                self._rows.insert(place, row)
                self.endInsertRows()

    def _remove_gone(self, wanted: set[Hashable]) -> None:
        for place in reversed(range(len(self._rows))):
            if self._rows[place][self._key] not in wanted:
                self.beginRemoveRows(QModelIndex(), place, place)
                del self._rows[place]
                self.endRemoveRows()

    def _change(self, place: int, row: Row) -> None:
        old = self._rows[place]
        roles = [_FIRST_ROLE + number for number, name in enumerate(self._names) if old[name] != row[name]]
        if roles:
            self._rows[place] = row
            index = self.index(place, 0)
            self.dataChanged.emit(index, index, roles)

    def _reset(self, rows: Sequence[Row]) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()

    def _place_of(self, key: Hashable) -> int | None:
        return next((place for place, row in enumerate(self._rows) if row[self._key] == key), None)
