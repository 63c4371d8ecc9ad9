"""Makes a single coupon one sale's alone, and gives it back: what holds across lanes is decided here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from sqlalchemy import Connection, Row, select, update

from hub.database import Database
from hub.errors import MemberRefused
from hub.lanes import Lane
from hub.membership.coupon_book import State, held, know_listed, restate
from hub.membership.member_coupons import is_for_store
from hub.membership.tables import COUPON
from hub.tables import CAMPAIGN, SALE
from retail.promotions.body import campaign_of
from retail.promotions.campaign import Campaign
from retail.sale import SaleStatus

OVER: Final = frozenset({SaleStatus.COMPLETED, SaleStatus.CANCELLED, SaleStatus.HANDED_OVER})
_IN_DOUBT: Final = frozenset({SaleStatus.PAYING, SaleStatus.UNKNOWN, SaleStatus.PAID})
_REFUSALS: Final[Mapping[str, str]] = {
    "used": "this coupon was used already",
    "taken": "this coupon lies on another basket",
    "unknown": "there is no such coupon in this store",
    "not_yours": "this coupon was given to another member",
    "expired": "this coupon is worth nothing any more",
}


@dataclass(frozen=True, slots=True)
class ReservedCoupon:
    """It is the sale's. `own`: given to this member; `campaign`: its body, None for one of the price list."""

    code: str
    own: bool
    campaign: Mapping[str, Any] | None


class Claimants(Protocol):
    """Whose personal coupons a claim may reserve."""

    def claimant(self, connection: Connection, claim: str) -> int | None:
        """The member; None for nobody, or nobody who has proved it."""
        ...


class Reservations:
    """Each call is one transaction. `settle` brings the books up to date with a sale."""

    def __init__(
        self,
        database: Database,
        members: Claimants,
        clock: Callable[[], datetime],
        settle: Callable[[str], object],
    ) -> None:
        self._database = database
        self._members = members
        self._clock = clock
        self._settle = settle

    def reserve(self, lane: Lane, code: str, sale_id: str, claim: str) -> ReservedCoupon:
        """Make it this sale's, or find it so; MemberRefused."""
        self._settle_holder(code)
        now = int(self._clock().timestamp())
        with self._database.write() as connection:
            _must_go_on(connection, lane, sale_id)
            coupon = _known(connection, lane, code, now)
            own = self._is_own(connection, coupon, claim)
            refusal = _refusal(coupon, lane, sale_id, own=own, now=now)
            if refusal:
                raise refused(refusal)
            values = {"state": State.RESERVED.value, "sale_id": sale_id, "lane_id": lane.id, "changed_at": now}
            if coupon.state == State.FREE:
                connection.execute(update(COUPON).where(COUPON.c.code == code).values(**values))
        self._settle_holder(code)  # its sale may have ended at this very moment, where nobody could see it
        return ReservedCoupon(code, own, json.loads(coupon.campaign) or None)

    def release(self, lane: Lane, code: str, sale_id: str) -> None:
        """The lane takes it off its basket. Nothing happens where it is not the sale's, or its payment is in doubt."""
        with self._database.write() as connection:
            coupon, sale = held(connection, code), _sale(connection, sale_id)
            if coupon is None or (coupon.state, coupon.sale_id, coupon.lane_id) != (State.RESERVED, sale_id, lane.id):
                return
            if sale is None or not (sale.status in OVER or _pays_with(sale, code)):
                restate(connection, coupon, int(self._clock().timestamp()), over=sale_id)
                return
        if sale.status in OVER:
            self._settle(sale_id)

    def release_by_hand(self, code: str) -> str:
        """Free a coupon whose lane will never say what became of its sale; that sale's id. MemberRefused. Should the
        lane say it after all, that counts."""
        self._settle_holder(code)
        with self._database.write() as connection:
            coupon = held(connection, code)
            if coupon is None:
                raise MemberRefused("unknown", f"coupon {code}: there is none; look at its letters again")
            if coupon.state != State.RESERVED:
                raise MemberRefused("refused", f"coupon {code}: is {coupon.state}, and reserved for nobody")
            restate(connection, coupon, int(self._clock().timestamp()), over=coupon.sale_id)
        return str(coupon.sale_id)

    def _settle_holder(self, code: str) -> None:
        """What holds a coupon may be over, and only the books have not looked yet."""
        query = select(SALE.c.id).join(COUPON, COUPON.c.sale_id == SALE.c.id)
        query = query.where(COUPON.c.code == code, COUPON.c.state == State.RESERVED.value, SALE.c.status.in_(OVER))
        with self._database.read() as connection:
            holder = connection.execute(query).scalar()
        if holder is not None:
            self._settle(holder)

    def _is_own(self, connection: Connection, coupon: Row[Any], claim: str) -> bool:
        if not claim or coupon.member_id is None:
            return False
        return bool(self._members.claimant(connection, claim) == coupon.member_id)


def refused(code: str) -> MemberRefused:
    """The refusal of a coupon."""
    return MemberRefused(code, _REFUSALS[code])


def _must_go_on(connection: Connection, lane: Lane, sale_id: str) -> None:
    """A question that comes late must not take a coupon for a sale that is over: nobody would give it back."""
    sale = _sale(connection, sale_id, hold=True)
    if sale is not None and (sale.status in OVER or sale.lane_id != lane.id):
        raise refused("taken")


def _refusal(coupon: Row[Any], lane: Lane, sale_id: str, *, own: bool, now: int) -> str:
    """Why a sale cannot have it, or an empty text."""
    if coupon.state == State.RESERVED and coupon.sale_id == sale_id and coupon.lane_id == lane.id:
        return ""
    campaign = json.loads(coupon.campaign)
    if campaign.get("personal") and not own:
        return "not_yours"
    if not is_for_store(campaign, lane.store):
        return "unknown"
    if coupon.state == State.VOID or (coupon.expires_at is not None and coupon.expires_at <= now):
        return "expired"
    return {State.RESERVED.value: "taken", State.USED.value: "used"}.get(coupon.state, "")


def _known(connection: Connection, lane: Lane, code: str, now: int) -> Row[Any]:
    coupon = held(connection, code)
    if coupon is None:
        listed = _listed(connection, lane.store, code)
        if listed is None:
            raise refused("unknown")
        if listed.personal:  # nobody has told the hub whom it was given to
            raise refused("not_yours")
        know_listed(connection, code, listed.id, now)
        coupon = held(connection, code)
    assert coupon is not None  # noqa: S101 - for the type checker: it was written, by us or by who came first
    return coupon


def _listed(connection: Connection, store: str, code: str) -> Campaign | None:
    """The store's campaign that takes this code for one sale alone. The list has its texts by the campaigns, and few
    ask for coupons: those are picked out before they are read."""
    query = select(CAMPAIGN.c.terms).where(CAMPAIGN.c.store == store, CAMPAIGN.c.terms.contains('"coupon"'))
    found = (campaign_of(json.loads(terms)) for terms in connection.execute(query).scalars())
    return next((one for one in found if _takes(one, code)), None)


def _takes(campaign: Campaign, code: str) -> bool:
    if campaign.coupon.endswith("*"):
        return code.startswith(campaign.coupon[:-1])
    return campaign.coupon_single and campaign.coupon == code


def _sale(connection: Connection, sale_id: str, *, hold: bool = False) -> Row[Any] | None:
    query = select(SALE).where(SALE.c.id == sale_id)
    return connection.execute(query.with_for_update() if hold else query).one_or_none()


def _pays_with(sale: Row[Any], code: str) -> bool:
    return sale.status in _IN_DOUBT and code in json.loads(sale.coupons)
