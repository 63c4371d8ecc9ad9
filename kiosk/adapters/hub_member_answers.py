"""Reads what the hub answers about members, coupons and rewards: whole and sensible, or refused, or nothing at all."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, TypeVar

import httpx

from kiosk.services.member_book import (
    OFFLINE,
    CodeSent,
    Known,
    OwnCoupon,
    Parked,
    Refused,
    Reserved,
    Reward,
    Rewards,
)
from payments.exchange import Exchanged
from retail.promotions.body import campaign_of
from retail.promotions.campaign import Campaign
from retail.promotions.soundness import sound

logger = logging.getLogger(__name__)

_REFUSES: Final = frozenset({httpx.codes.NOT_FOUND, httpx.codes.CONFLICT})
_Found = TypeVar("_Found")


def read_answer(came: Exchanged, read: Callable[[Mapping[str, Any]], _Found]) -> _Found | Refused:
    """The answer; the hub's own word of refusal; else OFFLINE. What is logged names no field's content."""
    try:
        body: Any = json.loads(came.body) if came.body else None
        if came.status == httpx.codes.OK:
            return read(body)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as exc:
        logger.error("the hub's answer about a member is not understood (%s)", type(exc).__name__)  # noqa: TRY400
        return Refused(OFFLINE)
    code = body.get("code") if isinstance(body, dict) else None
    return Refused(code if came.status in _REFUSES and isinstance(code, str) and code else OFFLINE)


def known_of(claim: str) -> Callable[[Mapping[str, Any]], Known | Refused]:
    """Reads who a claim's shopper is."""

    def read(body: Mapping[str, Any]) -> Known | Refused:
        if body["claim"] != claim:
            raise ValueError("is about another claim")
        if body["state"] != "known":
            return Refused("unknown")
        return Known(
            claim,
            tuple(_words(body["clubs"])),
            _text(body, "masked"),
            _whole(body, "points", least=None),
            tuple(_coupons(body["coupons"])),
            {str(name): _whole(body["used"], name) for name in body["used"]},
        )

    return read


def code_sent(body: Mapping[str, Any]) -> CodeSent:
    """That a code is on its way."""
    return CodeSent(_whole(body, "valid_s"), _whole(body, "again_s"))


def reserved_of(code: str) -> Callable[[Mapping[str, Any]], Reserved]:
    """Reads that a coupon is the sale's."""

    def read(body: Mapping[str, Any]) -> Reserved:
        if body["code"] != code:
            raise ValueError("is about another coupon")
        campaign = None if body["campaign"] is None else _campaign(body["campaign"])
        return Reserved(code, campaign, own=body["own"] is True)

    return read


def rewards(body: Mapping[str, Any]) -> Rewards:
    """What came of a sale."""
    return Rewards(
        ready=body["ready"] is True,
        member=body["member"] is True,
        masked=_text(body, "masked"),
        joined=tuple(_words(body["joined"])),
        points=_whole(body, "points", least=None),
        balance=_whole(body, "balance", least=None),
        rewards=tuple(_rewards(body["rewards"])),
        parking_minutes=_whole(body, "parking_minutes"),
        page=_text(body, "page"),
    )


def parked(body: Mapping[str, Any]) -> Parked:
    """That a car may stay."""
    return Parked(_whole(body, "minutes"))


def _coupons(said: list[Mapping[str, Any]]) -> Iterator[OwnCoupon]:
    """One with terms that this version does not know is left to newer lanes."""
    for one in said:
        try:
            yield OwnCoupon(_text(one, "code"), _campaign(one["campaign"]), _moment(one, "expires_at"))
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            logger.warning("a coupon of a member's is not understood (%s)", type(exc).__name__)


def _rewards(said: list[Mapping[str, Any]]) -> Iterator[Reward]:
    for one in said:
        try:
            campaign = None if one["campaign"] is None else _campaign(one["campaign"])
            amount, points = _whole(one, "amount_minor"), _whole(one, "points")
            yield Reward(_text(one, "kind"), _text(one, "code"), campaign, amount, points)
        except (ValueError, KeyError, TypeError, AttributeError) as exc:
            logger.warning("a reward is not understood (%s)", type(exc).__name__)


def _campaign(body: Mapping[str, Any]) -> Campaign:
    return sound(campaign_of(body))


def _words(said: object) -> list[str]:
    if not isinstance(said, list) or not all(isinstance(one, str) for one in said):
        raise TypeError("no list of words")
    return said


def _moment(body: Mapping[str, Any], name: str) -> str:
    text = _text(body, name)
    if text and datetime.fromisoformat(text).tzinfo is None:
        raise ValueError("a time without a zone")
    return text


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body[name]
    if not isinstance(value, str):
        raise TypeError(name)
    return value


def _whole(body: Mapping[str, Any], name: str, *, least: int | None = 0) -> int:
    value = body[name]
    if isinstance(value, bool) or not isinstance(value, int) or (least is not None and value < least):
        raise TypeError(name)
    return value
