"""What a payment must not forget: that a cancel was sent, whose contract it is under, how long its start may take."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("payment", sa.Column("contract", sa.Text(), server_default="", nullable=False))
    op.add_column("payment", sa.Column("trouble", sa.Text(), server_default="", nullable=False))
    op.add_column("payment", sa.Column("cancel_sent", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("payment", sa.Column("sending_until", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index(op.f("ix_payment_created_at"), "payment", ["created_at"])


def downgrade() -> None:
    raise NotImplementedError("a hub goes back by restoring its backup, not by dropping tables")
