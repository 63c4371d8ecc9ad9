"""One lane's till: turns scans, touches, answers and the clock into journal events, and publishes what to show.

All methods run on the till's own thread, one after the other; nothing here blocks but the disk. What cannot be written
to the journal did not happen: the lane goes out of service and takes itself up again from the journal.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.services import basket, staff, view
from kiosk.services.basket import Change, Word
from kiosk.services.lane_view import (
    DoneView,
    LaneView,
    LooseGoodsView,
    Notice,
    PayBlock,
    PriceListStatus,
    Screen,
    WayView,
)
from kiosk.services.payment_desk import Patience, PaymentDesk
from kiosk.services.ports import GatewayRunner, MadeReceipt, Prices, PriceSource, Receipts, SaleJournal, Ways, WayStatus
from kiosk.services.register import Register
from kiosk.services.staff import Act, StaffDesk
from kiosk.services.stages import IllegalStep, Step, advance
from offline_cache.errors import JournalDamaged, JournalError, JournalFull, JournalReadOnly
from offline_cache.price_list.errors import PriceListError, PriceListMissing
from retail.events import EventKind
from retail.router import BadgeScan, MemberScan, ProductScan, RefusedScan, ScanRules, WalletScan, resolve
from retail.sale import Sale, SaleError, SaleStatus

logger = logging.getLogger(__name__)

_RETRY_S: Final = 5
_BROWSABLE: Final = frozenset({Screen.IDLE, Screen.BASKET, Screen.PAY, Screen.DONE})
_OPEN_BASKET: Final = frozenset({Screen.BASKET, Screen.PAY})
_PAYMENT_OPEN: Final = frozenset({SaleStatus.PAYING, SaleStatus.UNKNOWN, SaleStatus.PAID})


@dataclass(frozen=True, slots=True)
class LaneRules:
    """How a lane behaves; times in seconds. `badges` are the staff that may open the panel."""

    store: str
    lane: str
    languages: tuple[str, ...] = ("zh-CN", "zh-TW", "en")
    idle_after_s: int = 90
    idle_warning_s: int = 30
    done_for_s: int = 20
    list_old_after_s: int = 24 * 3600
    list_too_old_after_s: int = 7 * 24 * 3600
    scan: ScanRules = field(default_factory=ScanRules)
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True)
class TillPorts:
    """What a till stands on. `clock` is for the record and for prices; all waiting goes by `steady` seconds, as a
    clock may be put right at any moment and must not end a visit or hold up a payment."""

    journal: SaleJournal
    prices: PriceSource
    runner: GatewayRunner
    ways: Ways
    receipts: Receipts
    clock: Callable[[], datetime]
    way_status: WayStatus
    publish: Callable[[LaneView], None]
    steady: Callable[[], float] = time.monotonic


class Till:
    """See the module's docstring. `start()` first; then any of the acts in any order."""

    def __init__(self, rules: LaneRules, ports: TillPorts, staff_desk: StaffDesk) -> None:
        self._rules = rules
        self._ports = ports
        self._staff = staff_desk
        self._register = Register(ports.journal, ports.clock, store=rules.store, lane=rules.lane)
        self._desk = PaymentDesk(
            self._register, ports.ways, ports.runner, self._payment_settled, rules.patience, ports.steady
        )
        self._screen = Screen.OUT_OF_SERVICE
        self._fault = ""
        self._language = rules.languages[0]
        self._notice: Notice | None = None
        self._serial = 0
        self._changed_line = 0
        self._decline = ""
        self._help = ""
        self._loose = LooseGoodsView()
        self._done: DoneView | None = None
        self._active_at = ports.steady()
        self._retry_at = ports.steady()

    # --- the whole lane -------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Take the lane up from its journal: open basket, payment in doubt, closed, or idle."""
        self._guard(self._take_up)

    def tick(self) -> None:
        """Once a second: what depends on time."""
        self._guard(self._tick)

    def _take_up(self) -> None:
        self._screen, self._fault = Screen.OUT_OF_SERVICE, ""
        self._done, self._decline = None, ""
        unfinished = self._register.sale
        sale = self._register.recover()
        self._touch()
        if sale is not None and sale.status in _PAYMENT_OPEN:
            # First of all, with or without a price list or room for more: somebody's money is on its way.
            self._screen = Screen.PAYING
            step = self._desk.recover()
            if step is not None:
                self._payment_settled(step, "not_sent" if step is Step.DECLINE else "")
            return
        if sale is not None and sale.status is SaleStatus.OPEN:
            self._must_be_able_to_sell()
            self._screen = Screen.BASKET
            self._say(Word("basket_restored", good=True))
        elif self._is_closed():
            self._register.close_sale()
            self._screen = Screen.CLOSED
        elif sale is not None and (self._is_fresh(sale) or (unfinished is not None and unfinished.id == sale.id)):
            self._screen = Screen.DONE
            self._show_done()
        else:
            self._register.close_sale()
            self._must_be_able_to_sell()
            self._screen = Screen.IDLE
            self._watch_list_age(self._ports.clock())

    def _must_be_able_to_sell(self) -> None:
        self._register.must_have_room()
        self._prices()

    def _is_closed(self) -> bool:
        last = self._ports.journal.latest(EventKind.LANE_OPENED, EventKind.LANE_CLOSED)
        return last is not None and last.kind == EventKind.LANE_CLOSED

    def _is_fresh(self, sale: Sale) -> bool:
        """Whether the shopper of a completed sale still stands there and should see that it was."""
        age_s = (self._ports.clock() - datetime.fromisoformat(sale.completed_at)).total_seconds()
        return 0 <= age_s < self._rules.done_for_s

    def _tick(self) -> None:
        steady = self._ports.steady()
        self._staff.tick(steady)
        if self._screen is Screen.OUT_OF_SERVICE:
            if steady >= self._retry_at:
                self._retry_at = steady + _RETRY_S
                self._take_up()
            return
        self._desk.tick()
        self._watch_list_age(self._ports.clock())
        if self._screen is Screen.IDLE and not self._loose.goods:
            self._browse("", "")  # laid out while nobody waits, so that the pictures open at once
        idle_s = steady - self._active_at
        if self._screen is Screen.DONE and idle_s >= self._rules.done_for_s:
            self._finish()
        elif self._idle_left() == 0 and self._screen in _OPEN_BASKET:
            self._abandon("idle")

    def _watch_list_age(self, now: datetime) -> None:
        if self._screen not in {Screen.IDLE, Screen.LIST_TOO_OLD}:
            return
        age_s = (now - self._prices().meta.published_at).total_seconds()
        too_old = age_s > self._rules.list_too_old_after_s
        if too_old and self._screen is Screen.IDLE:
            self._go(Step.LIST_EXPIRES)
        elif not too_old and self._screen is Screen.LIST_TOO_OLD:
            self._go(Step.LIST_RENEWED)

    # --- scans and the basket -------------------------------------------------------------------------------------

    def scan(self, text: str) -> None:
        """Anything that a scanner read."""
        self._guard(lambda: self._scan(text))

    def enter_code(self, code: str) -> None:
        """A code typed on the pad: a number of loose goods first, then as if it were scanned."""
        self._guard(lambda: self._enter(code))

    def _enter(self, code: str) -> None:
        code = _whole(code)
        if self._screen not in _BROWSABLE:
            return
        self._touch()
        listing = self._prices().find_item(code, self._now())
        if listing is None or not listing.product.loose:
            self._scan(code)
        else:
            self._basket_open()
            self._apply(basket.add_loose(self._register.open_sale, listing, 1))

    def _scan(self, text: str) -> None:
        self._touch()
        text = _whole(text)
        paying = self._screen is Screen.PAY
        prices = self._prices()
        found = resolve(
            text,
            at=self._now(),
            lookup=prices,
            paying=paying,
            rules=self._rules.scan,
            currency=prices.meta.currency,
        )
        if isinstance(found, BadgeScan):
            if not self._staff.show_badge(found.code, self._ports.steady()):
                self._say(Word("badge_unknown"))
        elif isinstance(found, MemberScan):
            self._say(Word("member_seen"))
        elif isinstance(found, WalletScan):
            self._pay_by_code(found)
        elif self._screen in _BROWSABLE:
            self._goods(found)
        elif self._screen in {Screen.PAYING, Screen.PAYMENT_UNKNOWN}:
            self._say(Word("cannot_now"))

    def _goods(self, found: ProductScan | RefusedScan) -> None:
        # A phone is often read twice: its code must not end the screen that says 'paid'.
        nothing_open = self._screen in {Screen.IDLE, Screen.DONE}
        if isinstance(found, RefusedScan) and nothing_open and found.why.value in _ONLY_A_WORD:
            change = Change(None, 0, Word(_ONLY_A_WORD[found.why.value]))
            self._apply(change)
            return
        self._basket_open()
        sale = self._register.open_sale
        self._apply(
            basket.add_product(sale, found) if isinstance(found, ProductScan) else basket.add_refused(sale, found)
        )

    def _basket_open(self) -> None:
        """Make sure that lines can be added: begin a basket, or come back from the pay screen."""
        if self._screen in {Screen.IDLE, Screen.DONE}:
            self._begin()
        elif self._screen is Screen.PAY:
            self._go(Step.BACK)
            self._decline = ""

    def _begin(self) -> None:
        meta = self._prices().meta
        self._go(Step.BEGIN)
        self._done = None
        self._register.begin(currency=meta.currency, language=self._language, revision=meta.revision)

    def _apply(self, change: Change) -> None:
        sale = self._register.sale
        if change.draft is not None and change.draft.kind is EventKind.LINE_ADDED and sale is not None:
            currency = self._prices().meta.currency
            if currency != sale.currency:  # a list that came in the middle of the visit
                raise SaleError(f"the price list is in {currency}, the basket in {sale.currency}")
        if change.draft is not None:
            self._register.record(change.draft)
        if change.line:
            self._changed_line = change.line
        self._say(change.word)

    def begin(self) -> None:
        """The idle screen was touched."""
        self._act({Screen.IDLE, Screen.DONE}, self._begin)

    def add_loose(self, sku: str, quantity: int) -> None:
        """Loose goods or bags were picked."""
        self._act(_BROWSABLE, lambda: self._add_loose(sku, quantity))

    def _add_loose(self, sku: str, quantity: int) -> None:
        listing = self._prices().find_sku(_whole(sku), self._now())
        if listing is None or not (listing.product.loose or sku in self._prices().meta.bag_skus):
            self._say(Word("cannot_now"))
            return
        self._basket_open()
        self._apply(basket.add_loose(self._register.open_sale, listing, max(1, min(quantity, basket.MAX_QUANTITY))))

    def set_quantity(self, line: int, quantity: int) -> None:
        """The shopper changed how many."""
        self._act(
            _OPEN_BASKET,
            lambda: self._edit(basket.change_quantity(self._register.open_sale, line, quantity, why="shopper")),
        )

    def remove_line(self, line: int) -> None:
        """The shopper took a line off."""
        self._act(_OPEN_BASKET, lambda: self._edit(basket.remove_line(self._register.open_sale, line, by="shopper")))

    def _edit(self, change: Change) -> None:
        self._basket_open()
        self._apply(change)

    def cancel_basket(self) -> None:
        """The shopper gives up the basket."""
        self._act(_OPEN_BASKET, lambda: self._abandon("shopper"))

    def _abandon(self, why: str) -> None:
        self._register.note(EventKind.BASKET_CANCELLED, reason=why)
        self._go(Step.ABANDON)
        self._clear()

    def browse(self, category: str, search: str) -> None:
        """Show loose goods of a category, or those that a search finds."""
        self._act(_BROWSABLE, lambda: self._browse(_whole(category), _whole(search)))

    def _browse(self, category: str, search: str) -> None:
        prices = self._prices()
        goods = prices.loose_goods(self._now(), category=category, search=search)
        self._loose = LooseGoodsView(
            view.category_views(prices.loose_categories()), view.loose_views(goods), category, search
        )

    # --- paying ---------------------------------------------------------------------------------------------------

    def pay(self) -> None:
        """To the pay screen, unless something has to be put right first."""
        self._act({Screen.BASKET}, self._pay)

    def _pay(self) -> None:
        block = view.pay_block(self._register.sale, self._register.priced)
        if block is PayBlock.AGE:
            self._call_help("age")
        if block is PayBlock.NONE:
            self._go(Step.SHOW_PAY)
            self._decline = ""

    def back_to_basket(self) -> None:
        """From the pay screen back to the lines."""
        self._act({Screen.PAY}, self._basket_open)

    def choose_way(self, way: str) -> None:
        """A way to pay was touched. One where the shopper shows a code is listening already: nothing to do."""
        self._act({Screen.PAY}, lambda: self._submit(way))

    def _pay_by_code(self, scan: WalletScan) -> None:
        way = next((way for way in self._ways() if way.available and way.presents == "shopper_code"), None)
        if way is None:
            self._say(Word("cannot_now"))
        else:
            self._submit(way.id, scan.code)

    def _submit(self, way_id: str, instrument: str = "") -> None:
        way = next((way for way in self._ways() if way.id == way_id and way.available), None)
        if way is None or (way.presents == "shopper_code" and not instrument):
            return
        self._register.must_have_room()
        self._decline = ""
        self._go(Step.SUBMIT)
        self._desk.begin(way_id, instrument)

    def cancel_payment(self) -> None:
        """The shopper does not want to hold a card any more."""
        self._act({Screen.PAYING}, self._desk.cancel)

    def _payment_settled(self, step: Step, reason: str) -> None:
        self._go(step)
        self._fault = ""
        self._touch()
        if step is Step.APPROVE:
            self._show_done()
        elif step is Step.DOUBT:
            self._call_help("payment_unknown")
        elif step is Step.DECLINE:
            self._decline = reason or "other"
            if self._help == "payment_unknown":
                self._clear_help("payment settled")

    def _show_done(self) -> None:
        sale, receipt = self._register.open_sale, self._receipt()
        self._done = view.done_view(sale, receipt="", receipt_text=receipt.text, receipt_url=receipt.url)
        self._done = replace(self._done, can_print=receipt.can_print)
        try:
            self._clear_help("sale completed")
        except JournalError as exc:  # the sale is on disk, and that is what the shopper waits for
            logger.warning("the end of a call for help was not written: %s", exc)

    def _receipt(self) -> MadeReceipt:
        """The receipt; empty if it cannot be made, as nothing may hide from the shopper that they have paid."""
        register = self._register
        try:
            return self._ports.receipts.make(register.open_sale, register.priced, self._prices().meta, self._language)
        except Exception:
            logger.exception("the receipt of sale %s was not made", register.open_sale.id)
            return MadeReceipt("", "", can_print=False)

    def choose_receipt(self, choice: str) -> None:
        """Receipt on paper, as a code on the screen, or none."""
        self._act({Screen.DONE}, lambda: self._choose_receipt(choice))

    def _choose_receipt(self, choice: str) -> None:
        if self._done is None or choice not in {"print", "code", "none"} or choice == self._done.receipt:
            return
        if choice == "print" and not self._printed(self._done.receipt_number):
            self._say(Word("cannot_now"))
            return
        self._register.note(EventKind.RECEIPT_ISSUED, form=choice)
        self._done = replace(self._done, receipt=choice)

    def _printed(self, receipt_number: str) -> bool:
        try:
            return self._ports.receipts.print(receipt_number)
        except Exception:
            logger.exception("receipt %s was not printed", receipt_number)
            return False

    def finish(self) -> None:
        """The shopper is done."""
        self._act({Screen.DONE}, self._finish)

    def _finish(self) -> None:
        self._go(Step.FINISH)
        self._clear()

    # --- help and staff -------------------------------------------------------------------------------------------

    def call_help(self) -> None:
        """Help was asked for, whatever the screen."""
        self._guard(lambda: self._call_help("shopper"))

    def cancel_help(self) -> None:
        """The shopper manages alone; a call that the lane itself made stays."""
        self._guard(lambda: self._clear_help("shopper") if self._help in {"shopper", "age"} else None)

    def _call_help(self, why: str) -> None:
        self._touch()
        if not self._help:
            self._register.note(EventKind.HELP_CALLED, reason=why)
        if self._help != "payment_unknown":  # what the lane itself called for is not the shopper's to take back
            self._help = why

    def _clear_help(self, by: str) -> None:
        called, self._help = self._help, ""
        if called:
            self._register.note(EventKind.HELP_CLEARED, by=by)

    def staff_act(self, name: str) -> None:
        """An act of the attendant who is logged in."""
        self._guard(lambda: self._staff_act(name))

    def _staff_act(self, name: str) -> None:
        offered = staff.acts_for(self._screen, self._register.sale, help_called=bool(self._help))
        if not self._staff.who or name not in offered:
            return
        act, who = Act(name), self._staff.who
        age = self._register.sale.needs_age if self._register.sale else 0
        self._register.note(EventKind.STAFF_ACT, act=act.value, by=who, age=age)
        self._staff.extend(self._ports.steady())
        self._do_staff_act(act, who)

    def _do_staff_act(self, act: Act, who: str) -> None:
        sale = self._register.sale
        if act is Act.REFUSE_AGE and sale is not None:
            self._void([line.number for line in sale.lines if line.min_age > sale.age_approved], who)
        elif act is Act.REMOVE_PROBLEMS and sale is not None:
            self._void([line.number for line in sale.lines if line.problem], who)
        elif act is Act.CANCEL_BASKET:
            self._abandon(who)
        elif act is Act.ASK_PAYMENT:
            self._desk.ask()
        elif act is Act.CLOSE_LANE:
            self._register.close_sale()
            self._register.note(EventKind.LANE_CLOSED, by=who)
            self._go(Step.CLOSE)
        elif act is Act.OPEN_LANE:
            self._register.note(EventKind.LANE_OPENED, by=who)
            self._go(Step.OPEN)
        if act in {Act.CLEAR_HELP, Act.APPROVE_AGE, Act.REFUSE_AGE} and self._help != "payment_unknown":
            self._clear_help(who)

    def _void(self, numbers: list[int], who: str) -> None:
        self._basket_open()
        for number in numbers:
            self._apply(basket.remove_line(self._register.open_sale, number, by=who))

    def close_staff(self) -> None:
        """The attendant is done."""
        self._guard(self._staff.close)

    # --- small things ---------------------------------------------------------------------------------------------

    def set_language(self, language: str) -> None:
        """Show another language; the basket stays."""
        if language in self._rules.languages:
            self._language = language
        self._guard(self._touch)

    def touched(self) -> None:
        """Somebody is there."""
        self._guard(self._touch)

    def device_fault(self, device: str, fault: str) -> None:
        """A device was lost (or, with an empty fault, is back): for staff, the lane goes on."""
        self._guard(lambda: self._register.note(EventKind.DEVICE_FAULT, device=_whole(device), fault=_whole(fault)))

    # --- plumbing -------------------------------------------------------------------------------------------------

    def _act(self, screens: set[Screen] | frozenset[Screen], work: Callable[[], None]) -> None:
        """A touch counts only on the screens it belongs to: a late one on another screen is no mistake."""

        def checked() -> None:
            self._touch()
            if self._screen in screens:
                work()

        self._guard(checked)

    def guard(self, work: Callable[[], None]) -> None:
        """Run work of the till's own runner (a gateway's answer) as if it were an act."""
        self._guard(work)

    def _guard(self, work: Callable[[], None]) -> None:
        try:
            work()
        except JournalError as exc:
            self._break(_JOURNAL_FAULTS.get(type(exc), "journal"), exc)
        except PriceListError as exc:
            self._break("no_price_list" if isinstance(exc, PriceListMissing) else "price_list_unreadable", exc)
        except (SaleError, IllegalStep) as exc:
            logger.warning("not now: %s", exc)
            self._say(Word("cannot_now"))
        except Exception as exc:
            # Ours or a plug-in's mistake. The journal is right; what is in memory may be half done: take it up anew.
            logger.exception("an act failed")
            self._break("other", exc)
        self._ports.publish(self._shown())

    def _shown(self) -> LaneView:
        try:
            return self._view()
        except Exception as exc:
            logger.exception("the lane cannot be shown")
            self._break("other", exc)
            return LaneView(screen=self._screen, lane=self._rules.lane, language=self._language, fault=self._fault)

    def _break(self, code: str, exc: Exception) -> None:
        if self._fault != code:
            logger.error("out of service: %s", exc)
        self._go(Step.BREAK)
        self._fault = code
        self._retry_at = self._ports.steady() + _RETRY_S

    def _go(self, step: Step) -> None:
        self._screen = advance(self._screen, step)

    def _say(self, word: Word) -> None:
        self._serial += 1
        self._notice = Notice(word.code, self._serial, dict(word.params), word.good, word.names)

    def _touch(self) -> None:
        self._active_at = self._ports.steady()

    def _clear(self) -> None:
        """Back to how the next shopper should find the lane."""
        if self._help:
            self._clear_help("lane")
        self._register.close_sale()
        self._language = self._rules.languages[0]
        self._done, self._notice, self._decline = None, None, ""
        self._loose, self._changed_line = LooseGoodsView(), 0

    def _prices(self) -> Prices:
        return self._ports.prices.current()

    def _now(self) -> datetime:
        """The moment in the shop's time zone: prices compare instants, expiry dates the day."""
        return self._ports.clock().astimezone(ZoneInfo(self._prices().meta.time_zone))

    def _ways(self) -> tuple[WayView, ...]:
        return view.way_views(self._ports.ways, online=self._ports.way_status.online)

    def _idle_left(self) -> int:
        """Seconds until an untouched basket is put away."""
        idle_s = self._ports.steady() - self._active_at
        return max(0, int(self._rules.idle_after_s + self._rules.idle_warning_s - idle_s))

    def _view(self) -> LaneView:
        register = self._register
        acts = staff.acts_for(self._screen, register.sale, help_called=bool(self._help))
        left = self._idle_left()
        warned = self._screen in _OPEN_BASKET and left <= self._rules.idle_warning_s
        common = LaneView(
            screen=self._screen,
            lane=self._rules.lane,
            currency=register.sale.currency if register.sale else "CNY",
            language=self._language,
            notice=self._notice,
            decline=self._decline,
            help_called=bool(self._help),
            staff=self._staff.view(acts, self._ports.steady()),
            fault=self._fault,
            payment=self._desk.view(),
            done=self._done,
            loose=self._loose,
            idle_warning_s=max(left, 1) if warned else 0,
            lines=view.line_views(register.sale, register.priced),
            changed_line=self._changed_line,
            change_serial=self._serial,
            total_minor=register.priced.total_minor,
            saved_minor=register.priced.saved_minor,
            pieces=register.priced.pieces,
            tax=register.priced.tax,
            pay_block=view.pay_block(register.sale, register.priced),
            needs_age=register.sale.needs_age if register.sale else 0,
        )
        return common if self._screen is Screen.OUT_OF_SERVICE else self._with_prices(common)

    def _with_prices(self, common: LaneView) -> LaneView:
        try:
            prices = self._prices()
            bags = [prices.find_sku(sku, self._now()) for sku in prices.meta.bag_skus]
        except PriceListError:
            return common
        meta, status = prices.meta, self._ports.way_status
        age_s = (self._ports.clock() - meta.published_at).total_seconds()
        return replace(
            common,
            shop_names=meta.names or {"": meta.store},
            picture_root=self._ports.prices.picture_root,
            currency=self._register.sale.currency if self._register.sale else meta.currency,
            time_zone=meta.time_zone,
            ways=self._ways(),
            bags=view.loose_views(bag for bag in bags if bag is not None),
            price_list=PriceListStatus(
                revision=meta.revision,
                published_at=meta.published_at.isoformat(),
                old=age_s > self._rules.list_old_after_s,
                online=status.online,
                queued=status.queued,
            ),
        )


def _whole(text: str) -> str:
    """Text that any file can hold: half a surrogate pair, as a broken device sends it, fits no journal."""
    return text.encode("utf-8", "replace").decode()


_JOURNAL_FAULTS: Final[dict[type[JournalError], str]] = {
    JournalFull: "journal_full",
    JournalReadOnly: "journal_read_only",
    JournalDamaged: "journal_damaged",
}
_ONLY_A_WORD: Final = {"wallet_too_early": "wallet_too_early", "url": "url_ignored"}
