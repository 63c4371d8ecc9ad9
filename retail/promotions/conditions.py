"""Whether a campaign holds at a moment, and for a shopper."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from retail.promotions.campaign import Campaign, Shopper, When

_DAYS_AHEAD: Final = 8  # a weekday comes again within a week


def in_force(when: When, at: datetime) -> bool:
    """Whether it holds at an aware moment; weekdays and hours are those of the moment's own time zone, the shop's."""
    moment = at.timestamp()
    if when.valid_from is not None and moment < when.valid_from:
        return False
    if when.valid_until is not None and moment >= when.valid_until:
        return False
    minute = at.hour * 60 + at.minute
    today, yesterday = at.weekday(), (at.weekday() - 1) % 7
    if not when.hours:
        return _on(when, today)
    return any(
        _on(when, today) and hours.begins <= minute < hours.ends
        if hours.begins < hours.ends
        else (_on(when, today) and minute >= hours.begins) or (_on(when, yesterday) and minute < hours.ends)
        for hours in when.hours
    )


def next_turn(when: When, after: datetime) -> datetime | None:
    """The first moment after an aware one at which `in_force` may change; None if it never does again."""
    zone = after.tzinfo
    turns = [
        datetime.fromtimestamp(edge, zone)
        for edge in (when.valid_from, when.valid_until)
        if edge is not None and edge > after.timestamp()
    ]
    if (when.weekdays or when.hours) and (when.valid_until is None or when.valid_until > after.timestamp()):
        minutes = {0, *(edge % 1440 for hours in when.hours for edge in (hours.begins, hours.ends))}
        midnight = after.replace(hour=0, minute=0, second=0, microsecond=0)
        days = (midnight + timedelta(days=day) for day in range(_DAYS_AHEAD + 1))
        turns += [turn for day in days for turn in _of_day(day, minutes) if turn.timestamp() > after.timestamp()]
        held = in_force(when, after)
        turns = [turn for turn in sorted(turns, key=datetime.timestamp) if in_force(when, turn) != held] or []
    return min(turns, key=datetime.timestamp, default=None)


def offered_to(campaign: Campaign, shopper: Shopper) -> bool:
    """Whether it is for this shopper: club, coupon, way of paying, channel, store, and uses that are left."""
    if campaign.clubs and not shopper.clubs.intersection(campaign.clubs):
        return False
    if campaign.ways and not {shopper.way, shopper.brand}.intersection(campaign.ways):
        return False
    if campaign.channels and shopper.channel and shopper.channel not in campaign.channels:
        return False
    if campaign.stores and shopper.store and shopper.store not in campaign.stores:
        return False
    return uses_left(campaign, shopper) != 0


def uses_left(campaign: Campaign, shopper: Shopper) -> int | None:
    """How often it may be used in this basket; None for as often as there are goods for it."""
    limits = []
    if campaign.per_receipt is not None:
        limits.append(campaign.per_receipt)
    if campaign.per_member is not None:
        limits.append(max(0, campaign.per_member - shopper.used.get(campaign.id, 0)))
    if campaign.coupon:
        shown = len(coupons_for(campaign, shopper))
        if not shown:
            return 0
        if campaign.coupon_single or campaign.coupon.endswith("*"):
            limits.append(shown)
    return min(limits, default=None)


def coupons_for(campaign: Campaign, shopper: Shopper) -> tuple[str, ...]:
    """The codes that were shown and that this campaign takes, each once, in their order."""
    codes: Iterable[str] = dict.fromkeys(shopper.coupons)
    if campaign.coupon.endswith("*"):
        codes = (code for code in codes if code.startswith(campaign.coupon[:-1]))
    else:
        codes = (code for code in codes if code == campaign.coupon)
    return tuple(code for code in codes if not campaign.personal or code in shopper.own_coupons)


def _on(when: When, weekday: int) -> bool:
    return not when.weekdays or weekday in when.weekdays


def _of_day(midnight: datetime, minutes: Iterable[int]) -> list[datetime]:
    return [midnight.replace(hour=minute // 60, minute=minute % 60) for minute in minutes]
