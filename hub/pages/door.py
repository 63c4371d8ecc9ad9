"""The ways in: the secret of the code that a lane showed, or a phone number and the code sent to it; and out."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from hub.api.access import parts_of
from hub.errors import MemberRefused
from hub.membership.messages import MessageFailed
from hub.membership.normal import normal_phone
from hub.pages.address import secret_of_key
from hub.pages.browser import AnyVisit, Form, PageRoute, Visit

router = APIRouter(prefix="/m/{store}", route_class=PageRoute)

# Within ten minutes from one address; what each number may be sent and tried is counted in the members' book as well.
_SECRETS: Final = 30
_CODES_SENT: Final = 6
_CODES_TRIED: Final = 20
_CODES_SENT_IN_ALL: Final = 600
_FINE: Final = 200
_REFUSED: Final = 422


@router.get("/in")
def get_in(visit: AnyVisit) -> Response:
    """The secret, if there is one, stands behind '#': a script brings it back as a form and takes it out of sight."""
    return _ask_number(visit)


@router.post("/in")
def post_in(visit: AnyVisit, form: Form) -> Response:
    """Open the page by its secret."""
    if not _may(visit, "secret", _SECRETS):
        return _ask_number(visit, "too_many", status=429)
    parts = parts_of(visit.request)
    member_id = parts.members.by_page(secret_of_key(parts, form.get("secret", "")))
    if member_id is None:
        return _ask_number(visit, "secret")
    return _let_in(visit, member_id)


@router.post("/phone")
def post_phone(visit: AnyVisit, form: Form) -> Response:
    """Have a code sent. Whether the number is a member's is not told."""
    number = form.get("number", "").strip()
    if not normal_phone(number):
        return _ask_number(visit, "number", number=number)
    if not (_may(visit, "send", _CODES_SENT) and visit.limits.allows("send", _CODES_SENT_IN_ALL)):
        return _ask_number(visit, "too_many", status=429, number=number)
    try:
        parts_of(visit.request).members.send_page_code(visit.store, number, visit.language)
    except (MemberRefused, MessageFailed) as exc:
        why = exc.code if isinstance(exc, MemberRefused) else "refused"
        return _ask_number(visit, why, number=number)
    return _ask_code(visit, number)


@router.post("/phone/code")
def post_code(visit: AnyVisit, form: Form) -> Response:
    """Open the page by the code that came."""
    number, code = form.get("number", ""), form.get("code", "").strip()
    if not _may(visit, "prove", _CODES_TRIED):
        return _ask_number(visit, "too_many", status=429)
    try:
        member_id = parts_of(visit.request).members.prove(visit.store, number, code)
    except MemberRefused as exc:
        if exc.code == "wrong_code":
            return _ask_code(visit, number, exc.code)
        return _ask_number(visit, exc.code, number=number)
    if member_id is None:
        return _ask_number(visit, "nobody", number=number)
    return _let_in(visit, member_id)


@router.post("/out")
def post_out(visit: AnyVisit, form: Form) -> Response:  # noqa: ARG001 - the form proves that it is ours
    """This browser is nobody's again."""
    parts_of(visit.request).sessions.close(visit.word)
    return forget(visit, visit.go("/in"))


def forget(visit: Visit, response: Response) -> Response:
    """Take the cookie away."""
    response.delete_cookie(visit.cookie, path="/", secure=visit.secure, httponly=True, samesite="lax")
    return response


def _let_in(visit: Visit, member_id: int) -> Response:
    # Another word than before: one that somebody else put into this browser opens nothing.
    sessions, response = parts_of(visit.request).sessions, visit.go()
    sessions.close(visit.word)
    visit.remember(response, sessions.open(member_id))
    return response


def _may(visit: Visit, what: str, most: int) -> bool:
    client = visit.request.client
    return visit.limits.allows(f"{what} {client.host if client else ''}", most)


def _ask_number(visit: Visit, problem: str = "", *, status: int = _REFUSED, number: str = "") -> HTMLResponse:
    return visit.page("way_in.html", status=status if problem else _FINE, problem=problem, number=number)


def _ask_code(visit: Visit, number: str, problem: str = "") -> HTMLResponse:
    return visit.page("code.html", status=_REFUSED if problem else _FINE, problem=problem, number=number)
