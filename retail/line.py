"""One line of a basket, and how the journal writes and reads it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from retail.events import Body
from retail.known_campaigns import Brought, Known, brought, takings_in
from retail.product import Listing, PriceKind, Unit, name_in
from retail.promotions.body import campaign_body, taking_body
from retail.promotions.campaign import Campaign, Taking

# Problems of goods that may be sold after all, once staff have looked at them.
CLEARABLE: Final = frozenset({"recall_check"})


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a basket. `problem` is set on what cannot be sold as it is; such a line costs nothing.

    `unit_minor` is the price of a piece or kilogram in minor units as shown when the line was added, or a lower one
    since; `label_minor` the price a shop label carries (then quantity does not multiply it). An item that is sold once
    has a `serial`, which is unique within its `gtin`. `cleared`: the marks of recalls (retail.recall) for which
    somebody has looked at the goods. `grams` is net; `weighed` says whether a 'label' told them or the lane's own
    'scale', and `tare_grams` what was taken off for bag or tray. `brand`: in a mall, whose goods they are.
    """

    number: int
    code: str
    sku: str = ""
    names: Mapping[str, str] = field(default_factory=dict)
    unit: Unit = Unit.PIECE
    quantity: int = 1
    grams: int | None = None
    unit_minor: int = 0
    list_minor: int | None = None
    price_kind: PriceKind = PriceKind.LIST
    label_minor: int | None = None
    tax_rate_bp: int = 0
    min_age: int = 0
    picture: str = ""
    takings: tuple[Taking, ...] = ()
    problem: str = ""
    serial: str = ""
    lot: str = ""
    gtin: str = ""
    cleared: tuple[str, ...] = ()
    weighed: str = ""
    tare_grams: int = 0
    discountable: bool = True
    lowest_minor: int | None = None
    brand: str = ""

    @property
    def by_piece(self) -> bool:
        """Whether pieces are sold at the list's price: not for labels and weighed goods."""
        return not self.problem and self.grams is None and self.label_minor is None

    @property
    def countable(self) -> bool:
        """Whether the shopper may change how many: not of an item of its own, or of what staff looked at."""
        return self.by_piece and not self.serial and not self.cleared

    @property
    def item(self) -> str:
        """What a serial number is unique within: the GTIN, or the shop's own number of what has none."""
        return self.gtin or self.sku

    def name(self, language: str) -> str:
        """Name in a language, see retail.product.name_in."""
        return name_in(self.names, language) or self.sku or self.code


@dataclass(frozen=True, slots=True)
class Marks:
    """What is known of the goods themselves, beside which product they are; empty where it is not."""

    serial: str = ""
    lot: str = ""
    gtin: str = ""
    weighed: str = ""
    tare_grams: int = 0

    def body(self) -> dict[str, Any]:
        """As an event's body has them: only what is known, as most goods have none."""
        named: dict[str, Any] = {"serial": self.serial, "lot": self.lot, "gtin": self.gtin if self.serial else ""}
        known = {name: value for name, value in named.items() if value}
        return known | ({"weighed": self.weighed, "tare_grams": self.tare_grams} if self.weighed else {})


def line_body(
    listing: Listing,
    *,
    number: int,
    grams: int | None = None,
    label_minor: int | None = None,
    marks: Marks | None = None,
    known: Known = MappingProxyType({}),
) -> dict[str, Any]:
    """Body of line.added: all that is needed to price and show the line again without the price list.

    `known`: the campaigns that the sale has already, which are not written again.
    """
    product, price = listing.product, listing.price
    rare: dict[str, Any] = {"brand": product.brand} if product.brand else {}
    rare |= {"lowest_minor": price.lowest_minor} if price.lowest_minor is not None else {}
    return (
        (marks.body() if marks else {})
        | rare
        | _campaign_bodies(brought(listing, known))
        | _exempt(listing)
        | {
            "line": number,
            "code": listing.code,
            "sku": product.sku,
            "names": dict(product.names),
            "unit": product.unit.value,
            "quantity": listing.pieces,
            "grams": grams,
            "unit_minor": price.unit_minor,
            "list_minor": price.list_minor,
            "price_kind": price.kind.value,
            "label_minor": label_minor,
            "tax_rate_bp": product.tax_rate_bp,
            "min_age": product.min_age,
            "picture": product.picture,
        }
    )


def unknown_body(number: int, code: str, problem: str, listing: Listing | None, *, why: str = "") -> dict[str, Any]:
    """Body of line.unknown: what was scanned, and what it is where that is known; `why` in the shop's own words."""
    body: dict[str, Any] = {"line": number, "code": code, "reason": problem}
    if listing is not None:
        product = listing.product
        body |= {"sku": product.sku, "names": dict(product.names), "picture": product.picture}
    return body | ({"why": why} if why else {})


def stopped_body(number: int, problem: str, why: str = "") -> dict[str, Any]:
    """Body of line.stopped: why a line cannot be sold any more, or not yet; `why` in the shop's own words."""
    return {"line": number, "reason": problem} | ({"why": why} if why else {})


def repriced_body(line: Line, *, revision: int, campaigns: Iterable[Campaign] = ()) -> dict[str, Any]:
    """Body of line.repriced: the line's new terms, the revision of the price list that they are from, and the campaigns
    that come new into the sale with it."""
    rare = {"lowest_minor": line.lowest_minor} if line.lowest_minor is not None else {}
    return (
        rare
        | _campaign_bodies(Brought(line.takings, tuple(campaigns)))
        | {
            "line": line.number,
            "unit_minor": line.unit_minor,
            "list_minor": line.list_minor,
            "price_kind": line.price_kind.value,
            "revision": revision,
        }
    )


def _campaign_bodies(found: Brought) -> dict[str, Any]:
    """As an event's body has them: most goods take part in nothing, and bring nothing new."""
    body: dict[str, Any] = {}
    if found.takings:
        body["takings"] = [taking_body(one) for one in found.takings]
    if found.campaigns:
        body["campaigns"] = [campaign_body(one) for one in found.campaigns]
    return body


def _exempt(listing: Listing) -> dict[str, Any]:
    return {} if listing.product.discountable else {"discountable": False}


def added_line(body: Body) -> Line:
    """The line of line.added."""
    return Line(
        number=body["line"],
        code=body["code"],
        sku=body["sku"],
        names=body["names"],
        unit=Unit(body["unit"]),
        quantity=body["quantity"],
        grams=body["grams"],
        unit_minor=body["unit_minor"],
        list_minor=body["list_minor"],
        price_kind=PriceKind(body["price_kind"]),
        label_minor=body["label_minor"],
        tax_rate_bp=body["tax_rate_bp"],
        min_age=body["min_age"],
        picture=body["picture"],
        takings=takings_in(body),
        discountable=bool(body.get("discountable", True)),
        lowest_minor=body.get("lowest_minor"),
        brand=str(body.get("brand") or ""),
        **_marks(body),
    )


def unknown_line(body: Body) -> Line:
    """The line of line.unknown: what cannot be sold, with its name where that is known."""
    return Line(
        number=body["line"],
        code=body["code"],
        sku=str(body.get("sku") or ""),
        names=body.get("names") or {},
        picture=str(body.get("picture") or ""),
        problem=body["reason"],
        **_marks(body),
    )


def _marks(body: Body) -> dict[str, Any]:
    """What earlier versions did not write."""
    words = {name: str(body.get(name) or "") for name in ("serial", "lot", "gtin", "weighed")}
    return words | {"tare_grams": int(body.get("tare_grams") or 0)}
