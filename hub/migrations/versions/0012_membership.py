"""Members, consents and benefits; what a sale knows of its shopper; whose brand goods are."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _tables()
    op.add_column("description", sa.Column("brand", sa.Text(), server_default="", nullable=False))
    op.add_column("sale", sa.Column("claim", sa.Text(), server_default="", nullable=False))
    op.add_column("sale", sa.Column("visit", sa.Text(), server_default="{}", nullable=False))
    op.add_column("sale", sa.Column("coupons", sa.Text(), server_default="[]", nullable=False))
    op.add_column("sale", sa.Column("points", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("sale", sa.Column("payment_key", sa.Text(), server_default="", nullable=False))
    op.add_column("sale", sa.Column("settled_at", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("sale", sa.Column("benefits", sa.Text(), server_default="", nullable=False))
    op.execute("UPDATE sale SET settled_at = 1, benefits = '[]'")  # of before there were members: nothing is due
    _sale_index("ix_sale_claim", ["claim"], "claim <> ''")
    _sale_index("ix_sale_payment_key", ["payment_key"], "payment_key <> ''")
    _sale_index("ix_sale_unsettled", ["settled_at", "id"], "settled_at = 0")
    op.add_column("store", sa.Column("membership", sa.Text(), server_default="{}", nullable=False))


def _sale_index(name: str, columns: list[str], where: str) -> None:
    op.create_index(name, "sale", columns, unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _tables() -> None:
    op.create_table(
        "member",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("card", sa.Text(), nullable=False),
        sa.Column("masked", sa.Text(), nullable=False),
        sa.Column("page", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("erased_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_member"),
        sa.UniqueConstraint("card", name="uq_member_card"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "red_packet_pool",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("budget_minor", sa.BigInteger(), nullable=False),
        sa.Column("left_minor", sa.BigInteger(), nullable=False),
        sa.Column("least_minor", sa.BigInteger(), nullable=False),
        sa.Column("most_minor", sa.BigInteger(), nullable=False),
        sa.Column("over_minor", sa.BigInteger(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=False),
        sa.Column("commitment", sa.Text(), nullable=False),
        sa.Column("opens_at", sa.BigInteger(), nullable=False),
        sa.Column("closes_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_red_packet_pool"),
    )
    op.create_table(
        "consent_text",
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("club", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("text_sha256", "club", "purpose", "version", "language", name="pk_consent_text"),
    )
    op.create_table(
        "join_step",
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("club", sa.Text(), nullable=False),
        sa.Column("step", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("claim", "club", "step", name="pk_join_step"),
    )
    op.create_index(
        "ix_join_step_open",
        "join_step",
        ["at"],
        unique=False,
        sqlite_where=sa.text("outcome NOT IN ('done', 'skipped')"),
        postgresql_where=sa.text("outcome NOT IN ('done', 'skipped')"),
    )
    op.create_table(
        "member_problem",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_member_problem"),
    )
    op.create_table(
        "parking_grant",
        sa.Column("sale_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("car", sa.Text(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("sale_id", name="pk_parking_grant"),
    )
    op.create_table(
        "payer",
        sa.Column("payment_key", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("payment_key", name="pk_payer"),
    )
    op.create_table(
        "phone_code",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent", sa.Integer(), nullable=False),
        sa.Column("hour_began", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_phone_code"),
    )
    op.create_table(
        "campaign_use",
        sa.Column("sale_id", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_campaign_use_member"),
        sa.PrimaryKeyConstraint("sale_id", "campaign_id", name="pk_campaign_use"),
    )
    op.create_index("ix_campaign_use_member_id", "campaign_use", ["member_id"], unique=False)
    op.create_table(
        "car_event",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("car", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_car_event_member"),
        sa.PrimaryKeyConstraint("id", name="pk_car_event"),
    )
    op.create_index("ix_car_event_member_id", "car_event", ["member_id"], unique=False)
    op.create_table(
        "consent",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("club", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("granted", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text_sha256", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("lane", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_consent_member"),
        sa.PrimaryKeyConstraint("id", name="pk_consent"),
        sa.UniqueConstraint(
            "member_id", "club", "purpose", "granted", "key", name="uq_consent_member_id_club_purpose_granted_key"
        ),
    )
    op.create_table(
        "member_club",
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("club", sa.Text(), nullable=False),
        sa.Column("joined_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_member_club_member"),
        sa.PrimaryKeyConstraint("member_id", "club", name="pk_member_club"),
    )
    op.create_table(
        "member_identity",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_member_identity_member"),
        sa.PrimaryKeyConstraint("kind", "digest", name="pk_member_identity"),
    )
    op.create_index("ix_member_identity_member_id", "member_identity", ["member_id"], unique=False)
    op.create_table(
        "points",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("points", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_points_member"),
        sa.PrimaryKeyConstraint("kind", "key", name="pk_points"),
    )
    op.create_index("ix_points_key", "points", ["key"], unique=False)
    op.create_index("ix_points_member_id", "points", ["member_id"], unique=False)
    op.create_table(
        "red_packet_draw",
        sa.Column("pool", sa.Text(), nullable=False),
        sa.Column("sale_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger(), nullable=False),
        sa.Column("coupon", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["pool"], ["red_packet_pool.id"], name="fk_red_packet_draw_red_packet_pool"),
        sa.PrimaryKeyConstraint("pool", "sale_id", name="pk_red_packet_draw"),
        sa.UniqueConstraint("pool", "number", name="uq_red_packet_draw_pool_number"),
    )
    op.create_table(
        "sale_member",
        sa.Column("sale_id", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_sale_member_member"),
        sa.PrimaryKeyConstraint("sale_id", name="pk_sale_member"),
    )
    op.create_index("ix_sale_member_member_id", "sale_member", ["member_id"], unique=False)
    op.create_table(
        "claim",
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name="fk_claim_lane"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_claim_member"),
        sa.PrimaryKeyConstraint("claim", name="pk_claim"),
    )
    op.create_index("ix_claim_member_id", "claim", ["member_id"], unique=False)
    op.create_index("ix_claim_at", "claim", ["at"], unique=False)
    op.create_table(
        "coupon",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("campaign_id", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sale_id", sa.Text(), nullable=False),
        sa.Column("lane_id", sa.Integer(), nullable=True),
        sa.Column("issued_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.BigInteger(), nullable=False),
        sa.Column("given_for", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["lane_id"], ["lane.id"], name="fk_coupon_lane"),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_coupon_member"),
        sa.PrimaryKeyConstraint("code", name="pk_coupon"),
        sa.UniqueConstraint("source", name="uq_coupon_source"),
    )
    op.create_index("ix_coupon_given_for", "coupon", ["given_for"], unique=False)
    op.create_index("ix_coupon_member_id", "coupon", ["member_id"], unique=False)
    op.create_index("ix_coupon_sale_id", "coupon", ["sale_id"], unique=False)
    op.create_table(
        "coupon_use",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sale_id", sa.Text(), nullable=False),
        sa.Column("checked", sa.Boolean(), nullable=False),
        sa.Column("at", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["coupon.code"], name="fk_coupon_use_coupon"),
        sa.PrimaryKeyConstraint("code", "sale_id", name="pk_coupon_use"),
    )
    op.create_index("ix_coupon_use_sale_id", "coupon_use", ["sale_id"], unique=False)
    op.create_table(
        "car_park_token",
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("token_sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("store", name="pk_car_park_token"),
        sa.UniqueConstraint("token_sha256", name="uq_car_park_token_token_sha256"),
    )
    op.create_table(
        "member_session",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name="fk_member_session_member"),
        sa.PrimaryKeyConstraint("digest", name="pk_member_session"),
    )
    op.create_index("ix_member_session_member_id", "member_session", ["member_id"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("a hub goes back by restoring its backup, not by dropping tables")
