"""Who asks: a lane shows its token as `Authorization: Bearer TOKEN`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Header, HTTPException, Request
from starlette.concurrency import run_in_threadpool

from hub.lanes import Lane

if TYPE_CHECKING:
    from hub.api.app import ApiParts


Said = Annotated[str | None, Header()]


def parts_of(request: Request) -> ApiParts:
    """What the application was built with."""
    parts: ApiParts = request.app.state.parts
    return parts


def asking_lane(request: Request, authorization: Said = None) -> Lane:
    """The lane whose token came with the request, else 401."""
    token = bearer(authorization)
    return _enrolled(parts_of(request).lanes.by_token(token) if token else None)


async def seen_lane(request: Request, authorization: Said = None) -> Lane:
    """As `asking_lane`, where a token that was rotated may do no harm for another minute: one that was seen a moment
    ago is not looked up again."""
    heartbeats, token = parts_of(request).heartbeats, bearer(authorization)
    asking = heartbeats.lane_at_hand(token)
    if asking is None and token:
        asking = await run_in_threadpool(heartbeats.lane, token)
    return _enrolled(asking)


async def beating_lane(lane: str, asking: Annotated[Lane, Depends(seen_lane)]) -> Lane:
    """As `named_lane`, for heartbeats."""
    return named_lane(lane, asking)


def bearer(authorization: str | None) -> str:
    """The token that came with a request, or an empty text."""
    scheme, _, token = (authorization or "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def _enrolled(lane: Lane | None) -> Lane:
    if lane is None:
        raise HTTPException(401, "no enrolled lane has this token", {"WWW-Authenticate": "Bearer"})
    return lane


def named_lane(lane: str, asking: Annotated[Lane, Depends(asking_lane)]) -> Lane:
    """The lane of the path, which must be the one that asks, else 403."""
    if lane != asking.name:
        raise HTTPException(403, "the token belongs to another lane")
    return asking


SeenLane = Annotated[Lane, Depends(seen_lane)]
AskingLane = Annotated[Lane, Depends(asking_lane)]
NamedLane = Annotated[Lane, Depends(named_lane)]
BeatingLane = Annotated[Lane, Depends(beating_lane)]
