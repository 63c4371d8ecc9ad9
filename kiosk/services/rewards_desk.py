"""What a sale brought its shopper, on the last screen: asked of the hub while that is shown, and never waited for."""

from __future__ import annotations

from typing import Final

from kiosk.services.lane import Lane
from kiosk.services.lane_view import Screen
from kiosk.services.member_book import OFFLINE, Parked, Refused, Reward, Rewards
from kiosk.services.member_view import RewardsView, RewardView
from kiosk.services.payment_record import member_clubs
from kiosk.services.visitor import Visitor
from retail.gtin import gtin14
from retail.resolution import RefusedScan, Why
from retail.sale import Sale

_AGAIN_S: Final = 1.0  # the agent uploads a sale within a second or two
_AGAIN_OFFLINE_S: Final = 5.0
_KINDS: Final = frozenset({"plate", "ticket"})
_OPEN: Final = frozenset({"offered", "refused", "offline"})
_TICKETS: Final = frozenset({Why.UNKNOWN, Why.URL, Why.LABEL_UNKNOWN})


class RewardsDesk:
    """Of the completed sale on the screen; on the till's thread."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane

    def tick(self) -> None:
        """Ask until the hub has seen the sale, and who its shopper is: that is told to it by another line."""
        lane, visitor = self._lane, self._lane.visitor
        book, state = lane.ports.members, visitor.rewards
        if book is None or lane.programme is None or lane.screen is not Screen.DONE or state.asking:
            return
        sale, told = lane.register.open_sale, state.told
        ready = told is not None and told.ready and (told.member or not _is_somebody(sale))
        if not ready and lane.ports.steady() >= state.ask_at:
            state.asking = True
            book.rewards(visitor.sale_id, lambda answer: self._heard(visitor, answer))

    def park(self, kind: str, value: str) -> None:
        """Free minutes for the car that was named."""
        lane, visitor = self._lane, self._lane.visitor
        book, state = lane.ports.members, visitor.rewards
        if book is None or self.parking not in _OPEN or kind not in _KINDS or not value.strip():
            return
        state.parking = "asking"

        def done(answer: Parked | Refused) -> None:
            if isinstance(answer, Parked):
                state.parking, state.parking_minutes = "granted", answer.minutes
            else:
                state.parking = "offline" if answer.why == OFFLINE else "refused"

        book.park(visitor.sale_id, kind, value.strip(), done)

    def is_ticket(self, found: object) -> bool:
        """Whether a scan that is nothing of the shop's is a ticket of the car park's, as somebody was asked for it. A
        barcode's own number stays goods: the next shopper may have begun."""
        strange = isinstance(found, RefusedScan) and found.why in _TICKETS and gtin14(found.code) is None
        return strange and self._lane.screen is Screen.DONE and self.parking in _OPEN

    @property
    def parking(self) -> str:
        """See RewardsView."""
        state = self._lane.visitor.rewards
        if state.parking or state.told is None or not state.told.parking_minutes:
            return state.parking
        return "offered"

    def view(self, sale: Sale) -> RewardsView:
        """What is shown of it. A shopper who is nobody is told nothing until there is something for them."""
        lane, state = self._lane, self._lane.visitor.rewards
        programme, told = lane.programme, state.told
        if programme is None:
            return RewardsView()
        if told is None or not told.ready:
            if not _is_somebody(sale):
                return RewardsView()
            earned = int(sale.completion.get("points") or 0)
            return RewardsView("offline" if state.offline else "waiting", member=True, points=earned)
        return RewardsView(
            "ready",
            member=told.member,
            joined=tuple(club.names for club in programme.clubs if club.id in told.joined),
            points=told.points if told.member else 0,
            balance=told.balance if told.member else -1,
            rewards=tuple(_shown(one) for one in told.rewards),
            parking=self.parking,
            parking_minutes=state.parking_minutes or told.parking_minutes,
            page=told.page,
        )

    def _heard(self, visitor: Visitor, answer: Rewards | Refused) -> None:
        state = visitor.rewards
        state.asking, state.offline = False, isinstance(answer, Refused)
        if isinstance(answer, Rewards):
            state.told = answer
        pause_s = _AGAIN_OFFLINE_S if state.offline else _AGAIN_S
        state.ask_at = self._lane.ports.steady() + pause_s


def _is_somebody(sale: Sale) -> bool:
    return bool(sale.visit.by or member_clubs(sale))


def _shown(reward: Reward) -> RewardView:
    return RewardView(reward.kind, reward.code, reward.campaign, reward.amount_minor, reward.points)
