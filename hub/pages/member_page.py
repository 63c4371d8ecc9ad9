"""A member's own page: the code for the checkout, points and coupons, receipts."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse

from hub.api.access import parts_of
from hub.membership.known import KnownMember
from hub.membership.member_coupons import is_for_store
from hub.pages.browser import MemberVisit, PageRefused, PageRoute, SignInFirst, Visit
from hub.pages.drawing import qr_code
from hub.pages.receipts import read_receipt
from hub.pages.shown import CouponShown, Place, club_name, coupons_shown
from hub.shops import known_shop
from retail.figures import money_text

router = APIRouter(prefix="/m/{store}", route_class=PageRoute)

_SaleId = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


@router.get("")
def get_home(visit: MemberVisit) -> HTMLResponse:
    """The code first: it is what the page is opened for."""
    known = known_of(visit)
    clubs = [club_name(visit.shop.programme, club, visit.language) for club in known.clubs]
    return visit.page(
        "home.html",
        tab="code",
        code=_code(visit),
        points=f"{known.points:,}",
        masked=known.masked,
        clubs=clubs,
        coupons=_coupons(visit),
    )


@router.get("/code")
def get_code(visit: MemberVisit) -> HTMLResponse:
    """The code alone, as the page fetches it anew."""
    return HTMLResponse(_code(visit))


@router.get("/coupons")
def get_coupons(visit: MemberVisit) -> HTMLResponse:
    """All that can be used."""
    return visit.page("coupons.html", tab="coupons", coupons=_coupons(visit))


@router.get("/receipts")
def get_receipts(visit: MemberVisit) -> HTMLResponse:
    """What was bought, latest first."""
    found, place = parts_of(visit.request).books.receipts_of(visit.member), place_of(visit)
    rows = [
        {
            "sale_id": one.sale_id,
            "day": place.minute(one.completed_at),
            "store": one.store if one.store != visit.store else "",
            "total": money_text(one.total_minor, one.currency),
            "points": one.points,
        }
        for one in found
    ]
    return visit.page("receipts.html", tab="receipts", receipts=rows)


@router.get("/receipts/{sale_id}")
def get_receipt(visit: MemberVisit, sale_id: _SaleId) -> HTMLResponse:
    """One of the member's own."""
    parts = parts_of(visit.request)
    if sale_id not in {one.sale_id for one in parts.books.receipts_of(visit.member)}:
        raise PageRefused(404, "nothing")
    with parts.database.read() as connection:
        receipt = read_receipt(connection, sale_id, place_of(visit))
    if receipt is None:
        raise PageRefused(404, "nothing")
    return visit.page("receipt.html", tab="receipts", receipt=receipt)


def known_of(visit: Visit) -> KnownMember:
    """The member; SignInFirst for one who was erased a moment ago."""
    known = parts_of(visit.request).members.known(visit.member)
    if known is None:
        raise SignInFirst("nobody is signed in")
    return known


def place_of(visit: Visit) -> Place:
    """How the visitor reads amounts and days of this store."""
    with parts_of(visit.request).database.read() as connection:
        shop = known_shop(connection, visit.store)
    return Place(shop.currency, shop.time_zone, visit.language)


def _code(visit: Visit) -> str:
    return qr_code(parts_of(visit.request).members.code_of(visit.member, visit.store))


def _coupons(visit: Visit) -> list[CouponShown]:
    parts = parts_of(visit.request)
    now = int(parts.clock().timestamp())
    # Another store's are worth nothing here, and their amounts are of another currency, perhaps.
    here = [one for one in parts.books.coupons_of(visit.member) if is_for_store(one.campaign, visit.store)]
    return coupons_shown(here, place_of(visit), now)
