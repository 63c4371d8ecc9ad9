"""Coupons that a shopper shows, and the clubs they turn out to be a member of: offers that are not for everybody.

Which codes are coupons the price list knows, and the hub those that it gave out itself. One of many uses is a bearer's
word and counts at once; a single one counts once the hub has said yes, see CouponHold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from kiosk.services.basket import Word
from kiosk.services.coupon_hold import CouponHold, asks_for, presented
from kiosk.services.lane import Lane
from kiosk.services.lane_view import Screen
from kiosk.services.member_book import OwnCoupon, Reserved
from retail.events import Draft, EventKind
from retail.promotions.campaign import Campaign
from retail.sale import Sale
from retail.scan_rules import ScanRules

MAX_COUPONS: Final = 50
_LONGEST: Final = 80
_OF_THE_HUB: Final = ScanRules().coupon_prefix


class CouponDesk:
    """`begin` starts a basket: somebody may show a coupon first of all."""

    def __init__(self, lane: Lane, begin: Callable[[], None]) -> None:
        self._lane = lane
        self._begin = begin
        self.hold = CouponHold(lane, self._take)

    def is_coupon(self, code: str) -> bool:
        """Whether a code that is no goods is a coupon of the shop's all the same: their codes need no prefix, and those
        that the hub gave out have its own, whatever this lane calls a coupon."""
        given_out = self._lane.programme is not None and code.startswith(_OF_THE_HUB)
        return given_out or bool(self._taken_as(code)[0])

    def show(self, code: str) -> None:
        """A coupon was scanned or typed."""
        lane = self._lane
        taken, campaigns = self._taken_as(code)
        if not taken and lane.programme is None:
            lane.say(Word("coupon_noted"))
            return
        if lane.screen is Screen.DONE:  # the sale is over, and the screen that says so must stay
            lane.say(Word("coupon_too_late"))
            return
        if lane.screen is Screen.IDLE:
            self._begin()
        ask = not taken or self.hold.needed(taken, campaigns)
        if ask:  # the answer takes another word's place
            lane.say(Word("coupon_asking", good=True))
        self._use(taken or code, known=bool(taken), ask=ask)

    def use_own(self, code: str) -> None:
        """One of the member's own was touched."""
        if self._given(code) is not None:
            self._use(code, known=True, ask=True)

    def _use(self, code: str, *, known: bool, ask: bool) -> None:
        lane = self._lane
        sale = lane.register.open_sale
        if code in sale.coupons:
            lane.say(Word("coupon_there"))
        elif len(sale.coupons) >= MAX_COUPONS:
            lane.say(Word("limit_reached", {"n": str(MAX_COUPONS)}))
        elif ask:
            self.hold.ask(code, unchecked=known)
        else:
            self._take(code, Reserved(code))

    def _take(self, code: str, reserved: Reserved) -> None:
        """It may count."""
        lane = self._lane
        before = lane.register.priced.total_minor
        lane.register.note(EventKind.COUPON_PRESENTED, **presented(code, reserved, self._given(code)))
        saves = lane.register.priced.total_minor < before
        lane.say(Word("coupon_taken" if saves else "coupon_waits", good=True))

    def withdraw(self, code: str) -> None:
        """The shopper wants to keep it for another time."""
        lane = self._lane
        sale = lane.register.open_sale
        if code in sale.coupons:
            lane.register.note(EventKind.COUPON_WITHDRAWN, code=code)
            self.hold.give_back_one(sale, code)
            lane.say(Word("coupon_withdrawn", good=True))

    def handed(self, sale: Sale, codes: Iterable[str]) -> tuple[list[Draft], list[str]]:
        """Coupons that came with another lane's basket: those that count at once, and those to be asked for first."""
        shown = [code for code in codes if code not in sale.coupons][: MAX_COUPONS - len(sale.coupons)]
        ask = [code for code in shown if self._lane.programme is not None and self._must_ask(code)]
        return [Draft(EventKind.COUPON_PRESENTED, sale.id, {"code": code}) for code in shown if code not in ask], ask

    def show_all(self, codes: Iterable[str]) -> None:
        """Ask for those."""
        for code in codes:
            self.show(code)

    def identify(self, clubs: Iterable[str]) -> None:
        """The shopper is a member of these clubs; who they are is nobody's affair here."""
        lane, found = self._lane, sorted(set(clubs))
        if lane.screen is Screen.DONE:
            return
        if lane.screen is Screen.IDLE:
            self._begin()
        if found != list(lane.register.open_sale.visit.clubs):
            lane.register.note(EventKind.MEMBER_IDENTIFIED, clubs=found)

    def _must_ask(self, code: str) -> bool:
        taken, campaigns = self._taken_as(code)
        return not taken or self.hold.needed(taken, campaigns)

    def _given(self, code: str) -> OwnCoupon | None:
        return next((one for one in self.hold.given if one.code == code), None)

    def _taken_as(self, code: str) -> tuple[str, tuple[Campaign, ...]]:
        """The code as a campaign of the basket or of the list takes it, with the shop's prefix or without, and those
        campaigns; else "" and none."""
        lane = self._lane
        prices, now, sale = lane.prices(), lane.now(), lane.register.sale
        # Without the prefix first: scanned with it and typed without, it is one coupon.
        for one in dict.fromkeys((code.removeprefix(lane.rules.scan.coupon_prefix), code)):
            if 0 < len(one) <= _LONGEST and one.isprintable():
                found = (*_asking(one, sale), *prices.campaigns_for(one, now))
                if found or self._given(one) is not None:
                    return one, found
        return "", ()


def _asking(code: str, sale: Sale | None) -> tuple[Campaign, ...]:
    return () if sale is None else tuple(one for one in sale.campaigns.values() if asks_for(one, code))
