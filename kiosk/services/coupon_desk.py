"""Coupons that a shopper shows, and the clubs that they are in: noted on the sale, where campaigns ask for them.

A coupon may come before its goods. It counts once in a sale, and never stands in the way: one that nothing takes is a
word. Raises JournalError, PriceListError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from kiosk.services.basket import Word
from kiosk.services.lane import Lane
from kiosk.services.lane_view import Screen
from retail.events import EventKind
from retail.promotions.campaign import Campaign, Shopper
from retail.promotions.conditions import coupons_for
from retail.sale import Sale

MAX_COUPONS: Final = 50
_LONGEST: Final = 80


class CouponDesk:
    """`begin` starts a basket: somebody may show a coupon first of all."""

    def __init__(self, lane: Lane, begin: Callable[[], None]) -> None:
        self._lane = lane
        self._begin = begin

    def is_coupon(self, code: str) -> bool:
        """Whether a code that is no goods is a coupon of the shop's all the same, as their codes need no prefix."""
        return bool(self._taken_as(code))

    def show(self, code: str) -> None:
        """A coupon was scanned or typed."""
        lane = self._lane
        taken = self._taken_as(code)
        if not taken:
            lane.say(Word("coupon_noted"))
            return
        if lane.screen is Screen.DONE:  # the sale is over, and the screen that says so must stay
            lane.say(Word("coupon_too_late"))
            return
        if lane.screen is Screen.IDLE:
            self._begin()
        sale, before = lane.register.open_sale, lane.register.priced.total_minor
        if taken in sale.coupons:
            lane.say(Word("coupon_there"))
        elif len(sale.coupons) >= MAX_COUPONS:
            lane.say(Word("limit_reached", {"n": str(MAX_COUPONS)}))
        else:
            lane.register.note(EventKind.COUPON_PRESENTED, code=taken)
            saves = lane.register.priced.total_minor < before
            lane.say(Word("coupon_taken" if saves else "coupon_waits", good=True))

    def withdraw(self, code: str) -> None:
        """The shopper wants to keep it for another time."""
        lane = self._lane
        if code in lane.register.open_sale.coupons:
            lane.register.note(EventKind.COUPON_WITHDRAWN, code=code)
            lane.say(Word("coupon_withdrawn", good=True))

    def identify(self, clubs: Iterable[str]) -> None:
        """The shopper is a member of these clubs; who they are is nobody's affair here."""
        lane, found = self._lane, sorted(set(clubs))
        if lane.screen is Screen.DONE:
            return
        if lane.screen is Screen.IDLE:
            self._begin()
        if found != list(lane.register.open_sale.visit.clubs):
            lane.register.note(EventKind.MEMBER_IDENTIFIED, clubs=found)

    def _taken_as(self, code: str) -> str:
        """The code as a campaign of the basket or of the list takes it, with the shop's prefix or without; else ""."""
        lane = self._lane
        prices, now, sale = lane.prices(), lane.now(), lane.register.sale
        # Without the prefix first: scanned with it and typed without, it is one coupon.
        for one in dict.fromkeys((code.removeprefix(lane.rules.scan.coupon_prefix), code)):
            known = 0 < len(one) <= _LONGEST and one.isprintable()
            if known and (_is_for(one, sale) or prices.takes_coupon(one, now)):
                return one
        return ""


def takes(campaign: Campaign, code: str) -> bool:
    """Whether a campaign asks for this coupon, of whomever."""
    return bool(coupons_for(campaign, Shopper(coupons=(code,), own_coupons=frozenset({code}))))


def _is_for(code: str, sale: Sale | None) -> bool:
    return sale is not None and any(takes(campaign, code) for campaign in sale.campaigns.values())
