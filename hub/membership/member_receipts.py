"""What a member bought, as long as anybody knows that it was they."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from hub.membership.given_back import given_back_minor
from hub.membership.tables import POINTS, SALE_MEMBER
from hub.tables import SALE


@dataclass(frozen=True, slots=True)
class MemberReceipt:
    """A completed sale. `items` as in hub.sales.SaleRecord; `points`: what is left of what it earned."""

    sale_id: str
    store: str
    number: str
    completed_at: str
    currency: str
    total_minor: int
    saved_minor: int
    given_back_minor: int
    points: int
    items: tuple[Mapping[str, Any], ...]


def receipts_of(connection: Connection, member_id: int, limit: int = 200) -> tuple[MemberReceipt, ...]:
    """A member's sales, latest first."""
    query = select(SALE).join(SALE_MEMBER, SALE_MEMBER.c.sale_id == SALE.c.id)
    query = query.where(SALE_MEMBER.c.member_id == member_id).order_by(SALE.c.completed_at.desc(), SALE.c.id)
    return tuple(
        MemberReceipt(
            row.id,
            row.store,
            row.receipt_number,
            row.completed_at,
            row.currency,
            row.total_minor,
            row.saved_minor,
            given_back_minor(connection, row.id),
            _points(connection, row.id),
            tuple(json.loads(row.items)),
        )
        for row in connection.execute(query.limit(limit)).all()
    )


def _points(connection: Connection, sale_id: str) -> int:
    return sum(connection.execute(select(POINTS.c.points).where(POINTS.c.key == sale_id)).scalars())
