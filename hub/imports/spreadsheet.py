"""XLSX price lists as rows of text: numbers without the noise of floating point, codes with the zeros they show."""

from __future__ import annotations

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any, Final

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from hub.imports.errors import ImportRefused
from hub.imports.source import Source
from hub.imports.table import Row

# What openpyxl, zipfile and the XML parser raise over a damaged workbook, found by damaging 10,000 of them.
_BROKEN: Final = (
    zipfile.BadZipFile, zlib.error, InvalidFileException, OSError, EOFError, SyntaxError, RuntimeError, ValueError,
    LookupError, TypeError, AttributeError, AssertionError,
)  # fmt: skip
_ZEROS: Final = re.compile(r"0{2,}")
_EXACT: Final = 10**15  # a spreadsheet keeps 15 digits; the rest of a longer number is made up
_NOISE: Final = Decimal("1e-9")  # what binary fractions leave behind a price such as 19.99


class SpreadsheetTable:
    """One sheet of a workbook; `decimal_sign` is the one that numbers are to be written with."""

    def __init__(self, source: Source, *, sheet: str = "", skip_rows: int = 0, decimal_sign: str = "") -> None:
        self.path = source.path
        self.bytes_total = source.size
        self._decimal_sign = decimal_sign or "."
        self._file = source.open()
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # openpyxl on styles and extensions that hold no prices
                self._book = load_workbook(self._file, read_only=True, data_only=True)
        except _BROKEN as exc:
            self._file.close()
            raise ImportRefused(f"{self.path}: is no sound .xlsx workbook ({exc}); save the list again") from exc
        try:
            self._sheet = self._choose(sheet)
            self._last = self._sheet.max_row or 0
            # Some programs write a wrong size into the sheet, and openpyxl would stop there.
            self._sheet.reset_dimensions()
            self._rows = self._cells()
            self.header = self._read_header(skip_rows)
        except ImportRefused:
            self.close()
            raise
        except _BROKEN as exc:
            self.close()
            raise ImportRefused(f"{self.path}: is no sound .xlsx workbook ({exc}); save the list again") from exc

    @property
    def bytes_read(self) -> int:
        """Estimated by rows: the parts of the archive are not read in order."""
        return min(self.bytes_total, self.bytes_total * self._line // self._last) if self._last else 0

    def close(self) -> None:
        """Close the file; idempotent."""
        self._book.close()
        self._file.close()

    def rows(self) -> Iterator[Row]:
        """The rows after the header; an empty row is none."""
        width = len(self.header)
        for line, fields in self._rows:
            if any(fields):
                yield line, [*fields[:width], *[""] * (width - len(fields))], ""

    def _choose(self, sheet: str) -> Any:
        names = self._book.sheetnames
        if sheet and sheet not in names:
            raise ImportRefused(f"{self.path}: has no sheet {sheet!r}; it has {', '.join(map(repr, names))}")
        chosen = self._book[sheet] if sheet else self._book.worksheets[0] if self._book.worksheets else None
        if chosen is None:
            raise ImportRefused(f"{self.path}: has no sheet with rows; save the list again")
        return chosen

    def _cells(self) -> Iterator[tuple[int, list[str]]]:
        self._line = 0
        try:
            for cells in self._sheet.iter_rows():
                self._line += 1
                yield self._line, [self._text(cell.value, cell.number_format) for cell in cells]
        except _BROKEN as exc:
            raise ImportRefused(f"{self.path}: is damaged after row {self._line} ({exc}); save the list again") from exc

    def _read_header(self, skip_rows: int) -> list[str]:
        for line, fields in self._rows:
            if line > skip_rows and any(fields):
                while fields and not fields[-1]:
                    fields.pop()
                return [field.strip() for field in fields]
        raise ImportRefused(
            f"{self.path}: the sheet {self._sheet.title!r} is empty; name another one in a mapping file"
        )

    def _text(self, value: object, number_format: str | None) -> str:
        if isinstance(value, bool) or not isinstance(value, int | float):
            if isinstance(value, datetime) and value.time() == time.min:
                value = value.date()  # a spreadsheet's date is a midnight
            return value.isoformat() if isinstance(value, datetime | date) else str(value or "").strip()
        number = Decimal(value) if isinstance(value, int) else Decimal(repr(value))
        if not number.is_finite():
            return str(value)
        if "%" in (number_format or ""):
            return f"{(number * 100).quantize(_NOISE).normalize():f}%"
        if abs(number) >= _EXACT:
            return f"{number:.2E}"  # the form in which codes.lost_its_digits knows it
        digits = f"{number.quantize(_NOISE).normalize():f}"
        if _ZEROS.fullmatch(number_format or "") and digits.isdigit():
            return digits.zfill(len(number_format or ""))
        return digits.replace(".", self._decimal_sign)
