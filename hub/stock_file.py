"""A file of counted stock, CSV or TOML: how much of each product a store has, and when that was so."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Final

from hub.imports.codes import clean_code
from hub.imports.errors import RowRefused
from hub.rows_file import Columns, FileRow, Mistakes, read_rows
from hub.rules_file import moment_of
from hub.shops import Shop

_SHARED: Final = ("store", "counted_at")
_COLUMNS: Final = Columns("stock", ("sku", "code", "quantity", *_SHARED), ("quantity",), _SHARED)
_QUANTITY: Final = re.compile(r"(-?)(\d{1,9})(?:\.(\d{1,3}))?", re.ASCII)
_CLOCKS_DIFFER_S: Final = 300


@dataclass(frozen=True, slots=True)
class Count:
    """One count; `thousandths` of a piece or of a kilogram, which are grams. The product is named by `sku`, or by
    `code` if that is empty."""

    number: int
    place: str
    sku: str
    code: str
    thousandths: int
    counted_at: int


def read_counts(path: Path, shop: Shop, *, now: int) -> list[Count]:
    """The counts of a file. ImportRefused names each mistake with its line and remedy, counts that are to come too."""
    mistakes = Mistakes(path)
    found = [one for row in read_rows(path, _COLUMNS) if (one := mistakes.read(row, _parser(shop, now))) is not None]
    mistakes.refuse()
    return found


def check_store(row: FileRow, shop: Shop) -> None:
    """RowRefused for a row that says another store than the one it is imported into."""
    said = row.text("store")
    if said and said != shop.id:
        raise RowRefused("other_store", f"it is of store {said!r}, not of {shop.id!r}; import it into that one")


def _parser(shop: Shop, now: int) -> Callable[[FileRow], Count]:
    def parse(row: FileRow) -> Count:
        check_store(row, shop)
        sku, code = row.text("sku"), row.text("code")
        if not sku and not code:
            raise RowRefused("no_code", "it has neither sku nor code; write one of them")
        return Count(
            number=row.number,
            place=row.place,
            sku=sku,
            code=clean_code(code)[0] if code else "",
            thousandths=_thousandths(row.text("quantity")),
            counted_at=_counted_at(row.text("counted_at"), shop.zone, now),
        )

    return parse


def _thousandths(text: str) -> int:
    match = _QUANTITY.fullmatch(text)
    if match is None:
        raise RowRefused("bad_quantity", f"its quantity {text!r} is no number such as 12 or 3.250")
    amount = int(match[2]) * 1000 + int((match[3] or "").ljust(3, "0"))
    return -amount if match[1] else amount


def _counted_at(text: str, zone: tzinfo, now: int) -> int:
    at = moment_of(text, lambda: zone, end=False)
    if at is None:
        raise RowRefused("bad_date", "it does not say counted_at: without it nobody knows what was sold since")
    if at > now + _CLOCKS_DIFFER_S:
        raise RowRefused("bad_date", f"its counted_at {text!r} is still to come; correct it, or this machine's clock")
    return at
