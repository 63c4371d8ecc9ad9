"""Campaigns of every kind in place of multi-buys; goods that no discount is for; the lowest price before a special one.

Multi-buys and the special prices of campaigns, which were price rules, become campaigns of the source `campaigns`.
"""

import json
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_CAMPAIGN = sa.table(
    "campaign",
    *(
        sa.column(name)
        for name in (
            "number",
            "store",
            "source",
            "id",
            "terms",
            "valid_from",
            "valid_until",
            "everything",
            "text",
        )
    ),
)
_GOODS = sa.table(
    "campaign_goods",
    *(sa.column(name) for name in ("store", "kind", "name", "campaign", "group_no", "price_minor")),
)
_SPECIAL_PRICES = """SELECT rule.scope_id, rule.label, rule.minor, rule.valid_from, rule.valid_until, product.sku
    FROM price_rule rule JOIN product ON product.id = rule.product_id
    WHERE rule.source = 'campaigns' AND rule.scope_kind = 'store' ORDER BY rule.id"""


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.BigInteger(), nullable=True),
        sa.Column("valid_until", sa.BigInteger(), nullable=True),
        sa.Column("everything", sa.Boolean(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["store"], ["store.id"], name=op.f("fk_campaign_store")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_campaign")),
        sa.UniqueConstraint("store", "id", name=op.f("uq_campaign_store_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "campaign_goods",
        sa.Column("store", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("campaign", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("group_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("price_minor", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["store"], ["store.id"], name=op.f("fk_campaign_goods_store")),
        sa.ForeignKeyConstraint(["campaign"], ["campaign.number"], name=op.f("fk_campaign_goods_campaign")),
        sa.PrimaryKeyConstraint("store", "kind", "name", "campaign", "group_no", name=op.f("pk_campaign_goods")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_campaign_goods_campaign"), "campaign_goods", ["campaign"])
    op.add_column("description", sa.Column("discountable", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.add_column("price_rule", sa.Column("lowest_minor", sa.BigInteger(), nullable=True))
    _take_over(op.get_bind())
    op.drop_table("offer")
    op.execute("DELETE FROM price_rule WHERE source = 'campaigns'")


def _take_over(connection: sa.Connection) -> None:
    offers = (
        connection.execute(sa.text("SELECT * FROM offer WHERE kind = 'n_for_x' ORDER BY store, id")).mappings().all()
    )
    for row in offers:
        terms = {"kind": "n_for_x", "price": row["price_minor"], "quantity": row["quantity"]}
        body = {"id": row["id"], "names": json.loads(row["names"]), "terms": terms, "when": _when(row)}
        _insert(connection, row["store"], body, json.loads(row["skus"]))
    taken = {(row["store"], row["id"]) for row in offers}
    specials: dict[tuple[str, str], tuple[dict[str, Any], list[str]]] = {}
    for row in connection.execute(sa.text(_SPECIAL_PRICES)).mappings():
        key = row["scope_id"], row["label"]
        body = {"id": row["label"], "terms": {"kind": "special_price", "price": row["minor"]}, "when": _when(row)}
        specials.setdefault(key, (body, []))[1].append(row["sku"])
    for (store, label), (body, skus) in specials.items():
        if (store, label) not in taken:
            _insert(connection, store, body, skus)


def _when(row: sa.RowMapping) -> dict[str, int]:
    return {name: row[name] for name in ("valid_from", "valid_until") if row[name] is not None}


def _insert(connection: sa.Connection, store: str, body: dict[str, Any], skus: list[str]) -> None:
    said = {name: value for name, value in body.items() if value != {}}
    row = {
        "store": store,
        "source": "campaigns",
        "id": body["id"],
        "terms": json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False),
        "valid_from": body["when"].get("valid_from"),
        "valid_until": body["when"].get("valid_until"),
        "everything": False,
        "text": "",
    }
    connection.execute(sa.insert(_CAMPAIGN).values(**row))
    same = sa.and_(_CAMPAIGN.c.store == store, _CAMPAIGN.c.id == body["id"])
    number = connection.execute(sa.select(_CAMPAIGN.c.number).where(same)).scalar_one()
    goods = {"store": store, "kind": "sku", "campaign": number, "group_no": 0, "price_minor": None}
    for sku in dict.fromkeys(skus):
        connection.execute(sa.insert(_GOODS).values(**goods, name=sku))


def downgrade() -> None:
    raise NotImplementedError("a hub goes back by restoring its backup, not by dropping tables")
