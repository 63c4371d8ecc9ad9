"""The lane's desks for membership under one roof: what of a scan, a tick and the snapshot is theirs."""

from __future__ import annotations

from kiosk.services.joining_desk import JoiningDesk
from kiosk.services.lane import Lane
from kiosk.services.lane_view import LaneView, Screen
from kiosk.services.member_desk import MemberDesk
from kiosk.services.member_snapshot import with_membership
from kiosk.services.payment_desk import PaymentDesk
from kiosk.services.phone_desk import PhoneDesk
from kiosk.services.rewards_desk import RewardsDesk
from kiosk.services.shopping_desk import ShoppingDesk
from retail.resolution import RefusedScan, Resolution, Why


class Membership:
    """Who the shopper is, what they join, what they are given. On the till's thread."""

    def __init__(self, lane: Lane, shopping: ShoppingDesk, payment: PaymentDesk) -> None:
        self._lane = lane
        self._coupons = shopping.coupons
        self._payment = payment
        self.members = MemberDesk(lane, shopping.coupons, shopping.begin)
        self.joining = JoiningDesk(lane)
        self.phone = PhoneDesk(lane, self.members, self.joining)
        self.rewards = RewardsDesk(lane)

    def takes(self, found: Resolution, text: str, *, typed: bool) -> bool:
        """Whether a scan of no goods was a member's card, typed, or a ticket that the car park gave out."""
        if not isinstance(found, RefusedScan) or self._coupons.is_coupon(text):
            return False
        if typed and found.why is Why.UNKNOWN and self.members.typed(text):
            return True
        if not self.rewards.is_ticket(found):
            return False
        self.rewards.park("ticket", text)
        return True

    def tick(self) -> None:
        """Once a second: what the hub has told meanwhile."""
        self.members.settle()
        self.rewards.tick()

    def shown(self, view: LaneView) -> LaneView:
        """The snapshot with all that the screens show of it. Raises JournalError."""
        if self._lane.screen is Screen.OUT_OF_SERVICE:
            return view
        return with_membership(
            view,
            self._lane,
            joining=self.joining,
            phone=self.phone,
            rewards=self.rewards,
            payment=self._payment,
        )
