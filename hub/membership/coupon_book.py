"""Single coupons: whose each is, worked out anew from what is reserved and from all sales that used it.

A coupon is its sale's from the hub's yes until that sale is over. Then it was used by the sale that the hub had said
yes to, else by the one that was completed first; every other sale that took it unchecked is told as a problem. So it
does not matter in which order sales, reservations and refunds arrive.
"""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, false, select, update

from hub.membership.given_back import is_given_back
from hub.membership.once import insert_once
from hub.membership.problems import note_problems
from hub.membership.tables import COUPON, COUPON_USE
from hub.tables import LANE, SALE
from retail.events import canonical_json
from retail.sale import SaleStatus
from retail.scan_rules import ScanRules

OF_LIST: Final = "list"  # a source: the price list's own, known by its first use
PROBLEM: Final = "coupon"
_RANDOM: Final = 10  # bytes: 16 letters and digits


class State(StrEnum):
    """Where a coupon stands."""

    FREE = "free"
    RESERVED = "reserved"
    USED = "used"
    VOID = "void"


@dataclass(frozen=True, slots=True)
class Coupon:
    """A coupon that was given out. `campaign`: its body; `source`: the first word of what it was given for."""

    code: str
    campaign: Mapping[str, Any]
    state: State
    source: str
    issued_at: int
    expires_at: int | None


@dataclass(frozen=True, slots=True)
class Issue:
    """A coupon to be given: `source` names what for, once each; `given_for` a sale that, given back, takes it along."""

    source: str
    campaign_id: str
    campaign: Mapping[str, Any]
    member_id: int | None
    given_for: str
    expires_at: int | None


def new_code() -> str:
    """One that nobody guesses, of letters and digits that any scanner reads. With the prefix in it: lanes take no other
    code for a coupon that their list does not have."""
    return ScanRules().coupon_prefix + base64.b32encode(secrets.token_bytes(_RANDOM)).decode()


def issue(connection: Connection, code: str, given: Issue, now: int) -> bool:
    """Give a coupon out; whether it is new."""
    return insert_once(
        connection,
        COUPON,
        code=code,
        campaign_id=given.campaign_id,
        campaign=canonical_json(given.campaign),
        member_id=given.member_id,
        source=given.source,
        state=State.FREE.value,
        sale_id="",
        lane_id=None,
        issued_at=now,
        expires_at=given.expires_at,
        changed_at=now,
        given_for=given.given_for,
    )


def issued(connection: Connection, source: str) -> bool:
    """Whether there is one for that already."""
    return connection.execute(select(COUPON.c.code).where(COUPON.c.source == source)).scalar() is not None


def know_listed(connection: Connection, code: str, campaign_id: str, now: int) -> None:
    """A single coupon of a price list gets its row."""
    listed = Issue(f"{OF_LIST}:{code}", campaign_id, {}, None, "", None)
    issue(connection, code, listed, now)


def held(connection: Connection, code: str) -> Row[Any] | None:
    """A coupon's row, until this transaction ends nobody else's to change."""
    return connection.execute(select(COUPON).where(COUPON.c.code == code).with_for_update()).one_or_none()


def settle_coupons(
    connection: Connection, sale: Row[Any], member_id: int | None, *, given_back: bool, now: int
) -> None:
    """Make the coupons of a sale that is over agree with it. What was given for it is its member's, as soon as that is
    known, and is gone with the sale."""
    used = _used_by(sale) if sale.status == SaleStatus.COMPLETED and not given_back else {}
    given = _given_for(connection, sale.id, member_id, given_back=given_back)
    # Always in this order, or two sales would wait for each other.
    for code in sorted({*used, *given, *_touched_by(connection, sale.id)}):
        if code in used:
            know_listed(connection, code, used[code], now)
        coupon = held(connection, code)
        if coupon is None:
            continue
        if code in given and coupon.member_id is None:
            connection.execute(update(COUPON).where(COUPON.c.code == code).values(member_id=member_id))
        fewer = not _keep_use(connection, coupon, sale, uses=code in used)
        uses = restate(connection, coupon, now, over=sale.id)
        if fewer or len(uses) > 1:
            _note_double_uses(connection, coupon, uses, now)


def _keep_use(connection: Connection, coupon: Row[Any], sale: Row[Any], *, uses: bool) -> bool:
    """Keep that a sale uses a coupon, or that it does not; False if it did before."""
    if uses:
        checked = coupon.state == State.RESERVED and coupon.sale_id == sale.id
        insert_once(connection, COUPON_USE, code=coupon.code, sale_id=sale.id, checked=checked, at=sale.completed_at)
        return True
    own = (COUPON_USE.c.code == coupon.code) & (COUPON_USE.c.sale_id == sale.id)
    return connection.execute(delete(COUPON_USE).where(own)).rowcount == 0


def restate(connection: Connection, coupon: Row[Any], now: int, *, over: str = "") -> Sequence[Row[Any]]:
    """Work out whose a held coupon is; `over`: a sale that holds it no longer. The uses of it, whose has the right to
    it first."""
    order = (COUPON_USE.c.checked.desc(), COUPON_USE.c.at, COUPON_USE.c.sale_id)
    query = select(COUPON_USE).where(COUPON_USE.c.code == coupon.code).order_by(*order)
    uses = connection.execute(query).all()
    if coupon.state == State.RESERVED and coupon.sale_id != over:
        return uses
    state = State.USED if uses else _state_without(connection, coupon)
    sale_id = uses[0].sale_id if uses else ""
    if (state, sale_id) != (coupon.state, coupon.sale_id):
        values = {"state": state.value, "sale_id": sale_id, "lane_id": None, "changed_at": now}
        connection.execute(update(COUPON).where(COUPON.c.code == coupon.code).values(**values))
    return uses


def _state_without(connection: Connection, coupon: Row[Any]) -> State:
    """What a coupon is that nobody holds and no sale has used."""
    gone = coupon.given_for and is_given_back(connection, coupon.given_for)
    return State.VOID if gone else State.FREE


def _note_double_uses(connection: Connection, coupon: Row[Any], uses: Sequence[Row[Any]], now: int) -> None:
    first, found = _place(connection, uses[0].sale_id) if uses else "", {}
    for use in uses[1:]:
        sentence = f"{_place(connection, use.sale_id)} took coupon {coupon.code} of {coupon.campaign_id} unchecked; "
        found[f"{PROBLEM}:{coupon.code}:{use.sale_id}"] = f"{sentence}it was that of {first}"
    note_problems(connection, PROBLEM, f"{PROBLEM}:{coupon.code}:", found, now)


def _place(connection: Connection, sale_id: str) -> str:
    query = select(SALE.c.store, LANE.c.name, SALE.c.receipt_number).join(LANE, LANE.c.id == SALE.c.lane_id)
    store, lane, number = connection.execute(query.where(SALE.c.id == sale_id)).one()
    return f"receipt {number} (store {store}, lane {lane})"


def _used_by(sale: Row[Any]) -> dict[str, str]:
    """The single coupons that a sale used up, each with its campaign's id."""
    uses = (use for use in json.loads(sale.uses) if use.get("single"))
    return {code: use["campaign"] for use in uses for code in use["coupons"]}


def _touched_by(connection: Connection, sale_id: str) -> set[str]:
    """The coupons that are a sale's, or were used by it."""
    own = select(COUPON.c.code).where(COUPON.c.sale_id == sale_id)
    used = select(COUPON_USE.c.code).where(COUPON_USE.c.sale_id == sale_id)
    return {*connection.execute(own).scalars(), *connection.execute(used).scalars()}


def _given_for(connection: Connection, sale_id: str, member_id: int | None, *, given_back: bool) -> set[str]:
    """The coupons that were given for a sale and of which there is something new."""
    query = select(COUPON.c.code).where(COUPON.c.given_for == sale_id)
    if not given_back:
        query = query.where(COUPON.c.member_id.is_(None)) if member_id is not None else query.where(false())
    return set(connection.execute(query).scalars())
