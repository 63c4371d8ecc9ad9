"""Who a shopper is, as lanes ask and tell it: always sealed; answers hold nothing that a lane keeps."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any, Final, Literal

from fastapi import APIRouter, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from hub.api.access import AskingLane, parts_of
from hub.api.sealed import Claim, Club, Sealed, opened
from hub.api.wire import KEY, Strict, read_body
from hub.membership.books import Books
from hub.membership.known import KnownMember
from hub.membership.member_coupons import FreeCoupon
from retail.membership.consent import Given
from retail.membership.programme import Purpose

router = APIRouter(prefix="/v1/members")

_COUPONS: Final = 50  # those that end first: lanes read answers of 64 KB, and nobody chooses among more

_Text = Annotated[str, Field(max_length=64, pattern=r"^[^\x00]*$")]


class _Claimed(Strict):
    claim: Claim
    sealed: Sealed


class _Paid(Strict):
    payment_key: KEY
    sealed: Sealed


class _Number(Strict):
    sealed: Sealed


class _Consent(Strict):
    club: Club
    purpose: Literal["membership", "marketing", "profiling", "sharing"]
    version: _Text
    language: _Text
    text_sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]

    def given(self) -> Given:
        """The consent."""
        return Given(self.club, Purpose(self.purpose), self.version, self.language, self.text_sha256)


class _Joined(_Claimed):
    consents: Annotated[list[_Consent], Field(min_length=1, max_length=200)]


@router.post("/claims")
async def post_claim(request: Request, lane: AskingLane) -> dict[str, Any]:
    """Whose a claim is: told once, however often it is sent."""
    parts, asked = parts_of(request), await read_body(request, _Claimed)
    words = await opened(parts.secrets, asked.sealed, f"claim {asked.claim}", "kind", "value")
    known = await run_in_threadpool(parts.members.claim, lane, asked.claim, words["kind"], words["value"])
    parts.bookkeeper.claim(asked.claim)
    return await run_in_threadpool(_answer, parts.books, lane.store, asked.claim, known)


@router.post("/payers")
async def post_payer(request: Request, lane: AskingLane) -> dict[str, Any]:
    """Who made a payment that the lane's own gateway took."""
    parts, asked = parts_of(request), await read_body(request, _Paid)
    words = await opened(parts.secrets, asked.sealed, f"payer {asked.payment_key}", "payer")
    await run_in_threadpool(parts.members.payer, lane, asked.payment_key, words["payer"])
    parts.bookkeeper.payment(asked.payment_key)
    return {}


@router.post("/phone-codes")
async def post_phone_code(request: Request, lane: AskingLane) -> dict[str, Any]:
    """Have a code sent to a number."""
    parts, asked = parts_of(request), await read_body(request, _Number)
    words = await opened(parts.secrets, asked.sealed, "phone", "number", "language")
    ticket = await run_in_threadpool(parts.members.send_code, lane, words["number"], words["language"])
    return {"valid_s": ticket.valid_s, "again_s": ticket.again_s}


@router.post("/joins")
async def post_join(request: Request, lane: AskingLane) -> dict[str, Any]:
    """Prove a number by its code, and join what was consented to."""
    parts, asked = parts_of(request), await read_body(request, _Joined)
    words = await opened(parts.secrets, asked.sealed, f"join {asked.claim}", "number", "code")
    given = [one.given() for one in asked.consents]
    join = parts.members.join_by_phone
    known = await run_in_threadpool(join, lane, asked.claim, words["number"], words["code"], given)
    parts.bookkeeper.claim(asked.claim)
    return await run_in_threadpool(_answer, parts.books, lane.store, asked.claim, known)


def _answer(books: Books, store: str, claim: str, known: KnownMember | None) -> dict[str, Any]:
    if known is None:
        return {"claim": claim, "state": "unknown", "clubs": [], "masked": "", "points": 0, "coupons": [], "used": {}}
    coupons = books.free_coupons(known.member_id, store)[:_COUPONS] if known.proved else ()
    return {
        "claim": claim,
        "state": "known",
        "clubs": list(known.clubs),
        "masked": known.masked,
        "points": known.points,
        "coupons": [_coupon(one) for one in coupons],
        "used": dict(known.used),
    }


def _coupon(coupon: FreeCoupon) -> dict[str, Any]:
    ends = coupon.expires_at
    expires_at = "" if ends is None else datetime.fromtimestamp(ends, UTC).isoformat()
    return {"code": coupon.code, "campaign": coupon.campaign, "expires_at": expires_at}
