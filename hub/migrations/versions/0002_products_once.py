"""Products once, what lists say of them by content, listings and price rules by scope, and a log of changes."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_BATCH = 1000
# As hub.catalogue_rows wrote them when these tables came: a list that is imported again finds what it says.
_DESCRIBED = (
    "names",
    "unit",
    "category",
    "tax_rate_bp",
    "min_age",
    "loose",
    "plu",
    "picture",
    "tare_grams",
    "terms",
)


def upgrade() -> None:
    for table in ("price", "product_code", "product"):
        # A copy, not a new name: on PostgreSQL the constraints would keep the names that the new tables need.
        op.execute(f"CREATE TABLE old_{table} AS SELECT * FROM {table}")
        op.drop_table(table)
    _widen_stores()
    _create_products()
    _create_rules()
    _create_changes()
    _move_products()
    _move_prices()
    _log_all()
    for table in ("price", "product_code", "product"):
        op.drop_table(f"old_{table}")


def _widen_stores() -> None:
    for name, default in (("region", ""), ("feed_store", ""), ("limits", "{}")):
        op.add_column("store", sa.Column(name, sa.Text(), nullable=False, server_default=default))


def _own_number() -> sa.Column[int]:
    return sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False)


def _scope_key() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("scope_kind", sa.Text(), nullable=False), sa.Column("scope_id", sa.Text(), nullable=False)


def _product_key() -> sa.Column[int]:
    return sa.Column("product_id", sa.BigInteger(), autoincrement=False, nullable=False)


def _create_products() -> None:
    op.create_table(
        "product",
        _own_number(),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_product")),
        sa.UniqueConstraint("sku", name=op.f("uq_product_sku")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "description",
        _own_number(),
        _product_key(),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("tax_rate_bp", sa.Integer(), nullable=False),
        sa.Column("min_age", sa.Integer(), nullable=False),
        sa.Column("loose", sa.Boolean(), nullable=False),
        sa.Column("plu", sa.Text(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("tare_grams", sa.Integer(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_description_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_description")),
        sa.UniqueConstraint("product_id", "digest", name=op.f("uq_description_product_id_digest")),
    )
    op.create_table(
        "listing",
        *_scope_key(),
        _product_key(),
        sa.Column("description_id", sa.BigInteger(), nullable=False),
        sa.Column("codes", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["description_id"], ["description.id"], name=op.f("fk_listing_description")),
        sa.PrimaryKeyConstraint("scope_kind", "scope_id", "product_id", name=op.f("pk_listing")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_listing_description_id"), "listing", ["description_id"], unique=False)
    op.create_table(
        "listing_code",
        *_scope_key(),
        _product_key(),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("scope_kind", "scope_id", "product_id", "code", name=op.f("pk_listing_code")),
        sa.UniqueConstraint("code", "scope_kind", "scope_id", name=op.f("uq_listing_code_code_scope_kind_scope_id")),
        sqlite_with_rowid=False,
    )


def _create_rules() -> None:
    op.create_table(
        "price_rule",
        _own_number(),
        _product_key(),
        *_scope_key(),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=True),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_price_rule_product")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_rule")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_price_rule_scope_kind_scope_id_product_id"),
        "price_rule",
        ["scope_kind", "scope_id", "product_id"],
        unique=False,
    )


def _create_changes() -> None:
    op.create_table(
        "change_counter",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_counter")),
    )
    op.create_table(
        "change_log",
        *_scope_key(),
        sa.Column("change", sa.BigInteger(), autoincrement=False, nullable=False),
        _product_key(),
        sa.PrimaryKeyConstraint("scope_kind", "scope_id", "change", "product_id", name=op.f("pk_change_log")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "import_log",
        sa.Column("change", sa.BigInteger(), autoincrement=False, nullable=False),
        *_scope_key(),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("feed_store", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("difference", sa.Text(), nullable=False),
        sa.Column("objections", sa.Text(), nullable=False),
        sa.Column("approved_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("change", name=op.f("pk_import_log")),
    )
    op.create_index(op.f("ix_import_log_scope_kind_scope_id"), "import_log", ["scope_kind", "scope_id"], unique=False)


def _move_products() -> None:
    """Products in the order in which the stores had them; what each store says of them; where they are listed."""
    op.execute(
        "INSERT INTO product (sku) SELECT sku FROM old_product GROUP BY sku ORDER BY min(number), min(store), sku"
    )
    describe = sa.text(
        f"INSERT INTO description (product_id, digest, {', '.join(_DESCRIBED)}) "
        f"SELECT id, :digest, {', '.join(':' + name for name in _DESCRIBED)} FROM product WHERE sku = :sku "
        "ON CONFLICT DO NOTHING"
    )
    listed = sa.text(
        "INSERT INTO listing (scope_kind, scope_id, product_id, description_id, codes) "
        "SELECT 'store', :store, product.id, description.id, :codes FROM product "
        "JOIN description ON description.product_id = product.id AND description.digest = :digest WHERE sku = :sku"
    )
    connection = op.get_bind()
    for rows in _old_products(connection):
        connection.execute(describe, rows)
        connection.execute(listed, rows)
    op.execute(
        "INSERT INTO listing_code (scope_kind, scope_id, product_id, code, pieces) "
        "SELECT 'store', c.store, p.id, c.code, c.pieces FROM old_product_code c "
        "JOIN old_product o ON o.store = c.store AND o.number = c.number JOIN product p ON p.sku = o.sku"
    )


def _old_products(connection: sa.Connection) -> Iterator[list[dict[str, Any]]]:
    """The rows of old_product in batches, each with the digest of what it says and its codes."""
    products = sa.text(
        f"SELECT store, number, sku, {', '.join(_DESCRIBED)} FROM old_product "
        "WHERE store = :store AND number > :after ORDER BY number LIMIT :batch"
    )
    codes = sa.text(
        "SELECT number, code, pieces FROM old_product_code "
        "WHERE store = :store AND number > :after AND number <= :last ORDER BY number, code"
    )
    # The copies have no keys of their own; without one, each batch would read all of a table.
    op.execute("CREATE INDEX old_product_number ON old_product (store, number)")
    op.execute("CREATE INDEX old_product_code_number ON old_product_code (store, number)")
    op.execute("CREATE INDEX old_price_number ON old_price (store, number)")
    for store in connection.execute(sa.text("SELECT id FROM store ORDER BY id")).scalars().all():
        where: dict[str, Any] = {"store": store, "after": -1, "batch": _BATCH}
        while rows := [dict(row) for row in connection.execute(products, where).mappings()]:
            where["last"] = rows[-1]["number"]
            found = {
                number: {code: pieces for _, code, pieces in group}
                for number, group in groupby(connection.execute(codes, where), key=lambda row: row[0])
            }
            for row in rows:
                row["loose"] = bool(row["loose"])
                row["digest"] = _digest(row)
                row["codes"] = _json(found.get(row["number"], {}))
            yield rows
            where["after"] = where["last"]


def _digest(row: Mapping[str, Any]) -> str:
    numbers = f"{row['unit']} {row['tax_rate_bp']} {row['min_age']} {row['loose']:d} {row['tare_grams']} "
    text = f"{row['names']}{row['terms']}{numbers}{_json(row['category'])}{_json(row['plu'])}{_json(row['picture'])}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _move_prices() -> None:
    op.execute(
        "INSERT INTO price_rule (product_id, scope_kind, scope_id, channel, kind, minor, currency, valid_from, "
        "valid_until, priority, source, label, change) "
        "SELECT p.id, 'store', o.store, 'any', x.kind, x.minor, s.currency, x.valid_from, x.valid_until, 0, 'feed', "
        "'', 1 FROM old_price x JOIN old_product o ON o.store = x.store AND o.number = x.number "
        "JOIN product p ON p.sku = o.sku JOIN store s ON s.id = x.store ORDER BY x.store, p.id, x.place"
    )


def _log_all() -> None:
    op.execute("INSERT INTO change_counter (id, value) SELECT 1, CASE WHEN count(*) > 0 THEN 1 ELSE 0 END FROM listing")
    op.execute(
        "INSERT INTO change_log (scope_kind, scope_id, change, product_id) "
        "SELECT scope_kind, scope_id, 1, product_id FROM listing"
    )


def downgrade() -> None:
    raise NotImplementedError("a hub goes back by restoring its backup, not by dropping tables")
