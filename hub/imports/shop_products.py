"""products.csv of a shop folder: one row for each product; a mistake names its row and column."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from hub.catalogue import CatalogueItem
from hub.imports.amounts import Amounts
from hub.imports.codes import clean_code, split_codes
from hub.imports.errors import RowRefused, ShopFolderError
from hub.imports.fields import moment, tax_bp, whole_number
from hub.imports.terms import search_terms
from offline_cache.price_list.writer import PriceRow
from retail.product import Product, Unit

T = TypeVar("T")

_COLUMNS: Final = (
    "sku", "codes", "category", "unit", "price", "special_price", "special_from", "special_until", "tax_percent",
    "min_age", "loose", "plu", "picture", "tare_grams", "discountable", "brand",
)  # fmt: skip
_NEEDED: Final = ("sku", "codes", "price")
_FLAGS: Final = {"": False, "0": False, "no": False, "false": False, "1": True, "yes": True, "true": True}
_DISCOUNT: Final = _FLAGS | {"": True}
_UNITS: Final = {"": Unit.PIECE, "piece": Unit.PIECE, "kg": Unit.KG}
_MAX_AGE: Final = 99
_MAX_TARE: Final = 100_000


class _Row:
    """One row, for its values and for errors that say where they are."""

    def __init__(self, path: Path, line: int, values: Mapping[str, str]) -> None:
        self.path, self.line, self.values = path, line, values

    def error(self, column: str, what: str) -> ShopFolderError:
        """The sentence for a value."""
        return ShopFolderError(f"{self.path}: row {self.line}, column {column}: {what}")

    def read(self, column: str, parse: Callable[[str], T]) -> T:
        """A value as `parse` reads it; its refusal becomes a sentence with the place."""
        try:
            return parse(self.values[column])
        except RowRefused as exc:
            raise self.error(column, f"{self.values[column]!r} will not do: {exc}") from exc

    def choice(self, column: str, known: Mapping[str, T]) -> T:
        """A word out of a few."""
        word = self.values[column].lower()
        if word not in known:
            words = ", ".join(repr(one) for one in known if one)
            raise self.error(column, f"{word!r} is not known; write one of {words}")
        return known[word]


class ShopProducts:
    """products.csv, row by row; a code and a SKU stand once in it."""

    def __init__(self, path: Path, *, currency: str, time_zone: str, categories: set[str]) -> None:
        self._path = path
        self._zone = ZoneInfo(time_zone)
        self._amounts = Amounts(currency, ".")
        self._categories = categories
        self._skus: dict[str, int] = {}
        self._codes: dict[str, int] = {}
        self._names: dict[str, str] = {}

    def read(self) -> list[CatalogueItem]:
        """All products, in the file's order."""
        items = [self._item(line, values) for line, values in self._rows()]
        if not items:
            raise ShopFolderError(f"{self._path}: has no products; add a row for each")
        return items

    def _rows(self) -> Iterator[tuple[int, dict[str, str]]]:
        try:
            with self._path.open(encoding="utf-8-sig", newline="") as file:
                reader = csv.reader(file, strict=True)
                header = [name.strip() for name in next(reader, [])]
                self._check_header(header)
                for fields in reader:
                    if any(field.strip() for field in fields):
                        yield reader.line_num, self._values(reader.line_num, header, fields)
        except OSError as exc:
            raise ShopFolderError(f"{self._path}: cannot be read ({exc.strerror}); a shop folder needs it") from exc
        except UnicodeDecodeError as exc:
            raise ShopFolderError(f"{self._path}: is not UTF-8; save it as UTF-8") from exc
        except csv.Error as exc:
            raise ShopFolderError(f"{self._path}: row {reader.line_num}: {exc}; check its quotes") from exc

    def _check_header(self, header: list[str]) -> None:
        self._names = {name: _language(name) for name in header if name.startswith("name_")}
        for name in header:
            if name not in _COLUMNS and name not in self._names:
                near = nearest(name, {*_COLUMNS, "name_en"})
                raise ShopFolderError(f"{self._path}: row 1, column {name!r}: is not known{near}")
        missing = [name for name in _NEEDED if name not in header] + ([] if self._names else ["name_en"])
        if missing:
            raise ShopFolderError(f"{self._path}: row 1: the header lacks {', '.join(missing)}; add it")

    def _values(self, line: int, header: list[str], fields: list[str]) -> dict[str, str]:
        if len(fields) != len(header):
            raise ShopFolderError(
                f"{self._path}: row {line}: has {len(fields)} fields, the header {len(header)}; check commas and quotes"
            )
        return dict.fromkeys(_COLUMNS, "") | {name: value.strip() for name, value in zip(header, fields, strict=True)}

    def _item(self, line: int, values: Mapping[str, str]) -> CatalogueItem:
        row = _Row(self._path, line, values)
        names = {tag: " ".join(values[column].split()) for column, tag in self._names.items() if values[column]}
        if not names:
            raise row.error(next(iter(self._names)), "is empty, as all names are; a shopper has to read one")
        codes = self._unique_codes(row)
        if not codes and not values["plu"]:
            raise row.error("codes", "is empty, as plu is; without one of them nobody can scan or find the product")
        product = Product(
            sku=self._unique_sku(row),
            names=names,
            unit=row.choice("unit", _UNITS),
            category=self._category(row),
            tax_rate_bp=row.read("tax_percent", lambda text: tax_bp(text) if text else 0),
            min_age=row.read("min_age", lambda text: whole_number(text, "min_age", _MAX_AGE)),
            loose=row.choice("loose", _FLAGS),
            plu=values["plu"],
            picture=values["picture"],
            tare_grams=row.read("tare_grams", lambda text: whole_number(text, "tare_grams", _MAX_TARE)),
            discountable=row.choice("discountable", _DISCOUNT),
            brand=values["brand"],
        )
        terms = search_terms(product) if product.loose else ()
        return CatalogueItem(product, codes, self._prices(row), terms)

    def _unique_sku(self, row: _Row) -> str:
        sku = row.values["sku"]
        if not sku:
            raise row.error("sku", "is empty; give the product a number of your own")
        if sku in self._skus:
            raise row.error("sku", f"{sku!r} stands in row {self._skus[sku]} already; each product needs its own")
        self._skus[sku] = row.line
        return sku

    def _unique_codes(self, row: _Row) -> dict[str, int]:
        codes = split_codes(row.values["codes"])
        for code, pieces in codes.items():
            try:
                clean_code(code)
            except RowRefused as exc:
                raise row.error("codes", str(exc)) from exc
            if pieces == 0:
                raise row.error("codes", f"{code}*0 stands for no piece; write {code}*1 or {code}")
            if code in self._codes:
                raise row.error(
                    "codes", f"{code} stands in row {self._codes[code]} already; each code means one product"
                )
            self._codes[code] = row.line
        return codes

    def _category(self, row: _Row) -> str:
        category = row.values["category"]
        if category and category not in self._categories:
            near = nearest(category, self._categories)
            raise row.error("category", f"{category!r} is not among the [[categories]] of shop.toml{near}")
        return category

    def _prices(self, row: _Row) -> tuple[PriceRow, ...]:
        listed = row.read("price", self._amounts.price)
        special = row.read("special_price", lambda text: self._amounts.price(text) if text else None)
        if special is None:
            return (PriceRow("list", listed),)
        if special >= listed:
            raise row.error("special_price", "is not below the price; leave it empty")
        begins = row.read("special_from", lambda text: moment(text, self._zone, end=False))
        ends = row.read("special_until", lambda text: moment(text, self._zone, end=True))
        if begins is not None and ends is not None and ends <= begins:
            raise row.error("special_until", "is before special_from; swap them")
        return PriceRow("list", listed), PriceRow("special", special, begins, ends)


def _language(column: str) -> str:
    """Language tag of a column: name_zh_CN is zh-CN."""
    return column.removeprefix("name_").replace("_", "-")


def nearest(word: str, known: set[str]) -> str:
    """What a misspelt word was probably meant to be, as the end of a sentence; empty if nothing is near."""
    near = get_close_matches(word, sorted(known), n=1)
    return f"; did you mean {near[0]!r}?" if near else ""
