"""Finds the columns of a known feed by their names, and says in one sentence what a wrong header lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from hub.imports.errors import ImportRefused
from hub.imports.table import Table, shown_header


def find_columns(table: Table, names: Sequence[str], *, kind: str, strangers: Mapping[str, str]) -> dict[str, int]:
    """Place of each name in the header, in any order. `strangers` maps a name to what a list that has it is."""
    places = {name: place for place, name in reversed(list(enumerate(table.header)))}
    for name, what in strangers.items():
        if name in places:
            raise ImportRefused(f"{table.path}: is {what}, not {kind}")
    missing = [name for name in names if name not in places]
    if len(missing) == len(names):
        raise ImportRefused(
            f"{table.path}: is not {kind}: its header has none of the columns; it starts {shown_header(table.header)}"
        )
    if missing:
        lacks = ", ".join(map(repr, missing))
        raise ImportRefused(f"{table.path}: its header lacks {lacks}; fetch the list again, or say another --format")
    return {name: places[name] for name in names}
