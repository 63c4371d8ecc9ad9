"""What a shopper does to the basket: goods in, lines changed, the basket given up; loose goods to pick from."""

from __future__ import annotations

import contextlib

from kiosk.services import basket, view
from kiosk.services.basket import Change, Word
from kiosk.services.coupon_desk import CouponDesk
from kiosk.services.goods_check import GoodsCheck
from kiosk.services.lane import Lane
from kiosk.services.lane_view import LooseGoodsView, Screen
from kiosk.services.price_watch import PriceWatch
from kiosk.services.stages import Step
from kiosk.services.weighing_desk import WeighingDesk
from offline_cache.price_list.errors import PriceListError
from retail.events import Draft, EventKind
from retail.line import CLEARABLE
from retail.product import Listing, Unit
from retail.repricing import Basket, Repriced, lower_prices
from retail.router import CouponScan, GuideScan, ProductScan, RefusedScan, Why
from retail.sale import Sale, SaleError, SaleStatus, repriced_body, shopper_of, shopper_paying
from retail.scanned_text import shown

Found = ProductScan | RefusedScan | CouponScan | GuideScan


class ShoppingDesk:
    """Every change is on disk, by the register, before it is shown. Raises JournalError, PriceListError, SaleError."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._check = GoodsCheck(lane)
        self.weighing = WeighingDesk(lane)
        self.coupons = CouponDesk(lane, self.begin)
        self._basket_watch = PriceWatch()
        self._loose_watch = PriceWatch()

    def begin(self) -> None:
        """A new basket, at the prices of now."""
        lane = self._lane
        meta = lane.prices().meta
        lane.go(Step.BEGIN)
        lane.done = None
        lane.register.begin(currency=meta.currency, language=lane.language, revision=meta.revision)

    def open(self) -> None:
        """Make sure that lines can be added: begin a basket, or come back from the pay screen."""
        self.follow_prices()
        if self._lane.screen in {Screen.IDLE, Screen.DONE}:
            self.begin()
        elif self._lane.screen is Screen.PAY:
            self._lane.go(Step.BACK)
            self._lane.decline = ""

    def take(self, found: Found) -> None:
        """Goods were scanned, or something that cannot be sold: a word, and the screen stays where it is."""
        if isinstance(found, GuideScan):
            self._thank_guide(found)
        elif isinstance(found, CouponScan) or (isinstance(found, RefusedScan) and self._is_coupon(found)):
            self.coupons.show(found.code)
        elif isinstance(found, RefusedScan) and found.why in basket.ONLY_A_WORD:
            # A phone is often read twice: its code must not end the screen that says 'paid'.
            self._lane.say(Word(basket.ONLY_A_WORD[found.why]))
        elif isinstance(found, RefusedScan) and found.why is Why.NEEDS_WEIGHT and found.listing is not None:
            self._weigh(found.listing)
        else:
            self._take_goods(found)

    def _is_coupon(self, found: RefusedScan) -> bool:
        """Whether a code that is no goods is a coupon all the same: theirs need not look like one."""
        return found.why is Why.UNKNOWN and self.coupons.is_coupon(found.code)

    def _take_goods(self, found: ProductScan | RefusedScan) -> None:
        self.open()
        sale = self._lane.register.open_sale
        if isinstance(found, ProductScan):
            there = basket.item_there(sale, found)
            if there is not None:
                self._apply(there)
                return
            refused = self._check.refusal(found)
            if refused is None:
                self._apply(basket.add_product(sale, found, look=bool(self._check.to_look_at(found))))
                return
            found = refused
        self._apply(basket.add_refused(sale, found))

    def _thank_guide(self, scan: GuideScan) -> None:
        """Who brought the shopper goes on the sale, which it may begin; the last one counts."""
        if self._lane.screen is Screen.DONE:  # the sale is over, and the screen that says so must stay
            self._lane.say(Word("guide_too_late"))
            return
        if self._lane.screen is Screen.IDLE:
            self.begin()
        code = shown(scan.code)  # a code may be a page of text; the record is for people
        if self._lane.register.open_sale.guide != code:
            self._lane.register.note(EventKind.GUIDE_IDENTIFIED, code=code)
        self._lane.say(Word("guide_noted", good=True))

    def take_loose(self, listing: Listing, quantity: int) -> None:
        """Goods that have no barcode."""
        scan = basket.loose_scan(listing, quantity)
        if scan is not None:
            self._take_goods(scan)
        else:
            self._weigh(listing)

    def _weigh(self, listing: Listing) -> None:
        stopped = self._check.refusal(ProductScan(listing))
        if stopped is not None:  # nobody should weigh for nothing
            self._take_goods(stopped)
            return
        self.open()
        by_weight = listing.product.unit is Unit.KG  # a piece of its own price has to have it on its label
        if not by_weight or not self.weighing.begin(listing):
            self._lane.say(Word("weigh_at_counter", names=listing.product.names))

    def take_weight(self, sku: str, grams: int, unit_minor: int) -> None:
        """The goods on the scale, as they were shown."""
        scan = self.weighing.take(sku, grams, unit_minor)
        if scan is not None:
            self._take_goods(scan)

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

    def clear_checked(self, who: str) -> None:
        """Staff looked at the goods that a recall may mean: they are sold, unless they were called back meanwhile."""
        self.follow_recalls()
        sale = self._lane.register.open_sale
        looked_at = [line for line in sale.lines if line.problem in CLEARABLE]
        if looked_at:
            self._lane.register.record(*(self._check.clearing(line, who) for line in looked_at))
            self._lane.changed_line = looked_at[-1].number
            self._lane.say(Word("recall_cleared", good=True))

    def abandon(self, why: str) -> None:
        """The basket is given up: by 'shopper', 'idle' or an attendant's name."""
        sale = self._lane.register.open_sale
        self._lane.register.note(EventKind.BASKET_CANCELLED, reason=why)
        self.coupons.hold.give_back_all(sale)
        self._lane.go(Step.ABANDON)
        self._lane.clear()

    def browse(self, category: str, search: str) -> None:
        """Lay out the loose goods of a category, or those that a search finds."""
        prices, now = self._lane.prices(), self._lane.now()
        goods = prices.loose_goods(now, category=category, search=search)
        categories = view.category_views(prices.loose_categories())
        self._lane.loose = LooseGoodsView(categories, view.loose_views(goods), category, search)
        self._loose_watch.looked(prices, now)

    def follow_prices(self) -> None:
        """Make the open basket, and the goods laid out to pick from, those of the newest list and of this moment.

        Without a list that can be read all stays as it was shown.
        """
        with contextlib.suppress(PriceListError):
            self._follow_prices()
            self.weighing.follow()

    def follow_recalls(self) -> None:
        """Goods that were called back meanwhile become a problem that the shopper sees before paying."""
        lane = self._lane
        if self._check.follow_recalls() and lane.screen is Screen.PAY:
            lane.go(Step.BACK)
            lane.decline = ""

    def _follow_prices(self) -> None:
        self.follow_recalls()
        lane = self._lane
        prices, now, sale = lane.prices(), lane.now(), lane.register.sale
        if lane.loose.categories and self._loose_watch.is_due(prices, now):
            self.browse(lane.loose.category, lane.loose.search)
        # Not while a payment is open: its amount is with the bank. Once it was refused, the basket follows again.
        if sale is None or sale.status is not SaleStatus.OPEN or not self._basket_watch.is_due(prices, now):
            return
        if sale.currency == prices.meta.currency:
            self._lower(sale)
        self._basket_watch.looked(prices, now)

    def _lower(self, sale: Sale) -> None:
        """What was shown is kept, unless it is cheaper now: that is written down, and said."""
        lane, register = self._lane, self._lane.register
        prices, now, before = lane.prices(), lane.now(), register.priced
        lowered = lower_prices(
            Basket(
                sale.lines,
                sale.campaigns,
                shopper_of(sale),
                register.engine,
                otherwise=shopper_paying(sale, "", tells_payer=False),
            ),
            lambda sku: prices.find_sku(sku, now),
        )
        if not lowered.lines:
            return
        register.record(*_repriced(sale, lowered, prices.meta.revision))
        after = register.priced
        if after.total_minor < before.total_minor:
            fell = sum(new.net_minor < old.net_minor for old, new in zip(before.lines, after.lines, strict=True))
            lane.say(Word("prices_fell", {"n": str(fell)}, good=True))

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
            lane.register.record(change.draft, *([change.then] if change.then else []))
        if change.line:
            lane.changed_line = change.line
        lane.say(change.word)
        left = self.weighing.put_away()
        if left and change.word.good:  # what went wrong is said first; the goods are in the shopper's hand anyway
            lane.say(Word("not_weighed", names=left))


def _repriced(sale: Sale, lowered: Repriced, revision: int) -> list[Draft]:
    """What is new to the basket comes with the first line."""
    fresh = [lowered.campaigns, *(() for _ in lowered.lines[1:])]
    return [
        Draft(EventKind.LINE_REPRICED, sale.id, repriced_body(line, revision=revision, campaigns=campaigns))
        for line, campaigns in zip(lowered.lines, fresh, strict=True)
    ]
