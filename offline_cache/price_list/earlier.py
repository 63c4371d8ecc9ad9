"""Lists of versions before, that a lane still sells from until it has fetched one of this, to the letter.

Version 4 knew no brands; version 3 had multi-buys (table offer) in place of campaigns; version 2 knew no recalls.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from offline_cache.price_list.schema import APPLICATION_ID, INDEXES, TABLES, Expected

BRANDS_SINCE: Final = 5
CAMPAIGNS_SINCE: Final = 4
RECALLS_SINCE: Final = 3

_TABLES_4: Final[Mapping[str, str]] = MappingProxyType(
    {
        **TABLES,
        "product": """CREATE TABLE product (
        id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, names TEXT NOT NULL,
        unit TEXT NOT NULL CHECK (unit IN ('piece', 'kg')), category TEXT NOT NULL,
        tax_rate_bp INTEGER NOT NULL, min_age INTEGER NOT NULL, loose INTEGER NOT NULL, plu TEXT NOT NULL,
        picture TEXT NOT NULL, tare_grams INTEGER NOT NULL,
        discountable INTEGER NOT NULL CHECK (discountable IN (0, 1))) STRICT""",
    }
)

_TABLES_3: Final[Mapping[str, str]] = MappingProxyType(
    {
        **{name: text for name, text in TABLES.items() if name not in {"campaign", "taking"}},
        "product": """CREATE TABLE product (
        id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, names TEXT NOT NULL,
        unit TEXT NOT NULL CHECK (unit IN ('piece', 'kg')), category TEXT NOT NULL,
        tax_rate_bp INTEGER NOT NULL, min_age INTEGER NOT NULL, loose INTEGER NOT NULL, plu TEXT NOT NULL,
        picture TEXT NOT NULL, tare_grams INTEGER NOT NULL) STRICT""",
        "price": """CREATE TABLE price (
        product_id INTEGER NOT NULL REFERENCES product(id),
        kind TEXT NOT NULL CHECK (kind IN ('list', 'special', 'member')),
        valid_from INTEGER NOT NULL, valid_until INTEGER CHECK (valid_until > valid_from),
        minor INTEGER NOT NULL CHECK (minor > 0), PRIMARY KEY (product_id, kind, valid_from)) STRICT, WITHOUT ROWID""",
        "offer": """CREATE TABLE offer (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, quantity INTEGER NOT NULL, price_minor INTEGER NOT NULL,
        names TEXT NOT NULL, valid_from INTEGER, valid_until INTEGER) STRICT""",
        "offer_product": """CREATE TABLE offer_product (
        product_id INTEGER NOT NULL REFERENCES product(id), offer_id TEXT NOT NULL REFERENCES offer(id),
        PRIMARY KEY (product_id, offer_id)) STRICT, WITHOUT ROWID""",
    }
)

EARLIER: Final[Mapping[int, Expected]] = MappingProxyType(
    {
        4: Expected(APPLICATION_ID, _TABLES_4, INDEXES),
        3: Expected(APPLICATION_ID, _TABLES_3, INDEXES),
        2: Expected(
            APPLICATION_ID,
            MappingProxyType({name: text for name, text in _TABLES_3.items() if name != "recall"}),
            INDEXES,
        ),
    }
)
