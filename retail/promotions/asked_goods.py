"""What the entries of an asked basket are in the shop's list: lines as a lane has them, or a sentence why not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Protocol

from retail.line import Line
from retail.product import Listing, Unit
from retail.promotions.ask import MOST_PIECES, Entry
from retail.promotions.body import reference
from retail.promotions.campaign import Campaign
from retail.router import PriceLookup, ProductScan, RefusedScan, Resolution, Why, resolve


class AskedList(PriceLookup, Protocol):
    """What the list must answer beside the router's questions."""

    def find_sku(self, sku: str, at: datetime) -> Listing | None: ...


@dataclass(frozen=True, slots=True)
class AskedGoods:
    """The lines, in the order of their entries, and the campaigns that they take part in, by reference."""

    lines: tuple[Line, ...]
    campaigns: Mapping[str, Campaign]


_ELSEWHERE: Final = frozenset({Why.UNKNOWN, Why.LABEL_UNKNOWN})  # a number of loose goods, or a SKU, may still be meant
_REASONS: Final = {
    Why.UNKNOWN: "is not in this price list",
    Why.EXPIRED: "is past the last day to sell that its code names",
    Why.RECALLED: "was called back and must not be sold",
    Why.LABEL_UNKNOWN: "is a label of goods that are not in this price list, or that does not fit them",
    Why.LABEL_DAMAGED: "is a label whose check digit is wrong, so that its amount cannot be trusted",
    Why.OTHER_CURRENCY: "carries a price in another currency",
    Why.CONTRADICTORY: "is a code that contradicts itself, or carries an amount beyond belief",
}
_NO_GOODS: Final = "is no code of goods; coupons and clubs are asked for beside the basket"
_WEIGH: Final = "is weighed goods; give weight_g, in grams, instead of a quantity"
_PIECE: Final = "is sold by the piece; give a quantity instead of weight_g"
_CARRIES: Final = "carries its own weight or price; leave weight_g and quantity out, and give each label an entry"
_SINGLE: Final = "is an item with a serial number of its own; it can be sold once"


def asked_goods(
    entries: Iterable[Entry],
    *,
    at: datetime,
    lookup: AskedList,
    currency: str,
    references: MutableMapping[str, str] | None = None,
) -> AskedGoods:
    """The lines of entries at an aware moment in the shop's zone. AskRefused for the first that cannot be sold so.

    `references`: what is kept from question to question of the same list, the references of campaigns by their ids.
    """
    known: MutableMapping[str, str] = {} if references is None else references
    lines: list[Line] = []
    campaigns: dict[str, Campaign] = {}
    items: set[tuple[str, str]] = set()
    for entry in entries:
        scan = _scan(entry, _resolved(entry, at, lookup, currency))
        item = (scan.gtin or scan.listing.product.sku, scan.serial)
        if scan.serial and item in items:
            raise entry.refused(_SINGLE)
        items.add(item)
        campaigns |= {_reference(campaign, known): campaign for campaign in scan.listing.campaigns}
        lines.append(_line(entry, scan))
    return AskedGoods(tuple(lines), campaigns)


def _resolved(entry: Entry, at: datetime, lookup: AskedList, currency: str) -> Resolution:
    """As a lane resolves a scan; what is nothing to scan may be a number of loose goods, or a SKU."""
    code = entry.code.strip()
    found = resolve(code, at=at, lookup=lookup, currency=currency)
    if isinstance(found, RefusedScan) and found.why in _ELSEWHERE:
        listing = lookup.find_item(code, at) or lookup.find_sku(code, at)
        if listing is not None:
            return _by_number(listing, at, lookup)
    return found


def _by_number(listing: Listing, at: datetime, lookup: AskedList) -> Resolution:
    reason = lookup.recall(listing.product.sku, "", "", at)
    if reason is not None:
        return RefusedScan(listing.code, Why.RECALLED, listing, reason)
    if listing.product.unit is Unit.KG:
        return RefusedScan(listing.code, Why.NEEDS_WEIGHT, listing)
    return ProductScan(listing)


def _scan(entry: Entry, found: Resolution) -> ProductScan:
    """The goods, with the weight that the entry gives where the code has none."""
    if isinstance(found, RefusedScan) and found.why is Why.NEEDS_WEIGHT and found.listing is not None:
        if found.listing.product.unit is not Unit.KG:
            raise entry.refused(_REASONS[Why.LABEL_UNKNOWN])
        if entry.weight_g is None:
            raise entry.refused(_WEIGH)
        return ProductScan(found.listing, grams=entry.weight_g)
    if isinstance(found, RefusedScan):
        reason = _REASONS.get(found.why, _NO_GOODS)
        raise entry.refused(f"{reason}: {found.reason}" if found.reason else reason)
    if not isinstance(found, ProductScan):
        raise entry.refused(_NO_GOODS)
    _check_amounts(entry, found)
    return found


def _check_amounts(entry: Entry, scan: ProductScan) -> None:
    single = entry.weight_g is None and entry.quantity in {None, 1}
    if (scan.grams is not None or scan.label_minor is not None) and not single:
        raise entry.refused(_CARRIES)
    if entry.weight_g is not None:
        raise entry.refused(_PIECE)
    if scan.serial and not single:
        raise entry.refused(_SINGLE)
    if scan.listing.pieces * (entry.quantity or 1) > MOST_PIECES:
        raise entry.refused(f"is more than {MOST_PIECES} pieces; ask for fewer")


def _line(entry: Entry, scan: ProductScan) -> Line:
    product, price = scan.listing.product, scan.listing.price
    return Line(
        number=entry.number,
        code=entry.code,
        sku=product.sku,
        names=product.names,
        unit=product.unit,
        quantity=scan.listing.pieces * (1 if scan.grams is not None else entry.quantity or 1),
        grams=scan.grams,
        unit_minor=price.unit_minor,
        list_minor=price.list_minor,
        price_kind=price.kind,
        label_minor=scan.label_minor,
        tax_rate_bp=product.tax_rate_bp,
        takings=scan.listing.takings,
        discountable=product.discountable,
        lowest_minor=price.lowest_minor,
    )


def _reference(campaign: Campaign, known: MutableMapping[str, str]) -> str:
    """A list has one campaign of an id."""
    if campaign.id not in known:
        known[campaign.id] = reference(campaign)
    return known[campaign.id]
