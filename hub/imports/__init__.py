"""Price lists of other systems as catalogue items: feeds that we know by name, and any CSV or XLSX by a mapping.

`open_import` looks at the whole file before the first item: a file that is cut, damaged or of another kind raises
ImportRefused there. What shows only in its rows (several stores, codes that a spreadsheet has rounded) raises it
while iterating; whoever stores the items does so in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from hub.imports.errors import FeedStoreNeeded, ImportRefused, MappingError, RowRefused
from hub.imports.headers import recognise
from hub.imports.hk import HkFormat, HkTable
from hub.imports.il import IlFormat
from hub.imports.konzum import KonzumFormat
from hub.imports.mapped import MappedFormat
from hub.imports.mapping import ColumnSection, Mapping, load_mapping
from hub.imports.run import Format, Import
from hub.imports.source import Source, inspect
from hub.imports.spreadsheet import SpreadsheetTable
from hub.imports.table import CsvTable, Table

__all__ = ["FORMATS", "FeedStoreNeeded", "Import", "ImportRefused", "MappingError", "open_import"]

FORMATS: Final = ("csv", "hk", "il", "konzum")
_FALLBACKS: Final = {"il": "cp1255", "konzum": "cp1250", "csv": "cp1252"}
_DEFAULT_CURRENCY: Final = "CNY"
_CURRENCY_LENGTH: Final = 3
_FEEDS: Final[dict[str, Callable[[Table], Format]]] = {"il": IlFormat, "konzum": KonzumFormat}


def open_import(
    path: Path,
    *,
    format: str,  # noqa: A002 - as the command line calls it
    feed_store: str | None = None,
    mapping: Path | None = None,
    currency: str | None = None,
) -> Import:
    """Open a price list. `currency` is that of the store, if it has one: a list in another is refused.

    Raises ImportRefused, or MappingError for the mapping file.
    """
    if format not in FORMATS:
        raise ImportRefused(f"--format {format!r} is not known; known are {', '.join(FORMATS)}")
    if mapping is not None and format != "csv":
        raise MappingError(f"--mapping goes with --format csv; the columns of {format} are known")
    if format == HkFormat.name:
        _check_currency(path, HkFormat.currency, currency)
        return Import(HkTable(path), HkFormat(), feed_store=feed_store)
    rules = Mapping() if mapping is None else load_mapping(mapping)
    source = inspect(path, encoding=rules.file.encoding, fallback=_FALLBACKS[format], spreadsheet=format == "csv")
    table = _table(source, rules)
    try:
        form, assumed = _mapped(source, table, rules, currency) if format == "csv" else (_FEEDS[format](table), False)
        _check_currency(path, form.currency, currency)
        opened = Import(table, form, feed_store=_checked_store(path, form, rules, feed_store))
    except RowRefused as exc:
        table.close()
        raise MappingError(f"{mapping}: defaults.tax: {exc}") from exc
    except ImportRefused:
        table.close()
        raise
    _note(opened, source, assumed=assumed)
    return opened


def _table(source: Source, rules: Mapping) -> Table:
    if source.encoding is None:
        return SpreadsheetTable(
            source, sheet=rules.file.sheet, skip_rows=rules.file.skip_rows, decimal_sign=rules.file.decimal_sign
        )
    return CsvTable(source, delimiter=rules.file.delimiter, skip_rows=rules.file.skip_rows)


def _mapped(source: Source, table: Table, rules: Mapping, currency: str | None) -> tuple[Format, bool]:
    """The format of a free list, and whether its currency is only assumed."""
    columns = rules.columns if rules.columns != ColumnSection() else recognise(table.header)
    known = rules.currency or currency or ""
    if not known and columns.currency in table.header:
        known = _first_value(source, rules, table.header.index(columns.currency))
    return MappedFormat(table, rules, columns, known or _DEFAULT_CURRENCY), not known


def _first_value(source: Source, rules: Mapping, place: int) -> str:
    """What the list's own currency column says: looked up ahead, since amounts are read by it."""
    table = _table(source, rules)
    try:
        values = (fields[place].strip().upper() for _, fields, shape in table.rows() if not shape)
        first = next((value for value in values if value), "")
    finally:
        table.close()
    if first and not (len(first) == _CURRENCY_LENGTH and first.isascii() and first.isalpha()):
        raise ImportRefused(f"{source.path}: its currency column says {first!r}, which is no currency such as CNY")
    return first


def _check_currency(path: Path, found: str, wanted: str | None) -> None:
    if wanted and found != wanted:
        raise ImportRefused(f"{path}: its prices are in {found}, the store's in {wanted}; import it into another store")


def _checked_store(path: Path, form: Format, rules: Mapping, feed_store: str | None) -> str | None:
    if feed_store is None or form.name == "il" or rules.columns.store:
        return feed_store
    raise ImportRefused(f"{path}: --feed-store is for lists of several stores; a {form.name} list is of one")


def _note(opened: Import, source: Source, *, assumed: bool) -> None:
    """What is to be said of the file as a whole, as row 0."""
    if source.guessed:
        text = f"the file is not UTF-8; it is read as {source.encoding}: check the names"
        opened.report.warn("other_encoding", row=0, code="", text=text)
    if assumed:
        text = f"the list names no currency; {opened.currency} is assumed: say another in a mapping file"
        opened.report.warn("currency_assumed", row=0, code="", text=text)
