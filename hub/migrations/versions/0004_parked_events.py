"""An index of the events that the hub could not use: they are counted at each heartbeat, and there are few."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_PARKED = sa.text("refused <> ''")


def upgrade() -> None:
    op.create_index(
        "ix_lane_event_parked",
        "lane_event",
        ["lane_id", "life", "number"],
        unique=False,
        sqlite_where=_PARKED,
        postgresql_where=_PARKED,
    )


def downgrade() -> None:
    raise NotImplementedError("a hub goes back by restoring its backup, not by dropping tables")
