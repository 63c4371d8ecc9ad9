"""Weighing at the lane: goods are picked, laid on the scale, and taken by one touch once their weight is certain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kiosk.services.basket import Word
from kiosk.services.lane import Lane
from kiosk.services.ports import TillPorts
from kiosk.services.weighing import Spent, Weighing, Weighs, weighing_view
from retail.product import Listing, Unit
from retail.router import ProductScan
from retail.sale import Line, Sale


class WeighingDesk:
    """Writes nothing: what it hands out becomes a line like any scan. A restart ends a weighing; nothing is lost."""

    def __init__(self, lane: Lane) -> None:
        self._lane = lane
        self._ports: TillPorts = lane.ports
        self._spent: Spent | None = None
        self._touched_at_grams = 0

    def begin(self, listing: Listing) -> bool:
        """Weigh these goods in the open sale, in place of others; False for a lane without a scale."""
        scale, lane = self._ports.scale, self._lane
        if scale is None:
            return False
        other = lane.weighing
        if other is not None and other.listing.product.sku != listing.product.sku:
            lane.say(Word("not_weighed", names=other.listing.product.names))
        lane.weighing = Weighing(listing, self._in_force(lane.register.open_sale))
        scale.watch(watched=True)
        return True

    def put_away(self) -> Mapping[str, str]:
        """End it without a line; the names of what was to be weighed, none if there was no weighing."""
        weighing, self._lane.weighing = self._lane.weighing, None
        if self._ports.scale is not None:
            self._ports.scale.watch(watched=False)
        return {} if weighing is None else weighing.listing.product.names

    def stop(self) -> None:
        """The shopper does not want to weigh these goods."""
        self.put_away()

    def look(self) -> None:
        """The scale shows something else: whoever lays goods on it is there."""
        scale = self._ports.scale
        if scale is None or self._lane.weighing is None:
            self.put_away()
            return
        reading = scale.reading()
        if reading is None or not reading.stable:
            return
        if abs(reading.grams - self._touched_at_grams) >= scale.min_grams:
            self._touched_at_grams = reading.grams
            self._lane.touch()

    def follow(self) -> None:
        """Weigh by the price of now; goods that left the list, or are sold by the piece now, are weighed no more."""
        weighing = self._lane.weighing
        if weighing is None:
            return
        fresh = self._fresh(weighing.listing)
        if fresh is None:
            self._lane.say(Word("not_sold_here", names=self.put_away()))
        elif fresh.price != weighing.listing.price or fresh.product != weighing.listing.product:
            self._lane.weighing = Weighing(fresh, weighing.spent)

    def all_new(self) -> None:
        """The shopper says that nothing on the scale was taken before."""
        if self._lane.weighing is not None:
            self._spent = None
            self._lane.weighing = Weighing(self._lane.weighing.listing)

    def take(self, sku: str, grams: int, unit_minor: int) -> ProductScan | None:
        """The goods as they were shown when they were touched, and as they are now; None if that is not the same."""
        self.follow()
        weighing, scale, sale = self._lane.weighing, self._ports.scale, self._lane.register.open_sale
        if weighing is None or scale is None:
            return None
        view = weighing_view(weighing, scale)
        if (view.sku, view.grams, view.unit_minor, view.state) != (sku, grams, unit_minor, Weighs.READY):
            self._lane.say(Word("weigh_again"))
            return None
        reading = scale.reading()
        gross = grams + weighing.tare_grams
        self._spent = Spent(sale.id, sale.last_line + 1, gross, reading.emptied if reading else 0)
        self.put_away()
        return ProductScan(weighing.listing, grams=grams, tare_grams=weighing.tare_grams, weighed="scale")

    def _fresh(self, listing: Listing) -> Listing | None:
        found = self._lane.prices().find_sku(listing.product.sku, self._lane.now())
        if found is None or found.product.unit is not Unit.KG:
            return None
        return replace(found, code=listing.code, pieces=1)

    def _in_force(self, sale: Sale) -> Spent | None:
        """The weight taken last, unless its line is off the basket again. After a restart the journal tells of it."""
        spent = self._spent
        if spent is None:
            scaled = next((line for line in reversed(sale.lines) if line.weighed == "scale"), None)
            return None if scaled is None else Spent(sale.id, scaled.number, _gross(scaled), 0)
        gone = spent.sale_id == sale.id and all(line.number != spent.line for line in sale.lines)
        return None if gone else spent


def _gross(line: Line) -> int:
    return (line.grams or 0) + line.tare_grams
