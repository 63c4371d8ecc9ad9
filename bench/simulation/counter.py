"""A till without its furniture, for millions of sales: all that touches money is the real thing, the rest is left out.

Real: the register (but see CounterRegister), the price of the basket, the payment desk and its cases, the desk for what
is set aside, the table of screens, the router, journal events and their fold. Not here: the words and pictures of a
LaneView, help, receipts' text, scales, recalls, languages and the price clock, which are two thirds of a till's time.
`SimTill` has them all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from bench.simulation.disk import SimJournal
from kiosk.services import basket
from kiosk.services.aside_desk import AsideDesk
from kiosk.services.lane_view import LaneView, Screen
from kiosk.services.payment_desk import PaymentDesk
from kiosk.services.ports import PaymentWay, TillPorts
from kiosk.services.register import Register
from kiosk.services.staff import StaffDesk
from kiosk.services.stages import BROWSABLE, OPEN_BASKET, IllegalStep, Step, advance
from kiosk.services.till import LaneRules
from offline_cache.errors import JournalError, JournalFull
from payments.gateway import Presents
from retail.events import Draft, EventKind
from retail.router import BadgeScan, ProductScan, WalletScan, resolve
from retail.sale import Sale, SaleError, SaleStatus

_RETRY_S: Final = 5
_VIEWS: Final = {screen: LaneView(screen=screen) for screen in Screen}
_OUT: Final = {fault: LaneView(screen=Screen.OUT_OF_SERVICE, fault=fault) for fault in ("journal", "journal_full")}
_PAYMENT_OPEN: Final = frozenset({SaleStatus.PAYING, SaleStatus.UNKNOWN, SaleStatus.PAID})


class CounterRegister(Register):
    """The real one, but that an event is folded once, as it will be written, and not once more as it was: a fifth of
    all time. What does not fit is refused before anything is on disk, and nothing counts before it is, as there."""

    def __init__(self, journal: SimJournal, rules: LaneRules, ports: TillPorts) -> None:
        super().__init__(journal, ports.clock, store=rules.store, lane=rules.lane, make_id=ports.make_id)
        self._disk = journal

    def record(self, *drafts: Draft) -> None:
        """See Register.record."""
        events = self._disk.chained(*drafts)
        sale = self._after(events)
        priced = self._priced(sale)
        self._disk.commit(events)
        self.sale, self.priced = sale, priced


class Counter:
    """Acts as kiosk.services.till.Till; see there, and the module's docstring."""

    def __init__(self, rules: LaneRules, ports: TillPorts, _staff: StaffDesk) -> None:
        self._rules = rules
        self._ports = ports
        assert isinstance(ports.journal, SimJournal)
        self._register = CounterRegister(ports.journal, rules, ports)
        self._payment = PaymentDesk(
            self._register, ports.ways, ports.runner, self._settled, rules.patience, ports.steady
        )
        self._aside = AsideDesk(self._register, self._payment.ports)
        self._screen = Screen.OUT_OF_SERVICE
        self._fault = ""
        self._touched = self._retry_at = ports.steady()

    def start(self) -> None:
        """Take it up from the journal."""
        self.guard(self._take_up)

    def tick(self) -> None:
        """Once a second."""
        self.guard(self._tick)

    def guard(self, work: Callable[[], None]) -> None:
        """Run an act; what cannot be written did not happen, and puts the lane out of service."""
        try:
            work()
        except JournalError as exc:
            self._fault = "journal_full" if isinstance(exc, JournalFull) else "journal"
            self._go(Step.BREAK)
            self._retry_at = self._ports.steady() + _RETRY_S
        except (SaleError, IllegalStep):
            pass
        self._ports.publish(_OUT[self._fault] if self._fault else _VIEWS[self._screen])

    def _go(self, step: Step) -> None:
        self._screen = advance(self._screen, step)
        self._touched = self._ports.steady()

    def _tick(self) -> None:
        steady = self._ports.steady()
        if self._screen is Screen.OUT_OF_SERVICE:
            if steady >= self._retry_at:
                self._retry_at = steady + _RETRY_S
                self._take_up()
            return
        self._payment.tick()
        self._aside.tick()
        idle_s = steady - self._touched
        if self._screen is Screen.DONE and idle_s >= self._rules.done_for_s:
            self.finish()
        elif self._screen in OPEN_BASKET and idle_s >= self._rules.idle_after_s + self._rules.idle_warning_s:
            self._abandon()

    def _take_up(self) -> None:
        self._screen, self._fault = Screen.OUT_OF_SERVICE, ""
        self._aside.recover()
        sale = self._register.recover()
        if sale is not None and sale.status in _PAYMENT_OPEN:
            self._screen = Screen.PAYING
            step = self._payment.recover()
            if step is not None:
                self._settled(step, "")
            return
        self._register.must_have_room()
        if sale is not None and sale.status is SaleStatus.OPEN:
            self._screen = Screen.BASKET
        else:
            self._register.close_sale()
            self._screen = Screen.IDLE

    # --- goods ----------------------------------------------------------------------------------------------------

    def scan(self, text: str) -> None:
        """Goods, a wallet's code, or the attendant's badge."""
        self.guard(lambda: self._scan(text))

    def _scan(self, text: str) -> None:
        ports = self._ports
        prices = ports.prices.current()
        paying = self._screen is Screen.PAY
        found = resolve(text, at=ports.clock(), lookup=prices, paying=paying, currency=prices.meta.currency)
        if isinstance(found, WalletScan):
            self._submit(lambda way: way.gateway.traits.brands == (found.brand,), text, found.brand)
        elif isinstance(found, ProductScan) and self._screen in BROWSABLE:
            self._take(found)
        elif not isinstance(found, BadgeScan):
            self._touched = ports.steady()

    def _take(self, found: ProductScan) -> None:
        register = self._register
        if self._screen in {Screen.IDLE, Screen.DONE}:
            self._go(Step.BEGIN)
            self._begin(found)
            return
        if self._screen is Screen.PAY:
            self._go(Step.BACK)
        change = basket.add_product(register.open_sale, found)
        if change.draft is not None:
            register.record(change.draft)
        self._touched = self._ports.steady()

    def _begin(self, found: ProductScan) -> None:
        """A basket and its first goods, in one transaction where a till makes two: nothing about money differs."""
        register, ports, rules = self._register, self._ports, self._rules
        meta = ports.prices.current().meta
        sale_id = ports.make_id()
        body = {
            "store": rules.store,
            "lane": rules.lane,
            "currency": meta.currency,
            "language": "en",
            "revision": meta.revision,
        }
        change = basket.add_product(Sale(sale_id, rules.store, rules.lane, meta.currency, ""), found)
        assert change.draft is not None
        register.close_sale()
        register.record(Draft(EventKind.BASKET_STARTED, sale_id, body), change.draft)

    def cancel_basket(self) -> None:
        """The shopper gives it up."""
        self._act(OPEN_BASKET, self._abandon)

    def _abandon(self) -> None:
        self._register.note(EventKind.BASKET_CANCELLED, reason="shopper")
        self._go(Step.ABANDON)
        self._register.close_sale()

    # --- money ----------------------------------------------------------------------------------------------------

    def pay(self) -> None:
        """To the pay screen."""
        self._act({Screen.BASKET}, self._show_pay)

    def _show_pay(self) -> None:
        if self._register.priced.total_minor > 0 and not self._register.open_sale.needs_age:
            self._go(Step.SHOW_PAY)

    def back_to_basket(self) -> None:
        """From the pay screen."""
        self._act({Screen.PAY}, lambda: self._go(Step.BACK))

    def choose_way(self, way_id: str) -> None:
        """A way without a shopper's code was touched."""
        self.guard(lambda: self._submit(lambda way: way.id == way_id))

    def _submit(self, fits: Callable[[PaymentWay], bool], instrument: str = "", brand: str = "") -> None:
        if self._screen is not Screen.PAY:
            return
        presents_code = bool(instrument)
        for way in self._ports.ways:
            if (way.gateway.traits.presents is Presents.SHOPPER_CODE) is presents_code and fits(way):
                self._register.must_have_room()
                self._go(Step.SUBMIT)
                self._payment.begin(way, instrument, brand)
                return

    def _settled(self, step: Step, _reason: str) -> None:
        self._go(step)
        self._fault = ""
        if step is Step.APPROVE:
            register, prices = self._register, self._ports.prices.current()
            self._ports.receipts.make(register.open_sale, register.priced, prices.meta, "en")

    def cancel_payment(self) -> None:
        """The shopper does not want to any more."""
        self._act({Screen.PAYING, Screen.PAYMENT_UNKNOWN}, self._payment.cancel)

    def choose_receipt(self, choice: str) -> None:
        """On paper, or as a code."""
        self._act({Screen.DONE}, lambda: self._register.note(EventKind.RECEIPT_ISSUED, form=choice))

    def finish(self) -> None:
        """The visit is over."""
        self._act({Screen.DONE}, self._finish)

    def _finish(self) -> None:
        self._go(Step.FINISH)
        self._register.close_sale()

    # --- staff ----------------------------------------------------------------------------------------------------

    def staff_act(self, act: str) -> None:
        """What an attendant does about a payment, or an age."""
        self.guard(lambda: self._staff_act(act))

    def _staff_act(self, act: str) -> None:
        sale, ended = self._register.sale, self._aside.next_ended
        if act == "ask_payment":
            self._payment.ask()
        elif act == "ask_aside":
            self._aside.ask()
        elif act == "close_aside" and ended is not None:
            self._aside.seen_to(ended, "Li")
        elif act == "approve_age" and sale is not None and sale.needs_age:
            self._register.note(EventKind.STAFF_ACT, act=act, by="Li", age=sale.needs_age)
        elif act == "set_aside" and self._screen is Screen.PAYMENT_UNKNOWN:
            self._set_aside()

    def _set_aside(self) -> None:
        case = self._payment.case
        if case is not None:
            self._aside.take(case, "Li")
            self._payment.give_up()
            self._go(Step.SET_ASIDE)

    def _act(self, screens: set[Screen] | frozenset[Screen], work: Callable[[], None]) -> None:
        def checked() -> None:
            if self._screen in screens:
                work()

        self.guard(checked)
