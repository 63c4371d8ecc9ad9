"""What a shopper does to the basket: goods in, lines changed, the basket given up; loose goods to pick from."""

from __future__ import annotations

from typing import Final

from kiosk.services import basket, view
from kiosk.services.basket import Change, Word
from kiosk.services.lane import Lane
from kiosk.services.lane_view import LooseGoodsView, Screen
from kiosk.services.stages import Step
from retail.events import EventKind
from retail.product import Listing
from retail.router import ProductScan, RefusedScan, Why
from retail.sale import SaleError

_ONLY_A_WORD: Final = {Why.WALLET_TOO_EARLY: "wallet_too_early", Why.URL: "url_ignored"}


class ShoppingDesk:
    """Every change is on disk, by the register, before it is shown. Raises JournalError, PriceListError, SaleError."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane

    def begin(self) -> None:
        """A new basket, at the prices of now."""
        lane = self._lane
        meta = lane.prices().meta
        lane.go(Step.BEGIN)
        lane.done = None
        lane.register.begin(currency=meta.currency, language=lane.language, revision=meta.revision)

    def open(self) -> None:
        """Make sure that lines can be added: begin a basket, or come back from the pay screen."""
        if self._lane.screen in {Screen.IDLE, Screen.DONE}:
            self.begin()
        elif self._lane.screen is Screen.PAY:
            self._lane.go(Step.BACK)
            self._lane.decline = ""

    def take(self, found: ProductScan | RefusedScan) -> None:
        """Goods were scanned, or something that cannot be sold."""
        # A phone is often read twice: its code must not end the screen that says 'paid'.
        nothing_open = self._lane.screen in {Screen.IDLE, Screen.DONE}
        if isinstance(found, RefusedScan) and nothing_open and found.why in _ONLY_A_WORD:
            self._lane.say(Word(_ONLY_A_WORD[found.why]))
            return
        self.open()
        sale = self._lane.register.open_sale
        self._apply(
            basket.add_product(sale, found) if isinstance(found, ProductScan) else basket.add_refused(sale, found)
        )

    def take_loose(self, listing: Listing, quantity: int) -> None:
        """Goods that have no barcode."""
        self.open()
        self._apply(basket.add_loose(self._lane.register.open_sale, listing, quantity))

    def pick(self, sku: str, quantity: int) -> None:
        """Loose goods or bags were picked by their picture."""
        lane = self._lane
        listing = lane.prices().find_sku(sku, lane.now())
        if listing is None or not (listing.product.loose or sku in lane.prices().meta.bag_skus):
            lane.say(Word("cannot_now"))
            return
        self.take_loose(listing, max(1, min(quantity, basket.MAX_QUANTITY)))

    def set_quantity(self, line: int, quantity: int) -> None:
        """How many pieces of a line."""
        self._edit(basket.change_quantity(self._lane.register.open_sale, line, quantity, why="shopper"))

    def remove(self, line: int) -> None:
        """A line off, by the shopper."""
        self._edit(basket.remove_line(self._lane.register.open_sale, line, by="shopper"))

    def void(self, lines: list[int], who: str) -> None:
        """Lines off, by an attendant."""
        self.open()
        for line in lines:
            self._apply(basket.remove_line(self._lane.register.open_sale, line, by=who))

    def abandon(self, why: str) -> None:
        """The basket is given up: by 'shopper', 'idle' or an attendant's name."""
        self._lane.register.note(EventKind.BASKET_CANCELLED, reason=why)
        self._lane.go(Step.ABANDON)
        self._lane.clear()

    def browse(self, category: str, search: str) -> None:
        """Lay out the loose goods of a category, or those that a search finds."""
        prices = self._lane.prices()
        goods = prices.loose_goods(self._lane.now(), category=category, search=search)
        categories = view.category_views(prices.loose_categories())
        self._lane.loose = LooseGoodsView(categories, view.loose_views(goods), category, search)

    def _edit(self, change: Change) -> None:
        self.open()
        self._apply(change)

    def _apply(self, change: Change) -> None:
        lane = self._lane
        sale = lane.register.sale
        if change.draft is not None and change.draft.kind is EventKind.LINE_ADDED and sale is not None:
            currency = lane.prices().meta.currency
            if currency != sale.currency:  # a list that came in the middle of the visit
                raise SaleError(f"the price list is in {currency}, the basket in {sale.currency}")
        if change.draft is not None:
            lane.register.record(change.draft)
        if change.line:
            lane.changed_line = change.line
        lane.say(change.word)
