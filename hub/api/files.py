"""The short way to a small file: a new delta goes to every lane of a store within seconds, and it never changes."""

from __future__ import annotations

import hashlib
import re
import threading
from collections import OrderedDict
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.types import Scope, Send

from hub.errors import HubError
from hub.storage.door import IMMUTABLE, Storage, content_type, file_name

_PATH: Final = re.compile(r"/v1/price-lists/files/([0-9a-f]{64})\.sqlite\.zst")
_SMALL: Final = 1 << 20
_MOST: Final = 64 << 20
_FOR_THE_ROUTE: Final = frozenset({b"range", b"if-none-match", b"if-range"})


class SmallFiles:
    """Files of up to a MiB, those that were asked for lately, in memory. Safe to share by threads."""

    def __init__(self, storage: Storage, *, small: int = _SMALL, most: int = _MOST) -> None:
        self._storage = storage
        self._limit = small
        self._most = most
        self._kept: OrderedDict[str, bytes] = OrderedDict()
        self._size = 0
        self._guard = threading.Lock()

    def at_hand(self, sha256: str) -> bytes | None:
        """The file, if it is in memory."""
        with self._guard:
            if sha256 in self._kept:
                self._kept.move_to_end(sha256)
            return self._kept.get(sha256)

    def fetch(self, sha256: str) -> bytes | None:
        """The file, from now on at hand; None if it is large or not there. May wait. Raises StorageUnusable."""
        name = file_name(sha256)
        size = self._storage.size(name)
        content = self._storage.read(name) if size is not None and size <= self._limit else None
        # What lies there damaged and is mended later must not be remembered.
        if content is None or hashlib.sha256(content).hexdigest() != sha256:
            return None
        with self._guard:
            if sha256 not in self._kept:
                self._kept[sha256] = content
                self._size += len(content)
            while self._size > self._most:
                self._size -= len(self._kept.popitem(last=False)[1])
        return content


async def answered(files: SmallFiles, scope: Scope, send: Send) -> bool:
    """Answer, if this is a plain GET of a small file; the route has ranges, conditions and what is large."""
    if scope["type"] != "http" or scope["method"] != "GET":
        return False
    asked = _PATH.fullmatch(scope["path"])
    if asked is None or any(name in _FOR_THE_ROUTE for name, _ in scope["headers"]):
        return False
    try:
        content = files.at_hand(asked[1]) or await run_in_threadpool(files.fetch, asked[1])
    except HubError:  # the route says what there is to say
        return False
    if content is not None:
        await send({"type": "http.response.start", "status": 200, "headers": _headers(asked[1], content)})
        await send({"type": "http.response.body", "body": content})
    return content is not None


def _headers(sha256: str, content: bytes) -> list[tuple[bytes, bytes]]:
    headers = {
        "etag": f'"{sha256}"',
        "cache-control": IMMUTABLE,
        "accept-ranges": "bytes",
        "content-length": str(len(content)),
        "content-type": content_type(file_name(sha256)),
    }
    return [(name.encode(), value.encode()) for name, value in headers.items()]
