"""What the hub needs of a place for price lists; a folder and an object store keep to it alike."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Final, Protocol

CHUNK: Final = 1 << 20
IMMUTABLE: Final = "public, max-age=31536000, immutable"
NO_CACHE: Final = "no-cache"

_TYPES: Final = {".zst": "application/zstd", ".json": "application/json"}


class Storage(Protocol):
    """Files and documents by name, such as 'files/ab….sqlite.zst' and 'demo/manifest.json'; safe to share by threads.

    Whatever is put is whole and durable when the call returns, or not there. Nobody else may put the same name at the
    same time. All raise StorageUnusable for a place that refuses; what is not there is None, not an error.
    """

    fresh_s: float  # how long a version that was asked for may be taken for the newest

    def put_file(self, name: str, source: Path) -> None:
        """Put a file that never changes: its name says its content, so one that is there already is left as it is."""

    def put_bytes(self, name: str, content: bytes) -> None:
        """Put a document, or another in its place."""

    def read(self, name: str) -> bytes | None:
        """A document."""

    def size(self, name: str) -> int | None:
        """Bytes of a file, None if it is not there."""

    def chunks(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """The bytes of a file that is there, from `start` to before `end`, a MiB or so at a time."""

    def version(self, name: str) -> Hashable | None:
        """Something that is another when the document is another, as cheap as the place allows."""

    def delete(self, name: str) -> None:
        """Take a file away; one that is not there is no error."""


def file_name(sha256: str) -> str:
    """The name of a snapshot or delta."""
    return f"files/{sha256}.sqlite.zst"


def content_type(name: str) -> str:
    """The media type that a web server should say."""
    return _TYPES.get(Path(name).suffix, "application/octet-stream")


def cache_control(name: str) -> str:
    """How long others may keep it: a file for ever, a document only after asking again."""
    return NO_CACHE if name.endswith(".json") else IMMUTABLE  # not by the folder: a store may be called files


def fetch(storage: Storage, name: str, target: Path) -> bool:
    """Copy a file from the storage to a local one; False if it is not there."""
    size = storage.size(name)
    if size is None:
        return False
    with target.open("wb") as file:
        for chunk in storage.chunks(name, 0, size):
            file.write(chunk)
    return True
