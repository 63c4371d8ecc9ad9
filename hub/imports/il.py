"""The daily price lists of Israeli supermarkets: several chains and stores in one CSV with a Hebrew header."""

from __future__ import annotations

from typing import Final

from hub.imports.amounts import Amounts
from hub.imports.codes import Remark
from hub.imports.columns import find_columns
from hub.imports.errors import RowRefused
from hub.imports.konzum import COLUMNS as KONZUM_COLUMNS
from hub.imports.rules import FeedRow
from hub.imports.stores import FeedStore
from hub.imports.table import Table
from retail.product import Unit

CURRENCY: Final = "ILS"
TAX_BP: Final = (
    1800  # the general rate since 2025; the feed does not carry it, and fresh fruit and vegetables bear none
)

_CHAIN_NAME: Final = "רשת"
_CHAIN: Final = "מזהה רשת"
_STORE: Final = "מזהה חנות"
_CODE: Final = "ברקוד"
_NAME: Final = "שם מוצר"
_UNIT: Final = "יחידת כמות"
_PRICE: Final = "מחיר (₪)"
_WEIGHED: Final = "שקיל"
_DISCOUNT: Final = "מותר הנחה"  # 0: no discount on the whole basket is for it
_PROMOTION: Final = "מזהה מבצע"

# Words as the feeds write them, and a word for 'unknown'.
_KILO_WORDS: Final = frozenset({"קילוגרם", "קילוגרמים", 'ק"ג', 'לק"ג', "ק''ג", "קג"})
_YES: Final = frozenset({"1", "1.0"})
_NO: Final = frozenset({"0", "0.0"})
_LONGEST_PLU: Final = 5


class IlFormat:
    """Rows of the feed. A weighed row's price is for a kilogram, whatever its unit words say."""

    name = "il"
    whole_chains = False
    currency = CURRENCY
    time_zone = "Asia/Jerusalem"

    def __init__(self, table: Table) -> None:
        strangers = {
            _PROMOTION: "a list of promotions",
            KONZUM_COLUMNS[1]: "a Croatian price list (--format konzum)",
        }
        wanted = (_CHAIN_NAME, _CHAIN, _STORE, _CODE, _NAME, _UNIT, _PRICE, _WEIGHED)
        places = find_columns(table, wanted, kind="an Israeli price list", strangers=strangers)
        self._chain_name, self._chain, self._store = places[_CHAIN_NAME], places[_CHAIN], places[_STORE]
        self._code, self._name, self._unit = places[_CODE], places[_NAME], places[_UNIT]
        self._price, self._weighed = places[_PRICE], places[_WEIGHED]
        self._discount = table.header.index(_DISCOUNT) if _DISCOUNT in table.header else None
        self.code_fields = (self._code,)
        self.amounts = Amounts(CURRENCY)

    def store(self, fields: list[str]) -> FeedStore:
        """The store that a row is of; RowRefused if it does not say."""
        chain, store = fields[self._chain].strip(), fields[self._store].strip()
        if not chain or not store:
            raise RowRefused("no_store", "it does not say its chain and store")
        return FeedStore(f"{chain}:{store}", fields[self._chain_name].strip())

    def row(self, line: int, fields: list[str]) -> FeedRow:
        """A row for the rules that hold for every list."""
        code = fields[self._code].strip()
        found: list[Remark] = []
        weighed = self._is_weighed(fields, found)
        # A weighed item under a short number is one that the shopper finds by name or number: it bears no barcode.
        loose = weighed and 0 < len(code) <= _LONGEST_PLU and code.isdigit()
        return FeedRow(
            line,
            {code: 1},
            {"he": fields[self._name]},
            fields[self._price],
            unit=Unit.KG if weighed else Unit.PIECE,
            tax_rate_bp=TAX_BP,
            loose=loose,
            plu=code if loose else "",
            discountable=self._discount is None or fields[self._discount].strip() not in _NO,
            remarks=found,
        )

    def _is_weighed(self, fields: list[str], found: list[Remark]) -> bool:
        """The flag decides: 490 of 3,773 weighed rows name a piece, a gram or nothing, and yet a kilogram's price."""
        flag, unit = fields[self._weighed].strip(), fields[self._unit].strip()
        if flag in _NO:
            return False
        if flag not in _YES:
            found.append(("weighed_unclear", f"its 'weighed' is {flag!r}; it is sold by the piece"))
            return False
        if unit not in _KILO_WORDS:
            found.append(
                ("unit_unclear", f"it is weighed, but its unit is {unit!r}; its price is taken for a kilogram")
            )
        return True
