"""A file of campaigns, CSV or TOML: multi-buys and special prices of one store, with their validity."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hub.imports.amounts import Amounts
from hub.imports.codes import clean_code
from hub.imports.errors import RowRefused
from hub.imports.fields import whole_number
from hub.rows_file import Columns, FileRow, Mistakes, read_rows
from hub.rules_file import currency_of, validity
from hub.shops import Shop
from hub.stock_file import check_store

N_FOR_X: Final = "n_for_x"
SPECIAL: Final = "special"
_KINDS: Final = (N_FOR_X, SPECIAL)
_SHARED: Final = ("store", "kind", "currency", "valid_from", "valid_until")
_COLUMNS: Final = Columns(
    "campaigns", ("id", "skus", "codes", "quantity", "price", *_SHARED), ("id", "price"), _SHARED, named=True
)
_MOST_PIECES: Final = 1000
_LONGEST_ID: Final = 64


@dataclass(frozen=True, slots=True)
class Campaign:
    """One campaign: `quantity` pieces cost `minor` together, or for kind special one piece or kilogram does."""

    number: int
    place: str
    id: str
    kind: str
    skus: tuple[str, ...]
    codes: tuple[str, ...]
    quantity: int
    minor: int
    names: dict[str, str]
    valid_from: int | None
    valid_until: int | None


def read_campaigns(path: Path, shop: Shop) -> list[Campaign]:
    """The campaigns of a file. ImportRefused names each mistake with its line and remedy.

    A `valid_until` without a time of day includes that day; times without an offset are the store's own.
    """
    mistakes = Mistakes(path)
    seen: dict[str, str] = {}
    found = []
    for row in read_rows(path, _COLUMNS):
        campaign = mistakes.read(row, lambda one: _campaign(one, shop))
        if campaign is None:
            continue
        first = seen.setdefault(campaign.id, row.place)
        if first != row.place:
            mistakes.add(row.place, f"its id {campaign.id!r} stands in {first} already; give each its own")
        found.append(campaign)
    mistakes.refuse()
    return found


def _campaign(row: FileRow, shop: Shop) -> Campaign:
    check_store(row, shop)
    currency = currency_of(row.text("currency")) or shop.currency
    if currency != shop.currency:
        raise RowRefused("other_currency", f"its price is in {currency}, the store sells in {shop.currency}")
    kind = row.choice("kind", _KINDS, N_FOR_X)
    begins, ends = validity(row, lambda: shop.zone)
    skus, codes = row.texts("skus"), tuple(clean_code(code)[0] for code in row.texts("codes"))
    if not skus and not codes:
        raise RowRefused("no_code", "it names no product; write skus or codes")
    return Campaign(
        number=row.number,
        place=row.place,
        id=_id(row.text("id")),
        kind=kind,
        skus=skus,
        codes=codes,
        quantity=_quantity(row, kind),
        minor=Amounts(shop.currency, ".").price(row.text("price")),
        names=row.names(),
        valid_from=begins,
        valid_until=ends,
    )


def _id(text: str) -> str:
    if not text or len(text) > _LONGEST_ID or not text.isprintable():
        raise RowRefused("bad_id", f"its id {text!r} is none; write a name of your own, up to {_LONGEST_ID} signs")
    return text


def _quantity(row: FileRow, kind: str) -> int:
    text = row.text("quantity")
    pieces = whole_number(text, "quantity", _MOST_PIECES)
    if kind == SPECIAL and pieces > 1:
        raise RowRefused("bad_quantity", "a special price is for one; leave its quantity empty, or write n_for_x")
    if kind == N_FOR_X and pieces < 2:  # noqa: PLR2004 - one for x is a special price
        raise RowRefused("bad_quantity", f"its quantity {text!r} is not from 2 to {_MOST_PIECES}")
    return max(pieces, 1)
