"""From the pay screen to the end of the visit: a way is chosen, the answer is shown, the receipt is given."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import replace

from kiosk.services import view
from kiosk.services.basket import Word
from kiosk.services.lane import Lane
from kiosk.services.lane_view import PayBlock, Screen
from kiosk.services.payment_desk import PaymentDesk
from kiosk.services.shopping_desk import ShoppingDesk
from kiosk.services.stages import Step
from offline_cache.errors import JournalError
from offline_cache.price_list.errors import PriceListError
from retail.events import EventKind
from retail.router import WalletScan
from retail.sale import SaleStatus

logger = logging.getLogger(__name__)


class CheckoutDesk:
    """Leads the shopper through paying; the money itself is the affair of `payment`, its PaymentDesk."""

    def __init__(self, lane: Lane, shopping: ShoppingDesk) -> None:
        self._lane = lane
        self._shopping = shopping
        ports = lane.ports
        self.payment = PaymentDesk(
            lane.register, ports.ways, ports.runner, self.settled, lane.rules.patience, ports.steady
        )

    # --- paying ---------------------------------------------------------------------------------------------------

    def show_ways(self) -> None:
        """To the pay screen, unless something has to be put right first."""
        lane = self._lane
        self._shopping.follow_prices()
        block = view.pay_block(lane.register.sale, lane.register.priced)
        if block is PayBlock.AGE:
            lane.call_help("age")
        if block is PayBlock.NONE:
            lane.go(Step.SHOW_PAY)
            lane.decline = ""

    def pay_by_code(self, scan: WalletScan) -> None:
        """The shopper showed their wallet's code."""
        way = next((way for way in self._lane.ways() if way.available and way.presents == "shopper_code"), None)
        if way is None:
            self._lane.say(Word("cannot_now"))
        else:
            self.submit(way.id, scan.code)

    def submit(self, way_id: str, instrument: str = "") -> None:
        """Ask for the money. One where the shopper shows a code is listening already: touching it does nothing."""
        lane = self._lane
        way = next((way for way in lane.ways() if way.id == way_id and way.available), None)
        if way is None or (way.presents == "shopper_code" and not instrument):
            return
        self._shopping.follow_recalls()  # a list that came since the last tick
        if lane.screen is not Screen.PAY:
            return
        lane.register.must_have_room()
        lane.decline = ""
        lane.go(Step.SUBMIT)
        self.payment.begin(way_id, instrument)

    def settled(self, step: Step, reason: str) -> None:
        """How the open attempt went on."""
        lane = self._lane
        lane.go(step)
        lane.fault = ""
        lane.touch()
        if step is Step.APPROVE:
            self.show_done()
        elif step is Step.DOUBT:
            lane.call_help("payment_unknown")
        elif step is Step.DECLINE:
            lane.decline = reason or "other"
            if lane.help == "payment_unknown":
                lane.clear_help("payment settled")

    # --- paid -----------------------------------------------------------------------------------------------------

    def show_done(self) -> None:
        """The sale is complete, and on disk."""
        lane, register = self._lane, self._lane.register
        sale = register.open_sale
        receipt = lane.paper.make(sale, register.priced, lambda: lane.prices().meta, lane.language)
        done = view.done_view(sale, receipt="", receipt_text=receipt.text, receipt_url=receipt.url)
        self._lane.done = replace(done, can_print=receipt.can_print)
        try:
            self._lane.clear_help("sale completed")
        except JournalError as exc:  # the sale is on disk, and that is what the shopper waits for
            logger.warning("the end of a call for help was not written: %s", exc)

    def choose_receipt(self, choice: str) -> None:
        """Receipt on paper ('print'), as a code on the screen ('code'), or 'none'."""
        done = self._lane.done
        if done is None or choice not in {"print", "code", "none"} or choice == done.receipt:
            return
        if choice == "print" and not self._lane.paper.print(done.receipt_number):
            self._lane.say(Word("cannot_now"))
            return
        if done.receipt == "print":
            self._lane.paper.take_back(done.receipt_number)
        self._lane.register.note(EventKind.RECEIPT_ISSUED, form=choice)
        self._lane.done = replace(done, receipt=choice)

    def keep_receipt(self) -> None:
        """After a restart: staff may still be asked for the receipt of the sale before it."""
        lane, sale = self._lane, self._lane.register.sale
        if sale is None or sale.status is not SaleStatus.COMPLETED:
            return
        with contextlib.suppress(PriceListError):  # without a list there is no shop's name to put on it
            meta = lane.prices().meta
            lane.paper.make(sale, lane.register.priced, lambda: meta, lane.language)

    def reprint(self) -> None:
        """The last receipt again, for a shopper who came back without one."""
        if not self._lane.paper.reprint():
            self._lane.say(Word("cannot_now"))

    def finish(self) -> None:
        """The visit is over."""
        self._lane.go(Step.FINISH)
        self._lane.clear()
