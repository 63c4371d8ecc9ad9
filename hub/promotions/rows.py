"""Campaigns between table and value: one place that knows the columns."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Self

from sqlalchemy import Connection, delete, insert, select

from hub.promotions.found import Found
from hub.promotions.goods import Goods, Name, goods_of
from hub.rule_rows import chunks
from hub.tables import CAMPAIGN, CAMPAIGN_GOODS
from offline_cache.price_list.writer import CampaignRow
from retail.promotions.body import campaign_of
from retail.promotions.campaign import Campaign

CAMPAIGNS: Final = "campaigns"  # the source of what shops write themselves: files of campaigns, and shop folders


@dataclass(frozen=True, slots=True)
class Kept:
    """A campaign as the hub keeps it: `row` as lanes get it, `goods` as they are named, `text` the feed's words."""

    row: CampaignRow
    goods: frozenset[Goods]
    text: str = ""

    @property
    def campaign(self) -> Campaign:
        """What it promises."""
        return campaign_of(json.loads(self.row.terms))


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of a source's campaigns, by their ids, and the goods that joined or left one."""

    before: Mapping[str, Kept]
    after: Mapping[str, Kept]
    gone: set[str]
    added: set[str]
    changed: set[str]
    names: frozenset[Name]

    @classmethod
    def between(cls, before: Mapping[str, Kept], after: Mapping[str, Kept]) -> Self:
        """What leads from one to the other."""
        gone, added = before.keys() - after.keys(), after.keys() - before.keys()
        changed = {key for key in before.keys() & after.keys() if before[key] != after[key]}
        names = frozenset(name for key in gone | added | changed for name in _moved(before.get(key), after.get(key)))
        return cls(before, after, gone, added, changed, names)


def kept(found: Found) -> Kept:
    """A campaign of a feed as it is kept."""
    return Kept(CampaignRow.of(found.campaign), goods_of(found), found.text)


def read_kept(connection: Connection, store: str, source: str | None = None) -> dict[str, Kept]:
    """The campaigns of a store, of one source or of all, by their ids."""
    where = [CAMPAIGN.c.store == store] + ([] if source is None else [CAMPAIGN.c.source == source])
    goods: dict[int, list[Goods]] = {}
    of_goods = CAMPAIGN_GOODS.c
    members = (
        select(of_goods.campaign, of_goods.group_no, of_goods.kind, of_goods.name, of_goods.price_minor)
        .join(CAMPAIGN, CAMPAIGN.c.number == of_goods.campaign)
        .where(*where)
    )
    for number, group, by, name, price in connection.execute(members).all():  # one by one takes three times as long
        goods.setdefault(number, []).append(Goods(group, (by, name), price))
    rows = connection.execute(select(CAMPAIGN).where(*where).order_by(CAMPAIGN.c.id))
    return {
        row.id: Kept(
            CampaignRow(row.id, row.terms, row.valid_from, row.valid_until, everything=row.everything),
            frozenset(goods.get(row.number, ())),
            row.text,
        )
        for row in rows
    }


def sources_of(connection: Connection, store: str, ids: Collection[str]) -> dict[str, str]:
    """Which source has these ids in a store; those that none has are left out."""
    found: dict[str, str] = {}
    for chunk in chunks(sorted(ids)):
        query = select(CAMPAIGN.c.id, CAMPAIGN.c.source).where(CAMPAIGN.c.store == store, CAMPAIGN.c.id.in_(chunk))
        found |= {row.id: row.source for row in connection.execute(query)}
    return found


def replace_kept(
    connection: Connection, store: str, source: str, before: Mapping[str, Kept], wanted: Iterable[Kept]
) -> Changes:
    """Make these all campaigns of a source in a store, which had those `before`; only what differs is written."""
    changes = Changes.between(before, {one.row.id: one for one in wanted})
    fresh = sorted(changes.added | changes.changed)
    _forget(connection, store, changes.gone | changes.changed)
    _insert(connection, store, source, [changes.after[key] for key in fresh])
    return changes


def forget_campaigns(connection: Connection, store: str) -> None:
    """Take all campaigns of a store away, of whatever source."""
    connection.execute(delete(CAMPAIGN_GOODS).where(CAMPAIGN_GOODS.c.store == store))
    connection.execute(delete(CAMPAIGN).where(CAMPAIGN.c.store == store))


def _moved(old: Kept | None, new: Kept | None) -> Iterator[Name]:
    """The goods of which a list says something else now; terms are said once, whatever number of goods they are for."""
    if old is not None and new is not None and _shown(old) == _shown(new):
        yield from (one.name for one in old.goods ^ new.goods)
    else:
        yield from (one.name for some in (old, new) if some is not None for one in some.goods)


def _shown(one: Kept) -> tuple[object, ...]:
    """What decides in which lists a campaign is."""
    body = json.loads(one.row.terms)
    return one.row.valid_until, body.get("stores"), body.get("channels")


def _forget(connection: Connection, store: str, ids: Collection[str]) -> None:
    for chunk in chunks(sorted(ids)):
        here = (CAMPAIGN.c.store == store) & CAMPAIGN.c.id.in_(chunk)
        numbers = connection.execute(select(CAMPAIGN.c.number).where(here)).scalars().all()
        connection.execute(delete(CAMPAIGN_GOODS).where(CAMPAIGN_GOODS.c.campaign.in_(numbers)))
        connection.execute(delete(CAMPAIGN).where(CAMPAIGN.c.number.in_(numbers)))


def _insert(connection: Connection, store: str, source: str, fresh: Sequence[Kept]) -> None:
    for chunk in chunks(fresh):
        rows = [
            {
                "store": store,
                "source": source,
                "id": one.row.id,
                "terms": one.row.terms,
                "valid_from": one.row.valid_from,
                "valid_until": one.row.valid_until,
                "everything": one.row.everything,
                "text": one.text,
            }
            for one in chunk
        ]
        connection.execute(insert(CAMPAIGN), rows)
        here = (CAMPAIGN.c.store == store) & CAMPAIGN.c.id.in_([one.row.id for one in chunk])
        numbers = {
            row.id: row.number for row in connection.execute(select(CAMPAIGN.c.id, CAMPAIGN.c.number).where(here))
        }
        goods = [row for one in chunk for row in _goods_rows(store, numbers[one.row.id], one)]
        if goods:
            connection.execute(insert(CAMPAIGN_GOODS), goods)


def _goods_rows(store: str, number: int, one: Kept) -> Iterator[dict[str, object]]:
    for goods in sorted(one.goods, key=lambda goods: (goods.name, goods.group)):
        by, name = goods.name
        yield {
            "store": store,
            "kind": by,
            "name": name,
            "campaign": number,
            "group_no": goods.group,
            "price_minor": goods.price_minor,
        }
