"""Heartbeats: what is done with one, and the short way to it past the routes, for lanes seen a moment ago."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from fastapi import Request
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from hub.api.wire import BodyRefused, Heartbeat, read_body
from hub.lanes import Lane
from retail.events import canonical_json

if TYPE_CHECKING:
    from hub.heartbeats import Heartbeats

_PATH: Final = re.compile(r"/v1/lanes/([^/]+)/heartbeat")
_BEARER: Final = b"Bearer "


async def take_heartbeat(heartbeats: Heartbeats, lane: Lane, request: Request) -> dict[str, str | int]:
    """Note what a lane says of itself; the answer to it. BodyRefused."""
    said = await read_body(request, Heartbeat)
    try:
        status = canonical_json(said.model_extra or {})
    except ValueError as exc:
        raise BodyRefused("body: is not plain JSON", status=422) from exc
    heard = heartbeats.heard(lane, status)
    return {"time": heard.time.isoformat(timespec="milliseconds"), "parked": heard.parked}


async def answered(heartbeats: Heartbeats, scope: Scope, receive: Receive, send: Send) -> bool:
    """Answer, if this is the heartbeat of a lane whose token is at hand; else the routes say what there is to say."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return False
    asked = _PATH.fullmatch(scope["path"])
    lane = _lane_at_hand(heartbeats, scope["headers"]) if asked else None
    if asked is None or lane is None or lane.name != asked[1]:
        return False
    try:
        answer = JSONResponse(await take_heartbeat(heartbeats, lane, Request(scope, receive)))
    except BodyRefused as exc:
        answer = JSONResponse({"detail": str(exc)}, exc.status)
    except ClientDisconnect:
        return True
    await answer(scope, receive, send)
    return True


def _lane_at_hand(heartbeats: Heartbeats, headers: list[tuple[bytes, bytes]]) -> Lane | None:
    said = [value for name, value in headers if name == b"authorization"]
    if len(said) != 1 or not said[0].startswith(_BEARER):
        return None
    return heartbeats.lane_at_hand(said[0].removeprefix(_BEARER).decode("latin-1"))
