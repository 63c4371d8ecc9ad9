"""One lane's till: turns scans, touches, answers and the clock into journal events, and publishes what to show.

All methods run on the till's own thread, one after the other; nothing here blocks but the disk. The desks do the work;
here stands which act counts on which screen, and what follows when one fails. What cannot be written to the journal did
not happen: the lane goes out of service and takes itself up again from the journal.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Final

from kiosk.services.attendant import Attendant
from kiosk.services.basket import Word
from kiosk.services.checkout_desk import CheckoutDesk
from kiosk.services.forwarding_desk import ForwardingDesk
from kiosk.services.handover_desk import HandoverDesk
from kiosk.services.lane import Lane, LaneRules
from kiosk.services.lane_view import LaneView, Screen
from kiosk.services.membership import Membership
from kiosk.services.ports import TillPorts
from kiosk.services.refund_desk import RefundDesk
from kiosk.services.shopping_desk import Found, ShoppingDesk
from kiosk.services.snapshot import snapshot
from kiosk.services.staff import StaffDesk
from kiosk.services.stages import BROWSABLE, OPEN_BASKET, UNUSED, IllegalStep, Step
from kiosk.services.take_up import take_up, watch_list_age, watch_ways
from offline_cache.errors import JournalDamaged, JournalError, JournalFull, JournalReadOnly
from offline_cache.price_list.errors import PriceListError, PriceListMissing
from retail.events import EventKind
from retail.masking import scrubbed
from retail.router import BadgeScan, BasketScan, MemberScan, WalletScan, resolve
from retail.sale import SaleError

__all__ = ["LaneRules", "Till", "TillPorts"]

logger = logging.getLogger(__name__)

_RETRY_S: Final = 5


class Till:
    """See the module's docstring. `start()` first; then any of the acts in any order."""

    def __init__(self, rules: LaneRules, ports: TillPorts, staff_desk: StaffDesk) -> None:
        self._ports = ports
        self._staff = staff_desk
        self._lane = Lane(rules, ports)
        self._shopping = ShoppingDesk(self._lane)
        self._checkout = CheckoutDesk(self._lane, self._shopping)
        self._membership = Membership(self._lane, self._shopping, self._checkout.payment)
        self._handover = HandoverDesk(self._lane, self._shopping)
        self._forwarding = ForwardingDesk(self._lane)
        self._refunds = RefundDesk(self._lane, staff_desk)
        self._attendant = Attendant(
            self._lane, staff_desk, self._shopping, self._checkout, self._refunds, self._handover
        )
        self._retry_at = ports.steady()

    # --- the whole lane -------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Take the lane up from its journal: open basket, payment in doubt, closed, or idle."""
        self.guard(self._take_up)

    def _take_up(self) -> None:
        take_up(self._lane, self._checkout, self._handover)
        self._refunds.recover()

    def tick(self) -> None:
        """Once a second: what depends on time."""
        self.guard(self._tick)

    def _tick(self) -> None:
        lane, steady = self._lane, self._ports.steady()
        self._staff.tick(steady)
        self._ports.prices.renew()
        if lane.screen is Screen.OUT_OF_SERVICE:
            if steady >= self._retry_at:
                self._retry_at = steady + _RETRY_S
                self._take_up()
            return
        self._checkout.payment.tick()
        self._checkout.aside.tick()
        self._refunds.tick()
        with contextlib.suppress(PriceListError):  # whoever needs a list asks for it, and says that there is none
            lane.learn_time()
        watch_list_age(lane)
        watch_ways(lane)
        self._handover.tick()
        self._shopping.follow_prices()
        self._membership.tick()
        if lane.screen in UNUSED:
            self._forwarding.tick()
        if lane.screen is Screen.IDLE:
            self._ports.journal.tidy()
        if lane.screen is Screen.IDLE and not lane.loose.goods:
            self._shopping.browse("", "")  # laid out while nobody waits, so that the pictures open at once
        if lane.screen is Screen.DONE and lane.idle_s >= lane.rules.done_for_s:
            self._checkout.finish()
        elif lane.idle_left_s == 0 and lane.screen in OPEN_BASKET:
            self._shopping.abandon("idle")

    def set_language(self, language: str) -> None:
        """Show another language; the basket stays."""
        if language in self._lane.rules.languages:
            self._lane.language = language
        self.touched()

    def touched(self) -> None:
        """Somebody is there."""
        self.guard(self._lane.touch)

    def device_fault(self, device: str, fault: str) -> None:
        """A device was lost (or, with an empty fault, is back): for staff, the lane goes on."""
        note = self._lane.register.note
        self.guard(lambda: note(EventKind.DEVICE_FAULT, device=_whole(device), fault=scrubbed(_whole(fault))))

    # --- scans and the basket -------------------------------------------------------------------------------------

    def scan(self, text: str, symbology: str = "", gs1: bool | None = None) -> None:
        """Anything that a scanner read; `symbology` and `gs1` as far as the scanner told."""
        self.guard(lambda: self._scan(_whole(text), symbology, gs1))

    def enter_code(self, code: str) -> None:
        """A code typed on the pad: a number of loose goods first, then as if it were scanned."""
        self._act(BROWSABLE, lambda: self._enter(_whole(code)))

    def _enter(self, code: str) -> None:
        listing = self._lane.prices().find_item(code, self._lane.now())
        if listing is None or not listing.product.loose:
            self._scan(code, typed=True)
        else:
            self._shopping.take_loose(listing, 1)

    def _scan(self, text: str, symbology: str = "", gs1: bool | None = None, *, typed: bool = False) -> None:
        lane = self._lane
        lane.touch()
        if lane.screen is not Screen.PAY and self._checkout.is_spent(text):
            return
        prices = lane.prices()
        found = resolve(
            text,
            at=lane.now(),
            lookup=prices,
            paying=lane.screen is Screen.PAY,
            rules=lane.rules.scan,
            currency=prices.meta.currency,
            symbology=symbology,
            gs1=gs1,
        )
        if isinstance(found, BadgeScan):
            if not self._staff.show_badge(found.code, self._ports.steady()):
                lane.say(Word("badge_unknown"))
        elif self._refunds.scanned(text) or self._membership.takes(found, text, typed=typed):
            pass  # a receipt's code, while an attendant is there; a member's card, or a ticket of the car park
        elif isinstance(found, WalletScan):
            self._checkout.pay_by_code(found)
        elif isinstance(found, MemberScan):
            self._membership.members.scanned(found.code)
        elif lane.screen in BROWSABLE:
            self._take(found)
        elif lane.screen in {Screen.PAYING, Screen.PAYMENT_UNKNOWN} and not isinstance(found, BasketScan):
            lane.say(Word("cannot_now"))

    def _take(self, found: Found | BasketScan) -> None:
        if isinstance(found, BasketScan):
            self._handover.fetch(found)
        else:
            self._shopping.take(found)

    def begin(self) -> None:
        """The idle screen was touched."""
        self._act({Screen.IDLE, Screen.DONE}, self._shopping.begin)

    def add_loose(self, sku: str, quantity: int) -> None:
        """Loose goods or bags were picked."""
        self._act(BROWSABLE, lambda: self._shopping.pick(_whole(sku), quantity))

    def weight_seen(self) -> None:
        """The scale shows something else while goods are weighed."""
        self.guard(self._shopping.weighing.look)

    def take_weight(self, sku: str, grams: int, unit_minor: int) -> None:
        """The goods on the scale were touched to be taken, at the weight and the price that were shown."""
        self._act({Screen.BASKET}, lambda: self._shopping.take_weight(_whole(sku), grams, unit_minor))

    def weigh_all_new(self) -> None:
        """Nothing on the scale was taken before."""
        self._act({Screen.BASKET}, self._shopping.weighing.all_new)

    def stop_weighing(self) -> None:
        """The shopper does not want to weigh these goods."""
        self._act({Screen.BASKET}, self._shopping.weighing.stop)

    def set_quantity(self, line: int, quantity: int) -> None:
        """The shopper changed how many."""
        self._act(OPEN_BASKET, lambda: self._shopping.set_quantity(line, quantity))

    def remove_line(self, line: int) -> None:
        """The shopper took a line off."""
        self._act(OPEN_BASKET, lambda: self._shopping.remove(line))

    def withdraw_coupon(self, code: str) -> None:
        """The shopper takes a coupon back."""
        self._act(OPEN_BASKET, lambda: self._shopping.coupons.withdraw(_whole(code)))

    def member(self, clubs: Iterable[str]) -> None:
        """The shopper was found to be a member of these clubs ('member' is the shop's own), whoever they are."""
        found = tuple(_whole(club) for club in clubs)
        self._act(BROWSABLE, lambda: self._shopping.coupons.identify(found))

    def cancel_basket(self) -> None:
        """The shopper gives up the basket."""
        self._act(OPEN_BASKET, lambda: self._shopping.abandon("shopper"))

    def browse(self, category: str, search: str) -> None:
        """Show loose goods of a category, or those that a search finds."""
        self._act(BROWSABLE, lambda: self._shopping.browse(_whole(category), _whole(search)))

    # --- membership -----------------------------------------------------------------------------------------------

    def use_coupon(self, code: str) -> None:
        """One of the member's own coupons was touched."""
        self._act(OPEN_BASKET, lambda: self._shopping.coupons.use_own(_whole(code)))

    def join(self, clubs: Sequence[str], ticked: Sequence[tuple[str, str]]) -> None:
        """The shopper joins these clubs with this payment."""
        self._act({Screen.PAY}, lambda: self._membership.joining.join(clubs, ticked))

    def refuse_joining(self) -> None:
        """No, thanks."""
        self._act({Screen.PAY}, self._membership.joining.refuse)

    def forget_member(self) -> None:
        """The shopper is nobody again."""
        self._act(OPEN_BASKET, self._membership.members.forget)

    def open_phone(self, clubs: Sequence[str], ticked: Sequence[tuple[str, str]]) -> None:
        """The sheet for a phone number."""
        self._act(OPEN_BASKET, lambda: self._membership.phone.open(clubs, ticked))

    def enter_phone(self, number: str) -> None:
        """A phone number was typed."""
        self._act(OPEN_BASKET, lambda: self._membership.phone.enter_number(_whole(number)))

    def enter_phone_code(self, code: str) -> None:
        """The code that was sent to it was typed."""
        self._act(OPEN_BASKET, lambda: self._membership.phone.enter_code(_whole(code)))

    def close_phone(self) -> None:
        """The sheet was put away."""
        self._act(set(Screen), self._membership.phone.close)

    def park(self, kind: str, value: str) -> None:
        """Free parking for a car."""
        self._act({Screen.DONE}, lambda: self._membership.rewards.park(kind, _whole(value)))

    # --- paying ---------------------------------------------------------------------------------------------------

    def pay(self) -> None:
        """To the pay screen, unless something has to be put right first."""
        self._act({Screen.BASKET}, self._checkout.show_ways)

    def back_to_basket(self) -> None:
        """From the pay screen back to the lines."""
        self._act({Screen.PAY}, self._shopping.open)

    def choose_way(self, way: str) -> None:
        """A way to pay was touched."""
        self._act({Screen.PAY}, lambda: self._checkout.choose(way))

    def cancel_payment(self) -> None:
        """The shopper does not want to hold a card, or to scan our code, any more."""
        self._act({Screen.PAYING, Screen.PAYMENT_UNKNOWN}, self._checkout.payment.cancel)

    def choose_receipt(self, choice: str) -> None:
        """Receipt on paper, as a code on the screen, or none."""
        self._act({Screen.DONE}, lambda: self._checkout.choose_receipt(choice))

    def pay_at_till(self) -> None:
        """The shopper takes the basket to a till with staff: where no way to pay is left here."""
        self._act({Screen.PAY}, lambda: self._handover.hand_over("shopper") if self._handover.offered else None)

    def finish(self) -> None:
        """The shopper is done."""
        self._act({Screen.DONE, Screen.TO_TILL}, self._finish)

    def _finish(self) -> None:
        if self._lane.screen is Screen.DONE:
            self._checkout.finish()
        else:
            self._handover.finish()

    # --- help and staff -------------------------------------------------------------------------------------------

    def call_help(self) -> None:
        """Help was asked for, whatever the screen."""
        self.guard(lambda: self._lane.call_help("shopper"))

    def cancel_help(self) -> None:
        """The shopper manages alone; a call that the lane itself made stays."""
        self.guard(lambda: self._lane.clear_help("shopper") if self._lane.help in {"shopper", "age"} else None)

    def staff_act(self, name: str) -> None:
        """An act of the attendant who is logged in."""
        self.guard(lambda: self._attendant.act(name))

    def refund(self, act: str, what: str, number: int) -> None:
        """A touch on the attendant's refund sheet."""
        self._act(set(Screen), lambda: self._refunds.act(act, _whole(what), number))

    def close_staff(self) -> None:
        """The attendant is done."""
        self.guard(self._staff.close)

    # --- plumbing -------------------------------------------------------------------------------------------------

    def _act(self, screens: set[Screen] | frozenset[Screen], work: Callable[[], None]) -> None:
        """A touch counts only on the screens it belongs to: a late one on another screen is no mistake."""

        def checked() -> None:
            self._lane.touch()
            if self._lane.screen in screens:
                work()

        self.guard(checked)

    def guard(self, work: Callable[[], None]) -> None:
        """Run an act, or work of the till's own runner (a gateway's answer), and publish what came of it."""
        try:
            work()
        except JournalError as exc:
            self._break(_JOURNAL_FAULTS.get(type(exc), "journal"), exc)
        except PriceListError as exc:
            self._break("no_price_list" if isinstance(exc, PriceListMissing) else "price_list_unreadable", exc)
        except (SaleError, IllegalStep) as exc:
            logger.warning("not now: %s", exc)
            self._lane.say(Word("cannot_now"))
        except Exception as exc:
            # Ours or a plug-in's mistake. The journal is right; what is in memory may be half done: take it up anew.
            logger.exception("an act failed")
            self._break("other", exc)
        self._ports.publish(self._shown())

    def _shown(self) -> LaneView:
        lane = self._lane
        try:
            shown = snapshot(lane, self._checkout, self._staff, handed=self._handover.view())
            shown = replace(shown, refund=self._refunds.view(), open_refunds=self._refunds.open_views())
            return self._membership.shown(shown)
        except JournalError as exc:  # what is stored offline is read from it
            self._break(_JOURNAL_FAULTS.get(type(exc), "journal"), exc)
        except Exception as exc:
            logger.exception("the lane cannot be shown")
            self._break("other", exc)
        return LaneView(screen=lane.screen, lane=lane.rules.lane, language=lane.language, fault=lane.fault)

    def _break(self, code: str, exc: Exception) -> None:
        if self._lane.fault != code:
            logger.error("out of service: %s", exc)
        self._lane.go(Step.BREAK)
        self._lane.fault = code
        self._retry_at = self._ports.steady() + _RETRY_S


def _whole(text: str) -> str:
    """Text that any file can hold: half a surrogate pair, as a broken device sends it, fits no journal."""
    return text.encode("utf-8", "replace").decode()


_JOURNAL_FAULTS: Final[dict[type[JournalError], str]] = {
    JournalFull: "journal_full",
    JournalReadOnly: "journal_read_only",
    JournalDamaged: "journal_damaged",
}
