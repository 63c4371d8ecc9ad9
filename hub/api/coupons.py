"""Single coupons, which are one sale's at a time."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from hub.api.access import AskingLane, parts_of
from hub.api.sealed import SaleId
from hub.api.wire import Strict, read_body

router = APIRouter(prefix="/v1/coupons")


class _OfSale(Strict):
    code: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]*$")]
    sale_id: SaleId


class _Reservation(_OfSale):
    claim: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{0,64}$")] = ""


@router.post("/reservations")
async def post_reservation(request: Request, lane: AskingLane) -> dict[str, Any]:
    """Make a coupon this sale's alone; asked again for the same sale it answers the same. MemberRefused."""
    asked = await read_body(request, _Reservation)
    reserve = parts_of(request).books.reserve
    reserved = await run_in_threadpool(reserve, lane, asked.code, asked.sale_id, asked.claim)
    return {"code": reserved.code, "own": reserved.own, "campaign": reserved.campaign}


@router.post("/releases")
async def post_release(request: Request, lane: AskingLane) -> dict[str, Any]:
    """Give it back; nothing happens if it is not that sale's."""
    asked = await read_body(request, _OfSale)
    await run_in_threadpool(parts_of(request).books.release, lane, asked.code, asked.sale_id)
    return {}
