"""Puts the API together: routes, and what each error says to a lane."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from importlib.metadata import version
from typing import Final, Self

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from hub.api import (
    car_park,
    coupons,
    files,
    heartbeats,
    lanes,
    manifests,
    members,
    payments,
    price_lists,
    refunds,
    rewards,
    sales,
)
from hub.api.baskets import baskets_router
from hub.api.files import SmallFiles
from hub.api.notifications import notifications_router
from hub.api.wire import BodyRefused
from hub.asked_lists import AskedLists
from hub.data_folder import DataFolder
from hub.database import Database
from hub.errors import ChainBroken, HubError, MemberRefused, PaymentConflict, PaymentUnknown, RefundRefused
from hub.events_store import EventsStore
from hub.heartbeats import Heartbeats
from hub.keys import Keys
from hub.lanes import Lanes
from hub.membership.bookkeeper import Bookkeeper
from hub.membership.books import Books
from hub.membership.car_park_tokens import CarParkTokens
from hub.membership.members import Members
from hub.membership.programmes import Programmes
from hub.membership.secrets import MemberSecrets
from hub.membership.sessions import MemberSessions
from hub.pages import door, member_page, my_data, static
from hub.pages.limits import Limits
from hub.payments_desk import PaymentsDesk
from hub.publishing.current import CurrentManifests
from hub.refunds import RefundDesk
from hub.sales_list import SalesList
from hub.services import Clock, Hub
from hub.storage.door import Storage
from payments.errors import PaymentError

log = logging.getLogger(__name__)

VERSION: Final = version("scan-and-go")
_UNABLE: Final = "the hub cannot do this now; its log says why"


@dataclass(frozen=True, slots=True)
class ApiParts:
    """What the routes work with."""

    folder: DataFolder
    storage: Storage
    manifests: CurrentManifests
    files: SmallFiles
    keys: Keys
    lanes: Lanes
    heartbeats: Heartbeats
    events: EventsStore
    sales: SalesList
    payments: PaymentsDesk
    refunds: RefundDesk
    baskets: AskedLists
    database: Database
    clock: Clock
    secrets: MemberSecrets
    programmes: Programmes
    members: Members
    books: Books
    bookkeeper: Bookkeeper
    car_parks: CarParkTokens
    sessions: MemberSessions
    limits: Limits
    pages_url: str = ""  # where members' browsers reach the hub; '': where lanes do

    @classmethod
    def of(cls, hub: Hub, payments: PaymentsDesk, *, pages_url: str = "") -> Self:
        """Those of an opened hub."""
        manifests = CurrentManifests(hub.storage)
        members, books = hub.members, hub.books
        bookkeeper = Bookkeeper(books, members)
        return cls(
            hub.folder,
            hub.storage,
            manifests,
            SmallFiles(hub.storage),
            hub.keys,
            hub.lanes,
            Heartbeats(hub.lanes, hub.clock),
            hub.events,
            hub.sales,
            payments,
            RefundDesk(hub.refunds, payments, bookkeeper.sale),
            AskedLists(hub.folder, hub.storage, manifests, hub.keys, hub.clock),
            hub.database,
            hub.clock,
            hub.member_secrets,
            hub.programmes,
            members,
            books,
            bookkeeper,
            hub.car_parks,
            hub.member_sessions,
            Limits(hub.clock),
            pages_url,
        )


_ROUTERS: Final = (
    price_lists.router,
    lanes.router,
    payments.router,
    refunds.router,
    rewards.router,
    sales.router,
    members.router,
    coupons.router,
    car_park.router,
    static.router,
    door.router,
    member_page.router,
    my_data.router,
)


class _Api(FastAPI):
    """Answers the three questions that a fleet asks all the time before anything of the framework runs: that takes a
    fifth of the processor's time.
    """

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        parts: ApiParts = self.state.parts
        if await manifests.answered(parts.manifests, scope, send) or await files.answered(parts.files, scope, send):
            return
        if not await heartbeats.answered(parts.heartbeats, scope, receive, send):
            await super().__call__(scope, receive, send)


def create_app(parts: ApiParts) -> FastAPI:
    """The ASGI application."""
    app = _Api(title="kiosk-hub", version=VERSION, docs_url=None, redoc_url=None, openapi_url="/v1/openapi.json")
    app.state.parts = parts

    @app.get("/v1/health")
    async def health() -> dict[str, str]:
        return {"status": "ok", "version": VERSION}

    for router in _ROUTERS:
        app.include_router(router)
    app.include_router(notifications_router())
    app.include_router(baskets_router())
    app.add_exception_handler(RequestValidationError, _no_such_address)
    app.add_exception_handler(HubError, _hub_error)
    app.add_exception_handler(SQLAlchemyError, _unable)
    app.add_exception_handler(PaymentError, _unable)
    app.add_exception_handler(ClientDisconnect, _gone)
    app.add_exception_handler(Exception, _our_fault)
    return app


async def _no_such_address(_request: Request, _exc: Exception) -> JSONResponse:
    """Routes check their bodies themselves: what is left is a path with a name or hash that cannot be one."""
    return JSONResponse({"detail": "there is nothing at this address"}, 404)


async def _hub_error(_request: Request, exc: Exception) -> JSONResponse:
    if isinstance(exc, ChainBroken):
        return JSONResponse({"detail": str(exc), "next": exc.next_number}, 409)
    if isinstance(exc, BodyRefused):
        return JSONResponse({"detail": str(exc)}, exc.status)
    if isinstance(exc, PaymentConflict):
        return JSONResponse({"detail": str(exc)}, 409)
    if isinstance(exc, RefundRefused | MemberRefused):
        unknown = exc.code in {"not_known", "unknown"}
        return JSONResponse({"detail": str(exc), "code": exc.code}, 404 if unknown else 409)
    if isinstance(exc, PaymentUnknown):
        return JSONResponse({"detail": str(exc)}, 404)
    return await _unable(_request, exc)


async def _unable(_request: Request, exc: Exception) -> JSONResponse:
    """The operator's log gets the sentence; a lane learns only that it must come again."""
    log.error("%s", exc)
    return JSONResponse({"detail": _UNABLE}, 503, {"Retry-After": "5"})


async def _gone(_request: Request, _exc: Exception) -> JSONResponse:
    """Cut off while it sent: nobody hears the answer, and nothing is to be told in the log."""
    return JSONResponse({"detail": "the request broke off"}, 400)


async def _our_fault(_request: Request, _exc: Exception) -> JSONResponse:
    return JSONResponse({"detail": "the hub failed; its log says why"}, 500)
