"""The hub's folder on disk: where its files lie, and what the disk says of them in sentences."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub.errors import DataFolderUnusable, NameRefused

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")


def checked_name(name: str, what: str) -> str:
    """The name of a store or lane, which becomes part of paths and addresses; NameRefused for others."""
    if _NAME.fullmatch(name) is None:
        raise NameRefused(
            f"{what} {name!r}: take 1 to 64 letters (A-Z), digits, '.', '_' or '-', beginning with a letter or digit"
        )
    return name


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Paths below the folder given with --data."""

    path: Path

    @property
    def database(self) -> Path:
        """The embedded database."""
        return self.path / "hub.sqlite"

    @property
    def keys(self) -> Path:
        """Folder of the signing keys' private halves."""
        return self.path / "keys"

    @property
    def price_lists(self) -> Path:
        """What is served to lanes, unless --storage names another place."""
        return self.path / "price-lists"

    @property
    def work(self) -> Path:
        """Lists as they were published last, to make the next delta from: a cache."""
        return self.path / "work"

    @property
    def payments(self) -> Path:
        """Folder of all files of payment gateways."""
        return self.path / "payments"

    def gateway(self, store: str, lane: str) -> Path:
        """Folder that a lane's payment gateway may keep files in."""
        return self.payments / store / lane

    def create(self) -> None:
        """Make the folder if it is not there; DataFolderUnusable if that cannot be."""
        with folder_sentences(self.path):
            self.path.mkdir(parents=True, exist_ok=True)

    def must_be_usable(self) -> None:
        """DataFolderUnusable if it is not there or cannot be written: even to read, SQLite needs to write a log."""
        if self.path.exists() and not self.path.is_dir():
            raise DataFolderUnusable(f"{self.path}: is a file; --data names a folder")
        with folder_sentences(self.path):
            if not self.path.is_dir():
                raise DataFolderUnusable(
                    f"{self.path}: there is no such folder; check --data, or begin with `import` or `demo-shop`"
                )
            if os.statvfs(self.path).f_flag & os.ST_RDONLY:
                raise DataFolderUnusable(f"{self.path}: its disk is read-only; mount it for writing")
        if not os.access(self.path, os.W_OK | os.X_OK):
            raise DataFolderUnusable(f"{self.path}: is read-only for this user; check its owner and permissions")


@contextmanager
def folder_sentences(path: Path) -> Iterator[None]:
    """Turn what the operating system says about a folder into a sentence."""
    try:
        yield
    except (FileExistsError, NotADirectoryError) as exc:
        raise DataFolderUnusable(f"{exc.filename or path}: is a file; --data names a folder") from exc
    except OSError as exc:
        raise DataFolderUnusable(
            f"{exc.filename or path}: {(exc.strerror or str(exc)).lower()}; check its permissions and the disk's space"
        ) from exc


def flush_folder(path: Path) -> None:
    """Put a folder's entries on disk: a rename is durable only then."""
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
