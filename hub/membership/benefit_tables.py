"""Benefits and red packets of a membership file: which keys go together, and what they come to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import tzinfo
from types import MappingProxyType
from typing import Final

from hub.errors import MembershipRefused
from hub.imports.errors import RowRefused
from hub.imports.fields import moment
from hub.membership.benefit import Benefit, CouponTerms, Give, On, PoolTerms
from hub.membership.declared import BenefitTable, CouponTable, File, PoolTable

_RED_PACKET: Final = MappingProxyType({"en": "Red packet", "zh-CN": "红包", "zh-TW": "紅包"})
_BY_CAR: Final = (On.ARRIVED, On.LEFT)


def benefits_of(file: File, clubs: Sequence[str], pools: Sequence[str]) -> tuple[Benefit, ...]:
    """The benefits, in their order. MembershipRefused."""
    seen: set[str] = set()
    for number, one in enumerate(file.benefit, 1):
        where = f"benefit {number} ({one.id}):"
        if one.id in seen:
            raise MembershipRefused(f"{where} its id stands twice; give each its own")
        seen.add(one.id)
        fault = next(_faults(one, clubs, pools), "")
        if not fault and one.on in _BY_CAR and file.car_park is None:
            fault = f'on = "{one.on}" needs a [car_park] name: who tells of it; add it'
        if fault:
            raise MembershipRefused(f"{where} {fault}")
    return tuple(_benefit(one) for one in file.benefit)


def pools_of(tables: Sequence[PoolTable], zone: tzinfo) -> tuple[PoolTerms, ...]:
    """The pools, in their order. MembershipRefused."""
    found: list[PoolTerms] = []
    for number, one in enumerate(tables, 1):
        where = f"red_packet {number} ({one.id}):"
        if any(one.id == other.id for other in found):
            raise MembershipRefused(f"{where} its id stands twice; give each its own")
        if not one.least_minor <= one.most_minor <= one.budget_minor:
            raise MembershipRefused(
                f"{where} least_minor {one.least_minor}, most_minor {one.most_minor} and budget_minor "
                f"{one.budget_minor} must be in this order, none greater than the next; correct one"
            )
        opens, closes = _at(where, "opens", one.opens, zone), _at(where, "closes", one.closes, zone)
        if closes <= opens:
            raise MembershipRefused(f"{where} closes at {one.closes}, which is not after {one.opens}; correct one")
        amounts = (one.budget_minor, one.least_minor, one.most_minor)
        found.append(PoolTerms(one.id, *amounts, opens, closes, one.over_minor))
    return tuple(found)


def _at(where: str, key: str, text: str, zone: tzinfo) -> int:
    try:
        found = moment(text, zone, end=key == "closes")
    except RowRefused as exc:
        raise MembershipRefused(f"{where} {key} is {text!r}; write it such as 2026-01-31 or with a time") from exc
    return found or 0


def _faults(one: BenefitTable, clubs: Sequence[str], pools: Sequence[str]) -> Iterator[str]:
    if one.club not in clubs:
        yield f"names the club {one.club!r}; there are: {', '.join(clubs)}"
    if one.on is not On.SALE and one.over_minor:
        yield 'over_minor goes with on = "sale" alone; take it away'
    if one.on is not On.SALE and not one.members_only:
        yield 'members_only = false goes with on = "sale" alone: all else happens to members; take it away'
    yield from _GIFT[one.give](one, pools)
    if one.points and one.give is not Give.POINTS:
        yield 'points goes with give = "points" alone; take it away'
    if one.pool and one.give is not Give.RED_PACKET:
        yield 'pool goes with give = "red_packet" alone; take it away'
    if one.coupon and one.give is Give.POINTS:
        yield 'coupon goes with give = "coupon" or "red_packet" alone; take it away'


def _coupon_faults(one: BenefitTable, _pools: Sequence[str]) -> Iterator[str]:
    if one.coupon is None or one.coupon.names is None:
        yield 'give = "coupon" needs a coupon with names; add it'
    elif (one.coupon.off_minor is None) == (one.coupon.percent_bp is None):
        yield "coupon needs off_minor or percent_bp, and not both; correct it"


def _points_faults(one: BenefitTable, _pools: Sequence[str]) -> Iterator[str]:
    if not one.points:
        yield 'give = "points" needs points, how many; add it'
    if not one.members_only:
        yield "points can be given to members alone; take members_only away"


def _red_packet_faults(one: BenefitTable, pools: Sequence[str]) -> Iterator[str]:
    if one.on is not On.SALE:
        yield 'a red packet is drawn for a sale; write on = "sale"'
    if one.pool not in pools:
        there = f"there are: {', '.join(pools)}" if pools else "declare it as [[red_packet]]"
        yield f"pool is {one.pool!r}, which is no red_packet of the file; {there}"
    if one.coupon and (one.coupon.off_minor is not None or one.coupon.percent_bp is not None):
        yield "the amount of a red packet is drawn; take off_minor and percent_bp away"


_GIFT: Final = MappingProxyType(
    {Give.COUPON: _coupon_faults, Give.POINTS: _points_faults, Give.RED_PACKET: _red_packet_faults}
)


def _benefit(one: BenefitTable) -> Benefit:
    coupon = _coupon(one.coupon or CouponTable()) if one.give is not Give.POINTS else None
    return Benefit(one.id, one.on, one.give, one.club, one.over_minor, one.members_only, one.points, one.pool, coupon)


def _coupon(table: CouponTable) -> CouponTerms:
    names = MappingProxyType(table.names) if table.names else _RED_PACKET
    return CouponTerms(names, table.off_minor, table.percent_bp, table.from_minor, table.days)
