"""Opens a price list's file: what it is, whether it is whole, how its text is encoded; and streams its text.

The file is read twice: once to see that all of it is there and can be decoded, before the first row counts, and once
for its rows. Both times piece by piece: memory does not grow with the file.
"""

from __future__ import annotations

import codecs
import gzip
import io
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final, cast

from hub.imports.errors import ImportRefused

_CHUNK: Final = 1 << 20
_LONGEST_LINE: Final = 1 << 20
_GZIP: Final = b"\x1f\x8b"
_ZIP: Final = b"PK\x03\x04"
_FOREIGN: Final = {
    b"\xd0\xcf\x11\xe0": "an Excel file of the old kind or with a password; save it as plain .xlsx or CSV",
    b"%PDF": "a PDF; ask for the list as CSV or XLSX",
    b"BZh": "compressed with bzip2; unpack it first",
    b"\xfd7zXZ": "compressed with xz; unpack it first",
    b"\x28\xb5\x2f\xfd": "compressed with zstd; unpack it first",
    b"7z\xbc\xaf": "a 7z archive; unpack it first",
    b"Rar!": "a RAR archive; unpack it first",
    b"SQLite format 3": "a SQLite database, not a price list",
}


@dataclass(frozen=True, slots=True)
class Source:
    """A file that was found to be whole. `encoding` is None for a spreadsheet; `guessed` if it is not UTF-8."""

    path: Path
    size: int
    compressed: bool
    encoding: str | None
    guessed: bool = False
    ends_with_newline: bool = True

    def open(self) -> BinaryIO:
        """The file itself; its position is the progress."""
        return _open(self.path)

    def text(self, file: BinaryIO) -> io.TextIOWrapper:
        """The file's text, unpacked and decoded as it is read."""
        content = gzip.GzipFile(fileobj=file) if self.compressed else file
        return io.TextIOWrapper(cast("BinaryIO", content), encoding=self.encoding, newline="")


def inspect(path: Path, *, encoding: str = "", fallback: str = "cp1252", spreadsheet: bool = False) -> Source:
    """Look at a whole file. `encoding` is a demand; without one, UTF-8 (or UTF-16 with a mark) and then `fallback`.

    Raises ImportRefused for what is no price list, or not a whole one.
    """
    if path.is_dir():
        raise ImportRefused(f"{path}: is a folder; name the price list's file")
    if path.exists() and not path.is_file():
        raise ImportRefused(f"{path}: is a device or a pipe; it is read twice, so save the list to a file first")
    with _open(path) as file:
        try:
            size = path.stat().st_size
            start = file.read(16)
        except OSError as exc:
            raise ImportRefused(f"{path}: cannot be read ({exc.strerror})") from exc
        if not start:
            raise ImportRefused(f"{path}: is empty; fetch it again")
        for magic, kind in _FOREIGN.items():
            if start.startswith(magic):
                raise ImportRefused(f"{path}: is {kind}")
        if start.startswith(_ZIP):
            if not spreadsheet:
                raise ImportRefused(
                    f"{path}: is a zip archive or a spreadsheet; this format comes as CSV, plain or .gz"
                )
            return Source(path, size, compressed=False, encoding=None)
        compressed = start.startswith(_GZIP)
        return _Scan(path, file, size, compressed).source(encoding, fallback)


def _open(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError as exc:
        raise ImportRefused(f"{path}: there is no such file") from exc
    except PermissionError as exc:
        raise ImportRefused(f"{path}: may not be read; check its permissions") from exc
    except (OSError, ValueError) as exc:
        raise ImportRefused(f"{path}: cannot be opened ({exc})") from exc


class _Scan:
    """One pass over all bytes of a text file."""

    def __init__(self, path: Path, file: BinaryIO, size: int, compressed: bool) -> None:
        self._path, self._file, self._size, self._compressed = path, file, size, compressed
        self._lines = 0
        self._ending = b""
        self._foreign_letters = False

    def source(self, encoding: str, fallback: str) -> Source:
        """Decide on the encoding; raises ImportRefused."""
        start = self._start()
        if start.removeprefix(codecs.BOM_UTF8).lstrip().startswith((b"<", b"{", b"[")):
            raise ImportRefused(f"{self._path}: is XML, HTML or JSON, not CSV; ask for the list as CSV")
        wide = start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        if encoding or wide:
            found = encoding or "utf-16"
            if not self._decodes(found):
                raise ImportRefused(f"{self._path}: line {self._lines + 1} is not {found}; say the encoding it has")
            return self._found(found, guessed=False)
        if self._decodes("utf-8-sig"):
            return self._found("utf-8-sig", guessed=False)
        if self._foreign_letters:
            raise ImportRefused(
                f"{self._path}: line {self._lines + 1} is damaged: not UTF-8 as the lines before it; fetch it again"
            )
        if not self._decodes(fallback):
            raise ImportRefused(
                f"{self._path}: line {self._lines + 1} is neither UTF-8 nor {fallback}; save the list as UTF-8"
            )
        return self._found(fallback, guessed=True)

    def _found(self, encoding: str, *, guessed: bool) -> Source:
        ends = self._ending in {b"\n", b"\r", b"\0"}  # UTF-16 ends a line with a zero byte
        return Source(self._path, self._size, self._compressed, encoding, guessed, ends)

    def _stream(self) -> BinaryIO:
        self._file.seek(0)
        return cast("BinaryIO", gzip.GzipFile(fileobj=self._file)) if self._compressed else self._file

    def _start(self) -> bytes:
        return self._read(self._stream(), 16)

    def _read(self, stream: BinaryIO, size: int) -> bytes:
        try:
            return stream.read(size)
        except EOFError as exc:
            raise ImportRefused(
                f"{self._path}: ends in the middle of the gzip stream, after line {self._lines}; fetch it again"
            ) from exc
        except (OSError, zlib.error) as exc:
            raise ImportRefused(f"{self._path}: is damaged after line {self._lines} ({exc}); fetch it again") from exc

    def _decodes(self, encoding: str) -> bool:
        """Go through the whole file; False at the first byte that the encoding has not."""
        stream, decoder = self._stream(), codecs.getincrementaldecoder(encoding)()
        binary = not encoding.lower().startswith(("utf-16", "utf16", "utf-32", "utf32"))
        self._lines, self._ending, self._foreign_letters, line_length, empty = 0, b"", False, 0, True
        while chunk := self._read(stream, _CHUNK):
            empty = False
            if binary and b"\0" in chunk:
                self._lines += chunk.count(b"\n", 0, chunk.index(b"\0"))
                raise ImportRefused(
                    f"{self._path}: line {self._lines + 1} contains NUL bytes, so it is not text or it is damaged; "
                    "save the list as UTF-8 CSV, or fetch it again"
                )
            try:
                self._foreign_letters |= not decoder.decode(chunk).removeprefix("\ufeff").isascii()
            except UnicodeDecodeError as exc:
                # What stood before the bad byte tells a damaged UTF-8 file from one in another encoding.
                self._foreign_letters |= _has_letters(chunk[: exc.start], encoding)
                self._lines += chunk.count(b"\n", 0, max(exc.start, 0))
                return False
            line_length = self._check_line(chunk, line_length)
            self._ending = chunk[-1:]
        if empty:
            raise ImportRefused(f"{self._path}: is empty once unpacked; fetch it again")
        try:
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
        return True

    def _check_line(self, chunk: bytes, line_length: int) -> int:
        self._lines += chunk.count(b"\n")
        last = max(chunk.rfind(b"\n"), chunk.rfind(b"\r"))
        line_length = len(chunk) - last - 1 if last >= 0 else line_length + len(chunk)
        if line_length > _LONGEST_LINE:
            raise ImportRefused(f"{self._path}: line {self._lines + 1} is longer than a price list's lines ever are")
        return line_length


def _has_letters(content: bytes, encoding: str) -> bool:
    return not content.decode(encoding, errors="ignore").removeprefix("\ufeff").isascii()
