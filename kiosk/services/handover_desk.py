"""Hands a basket over to a till with staff as a code that holds it, and takes over one that another lane has shown.

What is handed over is over here: nothing was paid, and the lane is free for the next shopper. What is taken over is
just codes: each is looked up anew, at this lane's prices, recalls and rules. Coupons and clubs come along.
"""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from kiosk.services import basket
from kiosk.services.basket import Change, Word
from kiosk.services.goods_check import GoodsCheck
from kiosk.services.handed_goods import Goods, goods_of
from kiosk.services.lane import Lane
from kiosk.services.lane_view import HandedView, Screen
from kiosk.services.ports import slip_number
from kiosk.services.shopping_desk import ShoppingDesk
from kiosk.services.stages import Step
from offline_cache.price_list.errors import PriceListError
from retail.events import Draft, Event, EventKind
from retail.handed_basket import BasketCodeError, HandedBasket, Trouble, basket_code, handed_basket, read_basket_code
from retail.payment_policy import Rung
from retail.resolution import BasketScan, ProductScan, RefusedScan, Why
from retail.sale import Sale, SaleError, SaleStatus, apply

logger = logging.getLogger(__name__)

SHOWN_FOR_S: Final = 60
_NUMBERS: Final = 10_000  # four digits, said aloud at the till
_TROUBLES: Final = {Trouble.DAMAGED: "basket_damaged", Trouble.STRANGE: "basket_strange"}


@dataclass(frozen=True, slots=True)
class _Shown:
    """What the screen shows of a basket that was handed over."""

    basket: HandedBasket
    code: str


class HandoverDesk:
    """Both sides of it. Raises JournalError, PriceListError, SaleError."""

    def __init__(self, lane: Lane, shopping: ShoppingDesk) -> None:
        self._lane = lane
        self._shopping = shopping
        self._check = GoodsCheck(lane)
        self._shown: _Shown | None = None

    # --- handing over ---------------------------------------------------------------------------------------------

    @property
    def offered(self) -> bool:
        """Whether the shopper may choose it: where no way to pay is left, and the shop wants it."""
        return self._lane.screen is Screen.PAY and self._lane.ladder.standing().rung is Rung.PAY_AT_TILL

    def hand_over(self, by: str) -> None:
        """From the pay screen; `by` the shopper, where it is offered, or an attendant by name."""
        lane, register = self._lane, self._lane.register
        sale = register.sale
        if lane.screen is not Screen.PAY or sale is None or sale.status is not SaleStatus.OPEN:
            return
        if sale.visit.joining is not None:  # nobody joins by a payment that is not made here: the till asks without
            register.note(EventKind.MEMBER_REFUSED)
            sale = register.open_sale
        number = f"{lane.rules.lane}-{self._next_number():04}"
        priced = register.priced
        body = {
            "number": number,
            "total_minor": priced.total_minor,
            "currency": sale.currency,
            "lines": len(sale.lines),
            "pieces": priced.pieces,
            "by": by,
        }
        register.record(register.draft(EventKind.BASKET_HANDED_OVER, **body))
        lane.go(Step.HAND_OVER)
        self._shopping.coupons.hold.give_back_all(sale)  # so that the till can take them
        self._show(sale, number)
        self._print()

    def show_again(self) -> bool:
        """After a restart: the last basket, if it was handed over so lately that its shopper still stands there."""
        lane, sale = self._lane, self._lane.register.sale
        last = lane.ports.journal.latest(EventKind.BASKET_HANDED_OVER)
        if sale is None or last is None or last.sale_id != sale.id:
            return False
        age_s = (lane.ports.clock() - datetime.fromisoformat(last.at)).total_seconds()
        if not 0 <= age_s < SHOWN_FOR_S:
            return False
        self._show(sale, str(last.body["number"]))
        return True

    def tick(self) -> None:
        """Nobody touched it for a while: the lane is for the next shopper."""
        if self._lane.screen is Screen.TO_TILL and self._lane.idle_s >= SHOWN_FOR_S:
            self.finish()

    def finish(self) -> None:
        """The shopper has it."""
        self._shown = None
        self._lane.go(Step.FINISH)
        self._lane.clear()

    def view(self) -> HandedView | None:
        """What the screen shows."""
        shown, lane = self._shown, self._lane
        if shown is None or lane.screen is not Screen.TO_TILL:
            return None
        handed = shown.basket
        return HandedView(
            handed.number,
            shown.code,
            handed.total_minor,
            handed.pieces,
            handed.whole,
            lane.paper.fate(slip_number(handed)),
            max(0, SHOWN_FOR_S - int(lane.idle_s)),
        )

    def _show(self, sale: Sale, number: str) -> None:
        priced, prefix = self._lane.register.priced, self._lane.rules.scan.basket_prefix
        handed = handed_basket(sale, number=number, total_minor=priced.total_minor, pieces=priced.pieces)
        code = basket_code(handed, prefix)
        self._shown = _Shown(read_basket_code(code, prefix), code)

    def _print(self) -> None:
        """On paper as well, where there is some; without a list there is no shop's name to put on it."""
        lane, shown = self._lane, self._shown
        with contextlib.suppress(PriceListError):
            if shown is not None:
                lane.paper.slip(shown.basket, shown.code, lane.prices().meta, lane.ports.clock(), lane.language)

    def _next_number(self) -> int:
        last = self._lane.ports.journal.latest(*EventKind)
        return (0 if last is None else last.number + 1) % _NUMBERS

    # --- taking over ----------------------------------------------------------------------------------------------

    def fetch(self, scan: BasketScan) -> None:
        """Take the lines of a basket over, in one transaction: all of them, or a word why not."""
        lane = self._lane
        try:
            handed = read_basket_code(scan.code, lane.rules.scan.basket_prefix)
        except BasketCodeError as exc:
            logger.warning("a basket's code cannot be used: %s", exc)
            lane.say(Word(_TROUBLES[exc.trouble]))
            return
        if not handed.whole:
            lane.say(Word("basket_to_staff"))
            return
        self._shopping.open()
        sale = lane.register.open_sale
        if handed.sale_id in sale.fetched:
            lane.say(Word("basket_there"))
        elif len(sale.lines) + len(handed.lines) > basket.MAX_LINES:
            lane.say(Word("limit_reached", {"n": str(basket.MAX_LINES)}))
        else:
            self._take(sale, handed)

    def _take(self, sale: Sale, handed: HandedBasket) -> None:
        lane = self._lane
        currency = lane.prices().meta.currency
        if currency != sale.currency:  # a list that came in the middle of the visit
            raise SaleError(f"the price list is in {currency}, the basket in {sale.currency}")
        body = {"sale": handed.sale_id, "lane": handed.lane, "number": handed.number}
        drafts = [Draft(EventKind.BASKET_FETCHED, sale.id, body)]
        sale = _after(sale, drafts)
        last = 0
        for line in handed.lines:
            change = self._change(sale, goods_of(line, lane))
            fresh = [draft for draft in (change.draft, change.then) if draft is not None]
            sale, last = _after(sale, fresh), change.line or last
            drafts += fresh
        before_minor = lane.register.priced.total_minor
        coupons, ask = self._shopping.coupons.handed(sale, handed.coupons)
        lane.register.record(*drafts, *coupons, *_clubs_there(sale, handed))
        lane.changed_line = last
        self._shopping.coupons.show_all(ask)
        dearer = lane.register.priced.total_minor - before_minor > handed.total_minor
        word = "basket_dearer" if dearer else "basket_fetched"  # an offer may be over, or a price be another here
        lane.say(Word(word, {"n": str(handed.pieces), "lane": handed.lane}, good=not dearer))

    def _change(self, sale: Sale, found: Goods) -> Change:
        if isinstance(found, ProductScan):
            there = basket.item_there(sale, found)
            if there is not None:
                return there
            refused = self._check.refusal(found)
            if refused is None:
                change = basket.add_product(sale, found, look=bool(self._check.to_look_at(found)))
                if change.draft is not None:
                    return change
                # More than a line may have: it stays in sight, or somebody would carry it out unpaid.
                refused = RefusedScan(found.listing.code, Why.UNKNOWN, found.listing)
            found = refused
        return basket.add_refused(sale, found)


def _clubs_there(sale: Sale, handed: HandedBasket) -> list[Draft]:
    """The clubs that count for a basket wherever it is paid; a shopper who is recognised here is in their own."""
    visit = sale.visit
    if visit.by:
        return []
    clubs = sorted({*visit.clubs, *handed.clubs})
    if clubs == list(visit.clubs):
        return []
    known = {"clubs": clubs, "claim": visit.claim, "by": visit.by, "used": dict(visit.used)}
    return [Draft(EventKind.MEMBER_IDENTIFIED, sale.id, known)]


def _after(sale: Sale, drafts: list[Draft]) -> Sale:
    for draft in drafts:
        sale = apply(sale, Event(0, "", draft.kind, draft.sale_id, draft.body, "", "")) or sale
    return sale
