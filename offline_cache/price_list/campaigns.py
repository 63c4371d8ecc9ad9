"""The campaigns of an opened list: decoded once, and looked at again only when a minute is over."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any, Final

from offline_cache.price_list.earlier import CAMPAIGNS_SINCE
from retail.promotions.body import campaign_of, reference
from retail.promotions.campaign import EXCLUDED, Campaign, Hours, Kind, Taking, Terms, When
from retail.promotions.conditions import in_force, next_turn
from retail.promotions.soundness import sound, sound_when

_MINUTE_S: Final = 60  # weekdays and hours turn with a minute of the clock
_EVER: Final = -(2**62)
_NEVER: Final = 2**62

# The prices for members of a list (price kind member) as a campaign: which each has is in its Taking.
MEMBER_PRICE: Final = Campaign("member-price", Terms(Kind.SPECIAL_PRICE), clubs=("member",))
_MEMBER_REFERENCE: Final = reference(MEMBER_PRICE)

# Rows of takings beside those of prices, in one question: asking twice takes a tenth of a look-up.
TAKINGS: Final = "SELECT NULL, campaign_id, group_no, price_minor, NULL FROM taking WHERE product_id = ?1"
OFFERS: Final = "SELECT NULL, offer_id, 0, NULL, NULL FROM offer_product WHERE product_id = ?1"
_TERMS: Final = "SELECT terms FROM campaign WHERE id = ?"
_EVERYTHING: Final = "SELECT id FROM campaign WHERE everything = 1 ORDER BY id"
_WEEKLY: Final = """SELECT valid_from, valid_until, json_extract(terms, '$.when.weekdays'),
    json_extract(terms, '$.when.hours') FROM (SELECT * FROM campaign WHERE json_valid(terms) LIMIT -1)
    WHERE json_type(terms, '$.when.weekdays') IS NOT NULL OR json_type(terms, '$.when.hours') IS NOT NULL"""
_COUPONS: Final = """SELECT id, json_extract(terms, '$.coupon')
    FROM (SELECT * FROM campaign WHERE json_valid(terms) LIMIT -1) WHERE json_type(terms, '$.coupon') IS NOT NULL"""
_OFFER: Final = "SELECT id, kind, quantity, price_minor, names, valid_from, valid_until FROM offer WHERE id = ?"

Rows = Callable[..., list[Any]]
TakingRow = tuple[None, str, int, int | None, None]
Found = tuple[tuple[Taking, ...], tuple[Campaign, ...]]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    """A campaign with the takings that most of its goods have; `week`: its weekdays and hours alone, None without."""

    campaign: Campaign
    reference: str
    taking: Taking
    left_out: Taking
    begins: int
    ends: int
    week: When | None


@dataclass(frozen=True, slots=True)
class _ForAll:
    """What is in force for everything, from one moment until before another."""

    since: int = 0
    until: int = 0
    known: tuple[_Known, ...] = ()
    campaigns: tuple[Campaign, ...] = ()


class Campaigns:
    """Bound to one list and its thread; `rows` asks it. Moments are aware; weekdays and hours are those of `zone`.

    A campaign with terms that this version does not know is none, and the log says so once: its price would be a guess.
    """

    def __init__(self, rows: Rows, version: int, zone: tzinfo) -> None:
        self._rows = rows
        self._zone = zone
        self._is_old = version < CAMPAIGNS_SINCE
        self._known: dict[str, _Known | None] = {}
        self._weeks: dict[When, bool] = {}  # whether each holds in self._minute
        self._minute = -1
        self._coupons: list[tuple[str, str]] | None = None  # of all campaigns: the id, and the coupon it asks for
        self._weekly: list[tuple[int, int, When]] | None = None
        keys = [] if self._is_old else [key for (key,) in rows(_EVERYTHING)]
        self._everything = [known for known in map(self._one, keys) if known is not None]
        self._is_weekly = any(one.week is not None for one in self._everything)
        self._for_all = _ForAll()

    def of(
        self, rows: Iterable[TakingRow], at: datetime, moment: int, member_minor: int | None, *, discountable: bool
    ) -> Found:
        """What a product takes part in at a moment, which `moment` says again in epoch seconds.

        `rows`: what TAKINGS says of it, or OFFERS in a list before format 4. `member_minor`: its price for members,
        None if it has none that is lower.
        """
        for_all = self._in_force_for_all(at, moment)
        takings: list[Taking] = []
        own: dict[str, Campaign] = {}
        named_too = False
        for _, key, group, price, _ in rows:
            known = self._known[key] if key in self._known else self._one(key)
            if known is None or not known.begins <= moment < known.ends:
                continue
            if known.week is None or self._in_week(known.week, at, moment):
                takings.append(Taking(known.reference, group, price) if group or price is not None else known.taking)
                own[key] = known.campaign
                named_too |= known.campaign.everything
        if member_minor is not None:
            takings.append(Taking(_MEMBER_REFERENCE, price=member_minor))
            own[MEMBER_PRICE.id] = MEMBER_PRICE
        if not discountable:
            takings += [one.left_out for one in for_all.known if one.campaign.id not in own]
        others: Iterable[Campaign] = for_all.campaigns
        if named_too:
            others = (one for one in for_all.campaigns if one.id not in own)
        return tuple(takings), (*own.values(), *others) if own else for_all.campaigns

    def asking(self, code: str, at: datetime) -> tuple[Campaign, ...]:
        """Those that hold at a moment and ask for this coupon."""
        if self._coupons is None:
            self._coupons = [] if self._is_old else [(key, str(coupon)) for key, coupon in self._rows(_COUPONS)]
        moment = int(at.timestamp())
        asking = (self._one(key) for key, coupon in self._coupons if is_asked_for(coupon, code))
        return tuple(known.campaign for known in asking if known is not None and self._holds(known, at, moment))

    def next_change(self, after: datetime) -> list[datetime]:
        """The first moments after one at which weekdays and hours of campaigns turn whose time has come."""
        if self._weekly is None:
            found = [] if self._is_old else map(_week_row, self._rows(_WEEKLY))
            self._weekly = [row for row in found if row is not None]
        moment, local = after.timestamp(), after.astimezone(self._zone)
        weeks = {week for begins, ends, week in self._weekly if begins <= moment < ends}
        turns = (next_turn(week, local) for week in weeks)
        return [turn.astimezone(UTC) for turn in turns if turn is not None]

    def _in_force_for_all(self, at: datetime, moment: int) -> _ForAll:
        if self._for_all.since <= moment < self._for_all.until:
            return self._for_all
        holding = tuple(one for one in self._everything if self._holds(one, at, moment))
        edges = {edge for one in self._everything for edge in (one.begins, one.ends) if edge > moment}
        until = min({*edges, moment - moment % _MINUTE_S + _MINUTE_S} if self._is_weekly else edges, default=_NEVER)
        self._for_all = _ForAll(moment, until, holding, tuple(one.campaign for one in holding))
        return self._for_all

    def _holds(self, known: _Known, at: datetime, moment: int) -> bool:
        if not known.begins <= moment < known.ends:
            return False
        return known.week is None or self._in_week(known.week, at, moment)

    def _in_week(self, week: When, at: datetime, moment: int) -> bool:
        minute = moment // _MINUTE_S
        if minute != self._minute:
            self._minute = minute
            self._weeks.clear()
        holds = self._weeks.get(week)
        if holds is None:
            holds = self._weeks[week] = in_force(week, at.astimezone(self._zone))
        return holds

    def _one(self, key: str) -> _Known | None:
        if key not in self._known:
            self._known[key] = self._read(key)
        return self._known[key]

    def _read(self, key: str) -> _Known | None:
        rows = self._rows(_OFFER if self._is_old else _TERMS, key)
        try:
            return _known(sound(_campaign_of_offer(*rows[0]) if self._is_old else campaign_of(json.loads(rows[0][0]))))
        except (IndexError, KeyError, TypeError, ValueError, RecursionError) as exc:
            log.warning("campaign %s of the price list: left out: this version does not understand it (%s)", key, exc)
            return None


def is_asked_for(coupon: str, code: str) -> bool:
    """Whether a code is the coupon, or one of those that begin like it."""
    return code.startswith(coupon[:-1]) if coupon.endswith("*") else code == coupon


def _known(campaign: Campaign) -> _Known:
    when, name = campaign.when, reference(campaign)
    return _Known(
        campaign=campaign,
        reference=name,
        taking=Taking(name),
        left_out=Taking(name, EXCLUDED),
        begins=_EVER if when.valid_from is None else when.valid_from,
        ends=_NEVER if when.valid_until is None else when.valid_until,
        week=_week(when),
    )


def _week(when: When) -> When | None:
    return When(weekdays=when.weekdays, hours=when.hours) if when.weekdays or when.hours else None


def _week_row(row: Any) -> tuple[int, int, When] | None:
    """None for times that this version does not know: then the campaign is none either."""
    begins, ends, weekdays, hours = row
    try:
        own = tuple(Hours(**one) for one in json.loads(hours or "[]"))
        week = sound_when(When(weekdays=tuple(json.loads(weekdays or "[]")), hours=own))
    except (TypeError, ValueError):
        return None
    return _EVER if begins is None else begins, _NEVER if ends is None else ends, week


def _campaign_of_offer(
    key: str, kind: str, quantity: int, price: int, names: str, begins: int | None, ends: int | None
) -> Campaign:
    """A multi-buy of a list before format 4."""
    return Campaign(key, Terms(Kind(kind), quantity, price=price), json.loads(names), When(begins, ends))
