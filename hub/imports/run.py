"""One import: rows of a table through a format and the rules, with a report; whole-file defects end it."""

from __future__ import annotations

import time
from collections.abc import Generator
from typing import Final, Protocol, Self

from hub.catalogue import CatalogueItem, ImportReport
from hub.imports.amounts import Amounts
from hub.imports.codes import looks_rounded, lost_its_digits
from hub.imports.errors import ImportRefused, RowRefused
from hub.imports.rules import FeedRow, RowRules
from hub.imports.stores import FeedStore, StoreFilter
from hub.imports.table import Row, Table

_ROUNDED_ROWS: Final = 3  # one or two codes may really end in zeros; three do not by chance
_SHAPES: Final = {
    "bad_quotes": "its quotes do not match",
    "too_few_columns": "it has fewer fields than the header",
    "too_many_columns": "it has more fields than the header",
}


class Format(Protocol):
    """What a list of one kind means."""

    @property
    def name(self) -> str:
        """As --format calls it."""

    @property
    def currency(self) -> str:
        """ISO 4217."""

    @property
    def time_zone(self) -> str:
        """Where the list's stores are, as far as it is known: IANA name."""

    @property
    def whole_chains(self) -> bool:
        """Whether `store` names chains, not stores."""

    @property
    def amounts(self) -> Amounts:
        """Reads the list's prices."""

    @property
    def code_fields(self) -> tuple[int, ...]:
        """Places of the columns with codes, at least one."""

    def store(self, fields: list[str], /) -> FeedStore | None:
        """The store that a row is of, None for a list of one store. Raises RowRefused."""

    def row(self, line: int, fields: list[str]) -> FeedRow:
        """The row's meaning. Raises RowRefused."""


class Import:
    """Iterator of a file's items, once. `report` fills as it goes and is complete when the iterator ends.

    Raises ImportRefused while iterating if the file turns out to be unusable: then nothing of it counts.
    """

    def __init__(self, table: Table, form: Format, *, feed_store: str | None) -> None:
        self.report = ImportReport(file=str(table.path), format=form.name, currency=form.currency)
        self.currency = form.currency
        self.time_zone = form.time_zone
        self.bytes_total = table.bytes_total
        self._table = table
        self._form = form
        self._stores = StoreFilter(table.path, feed_store, whole_chains=form.whole_chains)
        self._rules = RowRules(form.amounts, self.report)
        self._lost = LostCodes(table, form.code_fields)
        self._items: Generator[CatalogueItem, None, None] = self._run()

    @property
    def bytes_read(self) -> int:
        """How far it got, of `bytes_total`."""
        return self._table.bytes_read

    def __iter__(self) -> Self:
        """Itself: there is one pass."""
        return self

    def __next__(self) -> CatalogueItem:
        """The next item."""
        return next(self._items)

    def close(self) -> None:
        """Close the file; idempotent, and done by itself at the end."""
        self._items.close()
        self._table.close()

    def _run(self) -> Generator[CatalogueItem, None, None]:
        started = time.perf_counter()
        try:
            for row in self._table.rows():
                self.report.read += 1
                item = self._item(row)
                if item is not None:
                    yield item
            self._finish()
        except ImportRefused:
            self.report.take_nothing()
            raise
        finally:
            self.report.seconds = time.perf_counter() - started
            self._table.close()
            self._rules.forget()

    def _item(self, row: Row) -> CatalogueItem | None:
        line, fields, shape = row
        if shape:
            self.report.refuse(shape, row=line, code="", text=_SHAPES[shape])
            return None
        try:
            self._lost.watch(line, fields)
            store = self._form.store(fields)
            if store is not None and not self._stores.takes(store):
                self.report.skipped += 1
                return None
            if self._lost.any or self._stores.ambiguous:
                return None  # the file is refused at its end; until then it is only counted
            return self._rules.item(self._form.row(line, fields))
        except RowRefused as exc:
            code = fields[self._form.code_fields[0]].strip()
            self.report.refuse(exc.reason, row=line, code=code, text=str(exc))
            return None

    def _finish(self) -> None:
        self._lost.check()
        self.report.feed_store = self._stores.finish()
        if self.report.taken:
            return
        if not self.report.read:
            raise ImportRefused(f"{self._table.path}: has a header but no rows; fetch it again")
        reason, tally = max(self.report.refusals.items(), key=lambda entry: entry[1].count)
        first = tally.examples[0]
        raise ImportRefused(
            f"{self._table.path}: none of its {self.report.read:,} rows can be taken; {tally.count:,} are refused "
            f"as {reason}, as row {first['row']}: {first['text']}"
        )


class LostCodes:
    """Watches for codes that a spreadsheet has rounded. One is enough: the whole file went through it."""

    def __init__(self, table: Table, fields: tuple[int, ...]) -> None:
        self._path = table.path
        self._columns = ", ".join(repr(table.header[place]) for place in fields)
        self._fields = fields
        self._codes = self._scientific = self._rounded = 0
        self._first: tuple[int, str] | None = None

    def watch(self, line: int, fields: list[str]) -> None:
        """Look at a row's codes. RowRefused for one that looks rounded and may yet be the only one."""
        for place in self._fields:
            code = fields[place].strip()
            self._codes += bool(code)
            if lost_its_digits(code):
                self._scientific += 1
                self._first = (line, code) if self._scientific == 1 else self._first
            elif looks_rounded(code):
                self._rounded += 1
                self._first = self._first or (line, code)
                raise RowRefused("digits_lost", f"its code {code} looks rounded by a spreadsheet")

    @property
    def any(self) -> bool:
        """Whether the file is already known to be rounded."""
        return self._scientific > 0

    def check(self) -> None:
        """ImportRefused with the explanation if the file's codes are lost."""
        count = self._scientific + self._rounded
        if self._first is None or (not self._scientific and count < _ROUNDED_ROWS):
            return
        line, code = self._first
        raise ImportRefused(
            f"{self._path}: a spreadsheet has turned {count:,} of its {self._codes:,} barcodes into rounded numbers, "
            f"first in row {line} ({code!r}); their digits are lost, and the other codes may have lost leading zeros, "
            f"so nothing of it is taken: export the list again with column {self._columns} as text, and import that"
        )


def refuse_if_codes_are_lost(table: Table, fields: tuple[int, ...]) -> None:
    """Read the whole table for rounded codes: their explanation comes before any other fault of the file."""
    lost = LostCodes(table, fields)
    for line, values, shape in table.rows():
        if not shape:
            try:
                lost.watch(line, values)
            except RowRefused:
                continue
    lost.check()
