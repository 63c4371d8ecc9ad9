"""Price lists in a folder: served by the hub, or by any web server that is pointed at it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Final

from hub.data_folder import flush_folder
from hub.errors import StorageUnusable
from hub.storage.door import CHUNK

_PUBLIC: Final = 0o644  # a web server under another user may read


class FolderStorage:
    """Storage in a folder of this machine, or of a network disk that renames atomically."""

    fresh_s = 0.0  # one stat a question

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put_file(self, name: str, source: Path) -> None:
        """Copied beside its place, then renamed into it."""
        with self._sentences():
            if self.size(name) == source.stat().st_size:
                return
            with source.open("rb") as file:
                self._put(name, lambda target: shutil.copyfileobj(file, target, CHUNK))

    def put_bytes(self, name: str, content: bytes) -> None:
        """Readers, and a power cut, find the old or the new content, never a part."""
        with self._sentences():
            self._put(name, lambda target: target.write(content))

    def _put(self, name: str, write: Callable[[BinaryIO], object]) -> None:
        path = self._folder / name
        made = [folder for folder in (path.parent, *path.parent.parents) if not folder.exists()]
        path.parent.mkdir(parents=True, exist_ok=True)
        part = _part(path)  # always the same: what a killed hub left is overwritten, or deleted with its file
        with part.open("wb") as target:
            os.fchmod(target.fileno(), _PUBLIC)
            write(target)
            target.flush()
            os.fsync(target.fileno())
        part.replace(path)
        flush_folder(path.parent)
        for folder in made:
            flush_folder(folder.parent)

    def read(self, name: str) -> bytes | None:
        """The document."""
        with self._sentences():
            try:
                return (self._folder / name).read_bytes()
            except (FileNotFoundError, NotADirectoryError):
                return None

    def size(self, name: str) -> int | None:
        """Bytes on disk."""
        found = self._stat(name)
        return None if found is None else found.st_size

    def chunks(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """Read as they are asked for."""
        with self._sentences(), (self._folder / name).open("rb") as file:
            file.seek(start)
            left = end - start
            while left > 0 and (chunk := file.read(min(CHUNK, left))):
                left -= len(chunk)
                yield chunk

    def version(self, name: str) -> Hashable | None:
        """When it was renamed into place, and as what."""
        found = self._stat(name)
        return None if found is None else (found.st_ino, found.st_mtime_ns, found.st_size)

    def delete(self, name: str) -> None:
        """With what a killed hub may have left of it."""
        with self._sentences():
            (self._folder / name).unlink(missing_ok=True)
            _part(self._folder / name).unlink(missing_ok=True)

    def _stat(self, name: str) -> os.stat_result | None:
        with self._sentences():
            try:
                return os.stat(f"{self._folder}/{name}")  # noqa: PTH116 - a Path costs three times the call
            except (FileNotFoundError, NotADirectoryError):
                return None

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except (FileExistsError, NotADirectoryError) as exc:
            raise StorageUnusable(
                f"{exc.filename or self._folder}: is a file where a folder for price lists belongs; move it away"
            ) from exc
        except OSError as exc:
            raise StorageUnusable(
                f"{exc.filename or self._folder}: {(exc.strerror or str(exc)).lower()}; "
                "check its permissions and the disk's space"
            ) from exc


def _part(path: Path) -> Path:
    return path.with_name(f".{path.name}.part")
