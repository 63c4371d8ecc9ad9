"""What a store's lanes may sell for without a line; payments that were forwarded to the bank are found at once."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_FORWARDED = sa.text("kind = 'payment.forwarded'")


def upgrade() -> None:
    op.add_column("store", sa.Column("payments", sa.Text(), server_default="{}", nullable=False))
    op.create_index(
        "ix_lane_event_forwarded",
        "lane_event",
        ["lane_id", "life", "number"],
        sqlite_where=_FORWARDED,
        postgresql_where=_FORWARDED,
    )


def downgrade() -> None:
    raise NotImplementedError("a hub goes back by restoring its backup, not by dropping tables")
