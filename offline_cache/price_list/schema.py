"""Tables of price-list.sqlite, version 5, and of the deltas between two of them.

Times are epoch seconds UTC, money is minor units, rates are 1/100 %. Every table has a key of its own: a delta is the
rows that are new or changed under it, and the keys that are gone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

APPLICATION_ID: Final = 0x53474F31  # "SGO1" in the file's header, so that `file` and we can tell it
DELTA_APPLICATION_ID: Final = 0x53474431  # "SGD1"
VERSION: Final = 5

TABLES: Final[Mapping[str, str]] = MappingProxyType(
    {
        # key: store, channel, revision, state, currency, published_at (ISO), time_zone, names (JSON by language),
        # receipt (JSON), bag_skus (JSON list), limits (JSON, see offline_cache.plausibility), imports,
        # payments (JSON, see retail.payment_policy), membership (JSON, see retail.membership.programme). Readers take
        # the keys that they know.
        "meta": "CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
        "category": """CREATE TABLE category (
        id TEXT PRIMARY KEY, names TEXT NOT NULL, picture TEXT NOT NULL, sort INTEGER NOT NULL) STRICT""",
        # id: the hub's own number of the product, the same in every revision. discountable 0: campaigns for everything
        # leave it out. brand: in a mall, whose goods they are, as the programme's clubs are named; '' for none.
        "product": """CREATE TABLE product (
        id INTEGER PRIMARY KEY, sku TEXT NOT NULL UNIQUE, names TEXT NOT NULL,
        unit TEXT NOT NULL CHECK (unit IN ('piece', 'kg')), category TEXT NOT NULL,
        tax_rate_bp INTEGER NOT NULL, min_age INTEGER NOT NULL, loose INTEGER NOT NULL, plu TEXT NOT NULL,
        picture TEXT NOT NULL, tare_grams INTEGER NOT NULL,
        discountable INTEGER NOT NULL CHECK (discountable IN (0, 1)), brand TEXT NOT NULL) STRICT""",
        # code: exactly as the shop's list writes it; a look-up asks for all ways to write a GTIN (retail.gtin), as an
        # index of normal forms would be a third of what lanes fetch.
        "code": """CREATE TABLE code (
        code TEXT PRIMARY KEY, product_id INTEGER NOT NULL REFERENCES product(id),
        pieces INTEGER NOT NULL CHECK (pieces > 0)) STRICT, WITHOUT ROWID""",
        # valid_from 0: since ever; valid_until NULL: until further notice, else the first second after. The prices of a
        # product and kind do not overlap: which rule holds when is decided at the hub. lowest_minor: of a special
        # price, the lowest of the 30 days before it.
        "price": """CREATE TABLE price (
        product_id INTEGER NOT NULL REFERENCES product(id),
        kind TEXT NOT NULL CHECK (kind IN ('list', 'special', 'member')),
        valid_from INTEGER NOT NULL, valid_until INTEGER CHECK (valid_until > valid_from),
        minor INTEGER NOT NULL CHECK (minor > 0), lowest_minor INTEGER,
        PRIMARY KEY (product_id, kind, valid_from)) STRICT, WITHOUT ROWID""",
        # terms: retail.promotions.body, as canonical JSON; valid_from and valid_until again, for the next change.
        # everything 1: it is for all goods but those that it leaves out, and they need no row in taking.
        "campaign": """CREATE TABLE campaign (
        id TEXT PRIMARY KEY, terms TEXT NOT NULL, valid_from INTEGER, valid_until INTEGER,
        everything INTEGER NOT NULL CHECK (everything IN (0, 1))) STRICT""",
        # Which goods take part in which campaign, and in which group of it (-1: are left out of one for everything);
        # price_minor: what these goods cost by it, where it has no one price for all.
        "taking": """CREATE TABLE taking (
        product_id INTEGER NOT NULL REFERENCES product(id), campaign_id TEXT NOT NULL REFERENCES campaign(id),
        group_no INTEGER NOT NULL, price_minor INTEGER CHECK (price_minor >= 0),
        PRIMARY KEY (product_id, campaign_id, group_no)) STRICT, WITHOUT ROWID""",
        "label_template": """CREATE TABLE label_template (
        pattern TEXT PRIMARY KEY, name TEXT NOT NULL, sort INTEGER NOT NULL) STRICT""",
        # What a shopper may type or spell to find loose goods: names, pinyin initials, numbers; lower case.
        "search_term": """CREATE TABLE search_term (
        term TEXT NOT NULL, product_id INTEGER NOT NULL REFERENCES product(id),
        PRIMARY KEY (term, product_id)) STRICT, WITHOUT ROWID""",
        # Goods that were called back: by lot or serial number, or with both empty all of the product. By SKU and not by
        # number: a recall outlives the import that takes the product off the list, and is there when it comes back.
        "recall": """CREATE TABLE recall (
        sku TEXT NOT NULL, lot TEXT NOT NULL, serial TEXT NOT NULL, reason TEXT NOT NULL, valid_until INTEGER,
        PRIMARY KEY (sku, lot, serial)) STRICT, WITHOUT ROWID""",
        "picture": "CREATE TABLE picture (name TEXT PRIMARY KEY, media_type TEXT NOT NULL, bytes BLOB NOT NULL) STRICT",
    }
)

INDEXES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "price_begins": "CREATE INDEX price_begins ON price (valid_from) WHERE valid_from > 0",
        "price_ends": "CREATE INDEX price_ends ON price (valid_until) WHERE valid_until IS NOT NULL",
        "product_plu": "CREATE INDEX product_plu ON product (plu) WHERE plu <> ''",
        "product_loose": "CREATE INDEX product_loose ON product (category) WHERE loose = 1",
    }
)

KEYS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "meta": ("key",),
        "category": ("id",),
        "product": ("id",),
        "code": ("code",),
        "price": ("product_id", "kind", "valid_from"),
        "campaign": ("id",),
        "taking": ("product_id", "campaign_id", "group_no"),
        "label_template": ("pattern",),
        "search_term": ("term", "product_id"),
        "recall": ("sku", "lot", "serial"),
        "picture": ("name",),
    }
)

# The tables whose rows belong to one product, and the column that says to which.
OF_PRODUCT: Final[Mapping[str, str]] = MappingProxyType(
    {"product": "id", "code": "product_id", "price": "product_id", "taking": "product_id", "search_term": "product_id"}
)


@dataclass(frozen=True, slots=True)
class Expected:
    """What a file must be made of, to the letter: its application id and the SQL of each table and index."""

    application_id: int
    tables: Mapping[str, str]
    indexes: Mapping[str, str]


def _gone(table: str) -> str:
    """The table of keys that a delta takes away: the columns of the key alone, typed as in the list."""
    kinds = {"product_id": "INTEGER", "valid_from": "INTEGER", "group_no": "INTEGER"}
    columns = [
        f"{column} {'INTEGER' if (table, column) == ('product', 'id') else kinds.get(column, 'TEXT')} NOT NULL"
        for column in KEYS[table]
    ]
    return f"CREATE TABLE gone_{table} ({', '.join(columns)}, PRIMARY KEY ({', '.join(KEYS[table])})) STRICT"


LIST: Final = Expected(APPLICATION_ID, TABLES, INDEXES)
DELTA: Final = Expected(
    DELTA_APPLICATION_ID,
    MappingProxyType(
        {
            **TABLES,
            **{f"gone_{table}": _gone(table) for table in TABLES},
            # key: from_state, from_revision, counts (JSON: rows of each table afterwards)
            "step": "CREATE TABLE step (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID",
        }
    ),
    MappingProxyType({}),
)
