"""The scripted shopper's visit: eight lines with all that happens at a lane, each step seen on the screen.

What should be shown is worked out here from the price list by plain sums, apart from the pricing engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from kiosk.demo.screen import NotSeen, ScreenReader
from kiosk.demo.stage import thing
from kiosk.services.formats import money_text
from offline_cache.price_list.reader import PriceList
from retail.figures import tag_money_text
from retail.money import divide_half_up
from retail.product import Listing, Unit
from retail.promotions.campaign import Campaign, Kind, Terms

_PLAIN_GOODS: Final = 3
_PAIR: Final = 2
_BASIS_POINTS: Final = 10_000
_UNKNOWN: Final = "unknown"

Moment = Callable[[str], None]
"""Called at each point of the visit that is worth a picture, with the screen's name."""


@dataclass(frozen=True, slots=True)
class Wares:
    """What the shopper takes: codes from the counter, and what the price list says of them."""

    multi_buy: Listing
    cheaper_second: Listing
    coupon: Campaign
    plain: tuple[Listing, ...]
    removed: Listing
    price_label: str
    weight_label: str
    unknown: str
    loose: Listing
    weighed: Listing
    weight_minor: int
    label_minor: int


def choose_wares(counter: list[dict[str, Any]], path: Path) -> Wares:
    """Pick a basket from what lies on the demo's counter."""
    prices = PriceList(path)
    now = datetime.now(UTC)
    found = [prices.find(entry["code"], now) for entry in counter if entry["kind"] == "product"]
    goods = [listing for listing in found if listing and listing.product.unit is Unit.PIECE and listing.pieces == 1]
    multi_buy = next(listing for listing in goods if _pair(listing, Kind.N_FOR_X))
    coupon = thing(counter, "coupon")["code"]
    plain = [listing for listing in goods if not listing.takings and not listing.product.min_age]
    labels = [entry["code"] for entry in counter if entry["kind"] == "label"]
    by_price, label_minor = _label(prices, labels, "price")
    by_weight, grams_minor = _label(prices, labels, "weight")
    loose = next(good for good in prices.loose_goods(now) if good.product.unit is Unit.PIECE and not good.takings)
    weighed = next(good for good in prices.loose_goods(now) if good.product.unit is Unit.KG)
    prices.close()
    return Wares(
        multi_buy=multi_buy,
        cheaper_second=next(listing for listing in goods if _pair(listing, Kind.NTH_ITEM)),
        coupon=next(one for one in multi_buy.campaigns if one.coupon == coupon),
        plain=tuple(plain[:_PLAIN_GOODS]),
        removed=plain[_PLAIN_GOODS],
        price_label=by_price,
        weight_label=by_weight,
        unknown=thing(counter, _UNKNOWN)["code"],
        loose=loose,
        weighed=weighed,
        weight_minor=grams_minor,
        label_minor=label_minor,
    )


def _pair(listing: Listing, kind: Kind) -> Terms | None:
    """What an offer of that kind gives for two of these goods."""
    found = (one.terms for one in listing.campaigns if one.terms.kind is kind and one.terms.quantity == _PAIR)
    return next(found, None)


def _label(prices: PriceList, codes: list[str], carries: str) -> tuple[str, int]:
    """A label on the counter that carries only a price or a weight, and what it costs in minor units."""
    now = datetime.now(UTC)
    for code in codes:
        for template in prices.templates:
            reading = template.read(code)
            listing = prices.find_item(reading.item, now) if reading else None
            if reading is None or listing is None:
                continue
            if carries == "price" and reading.price_minor is not None and reading.grams is None:
                return code, reading.price_minor
            if carries == "weight" and reading.grams is not None and reading.price_minor is None:
                return code, divide_half_up(reading.grams * listing.price.unit_minor, 1000)
    raise NotSeen(f"the demo shop's counter has no {carries} label")


class Visit:
    """One shopper from the first scan to the receipt."""

    def __init__(self, screen: ScreenReader, wares: Wares, wallets: Mapping[str, str], language: str) -> None:
        self._screen = screen
        self._wares = wares
        self._wallets = wallets
        self._language = language
        self._currency = "CNY"
        self._line = 0
        self.total_minor = 0
        self.saved_minor = 0

    def shop(self, moment: Moment) -> None:
        """Fill the basket; every line, total and word is seen before the next step."""
        self._screen.to_idle()
        moment("idle")
        self._screen.touch("startButton")
        self._screen.wait(lambda: self._screen.shows("payButton"), "the empty basket")
        moment("basket-empty")
        self._take_two(moment)
        self._add(self._wares.price_label, self._wares.label_minor)
        self._add(self._wares.weight_label, self._wares.weight_minor)
        for listing in self._wares.plain:
            self._add(listing.code, listing.price.unit_minor, listing)
        self._change_quantity(moment)
        self._remove()
        self._pick_loose(moment)
        self._unknown_code(moment)
        self._show_coupon()
        moment("basket")

    def pay(self, moment: Moment, *, ending: str = "00") -> None:
        """Pay with the wallet code that ends so, up to the last screen."""
        self.to_pay_screen(moment)
        self._screen.scan(self._wallets[ending])
        self.see_done(moment)

    def to_pay_screen(self, moment: Moment) -> None:
        """From the basket to the ways to pay."""
        self._screen.touch("payButton")
        self._see("payTotal", self.total_minor)
        moment("pay")

    def see_done(self, moment: Moment) -> None:
        """The last screen says what was paid and saved."""
        self._see("doneTotal", self.total_minor)
        if self.saved_minor and self._money(self.saved_minor) not in self._screen.text("doneSaved"):
            raise NotSeen(f"saved {self._money(self.saved_minor)} on the last screen")
        moment("done")

    def _take_two(self, moment: Moment) -> None:
        """One of a multi-buy, and the screen says what a second would save; it does, and the line says by how much."""
        listing = self._wares.multi_buy
        terms = _pair(listing, Kind.N_FOR_X)
        together_minor = (terms.price if terms else None) or 0
        self._add(listing.code, listing.price.unit_minor, listing)
        self._hinted(_PAIR * listing.price.unit_minor - together_minor)
        moment("basket-hint")
        self._screen.scan(listing.code)
        self.total_minor += together_minor - listing.price.unit_minor
        listed = listing.price.list_minor or listing.price.unit_minor
        self.saved_minor += listed + listing.price.unit_minor - together_minor
        self._see(f"line-{self._line}-price", together_minor)
        self._see("totalText", self.total_minor)

    def _add(self, code: str, minor: int, listing: Listing | None = None) -> None:
        self._screen.scan(code)
        self._added(minor, listing)

    def _added(self, minor: int, listing: Listing | None) -> None:
        self._line += 1
        self.total_minor += minor
        if listing is not None:
            self.saved_minor += (listing.price.list_minor or minor) - minor
            name = listing.product.name(self._language)
            self._screen.wait(
                lambda: name in self._screen.text(f"line-{self._line}-name").replace("\u00a0", " "), f"the line {name}"
            )
        self._see(f"line-{self._line}-price", minor)
        self._see("totalText", self.total_minor)

    def _change_quantity(self, moment: Moment) -> None:
        """One more by the plus, which costs less, as the screen said before."""
        listing = self._wares.cheaper_second
        terms, unit_minor = _pair(listing, Kind.NTH_ITEM), listing.price.unit_minor
        percent_bp = (terms.percent_bp if terms else None) or 0
        second_minor = divide_half_up(unit_minor * (_BASIS_POINTS - percent_bp), _BASIS_POINTS)
        self._add(listing.code, unit_minor, listing)
        self._hinted(unit_minor - second_minor)
        self._screen.touch(f"line-{self._line}-plus")
        self.total_minor += second_minor
        self.saved_minor += (listing.price.list_minor or unit_minor) - second_minor
        self._see(f"line-{self._line}-price", unit_minor + second_minor)
        self._see("totalText", self.total_minor)
        moment("basket-quantity")

    def _remove(self) -> None:
        listing, total, saved = self._wares.removed, self.total_minor, self.saved_minor
        self._add(listing.code, listing.price.unit_minor, listing)
        self._screen.touch(f"line-{self._line}-remove")
        self.total_minor, self.saved_minor = total, saved
        gone = f"line-{self._line}-name"
        self._screen.wait(lambda: not self._screen.shows(gone), "the removed line to go")
        self._see("totalText", total)

    def _pick_loose(self, moment: Moment) -> None:
        """Loose goods by picture: category, product, quantity."""
        listing = self._wares.loose
        self._screen.touch("looseButton")
        self._screen.wait(lambda: self._screen.shows(f"category-{listing.product.category}"), "the categories")
        moment("loose-goods")
        self._screen.touch(f"category-{listing.product.category}")
        for letter in listing.product.names["en"][:3].upper():
            self._screen.touch(f"letter-{letter}")
        self._screen.wait(lambda: self._screen.shows(f"good-{listing.product.sku}"), "the goods found")
        moment("loose-search")
        self._screen.touch(f"good-{listing.product.sku}")
        self._screen.wait(lambda: self._screen.shows("quantityAdd"), "the quantity of loose goods")
        moment("loose-quantity")
        self._screen.touch("quantityAdd")
        self._added(listing.price.unit_minor, listing)

    def _unknown_code(self, moment: Moment) -> None:
        """A code that the shop does not know stays in sight and stops paying until it is put back."""
        self._screen.scan(self._wares.unknown)
        self._line += 1
        line = f"line-{self._line}"
        self._screen.wait(lambda: any(self._wares.unknown in word for word in self._screen.words()), "the unknown code")
        self._see("totalText", self.total_minor)
        moment("basket-unknown")
        self._screen.touch(f"{line}-remove")
        self._screen.wait(lambda: not self._screen.shows(f"{line}-remove"), "the unknown code to go")

    def _hinted(self, minor: int) -> None:
        """The screen says how to save so much; it stands in nobody's way."""
        wanted = tag_money_text(minor, self._currency, self._language)
        self._screen.wait(lambda: wanted in self._screen.text("hintLead"), f"a hint that saves {wanted}")

    def _show_coupon(self) -> None:
        """A coupon is scanned like goods; it says what it saves, and could be taken back there."""
        coupon = self._wares.coupon
        off_minor = coupon.terms.off or 0
        if self.total_minor < coupon.terms.amount_from:
            raise NotSeen(f"a basket that the coupon {coupon.coupon} is for: it comes to {self.total_minor} only")
        self._screen.scan(coupon.coupon)
        self.total_minor -= off_minor
        self.saved_minor += off_minor
        self._see(f"coupon-{coupon.coupon}-amount", off_minor)
        self._see("totalText", self.total_minor)

    def _see(self, name: str, minor: int) -> None:
        wanted = self._money(minor)
        self._screen.wait(lambda: wanted in self._screen.text(name).replace("\u2212", "-"), f"{wanted} as {name}")

    def _money(self, minor: int) -> str:
        """The figures of an amount, without its sign: screens set the sign apart."""
        return money_text(minor, self._currency, self._language).lstrip("¥CN ").replace("CN¥", "")
