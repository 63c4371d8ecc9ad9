"""The daily price list of one store of the Croatian chain Konzum: CSV with an English header."""

from __future__ import annotations

import re
from typing import Final

from hub.imports.amounts import Amounts
from hub.imports.codes import Remark
from hub.imports.columns import find_columns
from hub.imports.rules import FeedRow
from hub.imports.table import Table
from retail.product import Unit

CURRENCY: Final = "EUR"
TAX_BP: Final = 2500  # the general rate; the feed does not carry it, and much food bears 5 or 13 %
COLUMNS: Final = ("Product", "ProductId", "Unit", "Barcode", "Price", "SpecialPrice")
LOWEST: Final = "BestPrice30"  # the lowest price of 30 days, which Croatian law wants beside a special price

_UNITS: Final = {"kg": Unit.KG, "ko": Unit.PIECE, "kom": Unit.PIECE}
_SEVERAL: Final = re.compile(r"\d+(?:[\s,;|/]+\d+)+", re.ASCII)
_CATEGORY: Final = "Category"


class KonzumFormat:
    """Rows of the feed. The special price stands alone: then the row's Price is empty."""

    name = "konzum"
    whole_chains = False
    currency = CURRENCY
    time_zone = "Europe/Zagreb"

    def __init__(self, table: Table) -> None:
        strangers = {
            "מזהה מבצע": "an Israeli list of promotions",
            "ברקוד": "an Israeli price list (--format il)",
        }
        places = find_columns(table, COLUMNS, kind="a Konzum price list", strangers=strangers)
        self._name, self._id, self._unit, self._code, self._price, self._special = (places[name] for name in COLUMNS)
        self._category = table.header.index(_CATEGORY) if _CATEGORY in table.header else None
        self._lowest = table.header.index(LOWEST) if LOWEST in table.header else None
        self.code_fields = (self._code,)
        self.amounts = Amounts(CURRENCY)

    def store(self, _fields: list[str]) -> None:
        """The file is of one store and does not say which."""
        return

    def row(self, line: int, fields: list[str]) -> FeedRow:
        """A row for the rules that hold for every list."""
        found: list[Remark] = []
        code = fields[self._code].strip()
        codes = re.split(r"[\s,;|/]+", code) if _SEVERAL.fullmatch(code) else [code]
        word = fields[self._unit].strip().lower()
        unit = _UNITS.get(word)
        if unit is None:
            found.append(("unit_unclear", f"its unit {word!r} is not known; it is sold by the piece"))
        return FeedRow(
            line,
            dict.fromkeys(codes, 1),
            {"hr": fields[self._name]},
            fields[self._price],
            special_text=fields[self._special],
            lowest_text="" if self._lowest is None else fields[self._lowest],
            sku=fields[self._id].strip(),
            unit=unit or Unit.PIECE,
            category="" if self._category is None else " ".join(fields[self._category].split()),
            tax_rate_bp=TAX_BP,
            remarks=found,
        )
