"""What an attendant does at the lane, each act written down with their name before it is done."""

from __future__ import annotations

from typing import Final

from kiosk.services import staff
from kiosk.services.checkout_desk import CheckoutDesk
from kiosk.services.handover_desk import HandoverDesk
from kiosk.services.lane import Lane
from kiosk.services.refund_desk import RefundDesk
from kiosk.services.shopping_desk import ShoppingDesk
from kiosk.services.staff import Act, StaffDesk
from kiosk.services.stages import Step
from retail.events import EventKind

# With these the shopper is helped: the call that brought staff here is over.
_HELPS: Final = frozenset({Act.CLEAR_HELP, Act.APPROVE_AGE, Act.REFUSE_AGE, Act.RECALL_CHECKED, Act.REMOVE_PROBLEMS})
_ON_ENDED: Final = frozenset({Act.PRINT_ASIDE, Act.CLOSE_ASIDE})


class Attendant:
    """Does the acts of whoever is logged in at the staff desk."""

    def __init__(
        self,
        lane: Lane,
        desk: StaffDesk,
        shopping: ShoppingDesk,
        checkout: CheckoutDesk,
        refunds: RefundDesk,
        handover: HandoverDesk,
    ) -> None:
        self._lane = lane
        self._desk = desk
        self._shopping = shopping
        self._checkout = checkout
        self._refunds = refunds
        self._handover = handover

    def act(self, name: str) -> None:
        """One act by its name, if it is among those offered now."""
        sale = self._lane.register.sale
        can_reprint = self._lane.paper.printer.can_reprint
        offered = staff.acts_for(
            self._lane.screen,
            sale,
            help_called=bool(self._lane.help),
            can_reprint=can_reprint,
            cases=self._checkout.cases(),
            debts=bool(self._lane.ladder.look().debts),
            refunds=self._refunds.works,
        )
        if not self._desk.who or name not in offered:
            return
        act, who = Act(name), self._desk.who
        if act in _ON_ENDED and self._checkout.aside.next_ended is None:
            return
        age = sale.needs_age if sale else 0
        self._lane.register.note(EventKind.STAFF_ACT, act=act.value, by=who, age=age)
        self._desk.extend(self._lane.ports.steady())
        self._on_basket(act, who)
        self._on_payment(act, who)
        self._on_lane(act, who)
        if act in _HELPS and self._lane.help != "payment_unknown":
            self._lane.clear_help(who)

    def _on_basket(self, act: Act, who: str) -> None:
        sale = self._lane.register.sale
        if act is Act.REFUSE_AGE and sale is not None:
            self._shopping.void([line.number for line in sale.lines if line.min_age > sale.age_approved], who)
        elif act is Act.REMOVE_PROBLEMS and sale is not None:
            self._shopping.void([line.number for line in sale.lines if line.problem], who)
        elif act is Act.RECALL_CHECKED:
            self._shopping.clear_checked(who)
        elif act is Act.CANCEL_BASKET:
            self._shopping.abandon(who)
        elif act is Act.HAND_OVER:
            self._handover.hand_over(who)

    def _on_payment(self, act: Act, who: str) -> None:
        checkout, ended = self._checkout, self._checkout.aside.next_ended
        if act is Act.ASK_PAYMENT:
            checkout.payment.ask()
        elif act is Act.SET_ASIDE:
            checkout.set_aside(who)
        elif act is Act.ASK_ASIDE:
            checkout.aside.ask()
        elif act is Act.PRINT_ASIDE and ended is not None:
            checkout.print_aside(ended)
        elif act is Act.CLOSE_ASIDE and ended is not None:
            checkout.aside.seen_to(ended, who)

    def _on_lane(self, act: Act, who: str) -> None:
        if act is Act.CLOSE_LANE:
            self._lane.register.close_sale()
            self._lane.register.note(EventKind.LANE_CLOSED, by=who)
            self._lane.go(Step.CLOSE)
        elif act is Act.OPEN_LANE:
            self._lane.register.note(EventKind.LANE_OPENED, by=who)
            self._lane.go(Step.OPEN)
        elif act is Act.REPRINT:
            self._checkout.reprint()
        elif act is Act.REFUND:
            self._refunds.open()
        elif act is Act.UNDO_SALE:
            self._refunds.open_last()
