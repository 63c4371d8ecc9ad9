"""The agent's side of the hub's HTTP API: requests, checked answers, and refusals as sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

import httpx
import zstandard
from pydantic import AwareDatetime, BaseModel, Field

from offline_cache.connection import Answer, Connection
from offline_cache.errors import ChainRefused, HubRefused
from offline_cache.journal_reader import EventBatch
from offline_cache.status import RefusedEvent

_NOT_ENROLLED: Final = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


class _Key(BaseModel):
    public_key: str


class _Place(BaseModel):
    next: int = Field(ge=1)
    head: str = ""


class _Cursor(_Place):
    resume: _Place | None = None
    accepts: list[str] = []
    events_at_once: int = Field(default=500, ge=1)  # what hubs took that did not say


class _Refused(BaseModel):
    number: int
    reason: str


class _Taken(BaseModel):
    next: int = Field(ge=1)
    refused: list[_Refused] = []


class _Conflict(BaseModel):
    detail: str = ""
    next: int = Field(ge=1)


class _Heard(BaseModel):
    time: AwareDatetime
    parked: int | None = Field(default=None, ge=0)


@dataclass(frozen=True, slots=True)
class Cursor:
    """The number of the event that the hub waits for, the hash of the one before it, and how it takes events.

    `resume`: a hub that would take a new journal from event 1 on says where it is with the old one.
    """

    next: int
    head: str
    resume: tuple[int, str] | None = None
    takes_zstd: bool = False
    events_at_once: int = 500


@dataclass(frozen=True, slots=True)
class Heard:
    """The hub's answer to a heartbeat: its clock, and how many of the lane's events it could not use (None: untold)."""

    time: datetime
    parked: int | None


class HubClient(Connection):
    """One loop's connection to the hub; methods raise HubAway, HubRefused or HubAnswerBad.

    `token` is asked before each request that needs it, so that a rotated one is taken up without a restart.
    """

    def __init__(
        self, url: str, *, store: str, lane: str = "", token: Callable[[], str] = str, timeout_s: float = 10
    ) -> None:
        super().__init__(url, timeout_s=timeout_s)
        self.store = store
        self.lane = lane
        self._token = token

    def public_key(self) -> str:
        """The hub's public key, base64."""
        return self._json("GET", "/v1/key", _Key).public_key

    def cursor(self) -> Cursor:
        """Where the hub is with this lane's journal."""
        answer = self._json("GET", self._lane_path("events"), _Cursor, token=True)
        resume = None if answer.resume is None else (answer.resume.next, answer.resume.head)
        return Cursor(answer.next, answer.head, resume, "zstd" in answer.accepts, answer.events_at_once)

    def send(self, batch: EventBatch, *, packed: bool = False) -> tuple[int, tuple[RefusedEvent, ...]]:
        """Hand events over: the number the hub waits for now, and those it could not use. Also raises ChainRefused."""
        headers, content = {"Content-Type": "application/json"}, batch.content
        if packed:
            headers["Content-Encoding"] = "zstd"
            content = zstandard.ZstdCompressor().compress(content)
        response = self._ask("POST", self._lane_path("events"), content=content, headers=headers, token=True)
        if response.status_code == HTTPStatus.CONFLICT:
            conflict = self._parse(response, _Conflict)
            raise ChainRefused(
                f"{self.url}: the hub refuses event {batch.first} and those after it ({conflict.detail}); "
                f"it waits for event {conflict.next}",
                next_number=conflict.next,
            )
        self._expect_ok(response)
        taken = self._parse(response, _Taken)
        return taken.next, tuple(RefusedEvent(one.number, one.reason) for one in taken.refused)

    def heartbeat(self, body: Mapping[str, Any]) -> Heard:
        """Tell the hub that we live."""
        answer = self._json("POST", self._lane_path("heartbeat"), _Heard, token=True, json=body)
        return Heard(answer.time, answer.parked)

    def _lane_path(self, what: str) -> str:
        return f"/v1/lanes/{self.lane}/{what}"

    def _json(self, method: str, path: str, model: type[Answer], *, token: bool = False, **request: Any) -> Answer:
        response = self._ask(method, path, token=token, **request)
        self._expect_ok(response)
        return self._parse(response, model)

    def _ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, token: bool = False, **request: Any
    ) -> httpx.Response:
        headers = dict(headers or {})
        if token:
            headers["Authorization"] = f"Bearer {self._token()}"
        return super()._ask(method, path, headers=headers, **request)

    def _expect_ok(self, response: httpx.Response) -> None:
        if response.status_code in _NOT_ENROLLED:
            remedy = f"enrol it with `kiosk-hub lane --store {self.store} --lane {self.lane}` and configure that token"
            raise HubRefused(
                f"{self.url}: the hub does not accept this lane's token; {remedy}", status=response.status_code
            )
        super()._expect_ok(response)
