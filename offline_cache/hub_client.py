"""The agent's side of the hub's HTTP API: requests, checked answers, and refusals as sentences."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from typing import Any, Final

import httpx
from pydantic import AwareDatetime, BaseModel, Field

from offline_cache.connection import Answer, Connection
from offline_cache.errors import ChainRefused, HubRefused
from offline_cache.status import RefusedEvent
from retail.events import Event

_NOT_ENROLLED: Final = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}


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
        if response.status_code == HTTPStatus.CONFLICT:
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
