"""CSV and XLSX lists of any make, by a mapping file or by headers that speak for themselves."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingOf
from typing import Final
from zoneinfo import ZoneInfo

from hub.imports.amounts import Amounts
from hub.imports.codes import Remark, split_codes
from hub.imports.errors import ImportRefused, RowRefused
from hub.imports.fields import moment, tax_bp, whole_number
from hub.imports.mapping import ColumnSection, Mapping
from hub.imports.rules import FeedRow
from hub.imports.run import refuse_if_codes_are_lost
from hub.imports.stores import FeedStore
from hub.imports.table import Table, shown_header
from hub.imports.units import UnitWords
from retail.product import Unit

_TRUE: Final = frozenset({"1", "true", "yes", "y", "x", "是"})
_FALSE: Final = frozenset({"0", "false", "no", "n", "否"})
_MAX_AGE: Final = 99
_PLAIN: Final = (
    "special_price", "special_from", "special_until", "lowest_price", "unit", "tax", "category", "plu", "min_age",
    "loose", "tare_grams", "discountable", "brand", "currency", "sku", "name", "price",
)  # fmt: skip


class MappedFormat:
    """Rows by column names. Raises ImportRefused if the header has no code or price; lost codes are told first."""

    name = "csv"
    whole_chains = False

    def __init__(self, table: Table, mapping: Mapping, columns: ColumnSection, currency: str) -> None:
        self.currency = currency
        self._mapping = mapping
        self.time_zone = mapping.time_zone
        self._zone = ZoneInfo(mapping.time_zone)
        self.code_fields = tuple(place for column in columns.code if (place := _place(table, column)) is not None)
        try:
            self._find_columns(table, columns)
        except ImportRefused:
            refuse_if_codes_are_lost(table, self.code_fields)
            raise
        self.amounts = Amounts(currency, mapping.file.decimal_sign, mapping.file.thousands_sign)
        self._units = UnitWords(mapping.units, Unit(mapping.defaults.unit))
        self._default_tax = tax_bp(str(mapping.defaults.tax))
        self._ignored = [re.compile(pattern) for pattern in mapping.rows.ignore_codes]
        # Several codes may share a cell only where the header says so: a code of the shop's own may contain a space.
        self._split = [table.header[place].casefold() in {"codes", "barcodes"} for place in self.code_fields]

    def store(self, fields: list[str]) -> FeedStore | None:
        """The store that a row is of, where the mapping names its columns."""
        if not self._store:
            return None
        parts = [fields[place].strip() for place in self._store]
        if not all(parts):
            raise RowRefused("no_store", "it does not say its store")
        return FeedStore(":".join(parts) if len(parts) > 1 else f":{parts[0]}", "")

    def row(self, line: int, fields: list[str]) -> FeedRow:
        """A row for the rules that hold for every list."""
        value = {key: "" if place is None else fields[place].strip() for key, place in self._places.items()}
        codes = self._codes(fields)
        if value["currency"] and value["currency"].upper() != self.currency:
            raise RowRefused("other_currency", f"its price is in {value['currency']}, the list is in {self.currency}")
        found: list[Remark] = []
        return FeedRow(
            line,
            codes,
            {language: fields[place] for language, place in self._names.items() if place is not None},
            value["price"],
            special_text=value["special_price"],
            special_from=self._moment(value["special_from"], end=False),
            special_until=self._moment(value["special_until"], end=True),
            lowest_text=value["lowest_price"],
            sku=value["sku"],
            unit=self._units.unit(value["unit"], found),
            category=value["category"],
            tax_rate_bp=tax_bp(value["tax"]) if value["tax"] else self._default_tax,
            min_age=whole_number(value["min_age"], "min_age", _MAX_AGE),
            loose=value["loose"].casefold() in _TRUE,
            plu=value["plu"],
            tare_grams=whole_number(value["tare_grams"], "tare_grams", 100_000),
            discountable=value["discountable"].casefold() not in _FALSE,
            brand=value["brand"],
            remarks=found,
        )

    def _find_columns(self, table: Table, columns: ColumnSection) -> None:
        if not self.code_fields:
            raise ImportRefused(
                f"{table.path}: no column of its header is known as the code; name it in a mapping file, "
                f"columns.code; the header is {shown_header(table.header)}"
            )
        self._places = {key: _place(table, getattr(columns, key)) for key in _PLAIN}
        self._names = {language: _place(table, column) for language, column in columns.names.items()}
        if columns.name and self._mapping.language not in self._names:
            self._names[self._mapping.language] = self._places["name"]
        self._store = tuple(_place(table, column) or 0 for column in columns.store)
        if self._places["price"] is None and self._places["special_price"] is None:
            raise ImportRefused(
                f"{table.path}: no column of its header is known as the price, and there is nothing to sell without "
                f"one; name it in a mapping file, columns.price; the header is {shown_header(table.header)}"
            )

    def _codes(self, fields: list[str]) -> MappingOf[str, int]:
        codes: dict[str, int] = {}
        for place, split in zip(self.code_fields, self._split, strict=True):
            text = fields[place].strip()
            if any(pattern.fullmatch(text) for pattern in self._ignored):
                raise RowRefused("ignored_code", f"its code {text!r} is no product, says the mapping file")
            codes |= split_codes(text) if split else {text: 1}
        return codes

    def _moment(self, text: str, *, end: bool) -> int | None:
        return moment(text, self._zone, end=end, date_format=self._mapping.file.date_format)


def _place(table: Table, column: str) -> int | None:
    if not column:
        return None
    if column in table.header:
        return table.header.index(column)
    raise ImportRefused(
        f"{table.path}: has no column {column!r}, which the mapping names; the header is {shown_header(table.header)}"
    )
