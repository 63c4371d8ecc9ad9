"""HTTP with an answer that is bounded in size and time, checked, and whose troubles are sentences."""

from __future__ import annotations

import contextlib
import json
import ssl
import time
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any, Final, Self, TypeVar

import httpx
from pydantic import BaseModel, ValidationError

from offline_cache.errors import HubAnswerBad, HubAway, HubRefused

_ANSWER_BYTES: Final = 4 << 20  # far more than any answer of ours; an endless one must not fill the memory
_PATIENCE: Final = 3  # times what one read may take: a byte now and then is no answer
_DETAIL: Final = 200
_PLAIN: Final = {"Accept-Encoding": "identity"}

Answer = TypeVar("Answer", bound=BaseModel)


class Connection:
    """To one server, for one thread. Methods raise HubAway, HubRefused or HubAnswerBad.

    `timeout_s` is for each connect, read and write; `patience_s` is what a whole answer may take, or a piece of a file.
    """

    def __init__(self, url: str, *, timeout_s: float) -> None:
        self.url = url
        self.patience_s = timeout_s * _PATIENCE
        # Redirects are not followed: a token is for the server that was configured, not for where it points.
        self._client = httpx.Client(
            base_url=url, timeout=timeout_s, headers={"User-Agent": "kiosk-sync"}, verify=_certificates(url)
        )

    def __enter__(self) -> Self:
        """Use as a context manager to close the connection."""
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; idempotent."""
        self._client.close()

    def _ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **request: Any
    ) -> httpx.Response:
        """An answer, whole, whatever its status."""
        with self._streamed(method, path, headers=_PLAIN | dict(headers or {}), **request) as response:
            self._read(response)
            return response

    @contextlib.contextmanager
    def _streamed(self, method: str, path: str, **request: Any) -> Iterator[httpx.Response]:
        """An answer whose body is still to come; what goes wrong with it inside the block is HubAway as well."""
        try:
            with self._client.stream(method, path, **request) as response:
                yield response
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as exc:
            reason = str(exc) or type(exc).__name__
            raise HubAway(
                f"{self.url}: the hub cannot be reached ({reason}); check its address and the network"
            ) from exc

    def _read(self, response: httpx.Response) -> None:
        """Take the whole answer into memory, up to a limit of size and time."""
        encoding = response.headers.get("Content-Encoding", "identity")
        if encoding != "identity":  # a few bytes of zstd may unpack to all the memory there is
            raise HubAnswerBad(f"{self.url}: an answer packed with {encoding[:20]}, which was not asked for")
        content = bytearray()
        deadline = time.monotonic() + self.patience_s
        for chunk in response.iter_raw():
            content += chunk
            if len(content) > _ANSWER_BYTES:
                raise HubAnswerBad(f"{self.url}: an answer of over {_ANSWER_BYTES} bytes; is this a hub's address?")
            if time.monotonic() > deadline:
                raise HubAway(f"{self.url}: the hub answers too slowly; check the network")
        response._content = bytes(content)  # noqa: SLF001 - httpx has no bounded read; this is what its own read() sets

    def _expect_ok(self, response: httpx.Response) -> None:
        if response.status_code != HTTPStatus.OK:
            raise HubRefused(
                f"{self.url}: the hub answered {response.status_code} ({_detail(response)})",
                status=response.status_code,
            )

    def _parse(self, response: httpx.Response, model: type[Answer]) -> Answer:
        try:
            return model.model_validate_json(response.content)
        except ValidationError as exc:
            error = exc.errors()[0]
            where = ".".join(str(part) for part in error["loc"]) or "its form"
            raise HubAnswerBad(f"{self.url}: the hub's answer is not right ({where}: {error['msg']})") from exc


def _certificates(url: str) -> ssl.SSLContext:
    """Whom to believe on TLS: the usual authorities; nobody where there is no TLS, as reading them takes 0.1 s."""
    if url.startswith("http://"):
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.create_ssl_context()


def _detail(response: httpx.Response) -> str:
    """What the hub says of a refusal, short."""
    try:
        detail = json.loads(response.content)["detail"]
    except (ValueError, TypeError, KeyError, RecursionError):
        detail = response.reason_phrase
    return str(detail)[:_DETAIL] or "no reason given"
