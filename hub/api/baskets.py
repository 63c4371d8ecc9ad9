"""What a basket costs, for the web shop and the phone: the price that a lane would ask, by the published list."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated, Any, Final

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response
from pydantic import ConfigDict, Field, ValidationError

from hub.api.access import SeenLane, parts_of
from hub.api.wire import BodyRefused, Strict, read_raw
from hub.asked_lists import AskedLists
from offline_cache.price_list.manifest import LANE_CHANNEL
from retail.promotions.ask import AskRefused, basket_entries, json_of
from retail.promotions.question import Question

_AT_ONCE: Final = 2  # threads of their own: what takes long keeps nobody from those that answer lanes
_MOST_WAITING: Final = 100
_MOST_LINES: Final = 2000  # the largest basket of any shop that we know of has 1,114
_MOST_PIECES: Final = 5000  # in all: a warehouse orders otherwise, and one question must not keep a thread for long
_LARGEST: Final = 256 * 1024
_NAME: Final = r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$"

_Text = Annotated[str, Field(max_length=200)]
_Texts = Annotated[list[_Text], Field(max_length=100)]
_Counts = Annotated[dict[_Text, Annotated[int, Field(ge=0, le=2**31)]], Field(max_length=1000)]


class _Asked(Strict):
    """A word that nobody knows is refused: a misspelt coupon would be left out silently."""

    model_config = ConfigDict(strict=True, extra="forbid")

    store: Annotated[str, Field(pattern=_NAME)]
    channel: Annotated[str, Field(pattern=r"^[a-z]{1,16}$")] = LANE_CHANNEL
    at: _Text = ""
    member: bool = False
    clubs: _Texts = Field(default_factory=list)
    coupons: _Texts = Field(default_factory=list)
    own_coupons: _Texts = Field(default_factory=list)
    used: _Counts = Field(default_factory=dict)
    way: _Text = ""
    language: Annotated[str, Field(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}$")] = "en"
    lines: Annotated[list[Any], Field(max_length=_MOST_LINES)]

    def question(self) -> Question:
        """What is asked of the list. AskRefused."""
        entries = basket_entries(self.lines)
        if sum(entry.quantity or 1 for entry in entries) > _MOST_PIECES:
            raise AskRefused(f"the basket has more than {_MOST_PIECES} pieces; ask for fewer at a time")
        return Question(
            entries,
            self.at,
            self.member,
            tuple(self.clubs),
            tuple(self.coupons),
            tuple(self.own_coupons),
            self.used,
            self.way,
            self.channel,
            self.language,
        )


@dataclass
class _Counter:
    """Those that wait, and whoever works for them."""

    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_AT_ONCE, "baskets"))
    waiting: int = 0


def baskets_router() -> APIRouter:
    """The route, for one application."""
    router, counter = APIRouter(prefix="/v1/baskets"), _Counter()

    @router.post("/price")
    async def post_price(request: Request, lane: SeenLane) -> Response:  # noqa: ARG001 - whoever has a token
        """The basket priced; AskRefused and whatever else is amiss with the question is 422, in a sentence."""
        if counter.waiting >= _MOST_WAITING:
            raise HTTPException(503, "too many baskets are being priced; ask again in a moment", {"Retry-After": "1"})
        counter.waiting += 1
        try:
            content = await read_raw(request, _LARGEST)
            work = partial(_answer, parts_of(request).baskets, content)
            answer = await asyncio.get_running_loop().run_in_executor(counter.pool, work)
        finally:
            counter.waiting -= 1
        return Response(answer, media_type="application/json", headers={"Cache-Control": "no-store"})

    return router


def _answer(lists: AskedLists, content: bytes) -> str:
    try:
        asked = _parsed(content)
        answer = lists.answer(asked.store, asked.channel, asked.question())
    except AskRefused as exc:
        raise BodyRefused(str(exc), status=422) from exc
    if answer is None:
        raise HTTPException(
            404, f"nothing was published for store {asked.store!r}, channel {asked.channel!r}; publish it first"
        )
    return answer


def _parsed(content: bytes) -> _Asked:
    body = json_of(content)
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if value is not None}
    try:
        return _Asked.model_validate(body)
    except ValidationError as exc:
        first = exc.errors(include_url=False, include_input=False, include_context=False)[0]
        place = ".".join(str(part) for part in first["loc"])
        raise BodyRefused(f"{place or 'body'}: {first['msg']}", status=422) from exc
