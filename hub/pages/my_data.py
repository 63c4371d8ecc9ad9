"""What a member decides on their own page: consents, number plate, leaving a club, being forgotten, this browser."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Path
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import select

from hub.api.access import parts_of
from hub.errors import MemberRefused
from hub.membership.identities import PLATE
from hub.membership.normal import normal_plate
from hub.membership.tables import MEMBER_IDENTITY
from hub.pages.browser import Form, MemberVisit, PageRefused, PageRoute, Visit
from hub.pages.door import forget
from hub.pages.member_page import known_of, place_of
from hub.pages.shown import club_name, clubs_shown
from retail.membership.consent import Given
from retail.membership.programme import Purpose, text_digest

router = APIRouter(prefix="/m/{store}", route_class=PageRoute)

_DONE: Final = frozenset({"consent", "left", "plate", "plate_gone"})
_SHORTEST_PLATE: Final = 4
_Club = Annotated[str, Path(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


@router.get("/me")
def get_me(visit: MemberVisit) -> HTMLResponse:
    """All that is kept of the member's will."""
    done = visit.request.query_params.get("done", "")
    return _page(visit, done=done if done in _DONE else "")


@router.post("/consents")
def post_consent(visit: MemberVisit, form: Form) -> Response:
    """Take a consent back, or give it: to the very text that the page showed."""
    members, club = parts_of(visit.request).members, form.get("club", "")
    purpose = _purpose(form.get("purpose", ""))
    if form.get("word") == "yes":
        members.grant(visit.member, _given(visit, club, purpose, form.get("text", "")), store=visit.store)
    else:
        members.withdraw(visit.member, club, purpose, store=visit.store)
    return visit.go("/me?done=consent")


@router.get("/leave/{club}")
def get_leave(visit: MemberVisit, club: _Club) -> HTMLResponse:
    """Asks once more."""
    name = club_name(visit.shop.programme, club, visit.language)
    return visit.page(
        "sure.html",
        tab="me",
        question=visit.say("sure.leave", club=name),
        sentences=[visit.say(f"sure.{key}", club=name) for key in ("leave_consents", "leave_prices", "leave_again")],
        action=f"{visit.root}/leave/{club}",
        yes=visit.say("sure.leave_yes"),
    )


@router.post("/leave/{club}")
def post_leave(visit: MemberVisit, club: _Club, form: Form) -> Response:
    """Leave a club."""
    _must_be_sure(form)
    parts_of(visit.request).members.leave(visit.member, club, store=visit.store)
    return visit.go("/me?done=left")


@router.get("/erase")
def get_erase(visit: MemberVisit) -> HTMLResponse:
    """Asks once more, and says what is lost."""
    return visit.page(
        "sure.html",
        tab="me",
        question=visit.say("sure.erase"),
        sentences=[visit.say(f"sure.{key}") for key in ("erase_what", "erase_lost", "erase_kept", "erase_final")],
        action=f"{visit.root}/erase",
        yes=visit.say("sure.erase_yes"),
    )


@router.post("/erase")
def post_erase(visit: MemberVisit, form: Form) -> Response:
    """Forget the member, and every browser of theirs."""
    _must_be_sure(form)
    parts = parts_of(visit.request)
    parts.sessions.close_all(visit.member)
    parts.members.erase(visit.member)
    return forget(visit, visit.page("gone.html", signed_in=False))


@router.post("/plate")
def post_plate(visit: MemberVisit, form: Form) -> Response:
    """Keep the mark of a number plate."""
    plate = form.get("plate", "")
    if len(normal_plate(plate)) < _SHORTEST_PLATE:
        return _page(visit, problem="plate")
    try:
        parts_of(visit.request).members.tell_plate(visit.member, plate)
    except MemberRefused as exc:
        return _page(visit, problem=exc.code if exc.code == "taken" else "plate")
    return visit.go("/me?done=plate")


@router.post("/plate/gone")
def post_plate_gone(visit: MemberVisit, form: Form) -> Response:  # noqa: ARG001 - the form proves that it is ours
    """Forget it."""
    parts_of(visit.request).members.tell_plate(visit.member, "")
    return visit.go("/me?done=plate_gone")


def _page(visit: Visit, *, done: str = "", problem: str = "") -> HTMLResponse:
    members, place = parts_of(visit.request).members, place_of(visit)
    clubs = known_of(visit).clubs
    consents = members.consents(visit.member)
    return visit.page(
        "me.html",
        status=422 if problem else 200,
        tab="me",
        done=done,
        problem=problem,
        parking=visit.shop.car_park is not None,
        has_car=_has_car(visit),
        clubs=clubs_shown(visit.shop.programme, clubs, consents, place),
    )


def _has_car(visit: Visit) -> bool:
    mine = (MEMBER_IDENTITY.c.member_id == visit.member) & (MEMBER_IDENTITY.c.kind == PLATE)
    with parts_of(visit.request).database.read() as connection:
        return connection.execute(select(MEMBER_IDENTITY.c.since).where(mine)).first() is not None


def _purpose(word: str) -> Purpose:
    try:
        return Purpose(word)
    except ValueError as exc:
        raise PageRefused(403, "form") from exc


def _given(visit: Visit, club: str, purpose: Purpose, digest: str) -> Given:
    """The consent to a text that is asked for today; PageRefused for one that the shop has changed meanwhile."""
    known = visit.shop.programme.find(club)
    asked = known.asked(purpose) if known else None
    for language, text in asked.texts.items() if asked else ():
        if asked and text_digest(text) == digest:
            return Given(club, purpose, asked.version, language, digest)
    raise PageRefused(403, "form")


def _must_be_sure(form: Form) -> None:
    if form.get("sure") != "yes":
        raise PageRefused(403, "form")
