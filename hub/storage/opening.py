"""Opens the storage that an address names: a folder's path, or s3://, gs://, az:// with a bucket and a prefix."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlsplit

from hub.errors import StorageUnusable
from hub.storage.door import Storage
from hub.storage.folder import FolderStorage

_BUCKETS: Final = frozenset({"s3", "s3a", "gs", "az", "azure", "abfs", "abfss", "adl"})


def open_storage(address: str, options: Path | None = None) -> Storage:
    """The storage at an address; StorageUnusable if there is no such kind, or its options cannot be read."""
    scheme, mark, _ = address.partition("://")
    if not mark:
        return FolderStorage(Path(address))
    if scheme == "file":
        return FolderStorage(Path(unquote(urlsplit(address).path)))
    if scheme not in _BUCKETS:
        raise StorageUnusable(f"{scheme}://: no storage of that kind; take a folder's path, or s3://, gs://, az://")
    # Object stores are for chains: the library would cost every other shop's commands their start.
    from hub.storage.objects import ObjectStorage  # noqa: PLC0415

    return ObjectStorage(address, {} if options is None else _options(options))


def _options(path: Path) -> Mapping[str, Mapping[str, Any]]:
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as exc:
        raise StorageUnusable(f"{path}: {(exc.strerror or str(exc)).lower()}; --storage-options names a file") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise StorageUnusable(f"{path}: is not TOML ({exc}); mend it") from exc
    if not all(name in {"store", "client"} and isinstance(part, dict) for name, part in found.items()):
        raise StorageUnusable(f"{path}: has the tables [store] and [client], and nothing else; mend it")
    return found
