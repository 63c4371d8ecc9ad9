"""The tables of the refund book; money is minor units, times are epoch seconds UTC."""

from __future__ import annotations

from typing import Final

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, Table, Text

from hub.tables import METADATA


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False)


def _number(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False)


# Every refund of a sale, from the moment at which it was promised: whatever is not declined is not left any more.
# lane_id: who asked; paid_by_lane: where the money was taken. route: 'hub' or 'lane', whose gateway gives it back.
# asked: what the lane asked for, to know it again; parts: that with its money.
SALE_REFUND: Final = Table(
    "sale_refund",
    METADATA,
    Column("refund_key", Text, primary_key=True),
    Column("lane_id", Integer, ForeignKey("lane.id"), nullable=False),
    Column("sale_id", Text, ForeignKey("sale.id"), nullable=False),
    _text("payment_key"),
    _text("paid_by_lane"),
    _text("gateway"),
    _text("way"),
    _text("brand"),
    _text("route"),
    _number("amount_minor"),
    _number("paid_minor"),
    _text("currency"),
    _text("asked"),
    _text("parts"),
    _text("why"),
    _text("asked_by"),
    _text("approved_by"),
    _text("outcome"),
    _text("reason"),
    _text("reference"),
    _number("created_at"),
    _number("updated_at"),
    Index(None, "sale_id"),
)

# What lanes' journals say became of refunds: compared with the book, which they must not differ from.
REFUND_TOLD: Final = Table(
    "refund_told",
    METADATA,
    Column("lane_id", Integer, ForeignKey("lane.id"), primary_key=True, autoincrement=False),
    Column("refund_key", Text, primary_key=True),
    _text("sale_id"),
    _number("amount_minor"),
    _text("currency"),
    _text("outcome"),
    _text("at"),
)
