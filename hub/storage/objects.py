"""Price lists in an object store: S3 and what speaks its language, Google Cloud Storage, Azure Blob Storage."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import obstore
from obstore.exceptions import BaseError, PermissionDeniedError, UnauthenticatedError
from obstore.store import from_url

from hub.errors import StorageUnusable
from hub.storage.door import cache_control, content_type

_RANGE: Final = 4 << 20  # a request each: a slow lane must not hold one open until it times out
_RETRY: Final[Any] = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
_SAID: Final = 240


class ObjectStorage:
    """Storage in a bucket, below the address's path; credentials come from the environment or from `options`."""

    fresh_s = 3.0  # lanes poll every 15 s: one question to the store for all of them in that time

    def __init__(self, address: str, options: Mapping[str, Mapping[str, Any]]) -> None:
        self._name = re.sub(r"//[^/@]*@", "//", address)  # no user:password in a sentence
        with self._sentences():
            # Its types name every option of every store: ours come from a file, and the library refuses unknown ones.
            config: Any = options.get("store")
            client: Any = options.get("client")  # None leaves the environment its say
            self._store = from_url(address, config=config, client_options=client, retry_config=_RETRY)

    def put_file(self, name: str, source: Path) -> None:
        """Large ones go up in parts, and are there when the last has arrived."""
        if self.size(name) != source.stat().st_size:
            with self._sentences():
                obstore.put(self._store, name, source, attributes=_attributes(name))

    def put_bytes(self, name: str, content: bytes) -> None:
        """An object is replaced whole."""
        with self._sentences():
            obstore.put(self._store, name, content, attributes=_attributes(name))

    def read(self, name: str) -> bytes | None:
        """The document."""
        with self._sentences():
            try:
                return bytes(obstore.get(self._store, name).bytes())
            except FileNotFoundError:
                return None

    def size(self, name: str) -> int | None:
        """Bytes of the object."""
        found = self._head(name)
        return None if found is None else found["size"]

    def chunks(self, name: str, start: int, end: int) -> Iterator[bytes]:
        """A request for every few MiB."""
        for place in range(start, end, _RANGE):
            with self._sentences():
                chunk = obstore.get_range(self._store, name, start=place, end=min(place + _RANGE, end))
            yield bytes(chunk)

    def version(self, name: str) -> Hashable | None:
        """Its ETag, where the store has such."""
        found = self._head(name)
        return None if found is None else (found["e_tag"], found["last_modified"], found["size"])

    def delete(self, name: str) -> None:
        """One request."""
        with self._sentences():
            try:
                obstore.delete(self._store, name)
            except FileNotFoundError:
                return

    def _head(self, name: str) -> Any:
        with self._sentences():
            try:
                return obstore.head(self._store, name)
            except FileNotFoundError:
                return None

    @contextmanager
    def _sentences(self) -> Iterator[None]:
        try:
            yield
        except (PermissionDeniedError, UnauthenticatedError) as exc:
            raise StorageUnusable(
                f"{self._name}: the object store does not let this hub in ({_said(exc)}); "
                "check its keys in the environment or in the storage options"
            ) from exc
        except (BaseError, OSError, ValueError) as exc:
            raise StorageUnusable(
                f"{self._name}: the object store refuses ({_said(exc)}); check its address and options"
            ) from exc


def _attributes(name: str) -> dict[str, str]:
    return {"Content-Type": content_type(name), "Cache-Control": cache_control(name)}


def _said(exc: Exception) -> str:
    """The first thing the library says, without the queries of addresses: some stores put signatures there."""
    text = re.sub(r"\?[^\s\"')]*", "", str(exc).strip())
    return " ".join(text.split())[:_SAID]
