"""Temporary tables in which a list that is coming in lies beside the one that is there, of one connection's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Integer,
    MetaData,
    Table,
    Text,
    text,
)
from sqlalchemy.exc import IntegrityError

from hub.catalogue_rows import DESCRIBED, GoodsRows
from hub.errors import CatalogueRefused

_STAGE: Final = MetaData()
_SQLITE_CACHE: Final = "PRAGMA cache_size = -65536", "PRAGMA temp.cache_size = -65536"  # KiB, an upper bound
_KINDS: Final = {
    "tax_rate_bp": Integer,
    "min_age": Integer,
    "loose": Boolean,
    "tare_grams": Integer,
    "discountable": Boolean,
}


# SQLite keeps rows by themselves and an index of the key beside them, unless the key is INTEGER or it is told not to.
_NUMBER: Final = BigInteger().with_variant(Integer, "sqlite")


def _table(name: str, *parts: Column[Any], rowid: bool = True) -> Table:
    return Table(name, _STAGE, *parts, prefixes=["TEMPORARY"], sqlite_with_rowid=rowid)


def _place(*, primary_key: bool = False, unique: bool = False) -> Column[int]:
    """Where an item stands in its list."""
    return Column("place", Integer, primary_key=primary_key, unique=unique, nullable=False, autoincrement=False)


def _product(*, primary_key: bool = False) -> Column[int]:
    return Column("product_id", _NUMBER, primary_key=primary_key, nullable=False, autoincrement=False)


def _price() -> tuple[Column[Any], ...]:
    return (
        Column("kind", Text, nullable=False),
        Column("minor", BigInteger, nullable=False),
        Column("valid_from", BigInteger),
        Column("valid_until", BigInteger),
        Column("lowest_minor", BigInteger),
    )


# The list as it came.
STAGED_ITEM: Final = _table(
    "staged_item",
    _place(primary_key=True),
    Column("sku", Text, nullable=False, unique=True),
    Column("digest", Text, nullable=False),
    *(Column(name, _KINDS.get(name, Text), nullable=False) for name in DESCRIBED),
    Column("codes", Text, nullable=False),
)
STAGED_CODE: Final = _table(
    "staged_code",
    Column("code", Text, primary_key=True),
    _place(),
    Column("pieces", Integer, nullable=False),
    rowid=False,
)
STAGED_PRICE: Final = _table(
    "staged_price",
    _place(primary_key=True),
    Column("turn", Integer, primary_key=True, autoincrement=False),
    *_price(),
    rowid=False,
)

# Its items by the hub's numbers; description_id is empty for what no store has said yet.
INCOMING: Final = _table(
    "incoming", _product(primary_key=True), _place(unique=True), Column("description_id", BigInteger)
)

# What differs. `what` is added, gone, changed (codes or description) or priced (prices alone).
TOUCHED: Final = _table("touched", _product(primary_key=True), Column("what", Text, nullable=False))
STALE_RULE: Final = _table("stale_rule", Column("id", _NUMBER, primary_key=True), _product())
FRESH_PRICE: Final = _table("fresh_price", _product(), *_price())


def stage(connection: Connection, batches: Iterable[GoodsRows]) -> int:
    """Make the tables and fill in the list; the number of its items."""
    if connection.dialect.name == "sqlite":
        for pragma in _SQLITE_CACHE:
            connection.execute(text(pragma))
    for table in _STAGE.tables.values():  # of an import that failed on this connection
        connection.execute(text(f"DROP TABLE IF EXISTS {table.name}"))
    _STAGE.create_all(connection, checkfirst=False)
    count = 0
    for items, codes, prices in batches:
        _insert(connection, STAGED_ITEM, items)
        _insert(connection, STAGED_CODE, codes)
        _insert(connection, STAGED_PRICE, prices)
        count += len(items)
    know_sizes(connection, STAGED_ITEM, STAGED_CODE, STAGED_PRICE)
    return count


def unstage(connection: Connection) -> None:
    """Drop the tables."""
    _STAGE.drop_all(connection, checkfirst=False)


def know_sizes(connection: Connection, *tables: Table) -> None:
    """PostgreSQL takes a new table for a small one until it is told, and then reads it once for each row of another."""
    if connection.dialect.name == "postgresql":
        for table in tables:
            connection.execute(text(f"ANALYZE {table.name}"))


def _insert(connection: Connection, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    try:
        if connection.dialect.name == "postgresql":
            kinds = (column.type.compile(connection.dialect) for column in table.columns)
            arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
            # A column at a time: row by row, each is a message of its own, and a list takes four times as long.
            columns = tuple(list(column) for column in zip(*rows, strict=True))
            connection.exec_driver_sql(f"INSERT INTO {table.name} SELECT * FROM unnest({arrays})", columns)
        else:
            marks = ", ".join("?" for _ in table.columns)
            # Straight to the driver: twice as fast as through named parameters.
            connection.exec_driver_sql(f"INSERT INTO {table.name} VALUES ({marks})", rows)
    except IntegrityError as exc:
        what = "code" if table is STAGED_CODE else "number (SKU)"
        said = str(exc.orig).replace("staged_", "").splitlines()
        raise CatalogueRefused(
            f"the list has two products with the same {what} ({'; '.join(said)}); nothing was changed"
        ) from exc
