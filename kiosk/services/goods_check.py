"""Whether goods may be sold at all: not called back, and not an item with a serial number that was sold before."""

from __future__ import annotations

from kiosk.services.basket import Word
from kiosk.services.lane import Lane
from kiosk.services.ports import Prices
from kiosk.services.price_watch import PriceWatch
from retail.events import Draft, EventKind
from retail.line import CLEARABLE, stopped_body
from retail.recall import to_check, why_recalled
from retail.router import ProductScan, RefusedScan, Why
from retail.sale import Line, Sale, SaleStatus
from retail.scanned_text import shown


class GoodsCheck:
    """Asks the price list and the journal. Raises JournalError, PriceListError."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._watch = PriceWatch()

    def refusal(self, scan: ProductScan) -> RefusedScan | None:
        """Why these goods are not sold; None if nothing speaks against them."""
        listing = scan.listing
        if scan.serial and self._lane.ports.journal.sold(scan.gtin or listing.product.sku, scan.serial):
            # With its number: each such item is a problem of its own, and staff see which.
            return RefusedScan(shown(f"{listing.code} S/N {scan.serial}"), Why.SOLD_ALREADY, listing)
        recalls = self._lane.prices().recalls(listing.product.sku, self._lane.now())
        reason = why_recalled(recalls, scan.lot, scan.serial)
        return None if reason is None else RefusedScan(listing.code, Why.RECALLED, listing, reason)

    def to_look_at(self, scan: ProductScan) -> tuple[str, ...]:
        """The recalls of which the code does not say whether these goods are among them: staff must look at them."""
        recalls = self._lane.prices().recalls(scan.listing.product.sku, self._lane.now())
        # A serial number that may have swallowed the lot behind it is not known, either.
        serial = "" if "separator_lost" in scan.warnings else scan.serial
        return to_check(recalls, scan.lot, serial)

    def clearing(self, line: Line, who: str) -> Draft:
        """Staff looked at the goods, for all that was called back so far."""
        recalls = self._lane.prices().recalls(line.sku, self._lane.now())
        body = {"line": line.number, "by": who, "recalls": [one.mark for one in recalls]}
        return self._lane.register.draft(EventKind.LINE_CLEARED, **body)

    def follow_recalls(self) -> bool:
        """Stop what was called back since it was scanned, where a basket is open; whether there was anything.

        Nothing while a payment is open: its amount is with the bank.
        """
        lane, sale = self._lane, self._lane.register.sale
        if sale is None or sale.status is not SaleStatus.OPEN:
            return False
        prices, now = lane.prices(), lane.now()
        if not self._watch.is_due(prices, now):
            return False
        drafts = [draft for line in sale.lines if (draft := self._stop(sale, line, prices)) is not None]
        if drafts:
            lane.register.record(*drafts)
            lane.changed_line = int(drafts[-1].body["line"])
            lane.say(Word("recalled_meanwhile"))
        self._watch.looked(prices, now)
        return bool(drafts)

    def _stop(self, sale: Sale, line: Line, prices: Prices) -> Draft | None:
        if line.problem and line.problem not in CLEARABLE:
            return None
        recalls = prices.recalls(line.sku, self._lane.now())
        reason = why_recalled(recalls, line.lot, line.serial)
        if reason is not None:
            return Draft(EventKind.LINE_STOPPED, sale.id, stopped_body(line.number, "recalled", reason))
        if not line.problem and to_check(recalls, line.lot, line.serial, line.cleared):
            return Draft(EventKind.LINE_STOPPED, sale.id, stopped_body(line.number, "recall_check"))
        return None
