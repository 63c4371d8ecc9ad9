"""The agent's side of the hub's HTTP API: requests, checked answers, and refusals as sentences."""

from __future__ import annotations

import contextlib
import json
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final, Self, TypeVar

import httpx
from pydantic import AwareDatetime, BaseModel, Field, ValidationError

from offline_cache.errors import ChainRefused, HubAnswerBad, HubAway, HubRefused
from offline_cache.status import RefusedEvent
from retail.events import Event

_ANSWER_BYTES: Final = 4 << 20  # far more than any answer of ours; an endless one must not fill the memory
_DETAIL: Final = 200
_CONTENT_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(?:\d+|\*)", re.ASCII)
_OK, _PARTIAL, _UNCHANGED = HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.NOT_MODIFIED
_NOT_FOUND, _CONFLICT, _BAD_RANGE = (
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE,
)

Answer = TypeVar("Answer", bound=BaseModel)


class _Key(BaseModel):
    public_key: str


class _Cursor(BaseModel):
    next: int = Field(ge=1)
    head: str = ""


class _Refused(BaseModel):
    number: int
    reason: str


class _Taken(BaseModel):
    next: int = Field(ge=1)
    refused: list[_Refused] = []


class _Conflict(BaseModel):
    detail: str = ""
    next: int = Field(ge=1)


class _Time(BaseModel):
    time: AwareDatetime


@dataclass(frozen=True, slots=True)
class FileAnswer:
    """A file as it comes: `start` is the offset of its first byte, whatever was asked for."""

    start: int
    chunks: Iterator[bytes]


class HubClient:
    """One loop's connection to the hub; methods raise HubAway, HubRefused or HubAnswerBad.

    `token` is asked before each request that needs it, so that a rotated one is taken up without a restart.
    """

    def __init__(
        self, url: str, *, store: str, lane: str = "", token: Callable[[], str] = str, timeout_s: float = 10
    ) -> None:
        self.url = url
        self.store = store
        self.lane = lane
        self._token = token
        # Redirects are not followed: a token is for the hub that was configured, not for where it points.
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

    def manifest(self, etag: str) -> tuple[object, str] | None:
        """The store's manifest envelope as the hub sent it, and its ETag; None if it is still that of `etag`."""
        headers = {"If-None-Match": etag} if etag else {}
        response = self._ask("GET", f"/v1/price-lists/{self.store}/manifest.json", headers=headers)
        if response.status_code == _UNCHANGED and etag:
            return None
        if response.status_code == _NOT_FOUND:
            raise HubRefused(
                f"{self.url}: the hub has no price list for store {self.store!r}; "
                f"check the store's id, or publish one with `kiosk-hub publish --store {self.store}`",
                status=_NOT_FOUND,
            )
        self._expect_ok(response)
        try:
            return json.loads(response.content), response.headers.get("ETag", "")
        except (ValueError, RecursionError) as exc:
            raise HubAnswerBad(f"{self.url}: the manifest is not JSON; is this a hub's address?") from exc

    def public_key(self) -> str:
        """The hub's public key, base64."""
        return self._json("GET", "/v1/key", _Key).public_key

    @contextlib.contextmanager
    def snapshot(self, sha256: str, start: int) -> Iterator[FileAnswer]:
        """A snapshot's bytes from an offset on; the hub may ignore the offset and start at 0."""
        path = f"/v1/price-lists/files/{sha256}.sqlite.zst"
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={start}-"} if start else {})
        with self._transport(), self._client.stream("GET", path, headers=headers) as response:
            if response.status_code == _BAD_RANGE and start:
                with self.snapshot(sha256, 0) as whole:
                    yield whole
                return
            if response.status_code not in {_OK, _PARTIAL}:
                self._read(response)
                self._expect_ok(response)
            yield FileAnswer(self._start(response), response.iter_raw())

    def cursor(self) -> tuple[int, str]:
        """The number of the event that the hub waits for, and the hash of the one before it."""
        answer = self._json("GET", self._lane_path("events"), _Cursor, token=True)
        return answer.next, answer.head

    def send(self, events: Sequence[Event]) -> tuple[int, tuple[RefusedEvent, ...]]:
        """Hand events over: the number the hub waits for now, and those it could not use. Also raises ChainRefused."""
        content = json.dumps({"events": [asdict(event) for event in events]}, ensure_ascii=False).encode()
        response = self._ask(
            "POST",
            self._lane_path("events"),
            content=content,
            headers={"Content-Type": "application/json"},
            token=True,
        )
        if response.status_code == _CONFLICT:
            conflict = self._parse(response, _Conflict)
            raise ChainRefused(
                f"{self.url}: the hub refuses event {events[0].number} and those after it ({conflict.detail}); "
                f"it waits for event {conflict.next}",
                next_number=conflict.next,
            )
        self._expect_ok(response)
        taken = self._parse(response, _Taken)
        return taken.next, tuple(RefusedEvent(one.number, one.reason) for one in taken.refused)

    def heartbeat(self, body: dict[str, Any]) -> datetime:
        """Tell the hub that we live; its clock."""
        return self._json("POST", self._lane_path("heartbeat"), _Time, token=True, json=body).time

    def _lane_path(self, what: str) -> str:
        return f"/v1/lanes/{self.lane}/{what}"

    def _json(self, method: str, path: str, model: type[Answer], *, token: bool = False, **request: Any) -> Answer:
        response = self._ask(method, path, token=token, **request)
        self._expect_ok(response)
        return self._parse(response, model)

    def _ask(
        self, method: str, path: str, *, token: bool = False, headers: dict[str, str] | None = None, **request: Any
    ) -> httpx.Response:
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = f"Bearer {self._token()}"
        with self._transport(), self._client.stream(method, path, headers=headers, **request) as response:
            self._read(response)
            return response

    def _read(self, response: httpx.Response) -> None:
        """Take the whole answer into memory, up to a limit."""
        content = bytearray()
        for chunk in response.iter_bytes():
            content += chunk
            if len(content) > _ANSWER_BYTES:
                raise HubAnswerBad(f"{self.url}: an answer of over {_ANSWER_BYTES} bytes; is this a hub's address?")
        response._content = bytes(content)  # noqa: SLF001 - httpx has no bounded read; this is what its own read() sets

    @contextlib.contextmanager
    def _transport(self) -> Iterator[None]:
        try:
            yield
        except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as exc:
            reason = str(exc) or type(exc).__name__
            raise HubAway(
                f"{self.url}: the hub cannot be reached ({reason}); check its address and the network"
            ) from exc

    def _expect_ok(self, response: httpx.Response) -> None:
        status = response.status_code
        if status == _OK:
            return
        if status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            remedy = f"enrol it with `kiosk-hub lane --store {self.store} --lane {self.lane}` and configure that token"
            raise HubRefused(f"{self.url}: the hub does not accept this lane's token; {remedy}", status=status)
        raise HubRefused(f"{self.url}: the hub answered {status} ({_detail(response)})", status=status)

    def _parse(self, response: httpx.Response, model: type[Answer]) -> Answer:
        try:
            return model.model_validate_json(response.content)
        except ValidationError as exc:
            error = exc.errors()[0]
            where = ".".join(str(part) for part in error["loc"]) or "its form"
            raise HubAnswerBad(f"{self.url}: the hub's answer is not right ({where}: {error['msg']})") from exc

    def _start(self, response: httpx.Response) -> int:
        if response.status_code == _OK:
            return 0
        match = _CONTENT_RANGE.fullmatch(response.headers.get("Content-Range", ""))
        if match is None:
            raise HubAnswerBad(f"{self.url}: a part of a file came without saying which part")
        return int(match[1])


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
