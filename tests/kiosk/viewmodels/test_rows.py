"""List models change row by row, and tell Qt exactly what changed."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QModelIndex
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy

from kiosk.viewmodels.rows import Row, RowModel

pytestmark = pytest.mark.usefixtures("qapp")


class Watched:
    """A model under Qt's own tester, and what it said."""

    def __init__(self, *rows: Row) -> None:
        self.model = RowModel(("id", "text"), "id")
        self.tester = QAbstractItemModelTester(self.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
        self.model.show(rows)
        self.said: list[tuple[object, ...]] = []
        self.model.rowsInserted.connect(lambda _, first, last: self.said.append(("inserted", first, last)))
        self.model.rowsRemoved.connect(lambda _, first, last: self.said.append(("removed", first, last)))
        self.model.dataChanged.connect(lambda first, last, roles: self.said.append(self._change(first, last, roles)))
        self.model.modelReset.connect(lambda: self.said.append(("reset",)))

    def _change(self, first: QModelIndex, last: QModelIndex, roles: list[int]) -> tuple[object, ...]:
        names = self.model.roleNames()
        return ("changed", first.row(), last.row(), *(names[role].toStdString() for role in roles))

    def show(self, *rows: Row) -> list[tuple[object, ...]]:
        self.said.clear()
        self.model.show(rows)
        assert self.rows() == list(rows)
        return self.said

    def rows(self) -> list[Row]:
        roles = {name.toStdString(): role for role, name in self.model.roleNames().items()}
        return [
            {name: self.model.data(self.model.index(row, 0), role) for name, role in roles.items()}
            for row in range(self.model.rowCount())
        ]


def row(key: int, text: str = "") -> Row:
    return {"id": key, "text": text or f"row {key}"}


def test_a_new_row_is_inserted_where_it_stands() -> None:
    watched = Watched(row(1), row(3))
    assert watched.show(row(1), row(2), row(3), row(4)) == [("inserted", 1, 1), ("inserted", 3, 3)]


def test_rows_that_are_gone_are_removed_and_the_others_stay() -> None:
    watched = Watched(row(1), row(2), row(3), row(4))
    assert watched.show(row(2), row(4)) == [("removed", 2, 2), ("removed", 0, 0)]


def test_a_changed_row_names_only_the_roles_that_changed() -> None:
    watched = Watched(row(1), row(2))
    assert watched.show(row(1), row(2, "dearer")) == [("changed", 1, 1, "text")]


def test_the_same_rows_again_say_nothing() -> None:
    watched = Watched(row(1), row(2))
    assert watched.show(row(1), row(2)) == []


def test_a_removal_a_change_and_an_insertion_at_once() -> None:
    watched = Watched(row(1), row(2), row(3))
    said = watched.show(row(2, "now"), row(3), row(4))
    assert said == [("removed", 0, 0), ("changed", 0, 0, "text"), ("inserted", 2, 2)]


def test_another_order_begins_anew() -> None:
    watched = Watched(row(1), row(2), row(3))
    assert watched.show(row(3), row(1), row(2)) == [("reset",)]


def test_a_new_basket_takes_the_old_rows_away() -> None:
    watched = Watched(row(1), row(2))
    assert watched.show() == [("removed", 0, 1)]


def test_a_row_has_no_children_and_no_unknown_roles() -> None:
    model = Watched(row(1)).model
    assert model.rowCount(model.index(0, 0)) == 0
    assert model.data(model.index(0, 0), 0) is None
    assert model.data(QModelIndex(), next(iter(model.roleNames()))) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: rows[::-1],
        lambda rows: rows[1::2],
        lambda rows: [row(100), *rows[:5], row(101), *rows[9:]],
        lambda rows: [row(one["id"], "x") for one in rows],
        lambda rows: [*rows[10:], *rows[:10]],
    ],
)
def test_whatever_changes_the_model_ends_as_told(change: Callable[[list[Row]], list[Row]]) -> None:
    rows = [row(number) for number in range(20)]
    watched = Watched(*rows)
    watched.show(*change(rows))
    watched.show(*rows)


def test_a_row_keeps_its_place_in_a_long_list() -> None:
    rows = [row(number) for number in range(60)]
    watched = Watched(*rows)
    spy = QSignalSpy(watched.model.modelReset)
    del rows[30]
    assert watched.show(*rows) == [("removed", 30, 30)]
    assert spy.count() == 0
