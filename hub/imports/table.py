"""Rows of a price list, whatever it is written in: a header by name, then fields with their line number."""

from __future__ import annotations

import csv
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

from hub.imports.errors import ImportRefused
from hub.imports.source import Source

_DELIMITERS: Final = ",;\t|"
_SHOWN: Final = 12

Row = tuple[int, list[str], str]  # line, fields, and what is wrong with the row's shape: a reason, or empty


class Table(Protocol):
    """A price list being read; used by one thread. `bytes_read` of `bytes_total` is for a progress bar."""

    path: Path
    header: list[str]
    bytes_total: int

    @property
    def bytes_read(self) -> int:
        """How far reading got, in bytes of the file as it lies on disk."""

    def rows(self) -> Iterator[Row]:
        """The rows after the header; raises ImportRefused where the file turns out not to be whole."""

    def close(self) -> None:
        """Close the file; idempotent."""


class CsvTable:
    """Delimited text. Without a delimiter the one that splits the header into most fields is taken."""

    def __init__(self, source: Source, *, delimiter: str = "", skip_rows: int = 0) -> None:
        self.path = source.path
        self.bytes_total = source.size
        self._source = source
        self._file = source.open()
        self._text = source.text(self._file)
        try:
            self.header = self._read_header(delimiter, skip_rows)
        except ImportRefused:
            self.close()
            raise
        except (OSError, EOFError, zlib.error, UnicodeError) as exc:
            self.close()
            raise ImportRefused(f"{self.path}: cannot be read any more ({exc}); fetch it again") from exc

    @property
    def bytes_read(self) -> int:
        """Position in the file as it lies on disk."""
        return self.bytes_total if self._file.closed else min(self._file.tell(), self.bytes_total)

    def close(self) -> None:
        """Close the file; idempotent."""
        self._text.close()
        self._file.close()

    def rows(self) -> Iterator[Row]:
        """The rows after the header; an empty line is none."""
        try:
            yield from self._rows()
        except (OSError, EOFError, zlib.error, UnicodeError) as exc:
            raise ImportRefused(f"{self.path}: cannot be read any more ({exc}); fetch it again") from exc

    def _read_header(self, delimiter: str, skip_rows: int) -> list[str]:
        self._before = 0
        line = ""
        while not line.strip() or self._before <= skip_rows:
            line = self._text.readline().removeprefix("\ufeff")
            self._before += 1
            if not line:
                raise ImportRefused(f"{self.path}: has no header line; fetch it again")
            if line.lower().startswith("sep=") and self._before == 1:
                delimiter, line = delimiter or line[4:5], ""
        delimiter = delimiter or max(_DELIMITERS, key=line.count)
        try:
            (header,) = csv.reader([line], delimiter=delimiter, strict=True)
        except (csv.Error, ValueError) as exc:
            raise ImportRefused(f"{self.path}: line {self._before}, the header, has an unclosed quote") from exc
        self._reader = csv.reader(self._text, delimiter=delimiter, strict=True)
        return [name.strip() for name in header]

    def _rows(self) -> Iterator[Row]:
        width, short_line = len(self.header), 0
        reader, before = self._reader, self._before
        while True:
            line = before + reader.line_num + 1
            try:
                fields = next(reader)
            except StopIteration:
                break
            except csv.Error as exc:
                self._check_quotes(line, before + reader.line_num, exc)
                yield line, [], "bad_quotes"
                continue
            if len(fields) == width:
                yield line, fields, ""
            elif fields:
                self._check_lines(line, before + reader.line_num)
                short_line = line
                yield line, fields[:width], _shape(fields, width)
        if short_line and short_line == before + reader.line_num and not self._source.ends_with_newline:
            raise ImportRefused(f"{self.path}: ends in the middle of line {short_line}; fetch it again")

    def _check_quotes(self, line: int, last: int, exc: csv.Error) -> None:
        """A quote that is never closed hides the rows after it: then none can be trusted."""
        if last > line or "end of data" in str(exc) or "field larger" in str(exc):
            raise ImportRefused(
                f"{self.path}: a quote that opens in line {line} is not closed, so the rows after it cannot be told "
                "apart; correct that line, or fetch the list again"
            ) from exc

    def _check_lines(self, line: int, last: int) -> None:
        if last > line:
            self._check_quotes(line, last, csv.Error("a row of several lines with a wrong number of fields"))


def _shape(fields: list[str], width: int) -> str:
    if len(fields) < width:
        return "too_few_columns"
    return "too_many_columns" if any(field.strip() for field in fields[width:]) else ""


def shown_header(header: list[str]) -> str:
    """A header for a sentence: its first names, quoted."""
    names = ", ".join(repr(name) for name in header[:_SHOWN])
    return f"{names}, …" if len(header) > _SHOWN else names
