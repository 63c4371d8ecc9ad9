"""Files that a person of the shop writes, as CSV or TOML: rows by known columns, with their place for each mistake.

Unlike a feed, such a file is right or refused: one wrong row may be the one that mattered.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Final, TypeVar

from hub.imports.errors import ImportRefused, RowRefused
from hub.imports.shop_products import nearest
from hub.imports.source import inspect
from hub.imports.table import CsvTable

T = TypeVar("T")
Cell = str | tuple[str, ...]

_SHOWN: Final = 3
_NAME_IN: Final = re.compile("name(?:_[a-z]{2,3}(?:_[A-Za-z]{2,4})?)?")


@dataclass(frozen=True, slots=True)
class FileRow:
    """One row; `place` is how a sentence names it, `number` its line, in TOML which of the tables it is. Cells are
    stripped text; a TOML list is a tuple."""

    number: int
    place: str
    cells: Mapping[str, Cell]

    def text(self, column: str) -> str:
        """A cell as text; empty if the row has none. RowRefused for a list."""
        cell = self.cells.get(column, "")
        if isinstance(cell, tuple):
            raise RowRefused("bad_value", f"its {column} is a list; write one value")
        return cell

    def texts(self, column: str) -> tuple[str, ...]:
        """A cell with several values: a TOML list, or text separated by spaces."""
        cell = self.cells.get(column, "")
        return cell if isinstance(cell, tuple) else tuple(cell.split())

    def names(self) -> dict[str, str]:
        """Texts by language: name_zh_CN is zh-CN, a plain name is English."""
        found = {match: self.text(column) for column in self.cells if (match := _language(column))}
        return {tag: " ".join(text.split()) for tag, text in found.items() if text}

    def choice(self, column: str, known: Collection[str], default: str = "") -> str:
        """A word out of a few; RowRefused for others."""
        word = self.text(column).lower() or default
        if word not in known:
            raise RowRefused("bad_value", f"its {column} {word!r} is not known; write one of {', '.join(known)}")
        return word


def _language(column: str) -> str:
    """Language tag of a column of names, or empty."""
    if _NAME_IN.fullmatch(column) is None:
        return ""
    return column.removeprefix("name").removeprefix("_").replace("_", "-") or "en"


class Mistakes:
    """What is wrong with a file, row by row; the file is refused if there is any."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._found: list[str] = []

    def add(self, place: str, text: str) -> None:
        """One more; `text` says what is wrong and the remedy."""
        self._found.append(f"{place}: {text}")

    def read(self, row: FileRow, parse: Callable[[FileRow], T]) -> T | None:
        """What `parse` makes of a row, or None after noting why it could not."""
        try:
            return parse(row)
        except RowRefused as exc:
            self.add(row.place, str(exc))
            return None

    def refuse(self) -> None:
        """ImportRefused if there is any: the first ones, and how many more."""
        if self._found:
            more = len(self._found) - _SHOWN
            rest = f"; and {more:,} more mistakes" if more > 0 else ""
            raise ImportRefused(f"{self._path}: {'; '.join(self._found[:_SHOWN])}{rest}; nothing was changed")


@dataclass(frozen=True, slots=True)
class Columns:
    """What a file may say: `rows` of each row, of them the `needed`; in TOML rows are the tables of `array`, and
    `heads` may stand once above them: what all rows share. `named`: rows may have name_en, name_zh_CN and so on."""

    array: str
    rows: tuple[str, ...]
    needed: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    named: bool = False

    @property
    def all_rows(self) -> Known:
        """The columns of a row."""
        return Known(self.rows, self.named)


@dataclass(frozen=True, slots=True)
class Known:
    """Names that are known; `named`: name_en and its like for every language besides."""

    names: tuple[str, ...]
    named: bool = False

    def __contains__(self, name: str) -> bool:
        """Whether a name is one of them."""
        return name in self.names or (self.named and _NAME_IN.fullmatch(name) is not None)


def read_rows(path: Path, columns: Columns) -> list[FileRow]:
    """The rows of a CSV file, or of a TOML file (by its name). ImportRefused with the place of what is wrong."""
    rows = list(_toml_rows(path, columns) if path.suffix.lower() == ".toml" else _csv_rows(path, columns))
    if not rows:
        raise ImportRefused(f"{path}: has no rows; nothing was changed")
    return rows


def _csv_rows(path: Path, columns: Columns) -> Iterator[FileRow]:
    source = inspect(path)
    if source.guessed:  # as Western letters, Chinese names in GBK would be rubbish on the shoppers' screens
        raise ImportRefused(f"{path}: is not UTF-8; save it as UTF-8, in Excel as 'CSV UTF-8'; nothing was changed")
    table = CsvTable(source)
    try:
        _check_names(f"{path}: line 1, column", table.header, columns.all_rows)
        missing = [name for name in columns.needed if name not in table.header]
        if missing:
            raise ImportRefused(f"{path}: line 1: the header lacks {', '.join(missing)}; add it")
        for line, fields, shape in table.rows():
            if shape:
                where = f"{path}: line {line}"
                raise ImportRefused(f"{where}: {shape.replace('_', ' ')}; check its separators; nothing was changed")
            values = {name: value.strip() for name, value in zip(table.header, fields, strict=True)}
            if any(values.values()):
                yield FileRow(line, f"line {line}", values)
    finally:
        table.close()


def _toml_rows(path: Path, columns: Columns) -> Iterator[FileRow]:
    content = read_toml(path)
    tables = content.pop(columns.array, [])
    if not isinstance(tables, list) or not all(isinstance(one, dict) for one in tables):
        raise ImportRefused(f"{path}: {columns.array} is no list of tables; write [[{columns.array}]] above each")
    _check_names(f"{path}: key", content, Known(columns.heads))
    shared = _cells(path, "above the first table", content)
    for number, one in enumerate(tables, start=1):
        place = f"[[{columns.array}]] number {number}"
        _check_names(f"{path}: {place}, key", one, columns.all_rows)
        yield FileRow(number, place, shared | _cells(path, place, one))


def read_toml(path: Path) -> dict[str, Any]:
    """What a TOML file says, decimal numbers as text. ImportRefused."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"), parse_float=str)  # money is never a float
    except OSError as exc:
        raise ImportRefused(f"{path}: cannot be read ({(exc.strerror or str(exc)).lower()}); check its name") from exc
    except UnicodeDecodeError as exc:
        raise ImportRefused(f"{path}: is not UTF-8; save it as UTF-8") from exc
    except (ValueError, RecursionError) as exc:  # a number of 5,000 digits is a ValueError of its own
        raise ImportRefused(f"{path}: is not TOML: {exc}") from exc


def _cells(path: Path, place: str, values: Mapping[str, Any]) -> dict[str, Cell]:
    return {key: _cell(f"{path}: {place}, key {key!r}", value) for key, value in values.items()}


def _cell(where: str, value: Any) -> Cell:
    if isinstance(value, list):
        return tuple(_text(where, one) for one in value)
    return _text(where, value)


def _text(where: str, value: Any) -> str:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    kind = "a time of day" if isinstance(value, time) else "true or false" if isinstance(value, bool) else "a table"
    raise ImportRefused(f"{where}: is {kind}; write a text, a number or a date; nothing was changed")


def _check_names(where: str, found: Iterable[str], known: Known) -> None:
    """A misspelt valid_until would make a price last for ever: what is not known is refused, not skipped."""
    seen: set[str] = set()
    for name in found:
        if name not in known:
            near = nearest(name, set(known.names)) or f"; known are {', '.join(known.names)}"
            raise ImportRefused(f"{where} {name!r}: is not known{near}; nothing was changed")
        if name in seen:
            raise ImportRefused(f"{where} {name!r}: stands twice; remove one; nothing was changed")
        seen.add(name)
