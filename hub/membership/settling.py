"""Brings every book up to date with one sale: what is missing is added, whatever came first, twice or late."""

from __future__ import annotations

from typing import Any, Protocol

from sqlalchemy import Connection, Row, select, update

from hub.membership.benefits import give_for_sale
from hub.membership.campaign_uses import count_uses
from hub.membership.coupon_book import settle_coupons
from hub.membership.given_back import given_back_minor
from hub.membership.membership_file import MembershipFile
from hub.membership.points_book import settle_points
from hub.membership.reservations import OVER
from hub.tables import SALE
from retail.sale import SaleStatus


class Owners(Protocol):
    """Whose sales are, as hub.membership.members.Members has it."""

    def whose(self, connection: Connection, sale: Row[Any]) -> int | None:
        """The member of a completed sale, kept from then on; None while it is nobody's."""
        ...


def settle_sale(connection: Connection, owners: Owners, sale_id: str, file: MembershipFile | None, now: int) -> None:
    """Settle a sale that is over, inside the caller's transaction; nothing for any other. Two that settle one sale wait
    for each other. The order of what is held: the sale, its member, pools, coupons by their codes."""
    sale = connection.execute(select(SALE).where(SALE.c.id == sale_id).with_for_update()).one_or_none()
    if sale is None or sale.status not in OVER:
        return
    if sale.status == SaleStatus.COMPLETED:
        _settle_completed(connection, owners, sale, file, now)
    else:
        settle_coupons(connection, sale, None, given_back=False, now=now)
    connection.execute(update(SALE).where(SALE.c.id == sale_id).values(settled_at=now))


def _settle_completed(
    connection: Connection, owners: Owners, sale: Row[Any], file: MembershipFile | None, now: int
) -> None:
    member_id = owners.whose(connection, sale)
    if member_id is not None:
        count_uses(connection, sale, member_id)
    give_for_sale(connection, file, sale, member_id, now)
    back_minor = given_back_minor(connection, sale.id)
    settle_points(connection, sale, member_id, back_minor, now)
    settle_coupons(connection, sale, member_id, given_back=0 < sale.total_minor <= back_minor, now=now)
