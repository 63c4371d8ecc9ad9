"""Who asks: a lane shows its token as `Authorization: Bearer TOKEN`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import Depends, Header, HTTPException, Request

from hub.lanes import Lane

if TYPE_CHECKING:
    from hub.api.app import ApiParts


def parts_of(request: Request) -> ApiParts:
    """What the application was built with."""
    parts: ApiParts = request.app.state.parts
    return parts


def asking_lane(request: Request, authorization: Annotated[str | None, Header()] = None) -> Lane:
    """The lane whose token came with the request, else 401."""
    scheme, _, token = (authorization or "").partition(" ")
    lane = parts_of(request).lanes.by_token(token.strip()) if scheme.lower() == "bearer" and token else None
    if lane is None:
        raise HTTPException(401, "no enrolled lane has this token", {"WWW-Authenticate": "Bearer"})
    return lane


def named_lane(lane: str, asking: Annotated[Lane, Depends(asking_lane)]) -> Lane:
    """The lane of the path, which must be the one that asks, else 403."""
    if lane != asking.name:
        raise HTTPException(403, "the token belongs to another lane")
    return asking


AskingLane = Annotated[Lane, Depends(asking_lane)]
NamedLane = Annotated[Lane, Depends(named_lane)]
