"""What every page shares: whose browser asks, in which language, forms that are ours, and headers that keep it so."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Final
from urllib.parse import parse_qsl, urlsplit

from fastapi import Depends, Path, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from hub.api.access import parts_of
from hub.api.wire import BodyRefused, read_raw
from hub.errors import HubError, StoreUnknown
from hub.membership.membership_file import MembershipFile
from hub.membership.sessions import form_token, is_form_token, new_word
from hub.pages.address import base_address, is_secure
from hub.pages.drawing import draw
from hub.pages.limits import Limits
from hub.pages.words import LANGUAGES, chosen_language, words

COOKIE: Final = "member"
LANGUAGE_COOKIE: Final = "language"
_FORM_BYTES: Final = 8 * 1024
_COOKIE_S: Final = 365 * 86_400  # the hub decides for how long it opens anything
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "same-origin",  # with none at all, forms would not say from where they come
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
}


class PageRefused(HubError):
    """There is no such page for this browser; `why` names what it reads."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


class SignInFirst(HubError):
    """The browser is nobody's."""


@dataclass(frozen=True, slots=True)
class Visit:
    """A browser at a store's pages. `word` is what its cookie says, `is_new` if it had none."""

    request: Request
    store: str
    shop: MembershipFile
    language: str
    word: str = field(repr=False)
    is_new: bool
    member_id: int | None = field(repr=False)

    @property
    def member(self) -> int:
        """The member whose page it is; SignInFirst for nobody."""
        if self.member_id is None:
            raise SignInFirst("nobody is signed in")
        return self.member_id

    @property
    def secure(self) -> bool:
        """Whether it came by HTTPS."""
        return is_secure(self.request)

    @property
    def cookie(self) -> str:
        """The cookie's name: with the prefix that browsers grant to secure hosts alone, where there is one."""
        return cookie_name(secure=self.secure)

    @property
    def limits(self) -> Limits:
        """How often the same may be tried."""
        return parts_of(self.request).limits

    @property
    def root(self) -> str:
        """Path of the store's pages."""
        return f"/m/{self.store}"

    def say(self, key: str, **values: object) -> str:
        """A text of the pages in the visit's language."""
        return words().text(self.language, key, **values)

    def page(self, template: str, *, status: int = 200, **values: object) -> HTMLResponse:
        """A page; a browser without a cookie gets one, which its forms need."""
        response = HTMLResponse(self._drawn(template, values), status)
        if self.is_new:
            self.remember(response, self.word)
        return response

    def go(self, path: str = "") -> RedirectResponse:
        """To another page of the store, after a form."""
        return RedirectResponse(self.root + path, 303)

    def remember(self, response: Response, word: str) -> None:
        """Give the browser its cookie: no script sees it, and no other site can have it sent with a form."""
        response.set_cookie(self.cookie, word, _COOKIE_S, path="/", secure=self.secure, httponly=True, samesite="lax")

    def _drawn(self, template: str, values: Mapping[str, object]) -> str:
        club = self.shop.programme.club.name(self.language)
        shared = {
            "say": self.say,
            "root": self.root,
            "path": self.request.url.path,
            "language": self.language,
            "languages": LANGUAGES,
            "shop": club,
            "form": form_token(self.word),
            "signed_in": self.member_id is not None,
            "tab": "",
            # What a form answered cannot be asked for again by an address.
            "switch": self.request.method == "GET",
            "by_phone": self.shop.sms is not None,
        }
        return draw(template, {**shared, **values})


def cookie_name(*, secure: bool) -> str:
    """See Visit.cookie."""
    return f"__Host-{COOKIE}" if secure else COOKIE


def visiting(request: Request, store: Annotated[str, Path(max_length=64)]) -> Visit:
    """Whose browser it is. PageRefused for a store without members."""
    parts = parts_of(request)
    try:
        shop = parts.programmes.of(store)
    except StoreUnknown:
        shop = None
    if shop is None:
        raise PageRefused(404, "nothing")
    said = request.cookies.get(cookie_name(secure=is_secure(request)), "")
    member_id = parts.sessions.member(said)
    language = _language(request)
    return Visit(request, store, shop, language, said or new_word(), not said, member_id)


def member_visit(visit: Annotated[Visit, Depends(visiting)]) -> Visit:
    """The same, of a member; SignInFirst."""
    _ = visit.member
    return visit


async def form_of(request: Request, visit: Annotated[Visit, Depends(visiting)]) -> Mapping[str, str]:
    """What a form of ours brought. PageRefused for one of another site's, or of a page that was left open too long."""
    content = await read_raw(request, _FORM_BYTES)
    try:
        fields = dict(parse_qsl(content.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=20))
        ours = _is_our_site(request)
    except ValueError as exc:  # no form of ours has so many fields, and no browser such an Origin
        raise PageRefused(403, "form") from exc
    if not ours or not is_form_token(visit.word, fields.pop("form", "")):
        raise PageRefused(403, "form")
    return fields


AnyVisit = Annotated[Visit, Depends(visiting)]
MemberVisit = Annotated[Visit, Depends(member_visit)]
Form = Annotated[Mapping[str, str], Depends(form_of)]


class PageRoute(APIRoute):
    """A route whose answers are pages, also when something is amiss, and that no cache keeps."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with what every page has."""
        answer = super().get_route_handler()

        async def answered(request: Request) -> Response:
            try:
                response = _other_language(request) or await answer(request)
            except (HubError, SQLAlchemyError, RequestValidationError) as exc:
                response = await run_in_threadpool(_refusal, request, exc)
            response.headers.update(_HEADERS)
            return response

        return answered


def _refusal(request: Request, exc: Exception) -> Response:
    if isinstance(exc, SignInFirst):
        return RedirectResponse(f"/m/{request.path_params['store']}/in", 303)
    status, why = 503, "away"
    if isinstance(exc, PageRefused):
        status, why = exc.status, exc.why
    elif isinstance(exc, BodyRefused):
        status, why = exc.status, "form"
    elif isinstance(exc, RequestValidationError):
        status, why = 404, "nothing"
    language = _language(request)
    shared = {"language": language, "why": why, "say": lambda key, **values: words().text(language, key, **values)}
    return HTMLResponse(draw("refused.html", shared), status)


def _other_language(request: Request) -> Response | None:
    """The switch: the same page again, from now on in that language."""
    wanted = request.query_params.get("language", "")
    if request.method != "GET" or wanted not in LANGUAGES:
        return None
    response = RedirectResponse(request.url.path, 303)
    response.set_cookie(LANGUAGE_COOKIE, wanted, _COOKIE_S, secure=is_secure(request), samesite="lax")
    return response


def _language(request: Request) -> str:
    return chosen_language(request.cookies.get(LANGUAGE_COOKIE, ""), request.headers.get("Accept-Language", ""))


def _is_our_site(request: Request) -> bool:
    """Browsers say from which site a form comes; what says nothing is no browser, and has no cookie of anybody's."""
    origin = request.headers.get("Origin")
    if origin is None:
        return True
    ours = {urlsplit(base_address(request)).netloc, request.headers.get("Host", "")}
    return urlsplit(origin).netloc in ours
