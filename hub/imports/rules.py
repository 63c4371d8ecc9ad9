"""From one row to one item of the catalogue: the rules that hold for every price list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hub.catalogue import CatalogueItem, ImportReport
from hub.imports.amounts import Amounts
from hub.imports.codes import Remark, clean_code, remarks
from hub.imports.errors import RowRefused
from hub.imports.terms import search_terms
from offline_cache.price_list.writer import PriceRow
from retail.gtin import gtin14, restore_leading_zeros
from retail.product import Product, Unit

_KNOWN_PRICES: Final = 20_000
_PriceTexts = tuple[str, str, int | None, int | None, str]


@dataclass(slots=True)
class FeedRow:
    """A row as its format understands it; amounts still as text. `lowest_text`: the lowest price of the 30 days before
    the special one. `remarks` are warnings found on the way."""

    line: int
    codes: Mapping[str, int]
    names: Mapping[str, str]
    list_text: str
    special_text: str = ""
    special_from: int | None = None
    special_until: int | None = None
    lowest_text: str = ""
    sku: str = ""
    unit: Unit = Unit.PIECE
    category: str = ""
    tax_rate_bp: int = 0
    min_age: int = 0
    loose: bool = False
    plu: str = ""
    tare_grams: int = 0
    discountable: bool = True
    brand: str = ""
    remarks: list[Remark] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a code was sold as; a million of them are kept, so it is one object."""

    line: int
    unit: Unit
    prices: tuple[PriceRow, ...]
    pieces: int


class RowRules:
    """Turns rows of one store's list into items and tallies what was odd; remembers the codes and SKUs it gave out."""

    def __init__(self, amounts: Amounts, report: ImportReport) -> None:
        self._amounts = amounts
        self._report = report
        self._codes: dict[str, _Seen] = {}
        self._gtins: dict[str, str] = {}
        self._skus: set[str] = set()
        self._known_prices: dict[_PriceTexts, tuple[tuple[PriceRow, ...], list[Remark]]] = {}

    def item(self, row: FeedRow) -> CatalogueItem | None:
        """The item, or None for a row that only repeats one; counts it as taken. RowRefused for a bad row."""
        found = list(row.remarks)
        codes = self._clean_codes(row, found)
        prices = self._prices(row, found)
        names = _names(row.names, next(iter(codes)), found)
        fresh = self._fresh_codes(row, codes, prices, found)
        item = None
        if fresh:
            product = Product(
                sku=self._sku(row.sku, fresh, found),
                names=names,
                unit=row.unit,
                category=row.category,
                tax_rate_bp=row.tax_rate_bp,
                min_age=row.min_age,
                loose=row.loose,
                plu=row.plu,
                tare_grams=row.tare_grams,
                discountable=row.discountable,
                brand=row.brand,
            )
            item = CatalogueItem(product, fresh, prices, search_terms(product) if row.loose else ())
        self._count(row.line, next(iter(codes)), found)
        return item

    def forget(self) -> None:
        """Let go of the codes and SKUs: of a million rows they are some hundred megabytes."""
        for known in (self._codes, self._gtins, self._skus, self._known_prices):
            known.clear()

    def _clean_codes(self, row: FeedRow, found: list[Remark]) -> dict[str, int]:
        codes: dict[str, int] = {}
        for text, pieces in row.codes.items():
            if not text.strip():
                continue
            code, remark = clean_code(text)
            codes[code] = pieces
            if remark:
                found.append(remark)
            found += remarks(code)
        if not codes:
            raise RowRefused("no_code", "it has no code")
        return codes

    def _prices(self, row: FeedRow, found: list[Remark]) -> tuple[PriceRow, ...]:
        """Most rows cost what an earlier one costs: its prices are read once, and kept once for all of them."""
        key = (row.list_text, row.special_text, row.special_from, row.special_until, row.lowest_text)
        known = self._known_prices.get(key)
        if known is None:
            said: list[Remark] = []
            known = self._read_prices(row, said), said
            if len(self._known_prices) < _KNOWN_PRICES:
                self._known_prices[key] = known
        found += known[1]
        return known[0]

    def _read_prices(self, row: FeedRow, found: list[Remark]) -> tuple[PriceRow, ...]:
        """List price and special. A special alone is one: what the goods cost else is not known, nor invented."""
        if not row.special_text.strip():
            return (PriceRow("list", self._amounts.price(row.list_text)),)
        if not row.list_text.strip():
            special = self._amounts.price(row.special_text)
            return (self._special(row, special, found),)
        listed = self._amounts.price(row.list_text)
        try:
            special = self._amounts.price(row.special_text)
        except RowRefused as exc:
            if exc.reason != "price_zero":  # zero is how many lists say: none
                found.append(("special_ignored", f"its special price is left out: {exc}"))
            return (PriceRow("list", listed),)
        if special >= listed:
            found.append(("special_not_lower", f"its special price {row.special_text} is not below {row.list_text}"))
            return (PriceRow("list", listed),)
        return PriceRow("list", listed), self._special(row, special, found)

    def _special(self, row: FeedRow, special: int, found: list[Remark]) -> PriceRow:
        """A special price with the lowest of the 30 days before it, which shoppers in the EU are told beside it."""
        lowest = None
        if row.lowest_text.strip():
            try:
                lowest = self._amounts.price(row.lowest_text)
            except RowRefused as exc:
                found.append(("lowest_ignored", f"its lowest price of 30 days is left out: {exc}"))
        if lowest is not None and special > lowest:
            above = f"its special price {row.special_text} is above {row.lowest_text}, the lowest of the 30 days before"
            found.append(("special_above_lowest", above))
        return PriceRow("special", special, row.special_from, row.special_until, lowest)

    def _fresh_codes(
        self, row: FeedRow, codes: dict[str, int], prices: tuple[PriceRow, ...], found: list[Remark]
    ) -> dict[str, int]:
        """The codes that no earlier row has; RowRefused if an earlier row sells them all otherwise."""
        fresh: dict[str, int] = {}
        for code, pieces in codes.items():
            seen = self._codes.get(code)
            if seen is None:
                fresh[code] = pieces
            elif (seen.unit, seen.prices, seen.pieces) == (row.unit, prices, pieces):
                found.append(("duplicate_row", f"code {code} stands in row {seen.line} with the same price"))
            else:
                text = f"code {code} stands in row {seen.line} with another price or unit, which is kept"
                if len(codes) == 1:
                    raise RowRefused("conflicting_price", text)
                found.append(("conflicting_code", text))
        if not fresh and any(reason == "conflicting_code" for reason, _ in found):
            raise RowRefused("conflicting_price", "all its codes stand in earlier rows with another price or unit")
        for code, pieces in fresh.items():
            self._codes[code] = _Seen(row.line, row.unit, prices, pieces)
            self._compare_gtin(code, prices, found)
        return fresh

    def _compare_gtin(self, code: str, prices: tuple[PriceRow, ...], found: list[Remark]) -> None:
        """A list may have a product as UPC-12 and as EAN-13: each is answered as it is written."""
        form = gtin14(code) or restore_leading_zeros(code)
        if form is None:
            return
        other = self._gtins.setdefault(form, code)
        if other != code and self._codes[other].prices != prices:
            line = self._codes[other].line
            found.append(("same_gtin_other_price", f"code {code} is {other} of row {line}, with another price"))

    def _sku(self, wanted: str, codes: dict[str, int], found: list[Remark]) -> str:
        first = next(iter(codes))
        for sku in (wanted, first, f"{wanted}/{first}", f"code:{first}"):
            if sku and sku not in self._skus:
                self._skus.add(sku)
                if wanted and sku != wanted:
                    found.append(("id_again", f"the list's own id {wanted} stands in an earlier row; {sku} is used"))
                return sku
        raise RowRefused("id_again", f"the list's own id {wanted} and code {first} are those of earlier rows")

    def _count(self, line: int, code: str, found: list[Remark]) -> None:
        self._report.taken += 1
        if found:
            self._report.warned += 1
        for reason, text in dict(found).items():
            self._report.warn(reason, row=line, code=code, text=text)


def _names(names: Mapping[str, str], code: str, found: list[Remark]) -> dict[str, str]:
    clean = {language: " ".join(text.split()) for language, text in names.items()}
    clean = {language: text for language, text in clean.items() if text}
    if not clean:
        found.append(("empty_name", f"it has no name; its code {code} is shown instead"))
        return {next(iter(names), "und"): code}
    return clean
