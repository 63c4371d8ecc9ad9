"""Publications by channel, the heads of lists with their envelopes, the files they name, and the signing keys."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _rework_publications()
    op.create_table(
        "list_head",
        *_list_key(),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("change", sa.BigInteger(), nullable=False),
        sa.Column("envelope", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.BigInteger(), nullable=False),
        sa.Column("announced", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["store"], ["store.id"], name=op.f("fk_list_head_store")),
        sa.PrimaryKeyConstraint("store", "channel", name=op.f("pk_list_head")),
    )
    op.create_table(
        "list_file",
        *_list_key(),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("left_at", sa.BigInteger(), nullable=True),
        sa.Column("left_revision", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["store"], ["store.id"], name=op.f("fk_list_file_store")),
        sa.PrimaryKeyConstraint("store", "channel", "sha256", name=op.f("pk_list_file")),
    )
    op.create_index(op.f("ix_list_file_sha256"), "list_file", ["sha256"], unique=False)
    op.create_table(
        "signing_key",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.Column("retires_at", sa.BigInteger(), nullable=True),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_signing_key")),
        sa.UniqueConstraint("key_id", name=op.f("uq_signing_key_key_id")),
    )


def _list_key() -> tuple[sa.Column[str], sa.Column[str]]:
    return sa.Column("store", sa.Text(), nullable=False), sa.Column("channel", sa.Text(), nullable=False)


def _rework_publications() -> None:
    """What was published so far were snapshots for lanes; the revisions after it go on from there."""
    columns = "store, revision, sha256, size, uncompressed_size, products, published_at"
    connection = op.get_bind()
    rows = [dict(row) for row in connection.execute(sa.text(f"SELECT {columns} FROM publication")).mappings()]
    op.drop_table("publication")
    table = op.create_table(
        "publication",
        *_list_key(),
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("products", sa.BigInteger(), nullable=False),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("uncompressed_size", sa.BigInteger(), nullable=False),
        sa.Column("published_at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["store"], ["store.id"], name=op.f("fk_publication_store")),
        sa.PrimaryKeyConstraint("store", "channel", "revision", name=op.f("pk_publication")),
    )
    if rows:
        new = {"channel": "lane", "state": "", "kind": "snapshot"}
        op.bulk_insert(table, [{**row, **new, "changed": row["products"]} for row in rows])


def downgrade() -> None:
    raise NotImplementedError("a hub goes back by restoring its backup, not by dropping tables")
