"""The hub's tables: times are epoch seconds UTC unless they are a lane's own ISO text, money is minor units."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
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

# number: its place in the list, so that what is published has the shop's own order.
PRODUCT: Final = Table(
    "product",
    METADATA,
    _store_key(),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    _text("sku"),
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
    UniqueConstraint("store", "sku"),
)

PRODUCT_CODE: Final = Table(
    "product_code",
    METADATA,
    _store_key(),
    Column("code", Text, primary_key=True),
    _number("number"),
    Column("pieces", Integer, nullable=False),
    ForeignKeyConstraint(["store", "number"], ["product.store", "product.number"]),
    Index(None, "store", "number"),
)

PRICE: Final = Table(
    "price",
    METADATA,
    _store_key(),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("place", Integer, primary_key=True, autoincrement=False),
    _text("kind"),
    _number("minor"),
    _maybe("valid_from"),
    _maybe("valid_until"),
    ForeignKeyConstraint(["store", "number"], ["product.store", "product.number"]),
)

OFFER: Final = Table(
    "offer",
    METADATA,
    _store_key(),
    Column("id", Text, primary_key=True),
    _text("kind"),
    Column("quantity", Integer, nullable=False),
    _number("price_minor"),
    _text("names"),
    _text("skus"),  # by SKU, not by row: an offer outlives the import that replaces its products
    _maybe("valid_from"),
    _maybe("valid_until"),
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

PUBLICATION: Final = Table(
    "publication",
    METADATA,
    _store_key(),
    Column("revision", BigInteger, primary_key=True, autoincrement=False),
    _text("sha256"),
    _number("size"),
    _number("uncompressed_size"),
    _number("products"),
    _number("published_at"),
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

# refused: why the hub could not use the event, or empty. It is stored all the same.
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
)

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
    Index(None, "store", "started_at"),
)

# amount_minor is empty for a key that was cancelled before its start arrived: it may never be started.
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
