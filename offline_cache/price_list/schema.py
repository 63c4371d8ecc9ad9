"""Tables of price-list.sqlite, version 1. Times are epoch seconds UTC, money is minor units, rates are 1/100 %."""

from __future__ import annotations

from typing import Final

APPLICATION_ID: Final = 0x53474F31  # "SGO1" in the file's header, so that `file` and we can tell it
VERSION: Final = 1

TABLES: Final = {
    # key: store, revision, currency, published_at (ISO), time_zone, names (JSON by language), receipt (JSON),
    # bag_skus (JSON list)
    "meta": "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
    "category": """CREATE TABLE category (
        id TEXT PRIMARY KEY, names TEXT NOT NULL, picture TEXT NOT NULL, sort INTEGER NOT NULL) STRICT""",
    "product": """CREATE TABLE product (
        id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, names TEXT NOT NULL,
        unit TEXT NOT NULL CHECK (unit IN ('piece', 'kg')), category TEXT NOT NULL,
        tax_rate_bp INTEGER NOT NULL, min_age INTEGER NOT NULL, loose INTEGER NOT NULL, plu TEXT NOT NULL,
        picture TEXT NOT NULL, tare_grams INTEGER NOT NULL) STRICT""",
    # code: exactly as the shop's list writes it. gtin14: its 14-digit form, or NULL for a shop's own number.
    "code": """CREATE TABLE code (
        code TEXT PRIMARY KEY, gtin14 TEXT, product_id INTEGER NOT NULL REFERENCES product(id),
        pieces INTEGER NOT NULL CHECK (pieces > 0)) STRICT, WITHOUT ROWID""",
    "price": """CREATE TABLE price (
        product_id INTEGER NOT NULL REFERENCES product(id), kind TEXT NOT NULL CHECK (kind IN ('list', 'special')),
        minor INTEGER NOT NULL CHECK (minor > 0), valid_from INTEGER, valid_until INTEGER) STRICT""",
    "offer": """CREATE TABLE offer (
        id TEXT PRIMARY KEY, kind TEXT NOT NULL, quantity INTEGER NOT NULL, price_minor INTEGER NOT NULL,
        names TEXT NOT NULL, valid_from INTEGER, valid_until INTEGER) STRICT""",
    "offer_product": """CREATE TABLE offer_product (
        product_id INTEGER NOT NULL REFERENCES product(id), offer_id TEXT NOT NULL REFERENCES offer(id),
        PRIMARY KEY (product_id, offer_id)) STRICT, WITHOUT ROWID""",
    "label_template": """CREATE TABLE label_template (
        pattern TEXT PRIMARY KEY, name TEXT NOT NULL, sort INTEGER NOT NULL) STRICT""",
    # What a shopper may type or spell to find loose goods: names, pinyin initials, numbers; lower case.
    "search_term": """CREATE TABLE search_term (
        term TEXT NOT NULL, product_id INTEGER NOT NULL REFERENCES product(id),
        PRIMARY KEY (term, product_id)) STRICT, WITHOUT ROWID""",
    "picture": "CREATE TABLE picture (name TEXT PRIMARY KEY, media_type TEXT NOT NULL, bytes BLOB NOT NULL) STRICT",
}

INDEXES: Final = {
    "code_gtin14": "CREATE INDEX code_gtin14 ON code (gtin14) WHERE gtin14 IS NOT NULL",
    "price_product": "CREATE INDEX price_product ON price (product_id)",
    "product_plu": "CREATE INDEX product_plu ON product (plu) WHERE plu <> ''",
    "product_loose": "CREATE INDEX product_loose ON product (category) WHERE loose = 1",
}
