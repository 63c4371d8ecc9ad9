"""Special prices of the Croatian chain Konzum as campaigns of one product each, from its daily price list.

Its import brings the same prices as special prices of the list; this is for whoever wants to look at them alone, and
at those that are none: above the list price, or above the lowest price of the 30 days before.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hub.imports.codes import clean_code
from hub.imports.errors import ImportRefused, RowRefused
from hub.imports.konzum import CURRENCY, KonzumFormat
from hub.imports.rules import FeedRow
from hub.imports.source import inspect
from hub.imports.table import CsvTable
from hub.promotions.feeds.reader import FeedOptions, Understood
from hub.promotions.found import Found, Named, NotUnderstood
from hub.shops import Shop
from retail.promotions.campaign import Campaign, Kind, Terms

ABOVE_LOWEST: Final = "special_above_lowest"
ABOVE_LIST: Final = "special_not_lower"
_FALLBACK: Final = "cp1250"


def read_konzum(path: Path, shop: Shop, options: FeedOptions) -> Iterator[Understood]:
    """The special prices of a list. Raises ImportRefused for a file that is none, or not a whole one."""
    if shop.currency != CURRENCY:
        raise ImportRefused(f"{path}: its prices are in {CURRENCY}, the store sells in {shop.currency}")
    if options.feed_store is not None:
        raise ImportRefused(f"{path}: --feed-store is for feeds of several stores; a konzum list is of one")
    table = CsvTable(inspect(path, fallback=_FALLBACK))
    try:
        form = KonzumFormat(table)
        ids = set[str]()
        for line, fields, shape in table.rows():
            row = None if shape else form.row(line, fields)
            if row is not None and row.special_text.strip():
                yield _special(row, form, ids)
    finally:
        table.close()


def _special(row: FeedRow, form: KonzumFormat, ids: set[str]) -> Understood:
    name = " ".join(row.names["hr"].split())
    said = f"{name} {row.special_text}"
    id_ = _fresh(f"konzum-{row.sku or next(iter(row.codes))}", ids)
    try:
        codes = tuple(dict.fromkeys(clean_code(code)[0] for code in row.codes if code.strip()))
        if not codes:
            raise RowRefused("no_code", "it has no code")  # noqa: TRY301 - as clean_code does
        price = form.amounts.price(row.special_text)
        remarks = _above(row, price, form)
    except RowRefused as exc:
        return NotUnderstood(row.line, f"line {row.line}", id_, said, exc.reason, str(exc))
    campaign = Campaign(id=id_, terms=Terms(Kind.SPECIAL_PRICE, price=price), names={"hr": name})
    return Found(row.line, f"line {row.line}", campaign, (Named(codes=codes),), text=said, remarks=remarks)


def _above(row: FeedRow, price: int, form: KonzumFormat) -> tuple[tuple[str, str], ...]:
    """What a special price is not below; RowRefused if that is the list price."""
    if row.list_text.strip() and price >= form.amounts.price(row.list_text):
        raise RowRefused(ABOVE_LIST, f"its special price {row.special_text} is not below its price {row.list_text}")
    if not row.lowest_text.strip() or price <= form.amounts.price(row.lowest_text):
        return ()
    text = f"{row.special_text} is above {row.lowest_text}, the lowest price of the 30 days before"
    return ((ABOVE_LOWEST, text),)


def _fresh(id_: str, ids: set[str]) -> str:
    """The id, with a number if the list has it already: a product may stand there under several codes."""
    number, found = 1, id_
    while found in ids:
        number += 1
        found = f"{id_}#{number}"
    ids.add(found)
    return found
