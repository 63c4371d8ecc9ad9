"""Sales that the books cannot settle: one whose lane told nonsense must not stand before all the others for ever."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sqlalchemy import Connection, delete, select, update

from hub.membership.once import insert_once
from hub.membership.tables import MEMBER_PROBLEM
from hub.tables import SALE

PROBLEM: Final = "settling"
_AGAIN_S: Final = 600
_ASIDE: Final = -1  # as settled_at: neither unsettled nor settled at any time


def set_aside(connection: Connection, sale_id: str, fault: Exception, now: int) -> None:
    """Put a sale behind the others and tell of it. The fault's own words could hold what its lane told."""
    key = _key(sale_id)
    sentence = (
        f"sale {sale_id}: its points and coupons cannot be reckoned ({type(fault).__name__}); it is tried again every "
        "ten minutes. Look at what its lane told of it"
    )
    insert_once(connection, MEMBER_PROBLEM, key=key, kind=PROBLEM, detail=sentence, at=now)
    connection.execute(update(SALE).where(SALE.c.id == sale_id).values(settled_at=_ASIDE))


def due_again(connection: Connection, limit: int, now: int) -> Sequence[str]:
    """Those that were set aside a while ago, longest first."""
    query = select(MEMBER_PROBLEM.c.key).where(MEMBER_PROBLEM.c.kind == PROBLEM, MEMBER_PROBLEM.c.at <= now - _AGAIN_S)
    keys = connection.execute(query.order_by(MEMBER_PROBLEM.c.at).limit(limit)).scalars()
    return [key.removeprefix(f"{PROBLEM}:").removesuffix(":") for key in keys]


def put_back(connection: Connection, sale_ids: Sequence[str]) -> None:
    """Have them settled again like any other; whoever finds them at fault notes it anew."""
    aside = SALE.c.id.in_(sale_ids) & (SALE.c.settled_at == _ASIDE)
    connection.execute(update(SALE).where(aside).values(settled_at=0))
    connection.execute(delete(MEMBER_PROBLEM).where(MEMBER_PROBLEM.c.key.in_([_key(one) for one in sale_ids])))


def _key(sale_id: str) -> str:
    return f"{PROBLEM}:{sale_id}:"
