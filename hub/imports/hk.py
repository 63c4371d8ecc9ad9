"""Prices of one supermarket chain of Hong Kong, from the Online Price Watch: a list without barcodes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from hub.imports.amounts import Amounts
from hub.imports.hk_file import LANGUAGES, WatchedProduct, read_watched
from hub.imports.rules import FeedRow
from hub.imports.stores import FeedStore
from hub.imports.table import Row

CURRENCY: Final = "HKD"
TAX_BP: Final = 0  # Hong Kong has no tax on sales
_TAGS: Final = tuple(LANGUAGES.values())
_HEADER: Final = ("code", "supermarketCode", "price", "category", *_TAGS)


class HkTable:
    """The file as a table: a row for each product and chain; a row's line is the product's place in the file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.header = list(_HEADER)
        self._products = read_watched(path)
        self.bytes_total = len(self._products)
        self.bytes_read = 0

    def rows(self) -> Iterator[Row]:
        """All of them."""
        for product in self._products:
            self.bytes_read = product.number
            names = [_name(product, tag) for tag in _TAGS]
            for chain, price in product.prices:
                yield product.number, [product.code, chain, price, product.category, *names], ""

    def close(self) -> None:
        """Nothing is open: the file was read at once."""


class HkFormat:
    """Rows of the table. The price watch's own number is the product's code and SKU, as it gives no barcodes."""

    name = "hk"
    whole_chains = True
    currency = CURRENCY
    time_zone = "Asia/Hong_Kong"
    code_fields = (0,)

    def __init__(self) -> None:
        self.amounts = Amounts(CURRENCY, ".")

    def store(self, fields: list[str]) -> FeedStore:
        """The chain; the price watch asks for one price in all its stores."""
        return FeedStore(fields[1], "")

    def row(self, line: int, fields: list[str]) -> FeedRow:
        """A row for the rules that hold for every list."""
        code, _, price, category, *names = fields
        by_tag = dict(zip(_TAGS, names, strict=True))
        return FeedRow(line, {code: 1}, by_tag, price, sku=code, category=category, tax_rate_bp=TAX_BP)


def _name(product: WatchedProduct, tag: str) -> str:
    """Brand and name, as the name alone is often no more than a flavour and a size."""
    brand, name = product.brand.get(tag, ""), product.name.get(tag, "")
    return name if not brand or name.casefold().startswith(brand.casefold()) else f"{brand} {name}".strip()
