"""Which campaigns a sale used, how often and with which coupons: for points, and for limits of a member."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sale", sa.Column("uses", sa.Text(), server_default="[]", nullable=False))


def downgrade() -> None:
    raise NotImplementedError("a hub goes back by restoring its backup, not by dropping tables")
