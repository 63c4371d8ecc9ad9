"""What came of a sale for its shopper, and free minutes for their car."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Path, Request
from starlette.concurrency import run_in_threadpool

from hub.api.access import AskingLane, parts_of
from hub.api.sealed import Sealed, opened
from hub.api.wire import BodyRefused, Strict, read_body
from hub.membership.rewards import SaleRewards
from hub.pages.address import page_address

router = APIRouter(prefix="/v1/sales/{sale_id}")

_SaleId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
_CARS = frozenset({"plate", "ticket"})


class _Car(Strict):
    sealed: Sealed


@router.get("/rewards")
async def get_rewards(request: Request, sale_id: _SaleId, lane: AskingLane) -> dict[str, Any]:
    """What a sale brought; `ready` false while the hub has not heard of it."""
    rewards = await run_in_threadpool(parts_of(request).books.rewards, lane, sale_id)
    return _answer(rewards, page_address(request, lane.store, rewards.page))


@router.post("/parking")
async def post_parking(request: Request, sale_id: _SaleId, lane: AskingLane) -> dict[str, Any]:
    """Have the car park give its minutes to a car. MemberRefused."""
    parts, asked = parts_of(request), await read_body(request, _Car)
    words = await opened(parts.secrets, asked.sealed, f"park {sale_id}", "kind", "value")
    if words["kind"] not in _CARS:
        raise BodyRefused("sealed: kind must be plate or ticket", status=422)
    minutes = await run_in_threadpool(parts.books.park, lane, sale_id, words["kind"], words["value"])
    return {"minutes": minutes}


def _answer(rewards: SaleRewards, page: str) -> dict[str, Any]:
    return {
        "ready": rewards.ready,
        "member": rewards.member,
        "masked": rewards.masked,
        "joined": list(rewards.joined),
        "points": rewards.points,
        "balance": rewards.balance,
        "rewards": [
            {
                "kind": one.kind,
                "code": one.code,
                "campaign": one.campaign,
                "amount_minor": one.amount_minor,
                "points": one.points,
            }
            for one in rewards.rewards
        ],
        "parking_minutes": rewards.parking_minutes,
        "page": page,
    }
