"""Single coupons are one sale's alone before they count: asked for at the hub, and given back when they are not used.

Nobody waits for the answer: a coupon that is granted once the payment has begun goes back, as the price is promised.
One whose answer was lost may be this sale's at the hub: that is left so, as the shopper may ask again, and what gives
it back could overtake that. When the sale is over, the journal tells whether it was used.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable
from typing import Final

from kiosk.services.basket import Word
from kiosk.services.lane import Lane
from kiosk.services.member_book import OFFLINE, Known, OwnCoupon, Refused, Reserved
from offline_cache.price_list.errors import PriceListError
from retail.events import Draft, EventKind
from retail.promotions.body import campaign_body
from retail.promotions.campaign import Campaign
from retail.sale import Sale, SaleStatus

logger = logging.getLogger(__name__)

_WORDS: Final = {
    OFFLINE: "coupon_offline",
    "used": "coupon_used",
    "taken": "coupon_reserved",
    "unknown": "coupon_unknown",
    "not_yours": "coupon_not_yours",
    "expired": "coupon_expired",
}
_OVER: Final = frozenset({"used", "taken", "unknown", "not_yours", "expired"})  # not to be offered again in this visit


def is_single(campaign: Campaign) -> bool:
    """Whether each of its codes is good for one sale, so that somebody has to know which."""
    return campaign.coupon_single or campaign.personal or campaign.coupon.endswith("*")


class CouponHold:
    """`take(code, reserved)` puts a coupon on the basket that may count."""

    def __init__(self, lane: Lane, take: Callable[[str, Reserved], None]) -> None:
        self._lane = lane
        self._take = take

    def needed(self, code: str, campaigns: Iterable[Campaign]) -> bool:
        """Whether the hub has to be asked; `campaigns` ask for this coupon."""
        own = any(one.code == code for one in self.given)
        return self._lane.programme is not None and (own or any(map(is_single, campaigns)))

    @property
    def given(self) -> tuple[OwnCoupon, ...]:
        """The coupons that the member has at the hub."""
        known = self._lane.visitor.known
        return known.coupons if known is not None else ()

    def ask(self, code: str, *, unchecked: bool) -> None:
        """Have it reserved; `unchecked`: the lane knows what it is worth, should the hub not answer."""
        lane, book = self._lane, self._lane.ports.members
        sale, visitor = lane.register.open_sale, lane.visitor
        if book is None or code in visitor.reserving:
            return
        visitor.reserving.add(code)
        own = any(one.code == code for one in self.given)

        def done(answer: Reserved | Refused) -> None:
            visitor.reserving.discard(code)
            of_member = own or (isinstance(answer, Reserved) and answer.own)
            waits = self._waits(sale, code, of_member=of_member)
            self._answered(sale.id, code, answer, unchecked=unchecked, waits=waits)

        book.reserve(code, sale.id, sale.visit.claim, done)

    def give_back(self, sale_id: str, codes: Iterable[str]) -> None:
        """They are not this sale's any more. Where the hub is not reached, the journal tells it."""
        book = self._lane.ports.members
        if book is not None and self._lane.programme is not None:
            for code in codes:
                book.release(code, sale_id)

    def give_back_all(self, sale: Sale) -> None:
        """The sale ends here without being paid."""
        self.give_back(sale.id, (code for code in sale.coupons if self._was_reserved(sale, code)))

    def give_back_one(self, sale: Sale, code: str) -> None:
        """The shopper keeps it for another time."""
        if self._was_reserved(sale, code):
            self.give_back(sale.id, (code,))

    def without_own(self, sale: Sale) -> list[Draft]:
        """Coupons that were given to one member leave the basket with them."""
        return [Draft(EventKind.COUPON_WITHDRAWN, sale.id, {"code": code}) for code in sale.own_coupons]

    def _waits(self, asked: Sale, code: str, *, of_member: bool) -> bool:
        """Whether the basket that asked can still take it; what is a member's, not once somebody else is there."""
        sale = self._lane.register.sale
        if sale is None or sale.id != asked.id or sale.status is not SaleStatus.OPEN or code in sale.coupons:
            return False
        return not of_member or sale.visit.claim == asked.visit.claim

    def _answered(self, sale_id: str, code: str, answer: Reserved | Refused, *, unchecked: bool, waits: bool) -> None:
        if isinstance(answer, Refused):
            self._refused(code, answer.why, unchecked=unchecked, waits=waits)
        elif waits:
            self._take(code, answer)
        else:
            logger.info("a coupon was granted too late, and is given back")
            self.give_back(sale_id, (code,))

    def _refused(self, code: str, why: str, *, unchecked: bool, waits: bool) -> None:
        lane, programme = self._lane, self._lane.programme
        if why == OFFLINE and waits and unchecked and programme is not None and programme.coupons_offline:
            self._take(code, Reserved(code))
            return
        if waits:
            lane.say(Word(_WORDS.get(why, "coupon_offline")))
            if why in _OVER:
                self._forget(code)

    def _forget(self, code: str) -> None:
        visitor = self._lane.visitor
        known = visitor.known
        if known is not None:
            left = tuple(one for one in known.coupons if one.code != code)
            visitor.known = Known(known.claim, known.clubs, known.masked, known.points, left, known.used)

    def _was_reserved(self, sale: Sale, code: str) -> bool:
        """Told by what the coupon is, as after a restart nobody remembers."""
        if self._lane.programme is None:
            return False
        campaigns = [one for one in sale.campaigns.values() if asks_for(one, code)]
        with contextlib.suppress(PriceListError):  # then the journal tells the hub
            campaigns += self._lane.prices().campaigns_for(code, self._lane.now())
        return code in sale.own_coupons or any(map(is_single, campaigns))


def asks_for(campaign: Campaign, code: str) -> bool:
    """Whether a campaign takes this coupon, whoever shows it."""
    coupon = campaign.coupon
    return bool(coupon) and (code.startswith(coupon[:-1]) if coupon.endswith("*") else code == coupon)


def presented(code: str, reserved: Reserved, own: OwnCoupon | None) -> dict[str, object]:
    """coupon.presented: with its campaign, where the price list may not have it."""
    campaign = reserved.campaign or (own.campaign if own is not None else None)
    body: dict[str, object] = {"code": code}
    if reserved.own or own is not None:
        body["own"] = True
    return body | ({"campaigns": [campaign_body(campaign)]} if campaign is not None else {})
