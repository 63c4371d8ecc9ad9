"""From the pay screen to the end of the visit: a way is chosen, the answer is shown, the receipt is given."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import replace

from kiosk.services import view
from kiosk.services.aside_desk import AsideDesk, Ended, case_view
from kiosk.services.basket import Word
from kiosk.services.code_watch import CodeWatch
from kiosk.services.lane import Lane
from kiosk.services.lane_view import CaseView, PayBlock, Screen, WayView
from kiosk.services.payment_desk import PaymentDesk
from kiosk.services.ports import PaymentWay
from kiosk.services.shopping_desk import ShoppingDesk
from kiosk.services.stages import Step
from offline_cache.errors import JournalError
from offline_cache.price_list.errors import PriceListError
from payments.gateway import Presents, Reason
from retail.events import EventKind
from retail.router import WalletScan
from retail.sale import SaleStatus
from retail.scanned_text import scanned_text
from retail.wallet import wallet_brand

logger = logging.getLogger(__name__)


class CheckoutDesk:
    """Leads the shopper through paying; the money itself is the affair of `payment`, its PaymentDesk."""

    def __init__(self, lane: Lane, shopping: ShoppingDesk) -> None:
        self._lane = lane
        self._shopping = shopping
        ports = lane.ports
        self.payment = PaymentDesk(
            lane.register,
            ports.ways,
            ports.runner,
            self.settled,
            lane.rules.patience,
            ports.steady,
            tell_payer=lane.tell_payer,
        )
        self.aside = AsideDesk(lane.register, self.payment.ports)
        lane.ladder.in_doubt = lambda: self.aside.gateways
        self._codes = CodeWatch(ports.steady)
        self._way = ""  # by which the last attempt went

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
            if not lane.register.priced.total_minor:
                self._give_away()

    def pay_by_code(self, scan: WalletScan) -> None:
        """The shopper showed their wallet's code. One code is one payment: read again, it says nothing new."""
        way = self._taker_of(scan.brand)
        # One that was turned away has its turn once there is a way, though the phone was held there all the while.
        if self._codes.is_in_sight(scan.code) and (way is None or not self._codes.was_turned_away(scan.code)):
            return
        self._codes.used(scan.code, turned_away=way is None)
        if way is None:
            self._lane.say(Word(self._not_taken(scan.brand)))
        else:
            self.submit(way, scan.code, scan.brand)

    def is_spent(self, text: str) -> bool:
        """Whether a scan is a payment code that was shown at the pay screen, or while a payment was open: it is said
        once that it is not its turn, and it is no goods, whatever a label may look like."""
        code = scanned_text(text).code
        spent = self._codes.knows(code)
        if not spent and self._lane.screen in {Screen.PAYING, Screen.PAYMENT_UNKNOWN} and wallet_brand(code):
            self._codes.used(code)
        return spent

    def choose(self, way_id: str) -> None:
        """A way was touched. One where the shopper shows a code is listening already: touching it does nothing."""
        offered = (way for way, shown in self._open_ways() if shown.presents is not Presents.SHOPPER_CODE)
        way = next((way for way in offered if way.id == way_id), None)
        if way is not None:
            self.submit(way)

    def submit(self, way: PaymentWay, instrument: str = "", brand: str = "") -> None:
        """Ask for the money."""
        lane = self._lane
        self._shopping.follow_recalls()  # a list that came since the last tick
        if lane.screen is not Screen.PAY:
            return
        amount_minor = self.payment.amount_minor(way, brand)
        if amount_minor <= 0:
            if lane.register.priced.total_minor:  # a campaign for this way leaves nothing to pay by it
                lane.say(Word("cannot_now"))
            else:
                self._give_away()
            return
        lane.register.must_have_room()
        lane.decline, self._way = "", way.id
        lane.go(Step.SUBMIT)
        self.payment.begin(way, instrument, brand, may_store=lane.ladder.may_store(way, amount_minor))
        if lane.visitor.reserving:  # the price is promised: what the hub grants from now on goes back
            lane.say(Word("coupon_offline"))

    def _give_away(self) -> None:
        """Offers and coupons leave nothing to pay: the visit is over, and nobody is asked for money."""
        lane = self._lane
        lane.register.must_have_room()
        lane.go(Step.SUBMIT)
        self.payment.take_nothing()
        lane.go(Step.APPROVE)
        lane.touch()
        self.show_done()

    def settled(self, step: Step, reason: str) -> None:
        """How the open attempt went on."""
        lane = self._lane
        if step is Step.SHOW_CODE and lane.screen is not Screen.PAYMENT_UNKNOWN:
            return  # nothing was written: what put the lane out of service is not over
        lane.go(step)
        lane.fault = ""
        lane.touch()
        if step is Step.APPROVE:
            self._seen(stored=lane.register.open_sale.attempts[-1].stored)
            self.show_done()
        elif step is Step.DOUBT:
            lane.call_help("payment_unknown")
        elif lane.help == "payment_unknown":
            lane.clear_help("payment settled")
        if step is Step.DECLINE:
            lane.decline = reason or "other"
            if reason == Reason.UNAVAILABLE:
                lane.way_watch.failed(self._way)
            elif reason == Reason.OFFLINE_LIMIT:
                lane.way_watch.cut(self._way)

    def _seen(self, *, stored: bool) -> None:
        """What an approval tells of its way's line."""
        if stored:
            self._lane.way_watch.cut(self._way)
        else:
            self._lane.way_watch.works(self._way)

    def _open_ways(self) -> list[tuple[PaymentWay, WayView]]:
        ways = zip(self._lane.ports.ways, self._lane.ways(), strict=True)
        return [(way, shown) for way, shown in ways if shown.available]

    def _taker_of(self, brand: str) -> PaymentWay | None:
        """The way that takes a wallet's code: of those that do, the one that bears its name, else the first."""
        takers = [
            way
            for way, shown in self._open_ways()
            if shown.presents is Presents.SHOPPER_CODE and (not shown.brands or brand in shown.brands)
        ]
        return next((way for way in takers if way.id == brand), takers[0] if takers else None)

    def _not_taken(self, brand: str) -> str:
        """What to say to a shopper whose code nobody takes now: which wallet will do, or how this one does."""
        for _, shown in self._open_ways():
            if shown.presents is Presents.KIOSK_CODE and (not shown.brands or brand in shown.brands):
                return "scan_our_code"
        taken = {
            one for _, shown in self._open_ways() if shown.presents is Presents.SHOPPER_CODE for one in shown.brands
        }
        known = next((one for one in ("wechat", "alipay") if one in taken), "")
        shut = [shown for shown in self._lane.ways() if shown.presents is Presents.SHOPPER_CODE]
        return f"takes_{known}" if known else "wallet_shut" if shut else "takes_no_wallet"

    # --- set aside ------------------------------------------------------------------------------------------------

    def set_aside(self, who: str) -> None:
        """Staff keep the goods of a payment in doubt; the next shopper can come."""
        case = self.payment.case
        if case is None or self._lane.screen is not Screen.PAYMENT_UNKNOWN:
            return
        self.aside.take(case, who)
        self.payment.give_up()
        self._lane.go(Step.SET_ASIDE)
        self._lane.clear()

    def print_aside(self, ended: Ended) -> None:
        """The receipt of a sale that was set aside and is paid, for staff to hand out with the goods."""
        lane = self._lane
        priced, number = ended.register.priced, str(ended.sale.completion["receipt_number"])
        made = lane.paper.make(ended.sale, priced, lambda: lane.prices().meta, lane.language)
        if not made.can_print or not lane.paper.print(number):
            lane.say(Word("cannot_now"))
            return
        ended.register.note(EventKind.RECEIPT_ISSUED, form="print")

    def cases(self) -> tuple[CaseView, ...]:
        """The payments in doubt, for staff: the open one first."""
        case = self.payment.case
        mine = case_view(case) if case is not None and self._lane.screen is Screen.PAYMENT_UNKNOWN else None
        return (*(() if mine is None else (mine,)), *self.aside.views())

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
