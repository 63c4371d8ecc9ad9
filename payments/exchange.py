"""One HTTP exchange with a gateway, bounded in time and size: a whole answer, proof that nothing was sent, or nothing.

A gateway that dribbles, floods or never ends its headers must not hold a lane: the limit is on the exchange as a whole,
which is why it runs in an event loop of its own, the one place where httpx can be cancelled at any point.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Final

import httpx

log = logging.getLogger(__name__)

_MOST_BYTES: Final = 64 * 1024  # an answer has a few hundred; more is not an answer


@dataclass(frozen=True, slots=True)
class Exchanged:
    """What came back: status 0 for no whole answer; `headers` by lower-case name. `unsent` is proof that not one byte
    of the request left."""

    status: int = 0
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    unsent: bool = False


class _NoWaiting(ThreadPoolExecutor):
    """Where names are looked up. A resolver that does not answer may take half a minute; asyncio would wait for it at
    the end of a call that was given up long before."""

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let go of it."""
        del wait, cancel_futures
        super().shutdown(wait=False, cancel_futures=True)


class Line:
    """The line to one gateway, for one thread at a time. Nothing is kept open between calls: payments are minutes
    apart, and an order lost in a connection that the other side was just closing is a needless 'unknown'."""

    def __init__(self, name: str, address: httpx.URL, *, connect_s: float, total_s: float) -> None:
        self._name = name
        self._address = address
        self._connect_s = connect_s
        self._total_s = total_s
        # Reading the certificates takes 40 ms: once, and not at all on plain http.
        self._verify: ssl.SSLContext | bool = httpx.create_ssl_context() if address.scheme == "https" else False
        self._closed = False

    def send(self, method: str, path: str, content: bytes = b"", headers: Mapping[str, str] | None = None) -> Exchanged:
        """One request to `path` (with its query) below the address. No exception leaves; what is logged names neither
        body nor headers nor query."""
        where = path.partition("?")[0]
        if self._closed:
            return Exchanged(unsent=True)
        try:
            return asyncio.run(self._send(method, path, content, headers or {}))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol, UnicodeEncodeError) as exc:
            log.warning("%s: %s %s: nothing was sent (%s)", self._name, method, where, type(exc).__name__)
            return Exchanged(unsent=True)
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, TimeoutError, RuntimeError, OSError) as exc:
            log.warning("%s: %s %s: no whole answer (%s)", self._name, method, where, type(exc).__name__)
            return Exchanged()

    def close(self) -> None:
        """No more calls; idempotent."""
        self._closed = True

    async def _send(self, method: str, path: str, content: bytes, headers: Mapping[str, str]) -> Exchanged:
        asyncio.get_running_loop().set_default_executor(_NoWaiting(1))
        client = httpx.AsyncClient(
            base_url=self._address,
            verify=self._verify,
            timeout=httpx.Timeout(self._total_s, connect=self._connect_s),
            follow_redirects=False,
            trust_env=False,  # a proxy set for a browser has no business between a lane and its bank
        )
        async with asyncio.timeout(self._total_s), client:
            request = client.build_request(
                method, path, content=content or None, headers={"Accept-Encoding": "identity", **headers}
            )
            response = await client.send(request, stream=True)
            try:
                return await self._whole(response)
            finally:
                await response.aclose()

    async def _whole(self, response: httpx.Response) -> Exchanged:
        """The answer, if it is as we asked for it: not packed, not too long."""
        if response.headers.get("Content-Encoding", "identity") != "identity":
            log.warning("%s: its answer is packed, which was not asked for", self._name)
            return Exchanged()
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > _MOST_BYTES:
                log.warning("%s: its answer is too long", self._name)
                return Exchanged()
        headers = {name.lower(): value for name, value in response.headers.items()}
        return Exchanged(response.status_code, bytes(body), headers)
