"""What a scan or a touch does to the basket: drafts for the journal and a word to the shopper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from retail.events import Draft, EventKind
from retail.known_campaigns import brought
from retail.line import Marks, stopped_body, unknown_body
from retail.product import Listing, Unit
from retail.router import ProductScan, RefusedScan, Why
from retail.sale import Line, Sale, line_body

MAX_QUANTITY: Final = 99
MAX_LINES: Final = 500

# Goods that cannot be sold stay on the list as a problem until put right: `basket.problem_<problem>`.
STAYS_AS_PROBLEM: Final = {
    Why.UNKNOWN: "unknown",
    Why.EXPIRED: "expired",
    Why.RECALLED: "recalled",
    Why.SOLD_ALREADY: "sold_already",
    Why.LABEL_UNKNOWN: "label_unknown",
    Why.OTHER_CURRENCY: "label_unknown",
    Why.LABEL_DAMAGED: "label_damaged",
    Why.CONTRADICTORY: "label_damaged",
}
# What is no goods is only a word: `notice.<code>`.
ONLY_A_WORD: Final = {
    Why.WALLET_TOO_EARLY: "wallet_too_early",
    Why.LABEL_OR_WALLET: "label_or_wallet",
    Why.URL: "url_ignored",
    Why.COMPRESSED_LINK: "compressed_link",
    Why.NOT_FOR_SALE: "no_goods",
}
_PROBLEM_WORDS: Final = {"unknown": "unknown_code"}  # the others are said as they are called


@dataclass(frozen=True, slots=True)
class Word:
    """A notice to be shown: catalogue key `notice.<code>`; `listing` fills the name in the shopper's language."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    good: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be written, which line it touches, and what is said; `draft` None changes nothing.

    `then` is written in the same transaction.
    """

    draft: Draft | None
    line: int
    word: Word
    then: Draft | None = None


def add_product(sale: Sale, scan: ProductScan, *, look: bool = False) -> Change:
    """Put a product on the basket; a piece that is there already at the same price counts up instead.

    `look`: staff must look at it before it may be sold.
    """
    listing = scan.listing
    same = None if look else _same_line(sale, scan)
    if same is not None:
        return change_quantity(sale, same.number, same.quantity + listing.pieces, why="scan")
    for limit, there in ((MAX_LINES - 1, len(sale.lines)), (MAX_QUANTITY, listing.pieces)):
        if there > limit:
            return Change(None, 0, Word("limit_reached", {"n": str(max(limit, MAX_QUANTITY))}))
    number = sale.last_line + 1
    weighed = scan.weighed or ("" if scan.grams is None else "label")
    marks = Marks(scan.serial, scan.lot, scan.gtin, weighed, scan.tare_grams)
    body = line_body(
        listing,
        number=number,
        grams=scan.grams,
        label_minor=scan.label_minor,
        marks=marks,
        known=sale.campaigns,
    )
    added = Draft(EventKind.LINE_ADDED, sale.id, body)
    names = listing.product.names
    if not look:
        return Change(added, number, Word("added", names=names, good=True))
    stopped = Draft(EventKind.LINE_STOPPED, sale.id, stopped_body(number, "recall_check"))
    return Change(added, number, Word("recall_check", names=names), stopped)


def item_there(sale: Sale, scan: ProductScan) -> Change | None:
    """The answer to an item with a serial number that is in the basket already; None if it is not."""
    item = scan.gtin or scan.listing.product.sku
    for line in sale.lines:
        if scan.serial and (line.item, line.serial) == (item, scan.serial):
            return Change(None, line.number, Word("already_in_basket", names=line.names))
    return None


def loose_scan(listing: Listing, quantity: int) -> ProductScan | None:
    """Loose goods that the shopper picked by picture, as if they were scanned; None: they must be weighed first."""
    if listing.product.unit is Unit.KG:
        return None
    return ProductScan(replace(listing, pieces=quantity))


def add_refused(sale: Sale, scan: RefusedScan) -> Change:
    """Answer a scan that is no product: what cannot be sold stays in sight, so that it is not left unpaid."""
    names = scan.listing.product.names if scan.listing else {}
    problem = STAYS_AS_PROBLEM.get(scan.why)
    if problem is None:
        return Change(None, 0, Word(_WORDS.get(scan.why, "cannot_now"), names=names))
    word = Word(_PROBLEM_WORDS.get(problem, problem), {"code": scan.code}, names or {"": scan.code})
    there = next((line for line in sale.lines if (line.code, line.problem) == (scan.code, problem)), None)
    if there is not None:
        return Change(None, there.number, word)
    if len(sale.lines) >= MAX_LINES:
        return Change(None, 0, Word("limit_reached", {"n": str(MAX_LINES)}))
    number = sale.last_line + 1
    body = unknown_body(number, scan.code, problem, scan.listing, why=scan.reason)
    return Change(Draft(EventKind.LINE_UNKNOWN, sale.id, body), number, word)


def change_quantity(sale: Sale, number: int, quantity: int, *, why: str) -> Change:
    """Set how many pieces a line has; nothing under one (removing is its own act) or over the limit."""
    line = sale.line(number)
    if not line.countable or quantity < 1:
        return Change(None, number, Word("cannot_now"))
    if quantity > MAX_QUANTITY:
        return Change(None, number, Word("limit_reached", {"n": str(MAX_QUANTITY)}))
    word = Word("quantity", {"n": str(quantity)}, line.names, good=True)
    body = {"line": number, "quantity": quantity, "why": why}
    return Change(Draft(EventKind.LINE_QUANTITY_CHANGED, sale.id, body), number, word)


def remove_line(sale: Sale, number: int, *, by: str) -> Change:
    """Take a line off; `by` is 'shopper' or the attendant's name."""
    line = sale.line(number)
    word = Word("removed", {"code": line.code}, line.names or {"": line.code}, good=True)
    return Change(Draft(EventKind.LINE_VOIDED, sale.id, {"line": number, "by": by}), number, word)


def _same_line(sale: Sale, scan: ProductScan) -> Line | None:
    """A line that this product counts up: same goods of one lot, at the price and offers that were shown for it."""
    listing = scan.listing
    if scan.serial or scan.grams is not None or scan.label_minor is not None:
        return None
    for line in reversed(sale.lines):
        if (line.sku, line.lot) == (listing.product.sku, scan.lot) and line.countable:
            takings = brought(listing, sale.campaigns).takings
            same = (line.unit_minor, line.takings) == (listing.price.unit_minor, takings)
            return line if same else None
    return None


_WORDS: Final = {Why.NEEDS_WEIGHT: "weigh_at_counter", **ONLY_A_WORD}
