"""What the snapshot shows of membership; nothing in a shop without."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from kiosk.services.joining_desk import JoiningDesk
from kiosk.services.lane import Lane
from kiosk.services.lane_view import LaneView, Screen, WayView
from kiosk.services.member_view import AskView, ClubView, JoinView, MemberView, OwnCouponView
from kiosk.services.payment_desk import PaymentDesk
from kiosk.services.phone_desk import PhoneDesk
from kiosk.services.rewards_desk import RewardsDesk
from kiosk.services.stages import OPEN_BASKET
from retail.membership.points import points_for
from retail.membership.programme import Club, Programme, Purpose
from retail.membership.visit import BY_PHONE, BY_WALLET
from retail.sale import Sale, shopper_of

_SHOWS_MEMBER = OPEN_BASKET | {Screen.PAYING, Screen.PAYMENT_UNKNOWN}


def with_membership(
    shown: LaneView, lane: Lane, *, joining: JoiningDesk, phone: PhoneDesk, rewards: RewardsDesk, payment: PaymentDesk
) -> LaneView:
    """The same, and who the shopper is, what they may join, what they are given. Raises JournalError."""
    programme, sale, _ = lane.programme, lane.register.sale, lane.visitor  # who was here before is forgotten now
    if sale is not None and lane.screen is Screen.PAY:  # also once a new list has no members any more
        shown = replace(shown, ways=_amounts(shown.ways, lane, sale, payment))
    if programme is None:
        return shown
    if sale is None:
        return replace(shown, has_membership=True)
    open_basket, paying = lane.screen in OPEN_BASKET, lane.screen is Screen.PAY
    return replace(
        shown,
        has_membership=True,
        member=_member(lane, sale, programme) if lane.screen in _SHOWS_MEMBER else None,
        join=_join(lane, sale, joining) if paying and joining.is_offered else None,
        own_coupons=_own_coupons(lane, sale) if open_basket else (),
        phone=phone.view(),
        done=shown.done and replace(shown.done, rewards=rewards.view(sale)),
    )


def _member(lane: Lane, sale: Sale, programme: Programme) -> MemberView | None:
    visit, register = sale.visit, lane.register
    if not visit.by and visit.joining is None:
        return None
    known, total_minor = lane.visitor.known, register.priced.total_minor
    if known is not None and known.claim != visit.claim:
        known = None
    return MemberView(
        by=visit.by or (visit.joining.by if visit.joining is not None else ""),
        clubs=tuple(club.names for club in programme.clubs if club.id in visit.clubs_counted(tells_payer=True)),
        masked=known.masked if known is not None else "",
        saving_minor=max(0, register.priced_in(frozenset()).total_minor - total_minor),
        points=points_for(programme.points, total_minor, register.priced.points),
        balance=known.points if known is not None else -1,
        joining=visit.joining is not None and visit.joining.by != BY_PHONE,  # they have joined
        waiting=bool(visit.by) and known is None,
    )


def _join(lane: Lane, sale: Sale, joining: JoiningDesk) -> JoinView | None:
    register = lane.register
    clubs, total_minor = shopper_of(sale).clubs, register.priced.total_minor
    views, before_minor = [], total_minor
    for club in joining.clubs:
        clubs |= {club.id}
        minor = register.priced_in(clubs).total_minor
        views.append(_club(club, max(0, before_minor - minor)))
        before_minor = minor
    # Who joins by paying must have something left to pay.
    by_touch = joining.by_touch and bool(sale.visit.by or before_minor)
    if not by_touch and not joining.by_phone:
        return None
    return JoinView(tuple(views), max(0, total_minor - before_minor), by_touch, joining.by_phone)


def _club(club: Club, saving_minor: int) -> ClubView:
    asks = (
        AskView(club.id, one.purpose.value, one.version, one.texts, required=one.purpose is Purpose.MEMBERSHIP)
        for one in club.asks
    )
    return ClubView(club.id, club.names, tuple(asks), saving_minor)


def _own_coupons(lane: Lane, sale: Sale) -> tuple[OwnCouponView, ...]:
    visitor, now = lane.visitor, lane.price_clock.now()
    known = visitor.known
    if known is None or known.claim != sale.visit.claim:
        return ()
    return tuple(
        OwnCouponView(one.code, one.campaign, one.expires_at, waiting=one.code in visitor.reserving)
        for one in known.coupons
        if one.code not in sale.coupons and not _is_over(one.expires_at, now)
    )


def _is_over(expires_at: str, now: datetime) -> bool:
    return bool(expires_at) and datetime.fromisoformat(expires_at) <= now


def _amounts(ways: tuple[WayView, ...], lane: Lane, sale: Sale, payment: PaymentDesk) -> tuple[WayView, ...]:
    """What each way asks for, where joining does not count for it."""
    joining = sale.visit.joining
    if joining is None or joining.by != BY_WALLET or not ways:
        return ways
    total_minor = lane.register.priced.total_minor
    asked = (payment.amount_minor(way) for way in lane.ports.ways)
    return tuple(
        replace(shown, amount_minor=None if minor == total_minor else minor)
        for shown, minor in zip(ways, asked, strict=True)
    )
