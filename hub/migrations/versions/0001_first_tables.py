"""The first tables: stores and their lists, lanes, their events and sales, payments."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_catalogue()
    _create_shop_content()
    _create_lanes()
    _create_payments()


def _create_catalogue() -> None:
    op.create_table(
        "store",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("receipt", sa.Text(), nullable=False),
        sa.Column("bag_skus", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("imported_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_store")),
    )
    op.create_table(
        "category",
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("picture", sa.Text(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["store"], ["store.id"], name=op.f("fk_category_store")),
        sa.PrimaryKeyConstraint("store", "id", name=op.f("pk_category")),
    )
    op.create_table(
        "product",
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
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
        sa.ForeignKeyConstraint(["store"], ["store.id"], name=op.f("fk_product_store")),
        sa.PrimaryKeyConstraint("store", "number", name=op.f("pk_product")),
        sa.UniqueConstraint("store", "sku", name=op.f("uq_product_store_sku")),
    )
    op.create_table(
        "product_code",
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store", "number"], ["product.store", "product.number"], name=op.f("fk_product_code_product")
        ),
        sa.ForeignKeyConstraint(["store"], ["store.id"], name=op.f("fk_product_code_store")),
        sa.PrimaryKeyConstraint("store", "code", name=op.f("pk_product_code")),
    )
    op.create_index(op.f("ix_product_code_store_number"), "product_code", ["store", "number"], unique=False)
    op.create_table(
        "price",
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("minor", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=True),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store", "number"], ["product.store", "product.number"], name=op.f("fk_price_product")
        ),
        sa.ForeignKeyConstraint(["store"], ["store.id"], name=op.f("fk_price_store")),
        sa.PrimaryKeyConstraint("store", "number", "place", name=op.f("pk_price")),
    )


def _create_shop_content() -> None:
    op.create_table(
        "offer",
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=False),
        sa.Column("names", sa.Text(), nullable=False),
        sa.Column("skus", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=True),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["store"], ["store.id"], name=op.f("fk_offer_store")),
        sa.PrimaryKeyConstraint("store", "id", name=op.f("pk_offer")),
    )
    op.create_table(
        "picture",
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["store"], ["store.id"], name=op.f("fk_picture_store")),
        sa.PrimaryKeyConstraint("store", "name", name=op.f("pk_picture")),
    )
    op.create_table(
        "label_template",
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("pattern", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sort", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["store"], ["store.id"], name=op.f("fk_label_template_store")),
        sa.PrimaryKeyConstraint("store", "pattern", name=op.f("pk_label_template")),
    )
    op.create_table(
        "publication",
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uncompressed_size", sa.BigInteger(), nullable=False),
        sa.Column("products", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["store"], ["store.id"], name=op.f("fk_publication_store")),
        sa.PrimaryKeyConstraint("store", "revision", name=op.f("pk_publication")),
    )


def _create_lanes() -> None:
    op.create_table(
        "lane",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.Column("life", sa.Integer(), nullable=False),
        sa.Column("rejoin", sa.Boolean(), nullable=False),
        sa.Column("head_number", sa.BigInteger(), nullable=False),
        sa.Column("head_hash", sa.Text(), nullable=False),
        sa.Column("enrolled_at", sa.BigInteger(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["store"], ["store.id"], name=op.f("fk_lane_store")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lane")),
        sa.UniqueConstraint("store", "name", name=op.f("uq_lane_store_name")),
        sa.UniqueConstraint("token_sha256", name=op.f("uq_lane_token_sha256")),
    )
    op.create_table(
        "lane_event",
        sa.Column("lane_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("life", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("sale_id", sa.Text(), nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("previous_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("refused", sa.Text(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_lane_event_lane")),
        sa.PrimaryKeyConstraint("lane_id", "life", "number", name=op.f("pk_lane_event")),
    )
    op.create_index(op.f("ix_lane_event_sale_id"), "lane_event", ["sale_id"], unique=False)
    op.create_table(
        "sale",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=False),
        sa.Column("life", sa.Integer(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("total_minor", sa.BigInteger(), nullable=False),
        sa.Column("saved_minor", sa.BigInteger(), nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("tax", sa.Text(), nullable=False),
        sa.Column("items", sa.Text(), nullable=False),
        sa.Column("started_at", sa.Text(), nullable=False),
        sa.Column("completed_at", sa.Text(), nullable=False),
        sa.Column("receipt_number", sa.Text(), nullable=False),
        sa.Column("discrepancy", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_sale_lane")),
        sa.ForeignKeyConstraint(["store"], ["store.id"], name=op.f("fk_sale_store")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sale")),
    )
    op.create_index(op.f("ix_sale_store_started_at"), "sale", ["store", "started_at"], unique=False)


def _create_payments() -> None:
    op.create_table(
        "payment",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=False),
        sa.Column("sale_id", sa.Text(), nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("gateway", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=True),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("paid_minor", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_payment_lane")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_payment")),
    )
    op.create_table(
        "refund",
        sa.Column("payment_key", sa.Text(), nullable=False),
        sa.Column("refund_key", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["payment_key"], ["payment.key"], name=op.f("fk_refund_payment")),
        sa.PrimaryKeyConstraint("payment_key", "refund_key", name=op.f("pk_refund")),
    )


def downgrade() -> None:
    raise NotImplementedError("a hub goes back by restoring its backup, not by dropping tables")
