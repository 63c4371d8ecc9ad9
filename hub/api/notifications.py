"""Where wallets push how a payment went: no token, as the push proves itself; an answer within five seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import APIRouter, Path, Request
from fastapi.responses import JSONResponse, Response

from hub.api.access import parts_of
from hub.api.wire import SMALL, BodyRefused, read_raw
from hub.errors import HubError, PaymentConflict, PaymentUnknown
from payments.errors import NotificationRefused, PaymentError
from payments.gateway import Notice

_WITHIN_S: Final = 4.0  # WeChat and Alipay give up after five
_AT_ONCE: Final = 4  # threads of their own: neither a flood nor a slow database takes those that answer lanes
_MOST_WAITING: Final = 200
_LONGEST: Final = 300  # of what is said in the log
# All else is for the wallet to push again.
_STATUSES: Final = {BodyRefused: 413, NotificationRefused: 400, PaymentUnknown: 404, PaymentConflict: 409}

_Name = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


@dataclass
class _Counter:
    """Those that wait, and whoever works for them."""

    pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(_AT_ONCE, "pushes"))
    waiting: int = 0


def notifications_router() -> APIRouter:
    """The route, for one application."""
    router, counter = APIRouter(prefix="/v1/notifications"), _Counter()

    @router.post("/{name}")
    async def post_notification(request: Request, name: _Name) -> Response:
        """Thanked only for what is proved, fits the order, and is on disk."""
        if counter.waiting >= _MOST_WAITING:
            return _refused(503)
        counter.waiting += 1
        try:
            async with asyncio.timeout(_WITHIN_S):
                return await _answer(counter, request, name)
        except TimeoutError:
            parts_of(request).payments.notices.words.say(
                "late", f"a push to {name} could not be kept in time; it will come again"
            )
            return _refused(503)
        finally:
            counter.waiting -= 1

    return router


async def _answer(counter: _Counter, request: Request, name: str) -> Response:
    notices = parts_of(request).payments.notices
    try:
        body = await read_raw(request, SMALL)
        headers = _headers(request)
        loop = asyncio.get_running_loop()
        notice: Notice = await loop.run_in_executor(counter.pool, notices.take, name, headers, body)
    except TimeoutError:
        raise
    except Exception as exc:  # noqa: BLE001 - a plug-in's own could quote the push: of those only the kind is said
        why = " ".join(str(exc).split()) if isinstance(exc, HubError | PaymentError) else type(exc).__name__
        notices.words.say(type(exc).__name__, f"a push to {name} was not taken: {why[:_LONGEST]}")
        return _refused(next((status for kind, status in _STATUSES.items() if isinstance(exc, kind)), 503))
    return Response(notice.reply, media_type=notice.reply_type)


def _headers(request: Request) -> Mapping[str, str]:
    """By lower-case name. What comes twice is joined, so that no second value can hide behind the first."""
    joined: dict[str, str] = {}
    for name, value in request.headers.items():
        joined[name] = f"{joined[name]}, {value}" if name in joined else value
    return joined


def _refused(status: int) -> Response:
    """In the form that WeChat documents; to others any answer but their own thanks is a no."""
    return JSONResponse({"code": "FAIL", "message": "not taken"}, status)
