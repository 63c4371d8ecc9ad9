"""The hub's tables: times are epoch seconds UTC unless they are a lane's own ISO text, money is minor units."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    text,
    true,
)

# Names for every constraint: without them no later migration could drop one on all databases.
METADATA: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


def _maybe(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=True)


def _store_key() -> Column[str]:
    return Column("store", Text, ForeignKey("store.id"), primary_key=True)


def _own_number(name: str) -> Column[int]:
    # SQLite numbers rows by itself only where the type is INTEGER to the letter.
    return Column(name, BigInteger().with_variant(Integer, "sqlite"), primary_key=True)


def _scope_key() -> tuple[Column[str], Column[str]]:
    return Column("scope_kind", Text, primary_key=True), Column("scope_id", Text, primary_key=True)


def _product_key(*, primary_key: bool = False, references: bool = True) -> Column[int]:
    """Without `references` in the large tables that only follow another one: checking each row takes as long again."""
    keys = (ForeignKey("product.id"),) if references else ()
    return Column("product_id", BigInteger, *keys, primary_key=primary_key, nullable=False, autoincrement=False)


STORE: Final = Table(
    "store",
    METADATA,
    Column("id", Text, primary_key=True),
    _text("currency"),
    _text("time_zone"),
    _text("names"),
    _text("receipt"),
    _text("bag_skus"),
    _text("source"),  # where its products came from, for people
    _number("imported_at"),
    Column("region", Text, nullable=False, server_default=""),
    Column("feed_store", Text, nullable=False, server_default=""),  # which store of a feed it is, CHAIN:STORE
    Column("limits", Text, nullable=False, server_default="{}"),  # see hub.plausibility.Limits
    Column("payments", Text, nullable=False, server_default="{}"),  # see retail.payment_policy
    Column("membership", Text, nullable=False, server_default="{}"),  # see hub.membership.programmes
)

CATEGORY: Final = Table(
    "category",
    METADATA,
    _store_key(),
    Column("id", Text, primary_key=True),
    _text("names"),
    _text("picture"),
    Column("sort", Integer, nullable=False),
)

# Every product of every store once; its id is what lanes know it by, and is never given to another.
PRODUCT: Final = Table(
    "product",
    METADATA,
    _own_number("id"),
    Column("sku", Text, nullable=False, unique=True),
    sqlite_autoincrement=True,
)

# What a list says of a product. Named by its content: stores that say the same share a row.
DESCRIPTION: Final = Table(
    "description",
    METADATA,
    _own_number("id"),
    _product_key(),
    _text("digest"),
    _text("names"),
    _text("unit"),
    _text("category"),
    Column("tax_rate_bp", Integer, nullable=False),
    Column("min_age", Integer, nullable=False),
    Column("loose", Boolean, nullable=False),
    _text("plu"),
    _text("picture"),
    Column("tare_grams", Integer, nullable=False),
    _text("terms"),
    Column("discountable", Boolean, nullable=False, server_default=true()),
    Column("brand", Text, nullable=False, server_default=""),  # in a mall: whose goods they are
    UniqueConstraint("product_id", "digest"),
)

# What is sold where: scope_kind all, region or store; scope_id empty, a region's name or a store's id.
LISTING: Final = Table(
    "listing",
    METADATA,
    *_scope_key(),
    _product_key(primary_key=True, references=False),
    Column("description_id", BigInteger, ForeignKey("description.id"), nullable=False),
    _text("codes"),  # JSON: code to pieces
    Index(None, "description_id"),
    sqlite_with_rowid=False,
)

# The codes of the listings again: to find a product by its code, and so that a list has each code once.
LISTING_CODE: Final = Table(
    "listing_code",
    METADATA,
    *_scope_key(),
    _product_key(primary_key=True, references=False),
    Column("code", Text, primary_key=True),
    Column("pieces", Integer, nullable=False),
    UniqueConstraint("code", "scope_kind", "scope_id"),
    sqlite_with_rowid=False,
)

# source: feed for an imported list, rules for rule files; each replaces only its own. A later rule has a greater id.
PRICE_RULE: Final = Table(
    "price_rule",
    METADATA,
    _own_number("id"),
    _product_key(),
    _text("scope_kind"),
    _text("scope_id"),
    _text("channel"),
    _text("kind"),
    _number("minor"),
    _text("currency"),
    _maybe("valid_from"),
    _maybe("valid_until"),
    Column("priority", Integer, nullable=False),
    _text("source"),
    _text("label"),
    _number("change"),
    _maybe("lowest_minor"),  # of a special price, the lowest of the 30 days before it
    Index(None, "scope_kind", "scope_id", "product_id"),
    sqlite_autoincrement=True,
)

# One row. Whoever changes lists adds to it first: it is locked until the end, so numbers are in the order of commits.
CHANGE_COUNTER: Final = Table(
    "change_counter",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    _number("value"),
)

# Which products a change touched, in which scope.
CHANGE_LOG: Final = Table(
    "change_log",
    METADATA,
    *_scope_key(),
    Column("change", BigInteger, primary_key=True, autoincrement=False),
    _product_key(primary_key=True, references=False),
    sqlite_with_rowid=False,
)

# Every import that was taken. objections and approved_by: what spoke against it, and who let it through.
IMPORT_LOG: Final = Table(
    "import_log",
    METADATA,
    Column("change", BigInteger, primary_key=True, autoincrement=False),
    _text("scope_kind"),
    _text("scope_id"),
    _text("source"),
    _text("feed_store"),
    _number("at"),
    _text("difference"),
    _text("objections"),
    _text("approved_by"),
    Index(None, "scope_kind", "scope_id"),
)

# What a store promises for some of its goods; each source replaces only its own. terms: retail.promotions.body as JSON,
# of which valid_from, valid_until and everything are told again. text: the feed's own words, for people.
CAMPAIGN: Final = Table(
    "campaign",
    METADATA,
    _own_number("number"),
    Column("store", Text, ForeignKey("store.id"), nullable=False),
    _text("source"),
    _text("id"),
    _text("terms"),
    _maybe("valid_from"),
    _maybe("valid_until"),
    Column("everything", Boolean, nullable=False),
    _text("text"),
    UniqueConstraint("store", "id"),  # lanes know them by it
    sqlite_autoincrement=True,
)

# Goods of campaigns as they are named, not by their numbers: what is imported later takes part as well. kind: sku, code
# (in the form of retail.gtin, so that all ways to write a GTIN are one) or category; group_no -1: is left out.
CAMPAIGN_GOODS: Final = Table(
    "campaign_goods",
    METADATA,
    _store_key(),
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("campaign", BigInteger, ForeignKey("campaign.number"), primary_key=True, autoincrement=False),
    Column("group_no", Integer, primary_key=True, autoincrement=False),
    _maybe("price_minor"),
    Index(None, "campaign"),
    sqlite_with_rowid=False,
)

# quantity: pieces, or grams of what is sold by the kilogram; below zero where goods were sold before they were booked.
STOCK: Final = Table(
    "stock",
    METADATA,
    _store_key(),
    _product_key(primary_key=True),
    _number("quantity"),
    _number("counted_at"),
)

# Goods that were called back. source: folder for those of a shop folder, which each import replaces, else person.
# code: the product as it was named; ended_at: since when it holds no more, empty while it does.
RECALL: Final = Table(
    "recall",
    METADATA,
    _own_number("id"),
    _text("scope_kind"),
    _text("scope_id"),
    _text("source"),
    _text("code"),
    _text("reason"),
    _maybe("valid_until"),
    _number("added_at"),
    _text("added_by"),
    _maybe("ended_at"),
    _text("ended_by"),
    sqlite_autoincrement=True,
)

# What a recall is about: some lots or single items of products, or with both empty all of a product.
RECALL_GOODS: Final = Table(
    "recall_goods",
    METADATA,
    Column("recall_id", BigInteger, ForeignKey("recall.id"), primary_key=True, autoincrement=False),
    _product_key(primary_key=True),
    Column("lot", Text, primary_key=True),
    Column("serial", Text, primary_key=True),
)

PICTURE: Final = Table(
    "picture",
    METADATA,
    _store_key(),
    Column("name", Text, primary_key=True),
    _text("media_type"),
    Column("content", LargeBinary, nullable=False),
)

LABEL_TEMPLATE: Final = Table(
    "label_template",
    METADATA,
    _store_key(),
    Column("pattern", Text, primary_key=True),
    _text("name"),
    Column("sort", Integer, nullable=False),
)

# life: how often the lane began its journal anew; rejoin: a rotated token may do so once.
LANE: Final = Table(
    "lane",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("store", Text, ForeignKey("store.id"), nullable=False),
    _text("name"),
    Column("token_sha256", Text, nullable=False, unique=True),
    Column("life", Integer, nullable=False),
    Column("rejoin", Boolean, nullable=False),
    _number("head_number"),
    _text("head_hash"),
    _number("enrolled_at"),
    _maybe("seen_at"),
    _text("status"),
    UniqueConstraint("store", "name"),
)

# refused: why the hub could not use the event, or empty. It is stored all the same, and found by an index of its own.
_PARKED: Final = text("refused <> ''")
_FORWARDED: Final = text("kind = 'payment.forwarded'")
LANE_EVENT: Final = Table(
    "lane_event",
    METADATA,
    Column("lane_id", Integer, ForeignKey("lane.id"), primary_key=True, autoincrement=False),
    Column("life", Integer, primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    _text("at"),
    _text("kind"),
    Column("sale_id", Text, nullable=True),
    _text("body"),
    _text("previous_hash"),
    _text("hash"),
    _text("refused"),
    _number("received_at"),
    Index(None, "sale_id"),
    Index("ix_lane_event_parked", "lane_id", "life", "number", sqlite_where=_PARKED, postgresql_where=_PARKED),
    Index(
        "ix_lane_event_forwarded",
        "lane_id",
        "life",
        "number",
        sqlite_where=_FORWARDED,
        postgresql_where=_FORWARDED,
    ),
)

_CLAIMED: Final = text("claim <> ''")
_PAID: Final = text("payment_key <> ''")
# settled_at: when the members' books last agreed with the sale; 0 as soon as there is something new of it. benefits:
# the ids of those that were in force when they first saw it completed, as JSON; empty until then.
UNSETTLED: Final = text("settled_at = 0")
SALE: Final = Table(
    "sale",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("lane_id", Integer, ForeignKey("lane.id"), nullable=False),
    Column("life", Integer, nullable=False),
    Column("store", Text, ForeignKey("store.id"), nullable=False),
    _text("status"),
    _text("currency"),
    _number("total_minor"),
    _number("saved_minor"),
    Column("lines", Integer, nullable=False),
    _text("tax"),
    _text("items"),
    _text("started_at"),
    _text("completed_at"),
    _text("receipt_number"),
    _text("discrepancy"),
    Column("guide", Text, nullable=False, server_default=""),
    Column("uses", Text, nullable=False, server_default="[]"),
    Column("claim", Text, nullable=False, server_default=""),
    Column("visit", Text, nullable=False, server_default="{}"),
    Column("coupons", Text, nullable=False, server_default="[]"),
    Column("points", BigInteger, nullable=False, server_default="0"),
    Column("payment_key", Text, nullable=False, server_default=""),
    Column("settled_at", BigInteger, nullable=False, server_default="0"),
    Column("benefits", Text, nullable=False, server_default=""),
    Index(None, "store", "started_at"),
    Index(None, "store", "receipt_number"),
    Index("ix_sale_claim", "claim", sqlite_where=_CLAIMED, postgresql_where=_CLAIMED),
    Index("ix_sale_payment_key", "payment_key", sqlite_where=_PAID, postgresql_where=_PAID),
    Index("ix_sale_unsettled", "settled_at", "id", sqlite_where=UNSETTLED, postgresql_where=UNSETTLED),
)

# Items with serial numbers in completed sales; item: the GTIN, or the SKU of what has none.
SOLD_ITEM: Final = Table(
    "sold_item",
    METADATA,
    Column("sale_id", Text, ForeignKey("sale.id"), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    _text("item"),
    _text("serial"),
    _text("sku"),
    Index(None, "item", "serial"),
)

# amount_minor is empty for a key that was cancelled before its start arrived: it may never be started. gateway: the
# hub's own name of it; contract: its plug-in and account. sending_until: till when a start may be on its way, else 0.
PAYMENT: Final = Table(
    "payment",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("lane_id", Integer, ForeignKey("lane.id"), nullable=False),
    _text("sale_id"),
    _text("way"),
    _text("gateway"),
    _maybe("amount_minor"),
    _text("currency"),
    _text("outcome"),
    _text("reason"),
    _text("reference"),
    _maybe("paid_minor"),
    _number("created_at"),
    _number("updated_at"),
    Column("contract", Text, nullable=False, server_default=""),
    Column("trouble", Text, nullable=False, server_default=""),
    Column("cancel_sent", Boolean, nullable=False, server_default=false()),
    Column("sending_until", BigInteger, nullable=False, server_default="0"),
    Index(None, "created_at"),
)

REFUND: Final = Table(
    "refund",
    METADATA,
    Column("payment_key", Text, ForeignKey("payment.key"), primary_key=True),
    Column("refund_key", Text, primary_key=True),
    _number("amount_minor"),
    _text("outcome"),
    _text("reason"),
    _text("reference"),
    _number("created_at"),
    _number("updated_at"),
)
