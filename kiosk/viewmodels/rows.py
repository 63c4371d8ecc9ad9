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
        """Become these rows, by removing, inserting and changing only what differs; neighbours in one go."""
        self._remove_gone({row[self._key] for row in rows})
        known = {row[self._key] for row in self._rows}
        if [row[self._key] for row in rows if row[self._key] in known] != [row[self._key] for row in self._rows]:
            self._reset(rows)  # an order that changed: rare enough to begin anew
            return
        place = 0
        while place < len(rows):
            fresh = place
            while fresh < len(rows) and rows[fresh][self._key] not in known:
                fresh += 1
            if fresh > place:
                self.beginInsertRows(QModelIndex(), place, fresh - 1)
                self._rows[place:place] = rows[place:fresh]
                self.endInsertRows()
                place = fresh
            else:
                self._change(place, rows[place])
                place += 1

    def _remove_gone(self, wanted: set[Hashable]) -> None:
        last = len(self._rows) - 1
        while last >= 0:
            first = last
            while first >= 0 and self._rows[first][self._key] not in wanted:
                first -= 1
            if first < last:
                self.beginRemoveRows(QModelIndex(), first + 1, last)
                del self._rows[first + 1 : last + 1]
                self.endRemoveRows()
            last = first - 1

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
