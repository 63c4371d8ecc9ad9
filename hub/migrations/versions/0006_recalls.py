"""Goods that were called back; items with serial numbers that lanes sold; the guide of a sale."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recall",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("scope_kind", sa.Text(), nullable=False),
        sa.Column("scope_id", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.Column("added_at", sa.BigInteger(), nullable=False),
        sa.Column("added_by", sa.Text(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=True),
        sa.Column("ended_by", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "recall_goods",
        sa.Column("recall_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("product_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["recall_id"], ["recall.id"], name=op.f("fk_recall_goods_recall")),
        sa.ForeignKeyConstraint(["product_id"], ["product.id"], name=op.f("fk_recall_goods_product")),
        sa.PrimaryKeyConstraint("recall_id", "product_id", "lot", "serial", name=op.f("pk_recall_goods")),
    )
    op.create_table(
        "sold_item",
        sa.Column("sale_id", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_sold_item_sale")),
        sa.PrimaryKeyConstraint("sale_id", "line", name=op.f("pk_sold_item")),
    )
    op.create_index(op.f("ix_sold_item_item_serial"), "sold_item", ["item", "serial"])
    op.add_column("sale", sa.Column("guide", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    raise NotImplementedError("a hub goes back by restoring its backup, not by dropping tables")
