"""What a car park tells: which car came and which left. It has a token of its own, which opens nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import Field, SecretStr
from starlette.concurrency import run_in_threadpool

from hub.api.access import Said, bearer, parts_of
from hub.api.wire import BodyRefused, Strict, read_body

router = APIRouter(prefix="/v1/car-park")


class _CarEvent(Strict):
    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]
    kind: Literal["arrived", "left"]
    plate: Annotated[SecretStr, Field(min_length=1, max_length=32)]
    at: Annotated[str, Field(max_length=64)]

    def moment(self) -> datetime:
        """When it was, UTC. BodyRefused."""
        try:
            found = datetime.fromisoformat(self.at)
        except ValueError as exc:
            raise BodyRefused("at: is no ISO 8601 time", status=422) from exc
        if found.tzinfo is None:
            raise BodyRefused("at: says no offset; write UTC as Z", status=422)
        return found.astimezone(UTC)


def car_park_store(request: Request, authorization: Said = None) -> str:
    """The store whose car park's token came with the request, else 401."""
    store = parts_of(request).car_parks.by_token(bearer(authorization))
    if store is None:
        raise HTTPException(401, "no car park has this token", {"WWW-Authenticate": "Bearer"})
    return store


@router.post("/events")
async def post_event(request: Request, store: Annotated[str, Depends(car_park_store)]) -> dict[str, Any]:
    """Take an event, once for each id."""
    told = await read_body(request, _CarEvent)
    car_event = parts_of(request).books.car_event
    await run_in_threadpool(car_event, store, told.id, told.kind, told.plate.get_secret_value(), told.moment())
    return {}
