"""Where a lane's price lists come from: a hub, or any web server, CDN or bucket that holds what a hub published."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

import httpx

from offline_cache.connection import Connection
from offline_cache.errors import HubAnswerBad, HubRefused
from offline_cache.price_list.manifest import LANE_CHANNEL

_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)", re.ASCII)
_UNKNOWN: Final = {HTTPStatus.NOT_FOUND, HTTPStatus.FORBIDDEN}  # what a bucket answers for what it does not have


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """A file as it comes: `start` is the offset of its first byte, whatever was asked for."""

    start: int
    chunks: Iterator[bytes]


class ListSource(Connection):
    """The published lists of one store's channel, by their addresses; needs no token."""

    def __init__(self, url: str, *, store: str, channel: str = LANE_CHANNEL, timeout_s: float = 10) -> None:
        super().__init__(url, timeout_s=timeout_s)
        self.store = store
        self.channel = channel

    def manifest(self, etag: str) -> tuple[object, str] | None:
        """The manifest's envelope as it was sent, and its ETag; None if it is still that of `etag`."""
        place = self.store if self.channel == LANE_CHANNEL else f"{self.store}/{self.channel}"
        response = self._ask("GET", f"/{place}/manifest.json", headers={"If-None-Match": etag} if etag else {})
        if response.status_code == HTTPStatus.NOT_MODIFIED and etag:
            return None
        if response.status_code in _UNKNOWN:
            raise HubRefused(
                f"{self.url}: there is no price list for store {self.store!r}, channel {self.channel}; "
                f"check the store's id, or publish one with `kiosk-hub publish --store {self.store}`",
                status=response.status_code,
            )
        self._expect_ok(response)
        try:
            return json.loads(response.content), response.headers.get("ETag", "")
        except (ValueError, RecursionError) as exc:
            raise HubAnswerBad(f"{self.url}: the manifest is not JSON; is this where price lists are?") from exc

    @contextlib.contextmanager
    def file(self, sha256: str, start: int) -> Iterator[FileAnswer]:
        """A published file's bytes from an offset on; the server may ignore the offset and start at 0."""
        path = f"/files/{sha256}.sqlite.zst"
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
        with self._streamed("GET", path, headers=headers) as response:
            if response.status_code == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE and start:
                with self.file(sha256, 0) as whole:
                    yield whole
                return
            if response.status_code != HTTPStatus.PARTIAL_CONTENT:
                if response.status_code != HTTPStatus.OK:
                    self._read(response)
                self._expect_ok(response)
            yield FileAnswer(self._start(response), response.iter_raw())

    def _start(self, response: httpx.Response) -> int:
        if response.status_code == HTTPStatus.OK:
            return 0
        match = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if match is None:
            raise HubAnswerBad(f"{self.url}: a part of a file came without saying which part")
        return int(match[1])
