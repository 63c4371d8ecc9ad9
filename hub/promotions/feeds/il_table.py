"""The rows of an Israeli promotion feed, brought together to promotions: a promotion's rows may stand anywhere."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Final

from hub.imports.amounts import Amounts
from hub.imports.columns import find_columns
from hub.imports.errors import ImportRefused, RowRefused
from hub.imports.run import LostCodes
from hub.imports.source import inspect
from hub.imports.stores import FeedStore, StoreFilter
from hub.imports.table import CsvTable

_CHAIN_NAME: Final = "רשת"
_CHAIN: Final = "מזהה רשת"
_STORE: Final = "מזהה חנות"
_CODE: Final = "ברקוד"
_ID: Final = "מזהה מבצע"
_TEXT: Final = "תיאור מבצע"
_UNTIL: Final = "בתוקף עד"
_QUANTITY: Final = "כמות מינימום"
_PRICE: Final = "מחיר מבצע (₪)"
_RATE: Final = "שיעור הנחה"
_CLUB: Final = "מועדון"
_COUPON: Final = "קופון"
_TYPE: Final = "סוג הטבה"
COLUMNS: Final = (
    *(_CHAIN_NAME, _CHAIN, _STORE, _CODE, _ID, _TEXT, _UNTIL, _QUANTITY, _PRICE, _RATE, _CLUB, _COUPON, _TYPE),
)
_STRANGERS: Final = {"שקיל": "a price list (kiosk-hub import --format il)"}
_YES: Final = frozenset({"1", "1.0", "true", "True"})


@dataclass(frozen=True, slots=True)
class PromoRow:
    """One product of a promotion; `price` in minor units. `everything`: not a product but the whole basket.

    `plain`: its quantity is written without decimals, which means something at a chain or two.
    """

    line: int
    code: str
    quantity: Fraction
    plain: bool
    price: int | None
    rate: Fraction | None
    everything: bool


@dataclass(slots=True)
class Promo:
    """A promotion with its rows in the order of the feed. `fault`: (reason, sentence) of what makes it unusable."""

    id: str
    line: int
    chain: str
    text: str
    until: str
    club: bool
    coupon: bool
    kind: str
    rows: list[PromoRow] = field(default_factory=list)
    fault: tuple[str, str] | None = None

    @property
    def shared(self) -> tuple[str, str, bool, bool, str]:
        """What all its rows say alike."""
        return self.text, self.until, self.club, self.coupon, self.kind


def read_promos(path: Path, feed_store: str | None, currency: str) -> list[Promo]:
    """The promotions of one store; FeedStoreNeeded if the file holds several and none of them is named."""
    stores = StoreFilter(path, feed_store)
    found = _read(path, currency, lambda store: stores.takes(store) and not stores.ambiguous)
    return found.get(stores.finish(), [])


def read_all_promos(path: Path, currency: str) -> dict[str, list[Promo]]:
    """The promotions of each store of a file, by CHAIN:STORE."""
    return _read(path, currency, lambda _store: True)


def _read(path: Path, currency: str, wanted: Callable[[FeedStore], bool]) -> dict[str, list[Promo]]:
    table = CsvTable(inspect(path, fallback="cp1255"))
    try:
        places = find_columns(table, COLUMNS, kind="an Israeli promotion feed", strangers=_STRANGERS)
        lost = LostCodes(table, (places[_CODE],))
        promos: dict[str, dict[str, Promo]] = {}
        amounts = Amounts(currency, ".")
        store, rows = "", 0
        for line, fields, shape in table.rows():
            rows += 1
            if shape:  # of the store before it, as far as anybody can tell
                promos.setdefault(store, {})[f"line {line}"] = _broken(line, shape)
            elif wanted(said := _store(fields, places)):
                store = said.key
                _watch(lost, line, fields)
                cells = {name: fields[place].strip() for name, place in places.items()}
                _add(promos.setdefault(store, {}), line, cells, amounts)
        lost.check()
        if not rows:
            raise ImportRefused(f"{path}: has a header but no rows; fetch it again")
    finally:
        table.close()
    return {key: list(found.values()) for key, found in promos.items()}


def _broken(line: int, shape: str) -> Promo:
    fault = (shape, f"line {line} has {shape.replace('_', ' ')}")
    return Promo("", line, "", "", "", club=False, coupon=False, kind="", fault=fault)


def _store(fields: list[str], places: Mapping[str, int]) -> FeedStore:
    return FeedStore(
        f"{fields[places[_CHAIN]].strip()}:{fields[places[_STORE]].strip()}", fields[places[_CHAIN_NAME]].strip()
    )


def _watch(lost: LostCodes, line: int, fields: list[str]) -> None:
    try:
        lost.watch(line, fields)
    except RowRefused:
        return  # one code that ends in zeros; `check` refuses the file where there are more


def _add(promos: dict[str, Promo], line: int, cells: Mapping[str, str], amounts: Amounts) -> None:
    said = Promo(
        id=cells[_ID],
        line=line,
        chain=cells[_CHAIN],
        text=" ".join(cells[_TEXT].split()),
        until=cells[_UNTIL],
        club=cells[_CLUB] in _YES,
        coupon=cells[_COUPON] in _YES,
        kind=cells[_TYPE],
    )
    promo = promos.setdefault(said.id, said)
    if promo.shared != said.shared:
        promo.fault = ("rows_contradict", f"line {line} says something else of it than line {promo.line}")
    try:
        promo.rows.append(_row(line, cells, amounts))
    except RowRefused as exc:
        promo.fault = (exc.reason, f"line {line}: {exc}")


def _row(line: int, cells: Mapping[str, str], amounts: Amounts) -> PromoRow:
    code, quantity, price = cells[_CODE], cells[_QUANTITY], cells[_PRICE]
    if not code:
        raise RowRefused("no_code", "it has no code")
    return PromoRow(
        line=line,
        code=code,
        quantity=_number(quantity, "minimum quantity") or Fraction(0),
        plain="." not in quantity,
        price=amounts.minor(price) if price else None,
        rate=None if cells[_RATE] == "*" else _number(cells[_RATE], "rate"),  # a star where two items differ
        everything=not code.strip("0") and len(code) > 1,
    )


@lru_cache(maxsize=4096)  # of 96,000 rows all say one of 900 numbers
def _number(text: str, what: str) -> Fraction | None:
    if not text:
        return None
    plain = text.removeprefix("-")
    if not (plain.isascii() and plain.replace(".", "", 1).isdigit()):
        raise RowRefused("bad_number", f"its {what} {text!r} is not a number")
    return Fraction(text)
