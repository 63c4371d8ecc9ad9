"""Gives what a shop has promised: for a sale, for joining, for coming or leaving by car; each once for its event."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, select, update

from hub.membership import points_book
from hub.membership.benefit import Benefit, Give, On
from hub.membership.coupon_book import Issue, issue, issued, new_code
from hub.membership.membership_file import MembershipFile
from hub.membership.red_packets import draw, drawn, pool_key
from hub.membership.tables import MEMBER_CLUB
from hub.tables import SALE
from retail.promotions.body import campaign_body

SALE_SOURCE: Final = "sale"
RED_PACKET: Final = "red_packet"
WELCOME: Final = "welcome"


@dataclass(frozen=True, slots=True)
class _Occasion:
    """For what somebody is given something. `source` and `key`: what a coupon and points are told apart by."""

    store: str
    member_id: int | None
    now: int
    kind: str
    key: str
    given_for: str = ""


def give_for_sale(
    connection: Connection, file: MembershipFile | None, sale: Row[Any], member_id: int | None, now: int
) -> None:
    """The benefits of a completed sale."""
    occasion = _Occasion(sale.store, member_id, now, SALE_SOURCE, sale.id, given_for=sale.id)
    due = [
        one for one in _due_benefits(connection, file, sale) if one.on is On.SALE and sale.total_minor >= one.over_minor
    ]
    mine = [one for one in due if not one.members_only or _is_member(connection, one.club, member_id)]
    # Pools last, and always in the same order: whoever holds one waits for nothing else.
    for benefit in sorted(mine, key=lambda one: (one.give is Give.RED_PACKET, one.pool, one.id)):
        if benefit.give is Give.RED_PACKET:
            _give_red_packet(connection, benefit, sale, occasion)
        else:
            _give(connection, benefit, occasion)


def _due_benefits(connection: Connection, file: MembershipFile | None, sale: Row[Any]) -> list[Benefit]:
    """Those that were in force when the books first saw the sale completed, and still are declared: a refund a month
    later must not bring what was declared since."""
    there = file.benefits if file is not None else ()
    if not sale.benefits:
        ids = json.dumps([one.id for one in there])
        connection.execute(update(SALE).where(SALE.c.id == sale.id).values(benefits=ids))
        return list(there)
    ids = json.loads(sale.benefits)
    return [one for one in there if one.id in ids]


def welcome(
    connection: Connection, benefits: Iterable[Benefit], *, store: str, member_id: int, club: str, now: int
) -> None:
    """What a member is given for joining a club: once in the member's life."""
    occasion = _Occasion(store, member_id, now, WELCOME, f"{club}:{member_id}")
    _give_all(connection, (one for one in benefits if one.on is On.JOINED and one.club == club), occasion)


def give_by_car(
    connection: Connection, file: MembershipFile, on: On, event: str, *, store: str, member_id: int, now: int
) -> None:
    """What a member is given for coming, or leaving, by car."""
    occasion = _Occasion(store, member_id, now, on.value, event)
    mine = (one for one in file.benefits if one.on is on and _is_member(connection, one.club, member_id))
    _give_all(connection, mine, occasion)


def _give_all(connection: Connection, benefits: Iterable[Benefit], occasion: _Occasion) -> None:
    for benefit in sorted(benefits, key=lambda one: one.id):
        _give(connection, benefit, occasion)


def _give(connection: Connection, benefit: Benefit, occasion: _Occasion) -> None:
    if benefit.give is Give.POINTS and occasion.member_id is not None:
        kind = points_book.OF_BENEFIT if occasion.kind == SALE_SOURCE else f"{occasion.kind}:"
        given = {"member_id": occasion.member_id, "points": benefit.points, "at": occasion.now}
        points_book.give(connection, kind + benefit.id, occasion.key, **given)
    source = f"{occasion.kind}:{benefit.id}:{occasion.key}"
    if benefit.give is Give.COUPON and not issued(connection, source):
        _issue(connection, benefit, occasion, source, new_code())


def _give_red_packet(connection: Connection, benefit: Benefit, sale: Row[Any], occasion: _Occasion) -> None:
    key = pool_key(sale.store, benefit.pool)
    if drawn(connection, key, sale.id) is not None:
        return
    code, completed = new_code(), int(datetime.fromisoformat(sale.completed_at).timestamp())
    found = draw(connection, benefit.pool, sale, completed=completed, coupon=code, now=occasion.now)
    if found is not None and found.amount_minor and benefit.coupon is not None:
        paid = replace(benefit, coupon=benefit.coupon.of_amount(found.amount_minor))
        _issue(connection, paid, occasion, f"{RED_PACKET}:{key}:{sale.id}", code)


def _issue(connection: Connection, benefit: Benefit, occasion: _Occasion, source: str, code: str) -> None:
    if benefit.coupon is None:
        return
    named, on_top = f"benefit/{benefit.id}", benefit.give is Give.RED_PACKET
    campaign = benefit.coupon.campaign(named, code, given_at=occasion.now, personal=benefit.members_only, on_top=on_top)
    body = campaign_body(replace(campaign, stores=(occasion.store,)))  # amounts are of the store's currency
    ends = benefit.coupon.expires_at(occasion.now)
    issue(connection, code, Issue(source, named, body, occasion.member_id, occasion.given_for, ends), occasion.now)


def _is_member(connection: Connection, club: str, member_id: int | None) -> bool:
    if member_id is None:
        return False
    own = (MEMBER_CLUB.c.member_id == member_id) & (MEMBER_CLUB.c.club == club) & MEMBER_CLUB.c.left_at.is_(None)
    return connection.execute(select(MEMBER_CLUB.c.club).where(own)).scalar() is not None
