"""What a view-model said while it was fed: the names of its change signals, in order."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kiosk.viewmodels.mirror import Mirror


@contextmanager
def changes(mirror: Mirror) -> Iterator[list[str]]:
    """Notes the properties that change inside."""
    said: list[str] = []
    links = [
        (signal := getattr(mirror, f"{name}Changed"), signal.connect(lambda name=name: said.append(name)))
        for name in mirror._values
    ]
    yield said
    for signal, link in links:
        signal.disconnect(link)


def as_qml(value: Any) -> Any:
    """A property that holds an object: mypy knows it as a Property, QML as the object."""
    return value


def rows(model: Any) -> list[dict[str, object]]:
    """All rows of a RowModel as QML reads them."""
    names = {role: name.toStdString() for role, name in model.roleNames().items()}
    return [
        {name: model.data(model.index(row, 0), role) for role, name in names.items()} for row in range(model.rowCount())
    ]
