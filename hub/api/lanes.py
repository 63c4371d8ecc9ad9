"""Lanes bring their journals and say that they live."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from hub.api.access import BeatingLane, NamedLane, parts_of
from hub.api.heartbeats import take_heartbeat
from hub.api.wire import EVENTS_AT_ONCE, LARGE, BodyRefused, EventsPost, read_body
from hub.errors import EventUnreadable
from hub.events_store import Taken
from hub.lanes import Lane

if TYPE_CHECKING:
    from hub.api.app import ApiParts

router = APIRouter(prefix="/v1/lanes/{lane}")


@router.get("/events")
def get_head(request: Request, lane: NamedLane) -> dict[str, Any]:
    """How far the hub got with this lane's journal."""
    head = parts_of(request).events.head(lane)
    told = {"next": head.next_number, "head": head.hash, "accepts": ["zstd"], "events_at_once": EVENTS_AT_ONCE}
    if head.resume is None:
        return told
    return {**told, "resume": {"next": head.resume[0], "head": head.resume[1]}}


@router.post("/events")
async def post_events(request: Request, lane: NamedLane) -> dict[str, Any]:
    """Take events; they are on disk when this answers."""
    post = await read_body(request, EventsPost, limit=LARGE)
    try:
        taken = await run_in_threadpool(_take, parts_of(request), lane, post)
    except EventUnreadable as exc:
        raise BodyRefused(str(exc), status=422) from exc
    refused = [{"number": one.number, "reason": one.reason} for one in taken.refused]
    return {"next": taken.next_number, "refused": refused}


@router.post("/heartbeat")
async def post_heartbeat(request: Request, lane: BeatingLane) -> dict[str, str | int]:
    """Note that the lane lives; the hub's time, for the lane to compare its own with, and how much of it is parked."""
    return await take_heartbeat(parts_of(request).heartbeats, lane, request)


def _take(parts: ApiParts, lane: Lane, post: EventsPost) -> Taken:
    """On disk when this returns; what the members' books make of it nobody waits for."""
    events = post.parsed()
    taken = parts.events.take(lane, events)
    parts.bookkeeper.events(events)
    return taken
