"""Takes a lane up from its journal after a start, a power cut or a fault: nobody's basket or money is forgotten."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from kiosk.services.basket import Word
from kiosk.services.checkout_desk import CheckoutDesk
from kiosk.services.handover_desk import HandoverDesk
from kiosk.services.lane import Lane
from kiosk.services.lane_view import Screen
from kiosk.services.stages import Step
from retail.events import EventKind
from retail.payment_policy import Rung
from retail.sale import Sale, SaleStatus

_PAYMENT_OPEN: Final = frozenset({SaleStatus.PAYING, SaleStatus.UNKNOWN, SaleStatus.PAID})


def take_up(lane: Lane, checkout: CheckoutDesk, handover: HandoverDesk) -> None:
    """Payment in doubt, open basket, closed, just handed over or paid, or idle. Raises JournalError, PriceListError."""
    lane.screen, lane.fault = Screen.OUT_OF_SERVICE, ""
    lane.done, lane.decline = None, ""
    checkout.aside.recover()
    unfinished = lane.register.sale
    sale = lane.register.recover()
    lane.touch()
    if sale is not None and sale.status in _PAYMENT_OPEN:
        # First of all, with or without a price list or room for more: somebody's money is on its way.
        _take_up_payment(lane, checkout)
    elif sale is not None and sale.status is SaleStatus.OPEN:
        _must_be_able_to_sell(lane)
        lane.screen = Screen.BASKET
        lane.say(Word("basket_restored", good=True))
    elif _is_closed(lane):
        checkout.keep_receipt()
        lane.register.close_sale()
        lane.screen = Screen.CLOSED
    elif sale is not None and sale.status is SaleStatus.HANDED_OVER and handover.show_again():
        lane.screen = Screen.TO_TILL
    elif sale is not None and (_is_fresh(lane, sale) or _is_the_one(sale, unfinished)):
        lane.screen = Screen.DONE
        checkout.show_done()
    else:
        checkout.keep_receipt()
        lane.register.close_sale()
        _must_be_able_to_sell(lane)
        lane.screen = Screen.IDLE
        watch_list_age(lane)


def watch_list_age(lane: Lane) -> None:
    """Sell nothing by a list that is too old, and again as soon as there is a newer one."""
    if lane.screen not in {Screen.IDLE, Screen.LIST_TOO_OLD}:
        return
    too_old = lane.list_age_s > lane.rules.list_too_old_after_s
    if too_old and lane.screen is Screen.IDLE:
        lane.go(Step.LIST_EXPIRES)
    elif not too_old and lane.screen is Screen.LIST_TOO_OLD:
        lane.go(Step.LIST_RENEWED)


def watch_ways(lane: Lane) -> None:
    """Begin no basket that nobody could pay, and again as soon as somebody could."""
    if lane.screen not in {Screen.IDLE, Screen.NO_WAY}:
        return
    gone = lane.ladder.standing().rung is Rung.CLOSED
    if gone and lane.screen is Screen.IDLE:
        lane.go(Step.WAYS_GONE)
    elif not gone and lane.screen is Screen.NO_WAY:
        lane.go(Step.WAYS_BACK)


def _take_up_payment(lane: Lane, checkout: CheckoutDesk) -> None:
    lane.screen = Screen.PAYING
    step = checkout.payment.recover()
    if step is not None:
        checkout.settled(step, "not_sent" if step is Step.DECLINE else "")


def _must_be_able_to_sell(lane: Lane) -> None:
    lane.register.must_have_room()
    lane.learn_time()


def _is_closed(lane: Lane) -> bool:
    last = lane.ports.journal.latest(EventKind.LANE_OPENED, EventKind.LANE_CLOSED)
    return last is not None and last.kind == EventKind.LANE_CLOSED


def _is_the_one(sale: Sale, unfinished: Sale | None) -> bool:
    """Whether it was being completed when something failed."""
    return sale.status is SaleStatus.COMPLETED and unfinished is not None and unfinished.id == sale.id


def _is_fresh(lane: Lane, sale: Sale) -> bool:
    """Whether the shopper of a completed sale still stands there and should see that it was."""
    if sale.status is not SaleStatus.COMPLETED:
        return False
    age_s = (lane.ports.clock() - datetime.fromisoformat(sale.completed_at)).total_seconds()
    return 0 <= age_s < lane.rules.done_for_s
