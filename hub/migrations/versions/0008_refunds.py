"""The refund book, what lanes' journals say of refunds, and receipts found by their number."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_WORDS = (
    "sale_id",
    "payment_key",
    "paid_by_lane",
    "gateway",
    "way",
    "brand",
    "route",
    "currency",
    "asked",
    "parts",
    "why",
    "asked_by",
    "approved_by",
    "outcome",
    "reason",
    "reference",
)


def upgrade() -> None:
    op.create_table(
        "sale_refund",
        sa.Column("refund_key", sa.Text(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in _WORDS),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("amount_minor", "paid_minor", "created_at", "updated_at")
        ),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_sale_refund_lane")),
        sa.ForeignKeyConstraint(["sale_id"], ["sale.id"], name=op.f("fk_sale_refund_sale")),
        sa.PrimaryKeyConstraint("refund_key", name=op.f("pk_sale_refund")),
    )
    op.create_index(op.f("ix_sale_refund_sale_id"), "sale_refund", ["sale_id"])
    op.create_table(
        "refund_told",
        sa.Column("lane_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("refund_key", sa.Text(), nullable=False),
        sa.Column("sale_id", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name=op.f("fk_refund_told_lane")),
        sa.PrimaryKeyConstraint("lane_id", "refund_key", name=op.f("pk_refund_told")),
    )
    op.create_index(op.f("ix_sale_store_receipt_number"), "sale", ["store", "receipt_number"])


def downgrade() -> None:
    raise NotImplementedError("a hub goes back by restoring its backup, not by dropping tables")
