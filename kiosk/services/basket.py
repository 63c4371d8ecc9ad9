"""What a scan or a touch does to the basket: drafts for the journal and a word to the shopper."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from retail.events import Draft, EventKind
from retail.product import Listing, Unit
from retail.router import ProductScan, RefusedScan, Why
from retail.sale import Line, Sale, line_body

MAX_QUANTITY: Final = 99
MAX_LINES: Final = 500

# These stay on the list as a problem until put right; the others are only a word to the shopper.
_STAYS_AS_PROBLEM: Final = {Why.UNKNOWN: "unknown", Why.EXPIRED: "expired", Why.LABEL_UNKNOWN: "label_unknown"}


@dataclass(frozen=True, slots=True)
class Word:
    """A notice to be shown: catalogue key `notice.<code>`; `listing` fills the name in the shopper's language."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    good: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What is to be written, which line it touches, and what is said; `draft` None changes nothing."""

    draft: Draft | None
    line: int
    word: Word


def add_product(sale: Sale, scan: ProductScan) -> Change:
    """Put a product on the basket; a piece that is there already at the same price counts up instead."""
    listing = scan.listing
    same = _same_line(sale, listing) if scan.grams is None and scan.label_minor is None else None
    if same is not None:
        return change_quantity(sale, same.number, same.quantity + listing.pieces, why="scan")
    if len(sale.lines) >= MAX_LINES:
        return Change(None, 0, Word("limit_reached", {"n": str(MAX_LINES)}))
    number = sale.last_line + 1
    body = line_body(listing, number=number, grams=scan.grams, label_minor=scan.label_minor)
    word = Word("added", names=listing.product.names, good=True)
    return Change(Draft(EventKind.LINE_ADDED, sale.id, body), number, word)


def add_loose(sale: Sale, listing: Listing, quantity: int) -> Change:
    """Put loose goods on the basket that the shopper picked by picture; weighed ones need a label first."""
    if listing.product.unit is Unit.KG:
        return Change(None, 0, Word("weigh_at_counter", names=listing.product.names))
    counted = Listing(listing.code, listing.product, listing.price, quantity, listing.offers)
    return add_product(sale, ProductScan(counted))


def add_refused(sale: Sale, scan: RefusedScan) -> Change:
    """Answer a scan that is no product: what cannot be sold stays in sight, so that it is not left unpaid."""
    names = scan.listing.product.names if scan.listing else {}
    problem = _STAYS_AS_PROBLEM.get(scan.why)
    if problem is None:
        return Change(None, 0, Word(_WORDS[scan.why], names=names))
    word = Word("unknown_code" if problem == "unknown" else problem, {"code": scan.code}, names)
    there = next((line for line in sale.lines if line.code == scan.code and line.problem), None)
    if there is not None:
        return Change(None, there.number, word)
    number = sale.last_line + 1
    body = {"line": number, "code": scan.code, "reason": problem}
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


def _same_line(sale: Sale, listing: Listing) -> Line | None:
    """A line that this product counts up: same goods at the price and offers that were shown for it."""
    for line in reversed(sale.lines):
        if line.sku == listing.product.sku and line.countable:
            same = (line.unit_minor, line.offers) == (listing.price.unit_minor, listing.offers)
            return line if same else None
    return None


_WORDS: Final = {
    Why.NEEDS_WEIGHT: "weigh_at_counter",
    Why.WALLET_TOO_EARLY: "wallet_too_early",
    Why.URL: "url_ignored",
}
